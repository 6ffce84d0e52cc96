/*
 * A stream whose buffer, when it is full, is added to the sum on its way to the file.
 */
#include "report/summed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What a write does not take it is given again. 0: an error, as fopencookie(3) has it. */
static ssize_t write_summed(void *cookie, const char *bytes, size_t size)
{
        struct summed_file *file = cookie;
        for (size_t done = 0; done < size;) {
                ssize_t written = write(file->descriptor, bytes + done, size - done);
                if (written < 0 && errno == EINTR)
                        continue;
                if (written <= 0)
                        return 0;
                done += (size_t)written;
        }
        sha256_add(file->sum, bytes, size);
        return (ssize_t)size;
}

static int close_descriptor(void *cookie)
{
        struct summed_file *file = cookie;
        return close(file->descriptor);
}

bool summed_file_open(struct summed_file *file, const char *path)
{
        static const cookie_io_functions_t functions = { .write = write_summed, .close = close_descriptor };
        file->descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file->descriptor < 0)
                return false;
        file->stream = fopencookie(file, "wb", functions);
        if (file->stream == NULL)
                close(file->descriptor);
        else
                file->sum = sha256_new();
        return file->stream != NULL;
}

bool summed_file_close(struct summed_file *file, char text[SHA256_TEXT_SIZE])
{
        uint8_t hash[SHA256_SIZE];
        errno = EIO; /* for a failure that its writer has not told */
        bool had_error = ferror(file->stream) != 0;
        bool is_closed = fclose(g_steal_pointer(&file->stream)) == 0;
        sha256_finish(file->sum, hash);
        g_clear_pointer(&file->sum, sha256_free);
        sha256_format(hash, text);
        return is_closed && !had_error;
}
