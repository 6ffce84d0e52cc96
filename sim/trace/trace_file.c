/*
 * Errors of writing are kept until the end of the run, since nobody in the middle of an event could act on
 * them.
 */
#include "trace/trace_file.h"

#include <errno.h>
#include <string.h>

#define SPARE_ROOM 4096 /* behind a piece: for what most lines ask at once */

G_DEFINE_QUARK(inorder - trace - error, trace_error)

void trace_file_init(struct trace_file *file, FILE *stream, const char *name, size_t piece)
{
        *file = (struct trace_file){ .file = stream, .name = g_strdup(name), .piece = piece };
}

void trace_file_clear(struct trace_file *file)
{
        g_clear_pointer(&file->name, g_free);
        g_clear_pointer(&file->bytes, g_free);
}

/* Some failures set no errno. */
static int error_now(void)
{
        return errno ? errno : EIO;
}

static void write_out(struct trace_file *file, const void *bytes, size_t size)
{
        if (file->error)
                return;
        errno = 0;
        if (fwrite(bytes, 1, size, file->file) != size)
                file->error = error_now();
}

/* Doubled up to a piece: most of many files stay small. */
static void grow(struct trace_file *file, size_t waiting, size_t size)
{
        size_t capacity = (size_t)(file->limit - file->bytes);
        capacity = MAX(MIN(2 * capacity, file->piece + SPARE_ROOM), waiting + size);
        file->bytes = g_realloc(file->bytes, capacity);
        file->limit = file->bytes + capacity;
}

/* Whole pieces go out; what is behind them moves to the front, and there is room for more. */
char *trace_file_more_room(struct trace_file *file, char *at, size_t size)
{
        size_t waiting = (size_t)(at - file->bytes);
        size_t whole = waiting - waiting % file->piece;
        if (whole > 0) {
                write_out(file, file->bytes, whole);
                waiting -= whole;
                memmove(file->bytes, file->bytes + whole, waiting);
        }
        if ((size_t)(file->limit - file->bytes) - waiting < size)
                grow(file, waiting, size);
        return file->bytes + waiting;
}

void trace_file_write(struct trace_file *file, const void *bytes, size_t size)
{
        if (size == 0)
                return;
        char *at = trace_file_room(file, trace_file_begin(file), size);
        memcpy(at, bytes, size);
        trace_file_end(file, at + size);
}

static void write_waiting(struct trace_file *file)
{
        if (file->end > file->bytes)
                write_out(file, file->bytes, (size_t)(file->end - file->bytes));
        file->end = file->bytes;
}

void trace_file_write_through(struct trace_file *file, const void *bytes, size_t size)
{
        write_waiting(file);
        if (size > 0)
                write_out(file, bytes, size);
}

bool trace_file_finish(struct trace_file *file, GError **error)
{
        write_waiting(file);
        errno = 0;
        if (!file->error && (fflush(file->file) || ferror(file->file)))
                file->error = error_now();
        if (!file->error)
                return true;
        g_set_error(error, TRACE_ERROR, TRACE_ERROR_WRITE, "cannot write %s: %s", file->name,
                g_strerror(file->error));
        return false;
}
