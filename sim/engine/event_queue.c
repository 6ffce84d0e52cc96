/*
 * The event queue: the next few events in a row, more of those that are near in a heap, and those that are
 * far off in a wheel.
 *
 * The row is an array in order: of few events, it costs less to move half of them than to keep a heap. When
 * the row is full, its last goes to the heap; when it is empty, the heap's first comes. So all of the row are
 * before all of the heap. A few events are kept there although they are not near, since that costs less than
 * any wheel. When the first of all is not before all of the wheel, a slot of that comes over.
 */
#include "engine/event_queue.h"

#include <string.h>
#include "engine/event_heap.h"
#include "engine/event_wheel.h"

#define ROW_MOST  32
#define FEW       16
#define NEAR      (1 * MILLISECOND)
#define PLACE_FAR UINT32_MAX       /* in the wheel */
#define PLACE_ROW (UINT32_MAX - 1) /* in the row, which is short enough to be searched */

struct row_entry {
        time_ns time; /* of its rank, which tells most apart */
        struct event *event;
};

/* The next stands at the end, where nothing moves when it goes. */
struct event_row {
        uint32_t size;
        struct row_entry entries[ROW_MOST + 1];
};

struct EventQueue {
        time_ns now;
        time_ns row_ends;   /* what is before this is for the row, if that is short: one comparison says so */
        time_ns far_begins; /* none of the wheel's is before this; TIME_NEVER: it is empty */
        bool is_stopped;
        uint64_t events_run;
        struct event_row row;
        struct event_heap heap;
        uint32_t far_size; /* events in the wheel */
        struct event_wheel wheel;
};

static struct event_rank rank_of(const struct event_key *key)
{
        return (struct event_rank){ key->time, (uint64_t)key->owner << 32 | key->class, key->number };
}

/* ---- The row ---- */

static inline struct row_entry *row_next(struct event_row *row)
{
        return &row->entries[row->size - 1];
}

/* Those before it move one place towards the end: the earlier ones, then some of its own time. */
static inline void row_add(struct event_row *row, struct event *event)
{
        const time_ns time = event->rank.time;
        struct row_entry *at = &row->entries[row->size++];
        for (; at > row->entries && at[-1].time < time; at--)
                *at = at[-1];
        for (; at > row->entries && at[-1].time == time &&
                event_rank_before(&at[-1].event->rank, &event->rank);
                at--)
                *at = at[-1];
        *at = (struct row_entry){ time, event };
        event->place = PLACE_ROW;
}

static void row_remove_at(struct event_row *row, uint32_t at)
{
        row->entries[at].event->place = 0;
        row->size--;
        memmove(row->entries + at, row->entries + at + 1, (row->size - at) * sizeof row->entries[0]);
}

/* Mostly a timer, and late. */
static void row_remove(struct event_row *row, const struct event *event)
{
        uint32_t at = 0;
        while (row->entries[at].event != event)
                at++;
        row_remove_at(row, at);
}

/* ---- Near ---- */

static void add_near(EventQueue *queue, struct event *event)
{
        struct event_row *row = &queue->row;
        struct event_heap *heap = &queue->heap;
        if (heap->size > 0 && !event_rank_before(&event->rank, &heap->entries[0].rank)) {
                event_heap_add(heap, event);
                return;
        }
        row_add(row, event);
        if (row->size > ROW_MOST) {
                struct event *last = row->entries[0].event;
                row_remove_at(row, 0);
                event_heap_add(heap, last);
        }
}

/* The heap's first comes into the row, which is empty. */
static void refill_row(EventQueue *queue)
{
        struct event *first = queue->heap.entries[0].event;
        event_heap_remove_at(&queue->heap, 0);
        row_add(&queue->row, first);
}

/* ---- Far ---- */

static void add_far(EventQueue *queue, struct event *event)
{
        if (queue->far_size == 0)
                event_wheel_restart(&queue->wheel, queue->now);
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
        if (--queue->far_size == 0)
                queue->far_begins = TIME_NEVER;
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
        queue->far_begins = queue->far_size > 0 ? event_wheel_first(&queue->wheel) : TIME_NEVER;
}

/* ---- All of them ---- */

/* A short row takes what comes before all of the heap and the wheel. The timers of a connection or two are
 * not to stand in the way there: if the wheel is empty, they go to it. */
