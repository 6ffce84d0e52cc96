/*
 * The receiver's store: bytes in order that wait to be read, and bytes out of order that wait for a hole to
 * be filled. RFC 9293 section 3.10.7.4 step 7; SACK blocks as RFC 2018 section 4 asks.
 *
 * Positions are stream offsets (the first payload byte is 0); whoever calls turns sequence numbers into them.
 * Bytes are never copied on the way in; of bytes that come twice, those that came first stay.
 */
#ifndef INORDER_REASSEMBLY_H
#define INORDER_REASSEMBLY_H

#include "tcp/ring.h"
#include "wire/payload.h"

/* Held bytes begin <= b < end. */
struct held_range {
        uint64_t begin;
        uint64_t end;
        uint64_t stamp; /* the arrival that last fell into it: the most recent range is reported first */
};

struct reassembly {
        PayloadPool *pool;
        struct ring ready; /* of payload_slice: readable */
        uint32_t ready_count;
        uint64_t read; /* offset of the next byte the application reads */
        uint64_t next; /* offset of the first byte missing (RCV.NXT's) */
        struct ring
                pieces; /* of held_piece (reassembly.c): slices out of order, by offset, without overlap */
        uint32_t piece_count;
        struct ring ranges; /* of held_range, by offset, never touching */
        uint32_t range_count;
        uint64_t held_bytes;
        uint64_t arrivals;
};

/* What one insertion did. Byte counts. */
struct reassembly_outcome {
        uint32_t in_order;        /* of the new bytes: readable at once */
        uint32_t held;            /* of the new bytes: kept for later */
        uint32_t duplicate;       /* of the new bytes: there already */
        uint64_t duplicate_begin; /* the first duplicate run, for DSACK, when duplicate > 0 */
        uint64_t duplicate_end;
        uint32_t filled; /* bytes held before that became readable */
};

void reassembly_init(struct reassembly *reassembly, PayloadPool *pool);
/* Let go of all bytes, readable and held, and of all memory; `next` stays. */
void reassembly_clear(struct reassembly *reassembly);

/* Let go of those held from `offset` on. */
void reassembly_forget_from(struct reassembly *reassembly, uint64_t offset);

/* What comes next, while nothing is held; `payload` stays the caller's. */
void reassembly_append(struct reassembly *reassembly, const struct payload *payload);

/* Payload that begins at stream offset `offset`; any overlap with what is there. The caller has cut it to the
 * window; `payload` stays the caller's. */
void reassembly_insert(struct reassembly *reassembly, uint64_t offset, const struct payload *payload,
        struct reassembly_outcome *outcome);

/* Copy out up to `size` readable bytes; `to` may be NULL to drop them. Returns how many. */
size_t reassembly_read(struct reassembly *reassembly, void *to, size_t size);
/* The same, but they stay; those from the `skip`th on. */
size_t reassembly_peek(const struct reassembly *reassembly, size_t skip, void *to, size_t size);

/* Up to `count` held ranges, those of the most recent arrivals first. Returns how many. */
unsigned reassembly_held_ranges(
        const struct reassembly *reassembly, struct held_range *ranges, unsigned count);

/* One past the highest byte that has come. */
static inline uint64_t reassembly_end(const struct reassembly *reassembly)
{
        const struct held_range *last;
        if (reassembly->range_count == 0)
                return reassembly->next;
        last = ring_at(&reassembly->ranges, sizeof(struct held_range), reassembly->range_count - 1);
        return last->end;
}

/* How far the bytes go on from `offset` that are held without a gap. */
uint64_t reassembly_reach(const struct reassembly *reassembly, uint64_t offset);

static inline uint64_t reassembly_readable(const struct reassembly *reassembly)
{
        return reassembly->next - reassembly->read;
}

void reassembly_check(const struct reassembly *reassembly);

#endif
