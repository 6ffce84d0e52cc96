/*
 * `--set PATH=VALUE`: the tree changed before any text becomes a value.
 */
#ifndef INORDER_SCENARIO_OVERRIDE_H
#define INORDER_SCENARIO_OVERRIDE_H

#include "run/field.h"

/* Puts `value` (taken) at `path`: keys, and names or indices of list items, with dots between. Keys that are
 * missing on the way are made, with `mark`; hosts, links and programs are not. */
bool scenario_override(struct field_reader *reader, struct yaml_node *root, const char *path,
        struct yaml_node *value, struct mark mark);

/* All of the command line's: `sets` are those that the scenario's marks count. */
bool scenario_override_all(struct field_reader *reader, struct yaml_node *root, char *const *sets);

#endif
