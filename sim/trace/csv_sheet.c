/*
 * Values as the fields of a line.
 */
#include "trace/csv_sheet.h"

#include "trace/csv_text.h"
#include "trace/decimal.h"

static void append_ranges(GString *line, const struct event_value *value)
{
        if (value->ranges.count == 0)
                g_string_append_c(line, '-');
        for (unsigned i = 0; i < value->ranges.count; i++) {
                if (i > 0)
                        g_string_append_c(line, ' ');
                decimal_append_signed(line, value->ranges.items[i].first);
                g_string_append_c(line, '-');
                decimal_append_signed(line, value->ranges.items[i].end);
        }
}

static void append_value(GString *line, const struct event_value *value)
{
        switch (value->kind) {
        case EVENT_VALUE_NONE:
                return;
        case EVENT_VALUE_SIGNED:
                decimal_append_signed(line, value->integer);
                return;
        case EVENT_VALUE_UNSIGNED:
                decimal_append_unsigned(line, value->natural);
                return;
        case EVENT_VALUE_BOOL:
                g_string_append_c(line, value->truth ? '1' : '0');
                return;
        case EVENT_VALUE_SECONDS:
                decimal_append_seconds(line, value->integer);
                return;
        case EVENT_VALUE_TEXT:
                csv_append_text(line, value->text);
                return;
        case EVENT_VALUE_RANGES:
                append_ranges(line, value);
                return;
        }
}

static void write_line(struct csv_sheet *sheet)
{
        g_string_append_c(sheet->line, '\n');
        trace_file_write(&sheet->file, sheet->line->str, sheet->line->len);
}

static void write_header(struct csv_sheet *sheet)
{
        g_string_truncate(sheet->line, 0);
        for (unsigned i = 0; i < sheet->table->column_count; i++) {
                if (i > 0)
                        g_string_append_c(sheet->line, ',');
                g_string_append(sheet->line, sheet->table->columns[i].name);
        }
        write_line(sheet);
}

void csv_sheet_open(struct csv_sheet *sheet, const struct csv_table *table, const Trace *trace, FILE *file)
{
        *sheet = (struct csv_sheet){ .table = table, .trace = trace };
        sheet->line = g_string_new(NULL);
        sheet->scratch = g_string_new(NULL);
        trace_file_init(&sheet->file, file, table->file_name);
        sheet->state = table->begin ? table->begin(sheet) : sheet;
        write_header(sheet);
}

void csv_sheet_clear(struct csv_sheet *sheet)
{
        if (sheet->table->free)
                sheet->table->free(sheet->state);
        trace_file_clear(&sheet->file);
        g_string_free(sheet->line, TRUE);
        g_string_free(sheet->scratch, TRUE);
}

void csv_sheet_write(struct csv_sheet *sheet, const struct trace_event *event, const void *row)
{
        const struct event_reading reading = {
                .trace = sheet->trace, .event = event, .row = row, .scratch = sheet->scratch
        };
        struct event_value value;
        g_string_truncate(sheet->line, 0);
        for (unsigned i = 0; i < sheet->table->column_count; i++) {
                if (i > 0)
                        g_string_append_c(sheet->line, ',');
                event_field_read(&sheet->table->columns[i], &reading, &value);
                append_value(sheet->line, &value);
        }
        write_line(sheet);
}

void csv_sheet_on_event(void *sheet, const struct trace_event *event)
{
        csv_sheet_write(sheet, event, NULL);
}
