/*
 * A file whose last part may still change: pieces, each written when nobody has a hand on it and on those before it.
 *
 * A change is an insertion, which moves no more than the rest of its piece.
 */
#ifndef INORDER_HELD_FILE_H
#define INORDER_HELD_FILE_H

#include "trace/trace_file.h"

struct held_piece {
        struct held_piece *next;
        char *bytes;
        size_t size;
        size_t capacity;
        unsigned hands; /* on it */
};

struct held_file {
        struct trace_file file;
        struct held_piece *first; /* NULL: nothing waits */
        struct held_piece *last;
        size_t waiting; /* bytes in all pieces but the last */
};

void held_file_init(struct held_file *file, FILE *stream, const char *name, size_t piece);
void held_file_clear(struct held_file *file);

/* Room behind what was put, for `size` bytes or fewer: they end at held_file_end(), in the last piece. */
char *held_file_room(struct held_file *file, size_t size);
static inline void held_file_end(struct held_file *file, const char *at)
{
        file->last->size = (size_t)(at - file->last->bytes);
}

/* Bytes at an offset of a piece, those behind it further back. */
void held_file_insert(
        struct held_file *file, struct held_piece *piece, size_t offset, const void *bytes, size_t size);

/* Write the whole pieces in front that nobody has a hand on. */
void held_file_write_free(struct held_file *file);
/* Write all; false when this or anything before it failed. */
bool held_file_finish(struct held_file *file, GError **error);

#endif
