/*
 * What an HTTP server serves: documents by path, read from files before the run or generated from a rule.
 *
 * Nothing is read from disk during a run, so no path can lead out of the root.
 */
#ifndef INORDER_DOCUMENTS_H
#define INORDER_DOCUMENTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "wire/payload_source.h"

typedef struct Documents Documents;

/* FILL_COUNTER: the 64-bit big-endian numbers 0, 1, 2 …; FILL_RANDOM: a stream of the run's seed. */
enum document_fill { FILL_COUNTER, FILL_ZERO, FILL_RANDOM };

struct document {
        const char *path; /* "/power-tools.html" */
        const char *content_type;
        uint64_t size;
        PayloadSource *source; /* its bytes, stored once however many streams carry them */
};

Documents *documents_new(void);
void documents_free(Documents *documents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Documents, documents_free)

/* Paths begin with '/'; the same path again replaces. The content type follows from the path's ending. */
void documents_add_bytes(Documents *documents, const char *path, GBytes *bytes);
void documents_add_generated(
        Documents *documents, const char *path, uint64_t size, enum document_fill fill, uint64_t seed);

/* The document for a decoded request path: "/" and a path with a final '/' mean its index.html. NULL: none.
 */
const struct document *documents_find(const Documents *documents, const char *path);

/* Copy up to `size` bytes from `offset` on; returns how many. */
size_t document_read(const struct document *document, uint64_t offset, void *bytes, size_t size);

/* What a rule gives, for programs that have no document. `path`, which is copied, names the random stream. */
PayloadSource *document_source_new(enum document_fill fill, uint64_t seed, const char *path);
/* The same at `offset`, put to `bytes`. */
void document_fill_bytes(enum document_fill fill, uint64_t seed, const char *path, uint64_t offset,
        uint8_t *bytes, size_t size);

#endif
