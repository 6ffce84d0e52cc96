/*
 * The chunks that payload lives in: a free list for each size, and the only function that writes behind a
 * slice.
 */
#include "wire/payload_chunk.h"

#include <string.h>

/* Small chunks keep many small flows cheap; the largest holds any packet's payload in one piece. */
static const uint32_t chunk_capacities[] = { 256, 2048, 8192, PAYLOAD_PAGE_SIZE };

/* A stream that goes on gets larger chunks up to this one; only a single large write gets the largest. */
#define LARGEST_GROWN_CLASS 2

struct PayloadPool {
        struct payload_chunk *free[G_N_ELEMENTS(chunk_capacities)];
        BlockPool *blocks;
        size_t bytes_in_use;
};

static uint32_t smallest_class_for(size_t size)
{
        uint32_t size_class = 0;
        while (size_class + 1 < G_N_ELEMENTS(chunk_capacities) && chunk_capacities[size_class] < size)
                size_class++;
        return size_class;
}

static struct payload_chunk *chunk_allocate(PayloadPool *pool, uint32_t size_class)
{
        uint32_t capacity = chunk_capacities[size_class];
        size_t sums_size = capacity == PAYLOAD_PAGE_SIZE ? PAYLOAD_SUMS * sizeof(struct slice_sum) : 0;
        struct payload_chunk *chunk = block_pool_cut(pool->blocks, sizeof *chunk + capacity + sums_size);
        chunk->sums = sums_size > 0 ? (struct slice_sum *)(void *)(chunk->bytes + capacity) : NULL;
        chunk->pool = pool;
        chunk->size_class = size_class;
        chunk->capacity = capacity;
        return chunk;
}

/* An empty chunk, its one reference the caller's. */
static struct payload_chunk *chunk_take(PayloadPool *pool, uint32_t size_class)
{
        struct payload_chunk *chunk = pool->free[size_class];
        if (chunk != NULL)
                pool->free[size_class] = chunk->next;
        else
                chunk = chunk_allocate(pool, size_class);
        pool->bytes_in_use += chunk_capacities[size_class];
        chunk->references = 1;
        chunk->used = 0;
        chunk->source = NULL;
        return chunk;
}

struct payload_chunk *payload_pool_take_page(PayloadPool *pool)
{
        struct payload_chunk *page = chunk_take(pool, G_N_ELEMENTS(chunk_capacities) - 1);
        memset(page->sums, 0, PAYLOAD_SUMS * sizeof *page->sums);
        return page;
}

/* The bytes behind a slice belong to whoever wrote last. */
static uint32_t room_behind(const struct payload_slice *slice)
{
        const struct payload_chunk *chunk = slice->chunk;
        if (chunk->source != NULL)
                return 0;
        return chunk->used == slice->offset + slice->length ? chunk->capacity - chunk->used : 0;
}

/* The chunk that `size` bytes behind `tail` begin. */
static uint32_t class_for_store(const struct payload_slice *tail, size_t size)
{
        uint32_t size_class = smallest_class_for(size);
        if (size < chunk_capacities[size_class])
                size_class = MIN(size_class, LARGEST_GROWN_CLASS);
        if (tail == NULL)
                return size_class;
        return MAX(size_class, MIN(tail->chunk->size_class + 1, LARGEST_GROWN_CLASS));
}

PayloadPool *payload_pool_new(void)
{
        PayloadPool *pool = g_new0(PayloadPool, 1);
        pool->blocks = block_pool_new();
        return pool;
}

void payload_pool_free(PayloadPool *pool)
{
        if (pool == NULL)
                return;
        g_assert(pool->bytes_in_use == 0);
        block_pool_free(pool->blocks);
        g_free(pool);
}

BlockPool *payload_pool_blocks(const PayloadPool *pool)
{
        return pool->blocks;
}

size_t payload_pool_bytes_in_use(const PayloadPool *pool)
{
        return pool->bytes_in_use;
}

uint64_t payload_pool_allocations(const PayloadPool *pool)
{
        return block_pool_allocations(pool->blocks);
}

static void write_behind(struct payload_slice *slice, const void *bytes, uint32_t size)
{
        memcpy(slice->chunk->bytes + slice->chunk->used, bytes, size);
        slice->chunk->used += size;
        slice->length += size;
        if (INORDER_CHECKED)
                payload_slice_check(slice);
}

size_t payload_pool_store(PayloadPool *pool, struct payload_slice *tail, struct payload_slice *fresh,
        const void *bytes, size_t size)
{
        g_assert(size > 0);
        struct payload_slice *target = tail;
        if (tail == NULL || room_behind(tail) == 0) {
                *fresh = (struct payload_slice){ .chunk = chunk_take(pool, class_for_store(tail, size)) };
                target = fresh;
        }
        uint32_t stored = (uint32_t)MIN(size, room_behind(target));
        write_behind(target, bytes, stored);
        return stored;
}

const uint8_t *payload_slice_bytes(const struct payload_slice *slice)
{
        return slice->chunk->bytes + slice->offset;
}

void payload_slice_ref(const struct payload_slice *slice)
{
        payload_chunk_ref(slice->chunk);
}

void payload_slice_unref(const struct payload_slice *slice)
{
        payload_chunk_unref(slice->chunk);
}

void payload_chunk_recycle(struct payload_chunk *chunk)
{
        PayloadPool *pool = chunk->pool;
        if (chunk->source != NULL)
                payload_source_forget(chunk);
        pool->bytes_in_use -= chunk->capacity;
        chunk->next = pool->free[chunk->size_class];
        pool->free[chunk->size_class] = chunk;
}

struct payload_slice payload_pool_reserve(PayloadPool *pool, uint32_t size)
{
        struct payload_chunk *chunk = chunk_take(pool, smallest_class_for(size));
        g_assert(size > 0 && size <= chunk->capacity);
        chunk->used = size;
        return (struct payload_slice){ chunk, 0, size };
}

void payload_slice_check(const struct payload_slice *slice)
{
        const struct payload_chunk *chunk = slice->chunk;
        g_assert(slice->length > 0 && chunk->references > 0 && chunk->used <= chunk->capacity);
        g_assert(slice->offset <= chunk->used && slice->length <= chunk->used - slice->offset);
}
