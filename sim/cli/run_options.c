/*
 * What `run` and its like are told on the command line.
 */
#include "cli/run_options.h"

#include <string.h>
#include <sys/random.h>

#define SEED_MAX (((uint64_t)1 << 53) - 1)

void run_options_clear(struct run_options *options)
{
        g_free(options->seed);
        g_strfreev(options->sets);
        g_free(options->out);
        g_free(options->level);
        g_strfreev(options->faults_files);
        g_strfreev(options->faults);
}

void run_options_prepare(int argc, char **argv)
{
        static char by_meaning[] = "--record-by-meaning";
        static char by_ordinal[] = "--record";
        for (int i = 1; i < argc; i++) {
                if (g_str_equal(argv[i], "--record=by-meaning"))
                        argv[i] = by_meaning;
                if (g_str_equal(argv[i], "--record=by-ordinal"))
                        argv[i] = by_ordinal;
        }
}

void run_options_describe(struct run_options *o, GOptionEntry entries[RUN_OPTION_COUNT])
{
        const GOptionEntry described[] = {
                { "seed", 0, 0, G_OPTION_ARG_STRING, &o->seed, "Draw other luck", "N|random" },
                { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->sets, "Change a value: links.core.rate=1Mbit/s",
                        "PATH=VALUE" },
                { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out,
                        "Keep the files here, not in runs/SCENARIO-SEED", "DIR" },
                { "force", 0, 0, G_OPTION_ARG_NONE, &o->force, "Write into a directory that has other files",
                        NULL },
                { "json", 0, 0, G_OPTION_ARG_NONE, &o->json, "Print the summary as JSON, and nothing else",
                        NULL },
                { "no-plots", 0, 0, G_OPTION_ARG_NONE, &o->no_plots, "Draw no pictures", NULL },
                { "quiet", 0, 0, G_OPTION_ARG_NONE, &o->quiet, "Tell no story", NULL },
                { "strict", 0, 0, G_OPTION_ARG_NONE, &o->strict, "A fault rule that never fires is an error",
                        NULL },
                { "trace", 0, 0, G_OPTION_ARG_STRING, &o->level, "How much to keep; full unless given",
                        "summary|segments|full" },
                { "snap", 0, 0, G_OPTION_ARG_INT, &o->snap, "Keep so much of each packet in captures",
                        "BYTES" },
                { "step", 0, 0, G_OPTION_ARG_NONE, &o->step, "Not yet available", NULL },
                { "record", 0, 0, G_OPTION_ARG_NONE, &o->record,
                        "Write down what luck and queues do: faults.yaml (--record=by-meaning: by segment)",
                        NULL },
                { "record-by-meaning", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &o->by_meaning, NULL,
                        NULL },
                { "faults", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->faults_files,
                        "Let that happen again, and nothing else", "FILE" },
                { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->faults,
                        "One more rule: core: drop data 3 from www", "RULE" },
        };
        G_STATIC_ASSERT(G_N_ELEMENTS(described) == RUN_OPTION_COUNT);
        memcpy(entries, described, sizeof described);
}

/* What the contract promises for later. */
static gboolean asks_only_for_what_there_is(const struct run_options *options, const struct command *command)
{
        if (options->step)
                return command_refuse(command, "--step is not yet available");
        return TRUE;
}

static uint64_t random_seed(void)
{
        uint64_t seed;
        while (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
                continue;
        return seed & SEED_MAX;
}

static gboolean parse_seed(
        const char *text, const struct command *command, struct scenario_overrides *overrides)
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
        return command_refuse(command, "--seed takes a number from 0 to 9007199254740991, or random");
}

gboolean run_options_parse(const struct run_options *options, const struct command *command,
        struct scenario_overrides *overrides, struct session_options *session)
{
        if (!asks_only_for_what_there_is(options, command))
                return FALSE;
        overrides->sets = options->sets;
        overrides->fault_lines = options->faults;
        session->force = options->force;
        session->record = options->record || options->by_meaning;
        session->by_meaning = options->by_meaning;
        session->faults_file = options->faults_files != NULL ? options->faults_files[0] : NULL;
        session->level = TRACE_LEVEL_FULL;
        session->snap = (uint32_t)options->snap;
        if (options->faults_files != NULL && options->faults_files[1] != NULL)
                return command_refuse(
                        command, "--faults twice; accepted: one file of faults, and rules by --fault");
        if (options->snap < 0)
                return command_refuse(command, "--snap takes a number of bytes, 0 for whole packets");
        if (options->level != NULL && !trace_level_parse(options->level, &session->level))
                return command_refuse(command, "--trace takes summary, segments or full");
        return parse_seed(options->seed, command, overrides);
}
