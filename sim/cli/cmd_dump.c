/*
 * inorder dump SCENARIO: its canonical form, with every default filled in, on stdout.
 */
#include "cli/command.h"

#include "run/scenario.h"

#include <errno.h>
#include <stdio.h>

enum exit_status cmd_dump(const struct command *command, int argc, char **argv)
{
        g_auto(GStrv) sets = NULL;
        const GOptionEntry options[] = {
                { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sets, "Change a value: links.core.rate=1Mbit/s",
                        "PATH=VALUE" },
                { 0 },
        };
        if (!command_parse(command, options, &argc, &argv, 1))
                return EXIT_USAGE;
        struct scenario_overrides overrides = { .sets = sets };
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = scenario_load(argv[0], &overrides, &error);
        if (scenario == NULL)
                return command_fail(error);
        g_autofree char *text = scenario_dump(scenario, FALSE);
        if (fputs(text, stdout) == EOF || fflush(stdout) == EOF) {
                g_printerr("inorder: error: cannot write to standard output: %s\n", g_strerror(errno));
                return EXIT_RUN_TIME;
        }
        return EXIT_OK;
}
