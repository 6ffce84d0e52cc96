/*
 * Congestion control: the window, the threshold and what was in flight, and below what kept the sender from
 * sending.
 */
#include "report/csv_file.h"
#include "report/note_table.h"
#include "report/plot_context.h"

#include <string.h>

#define HEIGHT   950
#define HAIRLINE 3000 /* of the width: strips narrower than that are not drawn when there are many */

enum column { T, HOST, CONNECTION, TRANSFER, STATE, LIMIT, CWND, SSTHRESH, SEND_WINDOW, IN_FLIGHT, COLUMNS };
static const char *const columns[COLUMNS + 1] = {
        [T] = "t_ns",
        [HOST] = "host",
        [CONNECTION] = "conn",
        [TRANSFER] = "transfer",
        [STATE] = "state",
        [LIMIT] = "limit",
        [CWND] = "cwnd",
        [SSTHRESH] = "ssthresh",
        [SEND_WINDOW] = "send_window",
        [IN_FLIGHT] = "in_flight",
};

/* Lanes of the strip, from its bottom: "state" first, then "limit". */
static const char *const lanes[] = { "slow-start", "avoidance", "recovery", "loss", "application",
        "congestion-window", "receive-window", "nagle", "nothing" };

/* One row, -1: not set. */
struct cc_row {
        time_ns time;
        const char *state;
        const char *limit;
        int64_t cwnd;
        int64_t ssthresh;
        int64_t send_window;
        int64_t in_flight;
};

struct cc_plot {
        const struct plot_context *context;
        GStringChunk *texts;
        GArray *rows; /* struct cc_row */
        Picture *picture;
        unsigned thinning;
        int64_t highest; /* window or flight */
};

/* ---- Reading ---- */

static void add_row(void *data, const CsvFile *file)
{
        struct cc_plot *plot = data;
        const struct stream *stream = &plot->context->stream;
        struct cc_row row = { .time = csv_file_number(file, T, 0),
                .cwnd = csv_file_number(file, CWND, 0),
                .ssthresh = csv_file_number(file, SSTHRESH, -1),
                .send_window = csv_file_number(file, SEND_WINDOW, 0),
                .in_flight = csv_file_number(file, IN_FLIGHT, 0) };
        if (strcmp(csv_file_text(file, TRANSFER), plot->context->transfer->name) != 0 ||
                strcmp(csv_file_text(file, HOST), stream->sender) != 0 ||
                csv_file_number(file, CONNECTION, 0) != stream->sender_connection ||
                !plot_is_within(plot->context, row.time))
                return;
        row.state = g_string_chunk_insert_const(plot->texts, csv_file_text(file, STATE));
        row.limit = g_string_chunk_insert_const(plot->texts, csv_file_text(file, LIMIT));
        plot->highest = MAX(plot->highest, MAX(row.cwnd, row.in_flight));
        g_array_append_val(plot->rows, row);
}

static const struct cc_row *row_at(const struct cc_plot *plot, unsigned index)
{
        return &g_array_index(plot->rows, struct cc_row, index);
}

static time_ns last_time(const struct cc_plot *plot)
{
        return row_at(plot, plot->rows->len - 1)->time;
}

/* ---- Windows ---- */

/* Kept when rows are thinned: the first, the last, and those where more than what is in flight has turned. */
static bool is_turn(const struct cc_plot *plot, unsigned index)
{
        const struct cc_row *row = row_at(plot, index);
        if (index == 0 || index + 1 == plot->rows->len)
                return true;
        const struct cc_row *before = row_at(plot, index - 1);
        return row->ssthresh != before->ssthresh || row->cwnd < before->cwnd ||
               strcmp(row->state, before->state) != 0;
}

static void add_windows(struct cc_plot *plot)
{
        Series *windows = picture_add_series(plot->picture, "windows", "t,cwnd,in_flight,send_window");
        Series *threshold = picture_add_series(plot->picture, "ssthresh", "t,ssthresh");
        int64_t ssthresh = -1;
        for (unsigned i = 0; i < plot->rows->len; i++) {
                const struct cc_row *row = row_at(plot, i);
                if (row->ssthresh >= 0 && (row->ssthresh != ssthresh || i + 1 == plot->rows->len)) {
                        ssthresh = row->ssthresh;
                        series_add_seconds(threshold, row->time);
                        series_add_number(threshold, ssthresh);
                        series_end_row(threshold);
                        picture_use(plot->picture, "ssthresh");
                }
                if (i % plot->thinning != 0 && !is_turn(plot, i))
                        continue;
                series_add_seconds(windows, row->time);
                series_add_number(windows, row->cwnd);
                series_add_number(windows, row->in_flight);
                series_add_number(windows, row->send_window);
                series_end_row(windows);
                if (row->send_window < plot->highest * 5 / 4)
                        picture_use(plot->picture, "send-window");
        }
}

/* ---- The strip ---- */

/* From 1; 0: no lane has that name. */
static unsigned lane_of(const char *name)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(lanes); i++) {
                if (strcmp(lanes[i], name) == 0)
                        return i + 1;
        }
        return 0;
}

