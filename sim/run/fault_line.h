/*
 * `--fault 'core: drop data 3 from www'`: one more rule behind those of the file.
 */
#ifndef INORDER_FAULT_LINE_H
#define INORDER_FAULT_LINE_H

#include "run/field.h"

bool fault_line_add(struct field_reader *reader, struct yaml_node *root, const char *text, struct mark mark);

#endif
