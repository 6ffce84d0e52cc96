/*
 * Staircase, waits, drops, marks and limits. Thinned is only what nobody could tell apart.
 */
#include "report/queue_series.h"

#include "report/link_table.h"
#include "report/plot_context.h"
#include "report/red_average.h"

#include <string.h>

/* Of the width, a pixel each: of every one the highest, the lowest and both ends of the staircase are kept.
 */
#define BUCKETS 1400

static const struct queue_row *row_at(const struct queue_plot *plot, unsigned index)
{
        return &g_array_index(plot->rows, struct queue_row, index);
}

time_ns queue_plot_first(const struct queue_plot *plot)
{
        return row_at(plot, 0)->time;
}

time_ns queue_plot_last(const struct queue_plot *plot)
{
        return row_at(plot, plot->rows->len - 1)->time;
}

/* ---- Whose packets ---- */

struct share {
        const char *name;
        unsigned packets;
};

/* Those of no transfer are others. */
static int compare_shares(const void *a, const void *b)
{
        const struct share *one = a;
        const struct share *other = b;
        int is_other = (strcmp(one->name, "-") == 0) - (strcmp(other->name, "-") == 0);
        if (is_other != 0)
                return is_other;
        if (one->packets != other->packets)
                return one->packets > other->packets ? -1 : 1;
        return strcmp(one->name, other->name);
}

static void count_share(GArray *shares, const char *name)
{
        for (unsigned i = 0; i < shares->len; i++) {
                struct share *share = &g_array_index(shares, struct share, i);
                if (share->name == name) {
                        share->packets++;
                        return;
                }
        }
        const struct share share = { name, 1 };
        g_array_append_val(shares, share);
}

void queue_plot_rank_transfers(struct queue_plot *plot)
{
        g_autoptr(GArray) shares = g_array_new(FALSE, FALSE, sizeof(struct share));
        for (unsigned i = 0; i < plot->rows->len; i++) {
                if (row_at(plot, i)->step == QUEUE_LEFT)
                        count_share(shares, row_at(plot, i)->transfer);
        }
        g_array_sort(shares, compare_shares);
        for (unsigned i = 0; i < shares->len; i++)
                g_ptr_array_add(plot->transfers, (char *)g_array_index(shares, struct share, i).name);
        unsigned most = shares->len > 0 ? g_array_index(shares, struct share, 0).packets : 0;
        plot->thinning = 1 + most / PLOT_MARKS_MAX;
}

/* From 1; the last one is for all that have none of their own. */
static unsigned lane_of(const struct queue_plot *plot, const char *transfer)
{
        for (unsigned i = 0; i < plot->transfers->len && i + 1 < QUEUE_LANES; i++) {
                if (plot->transfers->pdata[i] == transfer && strcmp(transfer, "-") != 0)
                        return i + 1;
        }
        return QUEUE_LANES;
}

/* ---- Series ---- */

static int64_t length_at(const struct queue_plot *plot, unsigned index)
{
        const struct queue_row *row = row_at(plot, index);
        return plot->in_bytes ? row->bytes : row->packets;
}

static void add_corner(Series *series, time_ns time, const struct queue_row *row)
{
        series_add_seconds(series, time);
        series_add_number(series, row->packets);
        series_add_number(series, row->bytes);
        series_end_row(series);
}

/* Both corners of a step, so that the whole staircase is one line and one area. */
static void add_length(Series *series, const struct queue_row **last, const struct queue_row *row)
{
        if (*last != NULL && (*last)->time != row->time)
                add_corner(series, row->time, *last);
        add_corner(series, row->time, row);
        *last = row;
}

static duration_ns bucket_width(const struct queue_plot *plot)
{
        return MAX((queue_plot_last(plot) - queue_plot_first(plot)) / BUCKETS, 1);
}

/* From `first` to before `end`, which are drawn above one another. */
static void add_bucket(const struct queue_plot *plot, Series *series, const struct queue_row **last,
        unsigned first, unsigned end)
{
        unsigned lowest = first;
        unsigned highest = first;
        for (unsigned i = first; i < end; i++) {
                lowest = length_at(plot, i) < length_at(plot, lowest) ? i : lowest;
                highest = length_at(plot, i) > length_at(plot, highest) ? i : highest;
        }
        for (unsigned i = first; i < end; i++) {
                if (i == first || i == lowest || i == highest || i + 1 == end)
                        add_length(series, last, row_at(plot, i));
        }
}

static void add_lengths(const struct queue_plot *plot)
{
        Series *series = picture_add_series(plot->picture, "length", "t,packets,bytes");
        const struct queue_row *last = NULL;
        duration_ns width = bucket_width(plot);
        unsigned first = 0;
        for (unsigned i = 1; i <= plot->rows->len; i++) {
                bool is_end = i == plot->rows->len ||
                              (row_at(plot, i)->time - queue_plot_first(plot)) / width !=
                                      (row_at(plot, first)->time - queue_plot_first(plot)) / width;
                if (!is_end)
                        continue;
                add_bucket(plot, series, &last, first, i);
                first = i;
        }
}

static void add_wait(struct queue_plot *plot, Series *series, const struct queue_row *row, unsigned lane)
{
        static const char *const marks[] = { "first", "second", "third", "others" };
        series_add_seconds(series, row->time);
        series_add_seconds(series, row->waited);
        series_add_text(series, row->transfer);
        series_add_number(series, lane);
        series_end_row(series);
        picture_use(plot->picture, marks[lane - 1]);
}

