/*
 * A file that is there whole or not at all: written beside its place, and moved there at the end; a device is written to.
 */
#ifndef INORDER_KEPT_FILE_H
#define INORDER_KEPT_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

struct kept_file {
        FILE *file; /* NULL: not open */
        char *name;
        char *work_name;
};

bool kept_file_open(struct kept_file *kept, const char *name, GError **error);
/* Move it to its place; or, when `is_good` is false, drop it. */
bool kept_file_close(struct kept_file *kept, bool is_good, GError **error);

#endif
