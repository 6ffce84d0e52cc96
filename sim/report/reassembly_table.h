/*
 * How order was made of one transfer's segments: the rows of reassembly.csv.
 */
#ifndef INORDER_REASSEMBLY_TABLE_H
#define INORDER_REASSEMBLY_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include "units.h"

enum reassembly_kind { REASSEMBLY_IN_ORDER, REASSEMBLY_HELD, REASSEMBLY_DUPLICATE, REASSEMBLY_READ };

struct reassembly_row {
        enum reassembly_kind kind;
        time_ns time;
        const char *host; /* the receiver of the data */
        int64_t connection;
        int64_t first;
        int64_t end;
        time_ns arrived;   /* TIME_NEVER: a program's read */
        time_ns delivered; /* TIME_NEVER: never */
        int64_t readable;
        int64_t read;
};

/* Bytes were held here all the time: a hole was there. */
struct hole {
        const char *host;
        int64_t connection;
        time_ns start;
        time_ns end;
        int64_t bytes; /* held in all */
        bool is_filled;
};

typedef struct ReassemblyTable ReassemblyTable;

/* A run that kept only its segments has an empty one. */
ReassemblyTable *reassembly_table_read(const char *directory, const char *transfer, GError **error);
void reassembly_table_free(ReassemblyTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReassemblyTable, reassembly_table_free)

unsigned reassembly_table_count(const ReassemblyTable *table);
const struct reassembly_row *reassembly_table_at(const ReassemblyTable *table, unsigned index);
/* struct hole, by host and connection, in the order of time. The caller unrefs. */
GArray *reassembly_table_holes(const ReassemblyTable *table);

#endif
