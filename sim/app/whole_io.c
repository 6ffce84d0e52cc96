/*
 * Loops around read and write.
 */
#include "app/whole_io.h"

#include <errno.h>
#include "app/documents.h"
#include "host/socket.h"

#define PIECE_SIZE (16 * 1024)

bool read_whole(Process *process, int fd, void *bytes, size_t size)
{
        uint8_t *place = bytes;
        while (size > 0) {
                ssize_t part = sock_read(process, fd, place, size);
                if (part == 0)
                        errno = 0;
                if (part <= 0)
                        return false;
                place += part;
                size -= (size_t)part;
        }
        return true;
}

bool write_counted(Process *process, int fd, uint64_t *offset, size_t size)
{
        uint8_t piece[PIECE_SIZE];
        while (size > 0) {
                size_t part = MIN(size, sizeof piece);
                document_fill_bytes(FILL_COUNTER, 0, "", *offset, piece, part);
                if (sock_write(process, fd, piece, part) != (ssize_t)part)
                        return false;
                *offset += part;
                size -= part;
        }
        return true;
}
