/*
 * A listener's connections on their way in: half-open ones in one queue, open ones in another.
 */
#ifndef INORDER_CHILD_QUEUE_H
#define INORDER_CHILD_QUEUE_H

#include "tcp/conn_private.h"

struct child_queue {
        TcpConn *first;
        TcpConn *last;
        uint32_t length;
};

void child_queue_add(struct child_queue *queue, TcpConn *child);
void child_queue_remove(struct child_queue *queue, TcpConn *child);
/* Those in `listener`'s queue of ready connections, or of half-open ones. */
void child_queue_check(const struct child_queue *queue, const TcpListener *listener, bool is_ready);

#endif
