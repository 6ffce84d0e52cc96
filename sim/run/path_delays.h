/*
 * delays.csv: how much longer or shorter each packet's delay was by jitter alone.
 */
#ifndef INORDER_PATH_DELAYS_H
#define INORDER_PATH_DELAYS_H

#include "net/path_log.h"

#define PATH_DELAYS_SIZE_MOST (1u << 30) /* bytes */

bool path_event_is_jitter(const struct path_event *event);
/* Into the log; `places` are path_places_new()'s. `path` is for messages. */
bool path_delays_read(const char *path, const char *text, gsize size, GHashTable *places, PathLog *log,
        GError **error);

#endif
