/*
 * Who waits for what: entries of a queue that a socket or an epoll keeps, each on its owner's stack or in its
 * memory.
 */
#ifndef INORDER_WAITER_H
#define INORDER_WAITER_H

#include <glib.h>
#include "host/process.h"

struct waiter {
        GList link;
        GQueue *queue;   /* NULL: it waits no more, or what it waited for is gone */
        unsigned events; /* of poll(2)'s; WAIT_FOR_ANYTHING: whatever happens */
        bool wants_news; /* woken only by what is new, else by what is true */
        /* Something of `events` has become true, or has once more. May be called from within any update: only to
         * make a note of it. */
        void (*wake)(struct waiter *waiter);
        Process *process;
};

#define WAIT_FOR_ANYTHING 0u

/* Fills in the waiter of a process, which is woken. */
void waiter_join(struct waiter *waiter, GQueue *queue, Process *process, unsigned events);
/* Nothing happens when it waits for nothing. */
void waiter_leave(struct waiter *waiter);
/* `ready`: what is true. `news`: which of that was not, or has come once more. */
void waiters_wake(const GQueue *queue, unsigned ready, unsigned news);
/* What they wait for is gone: all leave, and are woken. */
void waiters_dismiss(GQueue *queue);

#endif
