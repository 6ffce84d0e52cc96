/*
 * A table's file and its header, and the values that are more than a few bytes.
 */
#include "trace/csv_sheet.h"

#include "trace/csv_row.h"
#include "trace/csv_text.h"

#include <string.h>

static char *put_quoted(struct csv_sheet *sheet, char *at, const char *text)
{
        g_string_truncate(sheet->scratch, 0);
        csv_append_text(sheet->scratch, text);
        return trace_file_put(&sheet->file, at, sheet->scratch->str, sheet->scratch->len, CSV_ROW_ROOM);
}

char *csv_put_text(struct csv_sheet *sheet, char *at, const char *text)
{
        char *end = event_put_short_text(at, text);
        return end != NULL ? end : put_quoted(sheet, at, text);
}

/* With its number in the quotes, if there are any. */
char *csv_put_packet_of(struct csv_sheet *sheet, char *at, const char *maker, uint32_t number)
{
        g_autofree char *text = g_strdup_printf("%s#%" G_GUINT32_FORMAT, maker, number);
        return put_quoted(sheet, at, text);
}

char *csv_put_ranges(char *at, const struct trace_packet *packet)
{
        struct event_range blocks[TRACE_SACK_BLOCKS_MAX];
        unsigned count = event_sack_blocks(packet, blocks);
        for (unsigned i = 0; i < count; i++) {
                if (i > 0)
                        *at++ = ' ';
                at = decimal_put_signed(at, blocks[i].first);
                *at++ = '-';
                at = decimal_put_signed(at, blocks[i].end);
        }
        return at;
}

static void write_header(struct csv_sheet *sheet)
{
        for (unsigned i = 0; i < sheet->table->column_count; i++) {
                const char *name = sheet->table->columns[i].name;
                if (i > 0)
                        trace_file_write(&sheet->file, ",", 1);
                trace_file_write(&sheet->file, name, strlen(name));
        }
        trace_file_write(&sheet->file, "\n", 1);
}

void csv_sheet_open(struct csv_sheet *sheet, const struct csv_table *table, const Trace *trace, FILE *file)
{
        g_assert(table->column_count <= CSV_COLUMNS_MAX);
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
