/*
 * What a program without a process needs of its host besides sockets: a timer, and word of the host's end.
 */
#ifndef INORDER_HOST_TIMER_H
#define INORDER_HOST_TIMER_H

#include "host/host.h"

typedef struct HostTimer HostTimer;

/* Off at first. `on_time` runs as an event of the host's, with the timer off; it may free the timer. */
HostTimer *host_timer_new(Host *host, void (*on_time)(void *data), void *data);
/* TIME_NEVER: off. A time in the past is now. */
void host_timer_set(HostTimer *timer, time_ns at);
void host_timer_free(HostTimer *timer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostTimer, host_timer_free)

/* `end` runs when the host goes, after its processes have ended and before its sockets go: the program closes
 * its sockets and frees itself, which must take it off the list. Embedded in the program; run in the order of
 * addition. */
struct host_ending {
        GList link;
        void (*end)(void *data);
        void *data;
};
void host_ending_add(Host *host, struct host_ending *ending);
void host_ending_remove(Host *host, struct host_ending *ending);

#endif
