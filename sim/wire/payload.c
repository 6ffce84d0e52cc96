/*
 * Chunks of bytes with reference counts, kept in free lists by size, and payloads made of slices of them.
 */
#include "wire/payload.h"

#include "wire/checksum.h"

#include <string.h>

/* Small chunks keep many small flows cheap; the largest holds any packet's payload in one piece. */
static const uint32_t chunk_capacities[] = { 256, 2048, 8192, 65536 };

/* A stream that goes on gets larger chunks up to this one; only a single large write gets the largest. */
#define LARGEST_GROWN_CLASS 2

struct payload_chunk {
        PayloadPool *pool;
        struct payload_chunk *next_free;
        uint32_t references;
        uint32_t used;       /* bytes written; they never change again */
        uint32_t size_class; /* index into chunk_capacities */
        uint8_t bytes[];
};

struct PayloadPool {
        struct payload_chunk *free[G_N_ELEMENTS(chunk_capacities)];
        size_t bytes_in_use;
        uint64_t allocations;
};

static uint32_t chunk_capacity(const struct payload_chunk *chunk)
{
        return chunk_capacities[chunk->size_class];
}

static uint32_t smallest_class_for(size_t size)
{
        uint32_t size_class = 0;
        while (size_class + 1 < G_N_ELEMENTS(chunk_capacities) && chunk_capacities[size_class] < size)
                size_class++;
        return size_class;
}

static struct payload_chunk *chunk_allocate(PayloadPool *pool, uint32_t size_class)
{
        struct payload_chunk *chunk = g_malloc(sizeof *chunk + chunk_capacities[size_class]);
        pool->allocations++;
        chunk->pool = pool;
        chunk->size_class = size_class;
        return chunk;
}

/* An empty chunk, its one reference the caller's. */
static struct payload_chunk *chunk_take(PayloadPool *pool, uint32_t size_class)
{
        struct payload_chunk *chunk = pool->free[size_class];
        if (chunk != NULL)
                pool->free[size_class] = chunk->next_free;
        else
                chunk = chunk_allocate(pool, size_class);
        pool->bytes_in_use += chunk_capacities[size_class];
        chunk->references = 1;
        chunk->used = 0;
        return chunk;
}

static void chunk_ref(struct payload_chunk *chunk)
{
        g_assert(chunk->references > 0);
        chunk->references++;
}

static void chunk_unref(struct payload_chunk *chunk)
{
        g_assert(chunk->references > 0);
        if (--chunk->references > 0)
                return;
        PayloadPool *pool = chunk->pool;
        pool->bytes_in_use -= chunk_capacity(chunk);
        chunk->next_free = pool->free[chunk->size_class];
        pool->free[chunk->size_class] = chunk;
}

/* The bytes behind a slice belong to whoever wrote last. */
static uint32_t room_behind(const struct payload_slice *slice)
{
        const struct payload_chunk *chunk = slice->chunk;
        return chunk->used == slice->offset + slice->length ? chunk_capacity(chunk) - chunk->used : 0;
}

/* The chunk that `size` bytes behind `tail` begin. */
static uint32_t class_for_store(const struct payload_slice *tail, size_t size)
{
        uint32_t size_class = smallest_class_for(size);
        if (size < chunk_capacities[size_class])
                size_class = MIN(size_class, LARGEST_GROWN_CLASS);
        if (tail == NULL)
                return size_class;
        return MAX(size_class, MIN(tail->chunk->size_class + 1, LARGEST_GROWN_CLASS));
}

static void slice_check(const struct payload_slice *slice)
{
        g_assert(slice->length > 0 && slice->chunk->references > 0);
        g_assert(slice->chunk->used <= chunk_capacity(slice->chunk));
        g_assert(slice->offset <= slice->chunk->used && slice->length <= slice->chunk->used - slice->offset);
}

static void payload_check(const struct payload *payload)
{
        uint32_t length = 0;
        g_assert(payload->slice_count <= PAYLOAD_SLICES_MAX);
        for (uint8_t i = 0; i < payload->slice_count; i++) {
                slice_check(&payload->slices[i]);
                length += payload->slices[i].length;
        }
        g_assert(length == payload->length);
}

