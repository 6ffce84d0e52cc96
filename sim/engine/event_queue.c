/*
 * The event queue: the next few events in a row, more of those that are near in a heap, and those that are
 * far off in a wheel.
 *
 * The row is an array in order: of few events, it costs less to move half of them than to keep a heap (W1:
 * 1,160 instructions a segment became 820). When the row is full, its last goes to the heap; when it
 * is empty, the heap's first comes. So all of the row are before all of the heap. A few events are kept there
 * although they are not near, since that costs less than any wheel. When the first of all is not before all
 * of the wheel, a slot of that comes over.
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

/* Those that have been run leave room in front, which is won back when there is none behind. */
struct event_row {
        struct row_entry entries[2 * ROW_MOST];
        uint32_t first;
        uint32_t end;
};

struct EventQueue {
        struct event_row row;
        struct event_heap heap;
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

/* ---- The row ---- */

static uint32_t row_size(const struct event_row *row)
{
        return row->end - row->first;
}

static inline bool is_before(const struct row_entry *a, const struct row_entry *b)
{
        return a->time != b->time ? a->time < b->time : event_rank_before(&a->event->rank, &b->event->rank);
}

static void win_back_room(struct event_row *row)
{
        memmove(row->entries, row->entries + row->first, row_size(row) * sizeof row->entries[0]);
        row->end -= row->first;
        row->first = 0;
}

/* Those before it move one place forward. */
static uint32_t make_room_in_front(struct event_row *row, const struct row_entry *entry)
{
        uint32_t at = --row->first;
        for (; at + 1 < row->end && is_before(&row->entries[at + 1], entry); at++)
                row->entries[at] = row->entries[at + 1];
        return at;
}

/* Those behind it move one place back. */
static uint32_t make_room_behind(struct event_row *row, const struct row_entry *entry)
{
        if (row->end == G_N_ELEMENTS(row->entries))
                win_back_room(row);
        uint32_t at = row->end++;
        for (; at > row->first && is_before(entry, &row->entries[at - 1]); at--)
                row->entries[at] = row->entries[at - 1];
        return at;
}

static void row_add(struct event_row *row, struct event *event)
{
        const struct row_entry entry = { event->rank.time, event };
        const struct row_entry *middle = &row->entries[(row->first + row->end) / 2];
        bool is_first_half = row->first > 0 && row->first < row->end && is_before(&entry, middle);
        uint32_t at = is_first_half ? make_room_in_front(row, &entry) : make_room_behind(row, &entry);
        row->entries[at] = entry;
        event->place = PLACE_ROW;
}

static void row_remove(struct event_row *row, struct event *event)
{
        uint32_t at = row->first;
        while (row->entries[at].event != event)
                at++;
        event->place = 0;
        row->end--;
        for (; at < row->end; at++)
                row->entries[at] = row->entries[at + 1];
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
        if (row_size(row) > ROW_MOST)
                event_heap_add(heap, row->entries[--row->end].event);
}

static bool has_near(const EventQueue *queue)
{
        return row_size(&queue->row) > 0 || queue->heap.size > 0;
}

/* The first of all that are near; there is one. */
static inline struct row_entry *first_near(EventQueue *queue)
{
        struct event_row *row = &queue->row;
        if (row_size(row) == 0) {
                struct event *first = queue->heap.entries[0].event;
                event_heap_remove_at(&queue->heap, 0);
                row_add(row, first);
        }
        return &row->entries[row->first];
}

/* ---- Far ---- */

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

/* A short row takes what comes before all of the wheel; the timers of a connection or two are not to stand in
 * the way there. */
static bool may_stay_near(const EventQueue *queue, time_ns time)
{
        if (row_size(&queue->row) >= FEW)
                return false;
        return queue->far_size > 0 ? time < queue->far_begins : time - queue->now < NEAR;
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

/* Whether there is an event: first_near() is the first of all then. */
static inline bool has_next(EventQueue *queue)
{
        while (queue->far_size > 0 && (!has_near(queue) || first_near(queue)->time >= queue->far_begins))
                take_slot(queue);
        return has_near(queue);
}

/* ---- Checks ---- */

static void check_row(const EventQueue *queue)
{
        const struct event_row *row = &queue->row;
        for (uint32_t at = row->first; at < row->end; at++) {
                g_assert(row->entries[at].event->place == PLACE_ROW);
                g_assert(row->entries[at].time == row->entries[at].event->rank.time);
                g_assert(row->entries[at].time >= queue->now);
                if (at > row->first)
                        g_assert(is_before(&row->entries[at - 1], &row->entries[at]));
        }
        if (row_size(row) > 0 && queue->heap.size > 0)
                g_assert(event_rank_before(
                        &row->entries[row->end - 1].event->rank, &queue->heap.entries[0].rank));
}

/* Equal keys meet when the first of them is run, if they have not before. */
static void check_strict_order(EventQueue *queue, const struct event *taken)
{
        if (has_near(queue))
                g_assert(event_rank_before(&taken->rank, &first_near(queue)->event->rank));
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
        if (may_stay_near(queue, event->rank.time))
                add_near(queue, event);
        else
                add_far(queue, event);
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
        return has_next(queue) ? first_near(queue)->time : TIME_NEVER;
}

static void run_first(EventQueue *queue)
{
        struct event *event = first_near(queue)->event;
        queue->row.first++;
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
        while (!queue->is_stopped && has_next(queue) && first_near(queue)->time <= until)
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
