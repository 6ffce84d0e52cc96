/*
 * The CSV files of a run: one table a kind of thing, one row an event. docs/trace.md explains every column.
 *
 * A header line; commas; an unknown number is empty, a string never is ("-"); time as t_ns and t (seconds).
 * Columns are only ever appended, and the last one is a number (gnuplot 5.4 misreads an empty text there).
 */
#ifndef INORDER_TRACE_CSV_H
#define INORDER_TRACE_CSV_H

#include "trace/event_field.h"
#include "trace/trace_file.h"

typedef struct TraceCsv TraceCsv;

/* Opens every table's file, writes their headers and listens. NULL: a file could not be opened. */
TraceCsv *trace_csv_new(Trace *trace, const struct trace_opener *opener, GError **error);
bool trace_csv_finish(TraceCsv *writer, GError **error);
void trace_csv_free(TraceCsv *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceCsv, trace_csv_free)

struct csv_table {
        const char *file_name;
        uint32_t kinds; /* TRACE_BIT: the events that make a row */
        const struct event_field *columns;
        unsigned column_count;
};
const struct csv_table *trace_csv_tables(unsigned *count);

#endif