PayloadPool *payload_pool_new(void)
{
        return g_new0(PayloadPool, 1);
}

static void free_chunks(struct payload_chunk *chunk)
{
        while (chunk != NULL) {
                struct payload_chunk *next = chunk->next_free;
                g_free(chunk);
                chunk = next;
        }
}

void payload_pool_free(PayloadPool *pool)
{
        if (pool == NULL)
                return;
        g_assert(pool->bytes_in_use == 0);
        for (size_t i = 0; i < G_N_ELEMENTS(pool->free); i++)
                free_chunks(pool->free[i]);
        g_free(pool);
}

size_t payload_pool_bytes_in_use(const PayloadPool *pool)
{
        return pool->bytes_in_use;
}

uint64_t payload_pool_allocations(const PayloadPool *pool)
{
        return pool->allocations;
}

static void write_behind(struct payload_slice *slice, const void *bytes, uint32_t size)
{
        memcpy(slice->chunk->bytes + slice->chunk->used, bytes, size);
        slice->chunk->used += size;
        slice->length += size;
        if (INORDER_CHECKED)
                slice_check(slice);
}

size_t payload_pool_store(PayloadPool *pool, struct payload_slice *tail, struct payload_slice *fresh,
        const void *bytes, size_t size)
{
        g_assert(size > 0);
        struct payload_slice *target = tail;
        if (tail == NULL || room_behind(tail) == 0) {
                *fresh = (struct payload_slice){ .chunk = chunk_take(pool, class_for_store(tail, size)) };
                target = fresh;
        }
        uint32_t stored = (uint32_t)MIN(size, room_behind(target));
        write_behind(target, bytes, stored);
        return stored;
}

const uint8_t *payload_slice_bytes(const struct payload_slice *slice)
{
        return slice->chunk->bytes + slice->offset;
}

void payload_slice_ref(const struct payload_slice *slice)
{
        chunk_ref(slice->chunk);
}

void payload_slice_unref(const struct payload_slice *slice)
{
        chunk_unref(slice->chunk);
}

/* A payload of one slice of its own, whose bytes are not written yet. */
static struct payload payload_unwritten(PayloadPool *pool, uint32_t size)
{
        uint32_t size_class = smallest_class_for(size);
        g_assert(size > 0 && size <= chunk_capacities[size_class]);
        struct payload_chunk *chunk = chunk_take(pool, size_class);
        chunk->used = size;
        return (struct payload){ .slices = { { chunk, 0, size } }, .length = size, .slice_count = 1 };
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
                chunk_ref(payload->slices[i].chunk);
        return *payload;
}

void payload_clear(struct payload *payload)
{
        if (INORDER_CHECKED)
                payload_check(payload);
        for (uint8_t i = 0; i < payload->slice_count; i++)
                chunk_unref(payload->slices[i].chunk);
        *payload = (struct payload){ 0 };
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
                chunk_ref(part.chunk);
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
        chunk_ref(slice->chunk);
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

uint16_t payload_sum(struct payload *payload)
{
        if (!payload->is_summed) {
                payload->sum = payload_sum_again(payload);
                payload->is_summed = true;
        } else if (INORDER_CHECKED) {
                g_assert(payload->sum == payload_sum_again(payload));
        }
        return payload->sum;
}

uint16_t payload_sum_again(const struct payload *payload)
{
        uint16_t sum = 0;
        size_t size_before = 0;
        for (uint8_t i = 0; i < payload->slice_count; i++) {
                const struct payload_slice *slice = &payload->slices[i];
                uint16_t slice_sum = checksum_sum(payload_slice_bytes(slice), slice->length);
                sum = checksum_combine(sum, slice_sum, size_before);
                size_before += slice->length;
        }
        return sum;
}

uint8_t *payload_make_private(PayloadPool *pool, struct payload *payload)
{
        if (payload->length == 0)
                return NULL;
        gather(pool, payload, 0);
        return payload->slices[0].chunk->bytes;
}
