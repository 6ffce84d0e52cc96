/*
 * The program places everything, gnuplot draws: y is time below the page's first packet in seconds, without
 * what is folded away; x goes from the left life line, 0, to the right one, 1.
 */
#include "report/ladder_page.h"

#include "report/label_layout.h"
#include "report/ladder_frame.h"
#include "report/ladder_text.h"
#include "report/time_fold.h"

#include <string.h>

#define ROW_PIXELS      17 /* of a label */
#define MARGIN_PIXELS   250
#define HEIGHT_MIN      700
#define HEIGHT_GOOD     1500 /* no more than this but for want of rows */
#define LOOSENESS       180  /* percent: with more room than the rows need, words stay near their arrows */
#define LOSS_THOUSANDTH 550  /* of a link: where what is lost on it ends */

/* Words on one side. */
struct label {
        time_ns time;
        unsigned order; /* of coming up, among equal times */
        char *text;
        const char *ink;
};

struct page {
        const struct ladder *ladder;
        Picture *picture;
        TimeFold *fold;
        duration_ns depth; /* of all that is drawn */
        GArray *labels[2]; /* left, right */
        Series *legs;
        Series *points;
        Series *boxes;
};

static void clear_label(void *data)
{
        g_free(((struct label *)data)->text);
}

static void add_label(struct page *page, bool is_right, time_ns time, char *text, const char *ink)
{
        struct label label = { time, page->labels[is_right]->len, text, ink };
        g_array_append_val(page->labels[is_right], label);
}

bool ladder_is_right(const struct ladder *ladder, const struct segment *segment)
{
        if (packet_paths_is_aside(ladder->paths, segment->from))
                return packet_paths_host(ladder->paths, segment->to) == PATH_RIGHT;
        return packet_paths_host(ladder->paths, segment->from) == PATH_RIGHT;
}

/* ---- Packets ---- */

/* One arrow, or the part of it on one link. */
struct leg {
        const struct segment *segment;
        const struct segment_hop *hop;
        bool is_last;
        bool is_lost; /* ends on the way, at x_end */
        int x_begin;
        int x_end;
        time_ns begin;
        time_ns end;
};

/* Where and when a hop ends that nothing came out of: at the link's entry if it never left, else on the way.
 */
static void end_on_the_way(const struct page *page, struct leg *leg)
{
        const struct segment_hop *hop = leg->hop;
        leg->is_lost = true;
        if (hop->t_tx == TIME_NEVER) {
                leg->x_end = leg->x_begin + (leg->x_end - leg->x_begin) / 25;
                leg->end = leg->begin;
                return;
        }
        duration_ns whole = packet_paths_delay(page->ladder->paths, hop) +
                            (hop->t_tx_end != TIME_NEVER ? hop->t_tx_end - hop->t_tx : 0);
        leg->x_end = leg->x_begin + (leg->x_end - leg->x_begin) * LOSS_THOUSANDTH / 1000;
        leg->end = leg->begin + whole / 1000 * LOSS_THOUSANDTH;
}

static struct leg leg_of(const struct page *page, const struct segment *segment, unsigned index)
{
        const struct segment_hop *hop = segment_table_hop(page->ladder->context->segments, index);
        struct leg leg = { .segment = segment,
                .hop = hop,
                .is_last = hop->next == NO_HOP,
                .begin = hop->t_tx != TIME_NEVER ? hop->t_tx : hop->t_enqueue,
                .end = hop->t_arrive };
        packet_paths_hop(page->ladder->paths, segment, hop, &leg.x_begin, &leg.x_end);
        if (hop->t_arrive == TIME_NEVER)
                end_on_the_way(page, &leg);
        return leg;
}

static const char *style_of(const struct page *page, const struct leg *leg)
{
        if (!leg->is_lost)
                return segment_kind_name(leg->segment->kind);
        picture_use(page->picture, "lost");
        return leg->segment->kind == SEGMENT_RETRANSMISSION ? "lost-again" : "lost";
}

static const char *head_of(const struct page *page, const struct leg *leg)
{
        if (!leg->is_last || leg->is_lost)
                return "none";
        return segment_is_reordered(page->ladder->context->segments, leg->segment) ? "hollow" : "full";
}

static duration_ns drawn(const struct page *page, time_ns time)
{
        return time_fold_draw(page->fold, time);
}

static void add_leg(struct page *page, const struct leg *leg)
{
        Series *legs = page->legs;
        series_add_text(legs, leg->segment->packet);
        series_add_number(legs, leg->segment->copy);
        series_add_text(legs, leg->hop->link);
        series_add_text(legs, style_of(page, leg));
        series_add_text(legs, head_of(page, leg));
        series_add_thousandths(legs, leg->x_begin);
        series_add_seconds(legs, drawn(page, leg->begin));
        series_add_thousandths(legs, leg->x_end - leg->x_begin);
        series_add_seconds(legs, drawn(page, leg->end) - drawn(page, leg->begin));
        series_add_seconds(legs, leg->begin);
        series_add_seconds(legs, leg->end);
        series_end_row(legs);
}

