/*
 * Bytes that are made by a rule, or lie in memory already, for any number of streams that carry them: stored
 * once, in pages that live as long as any payload refers to them, and made again when needed later.
 *
 * Pages come from one world's pool, as all payload.
 */
#ifndef INORDER_PAYLOAD_SOURCE_H
#define INORDER_PAYLOAD_SOURCE_H

#include "wire/payload.h"

typedef struct PayloadSource PayloadSource;

/* Write the `size` bytes at `offset`: always the same ones. */
typedef void (*payload_source_fill)(const void *data, uint64_t offset, uint8_t *bytes, size_t size);

/* Whether these are the `size` bytes at `offset`. */
typedef bool (*payload_source_match)(const void *data, uint64_t offset, const uint8_t *bytes, size_t size);

/* `free_data` may be NULL. The one reference is the caller's. */
PayloadSource *payload_source_new(payload_source_fill fill, void *data, GDestroyNotify free_data);
/* For whom to compare costs less than to make and compare. NULL: it does not. */
void payload_source_set_match(PayloadSource *source, payload_source_match match);
PayloadSource *payload_source_ref(PayloadSource *source);
/* Of NULL, nothing. Pages have no reference, and stay for those who refer to them. */
void payload_source_unref(PayloadSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PayloadSource, payload_source_unref)

/* As many of the `size` bytes (more than 0) at `offset` as lie in one page; the reference is the caller's. */
struct payload_slice payload_source_cut(PayloadSource *source, PayloadPool *pool, uint64_t offset, uint64_t size);

/* The bytes, made anew whatever the pages hold. */
void payload_source_make(const PayloadSource *source, uint64_t offset, uint8_t *bytes, size_t size);
/* Whether these are the bytes, whatever the pages hold. */
bool payload_source_matches(const PayloadSource *source, uint64_t offset, const uint8_t *bytes, size_t size);

#endif
