/*
 * inorder drill: packet scripts run against our TCP, or against this machine's kernel.
 *
 * packetdrill's own options are taken as well; they win over those in the scripts.
 */
#include "cli/command.h"

#include "cli/drill_batch.h"
#include "cli/drill_report.h"
#include "drill/script_settings.h"
#include "run/tcp_override.h"
#include "tcp/tcp_settings.h"

#include <string.h>
#include <sys/stat.h>

#define TIMEOUT_DEFAULT 60
#define TIMEOUT_MAX     86400

static gboolean check_stack(const struct command *command, const char *against, struct drill_options *options)
{
        options->stack = &stack_simulated;
        if (against == NULL || strcmp(against, stack_simulated.name) == 0)
                return TRUE;
        if (options->sets != NULL)
                return command_refuse(command, "--set changes our own TCP only");
        if (strcmp(against, stack_kernel.name) != 0)
                return command_refuse(command, "--against=%s: kernel or inorder is expected", against);
        options->stack = &stack_kernel;
        if (options->trace_file != NULL)
                return command_refuse(
                        command, "--trace tells of our own TCP only; --pcap works with a kernel too");
        return TRUE;
}

/* By name, or by what a link leads to; a device takes any number of writers. */
static gboolean is_one_file(const char *left, const char *right)
{
        struct stat of_left;
        struct stat of_right;
        if (stat(left, &of_left) == 0 && stat(right, &of_right) == 0)
                return S_ISREG(of_left.st_mode) && of_left.st_dev == of_right.st_dev &&
                       of_left.st_ino == of_right.st_ino;
        g_autofree char *left_path = g_canonicalize_filename(left, NULL);
        g_autofree char *right_path = g_canonicalize_filename(right, NULL);
        return strcmp(left_path, right_path) == 0;
}

static gboolean check_files(const struct command *command, const struct drill_options *options, int scripts)
{
        if (options->pcap_file != NULL && options->trace_file != NULL &&
                is_one_file(options->pcap_file, options->trace_file))
                return command_refuse(
                        command, "--pcap and --trace write one file each, not both %s", options->pcap_file);
        if (scripts == 1 || (options->pcap_file == NULL && options->trace_file == NULL))
                return TRUE;
        return command_refuse(command, "--pcap and --trace take one script, not %d", scripts);
}

static gboolean check_sets(const struct command *command, const struct drill_options *options)
{
        g_autoptr(GError) error = NULL;
        struct tcp_settings settings = tcp_settings_default();
        if (tcp_override(&settings, options->sets, &error))
                return TRUE;
        return command_refuse(command, "%s", error->message);
}

/* "NAME=VALUE". */
static gboolean take_defines(const struct command *command, char **defines, GHashTable *table)
{
        for (char **define = defines; define != NULL && *define != NULL; define++) {
                char *equals = strchr(*define, '=');
                if (equals == NULL || equals == *define)
                        return command_refuse(command, "-D %s: NAME=VALUE is expected", *define);
                g_autofree char *name = g_strndup(*define, (gsize)(equals - *define));
                if (!script_is_macro_name(name))
                        return command_refuse(command,
                                "-D %s: '%s' is no macro's name; letters, digits and _ make one, which is no "
                                "number",
                                *define, name);
                g_hash_table_insert(table, g_steal_pointer(&name), g_strdup(equals + 1));
        }
        return TRUE;
}

/* An option of packetdrill's, as GLib hands it over: "--tolerance_usecs", "10000". */
static gboolean take_script_option(const char *name, const char *value, gpointer data, GError **error)
{
        GHashTable *table = data;
        g_autoptr(GError) wrong = NULL;
        if (!script_settings_check_option(name + strlen("--"), value, &wrong)) {
                const char *message = wrong->message;
                if (g_str_has_prefix(message, "error: "))
                        message += strlen("error: ");
                g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
                return FALSE;
        }
        g_hash_table_replace(table, g_strdup(name + strlen("--")), g_strdup(value));
        return TRUE;
}

/* One entry for each of packetdrill's options. */
static GOptionGroup *script_option_group(GHashTable *table, GArray *entries)
{
        GOptionGroup *group = g_option_group_new("script",
                "packetdrill's options, which win over the scripts':", "Show packetdrill's options", table,
                NULL);
        for (unsigned i = 0; script_settings_option_name(i) != NULL; i++) {
                GOptionEntry entry = { .long_name = script_settings_option_name(i),
                        .flags = script_settings_option_is_flag(i) ? G_OPTION_FLAG_NO_ARG : 0,
                        .arg = G_OPTION_ARG_CALLBACK,
                        .arg_data = (gpointer)take_script_option,
                        .description = script_settings_option_help(i),
                        .arg_description = "VALUE" };
                g_array_append_val(entries, entry);
        }
        g_option_group_add_entries(group, (const GOptionEntry *)(const void *)entries->data);
        return group;
}

