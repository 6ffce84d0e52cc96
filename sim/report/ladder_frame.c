/*
 * The time axis skips what is folded away, and says so.
 */
#include "report/ladder_frame.h"

#include <string.h>

#define TICKS_MAX 24

struct frame {
        const struct ladder *ladder;
        const TimeFold *fold;
        duration_ns depth; /* of all that is drawn */
        Picture *picture;
};

static duration_ns drawn(const struct frame *frame, time_ns time)
{
        return time_fold_draw(frame->fold, time);
}

/* ---- The axis ---- */

/* 1, 2 or 5 times a power of ten, so that `range` has no more than TICKS_MAX of them. */
static duration_ns tick_step(duration_ns range)
{
        static const int factors[] = { 1, 2, 5 };
        for (duration_ns power = 1;; power *= 10) {
                for (unsigned i = 0; i < G_N_ELEMENTS(factors); i++) {
                        if (range / (power * factors[i]) <= TICKS_MAX)
                                return power * factors[i];
                }
        }
}

static char *tick_text(time_ns time, duration_ns step)
{
        int digits = 9;
        for (duration_ns power = 1; power < SECOND && step % (power * 10) == 0; power *= 10)
                digits--;
        g_autofree char *fraction = g_strdup_printf("%09d", (int)(time % SECOND));
        return digits == 0 ? g_strdup_printf("%" G_GINT64_FORMAT, time / SECOND)
                           : g_strdup_printf("%" G_GINT64_FORMAT ".%.*s", time / SECOND, digits, fraction);
}

static bool is_folded(const struct frame *frame, time_ns time)
{
        for (unsigned i = 0; i < time_fold_count(frame->fold); i++) {
                const struct fold *fold = time_fold_at(frame->fold, i);
                if (time > fold->start && time < fold->end)
                        return true;
        }
        return false;
}

static void add_ticks(struct frame *frame)
{
        Series *ticks = picture_add_series(frame->picture, "ticks", "y,text");
        duration_ns step = tick_step(frame->depth);
        time_ns first = (time_fold_start(frame->fold) + step - 1) / step * step;
        for (time_ns time = first; time <= time_fold_end(frame->fold);) {
                if (is_folded(frame, time)) {
                        for (unsigned i = 0; i < time_fold_count(frame->fold); i++) {
                                const struct fold *fold = time_fold_at(frame->fold, i);
                                if (time > fold->start && time < fold->end)
                                        time = (fold->end + step - 1) / step * step;
                        }
                        continue;
                }
                g_autofree char *text = tick_text(time, step);
                picture_use(frame->picture, "ticked"); /* gnuplot 5.4 dies of labels that are none */
                series_add_seconds(ticks, drawn(frame, time));
                series_add_text(ticks, text);
                series_end_row(ticks);
                time += step;
        }
}

static void add_folds(struct frame *frame)
{
        Series *folds = picture_add_series(frame->picture, "folds", "y,y_end,text");
        for (unsigned i = 0; i < time_fold_count(frame->fold); i++) {
                const struct fold *fold = time_fold_at(frame->fold, i);
                g_autofree char *gap = duration_words(fold->end - fold->start);
                g_autofree char *text = g_strdup_printf("%s without a packet on its way", gap);
                series_add_seconds(folds, fold->drawn);
                series_add_seconds(folds, fold->drawn + time_fold_depth(frame->fold));
                series_add_text(folds, text);
                series_end_row(folds);
                picture_use(frame->picture, "folded");
        }
}

/* ---- Life lines ---- */

static void add_line(
        Series *lines, const char *kind, int x, duration_ns begin, duration_ns end, const char *name)
{
        series_add_text(lines, kind);
        series_add_thousandths(lines, x);
        series_add_seconds(lines, begin);
        series_add_seconds(lines, end);
        series_add_text(lines, name);
        series_end_row(lines);
}

/* A host aside has a life line only while it is spoken to. */
static void add_line_aside(struct frame *frame, Series *lines, const GPtrArray *segments)
{
        const SegmentTable *table = frame->ladder->context->segments;
        const char *name = NULL;
        time_ns begin = TIME_NEVER;
        time_ns end = 0;
        for (unsigned i = 0; i < segments->len; i++) {
                const struct segment *segment = segments->pdata[i];
                bool asks = packet_paths_is_aside(frame->ladder->paths, segment->to);
                bool answers = packet_paths_is_aside(frame->ladder->paths, segment->from);
                time_ns time = asks ? segment_arrived(table, segment) : segment_sent(table, segment);
                if (asks == answers || time == TIME_NEVER)
                        continue;
                name = asks ? segment->to : segment->from;
                begin = MIN(begin, time);
                end = MAX(end, time);
        }
        if (name == NULL)
                return;
        picture_use(frame->picture, "aside");
        add_line(lines, "aside", packet_paths_host(frame->ladder->paths, name), drawn(frame, begin),
                drawn(frame, end), name);
}

static void add_lines(struct frame *frame, const GPtrArray *segments)
{
        Series *lines = picture_add_series(frame->picture, "lines", "kind,x,y,y_end,name");
        const GPtrArray *routers = packet_paths_routers(frame->ladder->paths);
        int hops = (int)routers->len + 1;
        add_line(lines, "host", PATH_LEFT, 0, frame->depth, frame->ladder->left);
        add_line(lines, "host", PATH_RIGHT, 0, frame->depth, frame->ladder->right);
        for (unsigned i = 0; i < routers->len; i++) {
                add_line(lines, "router", PATH_RIGHT * (int)(i + 1) / hops, 0, frame->depth,
                        routers->pdata[i]);
                picture_use(frame->picture, "router");
        }
        add_line_aside(frame, lines, segments);
}

/* ---- Together ---- */

void ladder_frame_draw(
        const struct ladder *ladder, const GPtrArray *segments, const TimeFold *fold, Picture *picture)
{
        struct frame frame = { ladder, fold, time_fold_draw(fold, time_fold_end(fold)), picture };
        add_lines(&frame, segments);
        add_ticks(&frame);
        add_folds(&frame);
}
