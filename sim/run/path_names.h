/*
 * Links and their directions by number, as the world counts them, and by name.
 */
#ifndef INORDER_PATH_NAMES_H
#define INORDER_PATH_NAMES_H

#include "run/scenario.h"

/* "core" or "access-7" and where its direction leads: "www", "client-7". Owned by the list. */
struct path_name {
        char *link;
        char *far_end[2];
};

/* Of struct path_name, by the link's number. */
GPtrArray *path_names_new(const Scenario *scenario);
/* For path_names_find(). */
GHashTable *path_places_new(const GPtrArray *names);
/* False: there is none of these names. */
bool path_names_find(
        GHashTable *places, const char *link, const char *far_end, uint32_t *number, unsigned *direction);
/* Hosts and routers by owner number; of char *. */
GPtrArray *path_node_names_new(const Scenario *scenario);
/* How many a program has: one for each member of its group and each of its flows. */
unsigned path_transfer_count(const Scenario *scenario, const struct scenario_app *app);
/* Transfers by number - 1; of char *. */
GPtrArray *path_transfer_names_new(const Scenario *scenario);
/* Of such a list, whose the names stay: the first of a name → its number, from 1. */
GHashTable *path_numbers_new(const GPtrArray *list);

#endif
