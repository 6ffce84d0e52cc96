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
extern const struct csv_table csv_links;
extern const struct csv_table csv_events;

/* What most rows begin with. */
#define CSV_TIME_COLUMNS EVENT_FIELD("t_ns", time, EVENT_TIME), EVENT_FIELD("t", time, EVENT_SECONDS)
#define CSV_CONNECTION_COLUMNS                                                                               \
        CSV_TIME_COLUMNS, EVENT_FIELD("host", owner, EVENT_OWNER_LABEL),                                     \
                EVENT_FIELD("conn", connection, EVENT_NUMBER), MADE_FIELD("transfer", EVENT_TRANSFER_NAME)
#define CSV_LINK_COLUMNS                                                                                     \
        CSV_TIME_COLUMNS, MADE_FIELD("link", EVENT_LINK_NAME), MADE_FIELD("near", EVENT_LINK_NEAR_END),      \
                MADE_FIELD("far", EVENT_LINK_FAR_END)

#endif
