/*
 * Writing JSON (RFC 8259): integers, exact decimals, escaped strings, members in the order of the calls.
 *
 * Ours, because json-glib prints 1.234567890 as 1.2345678899999999. Text gathers in the writer; its user
 * hands it on. `key` names a member inside an object, and is NULL for an element of an array or the document
 * itself.
 */
#ifndef INORDER_JSON_WRITER_H
#define INORDER_JSON_WRITER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "units.h"

typedef struct JsonWriter JsonWriter;

enum json_layout {
        JSON_ONE_LINE, /* no space at all, for one event a line */
        JSON_INDENTED, /* one member a line, for people */
};

JsonWriter *json_writer_new(enum json_layout layout);
void json_writer_free(JsonWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonWriter, json_writer_free)

void json_writer_begin_object(JsonWriter *writer, const char *key);
void json_writer_end_object(JsonWriter *writer);
void json_writer_begin_array(JsonWriter *writer, const char *key);
void json_writer_end_array(JsonWriter *writer);

/* `text` NULL: null. Bytes that are not UTF-8 become U+FFFD. */
void json_writer_add_string(JsonWriter *writer, const char *key, const char *text);
void json_writer_add_integer(JsonWriter *writer, const char *key, int64_t number);
void json_writer_add_unsigned(JsonWriter *writer, const char *key, uint64_t number);
void json_writer_add_bool(JsonWriter *writer, const char *key, bool truth);
void json_writer_add_null(JsonWriter *writer, const char *key);
/* 1.234567890; TIME_NEVER: null. */
void json_writer_add_seconds(JsonWriter *writer, const char *key, duration_ns duration);

/* A string alone, in its quotes, at the end of any text. */
void json_append_string(GString *text, const char *string);

/* What has been written so far. The writer's. */
const GString *json_writer_text(const JsonWriter *writer);
/* Once a document is complete: forget its text and begin another. */
void json_writer_restart(JsonWriter *writer);
/* The complete document and a newline, to `file`. False: ferror(file), and errno says why. */
bool json_writer_print(const JsonWriter *writer, FILE *file);

#endif
