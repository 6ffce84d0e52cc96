/*
 * A queue: its length and its limits, and below how long each packet waited that stood there. What CoDel
 * holds on to is the lower one (RFC 8289 section 3), what drop-tail and RED look at the upper.
 */
#include "report/plot_queue.h"

#include "report/link_table.h"
#include "report/plot.h"
#include "report/plot_context.h"
#include "report/queue_series.h"
#include "report/red_average.h"

#include <string.h>

#define HEIGHT 950

/* Unasked, a queue is drawn that dropped or marked, or made somebody wait so long. */
#define LONG_WAIT (100 * MILLISECOND)

/* ---- What is shown ---- */

static bool matters(const struct queue_figures *figures)
{
        if (figures->marked > 0 || figures->longest >= LONG_WAIT)
                return true;
        for (unsigned i = 0; i < QUEUE_REASONS_MAX && figures->drops[i].reason != NULL; i++) {
                if (strcmp(figures->drops[i].reason, "queue-full") == 0 ||
                        strcmp(figures->drops[i].reason, "aqm") == 0)
                        return true;
        }
        return false;
}

static bool is_named(const struct queue_figures *figures, const char *link)
{
        g_autofree char *label = g_strdup_printf("%s → %s", figures->link, figures->far);
        return strcmp(link, figures->link) == 0 || strcmp(link, label) == 0;
}

static bool is_eligible(const struct queue_plot_request *request, const struct queue_figures *figures)
{
        return figures->is_met && (request->link == NULL || is_named(figures, request->link)) &&
               (request->host == NULL || strcmp(request->host, figures->near) == 0) &&
               (request->is_asked || matters(figures));
}

static bool is_longer(const struct queue_figures *figures, const struct queue_figures *other)
{
        return figures->longest > other->longest ||
               (figures->longest == other->longest && figures->most_packets > other->most_packets);
}

/* Of a link that was named all, else the one where somebody waited longest. The caller unrefs. */
static GPtrArray *choose(const struct queue_plot_request *request, const GPtrArray *survey)
{
        GPtrArray *chosen = g_ptr_array_new();
        for (unsigned i = 0; i < survey->len; i++) {
                struct queue_figures *figures = survey->pdata[i];
                if (!is_eligible(request, figures))
                        continue;
                if (request->link != NULL || chosen->len == 0)
                        g_ptr_array_add(chosen, figures);
                else if (is_longer(figures, chosen->pdata[0]))
                        chosen->pdata[0] = figures;
        }
        return chosen;
}

static void complain(const struct queue_plot_request *request, const GPtrArray *survey, GError **error)
{
        g_autoptr(GString) names = g_string_new(NULL);
        for (unsigned i = 0; i < survey->len; i++) {
                const struct queue_figures *figures = survey->pdata[i];
                g_string_append_printf(names, "%s%s → %s", i > 0 ? ", " : "", figures->link, figures->far);
        }
        g_set_error(error, PLOT_ERROR, PLOT_ERROR_NO_SUCH,
                "%s: no packet waited in such a queue; somebody waited at: %s", request->directory,
                names->len > 0 ? names->str : "none");
}

/* ---- Reading ---- */

struct reading {
        const struct queue_plot_request *request;
        struct queue_plot *plot;
        GStringChunk *texts;
};

static void add_row(void *data, const struct queue_row *row)
{
        struct reading *reading = data;
        struct queue_plot *plot = reading->plot;
        struct queue_row kept = *row;
        if (row->time < reading->request->from || row->time > reading->request->to)
                return;
        kept.transfer = g_string_chunk_insert_const(reading->texts, row->transfer);
        kept.reason = g_string_chunk_insert_const(reading->texts, row->reason);
        plot->highest = MAX(plot->highest, plot->in_bytes ? row->bytes : row->packets);
        plot->longest = MAX(plot->longest, row->waited);
        g_array_append_val(plot->rows, kept);
}

