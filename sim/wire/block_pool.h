/*
 * Memory for what comes and goes: blocks that were given back are taken again, whoever had them.
 *
 * A world's connections, sockets, processes and their rings live in blocks of its one pool, so that windows which grow
 * take what others no longer need, and a run that has seen its usual load asks malloc no more.
 */
#ifndef INORDER_BLOCK_POOL_H
#define INORDER_BLOCK_POOL_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

typedef struct BlockPool BlockPool;

BlockPool *block_pool_new(void);
/* Every block must be back: a missing one is our own leak and is asserted. */
void block_pool_free(BlockPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlockPool, block_pool_free)

/* `size` bytes, at least 1, whose contents are nothing one may read; or all zero. They begin with a line of the cache. */
void *block_pool_take(BlockPool *pool, size_t size);
void *block_pool_take_zeroed(BlockPool *pool, size_t size);
/* NULL is accepted. `size` as it was taken. */
void block_pool_give_back(BlockPool *pool, void *block, size_t size);

/* The same for what stays as long as the pool. */
void *block_pool_cut(BlockPool *pool, size_t size);

/* For tests and benchmarks: bytes of blocks in use, and calls of malloc so far. */
size_t block_pool_bytes_in_use(const BlockPool *pool);
uint64_t block_pool_allocations(const BlockPool *pool);

#endif
