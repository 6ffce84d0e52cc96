/*
 * Growing rings of equal items: what the send queue, the scoreboard and the receiver's store are kept in.
 *
 * Taking from the front and adding at the end cost one step; opening or closing a place in the middle moves
 * the items before it or those behind it, whichever are fewer. The owner keeps the count of items, and asks
 * with constant item sizes, so that all of this is compiled to plain moves. Their memory is a block of a pool,
 * which has it back when the ring has grown out of it, or is empty and was large.
 */
#ifndef INORDER_RING_H
#define INORDER_RING_H

#include <stdbool.h>
#include <string.h>
#include "wire/block_pool.h"

#define RING_CAPACITY_MIN 8

struct ring {
        void *items;
        uint32_t capacity; /* places, a power of two; 0: no array yet */
        uint32_t first;    /* place of item 0 */
};

static inline void *ring_at(const struct ring *ring, size_t item_size, uint32_t index)
{
        return (char *)ring->items + ((ring->first + index) & (ring->capacity - 1)) * item_size;
}

/* Of a full ring. `first` stays: what had gone around the end moves behind it. */
void ring_grow(struct ring *ring, BlockPool *pool, size_t item_size);

/* Make sure of room for one item more than `count`. */
static inline void ring_reserve(struct ring *ring, BlockPool *pool, size_t item_size, uint32_t count)
{
        if (count == ring->capacity)
                ring_grow(ring, pool, item_size);
}

static inline void ring_drop_front(struct ring *ring, uint32_t items)
{
        ring->first = (ring->first + items) & (ring->capacity - 1);
}

/* Whether the items from `index` on stand in one piece, `count` of them. */
static inline bool ring_is_straight(const struct ring *ring, uint32_t index, uint32_t count)
{
        return ((ring->first + index) & (ring->capacity - 1)) + count <= ring->capacity;
}

static inline void ring_move_item(struct ring *ring, size_t item_size, uint32_t to, uint32_t from)
{
        memcpy(ring_at(ring, item_size, to), ring_at(ring, item_size, from), item_size);
}

/* The `count` items from `index` on move one place back, or forward. */
static inline void ring_move_back(struct ring *ring, size_t item_size, uint32_t index, uint32_t count)
{
        if (ring_is_straight(ring, index, count + 1)) {
                char *items = ring_at(ring, item_size, index);
                memmove(items + item_size, items, count * item_size);
                return;
        }
        for (uint32_t i = index + count; i > index; i--)
                ring_move_item(ring, item_size, i, i - 1);
}

static inline void ring_move_forward(struct ring *ring, size_t item_size, uint32_t index, uint32_t count)
{
        if (ring_is_straight(ring, index - 1, count + 1)) {
                char *items = ring_at(ring, item_size, index);
                memmove(items - item_size, items, count * item_size);
                return;
        }
        for (uint32_t i = index; i < index + count; i++)
                ring_move_item(ring, item_size, i - 1, i);
}

/* Make room for an item at `index`, which is uninitialised then; there are `count` items before and one more
 * after. */
static inline void *ring_open(
        struct ring *ring, BlockPool *pool, size_t item_size, uint32_t count, uint32_t index)
{
        g_assert(index <= count);
        ring_reserve(ring, pool, item_size, count);
        if (index >= count - index) {
                ring_move_back(ring, item_size, index, count - index);
        } else {
                ring->first = (ring->first - 1) & (ring->capacity - 1);
                ring_move_forward(ring, item_size, 1, index);
        }
        return ring_at(ring, item_size, index);
}

/* Take the item at `index` out; there are `count` items before and one fewer after. */
static inline void ring_close(struct ring *ring, size_t item_size, uint32_t count, uint32_t index)
{
        g_assert(index < count);
        if (index >= count - index) {
                ring_move_forward(ring, item_size, index + 1, count - index - 1);
        } else {
                ring_move_back(ring, item_size, 0, index);
                ring_drop_front(ring, 1);
        }
}

/* Give the memory back; an empty ring is left. */
static inline void ring_clear(struct ring *ring, BlockPool *pool, size_t item_size)
{
        block_pool_give_back(pool, ring->items, ring->capacity * item_size);
        *ring = (struct ring){ 0 };
}

/* It is empty: memory that is more than the least goes back. */
static inline void ring_rest(struct ring *ring, BlockPool *pool, size_t item_size)
{
        if (ring->capacity > RING_CAPACITY_MIN)
                ring_clear(ring, pool, item_size);
}

#endif
