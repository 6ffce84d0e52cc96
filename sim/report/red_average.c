/*
 * As queue_red.c keeps it: with each packet that comes the average moves a little towards the length, and
 * after a pause as if small packets had found the queue empty all the time. For pictures alone, so floating
 * point will do.
 */
#include "report/red_average.h"

#include "report/csv_file.h"
#include "report/link_table.h"

#include <string.h>

#define TYPICAL_BITS (8 * 1000) /* of those small packets, as in queue_red.c */

enum column { LINK, FAR, ENQUEUE, TX, TX_END, DROP, DUPLICATE, ORDINAL, COLUMNS };
static const char *const columns[COLUMNS + 1] = {
        [LINK] = "link",
        [FAR] = "far",
        [ENQUEUE] = "t_enqueue_ns",
        [TX] = "t_tx_ns",
        [TX_END] = "t_tx_end_ns",
        [DROP] = "drop",
        [DUPLICATE] = "duplicate",
        [ORDINAL] = "ordinal",
};

struct arrival {
        time_ns time;
        time_ns tx; /* TIME_NEVER: it was refused */
        time_ns tx_end;
        int64_t ordinal;
};

struct reading {
        const struct queue_figures *figures;
        GArray *arrivals;
};

/* Copies that the line made were never in the queue, and what a link that is down loses is not shown to it.
 */
static void add_arrival(void *data, const CsvFile *file)
{
        struct reading *reading = data;
        const char *drop = csv_file_text(file, DROP);
        const struct arrival arrival = { csv_file_number(file, ENQUEUE, 0),
                csv_file_number(file, TX, TIME_NEVER), csv_file_number(file, TX_END, TIME_NEVER),
                csv_file_number(file, ORDINAL, 0) };
        bool is_refused = strcmp(drop, "aqm") == 0 || strcmp(drop, "queue-full") == 0;
        if (strcmp(csv_file_text(file, FAR), reading->figures->far) != 0 ||
                strcmp(csv_file_text(file, LINK), reading->figures->link) != 0 ||
                csv_file_flag(file, DUPLICATE) || (arrival.ordinal == 0 && !is_refused))
                return;
        g_array_append_val(reading->arrivals, arrival);
}

/* Of one instant those first that were let in. */
static int compare(const void *a, const void *b)
{
        const struct arrival *one = a;
        const struct arrival *other = b;
        if (one->time != other->time)
                return one->time < other->time ? -1 : 1;
        if ((one->ordinal == 0) != (other->ordinal == 0))
                return one->ordinal == 0 ? 1 : -1;
        return one->ordinal < other->ordinal ? -1 : one->ordinal > other->ordinal;
}

/* What the link is at that time; NULL: its queue is not RED's. */
static const struct link_row *link_at(const GPtrArray *links, time_ns time)
{
        const struct link_row *found = NULL;
        for (unsigned i = 0; i < links->len; i++) {
                const struct link_row *row = links->pdata[i];
                if (row->time <= time)
                        found = row;
        }
        return found != NULL && strcmp(found->queue, "red") == 0 ? found : NULL;
}

struct queue_state {
        GQueue waiting;  /* struct arrival: let in, and not being sent when last looked at */
        time_ns free_at; /* when the transmission of the last one taken ends */
        bool has_sent;
        double average;
};

static void take_until(struct queue_state *state, time_ns now)
{
        const struct arrival *first;
        while ((first = g_queue_peek_head(&state->waiting)) != NULL && first->tx <= now) {
                state->free_at = first->tx_end;
                state->has_sent = true;
                g_queue_pop_head(&state->waiting);
        }
}

/* By squaring: the same digits on every machine. */
static double power(double base, uint64_t exponent)
{
        double result = 1;
        for (; exponent > 0; exponent >>= 1) {
                if (exponent & 1)
                        result *= base;
                base *= base;
        }
        return result;
}

static void look(struct queue_state *state, const struct link_row *link, time_ns now)
{
        double weight = (double)link->weight_ppb / 1e9;
        bool is_idle = state->has_sent && g_queue_is_empty(&state->waiting) && state->free_at <= now;
        if (is_idle && link->rate > 0) {
                double seconds = (double)(now - state->free_at) / SECOND;
                uint64_t missed = (uint64_t)(seconds * (double)link->rate / TYPICAL_BITS);
                state->average *= power(1 - weight, missed);
        }
        state->average += weight * ((double)state->waiting.length - state->average);
}

static GArray *averages(const GArray *arrivals, const GPtrArray *links)
{
        GArray *points = g_array_new(FALSE, FALSE, sizeof(struct red_point));
        struct queue_state state = { .waiting = G_QUEUE_INIT };
        for (unsigned i = 0; i < arrivals->len; i++) {
                struct arrival *arrival = &g_array_index(arrivals, struct arrival, i);
                const struct link_row *link = link_at(links, arrival->time);
                take_until(&state, arrival->time);
                if (link != NULL) {
                        look(&state, link, arrival->time);
                        const struct red_point point = { arrival->time, state.average };
                        g_array_append_val(points, point);
                } else {
                        state.average = 0; /* another discipline's turn */
                }
                if (arrival->ordinal > 0)
                        g_queue_push_tail(&state.waiting, arrival);
        }
        g_queue_clear(&state.waiting);
        return points;
}

GArray *red_average_read(
        const char *directory, const struct queue_figures *figures, const GPtrArray *links, GError **error)
{
        g_autoptr(GArray) arrivals = g_array_new(FALSE, FALSE, sizeof(struct arrival));
        struct reading reading = { figures, arrivals };
        bool is_red = false;
        for (unsigned i = 0; i < links->len; i++)
                is_red |= strcmp(((const struct link_row *)links->pdata[i])->queue, "red") == 0;
        if (is_red && !csv_file_read(directory, "segments.csv", columns, add_arrival, &reading, error))
                return NULL;
        g_array_sort(arrivals, compare);
        return averages(arrivals, links);
}
