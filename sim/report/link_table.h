/*
 * What links were and became, from links.csv.
 */
#ifndef INORDER_LINK_TABLE_H
#define INORDER_LINK_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include "units.h"

/* One direction of a link, from `time` on. -1: none, no limit, not known. */
struct link_row {
        char *link;
        char *far;
        char *queue; /* "droptail" … */
        time_ns time;
        bool is_down;
        int64_t rate;
        int64_t limit_packets;
        int64_t limit_bytes;
        int64_t least;
        int64_t most;
        int64_t weight_ppb;
        duration_ns target;
        duration_ns interval;
        bool has_ecn;
};

/* struct link_row in the order of time, of every direction; NULL with `error`. A run without the file has none. The
 * caller unrefs. */
GPtrArray *link_table_read(const char *directory, GError **error);

#endif
