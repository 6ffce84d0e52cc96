/*
 * segments.csv: one row a packet-hop, when it ends: a packet that crosses three links has three.
 */
#include "trace/csv_tables.h"

static const struct event_field columns[] = {
        CSV_LINK_COLUMNS,
        PACKET_FIELD("packet", id, event_packet_id),
        PACKET_FIELD("copy", copy, event_number),
        PACKET_FIELD("from", from, event_owner_label),
        PACKET_FIELD("to", to, event_owner_label),
        MADE_FIELD("transfer", event_transfer_name),
        PACKET_FIELD("from_conn", connection, event_nonzero),
        PACKET_FIELD("protocol", protocol, event_text),
        PACKET_FIELD_WHEN("sport", source_port, event_number, event_has_ports),
        PACKET_FIELD_WHEN("dport", destination_port, event_number, event_has_ports),
        PACKET_FIELD("flags", flags, event_flags),
        PACKET_FIELD_WHEN("seq", relative_seq, event_not_negative, event_is_tcp),
        PACKET_FIELD_WHEN("ack", relative_ack, event_not_negative, event_has_ack),
        PACKET_FIELD_WHEN("seq_raw", seq, event_number, event_is_tcp),
        PACKET_FIELD_WHEN("ack_raw", ack, event_number, event_has_ack),
        PACKET_FIELD("payload", payload_size, event_number),
        PACKET_FIELD("size", size, event_number),
        PACKET_FIELD_WHEN("offset", stream_offset, event_number, event_is_tcp),
        PACKET_FIELD_WHEN("window", window, event_number, event_is_tcp),
        MADE_FIELD("sack", event_sack_ranges),
        PACKET_FIELD("dsack", is_dsack, event_truth),
        PACKET_FIELD("sending", sending, event_nonzero),
        PACKET_FIELD("why", why, event_text),
        EVENT_FIELD("drop", hop.drop, event_text),
        EVENT_FIELD("rule", hop.rule, event_text),
        EVENT_FIELD("reordered", hop.is_reordered, event_truth),
        EVENT_FIELD("duplicate", hop.is_duplicate, event_truth),
        PACKET_FIELD("corrupted", is_corrupted, event_truth),
        EVENT_FIELD("corrupted_here", hop.is_corrupted_here, event_truth),
        EVENT_FIELD("delayed", hop.is_delayed, event_truth),
        EVENT_FIELD("t_enqueue_ns", hop.t_enqueue, event_time),
        EVENT_FIELD("t_enqueue", hop.t_enqueue, event_seconds),
        EVENT_FIELD("t_tx_ns", hop.t_tx, event_time),
        EVENT_FIELD("t_tx", hop.t_tx, event_seconds),
        EVENT_FIELD("t_tx_end_ns", hop.t_tx_end, event_time),
        EVENT_FIELD("t_tx_end", hop.t_tx_end, event_seconds),
        EVENT_FIELD("t_arrive_ns", hop.t_arrive, event_time),
        EVENT_FIELD("t_arrive", hop.t_arrive, event_seconds),
        EVENT_FIELD("ordinal", hop.ordinal, event_number),
};

const struct csv_table csv_segments = {
        .file_name = "segments.csv",
        .kinds = TRACE_BIT(TRACE_HOP),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .on_event = csv_sheet_on_event,
};
