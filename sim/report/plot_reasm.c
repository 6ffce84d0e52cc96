/*
 * Reassembly: how order is made of what arrives. Each segment that had to wait is a bar from its arrival to
 * its delivery; the staircase is what the program could read.
 */
#include "report/plot_context.h"
#include "report/reassembly_table.h"

#include <string.h>

#define HEIGHT 900

struct reasm_plot {
        const struct plot_context *context;
        const ReassemblyTable *table;
        Picture *picture;
        Series *bars;
        Series *arrivals;
        Series *stairs;
        unsigned thinning; /* of bars and arrivals, one in so many is drawn */
        unsigned marks;
        int64_t highest;
        int64_t readable;
        int64_t read;
        time_ns first;
        time_ns last;
};

static bool is_shown(const struct reasm_plot *plot, const struct reassembly_row *row)
{
        const struct stream *stream = &plot->context->stream;
        return strcmp(row->host, stream->receiver) == 0 && row->connection == stream->receiver_connection &&
               plot_is_within(plot->context, row->time);
}

static void measure(struct reasm_plot *plot)
{
        unsigned count = 0;
        plot->first = TIME_NEVER;
        for (unsigned i = 0; i < reassembly_table_count(plot->table); i++) {
                const struct reassembly_row *row = reassembly_table_at(plot->table, i);
                if (!is_shown(plot, row))
                        continue;
                count += row->kind != REASSEMBLY_READ;
                plot->first = MIN(plot->first, MIN(row->time, row->arrived));
                plot->last = MAX(plot->last, row->time);
                plot->highest = MAX(plot->highest, row->end - 1);
        }
        plot->thinning = 1 + count / PLOT_MARKS_MAX;
}

/* A bar of what never was delivered goes to the end. */
static void add_bar(struct reasm_plot *plot, const struct reassembly_row *row)
{
        bool is_delivered = row->delivered != TIME_NEVER;
        picture_use(plot->picture, is_delivered ? "held" : "stuck");
        series_add_seconds(plot->bars, row->arrived);
        series_add_seconds(plot->bars, is_delivered ? row->delivered : plot->last);
        series_add_number(plot->bars, row->first - 1);
        series_add_number(plot->bars, row->end - 1);
        series_add_number(plot->bars, is_delivered);
        series_end_row(plot->bars);
}

static void add_arrival(struct reasm_plot *plot, const struct reassembly_row *row)
{
        static const char *const marks[] = {
                [REASSEMBLY_IN_ORDER] = "in-order",
                [REASSEMBLY_HELD] = "held-arrival",
                [REASSEMBLY_DUPLICATE] = "duplicate",
        };
        picture_use(plot->picture, marks[row->kind]);
        series_add_seconds(plot->arrivals, row->arrived);
        series_add_number(plot->arrivals, row->first - 1);
        series_add_number(plot->arrivals, row->end - 1);
        series_add_text(plot->arrivals, marks[row->kind]);
        series_end_row(plot->arrivals);
}

static void add_stair(struct reasm_plot *plot, const struct reassembly_row *row)
{
        bool is_first = series_row_count(plot->stairs) == 0;
        if (row->readable <= plot->readable && row->read <= plot->read && !is_first)
                return;
        plot->readable = MAX(plot->readable, row->readable);
        plot->read = MAX(plot->read, row->read);
        series_add_seconds(plot->stairs, row->time);
        series_add_number(plot->stairs, MAX(plot->readable - 1, 0));
        series_add_number(plot->stairs, MAX(plot->read - 1, 0));
        series_end_row(plot->stairs);
}

static void add_rows(struct reasm_plot *plot)
{
        for (unsigned i = 0; i < reassembly_table_count(plot->table); i++) {
                const struct reassembly_row *row = reassembly_table_at(plot->table, i);
                if (!is_shown(plot, row))
                        continue;
                add_stair(plot, row);
                if (row->kind == REASSEMBLY_READ || plot->marks++ % plot->thinning != 0)
                        continue;
                add_arrival(plot, row);
                if (row->kind == REASSEMBLY_HELD)
                        add_bar(plot, row);
        }
}

static void add_holes(struct reasm_plot *plot)
{
        const struct stream *stream = &plot->context->stream;
        Series *series = picture_add_series(plot->picture, "holes", "t,t_end,bytes");
        g_autoptr(GArray) holes = reassembly_table_holes(plot->table);
        for (unsigned i = 0; i < holes->len; i++) {
                const struct hole *hole = &g_array_index(holes, struct hole, i);
                if (strcmp(hole->host, stream->receiver) != 0 ||
                        hole->connection != stream->receiver_connection || hole->end < plot->first ||
                        hole->start > plot->last)
                        continue;
                series_add_seconds(series, hole->start);
                series_add_seconds(series, hole->end);
                series_add_number(series, hole->bytes);
                series_end_row(series);
                picture_use(plot->picture, "hole");
        }
}

static char *remark_of(const struct reasm_plot *plot)
{
        GString *text = g_string_new(NULL);
        g_string_append_printf(text, "as seen at %s", plot->context->stream.receiver);
        if (plot->context->transfer->is_verified)
                g_string_append(
                        text, "  ·  0 bytes delivered out of order, every byte equal to what was written");
        if (plot->thinning > 1)
                g_string_append_printf(
                        text, "  ·  thinned: one of %u arrivals and bars is drawn", plot->thinning);
        return g_string_free(text, FALSE);
}

static Picture *make_picture(struct reasm_plot *plot)
{
        g_autofree char *name = g_strdup_printf("reasm-%s", plot->context->stem);
        g_autofree char *remark = remark_of(plot);
        plot->picture =
                plot_begin(plot->context, name, "what had to wait before it could be read in order?", remark);
        plot->bars = picture_add_series(plot->picture, "bars", "t,t_end,first,end,delivered");
        plot->arrivals = picture_add_series(plot->picture, "arrivals", "t,first,end,kind");
        plot->stairs = picture_add_series(plot->picture, "stairs", "t,readable,read");
        add_rows(plot);
        add_holes(plot);
        picture_set_number(plot->picture, "marks", plot->marks);
        picture_set_number(plot->picture, "height", HEIGHT);
        picture_set_number(plot->picture, "highest", MAX(plot->highest, 1));
        picture_set_seconds(plot->picture, "first", plot->first);
        picture_set_seconds(plot->picture, "last", plot->last);
        return plot->picture;
}

static bool draw_reasm(const struct plot_context *context, GPtrArray *pictures, GError **error)
{
        g_autoptr(ReassemblyTable) table =
                reassembly_table_read(context->directory, context->transfer->name, error);
        struct reasm_plot plot = { .context = context, .table = table };
        if (table == NULL)
                return false;
        measure(&plot);
        if (plot.first != TIME_NEVER)
                g_ptr_array_add(pictures, make_picture(&plot));
        return true;
}

const struct plot_kind plot_reasm = { "reasm", draw_reasm };
