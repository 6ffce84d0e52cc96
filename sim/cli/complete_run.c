/*
 * A run told, kept and judged.
 */
#include "cli/complete_run.h"

#include "cli/interrupt.h"
#include "cli/run_plots.h"
#include "cli/verdict.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

static void print_title(FILE *out, const Scenario *scenario)
{
        fprintf(out, "%s (scenario %s, seed %" G_GUINT64_FORMAT ")\n\n",
                *scenario->title != '\0' ? scenario->title : scenario->name, scenario->name, scenario->seed);
}

static gboolean print_json(const Summary *summary)
{
        g_autoptr(JsonWriter) writer = json_writer_new(JSON_INDENTED);
        json_writer_begin_object(writer, NULL);
        summary_write_json(summary, writer);
        json_writer_end_object(writer);
        return json_writer_print(writer, stdout);
}

static enum exit_status status_of(const Summary *summary, gboolean is_strict)
{
        if (summary_end(summary) == RUN_INTERRUPTED)
                return EXIT_INTERRUPTED;
        if (is_strict && summary_unfired_faults(summary)->len > 0)
                return EXIT_EXPECTATION;
        return summary_is_good(summary) ? EXIT_OK : EXIT_EXPECTATION;
}

/* A run without tables has nothing to draw; one that was interrupted shall end. */
static gboolean wants_plots(const struct run_options *options, const struct session_options *session_options)
{
        return !options->no_plots && session_options->level >= TRACE_LEVEL_SEGMENTS &&
               *session_options->interrupted == 0;
}

/* Who does not read the story to its end has its run all the same. */
static gboolean is_told(const Summary *summary, const struct run_options *options)
{
        return ((!options->json || print_json(summary)) && fflush(stdout) != EOF) || errno == EPIPE;
}

static enum exit_status run_scenario(const Scenario *scenario, const struct run_options *options,
        const struct session_options *session_options)
{
        g_autoptr(GError) error = NULL;
        if (session_options->story != NULL)
                print_title(session_options->story, scenario);
        g_autoptr(Session) session = session_new(scenario, session_options, &error);
        if (session == NULL || !session_run(session, &error))
                return command_fail(error);
        if (wants_plots(options, session_options))
                run_plots_draw(
                        session_work_path(session), session_options->out, session_options->interrupted);
        if (!session_commit(session, &error))
                return command_fail(error);
        const Summary *summary = session_summary(session);
        if (session_options->story != NULL)
                verdict_print(session_options->story, summary, session_world(session), session_options->out,
                        session_options->level);
        verdict_complain(scenario, summary, session_world(session), options->strict);
        if (!is_told(summary, options)) {
                g_printerr("inorder: error: cannot write to standard output: %s\n", g_strerror(errno));
                return EXIT_RUN_TIME;
        }
        return status_of(summary, options->strict);
}

enum exit_status complete_run(
        const Scenario *scenario, const struct run_options *options, const struct session_options *session)
{
        struct session_options completed = *session;
        g_autofree char *usual_out =
                g_strdup_printf("runs/%s-%" G_GUINT64_FORMAT, scenario->name, scenario->seed);
        completed.out = options->out != NULL ? options->out : usual_out;
        completed.story = options->json || options->quiet ? NULL : stdout;
        completed.interrupted = interrupt_catch();
        signal(SIGPIPE, SIG_IGN);
        return run_scenario(scenario, options, &completed);
}
