/*
 * rtt.csv: round trips measured, and what became of the retransmission timeout. RFC 6298.
 */
#include "trace/csv_tables.h"

static const struct event_field columns[] = {
        CSV_CONNECTION_COLUMNS,
        EVENT_FIELD("packet", cause.packet, event_packet_id),
        EVENT_FIELD("sample_ns", rtt.sample, event_not_negative),
        EVENT_FIELD_WHEN("sample", rtt.sample, event_seconds, event_has_rtt_sample),
        EVENT_FIELD("srtt_ns", rtt.smoothed, event_number),
        EVENT_FIELD("srtt", rtt.smoothed, event_seconds),
        EVENT_FIELD("rttvar_ns", rtt.variation, event_number),
        EVENT_FIELD("rttvar", rtt.variation, event_seconds),
        EVENT_FIELD("rto_ns", rtt.rto, event_number),
        EVENT_FIELD("rto", rtt.rto, event_seconds),
        EVENT_FIELD("backoff", rtt.backoffs, event_number),
};

const struct csv_table csv_rtt = {
        .file_name = "rtt.csv",
        .kinds = TRACE_BIT(TRACE_TCP_RTT),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .on_event = csv_sheet_on_event,
};
