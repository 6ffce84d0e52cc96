/*
 * inorder run SCENARIO: tell its story, keep its files, say what came of it.
 */
#include "cli/command.h"

#include "cli/complete_run.h"

static enum exit_status run(
        const struct command *command, const char *path, const struct run_options *options)
{
        struct scenario_overrides overrides = { 0 };
        struct session_options session = { 0 };
        if (!run_options_parse(options, command, &overrides, &session))
                return EXIT_USAGE;
        if (g_str_equal(path, "-") && g_strcmp0(session.faults_file, "-") == 0) {
                command_refuse(command, "standard input cannot be both the scenario and --faults");
                return EXIT_USAGE;
        }
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = scenario_load(path, &overrides, &error);
        return scenario != NULL ? complete_run(scenario, options, &session) : command_fail(error);
}

enum exit_status cmd_run(const struct command *command, int argc, char **argv)
{
        struct run_options options = { 0 };
        GOptionEntry entries[RUN_OPTION_COUNT + 1] = { 0 };
        run_options_prepare(argc, argv);
        run_options_describe(&options, entries);
        enum exit_status status = EXIT_USAGE;
        if (command_parse(command, entries, &argc, &argv, 1))
                status = run(command, argv[0], &options);
        run_options_clear(&options);
        return status;
}
