/*
 * Chunks as payload.c and payload_pool.c see them; everyone else has slices.
 */
#ifndef INORDER_PAYLOAD_CHUNK_H
#define INORDER_PAYLOAD_CHUNK_H

#include "wire/payload_source.h"

#define PAYLOAD_PAGE_SIZE 65536u /* the largest chunk */

/* Streams that carry the same page are mostly cut alike: the sum of a cut is kept where it was last made. */
#define PAYLOAD_SUMS          64
#define PAYLOAD_BYTES_PER_SUM (PAYLOAD_PAGE_SIZE / PAYLOAD_SUMS)

struct slice_sum {
        uint16_t offset;
        uint16_t length; /* 0: none is kept here */
        uint16_t sum;
};

struct payload_chunk {
        PayloadPool *pool;
        struct payload_chunk *next; /* of those that are free, or of a source's pages */
        PayloadSource *source;      /* whose page it is: nobody else writes into it; NULL: nobody's */
        uint64_t page;              /* its number there */
        struct slice_sum *sums;     /* of a page's slices, PAYLOAD_SUMS of them; NULL: no page's memory */
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

/* An empty chunk of PAYLOAD_PAGE_SIZE, its one reference the caller's. */
struct payload_chunk *payload_pool_take_page(PayloadPool *pool);
/* The source's page goes. */
void payload_source_forget(struct payload_chunk *page);

/* A slice of `size` bytes at the front of a chunk of its own, not written yet. */
struct payload_slice payload_pool_reserve(PayloadPool *pool, uint32_t size);

void payload_slice_check(const struct payload_slice *slice);

#endif