static void add_strip(struct cc_plot *plot, Series *strips, const char *name, time_ns start, time_ns end)
{
        unsigned lane = lane_of(name);
        duration_ns hairline = (last_time(plot) - row_at(plot, 0)->time) / HAIRLINE;
        if (lane == 0 || end == start || (plot->thinning > 1 && end - start < hairline))
                return;
        series_add_seconds(strips, start);
        series_add_seconds(strips, end);
        series_add_number(strips, lane);
        series_add_text(strips, name);
        series_end_row(strips);
        picture_use(plot->picture, "strips");
}

/* Rows in which the text at `offset` of a row stays the same make one strip. */
static void add_strips(struct cc_plot *plot, Series *strips, size_t offset)
{
        const char *name = NULL;
        time_ns start = 0;
        for (unsigned i = 0; i < plot->rows->len; i++) {
                const struct cc_row *row = row_at(plot, i);
                const char *now = G_STRUCT_MEMBER(const char *, row, offset);
                if (name != NULL && strcmp(name, now) == 0)
                        continue;
                if (name != NULL)
                        add_strip(plot, strips, name, start, row->time);
                name = now;
                start = row->time;
        }
        if (name != NULL)
                add_strip(plot, strips, name, start, last_time(plot));
}

/* ---- What happened ---- */

static const struct {
        const char *note;
        const char *why; /* NULL: any other */
        const char *mark;
} marks[] = {
        { "recovery-entered", "timeout", "timeout" },
        { "recovery-entered", "mark", "congestion-mark" },
        { "recovery-entered", NULL, "fast-retransmit" },
        { "recovery-left", NULL, "recovered" },
        { "recovery-undone", NULL, "undone" },
};

static const char *mark_of(const struct note_row *note)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(marks); i++) {
                if (strcmp(note->name, marks[i].note) == 0 &&
                        (marks[i].why == NULL || strcmp(note->why, marks[i].why) == 0))
                        return marks[i].mark;
        }
        return NULL;
}

static void add_marks(struct cc_plot *plot, const NoteTable *notes)
{
        Series *series = picture_add_series(plot->picture, "marks", "t,mark,note,why");
        const struct stream *stream = &plot->context->stream;
        for (unsigned i = 0; i < note_table_count(notes); i++) {
                const struct note_row *note = note_table_at(notes, i);
                const char *mark = mark_of(note);
                if (mark == NULL || strcmp(note->host, stream->sender) != 0 ||
                        note->connection != stream->sender_connection ||
                        !plot_is_within(plot->context, note->time))
                        continue;
                series_add_seconds(series, note->time);
                series_add_text(series, mark);
                series_add_text(series, note->name);
                series_add_text(series, note->why);
                series_end_row(series);
                picture_use(plot->picture, mark);
        }
}

/* ---- The picture ---- */

static char *remark_of(const struct cc_plot *plot)
{
        GString *text = g_string_new(NULL);
        g_string_append_printf(
                text, "%s sending to %s", plot->context->stream.sender, plot->context->stream.receiver);
        if (plot->thinning > 1)
                g_string_append_printf(text, "  ·  thinned: one of %u values is drawn", plot->thinning);
        return g_string_free(text, FALSE);
}

static void make_picture(struct cc_plot *plot, const NoteTable *notes)
{
        g_autofree char *name = g_strdup_printf("cc-%s", plot->context->stem);
        plot->thinning = 1 + plot->rows->len / (2 * PLOT_MARKS_MAX);
        g_autofree char *remark = remark_of(plot);
        plot->picture = plot_begin(plot->context, name, "why did the sender slow down, and when?", remark);
        add_windows(plot);
        Series *strips = picture_add_series(plot->picture, "strips", "t,t_end,lane,name");
        add_strips(plot, strips, G_STRUCT_OFFSET(struct cc_row, state));
        add_strips(plot, strips, G_STRUCT_OFFSET(struct cc_row, limit));
        add_marks(plot, notes);
        picture_set_number(plot->picture, "height", HEIGHT);
        picture_set_number(plot->picture, "highest", MAX(plot->highest, 1));
        picture_set_seconds(plot->picture, "first", row_at(plot, 0)->time);
        picture_set_seconds(plot->picture, "last", last_time(plot));
}

static bool draw_cc(const struct plot_context *context, GPtrArray *pictures, GError **error)
{
        g_autoptr(NoteTable) notes = note_table_read(context->directory, context->transfer->name, error);
        struct cc_plot plot = { .context = context };
        if (notes == NULL)
                return false;
        plot.texts = g_string_chunk_new(64);
        plot.rows = g_array_new(FALSE, FALSE, sizeof(struct cc_row));
        bool is_read =
                csv_file_read_if_there(context->directory, "congestion.csv", columns, add_row, &plot, error);
        if (is_read && plot.rows->len > 0) {
                make_picture(&plot, notes);
                g_ptr_array_add(pictures, plot.picture);
        }
        g_array_unref(plot.rows);
        g_string_chunk_free(plot.texts);
        return is_read;
}

const struct plot_kind plot_cc = { "cc", draw_cc };
