/*
 * A heap of events in an array. Each event knows its place there, so that it can be taken out.
 */
#include "engine/event_heap.h"

#define CHILDREN       4
#define FIRST_CAPACITY 64

static inline uint32_t parent_of(uint32_t index)
{
        return (index - 1) / CHILDREN;
}

static inline bool is_before(const struct event_heap *heap, uint32_t a, uint32_t b)
{
        return event_rank_before(&heap->entries[a].rank, &heap->entries[b].rank);
}

static inline void put_entry(struct event_heap *heap, uint32_t index, const struct event_entry *entry)
{
        heap->entries[index] = *entry;
        entry->event->place = index + 1;
}

/* Put `entry` at the gap `index` or, while it comes before the parent, further up. */
static void sift_up(struct event_heap *heap, uint32_t index, const struct event_entry *entry)
{
        while (index > 0) {
                uint32_t parent = parent_of(index);
                if (!event_rank_before(&entry->rank, &heap->entries[parent].rank))
                        break;
                put_entry(heap, index, &heap->entries[parent]);
                index = parent;
        }
        put_entry(heap, index, entry);
}

static uint32_t earliest_child(const struct event_heap *heap, uint32_t first)
{
        uint32_t end = MIN(first + CHILDREN, heap->size);
        uint32_t earliest = first;
        for (uint32_t child = first + 1; child < end; child++) {
                if (is_before(heap, child, earliest))
                        earliest = child;
        }
        return earliest;
}

/* Put `entry` at the gap `index` or, while a child comes before it, further down. */
static void sift_down(struct event_heap *heap, uint32_t index, const struct event_entry *entry)
{
        for (;;) {
                uint32_t first = index * CHILDREN + 1;
                if (first >= heap->size)
                        break;
                uint32_t child = earliest_child(heap, first);
                if (!event_rank_before(&heap->entries[child].rank, &entry->rank))
                        break;
                put_entry(heap, index, &heap->entries[child]);
                index = child;
        }
        put_entry(heap, index, entry);
}

static void grow(struct event_heap *heap)
{
        heap->capacity = heap->capacity > 0 ? heap->capacity * 2 : FIRST_CAPACITY;
        heap->entries = g_renew(struct event_entry, heap->entries, heap->capacity);
}

void event_heap_add(struct event_heap *heap, struct event *event)
{
        const struct event_entry entry = { event->rank, event };
        if (heap->size == heap->capacity)
                grow(heap);
        sift_up(heap, heap->size++, &entry);
}

/* The last entry fills the gap, or belongs above or below it. */
void event_heap_remove_at(struct event_heap *heap, uint32_t index)
{
        heap->entries[index].event->place = 0;
        heap->size--;
        if (index == heap->size)
                return;
        struct event_entry last = heap->entries[heap->size];
        if (index > 0 && event_rank_before(&last.rank, &heap->entries[parent_of(index)].rank))
                sift_up(heap, index, &last);
        else
                sift_down(heap, index, &last);
}

void event_heap_clear(struct event_heap *heap)
{
        g_free(heap->entries);
        *heap = (struct event_heap){ 0 };
}

void event_heap_check(const struct event_heap *heap)
{
        g_assert(heap->size <= heap->capacity);
        for (uint32_t index = 0; index < heap->size; index++) {
                g_assert(heap->entries[index].event->place == index + 1);
                g_assert(index == 0 || is_before(heap, parent_of(index), index));
        }
}
