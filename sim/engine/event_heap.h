/*
 * Events in a heap, for when many are near: four children to a node, which halves the depth of a binary heap and puts
 * their ranks side by side in memory. The array holds the ranks, so that looking for the first event chases no pointer.
 *
 * For event_queue.c alone.
 */
#ifndef INORDER_EVENT_HEAP_H
#define INORDER_EVENT_HEAP_H

#include "engine/event_queue.h"

struct event_entry {
        struct event_rank rank;
        struct event *event;
};

struct event_heap {
        struct event_entry *entries; /* the first is the earliest */
        uint32_t size;
        uint32_t capacity;
};

static inline bool event_rank_before(const struct event_rank *a, const struct event_rank *b)
{
        if (a->time != b->time)
                return a->time < b->time;
        if (a->owner_and_class != b->owner_and_class)
                return a->owner_and_class < b->owner_and_class;
        return a->number < b->number;
}

/* An event's place while it is here is its index plus one. */
void event_heap_add(struct event_heap *heap, struct event *event);
void event_heap_remove_at(struct event_heap *heap, uint32_t index);
void event_heap_clear(struct event_heap *heap);
void event_heap_check(const struct event_heap *heap);

#endif
