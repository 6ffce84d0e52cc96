/*
 * A packet's wait is the time between its two rows, which its name and copy tell belong together.
 */
#include "report/queue_survey.h"

#include "report/csv_file.h"

#include <string.h>

enum column { T, LINK, NEAR, FAR, EVENT, PACKET, COPY, TRANSFER, REASON, BYTES, PACKETS, MARKED, COLUMNS };
static const char *const columns[COLUMNS + 1] = {
        [T] = "t_ns",
        [LINK] = "link",
        [NEAR] = "near",
        [FAR] = "far",
        [EVENT] = "event",
        [PACKET] = "packet",
        [COPY] = "copy",
        [TRANSFER] = "transfer",
        [REASON] = "reason",
        [BYTES] = "bytes",
        [PACKETS] = "packets",
        [MARKED] = "marked",
};

/* ---- Waits ---- */

/* When each packet that stands in a queue joined it. */
typedef GHashTable Waiting;

static Waiting *waiting_new(void)
{
        return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static duration_ns wait_of(Waiting *waiting, const char *packet, time_ns now)
{
        const time_ns *joined = g_hash_table_lookup(waiting, packet);
        duration_ns waited = joined != NULL ? now - *joined : -1;
        g_hash_table_remove(waiting, packet);
        return waited;
}

static enum queue_step step_of(const CsvFile *file)
{
        const char *event = csv_file_text(file, EVENT);
        if (strcmp(event, "enqueue") == 0)
                return QUEUE_JOINED;
        return strcmp(event, "dequeue") == 0 ? QUEUE_LEFT : QUEUE_DROPPED;
}

static struct queue_row read_row(Waiting *waiting, const CsvFile *file)
{
        struct queue_row row = {
                .step = step_of(file),
                .time = csv_file_number(file, T, 0),
                .waited = -1,
                .transfer = csv_file_text(file, TRANSFER),
                .reason = csv_file_text(file, REASON),
                .is_marked = csv_file_flag(file, MARKED),
                .packets = csv_file_number(file, PACKETS, 0),
                .bytes = csv_file_number(file, BYTES, 0),
        };
        char *packet = g_strdup_printf("%s/%s", csv_file_text(file, PACKET), csv_file_text(file, COPY));
        if (row.step == QUEUE_JOINED) {
                g_hash_table_replace(waiting, packet, g_memdup2(&row.time, sizeof row.time));
        } else {
                row.waited = wait_of(waiting, packet, row.time);
                g_free(packet);
        }
        return row;
}

/* ---- The survey ---- */

struct direction {
        struct queue_figures figures; /* first: what callers see */
        Waiting *waiting;
};

struct survey {
        const char *transfer;
        GPtrArray *directions;
        GHashTable *by_name; /* the same, "core → www": there may be thousands */
};

static void free_direction(void *data)
{
        struct direction *direction = data;
        g_free(direction->figures.link);
        g_free(direction->figures.near);
        g_free(direction->figures.far);
        for (unsigned i = 0; i < QUEUE_REASONS_MAX; i++)
                g_free(direction->figures.drops[i].reason);
        g_hash_table_unref(direction->waiting);
        g_free(direction);
}

static bool is_of(const struct queue_figures *figures, const CsvFile *file)
{
        return strcmp(figures->far, csv_file_text(file, FAR)) == 0 &&
               strcmp(figures->link, csv_file_text(file, LINK)) == 0;
}

static struct direction *direction_of(struct survey *survey, const CsvFile *file)
{
        g_autofree char *name =
                g_strdup_printf("%s → %s", csv_file_text(file, LINK), csv_file_text(file, FAR));
        struct direction *direction = g_hash_table_lookup(survey->by_name, name);
        if (direction != NULL)
                return direction;
        direction = g_new0(struct direction, 1);
        direction->figures.link = g_strdup(csv_file_text(file, LINK));
        direction->figures.near = g_strdup(csv_file_text(file, NEAR));
        direction->figures.far = g_strdup(csv_file_text(file, FAR));
        direction->waiting = waiting_new();
        g_ptr_array_add(survey->directions, direction);
        g_hash_table_insert(survey->by_name, g_steal_pointer(&name), direction);
        return direction;
}

/* There is room for every reason that docs/trace.md knows; the last place takes what else there may be. */
static void count_drop(struct queue_figures *figures, const char *reason)
{
        struct queue_drops *drops = figures->drops;
        while (drops->reason != NULL && strcmp(drops->reason, reason) != 0 &&
                drops + 1 < figures->drops + QUEUE_REASONS_MAX)
                drops++;
        if (drops->reason == NULL)
                drops->reason = g_strdup(reason);
        drops->count++;
}

static void count_row(struct queue_figures *figures, const struct queue_row *row)
{
        figures->most_packets = MAX(figures->most_packets, row->packets);
        figures->most_bytes = MAX(figures->most_bytes, row->bytes);
        figures->longest = MAX(figures->longest, row->waited);
        switch (row->step) {
        case QUEUE_JOINED:
                figures->joined++;
                break;
        case QUEUE_LEFT:
                figures->left++;
                figures->waited += MAX(row->waited, 0);
                figures->marked += row->is_marked;
                break;
        case QUEUE_DROPPED:
                count_drop(figures, row->reason);
                break;
        }
}

static void survey_row(void *data, const CsvFile *file)
{
        struct survey *survey = data;
        struct direction *direction = direction_of(survey, file);
        struct queue_row row = read_row(direction->waiting, file);
        count_row(&direction->figures, &row);
        if (survey->transfer == NULL || strcmp(survey->transfer, row.transfer) == 0)
                direction->figures.is_met = true;
}

GPtrArray *queue_survey(const char *directory, const char *transfer, GError **error)
{
        struct survey survey = { transfer, g_ptr_array_new_with_free_func(free_direction),
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
        bool is_read = csv_file_read_if_there(directory, "queue.csv", columns, survey_row, &survey, error);
        g_hash_table_unref(survey.by_name);
        if (is_read)
                return survey.directions;
        g_ptr_array_unref(survey.directions);
        return NULL;
}

/* ---- The rows of one ---- */

struct hearing {
        const struct queue_figures *figures;
        Waiting *waiting;
        void (*on_row)(void *data, const struct queue_row *row);
        void *data;
};

static void hear_row(void *data, const CsvFile *file)
{
        struct hearing *hearing = data;
        if (!is_of(hearing->figures, file))
                return;
        struct queue_row row = read_row(hearing->waiting, file);
        hearing->on_row(hearing->data, &row);
}

bool queue_survey_rows(const char *directory, const struct queue_figures *figures,
        void (*on_row)(void *data, const struct queue_row *row), void *data, GError **error)
{
        struct hearing hearing = { figures, waiting_new(), on_row, data };
        bool is_read = csv_file_read(directory, "queue.csv", columns, hear_row, &hearing, error);
        g_hash_table_unref(hearing.waiting);
        return is_read;
}
