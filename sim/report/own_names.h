/*
 * Which names in a directory are inorder's: what it may replace there.
 *
 * A run.json with "inorder": 1 says that a run was written; run.json, the files it lists, and plots/, inputs/
 * and report.html beside it are then inorder's. Without one nothing is, but for work that a killed run left
 * behind.
 */
#ifndef INORDER_OWN_NAMES_H
#define INORDER_OWN_NAMES_H

#include <glib.h>
#include <stdbool.h>

#define OWN_WORK_PREFIX ".inorder-" /* of directories that runs are made in */

typedef struct OwnNames OwnNames;

/* NULL when the directory cannot be listed. */
OwnNames *own_names_read(const char *directory, GError **error);
void own_names_free(OwnNames *own);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OwnNames, own_names_free)

bool own_names_has_run(const OwnNames *own);
/* `name` is one component. */
bool own_names_contains(const OwnNames *own, const char *name);
/* What is there, sorted: inorder's, and others'. Texts belong to `own`. */
const GPtrArray *own_names_present(const OwnNames *own);
const GPtrArray *own_names_foreign(const OwnNames *own);
/* A name there that every run needs but nobody may say is inorder's; NULL: none. */
const char *own_names_obstacle(const OwnNames *own);

#endif
