/*
 * What the application wrote and the peer has not acknowledged: one stream of bytes, stored once.
 *
 * Offsets count the bytes of the direction's stream from 0 and never wrap. Cutting a segment copies nothing.
 */
#ifndef INORDER_SEND_QUEUE_H
#define INORDER_SEND_QUEUE_H

#include "wire/payload.h"

struct send_queue {
        PayloadPool *pool;
        struct payload_slice *slices; /* a ring of `slice_capacity`, a power of two (or NULL) */
        uint32_t slice_capacity;
        uint32_t slice_first;
        uint32_t slice_count;
        uint64_t first; /* offset of the oldest byte kept */
        uint64_t end;   /* offset one past the newest */
        /* Where the last cut ended, so that cutting on from there needs no search. */
        uint32_t hint_slice;
        uint64_t hint_offset;
};

void send_queue_init(struct send_queue *queue, PayloadPool *pool);
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
