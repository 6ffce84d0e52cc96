/*
 * The options of every command that runs a scenario, from the command line to the values they stand for.
 */
#ifndef INORDER_RUN_OPTIONS_H
#define INORDER_RUN_OPTIONS_H

#include "cli/command.h"
#include "cli/session.h"

/* As given. */
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
        gboolean by_meaning;
        char **faults_files; /* one is accepted */
        char **faults;
};
void run_options_clear(struct run_options *options);

/* `--record=by-meaning` is an option with a value that may be missing, which GLib has not: it becomes a word of
 * its own. */
void run_options_prepare(int argc, char **argv);

/* Where GLib is to put them; no empty entry ends the table. */
#define RUN_OPTION_COUNT 15
void run_options_describe(struct run_options *options, GOptionEntry entries[RUN_OPTION_COUNT]);

/* What they ask of the scenario and of the session; `out`, `story` and `interrupted` are left alone. FALSE,
 * with a message on stderr: EXIT_USAGE. */
gboolean run_options_parse(const struct run_options *options, const struct command *command,
        struct scenario_overrides *overrides, struct session_options *session);

#endif
