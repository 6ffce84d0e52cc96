/*
 * The last piece starts small and doubles, since most of many files stay small.
 */
#include "trace/held_file.h"

#define FIRST_CAPACITY 512

void held_file_init(struct held_file *file, FILE *stream, const char *name, size_t piece)
{
        *file = (struct held_file){ 0 };
        trace_file_init(&file->file, stream, name, piece);
}

static void drop_first(struct held_file *file)
{
        struct held_piece *piece = file->first;
        file->first = piece->next;
        if (file->first == NULL)
                file->last = NULL;
        g_free(piece->bytes);
        g_free(piece);
}

void held_file_clear(struct held_file *file)
{
        while (file->first != NULL)
                drop_first(file);
        trace_file_clear(&file->file);
}

static void write_first(struct held_file *file)
{
        trace_file_write_through(&file->file, file->first->bytes, file->first->size);
        drop_first(file);
}

void held_file_write_free(struct held_file *file)
{
        while (file->first != file->last && file->first->hands == 0) {
                file->waiting -= file->first->size;
                write_first(file);
        }
}

static void piece_reserve(struct held_piece *piece, size_t capacity)
{
        if (capacity <= piece->capacity)
                return;
        piece->bytes = g_realloc(piece->bytes, capacity);
        piece->capacity = capacity;
}

static struct held_piece *add_piece(struct held_file *file)
{
        struct held_piece *piece = g_new0(struct held_piece, 1);
        if (file->last != NULL) {
                file->waiting += file->last->size;
                file->last->next = piece;
        } else {
                file->first = piece;
        }
        file->last = piece;
        held_file_write_free(file);
        return piece;
}

char *held_file_room(struct held_file *file, size_t size)
{
        struct held_piece *piece = file->last;
        if (piece == NULL || (piece->size > 0 && piece->size + size > file->file.piece))
                piece = add_piece(file);
        if (piece->size + size > piece->capacity)
                piece_reserve(piece,
                        MAX(piece->size + size, MIN(2 * piece->capacity + FIRST_CAPACITY, file->file.piece)));
        return piece->bytes + piece->size;
}

void held_file_insert(
        struct held_file *file, struct held_piece *piece, size_t offset, const void *bytes, size_t size)
{
        piece_reserve(piece, piece->size + size);
        char *at = piece->bytes + offset;
        memmove(at + size, at, piece->size - offset);
        memcpy(at, bytes, size);
        piece->size += size;
        if (piece != file->last)
                file->waiting += size;
}

bool held_file_finish(struct held_file *file, GError **error)
{
        while (file->first != NULL)
                write_first(file);
        file->waiting = 0;
        return trace_file_finish(&file->file, error);
}
