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
        struct ring records; /* of uint64_t: where records end that the user wants apart (MSG_EOR), by offset */
        uint32_t record_count;
        uint64_t first; /* offset of the oldest byte kept */
        uint64_t end;   /* offset one past the newest */
};

void send_queue_init(struct send_queue *queue, PayloadPool *pool);
/* Let go of all bytes and memory; what is written later goes on at the same offset. */
void send_queue_clear(struct send_queue *queue);

void send_queue_write(struct send_queue *queue, const void *bytes, size_t size);

/* What is written from now on shares no segment with what has been. */
void send_queue_end_record(struct send_queue *queue);
/* Where the record ends that the byte at `offset` belongs to: at most the queue's end. */
uint64_t send_queue_record_end(const struct send_queue *queue, uint64_t offset);

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
