/*
 * Payloads: up to three slices of chunks with the sum of their bytes.
 */
#include "wire/payload.h"

#include "wire/checksum.h"
#include "wire/payload_chunk.h"

#include <string.h>

static void payload_check(const struct payload *payload)
{
        uint32_t length = 0;
        g_assert(payload->slice_count <= PAYLOAD_SLICES_MAX);
        for (uint8_t i = 0; i < payload->slice_count; i++) {
                payload_slice_check(&payload->slices[i]);
                length += payload->slices[i].length;
        }
        g_assert(length == payload->length);
}

/* A payload of one slice of its own, whose bytes are not written yet. */
static struct payload payload_unwritten(PayloadPool *pool, uint32_t size)
{
        struct payload_slice slice = payload_pool_reserve(pool, size);
        return (struct payload){ .slices = { slice }, .length = size, .slice_count = 1 };
}

struct payload payload_of_bytes(PayloadPool *pool, const void *bytes, size_t size)
{
        g_assert(size <= UINT16_MAX);
        if (size == 0)
                return (struct payload){ 0 };
        struct payload payload = payload_unwritten(pool, (uint32_t)size);
        memcpy(payload.slices[0].chunk->bytes, bytes, size);
        return payload;
}

struct payload payload_ref(const struct payload *payload)
{
        if (INORDER_CHECKED)
                payload_check(payload);
        for (uint8_t i = 0; i < payload->slice_count; i++)
                payload_chunk_ref(payload->slices[i].chunk);
        return *payload;
}

void payload_clear(struct payload *payload)
{
        if (INORDER_CHECKED)
                payload_check(payload);
        for (uint8_t i = 0; i < payload->slice_count; i++)
                payload_chunk_unref(payload->slices[i].chunk);
        payload->length = 0;
        payload->slice_count = 0;
        payload->is_summed = false;
        payload->sum = 0;
}

/* The part of `slice` that `*offset` and `*length` leave of it: both shrink by what it takes up. */
static struct payload_slice overlap(const struct payload_slice *slice, uint32_t *offset, uint32_t *length)
{
        uint32_t skipped = MIN(*offset, slice->length);
        uint32_t taken = MIN(*length, slice->length - skipped);
        *offset -= skipped;
        *length -= taken;
        return (struct payload_slice){ slice->chunk, slice->offset + skipped, taken };
}

struct payload payload_cut(const struct payload *payload, uint32_t offset, uint32_t length)
{
        g_assert(offset <= payload->length && length <= payload->length - offset);
        if (length == payload->length)
                return payload_ref(payload);
        struct payload cut = { .length = length };
        for (uint8_t i = 0; i < payload->slice_count && length > 0; i++) {
                struct payload_slice part = overlap(&payload->slices[i], &offset, &length);
                if (part.length == 0)
                        continue;
                payload_chunk_ref(part.chunk);
                cut.slices[cut.slice_count++] = part;
        }
        if (INORDER_CHECKED)
                payload_check(&cut);
        return cut;
}

static bool continues(const struct payload *payload, const struct payload_slice *slice)
{
        if (payload->slice_count == 0)
                return false;
        const struct payload_slice *last = &payload->slices[payload->slice_count - 1];
        return last->chunk == slice->chunk && last->offset + last->length == slice->offset;
}

/* Replace the slices by one that has all their bytes and room behind them for `more`. */
static void gather(PayloadPool *pool, struct payload *payload, uint32_t more)
{
        struct payload gathered = payload_unwritten(pool, payload->length + more);
        payload_copy_out(payload, 0, gathered.slices[0].chunk->bytes, payload->length);
        gathered.slices[0].length = gathered.length = payload->length;
        payload_clear(payload);
        *payload = gathered;
}

/* More slices than fit: everything goes into one chunk. */
static void append_gathered(PayloadPool *pool, struct payload *payload, const struct payload_slice *slice)
{
        struct payload_slice *whole = &payload->slices[0];
        gather(pool, payload, slice->length);
        memcpy(whole->chunk->bytes + whole->length, payload_slice_bytes(slice), slice->length);
        whole->length += slice->length;
}

static void append_slice(struct payload *payload, const struct payload_slice *slice)
{
        payload_chunk_ref(slice->chunk);
        payload->slices[payload->slice_count++] = *slice;
}

void payload_append(PayloadPool *pool, struct payload *payload, const struct payload_slice *slice)
{
        if (continues(payload, slice))
                payload->slices[payload->slice_count - 1].length += slice->length;
        else if (payload->slice_count < PAYLOAD_SLICES_MAX)
                append_slice(payload, slice);
        else
                append_gathered(pool, payload, slice);
        payload->length += slice->length;
        payload->is_summed = false;
        if (INORDER_CHECKED)
                payload_check(payload);
}

void payload_copy_out(const struct payload *payload, uint32_t offset, void *to, size_t length)
{
        g_assert(offset <= payload->length && length <= payload->length - offset);
        uint8_t *target = to;
        uint32_t left = (uint32_t)length;
        for (uint8_t i = 0; i < payload->slice_count && left > 0; i++) {
                struct payload_slice part = overlap(&payload->slices[i], &offset, &left);
                memcpy(target, payload_slice_bytes(&part), part.length);
                target += part.length;
        }
}

static uint16_t sum_of_bytes(const struct payload_slice *slice)
{
        return checksum_sum(payload_slice_bytes(slice), slice->length);
}

/* Bytes once written never change, so what was summed once holds for every stream that carries the page. */
static uint16_t sum_of_slice(const struct payload_slice *slice)
{
        if (slice->chunk->source == NULL || slice->length > UINT16_MAX)
                return sum_of_bytes(slice);
        struct slice_sum *kept = &slice->chunk->sums[slice->offset / PAYLOAD_BYTES_PER_SUM];
        if (kept->offset != slice->offset || kept->length != slice->length)
                *kept = (struct slice_sum){ (uint16_t)slice->offset, (uint16_t)slice->length,
                        sum_of_bytes(slice) };
        return kept->sum;
}

static inline uint16_t sum_slices(
        const struct payload *payload, uint16_t (*sum_of)(const struct payload_slice *slice))
{
        uint16_t sum = 0;
        size_t size_before = 0;
        for (uint8_t i = 0; i < payload->slice_count; i++) {
                sum = checksum_combine(sum, sum_of(&payload->slices[i]), size_before);
                size_before += payload->slices[i].length;
        }
        return sum;
}

uint16_t payload_make_sum(struct payload *payload)
{
        if (!payload->is_summed) {
                payload->sum = sum_slices(payload, sum_of_slice);
                payload->is_summed = true;
        }
        if (INORDER_CHECKED)
                g_assert(payload->sum == payload_sum_again(payload));
        return payload->sum;
}

uint16_t payload_sum_again(const struct payload *payload)
{
        return sum_slices(payload, sum_of_bytes);
}

uint8_t *payload_make_private(PayloadPool *pool, struct payload *payload)
{
        if (payload->length == 0)
                return NULL;
        gather(pool, payload, 0);
        return payload->slices[0].chunk->bytes;
}
