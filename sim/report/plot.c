/*
 * Each picture's script is written before gnuplot is looked for, so that another machine can draw it.
 */
#include "report/plot.h"

#include "report/plot_context.h"
#include "report/plot_queue.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define QUEUE_KIND "queue" /* not of a transfer but of the run */

static const struct plot_kind *const kinds[] = { &plot_ladder, &plot_seq, &plot_reasm, &plot_cc };
const char *const plot_kind_names[] = { "ladder", "seq", "reasm", "cc", QUEUE_KIND, NULL };
const char *const plot_formats[] = { "svg", "png", "pdf", "txt", NULL };

G_DEFINE_QUARK(inorder - plot - error, plot_error)

void plot_result_clear(struct plot_result *result)
{
        g_clear_pointer(&result->files, g_ptr_array_unref);
}

/* ---- gnuplot ---- */

/* Its standard error goes to us; what it asks of a terminal, nowhere. No shell is involved. */
static bool run_gnuplot(const char *plots, const char *script, const char *format, GError **error)
{
        g_autofree char *set_format = g_strdup_printf("format='%s'", format);
        g_autofree char *complaint = NULL;
        g_autoptr(GError) problem = NULL;
        g_autoptr(GSubprocessLauncher) launcher =
                g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
        g_subprocess_launcher_set_cwd(launcher, plots);
        g_subprocess_launcher_setenv(launcher, "LC_ALL", "C.UTF-8", TRUE);
        g_subprocess_launcher_setenv(launcher, "GNUTERM", "unknown", TRUE);
        g_autoptr(GSubprocess) gnuplot = g_subprocess_launcher_spawn(
                launcher, &problem, "gnuplot", "-d", "-e", set_format, script, NULL);
        if (gnuplot == NULL) {
                bool is_missing = g_error_matches(problem, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
                g_set_error(error, PLOT_ERROR, is_missing ? PLOT_ERROR_NO_GNUPLOT : PLOT_ERROR_GNUPLOT,
                        is_missing ? "gnuplot is not installed (Debian: apt-get install gnuplot-nox "
                                     "fonts-dejavu-core)"
                                   : "cannot start gnuplot: %s",
                        problem->message);
                return false;
        }
        if (!g_subprocess_communicate_utf8(gnuplot, NULL, NULL, NULL, &complaint, error))
                return false;
        if (g_subprocess_get_successful(gnuplot))
                return true;
        g_set_error(error, PLOT_ERROR, PLOT_ERROR_GNUPLOT, "gnuplot cannot draw %s: %s", script,
                *g_strstrip(complaint) != '\0' ? complaint : "it ended without a word");
        return false;
}

/* ---- One transfer ---- */

static bool wants_all(const struct plot_request *request)
{
        return request->kinds == NULL || *request->kinds == NULL;
}

static bool wants_kind(const struct plot_request *request, const struct plot_kind *kind)
{
        return wants_all(request) || g_strv_contains(request->kinds, kind->name);
}

/* Nothing is read of transfers whose pictures nobody wants. */
static bool wants_transfers(const struct plot_request *request)
{
        bool is_wanted = false;
        for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
                is_wanted |= wants_kind(request, kinds[i]);
        return is_wanted;
}

static bool is_interrupted(const struct plot_request *request, GError **error)
{
        if (request->interrupted == NULL || *request->interrupted == 0)
                return false;
        g_set_error_literal(
                error, PLOT_ERROR, PLOT_ERROR_INTERRUPTED, "interrupted: some pictures are missing");
        return true;
}

static bool finish_picture(const struct plot_request *request, const char *kind, const Picture *picture,
        struct plot_result *result, GError **error)
{
        g_autofree char *plots = g_build_filename(request->directory, "plots", NULL);
        g_autofree char *script = g_strdup_printf("%s.gp", picture_name(picture));
        GError *problem = NULL;
        if (!picture_write(picture, kind, plots, error) || is_interrupted(request, error))
                return false;
        if (!run_gnuplot(plots, script, request->format, &problem)) {
                if (is_interrupted(request, error)) /* and so was gnuplot */
                        g_error_free(problem);
                else
                        g_propagate_error(error, problem);
                return false;
        }
        g_ptr_array_add(
                result->files, g_strdup_printf("plots/%s.%s", picture_name(picture), request->format));
        return true;
}

/* Whether the file is of a page behind the first, whose name begins those of all: script, series or drawing.
 */
static bool is_of_pages(const char *file, const GPtrArray *pictures)
{
        for (unsigned i = 1; i < pictures->len; i++) {
                const char *name = picture_name(pictures->pdata[i]);
                gsize length = strlen(name);
                if (strncmp(file, name, length) == 0 && !g_ascii_isdigit(file[length]))
                        return true;
        }
        return false;
}

/* Pages of an earlier drawing, which may have had more than `pictures`. */
static void remove_pages(
        const struct plot_request *request, const char *kind, const char *stem, const GPtrArray *pictures)
{
        g_autofree char *plots = g_build_filename(request->directory, "plots", NULL);
        g_autofree char *prefix = g_strdup_printf("%s-%s-page-", kind, stem);
        g_autoptr(GDir) entries = g_dir_open(plots, 0, NULL);
        for (const char *name; entries != NULL && (name = g_dir_read_name(entries)) != NULL;) {
                g_autofree char *path = g_build_filename(plots, name, NULL);
                if (g_str_has_prefix(name, prefix) && g_ascii_isdigit(name[strlen(prefix)]) &&
                        !is_of_pages(name, pictures))
                        g_unlink(path);
        }
}

static bool draw_kind(const struct plot_request *request, const struct plot_context *context,
        const struct plot_kind *kind, struct plot_result *result, GError **error)
{
        g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func((GDestroyNotify)picture_free);
        if (!kind->draw(context, pictures, error))
                return false;
        remove_pages(request, kind->name, context->stem, pictures);
        for (unsigned i = 0; i < pictures->len; i++) {
                if (!finish_picture(request, kind->name, pictures->pdata[i], result, error))
                        return false;
        }
        return true;
}

/* Without gnuplot the other scripts are wanted all the same: true, and the first such error is kept. */
static bool may_go_on(GError *problem, GError **missing)
{
        if (!g_error_matches(problem, PLOT_ERROR, PLOT_ERROR_NO_GNUPLOT))
                return false;
        if (*missing == NULL)
                *missing = problem;
        else
                g_error_free(problem);
        return true;
}

static bool draw_kinds(const struct plot_request *request, const struct plot_context *context,
        struct plot_result *result, GError **missing, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
                GError *problem = NULL;
                if (!wants_kind(request, kinds[i]) ||
                        draw_kind(request, context, kinds[i], result, &problem) ||
                        may_go_on(problem, missing))
                        continue;
                g_propagate_error(error, problem);
                return false;
        }
        return true;
}

