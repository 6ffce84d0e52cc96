/*
 * The CSV files of a run: one table a kind of thing. docs/trace.md explains every column.
 *
 * A header line; commas; an unknown number is empty, a string never is ("-"); time as t_ns and t (seconds).
 * Columns are only ever appended, and the last one is a number (gnuplot 5.4 misreads an empty text there).
 */
#ifndef INORDER_TRACE_CSV_H
#define INORDER_TRACE_CSV_H

#include "trace/csv_sheet.h"

typedef struct TraceCsv TraceCsv;

/* Opens the files of every table that the kinds in `mask` (TRACE_BIT) suffice for, writes their headers and
 * listens. NULL: a file could not be opened. */
TraceCsv *trace_csv_new(Trace *trace, const struct trace_opener *opener, uint32_t mask, GError **error);
bool trace_csv_finish(TraceCsv *writer, GError **error);
void trace_csv_free(TraceCsv *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceCsv, trace_csv_free)

const struct csv_table *const *trace_csv_tables(unsigned *count);

#endif
