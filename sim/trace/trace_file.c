/*
 * Errors of writing are kept until the end of the run, since nobody in the middle of an event could act on
 * them.
 */
#include "trace/trace_file.h"

#include <errno.h>

G_DEFINE_QUARK(inorder - trace - error, trace_error)

void trace_file_init(struct trace_file *file, FILE *stream, const char *name)
{
        *file = (struct trace_file){ .file = stream, .name = g_strdup(name) };
}

void trace_file_clear(struct trace_file *file)
{
        g_clear_pointer(&file->name, g_free);
}

/* Some failures set no errno. */
static int error_now(void)
{
        return errno ? errno : EIO;
}

void trace_file_write(struct trace_file *file, const void *bytes, size_t size)
{
        if (file->error)
                return;
        errno = 0;
        if (fwrite(bytes, 1, size, file->file) != size)
                file->error = error_now();
}

bool trace_file_finish(struct trace_file *file, GError **error)
{
        errno = 0;
        if (!file->error && (fflush(file->file) || ferror(file->file)))
                file->error = error_now();
        if (!file->error)
                return true;
        g_set_error(error, TRACE_ERROR, TRACE_ERROR_WRITE, "cannot write %s: %s", file->name,
                g_strerror(file->error));
        return false;
}
