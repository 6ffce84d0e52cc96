/*
 * inorder run SCENARIO: tell its story, keep its files, say what came of it.
 */
#include "cli/command.h"

#include "cli/run_plots.h"
#include "cli/session.h"
#include "cli/verdict.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define SEED_MAX (((uint64_t)1 << 53) - 1)

/* The options as given. */
struct run_options {
        char *seed;
        char **sets;
        char *out;
        char *level;
        int snap;
        gboolean force;
        gboolean json;
        gboolean no_plots;
        gboolean quiet;
        gboolean strict;
        gboolean step;
        gboolean record;
        char *faults_file;
        char **faults;
};

/* Set by the first SIGINT or SIGTERM; the only thing that a signal can reach. */
static volatile sig_atomic_t interrupted;

static void on_signal(int signal_number)
{
        interrupted = signal_number;
}

static void catch_signals(void)
{
        struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
}

static gboolean usage_error(const char *message)
{
        g_printerr("inorder run: error: %s; see inorder run --help\n", message);
        return FALSE;
}

/* What the contract promises for later. */
static gboolean asks_only_for_what_there_is(const struct run_options *options)
{
        if (options->step)
                return usage_error("--step is not yet available");
        if (options->record)
                return usage_error("--record is not yet available");
        if (options->faults_file != NULL)
                return usage_error("--faults is not yet available");
        if (options->faults != NULL)
                return usage_error("--fault is not yet available");
        return TRUE;
}

static uint64_t random_seed(void)
{
        uint64_t seed;
        while (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
                continue;
        return seed & SEED_MAX;
}

static gboolean parse_seed(const char *text, struct scenario_overrides *overrides)
{
        if (text == NULL)
                return TRUE;
        overrides->has_seed = true;
        if (g_str_equal(text, "random")) {
                overrides->seed = random_seed();
                return TRUE;
        }
        if (g_ascii_string_to_unsigned(text, 10, 0, SEED_MAX, &overrides->seed, NULL))
                return TRUE;
        return usage_error("--seed takes a number from 0 to 9007199254740991, or random");
}

static gboolean parse_values(const struct run_options *options, struct scenario_overrides *overrides,
        struct session_options *session)
{
        overrides->sets = options->sets;
        session->force = options->force;
        session->snap = (uint32_t)options->snap;
        if (options->snap < 0)
                return usage_error("--snap takes a number of bytes, 0 for whole packets");
        if (options->level != NULL && !trace_level_parse(options->level, &session->level))
                return usage_error("--trace takes summary, segments or full");
        return parse_seed(options->seed, overrides);
}

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
        return !options->no_plots && session_options->level >= TRACE_LEVEL_SEGMENTS && interrupted == 0;
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
                run_plots_draw(session_work_path(session), session_options->out, &interrupted);
        if (!session_commit(session, &error))
                return command_fail(error);
        const Summary *summary = session_summary(session);
        if (session_options->story != NULL)
                verdict_print(session_options->story, summary, session_world(session), session_options->out);
        verdict_complain(scenario, summary, session_world(session));
        if ((options->json && !print_json(summary)) || fflush(stdout) == EOF) {
                g_printerr("inorder: error: cannot write to standard output: %s\n", g_strerror(errno));
                return EXIT_RUN_TIME;
        }
        return status_of(summary, options->strict);
}

static enum exit_status run_with(const char *path, const struct run_options *options)
{
        struct scenario_overrides overrides = { 0 };
        struct session_options session = { .level = TRACE_LEVEL_FULL,
                .interrupted = &interrupted,
                .story = options->json || options->quiet ? NULL : stdout };
        if (!asks_only_for_what_there_is(options) || !parse_values(options, &overrides, &session))
                return EXIT_USAGE;
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = scenario_load(path, &overrides, &error);
        if (scenario == NULL)
                return command_fail(error);
        g_autofree char *out = options->out != NULL ? g_strdup(options->out)
                                                    : g_strdup_printf("runs/%s-%" G_GUINT64_FORMAT,
                                                              scenario->name, scenario->seed);
        session.out = out;
        catch_signals();
        return run_scenario(scenario, options, &session);
}

static void clear_options(struct run_options *options)
{
        g_free(options->seed);
        g_strfreev(options->sets);
        g_free(options->out);
        g_free(options->level);
        g_free(options->faults_file);
        g_strfreev(options->faults);
}

enum exit_status cmd_run(const struct command *command, int argc, char **argv)
{
        struct run_options o = { 0 };
        const GOptionEntry options[] = {
                { "seed", 0, 0, G_OPTION_ARG_STRING, &o.seed, "Draw other luck", "N|random" },
                { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.sets, "Change a value: links.core.rate=1Mbit/s",
                        "PATH=VALUE" },
                { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out,
                        "Keep the files here, not in runs/SCENARIO-SEED", "DIR" },
                { "force", 0, 0, G_OPTION_ARG_NONE, &o.force, "Write into a directory that has other files",
                        NULL },
                { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print the summary as JSON, and nothing else",
                        NULL },
                { "no-plots", 0, 0, G_OPTION_ARG_NONE, &o.no_plots, "Draw no pictures", NULL },
                { "quiet", 0, 0, G_OPTION_ARG_NONE, &o.quiet, "Tell no story", NULL },
                { "strict", 0, 0, G_OPTION_ARG_NONE, &o.strict, "A fault rule that never fires is an error",
                        NULL },
                { "trace", 0, 0, G_OPTION_ARG_STRING, &o.level, "How much to keep; full unless given",
                        "summary|segments|full" },
                { "snap", 0, 0, G_OPTION_ARG_INT, &o.snap, "Keep so much of each packet in captures",
                        "BYTES" },
                { "step", 0, 0, G_OPTION_ARG_NONE, &o.step, "Not yet available", NULL },
                { "record", 0, 0, G_OPTION_ARG_NONE, &o.record, "Not yet available", NULL },
                { "faults", 0, 0, G_OPTION_ARG_FILENAME, &o.faults_file, "Not yet available", "FILE" },
                { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.faults, "Not yet available", "RULE" },
                { 0 },
        };
        enum exit_status status = EXIT_USAGE;
        if (command_parse(command, options, &argc, &argv, 1))
                status = run_with(argv[0], &o);
        clear_options(&o);
        return status;
}
