/*
 * Time and sequence: when which bytes were sent, acknowledged and allowed, as the sender saw it.
 */
#include "report/plot_context.h"

#include <stdlib.h>
#include <string.h>

#define HEIGHT      950
#define LETTERS_MAX 400
#define LETTER_WIDE 70 /* so many of them fit across, … */
#define LETTER_HIGH 40 /* … and on top of each other */

/* Where a letter stands. */
struct place {
        time_ns time;
        int64_t sequence;
};

struct seq_plot {
        const struct plot_context *context;
        Picture *picture;
        Series *segments;
        Series *acks;
        Series *duplicates;
        Series *blocks;
        unsigned thinning; /* of marks that are many and alike, one in so many is drawn */
        GArray *letters;   /* struct place */
        time_ns first;     /* of all that is drawn */
        time_ns last;
        int64_t highest; /* sequence number sent */
        int64_t lowest_edge;
        int64_t highest_ack;
        int64_t highest_edge;
};

/* ---- What was sent ---- */

/* A letter that would touch another is left out: the thick bar tells the same. */
static bool take_place(struct seq_plot *plot, time_ns time, int64_t sequence)
{
        duration_ns wide = (plot->last - plot->first) / LETTER_WIDE;
        int64_t high = plot->highest / LETTER_HIGH;
        if (plot->letters->len >= LETTERS_MAX)
                return false;
        for (unsigned i = 0; i < plot->letters->len; i++) {
                const struct place *other = &g_array_index(plot->letters, struct place, i);
                if (ABS(other->time - time) < wide && ABS(other->sequence - sequence) < high)
                        return false;
        }
        struct place place = { time, sequence };
        g_array_append_val(plot->letters, place);
        return true;
}

/* What is told of a segment by a mark of its own is never left out. */
static bool is_ordinary(const SegmentTable *table, const struct segment *segment)
{
        return segment->kind == SEGMENT_DATA && !segment_is_lost(table, segment);
}

static void add_sent(struct seq_plot *plot, const struct segment *segment)
{
        const SegmentTable *table = plot->context->segments;
        bool is_lost = segment_is_lost(table, segment);
        int64_t first = MAX(segment->seq - 1, 0);
        time_ns time = segment_sent(table, segment);
        bool has_letter = segment_letter(segment) != NULL && take_place(plot, time, first);
        series_add_seconds(plot->segments, time);
        series_add_number(plot->segments, first);
        series_add_number(plot->segments, segment->payload);
        series_add_text(plot->segments, segment_kind_name(segment->kind));
        series_add_text(plot->segments, has_letter ? segment_letter(segment) : "-");
        series_add_number(plot->segments, is_lost);
        series_add_text(plot->segments, segment->packet);
        series_end_row(plot->segments);
        picture_use(plot->picture, segment_kind_name(segment->kind));
        if (has_letter)
                picture_use(plot->picture, "letter");
        if (is_lost)
                picture_use(plot->picture, "lost");
}

static bool is_shown(const struct seq_plot *plot, const struct segment *segment)
{
        bool takes_room = segment->payload > 0 || segment->kind == SEGMENT_CONTROL ||
                          segment->kind == SEGMENT_RETRANSMISSION || segment->kind == SEGMENT_PROBE;
        return takes_room && segment->copy == 0 && stream_has(&plot->context->stream, segment) &&
               plot_is_within(plot->context, segment_sent(plot->context->segments, segment));
}

static void measure(struct seq_plot *plot)
{
        const SegmentTable *table = plot->context->segments;
        unsigned count = 0;
        plot->first = TIME_NEVER;
        for (unsigned i = 0; i < segment_table_count(table); i++) {
                const struct segment *segment = segment_table_at(table, i);
                if (!is_shown(plot, segment))
                        continue;
                count++;
                plot->first = MIN(plot->first, segment_sent(table, segment));
                plot->last = MAX(plot->last, segment_sent(table, segment));
                plot->highest = MAX(plot->highest, segment->seq - 1 + segment->payload);
        }
        plot->thinning = 1 + count / PLOT_MARKS_MAX;
}

static void add_all_sent(struct seq_plot *plot)
{
        const SegmentTable *table = plot->context->segments;
        unsigned ordinary = 0;
        for (unsigned i = 0; i < segment_table_count(table); i++) {
                const struct segment *segment = segment_table_at(table, i);
                if (!is_shown(plot, segment))
                        continue;
                if (!is_ordinary(table, segment) || ordinary++ % plot->thinning == 0)
                        add_sent(plot, segment);
        }
}

/* ---- What was answered ---- */

/* "4345-5793 7241-8689", relative. */
static void add_blocks(struct seq_plot *plot, const struct segment *segment, time_ns time)
{
        const char *text = segment->sack;
        while (g_ascii_isdigit(*text)) {
                char *rest;
                int64_t left = g_ascii_strtoll(text, &rest, 10);
                int64_t right = *rest == '-' ? g_ascii_strtoll(rest + 1, &rest, 10) : left;
                series_add_seconds(plot->blocks, time);
                series_add_number(plot->blocks, left - 1);
                series_add_number(plot->blocks, right - left);
                series_end_row(plot->blocks);
                picture_use(plot->picture, "sack");
                text = *rest == ' ' ? rest + 1 : rest;
        }
}

