/*
 * What the writers of a trace share: a file that gathers lines and remembers the first thing that went wrong, and the
 * run's name.
 *
 * Files belong to whoever opened them: writers flush and never close.
 */
#ifndef INORDER_TRACE_FILE_H
#define INORDER_TRACE_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define TRACE_ERROR (trace_error_quark())
enum trace_error { TRACE_ERROR_WRITE };
GQuark trace_error_quark(void);

/* Which run this is. The texts outlive the writer. */
struct trace_about {
        const char *scenario; /* "joes-hardware" */
        const char *version;  /* of the program: "0.1.0" */
        uint64_t seed;
        const char *file_name; /* for messages, of trace.ndjson where it is another file; NULL: that */
};

/* Opens files by name, as run_dir_open_file() does. NULL: `error` is set. */
struct trace_opener {
        FILE *(*open)(void *data, const char *name, GError **error);
        void *data;
};

/* Lines are made where they wait to be written. Pieces this large are cheap, also for the kernel, which has memory of this
 * size at hand; who has many files open takes small ones. */
#define TRACE_FILE_LARGE_PIECE (32 * 1024)
#define TRACE_FILE_SMALL_PIECE (16 * 1024)
#define TRACE_FILE_ALL_PIECES  (16 * 1024 * 1024) /* of such a one's files together, as long as theirs are not small */

struct trace_file {
        FILE *file;
        char *name; /* for messages */
        int error;  /* errno of the first failure; 0: none. Nothing is written after it. */
        size_t piece;
        char *bytes; /* to be written */
        char *end;   /* of them */
        char *limit; /* of the room behind them */
};

void trace_file_init(struct trace_file *file, FILE *stream, const char *name, size_t piece);
void trace_file_clear(struct trace_file *file);

/* A line is made behind the others: `at` goes from trace_file_begin() through trace_file_room(), which is called before
 * anything is written and may move it, to trace_file_end(). */
static inline char *trace_file_begin(const struct trace_file *file)
{
        return file->end;
}
char *trace_file_more_room(struct trace_file *file, char *at, size_t size);
static inline char *trace_file_room(struct trace_file *file, char *at, size_t size)
{
        return (size_t)(file->limit - at) >= size ? at : trace_file_more_room(file, at, size);
}
/* Bytes, and behind them as much room as there was for the rest of the line. */
static inline char *trace_file_put(struct trace_file *file, char *at, const void *bytes, size_t size, size_t room)
{
        at = trace_file_room(file, at, size + room);
        memcpy(at, bytes, size);
        return at + size;
}
static inline void trace_file_end(struct trace_file *file, char *at)
{
        file->end = at;
}

/* All at once. */
void trace_file_write(struct trace_file *file, const void *bytes, size_t size);
/* The same, to the file itself: bytes that have waited elsewhere. */
void trace_file_write_through(struct trace_file *file, const void *bytes, size_t size);
/* Flush; false when this or anything before it failed. */
bool trace_file_finish(struct trace_file *file, GError **error);

#endif
