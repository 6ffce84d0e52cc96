/*
 * One line of `packets:` in a file of faults: which packet, and what happens to it.
 */
#ifndef INORDER_PATH_LINE_H
#define INORDER_PATH_LINE_H

#include "net/path_log.h"
#include "run/path_segment.h"

/* Whom the file is about. */
struct path_place {
        struct path_whose whose;
        uint32_t link; /* as the world counts them */
        unsigned direction;
        GHashTable *lines; /* of every packet's fate, text → line: who says one twice is told */
};

/* Event and place of the line that `node` is; the event's own line is set. */
bool path_line_read(struct field_reader *reader, struct path_place *place, const struct yaml_node *node,
        struct path_event *event);

#endif
