/*
 * A transfer has few of them.
 */
#include "report/note_table.h"

#include "report/csv_file.h"

#include <stdbool.h>
#include <string.h>

enum column { T, OWNER, CONNECTION, TRANSFER, KIND, NAME, TEXT, VALUE, COLUMNS };
static const char *const columns[COLUMNS + 1] = {
        [T] = "t_ns",
        [OWNER] = "owner",
        [CONNECTION] = "conn",
        [TRANSFER] = "transfer",
        [KIND] = "kind",
        [NAME] = "name",
        [TEXT] = "text",
        [VALUE] = "value",
};

struct NoteTable {
        const char *transfer; /* only during the reading */
        GStringChunk *texts;
        GArray *rows; /* struct note_row */
};

static void add_row(void *data, const CsvFile *file)
{
        NoteTable *table = data;
        if (strcmp(csv_file_text(file, TRANSFER), table->transfer) != 0 ||
                strcmp(csv_file_text(file, KIND), "note") != 0)
                return;
        struct note_row row = {
                .time = csv_file_number(file, T, 0),
                .host = g_string_chunk_insert_const(table->texts, csv_file_text(file, OWNER)),
                .connection = csv_file_number(file, CONNECTION, 0),
                .name = g_string_chunk_insert_const(table->texts, csv_file_text(file, NAME)),
                .why = g_string_chunk_insert_const(table->texts, csv_file_text(file, TEXT)),
                .value = csv_file_number(file, VALUE, 0),
        };
        g_array_append_val(table->rows, row);
}

NoteTable *note_table_read(const char *directory, const char *transfer, GError **error)
{
        g_autoptr(NoteTable) table = g_new0(NoteTable, 1);
        table->texts = g_string_chunk_new(256);
        table->rows = g_array_new(FALSE, FALSE, sizeof(struct note_row));
        table->transfer = transfer;
        if (!csv_file_read_if_there(directory, "events.csv", columns, add_row, table, error))
                return NULL;
        return g_steal_pointer(&table);
}

void note_table_free(NoteTable *table)
{
        if (table == NULL)
                return;
        g_string_chunk_free(table->texts);
        g_array_unref(table->rows);
        g_free(table);
}

unsigned note_table_count(const NoteTable *table)
{
        return table->rows->len;
}

const struct note_row *note_table_at(const NoteTable *table, unsigned index)
{
        g_assert(index < table->rows->len);
        return &g_array_index(table->rows, struct note_row, index);
}
