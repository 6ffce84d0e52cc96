/*
 * What the application wrote and the peer has not acknowledged: one stream of bytes, stored once.
 *
 * Offsets count the bytes of the direction's stream from 0 and never wrap. Cutting a segment copies nothing.
 */
#ifndef INORDER_SEND_QUEUE_H
#define INORDER_SEND_QUEUE_H

#include "tcp/ring.h"
#include "wire/payload.h"

struct send_queue {
        PayloadPool *pool;
        struct ring slices; /* of stored_slice (send_queue.c), by offset */
        uint32_t slice_count;
        uint32_t hint;  /* index of the slice where the last cut ended: cutting on needs no search */
        uint64_t first; /* offset of the oldest byte kept */
        uint64_t end;   /* offset one past the newest */
};

void send_queue_init(struct send_queue *queue, PayloadPool *pool);
/* Let go of all bytes and memory; what is written later goes on at the same offset. */
void send_queue_clear(struct send_queue *queue);

void send_queue_write(struct send_queue *queue, const void *bytes, size_t size);

/* `length` bytes from `offset` on, all of them in the queue, as a payload of their own with its sum made. */
struct payload send_queue_cut(struct send_queue *queue, uint64_t offset, uint32_t length);

/* Everything before `offset` is acknowledged: let go of it. */
void send_queue_discard(struct send_queue *queue, uint64_t offset);

static inline uint64_t send_queue_size(const struct send_queue *queue)
{
        return queue->end - queue->first;
}

void send_queue_check(const struct send_queue *queue);

#endif