/* What never sent a packet has no picture. */
static bool draw_transfer(const struct plot_request *request, const struct run_facts *facts,
        const struct transfer_facts *transfer, struct plot_result *result, GError **missing, GError **error)
{
        g_autoptr(SegmentTable) segments = segment_table_read(request->directory, transfer->name, error);
        g_autofree char *stem = plot_file_stem(transfer->name);
        if (segments == NULL)
                return false;
        struct plot_context context = { request->directory, facts, transfer, segments, .stem = stem,
                .from = request->from, .to = request->to };
        if (stream_find_main(segments, request->host, &context.stream))
                return draw_kinds(request, &context, result, missing, error);
        if (request->host == NULL)
                return true;
        g_set_error(error, PLOT_ERROR, PLOT_ERROR_NO_SUCH, "%s has no host \"%s\" that sends by TCP",
                transfer->name, request->host);
        return false;
}

/* ---- Queues ---- */

static bool finish_queues(const struct plot_request *request, const GPtrArray *pictures,
        struct plot_result *result, GError **missing, GError **error)
{
        for (unsigned i = 0; i < pictures->len; i++) {
                GError *problem = NULL;
                if (finish_picture(request, QUEUE_KIND, pictures->pdata[i], result, &problem) ||
                        may_go_on(problem, missing))
                        continue;
                g_propagate_error(error, problem);
                return false;
        }
        return true;
}

static bool draw_queues(const struct plot_request *request, const struct run_facts *facts,
        struct plot_result *result, GError **missing, GError **error)
{
        g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func((GDestroyNotify)picture_free);
        const struct queue_plot_request queues = { .directory = request->directory,
                .facts = facts,
                .transfer = request->transfer,
                .link = request->link,
                .host = request->host,
                .from = request->from,
                .to = request->to,
                .is_asked = !wants_all(request) || request->link != NULL };
        if (!wants_all(request) && !g_strv_contains(request->kinds, QUEUE_KIND))
                return true;
        return plot_queue_draw(&queues, pictures, error) &&
               finish_queues(request, pictures, result, missing, error);
}

/* ---- The run ---- */

static bool make_folder(const struct plot_request *request, GError **error)
{
        g_autofree char *plots = g_build_filename(request->directory, "plots", NULL);
        if (g_mkdir(plots, 0777) == 0 || errno == EEXIST)
                return true;
        g_set_error(error, PLOT_ERROR, PLOT_ERROR_IO, "cannot make %s: %s", plots, g_strerror(errno));
        return false;
}

static bool check_transfer(const struct plot_request *request, const struct run_facts *facts, GError **error)
{
        g_autoptr(GString) names = g_string_new(NULL);
        if (request->transfer == NULL || run_facts_transfer(facts, request->transfer) != NULL)
                return true;
        for (unsigned i = 0; i < facts->transfers->len; i++)
                g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                        ((const struct transfer_facts *)facts->transfers->pdata[i])->name);
        g_set_error(error, PLOT_ERROR, PLOT_ERROR_NO_SUCH, "%s has no transfer \"%s\"; it has %s",
                request->directory, request->transfer, names->len > 0 ? names->str : "none");
        return false;
}

static bool draw_all(const struct plot_request *request, const struct run_facts *facts,
        struct plot_result *result, GError **missing, GError **error)
{
        unsigned drawn = 0;
        if (!wants_transfers(request))
                return true;
        for (unsigned i = 0; i < facts->transfers->len; i++) {
                const struct transfer_facts *transfer = facts->transfers->pdata[i];
                if (request->transfer != NULL && strcmp(request->transfer, transfer->name) != 0)
                        continue;
                if (drawn++ >= request->transfers_max) {
                        result->left_out++;
                        continue;
                }
                if (!draw_transfer(request, facts, transfer, result, missing, error))
                        return false;
        }
        return true;
}

bool plot_draw(const struct plot_request *request, struct plot_result *result, GError **error)
{
        g_autoptr(RunFacts) facts = run_facts_read(request->directory, error);
        GError *missing = NULL;
        *result = (struct plot_result){ .files = g_ptr_array_new_with_free_func(g_free) };
        if (facts == NULL || !check_transfer(request, facts, error) || !make_folder(request, error))
                return false;
        result->transfers = facts->transfers->len;
        if (!draw_all(request, facts, result, &missing, error) ||
                !draw_queues(request, facts, result, &missing, error)) {
                g_clear_error(&missing);
                return false;
        }
        if (missing != NULL)
                g_propagate_error(error, missing);
        return missing == NULL;
}