static void add_answer(
        struct seq_plot *plot, const struct segment *segment, time_ns time, unsigned *out_of_order)
{
        int64_t ack = MAX(segment->ack - 1, 0);
        int64_t edge = ack + segment->window;
        if (ack > plot->highest_ack || edge > plot->highest_edge || series_row_count(plot->acks) == 0) {
                plot->highest_ack = MAX(plot->highest_ack, ack);
                plot->highest_edge = MAX(plot->highest_edge, edge);
                plot->lowest_edge = MIN(plot->lowest_edge, edge);
                plot->last = MAX(plot->last, time);
                series_add_seconds(plot->acks, time);
                series_add_number(plot->acks, plot->highest_ack);
                series_add_number(plot->acks, plot->highest_edge);
                series_end_row(plot->acks);
        }
        bool is_duplicate = segment->kind == SEGMENT_DUPLICATE_ACK;
        if ((!is_duplicate && strcmp(segment->sack, "-") == 0) || (*out_of_order)++ % plot->thinning != 0)
                return;
        add_blocks(plot, segment, time);
        if (is_duplicate) {
                series_add_seconds(plot->duplicates, time);
                series_add_number(plot->duplicates, ack);
                series_add_number(plot->duplicates, segment->duplicate_number);
                series_end_row(plot->duplicates);
                picture_use(plot->picture, "duplicate-ack");
        }
}

/* An answer that arrived, and when. */
struct answer {
        const struct segment *segment;
        time_ns time;
        unsigned order;
};

static int compare_answers(const void *a, const void *b)
{
        const struct answer *one = a;
        const struct answer *other = b;
        if (one->time != other->time)
                return one->time < other->time ? -1 : 1;
        return one->order < other->order ? -1 : one->order > other->order;
}

static void add_all_answers(struct seq_plot *plot)
{
        const SegmentTable *table = plot->context->segments;
        g_autoptr(GArray) answers = g_array_new(FALSE, FALSE, sizeof(struct answer));
        unsigned out_of_order = 0;
        for (unsigned i = 0; i < segment_table_count(table); i++) {
                const struct segment *segment = segment_table_at(table, i);
                struct answer answer = { segment, segment_arrived(table, segment), i };
                if (segment->ack >= 0 && answer.time != TIME_NEVER && !segment_is_lost(table, segment) &&
                        stream_is_answered_by(&plot->context->stream, segment))
                        g_array_append_val(answers, answer);
        }
        g_array_sort(answers, compare_answers);
        for (unsigned i = 0; i < answers->len; i++) {
                const struct answer *answer = &g_array_index(answers, struct answer, i);
                if (plot_is_within(plot->context, answer->time))
                        add_answer(plot, answer->segment, answer->time, &out_of_order);
        }
        if (series_row_count(plot->acks) > 0)
                picture_use(plot->picture, "ack");
}

/* ---- The picture ---- */

static void add_series(struct seq_plot *plot)
{
        plot->segments =
                picture_add_series(plot->picture, "segments", "t,seq,length,kind,letter,lost,packet");
        plot->acks = picture_add_series(plot->picture, "acks", "t,ack,edge");
        plot->duplicates = picture_add_series(plot->picture, "duplicates", "t,ack,number");
        plot->blocks = picture_add_series(plot->picture, "sack", "t,seq,length");
}

/* An offer far above all that was sent would squeeze the rest: then the remark tells of it. */
static void show_edge(struct seq_plot *plot)
{
        if (plot->lowest_edge < plot->highest * 5 / 4)
                picture_use(plot->picture, "window");
}

static char *remark_of(const struct seq_plot *plot)
{
        GString *text = g_string_new(NULL);
        g_string_append_printf(text, "%s to %s, as seen at %s", plot->context->stream.sender,
                plot->context->stream.receiver, plot->context->stream.sender);
        if (plot->thinning > 1)
                g_string_append_printf(text,
                        "  ·  thinned: one of %u data segments and of %u duplicate ACKs is drawn",
                        plot->thinning, plot->thinning);
        return g_string_free(text, FALSE);
}

static bool draw_seq(const struct plot_context *context, GPtrArray *pictures, GError **error)
{
        (void)error;
        struct seq_plot plot = { .context = context, .lowest_edge = INT64_MAX };
        measure(&plot);
        if (plot.first == TIME_NEVER)
                return true;
        g_autofree char *name = g_strdup_printf("seq-%s", context->stem);
        g_autofree char *remark = remark_of(&plot);
        plot.picture = plot_begin(context, name, "what limited the sending, and where were holes?", remark);
        plot.letters = g_array_new(FALSE, FALSE, sizeof(struct place));
        add_series(&plot);
        add_all_sent(&plot);
        add_all_answers(&plot);
        show_edge(&plot);
        picture_set_number(plot.picture, "marks", series_row_count(plot.segments));
        picture_set_number(plot.picture, "height", HEIGHT);
        picture_set_number(plot.picture, "highest", MAX(plot.highest, 1));
        picture_set_seconds(plot.picture, "first", plot.first);
        picture_set_seconds(plot.picture, "last", plot.last);
        g_array_unref(plot.letters);
        g_ptr_array_add(pictures, plot.picture);
        return true;
}

const struct plot_kind plot_seq = { "seq", draw_seq };
