/*
 * What the writers of a trace share: a file that remembers the first thing that went wrong, and the run's
 * name.
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

struct trace_file {
        FILE *file;
        char *name; /* for messages */
        int error;  /* errno of the first failure; 0: none. Nothing is written after it. */
};

void trace_file_init(struct trace_file *file, FILE *stream, const char *name);
void trace_file_clear(struct trace_file *file);
void trace_file_write(struct trace_file *file, const void *bytes, size_t size);
/* Flush; false when this or anything before it failed. */
bool trace_file_finish(struct trace_file *file, GError **error);

#endif
