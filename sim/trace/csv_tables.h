/*
 * The tables, one file each: csv_NAME.c makes NAME.csv. docs/trace.md explains every column.
 */
#ifndef INORDER_CSV_TABLES_H
#define INORDER_CSV_TABLES_H

#include "trace/csv_sheet.h"

extern const struct csv_table csv_segments;
extern const struct csv_table csv_acks;
extern const struct csv_table csv_sack;
extern const struct csv_table csv_reassembly;
extern const struct csv_table csv_congestion;
extern const struct csv_table csv_rtt;
extern const struct csv_table csv_queue;
extern const struct csv_table csv_events;

/* What most rows begin with. */
#define CSV_TIME_COLUMNS EVENT_FIELD("t_ns", time, event_time), EVENT_FIELD("t", time, event_seconds)
#define CSV_CONNECTION_COLUMNS                                                                               \
        CSV_TIME_COLUMNS, EVENT_FIELD("host", owner, event_owner_label),                                     \
                EVENT_FIELD("conn", connection, event_number), MADE_FIELD("transfer", event_transfer_name)
#define CSV_LINK_COLUMNS                                                                                     \
        CSV_TIME_COLUMNS, MADE_FIELD("link", event_link_name), MADE_FIELD("near", event_link_near_end),      \
                MADE_FIELD("far", event_link_far_end)

#endif
