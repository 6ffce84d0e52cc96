/*
 * rtt.csv: round trips measured, and what became of the retransmission timeout. RFC 6298.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"

static const struct event_field columns[] = {
        CSV_CONNECTION_COLUMNS,
        EVENT_FIELD("packet", cause.packet, EVENT_PACKET_ID),
        EVENT_FIELD("sample_ns", rtt.sample, EVENT_NOT_NEGATIVE),
        EVENT_FIELD_WHEN("sample", rtt.sample, EVENT_SECONDS, EVENT_HAS_RTT_SAMPLE),
        EVENT_FIELD("srtt_ns", rtt.smoothed, EVENT_NUMBER),
        EVENT_FIELD("srtt", rtt.smoothed, EVENT_SECONDS),
        EVENT_FIELD("rttvar_ns", rtt.variation, EVENT_NUMBER),
        EVENT_FIELD("rttvar", rtt.variation, EVENT_SECONDS),
        EVENT_FIELD("rto_ns", rtt.rto, EVENT_NUMBER),
        EVENT_FIELD("rto", rtt.rto, EVENT_SECONDS),
        EVENT_FIELD("backoff", rtt.backoffs, EVENT_NUMBER),
};

static void on_event(void *sheet, const struct trace_event *event)
{
        csv_row_write(sheet, columns, G_N_ELEMENTS(columns), event, NULL);
}

const struct csv_table csv_rtt = {
        .file_name = "rtt.csv",
        .kinds = TRACE_BIT(TRACE_TCP_RTT),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .on_event = on_event,
};
