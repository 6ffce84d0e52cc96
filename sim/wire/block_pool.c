/*
 * Blocks cut from slabs, and a free list for each size.
 *
 * Sizes are whole lines of the cache, and above 4 KiB four an octave, so that at most a fifth of a block is
 * unused. A slab is as large as all before it together, up to 64 MiB: few calls of malloc however much is
 * needed (W3: 229,037 before, 57 now), and what is not cut yet is not touched, nor is what is left of a slab
 * that was too small. AddressSanitizer is told of what is free.
 */
#include "wire/block_pool.h"

#include <string.h>

#include "wire/address_sanitizer.h"

#define LINE         64
#define FINE_SIZES   64 /* one for each number of lines */
#define LARGE_SIZES  (4 * 28)
#define FIRST_SLAB   4096
#define LARGEST_SLAB ((size_t)64 << 20)

struct free_block {
        struct free_block *next;
};

struct BlockPool {
        struct free_block *free[FINE_SIZES + LARGE_SIZES];
        uint64_t has_free; /* a bit for each of the fine sizes */
        char *rest;        /* of the last slab: not cut yet */
        size_t rest_size;
        size_t slab_bytes;
        size_t bytes_in_use;
        GPtrArray *slabs;
};

/* The smallest block of at least `size` bytes, by its number. */
static unsigned size_class(size_t size)
{
        size_t lines = (size + LINE - 1) / LINE;
        if (lines <= FINE_SIZES)
                return (unsigned)lines - 1;
        size_t quarters = (lines - 1) / (FINE_SIZES / 4); /* 4 … 7 in the first octave, then 8 … 15 */
        unsigned octave = (unsigned)g_bit_storage(quarters) - 3;
        return FINE_SIZES - 4 + 4 * octave + (unsigned)(quarters >> octave);
}

static size_t class_size(unsigned class)
{
        if (class < FINE_SIZES)
                return (class + 1) * LINE;
        unsigned step = class - FINE_SIZES + 1;
        return (size_t)(4 + step % 4) * (FINE_SIZES / 4) * LINE << step / 4;
}

static void keep_block(BlockPool *pool, void *block, unsigned class)
{
        struct free_block *free_block = block;
        free_block->next = pool->free[class];
        pool->free[class] = free_block;
        if (class < FINE_SIZES)
                pool->has_free |= UINT64_C(1) << class;
        ASAN_POISON_MEMORY_REGION(block, class_size(class));
}

/* NULL: none of that size is free. */
static void *find_block(BlockPool *pool, unsigned class)
{
        struct free_block *block = pool->free[class];
        if (block == NULL)
                return NULL;
        ASAN_UNPOISON_MEMORY_REGION(block, class_size(class));
        pool->free[class] = block->next;
        if (block->next == NULL && class < FINE_SIZES)
                pool->has_free &= ~(UINT64_C(1) << class);
        return block;
}

/* The smallest free block that is larger gives its front. What it leaves is never joined again, but no size
 * is asked for more often than at its own worst time: the pool does not grow for ever. */
static void *split_block(BlockPool *pool, unsigned class)
{
        uint64_t larger = class < FINE_SIZES ? pool->has_free >> class << class : 0;
        if (larger == 0)
                return NULL;
        unsigned found = (unsigned)__builtin_ctzll(larger);
        char *block = find_block(pool, found);
        keep_block(pool, block + class_size(class), found - class - 1);
        return block;
}

static char *cut(BlockPool *pool, size_t size)
{
        char *block = pool->rest;
        ASAN_UNPOISON_MEMORY_REGION(block, size);
        pool->rest += size;
        pool->rest_size -= size;
        return block;
}

static void add_slab(BlockPool *pool, size_t least)
{
        size_t size = MAX(CLAMP(pool->slab_bytes, FIRST_SLAB, LARGEST_SLAB), least);
        pool->rest = g_aligned_alloc(1, size, LINE);
        pool->rest_size = size;
        pool->slab_bytes += size;
        g_ptr_array_add(pool->slabs, pool->rest);
        ASAN_POISON_MEMORY_REGION(pool->rest, size);
}

BlockPool *block_pool_new(void)
{
        BlockPool *pool = g_new0(BlockPool, 1);
        pool->slabs = g_ptr_array_new_with_free_func(g_aligned_free);
        return pool;
}

void block_pool_free(BlockPool *pool)
{
        if (pool == NULL)
                return;
        g_assert(pool->bytes_in_use == 0);
        g_ptr_array_unref(pool->slabs);
        g_free(pool);
}

void *block_pool_cut(BlockPool *pool, size_t size)
{
        size_t whole = (size + LINE - 1) / LINE * LINE;
        if (whole > pool->rest_size)
                add_slab(pool, whole);
        return cut(pool, whole);
}

void *block_pool_take(BlockPool *pool, size_t size)
{
        g_assert(size > 0);
        unsigned class = size_class(size);
        pool->bytes_in_use += class_size(class);
        void *block = find_block(pool, class);
        if (block == NULL)
                block = split_block(pool, class);
        return block != NULL ? block : block_pool_cut(pool, class_size(class));
}

void *block_pool_take_zeroed(BlockPool *pool, size_t size)
{
        return memset(block_pool_take(pool, size), 0, size);
}

void block_pool_give_back(BlockPool *pool, void *block, size_t size)
{
        if (block == NULL)
                return;
        unsigned class = size_class(size);
        g_assert(class_size(class) <= pool->bytes_in_use);
        pool->bytes_in_use -= class_size(class);
        keep_block(pool, block, class);
}

size_t block_pool_bytes_in_use(const BlockPool *pool)
{
        return pool->bytes_in_use;
}

uint64_t block_pool_allocations(const BlockPool *pool)
{
        return pool->slabs->len;
}
