/*
 * A text that the user names: a file, or `-` for standard input.
 */
#ifndef INORDER_TEXT_FILE_H
#define INORDER_TEXT_FILE_H

#include <glib.h>
#include <stdbool.h>

/* At most `most` bytes and one, so that who reads sees that there are more; a NUL behind them, not counted.
 * NULL: an error of G_FILE_ERROR, with the path. */
char *text_file_read(const char *path, gsize most, gsize *size, GError **error);

#endif
