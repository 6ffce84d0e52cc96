/*
 * The tables of a made-up world, read back as a reader of CSV would.
 */
#ifndef INORDER_CSV_ROWS_H
#define INORDER_CSV_ROWS_H

#include "made_up.h"
#include "trace/trace_csv.h"

/* The world that is told, and the table that was read last. */
struct csv_rows {
        Trace *trace;
        TraceCsv *writer;
        struct made_up_files files;
        char *text;
        char **lines; /* the header is line 0 */
};
void csv_rows_set_up(struct csv_rows *rows);
void csv_rows_tear_down(struct csv_rows *rows);

/* The world has ended. How many lines the table has, its header included. */
unsigned csv_rows_read(struct csv_rows *rows, const char *table);
/* The fields of a line. */
GPtrArray *csv_rows_split(const char *line);
void csv_rows_expect(const struct csv_rows *rows, unsigned line, const char *column, const char *value);
/* The named columns of every row, joined by spaces: "enqueue 1|dequeue 0". */
void csv_rows_expect_all(const struct csv_rows *rows, const char *columns, const char *values);

#endif
