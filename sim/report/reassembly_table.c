/*
 * Holes are where waiting times overlap.
 */
#include "report/reassembly_table.h"

#include "report/csv_file.h"

#include <string.h>

enum column { T, HOST, CONNECTION, TRANSFER, KIND, FIRST, END, ARRIVED, DELIVERED, READABLE, READ, COLUMNS };
static const char *const columns[COLUMNS + 1] = {
        [T] = "t_ns",
        [HOST] = "host",
        [CONNECTION] = "conn",
        [TRANSFER] = "transfer",
        [KIND] = "kind",
        [FIRST] = "first",
        [END] = "end",
        [ARRIVED] = "t_arrive_ns",
        [DELIVERED] = "t_deliver_ns",
        [READABLE] = "readable",
        [READ] = "read",
};

static const char *const kind_names[] = {
        [REASSEMBLY_IN_ORDER] = "in-order",
        [REASSEMBLY_HELD] = "held",
        [REASSEMBLY_DUPLICATE] = "duplicate",
        [REASSEMBLY_READ] = "read",
};

struct ReassemblyTable {
        const char *transfer; /* only during the reading */
        GStringChunk *texts;
        GArray *rows; /* struct reassembly_row */
};

/* False: a kind that this picture does not know. */
static bool parse_kind(const char *name, enum reassembly_kind *kind)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(kind_names); i++) {
                if (strcmp(name, kind_names[i]) == 0) {
                        *kind = i;
                        return true;
                }
        }
        return false;
}

static void add_row(void *data, const CsvFile *file)
{
        ReassemblyTable *table = data;
        struct reassembly_row row = {
                .time = csv_file_number(file, T, 0),
                .connection = csv_file_number(file, CONNECTION, 0),
                .first = csv_file_number(file, FIRST, 0),
                .end = csv_file_number(file, END, 0),
                .arrived = csv_file_number(file, ARRIVED, TIME_NEVER),
                .delivered = csv_file_number(file, DELIVERED, TIME_NEVER),
                .readable = csv_file_number(file, READABLE, 0),
                .read = csv_file_number(file, READ, 0),
        };
        if (strcmp(csv_file_text(file, TRANSFER), table->transfer) != 0 ||
                !parse_kind(csv_file_text(file, KIND), &row.kind))
                return;
        row.host = g_string_chunk_insert_const(table->texts, csv_file_text(file, HOST));
        g_array_append_val(table->rows, row);
}

ReassemblyTable *reassembly_table_read(const char *directory, const char *transfer, GError **error)
{
        g_autoptr(ReassemblyTable) table = g_new0(ReassemblyTable, 1);
        table->texts = g_string_chunk_new(256);
        table->rows = g_array_new(FALSE, FALSE, sizeof(struct reassembly_row));
        table->transfer = transfer;
        if (!csv_file_read_if_there(directory, "reassembly.csv", columns, add_row, table, error))
                return NULL;
        return g_steal_pointer(&table);
}

void reassembly_table_free(ReassemblyTable *table)
{
        if (table == NULL)
                return;
        g_string_chunk_free(table->texts);
        g_array_unref(table->rows);
        g_free(table);
}

unsigned reassembly_table_count(const ReassemblyTable *table)
{
        return table->rows->len;
}

const struct reassembly_row *reassembly_table_at(const ReassemblyTable *table, unsigned index)
{
        g_assert(index < table->rows->len);
        return &g_array_index(table->rows, struct reassembly_row, index);
}

/* ---- Holes ---- */

static int compare_holes(const void *a, const void *b)
{
        const struct hole *one = a;
        const struct hole *other = b;
        int by_host = strcmp(one->host, other->host);
        if (by_host != 0)
                return by_host;
        if (one->connection != other->connection)
                return one->connection < other->connection ? -1 : 1;
        return one->start < other->start ? -1 : one->start > other->start;
}

/* One for each stretch that waited. */
static GArray *list_waits(const ReassemblyTable *table)
{
        GArray *waits = g_array_new(FALSE, FALSE, sizeof(struct hole));
        for (unsigned i = 0; i < table->rows->len; i++) {
                const struct reassembly_row *row = reassembly_table_at(table, i);
                bool is_filled = row->delivered != TIME_NEVER;
                struct hole wait = { row->host, row->connection, row->arrived,
                        is_filled ? row->delivered : row->time, row->end - row->first, is_filled };
                if (row->kind == REASSEMBLY_HELD && row->arrived != TIME_NEVER)
                        g_array_append_val(waits, wait);
        }
        g_array_sort(waits, compare_holes);
        return waits;
}

/* What begins while the one before lasts belongs to it. */
static bool is_of_hole(const struct hole *hole, const struct hole *wait)
{
        return strcmp(hole->host, wait->host) == 0 && hole->connection == wait->connection &&
               wait->start < hole->end;
}

GArray *reassembly_table_holes(const ReassemblyTable *table)
{
        g_autoptr(GArray) waits = list_waits(table);
        GArray *holes = g_array_new(FALSE, FALSE, sizeof(struct hole));
        for (unsigned i = 0; i < waits->len; i++) {
                const struct hole *wait = &g_array_index(waits, struct hole, i);
                struct hole *last =
                        holes->len > 0 ? &g_array_index(holes, struct hole, holes->len - 1) : NULL;
                if (last == NULL || !is_of_hole(last, wait)) {
                        g_array_append_val(holes, *wait);
                        continue;
                }
                last->end = MAX(last->end, wait->end);
                last->bytes += wait->bytes;
                last->is_filled &= wait->is_filled;
        }
        return holes;
}
