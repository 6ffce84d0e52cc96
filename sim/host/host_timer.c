/*
 * Timers and endings of programs without a process. A timer's event is a wake-up, numbered among the host's
 * wakers.
 */
#include "host/host_timer.h"

#include "engine/timer.h"
#include "host/host_private.h"

struct HostTimer {
        struct timer timer;
};

HostTimer *host_timer_new(Host *host, void (*on_time)(void *data), void *data)
{
        HostTimer *timer = g_new(HostTimer, 1);
        struct event_key key = { .owner = host->owner, .class = EVENT_WAKE_UP, .number = ++host->wakers };
        timer_init(&timer->timer, host->context->net->events, &key, on_time, data);
        return timer;
}

void host_timer_set(HostTimer *timer, time_ns at)
{
        timer_set(&timer->timer, at);
}

void host_timer_free(HostTimer *timer)
{
        if (!timer)
                return;
        timer_cancel(&timer->timer);
        g_free(timer);
}

void host_ending_add(Host *host, struct host_ending *ending)
{
        ending->link = (GList){ .data = ending };
        g_queue_push_tail_link(&host->endings, &ending->link);
}

void host_ending_remove(Host *host, struct host_ending *ending)
{
        g_queue_unlink(&host->endings, &ending->link);
}

void host_run_endings(Host *host)
{
        while (host->endings.head) {
                struct host_ending *ending = host->endings.head->data;
                ending->end(ending->data);
        }
}