/* Only what there is much of is thinned. */
static void add_waits(struct queue_plot *plot)
{
        Series *series = picture_add_series(plot->picture, "waits", "t,wait,transfer,lane");
        unsigned counts[QUEUE_LANES + 1] = { 0 };
        for (unsigned i = 0; i < plot->rows->len; i++) {
                const struct queue_row *row = row_at(plot, i);
                if (row->step != QUEUE_LEFT || row->waited < 0)
                        continue;
                unsigned lane = lane_of(plot, row->transfer);
                if (lane > 1 || counts[lane]++ % plot->thinning == 0)
                        add_wait(plot, series, row, lane);
        }
}

/* One that was thrown out stood there a moment before. */
static void add_drop(
        struct queue_plot *plot, Series *refused, Series *thrown_out, const struct queue_row *row)
{
        bool has_waited = row->waited >= 0;
        Series *series = has_waited ? thrown_out : refused;
        series_add_seconds(series, row->time);
        if (has_waited)
                series_add_seconds(series, row->waited);
        series_add_number(series, row->packets + has_waited);
        series_add_number(series, row->bytes);
        series_add_text(series, row->reason);
        series_end_row(series);
        picture_use(plot->picture, "drop");
}

static void add_drops(struct queue_plot *plot)
{
        Series *refused = picture_add_series(plot->picture, "refused", "t,packets,bytes,reason");
        Series *thrown_out = picture_add_series(plot->picture, "thrown", "t,wait,packets,bytes,reason");
        for (unsigned i = 0; i < plot->rows->len; i++) {
                if (row_at(plot, i)->step == QUEUE_DROPPED)
                        add_drop(plot, refused, thrown_out, row_at(plot, i));
        }
}

static void add_marks(struct queue_plot *plot)
{
        Series *series = picture_add_series(plot->picture, "marked", "t,wait,packets,bytes");
        for (unsigned i = 0; i < plot->rows->len; i++) {
                const struct queue_row *row = row_at(plot, i);
                if (row->step != QUEUE_LEFT || !row->is_marked || row->waited < 0)
                        continue;
                series_add_seconds(series, row->time);
                series_add_seconds(series, row->waited);
                series_add_number(series, row->packets);
                series_add_number(series, row->bytes);
                series_end_row(series);
                picture_use(plot->picture, "marked");
        }
}

/* ---- Limits ---- */

/* What a level would add to the picture's height; beyond that it is not drawn. */
static bool is_in_sight(int64_t level, int64_t highest)
{
        return level > 0 && level <= highest * 3 / 2;
}

static void add_level(
        struct queue_plot *plot, Series *series, const char *what, time_ns from, time_ns to, int64_t level)
{
        bool is_time = strcmp(what, "target") == 0;
        from = MAX(from, queue_plot_first(plot));
        if (from >= to || !is_in_sight(level, is_time ? plot->longest : plot->highest))
                return;
        series_add_seconds(series, from);
        series_add_seconds(series, to);
        if (is_time)
                series_add_seconds(series, level);
        else
                series_add_number(series, level);
        series_add_text(series, what);
        series_end_row(series);
        picture_use(plot->picture, what);
}

/* The last of each spot: it moves slowly. */
static void add_averages(struct queue_plot *plot)
{
        Series *series = picture_add_series(plot->picture, "average", "t,packets");
        duration_ns width = bucket_width(plot);
        for (unsigned i = 0; i < plot->averages->len; i++) {
                const struct red_point *point = &g_array_index(plot->averages, struct red_point, i);
                const struct red_point *next = i + 1 < plot->averages->len ? point + 1 : NULL;
                bool is_within =
                        point->time >= queue_plot_first(plot) && point->time <= queue_plot_last(plot);
                if (!is_within || (next != NULL && next->time / width == point->time / width))
                        continue;
                series_add_seconds(series, point->time);
                series_add_thousandths(series, (int64_t)(point->packets * 1000 + 0.5));
                series_end_row(series);
                picture_use(plot->picture, "average");
        }
}

static void add_outage(struct queue_plot *plot, Series *series, time_ns from, time_ns to)
{
        if (from >= to)
                return;
        series_add_seconds(series, from);
        series_add_seconds(series, to);
        series_end_row(series);
        picture_use(plot->picture, "outage");
}

static void add_levels(struct queue_plot *plot)
{
        Series *levels = picture_add_series(plot->picture, "levels", "t,t_end,level,what");
        Series *outages = picture_add_series(plot->picture, "outages", "t,t_end");
        for (unsigned i = 0; i < plot->links->len; i++) {
                const struct link_row *row = plot->links->pdata[i];
                const struct link_row *next = i + 1 < plot->links->len ? plot->links->pdata[i + 1] : NULL;
                time_ns to = next != NULL ? MIN(next->time, queue_plot_last(plot)) : queue_plot_last(plot);
                int64_t limit = plot->in_bytes ? row->limit_bytes : row->limit_packets;
                add_level(plot, levels, "limit", row->time, to, limit);
                add_level(plot, levels, "target", row->time, to, row->target);
                if (!plot->in_bytes) {
                        add_level(plot, levels, "least", row->time, to, row->least);
                        add_level(plot, levels, "most", row->time, to, row->most);
                }
                if (row->is_down)
                        add_outage(plot, outages, MAX(row->time, queue_plot_first(plot)), to);
        }
}

void queue_plot_add_series(struct queue_plot *plot)
{
        add_lengths(plot);
        add_waits(plot);
        add_drops(plot);
        add_marks(plot);
        add_levels(plot);
        if (!plot->in_bytes)
                add_averages(plot);
}
