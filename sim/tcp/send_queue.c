/*
 * The stream to send: a ring of slices in chunks, each with the offset where it begins.
 */
#include "tcp/send_queue.h"

struct stored_slice {
        struct payload_slice slice;
        uint64_t begin; /* offset in the stream of its first byte */
};

static struct stored_slice *stored_at(const struct send_queue *queue, uint32_t index)
{
        return ring_at(&queue->slices, sizeof(struct stored_slice), index);
}

static uint64_t stored_end(const struct stored_slice *stored)
{
        return stored->begin + stored->slice.length;
}

static bool stored_holds(const struct stored_slice *stored, uint64_t offset)
{
        return stored->begin <= offset && offset < stored_end(stored);
}

static struct payload_slice *last_slice(const struct send_queue *queue)
{
        return queue->slice_count == 0 ? NULL : &stored_at(queue, queue->slice_count - 1)->slice;
}

static void append_slice(struct send_queue *queue, const struct payload_slice *slice)
{
        ring_reserve(&queue->slices, sizeof(struct stored_slice), queue->slice_count);
        *stored_at(queue, queue->slice_count++) = (struct stored_slice){ *slice, queue->end };
}

/* The index of the slice that holds `offset`, by halving. */
static uint32_t search(const struct send_queue *queue, uint64_t offset)
{
        uint32_t low = 0;
        uint32_t high = queue->slice_count;
        while (high - low > 1) {
                uint32_t middle = low + (high - low) / 2;
                if (stored_at(queue, middle)->begin <= offset)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

/* A cut that goes on where the last one ended begins in the same slice, or in the next one. */
static uint32_t find(const struct send_queue *queue, uint64_t offset)
{
        for (uint32_t i = queue->hint; i < queue->slice_count && i <= queue->hint + 1; i++) {
                if (stored_holds(stored_at(queue, i), offset))
                        return i;
        }
        return search(queue, offset);
}

static void append_stream(struct send_queue *queue, uint64_t offset, uint32_t length, struct payload *payload)
{
        uint64_t end = offset + length;
        uint32_t index = find(queue, offset);
        for (;; index++) {
                const struct stored_slice *stored = stored_at(queue, index);
                struct payload_slice part = stored->slice;
                part.offset += (uint32_t)(offset - stored->begin);
                part.length = (uint32_t)(MIN(end, stored_end(stored)) - offset);
                payload_append(queue->pool, payload, &part);
                offset += part.length;
                if (offset == end)
                        break;
        }
        queue->hint = index;
}

void send_queue_init(struct send_queue *queue, PayloadPool *pool)
{
        *queue = (struct send_queue){ .pool = pool };
}

void send_queue_clear(struct send_queue *queue)
{
        send_queue_discard(queue, queue->end);
        ring_clear(&queue->slices);
        ring_clear(&queue->records);
}

void send_queue_write(struct send_queue *queue, const void *bytes, size_t size)
{
        const uint8_t *from = bytes;
        while (size > 0) {
                struct payload_slice fresh = { 0 };
                size_t stored = payload_pool_store(queue->pool, last_slice(queue), &fresh, from, size);
                if (fresh.length > 0)
                        append_slice(queue, &fresh);
                queue->end += stored;
                from += stored;
                size -= stored;
        }
}

struct payload send_queue_cut(struct send_queue *queue, uint64_t offset, uint32_t length)
{
        g_assert(queue->first <= offset && offset <= queue->end && length <= queue->end - offset);
        struct payload payload = { 0 };
        if (length > 0)
                append_stream(queue, offset, length, &payload);
        payload_sum(&payload);
        return payload;
}

static uint64_t record_at(const struct send_queue *queue, uint32_t index)
{
        return *(const uint64_t *)ring_at(&queue->records, sizeof(uint64_t), index);
}

void send_queue_end_record(struct send_queue *queue)
{
        if (queue->record_count > 0 && record_at(queue, queue->record_count - 1) == queue->end)
                return;
        *(uint64_t *)ring_open(&queue->records, sizeof(uint64_t), queue->record_count, queue->record_count) =
                queue->end;
        queue->record_count++;
}

uint64_t send_queue_record_end(const struct send_queue *queue, uint64_t offset)
{
        uint32_t low = 0;
        uint32_t high = queue->record_count;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (record_at(queue, middle) > offset)
                        high = middle;
                else
                        low = middle + 1;
        }
        return low < queue->record_count ? record_at(queue, low) : queue->end;
}

static void forget_records(struct send_queue *queue, uint64_t offset)
{
        while (queue->record_count > 0 && record_at(queue, 0) <= offset) {
                ring_drop_front(&queue->records, 1);
                queue->record_count--;
        }
}

void send_queue_discard(struct send_queue *queue, uint64_t offset)
{
        g_assert(queue->first <= offset && offset <= queue->end);
        uint32_t gone = 0;
        while (gone < queue->slice_count && stored_end(stored_at(queue, gone)) <= offset)
                payload_slice_unref(&stored_at(queue, gone++)->slice);
        if (gone > 0)
                ring_drop_front(&queue->slices, gone);
        queue->slice_count -= gone;
        queue->hint -= MIN(queue->hint, gone);
        queue->first = offset;
        forget_records(queue, offset);
}

void send_queue_check(const struct send_queue *queue)
{
        g_assert(queue->first <= queue->end);
        g_assert(queue->slice_count <= queue->slices.capacity);
        if (queue->slice_count == 0) {
                g_assert(queue->first == queue->end);
                return;
        }
        g_assert(stored_holds(stored_at(queue, 0), queue->first));
        uint64_t end = stored_at(queue, 0)->begin;
        for (uint32_t i = 0; i < queue->slice_count; i++) {
                const struct stored_slice *stored = stored_at(queue, i);
                g_assert(stored->begin == end && stored->slice.length > 0);
                end = stored_end(stored);
        }
        g_assert(end == queue->end);
}
