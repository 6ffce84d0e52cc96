/*
 * A row, made after its table's columns.
 *
 * Inline, and unrolled: a table's file knows its columns, so that the compiler makes straight-line code of them instead
 * of asking what each one is for every row. With ndjson_line.h, and seconds that are moved (decimal_put_point()), half
 * of the writers' instructions: 14,185 a packet-hop of W2 before, 7,507 after.
 */
#ifndef INORDER_CSV_ROW_H
#define INORDER_CSV_ROW_H

#include "trace/csv_sheet.h"
#include "trace/decimal.h"
#include "trace/event_value.h"

#include <string.h>

/* For all the columns of a table, when their texts are short. */
#define CSV_ROW_ROOM    4096
#define CSV_COLUMNS_MAX 64

/* Whoever writes more makes the same room behind it. */
char *csv_put_text(struct csv_sheet *sheet, char *at, const char *text);
char *csv_put_packet_of(struct csv_sheet *sheet, char *at, const char *maker, uint32_t number);
char *csv_put_ranges(char *at, const struct trace_packet *packet);

static inline char *csv_put_name(struct csv_sheet *sheet, char *at, const struct trace_name *name)
{
        if (!name->is_short)
                return csv_put_text(sheet, at, name->text);
        memcpy(at, name->start, TRACE_NAME_START);
        return at + name->size;
}

static inline char *csv_put_packet(struct csv_sheet *sheet, char *at, const struct trace_name *maker, uint32_t number)
{
        if (!maker->is_short)
                return csv_put_packet_of(sheet, at, maker->text, number);
        memcpy(at, maker->start, TRACE_NAME_START);
        at += maker->size;
        *at = '#';
        return decimal_put_unsigned(at + 1, number);
}

static G_ALWAYS_INLINE inline char *csv_put_value(struct csv_sheet *sheet, char *at, const struct event_value *value)
{
        switch (value->kind) {
        case EVENT_VALUE_NONE:
                return at;
        case EVENT_VALUE_SIGNED:
                return decimal_put_signed(at, value->integer);
        case EVENT_VALUE_UNSIGNED:
                return decimal_put_unsigned(at, value->natural);
        case EVENT_VALUE_BOOL:
                *at = (char)('0' + value->integer);
                return at + 1;
        case EVENT_VALUE_SECONDS:
                return decimal_put_seconds(at, value->integer);
        case EVENT_VALUE_NO_TEXT:
                *at = '-';
                return at + 1;
        case EVENT_VALUE_TEXT:
                return csv_put_text(sheet, at, value->text);
        case EVENT_VALUE_NAME:
                return csv_put_name(sheet, at, value->name);
        case EVENT_VALUE_PACKET:
                return csv_put_packet(sheet, at, value->name, value->number);
        case EVENT_VALUE_FLAGS:
                return event_put_flags(at, value->natural);
        case EVENT_VALUE_RANGES:
                return csv_put_ranges(at, value->packet);
        }
        return at;
}

/* The column before it in seconds: t after t_ns. */
static inline bool csv_column_is_seconds_again(const struct event_field *columns, unsigned i)
{
        const struct event_field *column = &columns[i];
        return i > 0 && column->meaning == EVENT_SECONDS && columns[i - 1].store == STORE_I64 &&
               columns[i - 1].base == column->base && columns[i - 1].offset == column->offset;
}

/* `row`: what the table's ROW_FIELDs are read from; NULL when it has none. */
static G_ALWAYS_INLINE inline void csv_row_write(struct csv_sheet *sheet, const struct event_field *columns,
        unsigned count, const struct trace_event *event, const void *row)
{
        const struct event_reading reading = event_reading_begin(sheet->trace, event, row);
        char *at = trace_file_room(&sheet->file, trace_file_begin(&sheet->file), CSV_ROW_ROOM);
        const char *previous = at;
#pragma GCC unroll 64 /* CSV_COLUMNS_MAX */
        for (unsigned i = 0; i < count; i++) {
                if (csv_column_is_seconds_again(columns, i)) {
                        at = decimal_put_point(at, previous, (size_t)(at - 1 - previous));
                } else {
                        struct event_value value = { 0 };
                        previous = at;
                        event_value_read(&value, &columns[i], &reading);
                        at = csv_put_value(sheet, at, &value);
                }
                *at++ = ',';
        }
        at[-1] = '\n';
        trace_file_end(&sheet->file, at);
}

#endif
