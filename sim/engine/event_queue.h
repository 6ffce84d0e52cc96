/*
 * The clock of a world: events in the order (time, owner, class, number).
 *
 * None of the four is a count of insertions, so neither the number of events an implementation queues nor the
 * order in which they were added can change a run. An event is embedded in what it belongs to: queueing
 * allocates nothing.
 */
#ifndef INORDER_EVENT_QUEUE_H
#define INORDER_EVENT_QUEUE_H

#include <glib.h>
#include <stdbool.h>
#include "units.h"

/* What happens at one owner at one instant happens in this order. Hosts and routers use the first four, a
 * link direction the last three. */
enum event_class {
        EVENT_ARRIVAL,     /* a packet reaches a host or router; number: event_number_of_arrival() */
        EVENT_DEADLINE,    /* a connection's or program's timer; number: the connection's on its host */
        EVENT_WAKE_UP,     /* a sleeping process goes on; number: the process's on its host */
        EVENT_PUMP,        /* a connection may send; number: the connection's on its host */
        EVENT_LINK_CHANGE, /* a scheduled fault rule; number: the rule's index */
        EVENT_LINK_END_OF_TRANSMISSION, /* number: the packet's ordinal */
        EVENT_LINK_SLOT, /* packets that wait at the line's end for a slot may go; number: 0 */
};

/* Where an event stands among those of its time. Owners (hosts, routers, link directions) are numbered in
 * scenario order by whoever builds the world. */
struct event_key {
        time_ns time;
        uint32_t owner;
        enum event_class class;
        uint64_t number;
};

/* A key packed for comparing: owner above class. */
struct event_rank {
        time_ns time;
        uint64_t owner_and_class;
        uint64_t number;
};

/* One thing that will happen. Fill in `run` and `data` once with event_init(); the rest is the queue's. */
struct event {
        void (*run)(void *data);
        void *data;
        struct event_rank rank; /* when queued */
        struct event *next;     /* when far off: of its slot */
        struct event **link;    /* what points to it there */
        uint32_t place;         /* where it is queued (event_queue.c); 0: it is not */
};

typedef struct EventQueue EventQueue;

EventQueue *event_queue_new(void);
void event_queue_free(EventQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventQueue, event_queue_free)

void event_init(struct event *event, void (*run)(void *data), void *data);
bool event_is_queued(const struct event *event);

/* Queue `event` at `key`; if it is queued already, move it. The key's time is not before now, and no other
 * queued event has the same key (both are asserted). */
void event_queue_set(EventQueue *queue, struct event *event, const struct event_key *key);

/* Take `event` out; nothing happens when it is not queued. */
void event_queue_cancel(EventQueue *queue, struct event *event);

/* The time of the event being run, or of the last one. */
time_ns event_queue_now(const EventQueue *queue);

/* The time of the next event, TIME_NEVER when there is none. */
time_ns event_queue_next_time(EventQueue *queue);

/* Run everything up to and including `until`, or until event_queue_stop(). Returns the number of events run.
 * The clock stands at the last event's time afterwards, never at `until`. */
uint64_t event_queue_run_until(EventQueue *queue, time_ns until);

/* Called from within an event: run_until returns once that event has ended. */
void event_queue_stop(EventQueue *queue);

uint64_t event_queue_events_run(const EventQueue *queue);

/* Asserts the queue's invariants; for tests and debug builds. */
void event_queue_check(const EventQueue *queue);

/* An arrival's number: `direction` is the link direction's owner number (20 bits), `ordinal` the packet's on
 * that direction (40 bits), `copy` 0 for the original (4 bits). */
uint64_t event_number_of_arrival(uint32_t direction, uint64_t ordinal, uint32_t copy);

#endif
