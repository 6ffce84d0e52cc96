/*
 * One run of a scenario from its title to its exit status, as `run` and `fetch` do it.
 */
#ifndef INORDER_COMPLETE_RUN_H
#define INORDER_COMPLETE_RUN_H

#include "cli/run_options.h"

/* `session`: as run_options_parse() left it. Tells the story, keeps the files, says what came of it; SIGINT
 * and SIGTERM end it early. */
enum exit_status complete_run(
        const Scenario *scenario, const struct run_options *options, const struct session_options *session);

#endif
