/*
 * A timer: one deadline that its owner moves, and one event for it.
 *
 * Deadlines move far more often than they fire, mostly later. timer_set() to a later time leaves the queued
 * event where it is; when that comes up early, it silently queues itself again.
 */
#ifndef INORDER_TIMER_H
#define INORDER_TIMER_H

#include "engine/event_queue.h"

struct timer {
        EventQueue *queue;
        struct event event;
        struct event_key key; /* where the event is queued; owner, class and number never change */
        time_ns deadline;     /* when on_deadline is due; TIME_NEVER when off */
        void (*on_deadline)(void *data);
        void *data;
};

/* `key->time` is ignored. The timer starts switched off. */
void timer_init(struct timer *timer, EventQueue *queue, const struct event_key *key,
        void (*on_deadline)(void *data), void *data);

/* Set, move or (TIME_NEVER) switch off. A deadline in the past is due now. on_deadline runs at exactly
 * `deadline`, with the timer off. */
void timer_set(struct timer *timer, time_ns deadline);

/* Take the timer's event out of the queue, before its memory goes. */
void timer_cancel(struct timer *timer);

#endif
