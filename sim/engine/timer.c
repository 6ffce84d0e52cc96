/*
 * A timer's one event, moved as seldom as possible.
 *
 * While the timer is on, its event is queued at the deadline or earlier, never later.
 */
#include "engine/timer.h"

static void queue_at(struct timer *timer, time_ns time)
{
        timer->key.time = time;
        event_queue_set(timer->queue, &timer->event, &timer->key);
}

static void on_event(void *data)
{
        struct timer *timer = data;
        if (timer->deadline > timer->key.time) {
                queue_at(timer, timer->deadline);
                return;
        }
        timer->deadline = TIME_NEVER;
        timer->on_deadline(timer->data);
}

void timer_init(struct timer *timer, EventQueue *queue, const struct event_key *key,
        void (*on_deadline)(void *data), void *data)
{
        *timer = (struct timer){
                .queue = queue, .key = *key, .deadline = TIME_NEVER, .on_deadline = on_deadline, .data = data
        };
        event_init(&timer->event, on_event, timer);
}

void timer_set(struct timer *timer, time_ns deadline)
{
        /* Not left in the queue to do nothing: a run goes on as long as there is an event. */
        if (deadline == TIME_NEVER) {
                timer_cancel(timer);
                return;
        }
        timer->deadline = MAX(deadline, event_queue_now(timer->queue));
        if (!event_is_queued(&timer->event) || timer->key.time > timer->deadline)
                queue_at(timer, timer->deadline);
}

void timer_cancel(struct timer *timer)
{
        timer->deadline = TIME_NEVER;
        event_queue_cancel(timer->queue, &timer->event);
}
