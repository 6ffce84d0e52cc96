/*
 * The commands of the program, one file each, and what they end with.
 */
#ifndef INORDER_COMMAND_H
#define INORDER_COMMAND_H

#include <glib.h>

enum exit_status {
        EXIT_OK = 0,
        EXIT_RUN_TIME = 1,        /* a run-time or I/O error */
        EXIT_USAGE = 2,           /* or a command not yet available */
        EXIT_SCENARIO = 3,        /* the scenario is invalid */
        EXIT_EXPECTATION = 4,     /* an expectation failed, a transfer did not finish or was not verified */
        EXIT_MISSING_PROGRAM = 5, /* an outside program that the command cannot do without */
        EXIT_DIFFERENT = 6,       /* verify or diff found a difference */
        EXIT_INTERRUPTED = 130,
};

/* argv[0] is the command's name. */
struct command {
        const char *name;
        const char *arguments; /* "SCENARIO" */
        const char *purpose;   /* one line */
        enum exit_status (*run)(
                const struct command *command, int argc, char **argv); /* NULL: not yet available */
};

enum exit_status cmd_bench(const struct command *command, int argc, char **argv);
enum exit_status cmd_run(const struct command *command, int argc, char **argv);
enum exit_status cmd_check(const struct command *command, int argc, char **argv);
enum exit_status cmd_dump(const struct command *command, int argc, char **argv);
enum exit_status cmd_fetch(const struct command *command, int argc, char **argv);
enum exit_status cmd_plot(const struct command *command, int argc, char **argv);
enum exit_status cmd_drill(const struct command *command, int argc, char **argv);
enum exit_status cmd_diff(const struct command *command, int argc, char **argv);
enum exit_status cmd_verify(const struct command *command, int argc, char **argv);

/* Read the options of a command; what is left in *argv, counted by *argc and without argv[0], are its
 * arguments, of which there must be exactly `wanted`. False, with a message on stderr: EXIT_USAGE. `--help`
 * prints and exits. */
gboolean command_parse(
        const struct command *command, const GOptionEntry *options, int *argc, char ***argv, int wanted);
/* The same, of which there must be at least `least`; behind the last stands NULL. */
gboolean command_parse_some(
        const struct command *command, const GOptionEntry *options, int *argc, char ***argv, int least);

/* The same, with a further group of options, which the context takes. */
gboolean command_parse_with_group(const struct command *command, const GOptionEntry *options, GOptionGroup *group,
        int *argc, char ***argv, int least);

/* "--json=no" is refused, which GLib takes for "--json". */
gboolean command_check_switches(
        const struct command *command, const GOptionEntry *options, int argc, char **argv);

/* "inorder run: error: …; see inorder run --help" on stderr: EXIT_USAGE. Always FALSE. */
gboolean command_refuse(const struct command *command, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* "inorder: error: …" on stderr, and the status that fits the error's domain. */
enum exit_status command_fail(const GError *error);

#endif
