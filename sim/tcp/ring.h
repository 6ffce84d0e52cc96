/*
 * Growing rings of equal items: what the send queue, the scoreboard and the receiver's store are kept in.
 *
 * Taking from the front and adding at the end cost one step; opening or closing a place in the middle moves
 * the items before it or those behind it, whichever are fewer. The owner keeps the count of items, and asks
 * with constant item sizes, so that all of this is compiled to plain moves.
 */
#ifndef INORDER_RING_H
#define INORDER_RING_H

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define RING_CAPACITY_MIN 16

struct ring {
        void *items;
        uint32_t capacity; /* places, a power of two; 0: no array yet */
        uint32_t first;    /* place of item 0 */
};

static inline void *ring_at(const struct ring *ring, size_t item_size, uint32_t index)
{
        return (char *)ring->items + ((ring->first + index) & (ring->capacity - 1)) * item_size;
}

/* Make sure of room for one item more than `count`. Growing keeps `first`: what had gone around the end moves
 * behind it. */
static inline void ring_reserve(struct ring *ring, size_t item_size, uint32_t count)
{
        if (count < ring->capacity)
                return;
        uint32_t capacity = MAX(2 * ring->capacity, RING_CAPACITY_MIN);
        ring->items = g_realloc_n(ring->items, capacity, item_size);
        memcpy((char *)ring->items + ring->capacity * item_size, ring->items, ring->first * item_size);
        ring->capacity = capacity;
}

static inline void ring_drop_front(struct ring *ring, uint32_t items)
{
        ring->first = (ring->first + items) & (ring->capacity - 1);
}

static inline void ring_move(struct ring *ring, size_t item_size, uint32_t to, uint32_t from)
{
        memcpy(ring_at(ring, item_size, to), ring_at(ring, item_size, from), item_size);
}

/* Make room for an item at `index`, which is uninitialised then; there are `count` items before and one more
 * after. */
static inline void *ring_open(struct ring *ring, size_t item_size, uint32_t count, uint32_t index)
{
        g_assert(index <= count);
        ring_reserve(ring, item_size, count);
        if (index >= count - index) {
                for (uint32_t i = count; i > index; i--)
                        ring_move(ring, item_size, i, i - 1);
        } else {
                ring->first = (ring->first - 1) & (ring->capacity - 1);
                for (uint32_t i = 0; i < index; i++)
                        ring_move(ring, item_size, i, i + 1);
        }
        return ring_at(ring, item_size, index);
}

/* Take the item at `index` out; there are `count` items before and one fewer after. */
static inline void ring_close(struct ring *ring, size_t item_size, uint32_t count, uint32_t index)
{
        g_assert(index < count);
        if (index >= count - index) {
                for (uint32_t i = index; i + 1 < count; i++)
                        ring_move(ring, item_size, i, i + 1);
        } else {
                for (uint32_t i = index; i > 0; i--)
                        ring_move(ring, item_size, i, i - 1);
                ring_drop_front(ring, 1);
        }
}

/* Give the array back; an empty ring is left. */
static inline void ring_clear(struct ring *ring)
{
        g_free(ring->items);
        *ring = (struct ring){ 0 };
}

#endif
