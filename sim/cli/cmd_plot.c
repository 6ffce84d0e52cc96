/*
 * inorder plot DIR [KIND]...: draw a run's pictures, into its plots/.
 */
#include "cli/command.h"

#include "cli/interrupt.h"
#include "report/plot.h"
#include "run/quantity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Of a run with more transfers the first ones are drawn, unless one is named. */
#define TRANSFERS_MAX 8

struct plot_options {
        char *format;
        char *transfer;
        char *host;
        char *link;
        char *from;
        char *to;
};

/* ---- Options ---- */

/* "a, b or c". The caller frees. */
static char *list_words(const char *const *words)
{
        GString *list = g_string_new(NULL);
        for (unsigned i = 0; words[i] != NULL; i++)
                g_string_append_printf(list, "%s%s",
                        i == 0                 ? ""
                        : words[i + 1] != NULL ? ", "
                                               : " or ",
                        words[i]);
        return g_string_free(list, FALSE);
}

static gboolean check_word(const char *what, const char *word, const char *const *words)
{
        if (g_strv_contains(words, word))
                return TRUE;
        g_autofree char *list = list_words(words);
        g_printerr("inorder plot: error: there is no %s \"%s\"; there is %s\n", what, word, list);
        return FALSE;
}

static gboolean parse_time(const char *option, const char *text, time_ns *time)
{
        uint64_t value;
        if (text == NULL)
                return TRUE;
        enum quantity_result result = quantity_time.parse(text, &value);
        if (result == QUANTITY_OK && value < (uint64_t)TIME_NEVER) {
                *time = (time_ns)value;
                return TRUE;
        }
        g_autofree char *complaint =
                quantity_complaint(&quantity_time, text, result == QUANTITY_OK ? QUANTITY_TOO_LARGE : result);
        g_printerr("inorder plot: error: %s: %s\n", option, complaint);
        return FALSE;
}

static gboolean parse_request(
        const struct plot_options *options, char **arguments, struct plot_request *request)
{
        *request = (struct plot_request){ .directory = arguments[0],
                .kinds = (const char *const *)arguments + 1,
                .format = options->format != NULL ? options->format : "svg",
                .transfer = options->transfer,
                .host = options->host,
                .link = options->link,
                .to = TIME_NEVER,
                .transfers_max = options->transfer != NULL ? 1 : TRANSFERS_MAX,
                .interrupted = interrupt_catch() };
        for (char **kind = arguments + 1; *kind != NULL; kind++) {
                if (!check_word("kind of picture", *kind, plot_kind_names))
                        return FALSE;
        }
        if (!check_word("format", request->format, plot_formats) ||
                !parse_time("--from", options->from, &request->from) ||
                !parse_time("--to", options->to, &request->to))
                return FALSE;
        if (request->from < request->to)
                return TRUE;
        g_printerr("inorder plot: error: --from must be earlier than --to\n");
        return FALSE;
}

/* ---- The outcome ---- */

static gboolean print_file(const char *path)
{
        g_autofree char *text = NULL;
        gsize size;
        return g_file_get_contents(path, &text, &size, NULL) && fwrite(text, 1, size, stdout) == size;
}

/* A picture for a terminal is shown there, of others the names. */
static gboolean print_result(const struct plot_request *request, const struct plot_result *result)
{
        gboolean is_good = TRUE;
        for (unsigned i = 0; i < result->files->len; i++) {
                g_autofree char *path = g_build_filename(request->directory, result->files->pdata[i], NULL);
                if (g_str_equal(request->format, "txt"))
                        is_good = print_file(path) && is_good;
                else
                        is_good = puts(path) != EOF && is_good;
        }
        return fflush(stdout) != EOF && is_good;
}

static enum exit_status status_of_error(const GError *error)
{
        g_printerr("inorder: error: %s\n", error->message);
        if (g_error_matches(error, PLOT_ERROR, PLOT_ERROR_NO_GNUPLOT))
                return EXIT_MISSING_PROGRAM;
        if (g_error_matches(error, PLOT_ERROR, PLOT_ERROR_NO_SUCH))
                return EXIT_USAGE;
        return g_error_matches(error, PLOT_ERROR, PLOT_ERROR_INTERRUPTED) ? EXIT_INTERRUPTED : EXIT_RUN_TIME;
}

static enum exit_status draw(const struct plot_request *request)
{
        g_autoptr(GError) error = NULL;
        struct plot_result result = { 0 };
        enum exit_status status = EXIT_OK;
        if (!plot_draw(request, &result, &error)) {
                status = status_of_error(error);
        } else if (!print_result(request, &result)) {
                g_printerr("inorder: error: cannot write to standard output: %s\n", g_strerror(errno));
                status = EXIT_RUN_TIME;
        }
        if (status == EXIT_OK && result.left_out > 0)
                g_printerr("inorder: drew the first %u of %u transfers; --transfer NAME draws another\n",
                        result.transfers - result.left_out, result.transfers);
        plot_result_clear(&result);
        return status;
}

enum exit_status cmd_plot(const struct command *command, int argc, char **argv)
{
        struct plot_options o = { 0 };
        const GOptionEntry options[] = {
                { "format", 0, 0, G_OPTION_ARG_STRING, &o.format, "svg unless given; txt shows it here",
                        "svg|png|pdf|txt" },
                { "transfer", 0, 0, G_OPTION_ARG_STRING, &o.transfer, "Only this transfer", "NAME" },
                { "host", 0, 0, G_OPTION_ARG_STRING, &o.host,
                        "Show what this host sends, not what carries most", "NAME" },
                { "link", 0, 0, G_OPTION_ARG_STRING, &o.link,
                        "Show the queues of this link, or of one direction: 'core → www'", "NAME" },
                { "from", 0, 0, G_OPTION_ARG_STRING, &o.from, "Leave out what was earlier: 250ms", "T" },
                { "to", 0, 0, G_OPTION_ARG_STRING, &o.to, "Leave out what was later: 1.5s", "T" },
                { 0 },
        };
        struct plot_request request;
        enum exit_status status = EXIT_USAGE;
        if (command_parse_some(command, options, &argc, &argv, 1) && parse_request(&o, argv, &request))
                status = draw(&request);
        g_free(o.format);
        g_free(o.transfer);
        g_free(o.host);
        g_free(o.link);
        g_free(o.from);
        g_free(o.to);
        return status;
}
