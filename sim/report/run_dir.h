/*
 * A run's directory, made whole or not at all.
 *
 * Files are written into a work directory; run_dir_commit() moves them to their place, run.json last, and
 * until then nothing of what was there is touched. A directory that inorder made is replaced whole. Another
 * one that is not empty needs `force`, which replaces what inorder made there and nothing else; a file of
 * ours never takes the name of somebody else's.
 */
#ifndef INORDER_RUN_DIR_H
#define INORDER_RUN_DIR_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include "trace/json_writer.h"
#include "trace/trace_file.h"

#define RUN_DIR_ERROR (run_dir_error_quark())
enum run_dir_error {
        RUN_DIR_ERROR_NOT_A_DIRECTORY, /* something else has that name */
        RUN_DIR_ERROR_NEEDS_FORCE,     /* there is something that inorder did not make */
        RUN_DIR_ERROR_NOT_OURS,        /* somebody else's file has a name that we need */
        RUN_DIR_ERROR_IO,
};
GQuark run_dir_error_quark(void);

typedef struct RunDir RunDir;

/* Missing parents are made. NULL: `error` is set and nothing has changed. */
RunDir *run_dir_begin(const char *path, bool force, GError **error);
/* Without a commit: removes the work directory, so that nothing is left of the run. */
void run_dir_free(RunDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunDir, run_dir_free)

/* A new file, "trace.ndjson" or "inputs/…"; it is closed by the functions below. NULL: `error` is set. */
FILE *run_dir_open_file(RunDir *dir, const char *name, GError **error);
/* The same for the writers of the trace. */
struct trace_opener run_dir_opener(RunDir *dir);
/* Where the files are until the commit, for programs that write some themselves (gnuplot, below plots/). */
const char *run_dir_work_path(const RunDir *dir);

/* Close every file and sum it. False when any could not be written whole. */
bool run_dir_close_files(RunDir *dir, GError **error);
/* The member "files" of run.json: each closed data file's SHA-256, sorted by name; no pictures. */
void run_dir_add_files(const RunDir *dir, JsonWriter *writer);

/* Everything is written, run.json too: close what is open and move it all to its place. False: the place is
 * as before. */
bool run_dir_commit(RunDir *dir, GError **error);

#endif
