/*
 * Chunks as payload.c and payload_pool.c see them; everyone else has slices.
 */
#ifndef INORDER_PAYLOAD_CHUNK_H
#define INORDER_PAYLOAD_CHUNK_H

#include "wire/payload.h"

struct payload_chunk {
        PayloadPool *pool;
        struct payload_chunk *next_free;
        uint32_t references;
        uint32_t used; /* bytes written; they never change again */
        uint32_t capacity;
        uint32_t size_class;
        uint8_t bytes[];
};

/* Back into its pool's free list, when nobody refers to it any more. */
void payload_chunk_recycle(struct payload_chunk *chunk);

static inline void payload_chunk_ref(struct payload_chunk *chunk)
{
        g_assert(chunk->references > 0);
        chunk->references++;
}

static inline void payload_chunk_unref(struct payload_chunk *chunk)
{
        g_assert(chunk->references > 0);
        if (--chunk->references == 0)
                payload_chunk_recycle(chunk);
}

/* A slice of `size` bytes at the front of a chunk of its own, not written yet. */
struct payload_slice payload_pool_reserve(PayloadPool *pool, uint32_t size);

void payload_slice_check(const struct payload_slice *slice);

#endif
