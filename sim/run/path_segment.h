/*
 * A packet by what it carries: a segment and its nth sending, or what an ACK acknowledges and which of those it is; and
 * whose.
 */
#ifndef INORDER_PATH_SEGMENT_H
#define INORDER_PATH_SEGMENT_H

#include "net/segment_luck.h"
#include "run/field.h"

/* Names in a file, by the numbers that a world gives them. */
struct path_whose {
        const GPtrArray *nodes;     /* of path_node_names_new() */
        const GPtrArray *transfers; /* of path_transfer_names_new() */
        GHashTable *node_numbers;   /* both by path_numbers_new() */
        GHashTable *transfer_numbers;
};

/* As it stands in a file; begin with zeroes. */
struct path_segment {
        struct segment_name text; /* or, of an ACK, whatever else names it … */
        struct segment_name ack;  /* … than how far it acknowledges, and which it is */
        char *from;
        char *to_host;
        char *transfer; /* its name, or its number from 1 */
};

extern const struct field_table path_segment_table;

/* segment_name_luck() of what has been read from `node`. */
bool path_segment_take(struct field_reader *reader, const struct path_whose *whose, const struct yaml_node *node,
        struct path_segment *segment, uint64_t *luck);
void path_segment_clear(struct path_segment *segment);

#endif