static void keep_links(struct queue_plot *plot, const GPtrArray *links)
{
        for (unsigned i = 0; i < links->len; i++) {
                struct link_row *row = links->pdata[i];
                if (strcmp(row->link, plot->figures->link) == 0 && strcmp(row->far, plot->figures->far) == 0)
                        g_ptr_array_add(plot->links, row);
        }
        const struct link_row *first = plot->links->len > 0 ? plot->links->pdata[0] : NULL;
        plot->in_bytes = first != NULL && first->limit_packets < 0 && first->limit_bytes > 0;
}

/* ---- Words ---- */

/* "5 ms", "7.50 ms". The caller frees. */
static char *short_duration(duration_ns duration)
{
        if (duration % SECOND == 0)
                return g_strdup_printf("%" G_GINT64_FORMAT " s", duration / SECOND);
        if (duration % MILLISECOND == 0)
                return g_strdup_printf("%" G_GINT64_FORMAT " ms", duration / MILLISECOND);
        return duration_words(duration);
}

static void append_count(GString *text, int64_t count, const char *one, const char *many)
{
        g_autofree char *words = count_words(count);
        g_string_append_printf(text, ", %s %s", words, count == 1 ? one : many);
}

static void append_parameters(GString *text, const struct link_row *row)
{
        g_autofree char *target = short_duration(row->target);
        g_autofree char *interval = short_duration(row->interval);
        g_string_append(text, row->queue);
        if (row->has_ecn)
                g_string_append(text, " with ECN");
        if (row->target > 0)
                g_string_append_printf(text, ", target %s", target);
        if (row->interval > 0)
                g_string_append_printf(text, ", %s %s",
                        strcmp(row->queue, "pie") == 0 ? "looking every" : "interval", interval);
        if (row->least > 0)
                g_string_append_printf(text,
                        ", %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " packets on average", row->least,
                        row->most);
        if (row->limit_packets > 0)
                append_count(text, row->limit_packets, "packet at most", "packets at most");
        if (row->limit_bytes > 0)
                append_count(text, row->limit_bytes, "byte at most", "bytes at most");
}

/* "10 Mbit/s, "; a mean of a delivery trace is rounded. */
static void append_rate(GString *text, int64_t rate)
{
        static const struct {
                int64_t unit;
                const char *name;
        } units[] = { { 1000000000, "Gbit/s" }, { 1000000, "Mbit/s" }, { 1000, "kbit/s" }, { 1, "bit/s" } };
        unsigned i = 0;
        while (rate < units[i].unit)
                i++;
        int64_t tenths = rate / MAX(units[i].unit / 10, 1) % 10;
        g_string_append_printf(text, "%" G_GINT64_FORMAT, rate / units[i].unit);
        if (units[i].unit > 1 && tenths > 0)
                g_string_append_printf(text, ".%d", (int)tenths);
        g_string_append_printf(text, " %s, ", units[i].name);
}

/* "10 Mbit/s, codel, target 5 ms, interval 100 ms, 1,000 packets at most". */
static char *about_queue(const struct queue_plot *plot)
{
        GString *text = g_string_new(NULL);
        const struct link_row *first = plot->links->len > 0 ? plot->links->pdata[0] : NULL;
        if (first != NULL && first->rate > 0)
                append_rate(text, first->rate);
        if (first != NULL)
                append_parameters(text, first);
        if (plot->links->len > 1)
                g_string_append(text, "; rules change it later");
        return g_string_free(text, FALSE);
}

static char *what_happened(const struct queue_figures *figures)
{
        GString *text = g_string_new(NULL);
        g_autofree char *longest = duration_words(figures->longest);
        g_autofree char *mean = duration_words(figures->waited / MAX(figures->left, 1));
        g_autofree char *bytes = count_words(figures->most_bytes);
        g_string_append_printf(text,
                "%s → %s: up to %" G_GINT64_FORMAT " packets (%s bytes), waits of up to %s, %s on average",
                figures->link, figures->far, figures->most_packets, bytes, longest, mean);
        for (unsigned i = 0; i < QUEUE_REASONS_MAX && figures->drops[i].reason != NULL; i++) {
                g_autofree char *count = count_words(figures->drops[i].count);
                g_string_append_printf(text, ", %s dropped (%s)", count, figures->drops[i].reason);
        }
        if (figures->marked > 0)
                append_count(text, figures->marked, "marked", "marked");
        return g_string_free(text, FALSE);
}

