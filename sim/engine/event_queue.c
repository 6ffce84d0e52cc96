/*
 * The event queue: those that are near in a heap, those that are far off in a wheel.
 *
 * The heap's array holds the ranks, so that finding the next event chases no pointer. Four children to a node
 * halve the depth of a binary heap, and their ranks lie side by side in memory. Each event knows its place in
 * the array, so that it can be moved or taken out. A few events are kept there however far off they are,
 * since a small heap costs less than any wheel. When the first of the heap is not before all of the wheel, a
 * slot of that comes over.
 */
#include "engine/event_queue.h"

#include "engine/event_wheel.h"

#define CHILDREN       4
#define FIRST_CAPACITY 64
#define FEW            16
#define PLACE_FAR      UINT32_MAX /* in the wheel */

struct entry {
        struct event_rank rank;
        struct event *event;
};

struct EventQueue {
        struct entry *entries;
        uint32_t size;
        uint32_t capacity;
        uint32_t far_size;  /* events in the wheel */
        time_ns far_begins; /* none of them is before this */
        bool is_stopped;
        time_ns now;
        uint64_t events_run;
        struct event_wheel wheel;
};

static struct event_rank rank_of(const struct event_key *key)
{
        return (struct event_rank){ key->time, (uint64_t)key->owner << 32 | key->class, key->number };
}

static inline bool rank_before(const struct event_rank *a, const struct event_rank *b)
{
        if (a->time != b->time)
                return a->time < b->time;
        if (a->owner_and_class != b->owner_and_class)
                return a->owner_and_class < b->owner_and_class;
        return a->number < b->number;
}

static inline uint32_t parent_of(uint32_t index)
{
        return (index - 1) / CHILDREN;
}

static inline void put_entry(EventQueue *queue, uint32_t index, const struct entry *entry)
{
        queue->entries[index] = *entry;
        entry->event->place = index + 1;
}

/* Put `entry` at the gap `index` or, while it comes before the parent, further up. */
static void sift_up(EventQueue *queue, uint32_t index, const struct entry *entry)
{
        while (index > 0) {
                uint32_t parent = parent_of(index);
                if (!rank_before(&entry->rank, &queue->entries[parent].rank))
                        break;
                put_entry(queue, index, &queue->entries[parent]);
                index = parent;
        }
        put_entry(queue, index, entry);
}

static uint32_t earliest_child(const EventQueue *queue, uint32_t first)
{
        uint32_t end = MIN(first + CHILDREN, queue->size);
        uint32_t earliest = first;
        for (uint32_t child = first + 1; child < end; child++) {
                if (rank_before(&queue->entries[child].rank, &queue->entries[earliest].rank))
                        earliest = child;
        }
        return earliest;
}

/* Put `entry` at the gap `index` or, while a child comes before it, further down. */
static void sift_down(EventQueue *queue, uint32_t index, const struct entry *entry)
{
        for (;;) {
                uint32_t first = index * CHILDREN + 1;
                if (first >= queue->size)
                        break;
                uint32_t child = earliest_child(queue, first);
                if (!rank_before(&queue->entries[child].rank, &entry->rank))
                        break;
                put_entry(queue, index, &queue->entries[child]);
                index = child;
        }
        put_entry(queue, index, entry);
}

/* Put `entry` at the gap `index`, or where it belongs above or below. */
static void fill_gap(EventQueue *queue, uint32_t index, const struct entry *entry)
{
        if (index > 0 && rank_before(&entry->rank, &queue->entries[parent_of(index)].rank))
                sift_up(queue, index, entry);
        else
                sift_down(queue, index, entry);
}

static void grow(EventQueue *queue)
{
        queue->capacity = queue->capacity > 0 ? queue->capacity * 2 : FIRST_CAPACITY;
        queue->entries = g_renew(struct entry, queue->entries, queue->capacity);
}

static void add_near(EventQueue *queue, struct event *event)
{
        const struct entry entry = { event->rank, event };
        if (queue->size == queue->capacity)
                grow(queue);
        sift_up(queue, queue->size++, &entry);
}

static void remove_at(EventQueue *queue, uint32_t index)
{
        queue->entries[index].event->place = 0;
        queue->size--;
        if (index == queue->size)
                return;
        struct entry last = queue->entries[queue->size];
        fill_gap(queue, index, &last);
}

/* ---- Far and near ---- */

static void add_far(EventQueue *queue, struct event *event)
{
        if (queue->far_size == 0) {
                event_wheel_restart(&queue->wheel, queue->now);
                queue->far_begins = TIME_NEVER;
        }
        if (event_wheel_is_near(&queue->wheel, event->rank.time)) {
                add_near(queue, event);
                return;
        }
        queue->far_size++;
        event->place = PLACE_FAR;
        time_ns slot_begins = event_wheel_add(&queue->wheel, event);
        queue->far_begins = MIN(queue->far_begins, slot_begins);
}

