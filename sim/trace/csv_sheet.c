/*
 * Values as the fields of a line.
 */
#include "trace/csv_sheet.h"

#include "trace/csv_text.h"
#include "trace/decimal.h"
#include "trace/event_value.h"

#include <string.h>

#define FIELD_ROOM 256 /* for the comma and any value but text */

static char *put_bytes(struct csv_sheet *sheet, char *at, const char *bytes, size_t size)
{
        at = trace_file_room(&sheet->file, at, size);
        memcpy(at, bytes, size);
        return at + size;
}

static char *put_quoted(struct csv_sheet *sheet, char *at, const char *text)
{
        g_string_truncate(sheet->scratch, 0);
        csv_append_text(sheet->scratch, text);
        return put_bytes(sheet, at, sheet->scratch->str, sheet->scratch->len);
}

static char *put_text(struct csv_sheet *sheet, char *at, const char *text)
{
        size_t size = strlen(text);
        return trace_text_is_plain(text, size) ? put_bytes(sheet, at, text, size)
                                               : put_quoted(sheet, at, text);
}

static char *put_name(struct csv_sheet *sheet, char *at, const struct trace_name *name)
{
        return name->is_plain ? put_bytes(sheet, at, name->text, name->size)
                              : put_quoted(sheet, at, name->text);
}

/* With its number in the quotes, if there are any. */
static char *put_packet(struct csv_sheet *sheet, char *at, const struct trace_name *maker, uint32_t number)
{
        if (!maker->is_plain) {
                g_autofree char *text = g_strdup_printf("%s#%" G_GUINT32_FORMAT, maker->text, number);
                return put_quoted(sheet, at, text);
        }
        at = trace_file_room(&sheet->file, at, maker->size + FIELD_ROOM);
        at = put_bytes(sheet, at, maker->text, maker->size);
        *at++ = '#';
        return decimal_put_unsigned(at, number);
}

static char *put_ranges(char *at, const struct event_value *value)
{
        if (value->ranges.count == 0)
                *at++ = '-';
        for (unsigned i = 0; i < value->ranges.count; i++) {
                if (i > 0)
                        *at++ = ' ';
                at = decimal_put_signed(at, value->ranges.items[i].first);
                *at++ = '-';
                at = decimal_put_signed(at, value->ranges.items[i].end);
        }
        return at;
}

static char *put_value(struct csv_sheet *sheet, char *at, const struct event_value *value)
{
        switch (value->kind) {
        case EVENT_VALUE_NONE:
                return at;
        case EVENT_VALUE_SIGNED:
                return decimal_put_signed(at, value->integer);
        case EVENT_VALUE_UNSIGNED:
                return decimal_put_unsigned(at, value->natural);
        case EVENT_VALUE_BOOL:
                *at = value->integer ? '1' : '0';
                return at + 1;
        case EVENT_VALUE_SECONDS:
                return decimal_put_seconds(at, value->integer);
        case EVENT_VALUE_NO_TEXT:
                *at = '-';
                return at + 1;
        case EVENT_VALUE_TEXT:
                return put_text(sheet, at, value->text);
        case EVENT_VALUE_NAME:
                return put_name(sheet, at, value->name);
        case EVENT_VALUE_PACKET:
                return put_packet(sheet, at, value->name, value->number);
        case EVENT_VALUE_FLAGS:
                return event_put_flags(at, value->natural);
        case EVENT_VALUE_RANGES:
                return put_ranges(at, value);
        }
        return at;
}

static void end_line(struct csv_sheet *sheet, char *at)
{
        at = trace_file_room(&sheet->file, at, 1);
        *at = '\n';
        trace_file_end(&sheet->file, at + 1);
}

static void write_header(struct csv_sheet *sheet)
{
        char *at = trace_file_begin(&sheet->file);
        for (unsigned i = 0; i < sheet->table->column_count; i++) {
                const char *name = sheet->table->columns[i].name;
                if (i > 0)
                        at = put_bytes(sheet, at, ",", 1);
                at = put_bytes(sheet, at, name, strlen(name));
        }
        end_line(sheet, at);
}

void csv_sheet_open(struct csv_sheet *sheet, const struct csv_table *table, const Trace *trace, FILE *file)
{
        *sheet = (struct csv_sheet){ .table = table, .trace = trace };
        sheet->scratch = g_string_new(NULL);
        trace_file_init(&sheet->file, file, table->file_name, TRACE_FILE_LARGE_PIECE);
        sheet->state = table->begin ? table->begin(sheet) : sheet;
        write_header(sheet);
}

void csv_sheet_clear(struct csv_sheet *sheet)
{
        if (sheet->table->free)
                sheet->table->free(sheet->state);
        trace_file_clear(&sheet->file);
        g_string_free(sheet->scratch, TRUE);
}

void csv_sheet_write(struct csv_sheet *sheet, const struct trace_event *event, const void *row)
{
        const struct event_reading reading = event_reading_begin(sheet->trace, event, row);
        const struct csv_table *table = sheet->table;
        char *at = trace_file_begin(&sheet->file);
        struct event_value value;
        for (unsigned i = 0; i < table->column_count; i++) {
                at = trace_file_room(&sheet->file, at, FIELD_ROOM);
                *at = ',';
                at += i > 0;
                event_value_read(&value, &table->columns[i], &reading);
                at = put_value(sheet, at, &value);
        }
        end_line(sheet, at);
}

void csv_sheet_on_event(void *sheet, const struct trace_event *event)
{
        csv_sheet_write(sheet, event, NULL);
}
