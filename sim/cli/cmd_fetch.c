/*
 * inorder fetch URL: a run without a scenario file; two hosts and one link, said on the command line.
 */
#include "cli/command.h"

#include "cli/complete_run.h"
#include "cli/fetch_scenario.h"

#include <string.h>

#define FETCH_OPTION_COUNT 10

static void describe(struct fetch_options *o, GOptionEntry entries[FETCH_OPTION_COUNT])
{
        const GOptionEntry described[] = {
                { "root", 0, 0, G_OPTION_ARG_FILENAME, &o->root,
                        "Serve this directory, not the shop that comes with inorder", "DIR" },
                { "size", 0, 0, G_OPTION_ARG_STRING, &o->size,
                        "Serve a document of this size at the URL's path", "200kB" },
                { "rate", 0, 0, G_OPTION_ARG_STRING, &o->rate, "How fast the line is; 10Mbit/s unless given",
                        "10Mbit/s" },
                { "delay", 0, 0, G_OPTION_ARG_STRING, &o->delay,
                        "How long it takes one way; 25ms unless given", "30ms" },
                { "queue", 0, 0, G_OPTION_ARG_STRING, &o->queue,
                        "How many packets may wait at each end; 1000 unless given", "N" },
                { "loss", 0, 0, G_OPTION_ARG_STRING, &o->loss, "How many packets are lost", "2%" },
                { "reorder", 0, 0, G_OPTION_ARG_STRING, &o->reorder,
                        "How many take how much longer than the others", "'5% 8ms'" },
                { "jitter", 0, 0, G_OPTION_ARG_STRING, &o->jitter,
                        "How much the delay varies, in both directions", "5ms" },
                { "duplicate", 0, 0, G_OPTION_ARG_STRING, &o->duplicate, "How many arrive twice", "1%" },
                { "corrupt", 0, 0, G_OPTION_ARG_STRING, &o->corrupt, "How many have a bit flipped", "1%" },
        };
        G_STATIC_ASSERT(G_N_ELEMENTS(described) == FETCH_OPTION_COUNT);
        memcpy(entries, described, sizeof described);
}

static enum exit_status fetch(const struct command *command, const char *url,
        const struct fetch_options *fetch_options, const struct run_options *run_options)
{
        struct scenario_overrides overrides = { 0 };
        struct session_options session = { 0 };
        if (!run_options_parse(run_options, command, &overrides, &session))
                return EXIT_USAGE;
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = fetch_scenario_load(url, fetch_options, &overrides, &error);
        if (scenario != NULL)
                return complete_run(scenario, run_options, &session);
        if (error->domain != FETCH_OPTION_ERROR)
                return command_fail(error);
        command_refuse(command, "%s", error->message);
        return EXIT_USAGE;
}

enum exit_status cmd_fetch(const struct command *command, int argc, char **argv)
{
        struct fetch_options fetch_options = { 0 };
        struct run_options run_options = { 0 };
        GOptionEntry entries[FETCH_OPTION_COUNT + RUN_OPTION_COUNT + 1] = { 0 };
        run_options_prepare(argc, argv);
        describe(&fetch_options, entries);
        run_options_describe(&run_options, entries + FETCH_OPTION_COUNT);
        enum exit_status status = EXIT_USAGE;
        if (command_parse(command, entries, &argc, &argv, 1))
                status = fetch(command, argv[0], &fetch_options, &run_options);
        fetch_options_clear(&fetch_options);
        run_options_clear(&run_options);
        return status;
}