static void add_point(struct page *page, const char *mark, int x, time_ns time)
{
        picture_use(page->picture, mark);
        series_add_text(page->points, mark);
        series_add_thousandths(page->points, x);
        series_add_seconds(page->points, drawn(page, time));
        series_end_row(page->points);
}

static void add_leg_points(struct page *page, const struct leg *leg)
{
        const SegmentTable *table = page->ladder->context->segments;
        if (leg->is_lost || (leg->is_last && segment_is_lost(table, leg->segment)))
                add_point(page, "lost", leg->x_end, leg->end);
        else if (leg->is_last && segment_is_reordered(table, leg->segment))
                add_point(page, "overtaken", leg->x_end, leg->end);
        if (leg->hop->is_duplicate)
                add_point(page, "copy", leg->x_begin, leg->begin);
}

static void add_packet(struct page *page, const struct segment *segment)
{
        for (unsigned index = segment->first_hop; index != NO_HOP;) {
                struct leg leg = leg_of(page, segment, index);
                add_leg(page, &leg);
                add_leg_points(page, &leg);
                index = leg.hop->next;
        }
        picture_use(page->picture, segment_kind_name(segment->kind));
}

/* A packet of neither host is named where it arrives. */
static void add_packet_label(struct page *page, const struct segment *segment)
{
        const SegmentTable *table = page->ladder->context->segments;
        time_ns time = segment_sent(table, segment);
        if (packet_paths_is_aside(page->ladder->paths, segment->from) &&
                segment_arrived(table, segment) != TIME_NEVER)
                time = segment_arrived(table, segment);
        add_label(page, ladder_is_right(page->ladder, segment), time, ladder_text(table, segment),
                ladder_ink(table, segment));
}

/* ---- Beside the arrows ---- */

static void add_box(struct page *page, const char *mark, int x_begin, int x_end, time_ns begin, time_ns end)
{
        picture_use(page->picture, mark);
        series_add_text(page->boxes, mark);
        series_add_thousandths(page->boxes, x_begin);
        series_add_thousandths(page->boxes, x_end);
        series_add_seconds(page->boxes, drawn(page, begin));
        series_add_seconds(page->boxes, drawn(page, end));
        series_end_row(page->boxes);
}

static bool is_on_page(const struct page *page, time_ns time)
{
        return time >= time_fold_start(page->fold) && time <= time_fold_end(page->fold);
}

static void add_hole(struct page *page, const struct hole *hole)
{
        int line = packet_paths_host(page->ladder->paths, hole->host);
        if (hole->end < time_fold_start(page->fold) || hole->start > time_fold_end(page->fold) ||
                packet_paths_is_aside(page->ladder->paths, hole->host))
                return;
        add_box(page, "held", line - 20, line + 20, hole->start, hole->end);
        if (!is_on_page(page, hole->end) || !hole->is_filled)
                return;
        g_autofree char *bytes = count_words(hole->bytes);
        g_autofree char *waited = duration_words(hole->end - hole->start);
        add_label(page, line == PATH_RIGHT, hole->end,
                g_strdup_printf("hole filled: %s held bytes readable after %s", bytes, waited), "held");
}

static void add_timeout(struct page *page, const struct note_row *note)
{
        int line = packet_paths_host(page->ladder->paths, note->host);
        bool is_timeout = strcmp(note->name, "recovery-entered") == 0 && strcmp(note->why, "timeout") == 0;
        if (is_timeout && is_on_page(page, note->time) &&
                !packet_paths_is_aside(page->ladder->paths, note->host))
                add_label(page, line == PATH_RIGHT, note->time,
                        g_strdup("timeout: nothing acknowledged in time"), "retransmission");
}

/* Packets that waited for the sender's own transmitter: one bar where their waits overlap. */
static void add_waits(struct page *page, const GPtrArray *segments, bool is_right)
{
        time_ns start = TIME_NEVER;
        time_ns end = 0;
        int line = is_right ? PATH_RIGHT : PATH_LEFT;
        int outward = is_right ? 14 : -14;
        for (unsigned i = 0; i <= segments->len; i++) {
                const struct segment_hop *hop = NULL;
                if (i < segments->len) {
                        const struct segment *segment = segments->pdata[i];
                        hop = segment_first_hop(page->ladder->context->segments, segment);
                        if (segment->copy > 0 ||
                                packet_paths_host(page->ladder->paths, segment->from) != line ||
                                hop->t_tx == TIME_NEVER || hop->t_tx == hop->t_enqueue)
                                continue;
                }
                if (start != TIME_NEVER && (hop == NULL || hop->t_enqueue > end)) {
                        add_box(page, "waiting", line, line + outward, start, end);
                        start = TIME_NEVER;
                }
                if (hop != NULL) {
                        start = MIN(start, hop->t_enqueue);
                        end = MAX(end, hop->t_tx);
                }
        }
}

