/*
 * segments.csv: one row a packet-hop, when it ends: a packet that crosses three links has three.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"

static const struct event_field columns[] = {
        CSV_LINK_COLUMNS,
        PACKET_FIELD("packet", id, EVENT_PACKET_ID),
        PACKET_FIELD("copy", copy, EVENT_NUMBER),
        PACKET_FIELD("from", from, EVENT_OWNER_LABEL),
        PACKET_FIELD("to", to, EVENT_OWNER_LABEL),
        MADE_FIELD("transfer", EVENT_TRANSFER_NAME),
        PACKET_FIELD("from_conn", connection, EVENT_NONZERO),
        PACKET_FIELD("protocol", protocol, EVENT_PROTOCOL),
        PACKET_FIELD_WHEN("sport", source_port, EVENT_NUMBER, EVENT_HAS_PORTS),
        PACKET_FIELD_WHEN("dport", destination_port, EVENT_NUMBER, EVENT_HAS_PORTS),
        PACKET_FIELD("flags", flags, EVENT_FLAGS),
        PACKET_FIELD_WHEN("seq", relative_seq, EVENT_NOT_NEGATIVE, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("ack", relative_ack, EVENT_NOT_NEGATIVE, EVENT_HAS_ACK),
        PACKET_FIELD_WHEN("seq_raw", seq, EVENT_NUMBER, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("ack_raw", ack, EVENT_NUMBER, EVENT_HAS_ACK),
        PACKET_FIELD("payload", payload_size, EVENT_NUMBER),
        PACKET_FIELD("size", size, EVENT_NUMBER),
        PACKET_FIELD_WHEN("offset", stream_offset, EVENT_NUMBER, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("window", window, EVENT_NUMBER, EVENT_IS_TCP),
        MADE_FIELD("sack", EVENT_SACK_RANGES),
        PACKET_FIELD("dsack", is_dsack, EVENT_TRUTH),
        PACKET_FIELD("sending", sending, EVENT_NONZERO),
        PACKET_FIELD("why", why, EVENT_TEXT),
        EVENT_FIELD("drop", hop.drop, EVENT_TEXT),
        EVENT_FIELD("rule", hop.rule, EVENT_TEXT),
        EVENT_FIELD("reordered", hop.is_reordered, EVENT_TRUTH),
        EVENT_FIELD("duplicate", hop.is_duplicate, EVENT_TRUTH),
        PACKET_FIELD("corrupted", is_corrupted, EVENT_TRUTH),
        EVENT_FIELD("corrupted_here", hop.is_corrupted_here, EVENT_TRUTH),
        EVENT_FIELD("delayed", hop.is_delayed, EVENT_TRUTH),
        EVENT_FIELD("t_enqueue_ns", hop.t_enqueue, EVENT_TIME),
        EVENT_FIELD("t_enqueue", hop.t_enqueue, EVENT_SECONDS),
        EVENT_FIELD("t_tx_ns", hop.t_tx, EVENT_TIME),
        EVENT_FIELD("t_tx", hop.t_tx, EVENT_SECONDS),
        EVENT_FIELD("t_tx_end_ns", hop.t_tx_end, EVENT_TIME),
        EVENT_FIELD("t_tx_end", hop.t_tx_end, EVENT_SECONDS),
        EVENT_FIELD("t_arrive_ns", hop.t_arrive, EVENT_TIME),
        EVENT_FIELD("t_arrive", hop.t_arrive, EVENT_SECONDS),
        EVENT_FIELD("ordinal", hop.ordinal, EVENT_NUMBER),
        EVENT_FIELD("marked", hop.is_marked_here, EVENT_TRUTH),
};

static void on_event(void *sheet, const struct trace_event *event)
{
        csv_row_write(sheet, columns, G_N_ELEMENTS(columns), event, NULL);
}

const struct csv_table csv_segments = {
        .file_name = "segments.csv",
        .kinds = TRACE_BIT(TRACE_HOP),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .on_event = on_event,
};