static void remove_far(EventQueue *queue, struct event *event)
{
        event_wheel_remove(event);
        event->place = 0;
        queue->far_size--;
}

static void take_slot(EventQueue *queue)
{
        struct event *event = event_wheel_take(&queue->wheel);
        while (event != NULL) {
                struct event *next = event->next;
                queue->far_size--;
                add_near(queue, event);
                event = next;
        }
        queue->far_begins = event_wheel_first(&queue->wheel);
}

/* Whether there is an event: the first of all is the heap's first then. */
static inline bool has_next(EventQueue *queue)
{
        while (queue->far_size > 0 && (queue->size == 0 || queue->entries[0].rank.time >= queue->far_begins))
                take_slot(queue);
        return queue->size > 0;
}

/* ---- Checks ---- */

static void check_entry(const EventQueue *queue, uint32_t index)
{
        const struct entry *entry = &queue->entries[index];
        g_assert(entry->event->place == index + 1);
        g_assert(entry->rank.time >= queue->now);
        if (index > 0)
                g_assert(rank_before(&queue->entries[parent_of(index)].rank, &entry->rank));
}

/* Equal keys that are not one another's parent meet when the first of them is run. */
static void check_strict_order(const EventQueue *queue, const struct event_rank *taken)
{
        if (queue->size > 0)
                g_assert(rank_before(taken, &queue->entries[0].rank));
}

EventQueue *event_queue_new(void)
{
        EventQueue *queue = g_new0(EventQueue, 1);
        queue->far_begins = TIME_NEVER;
        return queue;
}

void event_queue_free(EventQueue *queue)
{
        if (queue == NULL)
                return;
        g_free(queue->entries);
        g_free(queue);
}

void event_init(struct event *event, void (*run)(void *data), void *data)
{
        *event = (struct event){ .run = run, .data = data };
}

bool event_is_queued(const struct event *event)
{
        return event->place != 0;
}

void event_queue_set(EventQueue *queue, struct event *event, const struct event_key *key)
{
        g_assert(key->time >= queue->now);
        if (event->place == PLACE_FAR)
                remove_far(queue, event);
        event->rank = rank_of(key);
        if (event_is_queued(event)) {
                const struct entry entry = { event->rank, event };
                fill_gap(queue, event->place - 1, &entry);
        } else if (queue->far_size == 0 && queue->size < FEW) {
                add_near(queue, event);
        } else {
                add_far(queue, event);
        }
        if (INORDER_CHECKED && event->place != PLACE_FAR)
                check_entry(queue, event->place - 1);
}

void event_queue_cancel(EventQueue *queue, struct event *event)
{
        if (event->place == PLACE_FAR)
                remove_far(queue, event);
        else if (event_is_queued(event))
                remove_at(queue, event->place - 1);
}

time_ns event_queue_now(const EventQueue *queue)
{
        return queue->now;
}

time_ns event_queue_next_time(EventQueue *queue)
{
        return has_next(queue) ? queue->entries[0].rank.time : TIME_NEVER;
}

static void run_first(EventQueue *queue)
{
        struct entry first = queue->entries[0];
        remove_at(queue, 0);
        if (INORDER_CHECKED)
                check_strict_order(queue, &first.rank);
        queue->now = first.rank.time;
        queue->events_run++;
        first.event->run(first.event->data);
}

uint64_t event_queue_run_until(EventQueue *queue, time_ns until)
{
        uint64_t run_before = queue->events_run;
        queue->is_stopped = false;
        while (!queue->is_stopped && has_next(queue) && queue->entries[0].rank.time <= until)
                run_first(queue);
        return queue->events_run - run_before;
}

void event_queue_stop(EventQueue *queue)
{
        queue->is_stopped = true;
}

uint64_t event_queue_events_run(const EventQueue *queue)
{
        return queue->events_run;
}

void event_queue_check(const EventQueue *queue)
{
        g_assert(queue->size <= queue->capacity);
        for (uint32_t index = 0; index < queue->size; index++)
                check_entry(queue, index);
        g_assert(queue->far_size == 0 || queue->far_begins <= event_wheel_first(&queue->wheel));
}

uint64_t event_number_of_arrival(uint32_t direction, uint64_t ordinal, uint32_t copy)
{
        g_assert(direction < 1u << 20 && ordinal < (uint64_t)1 << 40 && copy < 1u << 4);
        return (uint64_t)direction << 44 | ordinal << 4 | copy;
}
