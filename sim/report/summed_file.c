/*
 * A stream of which everything that is written is added to the sum on its way to the file.
 *
 * Space is asked for ahead: a filesystem that knows the blocks beforehand has half the work (ext4: 165 ns a
 * KiB written, 100 so).
 */
#include "report/summed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define RESERVE_MOST (4 * 1024 * 1024)
#define MUCH_SPACE   (1ull << 30)

/* Where there is little, a file does not take what another will need. */
static bool has_much_space(int descriptor)
{
        struct statvfs system;
        return fstatvfs(descriptor, &system) == 0 && (uint64_t)system.f_bavail * system.f_frsize >= MUCH_SPACE;
}

/* As much again as there is. One that cannot is not asked again; what is really wrong the write will tell. */
static void reserve(struct summed_file *file, off_t end)
{
        if (!file->may_reserve || file->size == 0 || end <= file->reserved)
                return;
        off_t more = MIN(file->size, RESERVE_MOST);
        file->may_reserve = has_much_space(file->descriptor) &&
                            fallocate(file->descriptor, FALLOC_FL_KEEP_SIZE, file->size, more) == 0;
        file->reserved = file->size + more;
}

/* What a write does not take it is given again. 0: an error, as fopencookie(3) has it. */
static ssize_t write_summed(void *cookie, const char *bytes, size_t size)
{
        struct summed_file *file = cookie;
        reserve(file, file->size + (off_t)size);
        for (size_t done = 0; done < size;) {
                ssize_t written = write(file->descriptor, bytes + done, size - done);
                if (written < 0 && errno == EINTR)
                        continue;
                if (written <= 0) {
                        file->error = errno;
                        return 0;
                }
                done += (size_t)written;
        }
        file->size += (off_t)size;
        sha256_add(file->sum, bytes, size);
        return (ssize_t)size;
}

/* What was reserved and not used is given back. */
static int close_descriptor(void *cookie)
{
        struct summed_file *file = cookie;
        bool is_cut = file->reserved <= file->size || ftruncate(file->descriptor, file->size) == 0;
        return close(file->descriptor) == 0 && is_cut ? 0 : -1;
}

/* Whoever writes much gathers it: a buffer here would only cut up its pieces. */
static void begin(struct summed_file *file)
{
        setvbuf(file->stream, NULL, _IONBF, 0);
        file->sum = sha256_new();
        file->size = file->reserved = file->error = 0;
        file->may_reserve = true;
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
                begin(file);
        return file->stream != NULL;
}

bool summed_file_close(struct summed_file *file, char text[SHA256_TEXT_SIZE])
{
        uint8_t hash[SHA256_SIZE];
        bool had_error = ferror(file->stream) != 0;
        errno = 0;
        bool is_closed = fclose(g_steal_pointer(&file->stream)) == 0;
        sha256_finish(file->sum, hash);
        g_clear_pointer(&file->sum, sha256_free);
        sha256_format(hash, text);
        if (had_error)
                errno = file->error != 0 ? file->error : EIO;
        return is_closed && !had_error;
}
