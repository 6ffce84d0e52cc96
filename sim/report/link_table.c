/*
 * A row at the beginning for each direction, and one for each change.
 */
#include "report/link_table.h"

#include "report/csv_file.h"

enum column {
        T,
        LINK,
        FAR,
        DOWN,
        RATE,
        QUEUE,
        LIMIT,
        LIMIT_BYTES,
        TARGET,
        INTERVAL,
        LEAST,
        MOST,
        WEIGHT,
        ECN,
        COLUMNS
};
static const char *const columns[COLUMNS + 1] = {
        [T] = "t_ns",
        [LINK] = "link",
        [FAR] = "far",
        [DOWN] = "down",
        [RATE] = "rate_bps",
        [QUEUE] = "queue",
        [LIMIT] = "limit_packets",
        [LIMIT_BYTES] = "limit_bytes",
        [TARGET] = "target_ns",
        [INTERVAL] = "interval_ns",
        [LEAST] = "least_packets",
        [MOST] = "most_packets",
        [WEIGHT] = "weight_ppb",
        [ECN] = "ecn",
};

static void free_row(void *data)
{
        struct link_row *row = data;
        g_free(row->link);
        g_free(row->far);
        g_free(row->queue);
        g_free(row);
}

static void add_row(void *data, const CsvFile *file)
{
        struct link_row *row = g_new0(struct link_row, 1);
        row->link = g_strdup(csv_file_text(file, LINK));
        row->far = g_strdup(csv_file_text(file, FAR));
        row->queue = g_strdup(csv_file_text(file, QUEUE));
        row->time = csv_file_number(file, T, 0);
        row->is_down = csv_file_flag(file, DOWN);
        row->rate = csv_file_number(file, RATE, -1);
        row->limit_packets = csv_file_number(file, LIMIT, -1);
        row->limit_bytes = csv_file_number(file, LIMIT_BYTES, -1);
        row->least = csv_file_number(file, LEAST, -1);
        row->most = csv_file_number(file, MOST, -1);
        row->weight_ppb = csv_file_number(file, WEIGHT, -1);
        row->target = csv_file_number(file, TARGET, -1);
        row->interval = csv_file_number(file, INTERVAL, -1);
        row->has_ecn = csv_file_flag(file, ECN);
        g_ptr_array_add(data, row);
}

GPtrArray *link_table_read(const char *directory, GError **error)
{
        g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
        if (!csv_file_read_if_there(directory, "links.csv", columns, add_row, rows, error))
                return NULL;
        return g_steal_pointer(&rows);
}
