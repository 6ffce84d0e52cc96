/*
 * faults.yaml and delays.csv: what luck and queues did in a run, as files that people edit and a run replays.
 */
#ifndef INORDER_PATH_FILE_H
#define INORDER_PATH_FILE_H

#include "net/path_log.h"
#include "run/scenario.h"

#define PATH_FILE_NAME "faults.yaml"

/* The two texts; the caller frees. `by_meaning`: segments and ACKs are named by what they carry. */
char *path_file_write(const Scenario *scenario, const PathLog *log, bool by_meaning);
char *path_file_write_delays(const Scenario *scenario, const PathLog *log);

/* Such files, for a world of this scenario. */
struct path_replay {
        PathLog *log;
        char *path; /* "-": standard input */
        GBytes *faults;
        char *delays_name; /* beside it; NULL: none, as the next two */
        char *delays_path;
        GBytes *delays;
};

/* NULL: errors name file, line and column. */
struct path_replay *path_replay_read(const Scenario *scenario, const char *path, GError **error);
void path_replay_free(struct path_replay *replay);

#endif
