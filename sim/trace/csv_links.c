/*
 * links.csv: what each direction of a link is, one row at the beginning and one for each change.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"

static const struct event_field columns[] = {
        CSV_LINK_COLUMNS,
        EVENT_FIELD("down", link.is_down, EVENT_TRUTH),
        EVENT_FIELD("rate_bps", link.rate, EVENT_NONZERO),
        EVENT_FIELD("delay_ns", link.delay, EVENT_NUMBER),
        EVENT_FIELD("delay", link.delay, EVENT_SECONDS),
        EVENT_FIELD("mtu", link.mtu, EVENT_NUMBER),
        EVENT_FIELD("queue", link.queue, EVENT_TEXT),
        EVENT_FIELD("limit_packets", link.limit_packets, EVENT_NONZERO),
        EVENT_FIELD("limit_bytes", link.limit_bytes, EVENT_NONZERO),
        EVENT_FIELD("target_ns", link.target, EVENT_NONZERO),
        EVENT_FIELD("interval_ns", link.interval, EVENT_NONZERO),
        EVENT_FIELD("least_packets", link.least, EVENT_NONZERO),
        EVENT_FIELD("most_packets", link.most, EVENT_NONZERO),
        EVENT_FIELD("weight_ppb", link.weight_ppb, EVENT_NONZERO),
        EVENT_FIELD("ecn", link.ecn, EVENT_TRUTH),
};

static void on_event(void *sheet, const struct trace_event *event)
{
        csv_row_write(sheet, columns, G_N_ELEMENTS(columns), event, NULL);
}

const struct csv_table csv_links = {
        .file_name = "links.csv",
        .kinds = TRACE_BIT(TRACE_LINK),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .on_event = on_event,
};
