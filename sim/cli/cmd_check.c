/*
 * inorder check SCENARIO: is it valid? Silence and 0, or the first mistake and 3.
 */
#include "cli/command.h"

#include "run/world.h"

/* Building the world finds what the file alone does not show. */
static gboolean can_be_built(const Scenario *scenario, GError **error)
{
        struct world_options options = { 0 };
        g_autoptr(World) world = world_new(scenario, NULL, &options, error);
        return world != NULL;
}

enum exit_status cmd_check(const struct command *command, int argc, char **argv)
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
        if (scenario == NULL || !can_be_built(scenario, &error))
                return command_fail(error);
        return EXIT_OK;
}
