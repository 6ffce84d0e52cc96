/*
 * faults.yaml and delays.csv: what luck and queues did in a run, as files that people edit and a run replays.
 */
#ifndef INORDER_PATH_FILE_H
#define INORDER_PATH_FILE_H

#include "net/path_log.h"
#include "run/scenario.h"

/* The two texts; the caller frees. `by_meaning`: segments that carry something are named by that. */
char *path_file_write(const Scenario *scenario, const PathLog *log, bool by_meaning);
char *path_file_write_delays(const Scenario *scenario, const PathLog *log);

/* A file as written above, for a world of this scenario; delays from beside it. Errors name file, line and
 * column. `delays_path`: where those were, NULL when there are none; the caller frees. */
PathLog *path_file_read(const Scenario *scenario, const char *path, char **delays_path, GError **error);

#endif
