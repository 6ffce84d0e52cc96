/*
 * A queue of connections, linked through themselves: any of them leaves it at any time.
 */
#include "tcp/child_queue.h"

void child_queue_add(struct child_queue *queue, TcpConn *child)
{
        child->listener_next = NULL;
        child->listener_previous = queue->last;
        if (queue->last != NULL)
                queue->last->listener_next = child;
        else
                queue->first = child;
        queue->last = child;
        queue->length++;
}

void child_queue_remove(struct child_queue *queue, TcpConn *child)
{
        g_assert(queue->length > 0);
        if (child->listener_previous != NULL)
                child->listener_previous->listener_next = child->listener_next;
        else
                queue->first = child->listener_next;
        if (child->listener_next != NULL)
                child->listener_next->listener_previous = child->listener_previous;
        else
                queue->last = child->listener_previous;
        child->listener_next = child->listener_previous = NULL;
        queue->length--;
}

void child_queue_check(const struct child_queue *queue, const TcpListener *listener, bool is_ready)
{
        uint32_t length = 0;
        const TcpConn *previous = NULL;
        for (const TcpConn *child = queue->first; child != NULL; child = child->listener_next) {
                g_assert(child->listener == listener && child->listener_previous == previous);
                g_assert(child->is_ready_child == is_ready);
                g_assert(is_ready || child->state == TCP_STATE_SYN_RECEIVED);
                previous = child;
                length++;
        }
        g_assert(queue->last == previous && queue->length == length);
}
