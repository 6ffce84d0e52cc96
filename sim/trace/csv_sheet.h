/*
 * A table's file and its header; csv_row.h has its rows.
 */
#ifndef INORDER_CSV_SHEET_H
#define INORDER_CSV_SHEET_H

#include "trace/event_field.h"
#include "trace/trace_file.h"

struct csv_sheet;

/* A table: its columns, and how events become rows. Most events are told late, or need what came before: then
 * the table keeps a state. */
struct csv_table {
        const char *file_name;
        uint32_t kinds; /* TRACE_BIT: the events it is made from */
        const struct event_field *columns;
        unsigned column_count;
        void *(*begin)(struct csv_sheet *sheet); /* NULL: the state is the sheet itself */
        void (*on_event)(void *state, const struct trace_event *event);
        void (*finish)(void *state); /* no event will come; NULL: nothing is left to tell */
        void (*free)(void *state);
};

struct csv_sheet {
        const struct csv_table *table;
        const Trace *trace;
        struct trace_file file;
        GString *scratch; /* for text that needs quotes */
        void *state;
};

/* Writes the header. */
void csv_sheet_open(struct csv_sheet *sheet, const struct csv_table *table, const Trace *trace, FILE *file);
void csv_sheet_clear(struct csv_sheet *sheet);

#endif