/* "core → www" as part of a file's name. The caller frees. */
static char *file_name(const struct queue_figures *figures)
{
        g_autofree char *link = plot_file_stem(figures->link);
        g_autofree char *far = plot_file_stem(figures->far);
        return g_strdup_printf("queue-%s-%s", link, far);
}

/* ---- The picture ---- */

static void name_transfers(struct queue_plot *plot)
{
        static const char *const keys[QUEUE_LANES - 1] = { "first_transfer", "second_transfer",
                "third_transfer" };
        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
                const char *name = i < plot->transfers->len ? plot->transfers->pdata[i] : "-";
                g_autofree char *words = g_strdup_printf("a packet of %s as it leaves", name);
                picture_set_text(plot->picture, keys[i], words);
        }
}

static void make_picture(const struct queue_plot_request *request, struct queue_plot *plot)
{
        g_autofree char *name = file_name(plot->figures);
        g_autofree char *about = about_queue(plot);
        g_autofree char *happened = what_happened(plot->figures);
        queue_plot_rank_transfers(plot);
        plot->picture = picture_new(name);
        plot_title(plot->picture, request->facts, "how long was the queue, and how long did one wait in it?",
                happened, about);
        queue_plot_add_series(plot);
        name_transfers(plot);
        picture_set_number(plot->picture, "height", HEIGHT);
        picture_set_number(plot->picture, "in_bytes", plot->in_bytes);
        picture_set_number(plot->picture, "thinning", plot->thinning);
        picture_set_number(plot->picture, "highest", MAX(plot->highest, 1));
        picture_set_seconds(plot->picture, "longest", MAX(plot->longest, 1));
        picture_set_seconds(plot->picture, "first", queue_plot_first(plot));
        picture_set_seconds(plot->picture, "last", queue_plot_last(plot));
}

static bool draw_one(const struct queue_plot_request *request, const struct queue_figures *figures,
        const GPtrArray *links, GPtrArray *pictures, GError **error)
{
        struct queue_plot plot = { .figures = figures,
                .links = g_ptr_array_new(),
                .rows = g_array_new(FALSE, FALSE, sizeof(struct queue_row)),
                .transfers = g_ptr_array_new() };
        struct reading reading = { request, &plot, g_string_chunk_new(64) };
        keep_links(&plot, links);
        plot.averages = red_average_read(request->directory, figures, plot.links, error);
        bool is_read = plot.averages != NULL &&
                       queue_survey_rows(request->directory, figures, add_row, &reading, error);
        if (is_read && plot.rows->len > 0) {
                make_picture(request, &plot);
                g_ptr_array_add(pictures, plot.picture);
        }
        g_ptr_array_unref(plot.links);
        g_array_unref(plot.rows);
        g_clear_pointer(&plot.averages, g_array_unref);
        g_ptr_array_unref(plot.transfers);
        g_string_chunk_free(reading.texts);
        return is_read;
}

bool plot_queue_draw(const struct queue_plot_request *request, GPtrArray *pictures, GError **error)
{
        g_autoptr(GPtrArray) survey = queue_survey(request->directory, request->transfer, error);
        g_autoptr(GPtrArray) links = survey != NULL ? link_table_read(request->directory, error) : NULL;
        if (links == NULL)
                return false;
        g_autoptr(GPtrArray) chosen = choose(request, survey);
        if (chosen->len == 0 && request->is_asked) {
                complain(request, survey, error);
                return false;
        }
        for (unsigned i = 0; i < chosen->len; i++) {
                if (!draw_one(request, chosen->pdata[i], links, pictures, error))
                        return false;
        }
        return true;
}