/* ---- Labels ---- */

static int compare_labels(const void *a, const void *b)
{
        const struct label *one = a;
        const struct label *other = b;
        if (one->time != other->time)
                return one->time < other->time ? -1 : 1;
        return one->order < other->order ? -1 : one->order > other->order;
}

static void add_side(struct page *page, Series *series, bool is_right, duration_ns gap)
{
        GArray *labels = page->labels[is_right];
        g_autofree int64_t *wanted = g_new(int64_t, labels->len);
        g_autofree int64_t *placed = g_new(int64_t, labels->len);
        g_array_sort(labels, compare_labels);
        for (unsigned i = 0; i < labels->len; i++)
                wanted[i] = drawn(page, g_array_index(labels, struct label, i).time);
        bool fits = label_layout(wanted, labels->len, gap, 0, page->depth, placed);
        g_assert(fits);
        for (unsigned i = 0; i < labels->len; i++) {
                const struct label *label = &g_array_index(labels, struct label, i);
                picture_use(page->picture, is_right ? "right" : "left");
                series_add_text(series, is_right ? "right" : "left");
                series_add_seconds(series, wanted[i]);
                series_add_seconds(series, placed[i]);
                series_add_seconds(series, label->time);
                series_add_text(series, label->ink);
                series_add_text(series, label->text);
                series_end_row(series);
        }
}

/* The fuller side decides how high the page is. */
static void add_labels(struct page *page)
{
        Series *series = picture_add_series(page->picture, "labels", "side,y_mark,y,t,ink,text");
        unsigned rows = MAX(page->labels[0]->len, page->labels[1]->len) + 2;
        int64_t packed = (int64_t)rows * ROW_PIXELS;
        int64_t pixels =
                MAX(packed, CLAMP(packed * LOOSENESS / 100, HEIGHT_MIN - MARGIN_PIXELS, HEIGHT_GOOD));
        duration_ns gap = page->depth * ROW_PIXELS / pixels;
        add_side(page, series, false, gap);
        add_side(page, series, true, gap);
        picture_set_number(page->picture, "height", pixels + MARGIN_PIXELS);
}

/* ---- The page ---- */

static TimeFold *fold_time(const struct page *page, const GPtrArray *segments)
{
        g_autoptr(GArray) busy = g_array_new(FALSE, FALSE, sizeof(struct busy_time));
        for (unsigned i = 0; i < segments->len; i++) {
                const struct segment *segment = segments->pdata[i];
                for (unsigned index = segment->first_hop; index != NO_HOP;) {
                        struct leg leg = leg_of(page, segment, index);
                        struct busy_time time = { MIN(leg.begin, leg.hop->t_enqueue), leg.end };
                        g_array_append_val(busy, time);
                        index = leg.hop->next;
                }
        }
        return time_fold_new((const struct busy_time *)busy->data, busy->len);
}

static void begin_page(struct page *page, const GPtrArray *segments)
{
        page->fold = fold_time(page, segments);
        page->depth = MAX(drawn(page, time_fold_end(page->fold)), 1000);
        for (unsigned side = 0; side < 2; side++) {
                page->labels[side] = g_array_new(FALSE, FALSE, sizeof(struct label));
                g_array_set_clear_func(page->labels[side], clear_label);
        }
        page->legs = picture_add_series(
                page->picture, "legs", "packet,copy,link,style,head,x,y,dx,dy,t_begin,t_end");
        page->points = picture_add_series(page->picture, "points", "mark,x,y");
        page->boxes = picture_add_series(page->picture, "boxes", "mark,x,x_end,y,y_end");
}

static void end_page(struct page *page)
{
        picture_set_seconds(page->picture, "depth", page->depth);
        g_array_unref(page->labels[0]);
        g_array_unref(page->labels[1]);
        time_fold_free(page->fold);
}

void ladder_page_draw(const struct ladder *ladder, const GPtrArray *segments, Picture *picture)
{
        struct page page = { .ladder = ladder, .picture = picture };
        begin_page(&page, segments);
        for (unsigned i = 0; i < note_table_count(ladder->notes); i++)
                add_timeout(&page, note_table_at(ladder->notes, i));
        for (unsigned i = 0; i < segments->len; i++) {
                add_packet(&page, segments->pdata[i]);
                add_packet_label(&page, segments->pdata[i]);
        }
        for (unsigned i = 0; i < ladder->holes->len; i++)
                add_hole(&page, &g_array_index(ladder->holes, struct hole, i));
        add_waits(&page, segments, false);
        add_waits(&page, segments, true);
        add_labels(&page);
        ladder_frame_draw(ladder, segments, page.fold, picture);
        end_page(&page);
}
