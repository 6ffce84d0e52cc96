/*
 * A new file whose SHA-256 is known when it is closed: summed as it is written, not read again.
 */
#ifndef INORDER_SUMMED_FILE_H
#define INORDER_SUMMED_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include "trace/sha256.h"

/* Stays where it is while the stream is open. */
struct summed_file {
        FILE *stream; /* to be written from its first byte to its last; NULL: closed */
        int descriptor;
        off_t size;
        off_t reserved; /* for the file, from its beginning on */
        bool may_reserve;
        int error; /* errno of a write; 0: none failed */
        Sha256 *sum;
};

/* False: errno says why. */
bool summed_file_open(struct summed_file *file, const char *path);
/* The sum as text, of what was written; false: errno says why not all of it was. */
bool summed_file_close(struct summed_file *file, char text[SHA256_TEXT_SIZE]);

#endif
