/*
 * What the application wrote and the peer has not acknowledged: one stream of bytes, stored once; and the blocks
 * that it is handed over in, which Linux calls sk_buffs.
 *
 * A write fills the last block as far as it may (write.c). A burst takes the first of those that are not sent, makes
 * it larger from the next one or leaves a part of it behind (sender_offer.c): then it is one block. So blocks say
 * what is asked for together, where PSH goes, which bytes share no segment, and how much memory is in use.
 *
 * Offsets count the bytes of the direction's stream from 0 and never wrap. Cutting a segment copies nothing.
 */
#ifndef INORDER_SEND_QUEUE_H
#define INORDER_SEND_QUEUE_H

#include "tcp/ring.h"
#include "wire/payload_source.h"

struct send_block {
        uint64_t end; /* offset one past its last byte; it begins where the one before it ends */
        bool has_push;    /* the peer's reader is to have it at once. RFC 9293 section 3.9.1.2 */
        bool ends_record; /* what comes behind shares no segment with it (MSG_EOR) */
};

struct send_queue {
        PayloadPool *pool;
        struct ring slices; /* of stored_slice (send_queue.c), by offset */
        uint32_t slice_count;
        uint32_t hint;  /* index of the slice where the last cut ended: cutting on needs no search */
        struct ring blocks; /* of send_block, by offset, without gaps */
        uint32_t block_count;
        uint32_t head; /* index of the first block that was not taken to be sent */
        uint64_t first; /* offset of the oldest byte kept */
        uint64_t end;   /* offset one past the newest */
};

void send_queue_init(struct send_queue *queue, PayloadPool *pool);
/* Let go of all bytes and memory; what is written later goes on at the same offset. */
void send_queue_clear(struct send_queue *queue);

/* Into the last block; into a new one, when that has been taken or ends a record. */
void send_queue_write(struct send_queue *queue, const void *bytes, size_t size);
/* The same for `size` bytes of the source, from `offset` on, which are not copied. */
void send_queue_write_source(struct send_queue *queue, PayloadSource *source, uint64_t offset, size_t size);

/* `length` bytes from `offset` on, all of them in the queue, as a payload of their own with its sum made. */
struct payload send_queue_cut(struct send_queue *queue, uint64_t offset, uint32_t length);

/* Everything before `offset` is acknowledged: let go of it. */
void send_queue_discard(struct send_queue *queue, uint64_t offset);

/* ---- Blocks ---- */

static inline struct send_block *send_queue_block(const struct send_queue *queue, uint32_t index)
{
        return ring_at(&queue->blocks, sizeof(struct send_block), index);
}
static inline uint64_t send_queue_block_begin(const struct send_queue *queue, uint32_t index)
{
        return index == 0 ? queue->first : send_queue_block(queue, index - 1)->end;
}
/* The last one; NULL when there is none. */
static inline struct send_block *send_queue_last_block(const struct send_queue *queue)
{
        return queue->block_count == 0 ? NULL : send_queue_block(queue, queue->block_count - 1);
}

/* What is written next begins a block. */
void send_queue_open_block(struct send_queue *queue);
/* The block takes up to `most` bytes from the next one, and what that is when nothing is left of it. */
void send_queue_grow_block(struct send_queue *queue, uint32_t index, uint64_t most);
/* Cut it in two at `offset`; what was said of its end holds of the second. */
void send_queue_cut_block(struct send_queue *queue, uint32_t index, uint64_t offset);
/* `length` bytes from `offset` on, all in one block, are taken to be sent, as a block of their own. */
void send_queue_take(struct send_queue *queue, uint64_t offset, uint32_t length);
/* Of what was taken, a part is sent again: from here, or up to here; or what ends here, together with the next. */
void send_queue_cut_sent(struct send_queue *queue, uint64_t offset);
void send_queue_join_sent(struct send_queue *queue, uint64_t offset);
/* Whether a record ends at `offset`. */
bool send_queue_ends_record(const struct send_queue *queue, uint64_t offset);

static inline uint64_t send_queue_size(const struct send_queue *queue)
{
        return queue->end - queue->first;
}

void send_queue_check(const struct send_queue *queue);

#endif
