/*
 * What rings do seldom.
 */
#include "tcp/ring.h"

void ring_grow(struct ring *ring, BlockPool *pool, size_t item_size)
{
        uint32_t capacity = MAX(2 * ring->capacity, RING_CAPACITY_MIN);
        size_t size = ring->capacity * item_size;
        char *items = block_pool_take(pool, capacity * item_size);
        if (size > 0) {
                memcpy(items, ring->items, size);
                memcpy(items + size, ring->items, ring->first * item_size);
        }
        block_pool_give_back(pool, ring->items, size);
        ring->items = items;
        ring->capacity = capacity;
}
