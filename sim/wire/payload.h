/*
 * Payload: what applications wrote, stored once and shared by everything that carries it.
 *
 * Bytes live in reference-counted, append-only chunks; a byte, once written, never changes. A `struct
 * payload` is up to three slices of chunks and their checksum. Sending copies no byte and receiving queues
 * slices. Whoever must change bytes (corruption, a middlebox) takes a private copy, which voids the sum.
 *
 * Chunks belong to one world's pool and never leave its thread.
 */
#ifndef INORDER_PAYLOAD_H
#define INORDER_PAYLOAD_H

#include <stdbool.h>
#include "wire/block_pool.h"

#define PAYLOAD_SLICES_MAX 3

typedef struct PayloadPool PayloadPool;
struct payload_chunk;

struct payload_slice {
        struct payload_chunk *chunk;
        uint32_t offset; /* into the chunk */
        uint32_t length; /* bytes, more than 0 */
};

/* A value that owns one reference to the chunk of each of its slices: copy it with payload_ref(), end it with
 * payload_clear(). All zero is the empty payload. */
struct payload {
        struct payload_slice slices[PAYLOAD_SLICES_MAX];
        uint32_t length; /* bytes in all slices */
        uint8_t slice_count;
        bool is_summed;
        uint16_t sum; /* checksum_sum() of all the bytes, when is_summed */
};

PayloadPool *payload_pool_new(void);
/* Every chunk must be back: a missing one is our own leak and is asserted. */
void payload_pool_free(PayloadPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PayloadPool, payload_pool_free)

/* For whatever lives as long as its world's payload, and less: the same pool for all. */
BlockPool *payload_pool_blocks(const PayloadPool *pool);

/* For tests and benchmarks: bytes of chunks in use, and calls of malloc so far. */
size_t payload_pool_bytes_in_use(const PayloadPool *pool);
uint64_t payload_pool_allocations(const PayloadPool *pool);

/* Store `size` bytes. They go on right behind `*tail` when its chunk has room there and nobody has written
 * behind it yet: then `*tail` grows by what fitted. Otherwise `*tail` is left alone and a new slice, with a
 * reference of its own, is put in `*fresh`. Returns the bytes stored, at least 1; call again for the rest.
 * `tail` may be NULL. */
size_t payload_pool_store(PayloadPool *pool, struct payload_slice *tail, struct payload_slice *fresh,
        const void *bytes, size_t size);

const uint8_t *payload_slice_bytes(const struct payload_slice *slice);
void payload_slice_ref(const struct payload_slice *slice);
void payload_slice_unref(const struct payload_slice *slice);

/* A payload of its own with a copy of `bytes`, as one slice. Any size up to 65535. */
struct payload payload_of_bytes(PayloadPool *pool, const void *bytes, size_t size);

/* Another owner of the same bytes (and of the same sum). */
struct payload payload_ref(const struct payload *payload);
void payload_clear(struct payload *payload);

/* `length` bytes from `offset` on, as a new owner. The sum goes along when it is the whole. */
struct payload payload_cut(const struct payload *payload, uint32_t offset, uint32_t length);

/* Add a slice at the end (taking a reference of its own). When it continues the last slice in the same chunk
 * the two become one; when three are there already, all are gathered into a fresh chunk of `pool`. Voids the
 * sum. */
void payload_append(PayloadPool *pool, struct payload *payload, const struct payload_slice *slice);

/* Copy `length` bytes from `offset` on to `to`. */
void payload_copy_out(const struct payload *payload, uint32_t offset, void *to, size_t length);

/* The sum, made now if it is not there. payload_sum_again() sums the bytes whatever is stored, for checks. */
uint16_t payload_make_sum(struct payload *payload);
uint16_t payload_sum_again(const struct payload *payload);
static inline uint16_t payload_sum(struct payload *payload)
{
        payload->is_summed |= payload->length == 0;
        return payload->is_summed && !INORDER_CHECKED ? payload->sum : payload_make_sum(payload);
}

/* Make the payload one private slice whose bytes may be changed through the pointer returned (NULL when
 * empty); its sum is void. */
uint8_t *payload_make_private(PayloadPool *pool, struct payload *payload);

#endif
