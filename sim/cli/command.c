/*
 * What every command does alike: options, usage, and the end after an error.
 */
#include "cli/command.h"

#include "run/scenario.h"

#include <stdlib.h>
#include <string.h>

static gboolean has_wanted_arguments(const struct command *command, int count, int wanted)
{
        if (count == wanted)
                return TRUE;
        g_printerr("inorder %s: error: %d arguments given; usage: inorder %s %s\n", command->name, count,
                command->name, command->arguments);
        return FALSE;
}

static gboolean has_enough_arguments(const struct command *command, int count, int least)
{
        return count >= least || has_wanted_arguments(command, count, least);
}

static const GOptionEntry *find_switch(const GOptionEntry *options, const char *name)
{
        for (const GOptionEntry *option = options; option && option->long_name; option++)
                if ((option->arg == G_OPTION_ARG_NONE || option->flags & G_OPTION_FLAG_NO_ARG) &&
                        g_str_equal(option->long_name, name))
                        return option;
        return NULL;
}

gboolean command_check_switches(
        const struct command *command, const GOptionEntry *options, int argc, char **argv)
{
        for (int i = 1; i < argc && !g_str_equal(argv[i], "--"); i++) {
                const char *value = strchr(argv[i], '=');
                if (value == NULL || !g_str_has_prefix(argv[i], "--"))
                        continue;
                g_autofree char *name = g_strndup(argv[i] + 2, (gsize)(value - argv[i] - 2));
                if (find_switch(options, name))
                        return command_refuse(command, "--%s takes no value '%s'", name, value + 1);
        }
        return TRUE;
}

/* GLib keeps argv[0]; a command's arguments begin behind it. */
static gboolean parse_options(const struct command *command, const GOptionEntry *options, GOptionGroup *group,
        int *argc, char ***argv)
{
        if (!command_check_switches(command, options, *argc, *argv)) {
                g_clear_pointer(&group, g_option_group_unref);
                return FALSE;
        }
        g_autoptr(GError) error = NULL;
        g_autoptr(GOptionContext) context = g_option_context_new(command->arguments);
        g_autofree char *program = g_strdup_printf("inorder %s", command->name);
        g_set_prgname(program);
        g_option_context_set_summary(context, command->purpose);
        if (options != NULL)
                g_option_context_add_main_entries(context, options, NULL);
        if (group != NULL)
                g_option_context_add_group(context, group);
        if (!g_option_context_parse(context, argc, argv, &error))
                return command_refuse(command, "%s", error->message);
        if (*argc > 1 && g_str_equal((*argv)[1], "--")) {
                (*argv)++;
                (*argc)--;
        }
        (*argv)++;
        (*argc)--;
        return TRUE;
}

gboolean command_parse(
        const struct command *command, const GOptionEntry *options, int *argc, char ***argv, int wanted)
{
        return parse_options(command, options, NULL, argc, argv) &&
               has_wanted_arguments(command, *argc, wanted);
}

gboolean command_parse_some(
        const struct command *command, const GOptionEntry *options, int *argc, char ***argv, int least)
{
        return parse_options(command, options, NULL, argc, argv) &&
               has_enough_arguments(command, *argc, least);
}

gboolean command_parse_with_group(const struct command *command, const GOptionEntry *options,
        GOptionGroup *group, int *argc, char ***argv, int least)
{
        return parse_options(command, options, group, argc, argv) &&
               has_enough_arguments(command, *argc, least);
}

gboolean command_refuse(const struct command *command, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_printerr("inorder %s: error: %s; see inorder %s --help\n", command->name, message, command->name);
        return FALSE;
}

enum exit_status command_fail(const GError *error)
{
        if (error->domain == SCENARIO_ERROR) {
                g_printerr("%s\n", error->message);
                return EXIT_SCENARIO;
        }
        g_printerr("inorder: error: %s\n", error->message);
        return EXIT_RUN_TIME;
}