static void update_row_ends(EventQueue *queue)
{
        queue->row_ends =
                queue->far_size > 0 ? queue->far_begins : queue->now + MIN(NEAR, TIME_NEVER - queue->now);
        if (queue->heap.size > 0)
                queue->row_ends = MIN(queue->row_ends, queue->heap.entries[0].rank.time);
}

/* Not inlined, so that the short way saves no registers for this one. */
static G_GNUC_NO_INLINE void add_elsewhere(EventQueue *queue, struct event *event)
{
        if (queue->far_size == 0)
                update_row_ends(queue);
        if (event->rank.time < queue->row_ends && queue->row.size < FEW)
                row_add(&queue->row, event);
        else
                add_far(queue, event);
        update_row_ends(queue);
}

static inline bool is_next_far(EventQueue *queue)
{
        return queue->row.size == 0 || row_next(&queue->row)->time >= queue->far_begins;
}

static bool bring_next(EventQueue *queue)
{
        struct event_row *row = &queue->row;
        if (row->size == 0 && queue->heap.size > 0)
                refill_row(queue);
        while (queue->far_size > 0 && is_next_far(queue))
                take_slot(queue);
        update_row_ends(queue);
        return row->size > 0;
}

/* Whether there is an event: the next of all stands in the row then. */
static inline bool has_next(EventQueue *queue)
{
        return !is_next_far(queue) || bring_next(queue);
}

/* ---- Checks ---- */

static void check_row(const EventQueue *queue)
{
        const struct event_row *row = &queue->row;
        for (uint32_t at = 0; at < row->size; at++) {
                g_assert(row->entries[at].event->place == PLACE_ROW);
                g_assert(row->entries[at].time == row->entries[at].event->rank.time);
                g_assert(row->entries[at].time >= queue->now);
                if (at > 0)
                        g_assert(event_rank_before(
                                &row->entries[at].event->rank, &row->entries[at - 1].event->rank));
        }
        if (row->size > 0 && queue->heap.size > 0)
                g_assert(event_rank_before(&row->entries[0].event->rank, &queue->heap.entries[0].rank));
}

/* Equal keys meet when the first of them is run, if they have not before. */
static void check_strict_order(EventQueue *queue, const struct event *taken)
{
        if (queue->row.size > 0)
                g_assert(event_rank_before(&taken->rank, &row_next(&queue->row)->event->rank));
        else if (queue->heap.size > 0)
                g_assert(event_rank_before(&taken->rank, &queue->heap.entries[0].rank));
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
        event_heap_clear(&queue->heap);
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
        if (event_is_queued(event))
                event_queue_cancel(queue, event);
        event->rank = rank_of(key);
        if (key->time < queue->row_ends && queue->row.size < FEW)
                row_add(&queue->row, event);
        else
                add_elsewhere(queue, event);
        if (INORDER_CHECKED && event->place == PLACE_ROW)
                check_row(queue);
}

void event_queue_cancel(EventQueue *queue, struct event *event)
{
        if (event->place == PLACE_FAR)
                remove_far(queue, event);
        else if (event->place == PLACE_ROW)
                row_remove(&queue->row, event);
        else if (event_is_queued(event))
                event_heap_remove_at(&queue->heap, event->place - 1);
}

time_ns event_queue_now(const EventQueue *queue)
{
        return queue->now;
}

time_ns event_queue_next_time(EventQueue *queue)
{
        return has_next(queue) ? row_next(&queue->row)->time : TIME_NEVER;
}

static void run_first(EventQueue *queue)
{
        struct event *event = row_next(&queue->row)->event;
        queue->row.size--;
        event->place = 0;
        if (INORDER_CHECKED)
                check_strict_order(queue, event);
        queue->now = event->rank.time;
        queue->events_run++;
        event->run(event->data);
}

uint64_t event_queue_run_until(EventQueue *queue, time_ns until)
{
        uint64_t run_before = queue->events_run;
        queue->is_stopped = false;
        while (!queue->is_stopped && has_next(queue) && row_next(&queue->row)->time <= until)
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
        check_row(queue);
        event_heap_check(&queue->heap);
        event_wheel_check(&queue->wheel, queue->far_size, queue->far_begins);
}

uint64_t event_number_of_arrival(uint32_t direction, uint64_t ordinal, uint32_t copy)
{
        g_assert(direction < 1u << 20 && ordinal < (uint64_t)1 << 40 && copy < 1u << 4);
        return (uint64_t)direction << 44 | ordinal << 4 | copy;
}
