/*
 * Reading JSON files that others may have written: size and nesting are limited before json-glib parses them.
 */
#ifndef INORDER_JSON_FILE_H
#define INORDER_JSON_FILE_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

#define JSON_FILE_ERROR (json_file_error_quark())
enum json_file_error { JSON_FILE_ERROR_TOO_LARGE, JSON_FILE_ERROR_TOO_DEEP, JSON_FILE_ERROR_NOT_OURS };
GQuark json_file_error_quark(void);

#define JSON_NESTING_MAX   64
#define JSON_FILE_SIZE_MAX (256 * 1024 * 1024)

/* No deeper than JSON_NESTING_MAX; brackets in strings do not count. */
bool json_nesting_is_sane(const char *text, size_t size);

/* A regular file's document; NULL: `error` is set. A symbolic link is not followed. */
JsonParser *json_file_read(const char *path, GError **error);

#endif