/* -DNAME=VALUE is -D NAME=VALUE: GLib takes no value behind a letter. */
static char **split_defines(char **argv)
{
        GPtrArray *split = g_ptr_array_new();
        bool are_options = true;
        for (; *argv != NULL; argv++) {
                are_options = are_options && strcmp(*argv, "--") != 0;
                bool is_joined = are_options && g_str_has_prefix(*argv, "-D") && (*argv)[2] != '\0';
                if (is_joined)
                        g_ptr_array_add(split, (gpointer) "-D");
                g_ptr_array_add(split, is_joined ? *argv + 2 : *argv);
        }
        g_ptr_array_add(split, NULL);
        return (char **)g_ptr_array_free(split, FALSE);
}

static gboolean check_stdin(const struct command *command, char **scripts)
{
        unsigned count = 0;
        for (; *scripts != NULL; scripts++)
                count += strcmp(*scripts, "-") == 0;
        return count <= 1 || command_refuse(command, "- is standard input, which can be read once only");
}

static gboolean take_timeout(const struct command *command, int seconds, struct drill_options *options)
{
        if (seconds < 1 || seconds > TIMEOUT_MAX)
                return command_refuse(
                        command, "--timeout=%d: 1 to %d seconds are expected", seconds, TIMEOUT_MAX);
        options->patience = seconds * SECOND;
        return TRUE;
}

static enum exit_status run(struct drill_options *options, char **scripts, bool as_json, bool whole)
{
        void (*tell)(const struct drill_item *) = whole ? drill_report_whole : drill_report_one;
        g_autoptr(DrillBatch) batch = drill_batch_run(scripts, options, as_json ? NULL : tell);
        if (as_json)
                drill_report_json(batch);
        else
                drill_report_sum(batch);
        if (drill_batch_count(batch, DRILL_FAILED) > 0)
                return EXIT_EXPECTATION;
        return drill_batch_count(batch, DRILL_NO_MEANS) > 0 ? EXIT_RUN_TIME : EXIT_OK;
}

/* Of our options and the scripts'; the group is taken. */
static gboolean parse(const struct command *command, const GOptionEntry *entries,
        const GArray *script_entries, GOptionGroup *group, int *argc, char ***argv)
{
        const GOptionEntry *flags = (const GOptionEntry *)(const void *)script_entries->data;
        if (command_check_switches(command, flags, *argc, *argv))
                return command_parse_with_group(command, entries, group, argc, argv, 1);
        g_option_group_unref(group);
        return FALSE;
}

enum exit_status cmd_drill(const struct command *command, int argc, char **argv)
{
        struct drill_options options = { 0 };
        g_auto(GStrv) defines = NULL;
        g_auto(GStrv) sets = NULL;
        g_autofree char *against = NULL;
        g_autofree char *pcap_file = NULL;
        g_autofree char *trace_file = NULL;
        gboolean strict = FALSE;
        gboolean strict_sysctls = FALSE;
        gboolean as_json = FALSE;
        gboolean exchange = FALSE;
        int timeout = TIMEOUT_DEFAULT;
        const GOptionEntry entries[] = {
                { "define", 'D', 0, G_OPTION_ARG_STRING_ARRAY, &defines,
                        "What a word of the scripts stands for", "NAME=VALUE" },
                { "against", 0, 0, G_OPTION_ARG_STRING, &against,
                        "Run against this machine's kernel (needs root)", "kernel" },
                { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sets,
                        "Change our TCP, whatever the script says: tcp.sack=off", "tcp.KEY=VALUE" },
                { "strict", 0, 0, G_OPTION_ARG_NONE, &strict, "A packet that nobody expected is a failure",
                        NULL },
                { "strict-sysctls", 0, 0, G_OPTION_ARG_NONE, &strict_sysctls,
                        "An unknown sysctl is a failure", NULL },
                { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout,
                        "How long a kernel's packet at any time (*) is waited for: 60", "SECONDS" },
                { "pcap", 0, 0, G_OPTION_ARG_FILENAME, &pcap_file, "Keep the packets, for Wireshark",
                        "FILE" },
                { "trace", 0, 0, G_OPTION_ARG_FILENAME, &trace_file, "Keep our TCP's events, as trace.ndjson",
                        "FILE" },
                { "exchange", 0, 0, G_OPTION_ARG_NONE, &exchange,
                        "Print what happened in scripts that pass, too", NULL },
                { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print the results as JSON, and nothing else",
                        NULL },
                G_OPTION_ENTRY_NULL,
        };
        g_autoptr(GHashTable) given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(GArray) script_entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
        GOptionGroup *group = script_option_group(given, script_entries);
        g_autofree char **split = split_defines(argv);
        argc = (int)g_strv_length(split);
        argv = split;
        if (!parse(command, entries, script_entries, group, &argc, &argv) ||
                !take_defines(command, defines, words))
                return EXIT_USAGE;
        options = (struct drill_options){ .defines = words,
                .script_options = given,
                .sets = sets,
                .strict = strict,
                .strict_sysctls = strict_sysctls,
                .pcap_file = pcap_file,
                .trace_file = trace_file };
        if (!check_sets(command, &options) || !check_stack(command, against, &options) ||
                !check_files(command, &options, argc) || !check_stdin(command, argv) ||
                !take_timeout(command, timeout, &options))
                return EXIT_USAGE;
        return run(&options, argv, as_json, exchange);
}
