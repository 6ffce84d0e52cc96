/*
 * Queues of those who wait.
 */
#include "host/waiter.h"

#include "host/process_private.h"

static void wake_process(struct waiter *waiter)
{
        process_wake(waiter->process);
}

void waiter_join(struct waiter *waiter, GQueue *queue, Process *process, unsigned events)
{
        *waiter =
                (struct waiter){ .queue = queue, .events = events, .wake = wake_process, .process = process };
        waiter->link.data = waiter;
        g_queue_push_tail_link(queue, &waiter->link);
}

void waiter_leave(struct waiter *waiter)
{
        if (waiter->queue == NULL)
                return;
        g_queue_unlink(waiter->queue, &waiter->link);
        waiter->queue = NULL;
}

void waiters_wake(const GQueue *queue, unsigned ready, unsigned news)
{
        for (GList *link = queue->head; link != NULL; link = link->next) {
                struct waiter *waiter = link->data;
                unsigned told = waiter->wants_news ? news : ready;
                if (waiter->events == WAIT_FOR_ANYTHING || (waiter->events & told) != 0)
                        waiter->wake(waiter);
        }
}

void waiters_dismiss(GQueue *queue)
{
        while (!g_queue_is_empty(queue)) {
                struct waiter *waiter = queue->head->data;
                waiter_leave(waiter);
                waiter->wake(waiter);
        }
}
