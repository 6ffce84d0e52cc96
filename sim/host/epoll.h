/*
 * epoll(7): which of many sockets are ready, level- or edge-triggered, without looking at all of them.
 *
 * As on Linux an interest is put on a list whenever its socket says that something is new; who waits looks at the
 * listed sockets only. A level-triggered one stays listed for as long as it is ready.
 */
#ifndef INORDER_EPOLL_H
#define INORDER_EPOLL_H

#include "host/socket.h"
#include "host/waiter.h"

typedef struct Epoll Epoll;

Epoll *epoll_new(void);
/* NULL is accepted. */
void epoll_free(Epoll *epoll);

/* EPOLL_CTL_*; 0 or a negative errno. */
int epoll_control(Epoll *epoll, int operation, int fd, Socket *socket, const struct epoll_event *event);
/* Takes up to `count` events, as epoll_wait(2) with a timeout of 0. */
int epoll_take(Epoll *epoll, struct epoll_event *events, int count);
/* Whether epoll_take() would take any. */
bool epoll_is_ready(const Epoll *epoll);
/* Those who wait for it to become so. */
GQueue *epoll_waiters(Epoll *epoll);

#endif
