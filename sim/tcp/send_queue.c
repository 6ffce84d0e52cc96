/*
 * The stream to send: a ring of slices in chunks, each with the offset where it begins; and a ring of blocks,
 * each with the offset where it ends. As Linux (tcp_grow_skb, tso_fragment).
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

static BlockPool *memory_of(const struct send_queue *queue)
{
        return payload_pool_blocks(queue->pool);
}

static void append_slice(struct send_queue *queue, const struct payload_slice *slice)
{
        ring_reserve(&queue->slices, memory_of(queue), sizeof(struct stored_slice), queue->slice_count);
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

/* ---- Blocks ---- */

void send_queue_open_block(struct send_queue *queue)
{
        ring_reserve(&queue->blocks, memory_of(queue), sizeof(struct send_block), queue->block_count);
        *send_queue_block(queue, queue->block_count++) = (struct send_block){ .end = queue->end };
}

static void close_block(struct send_queue *queue, uint32_t index)
{
        ring_close(&queue->blocks, sizeof(struct send_block), queue->block_count--, index);
}

void send_queue_grow_block(struct send_queue *queue, uint32_t index, uint64_t most)
{
        struct send_block *block = send_queue_block(queue, index);
        if (index + 1 >= queue->block_count || block->ends_record)
                return;
        const struct send_block *next = send_queue_block(queue, index + 1);
        block->end += MIN(most, next->end - block->end);
        if (block->end < next->end)
                return;
        block->ends_record = next->ends_record;
        block->has_push |= next->has_push;
        close_block(queue, index + 1);
}

void send_queue_cut_block(struct send_queue *queue, uint32_t index, uint64_t offset)
{
        g_assert(send_queue_block_begin(queue, index) < offset &&
                 offset < send_queue_block(queue, index)->end);
        struct send_block *head = ring_open(
                &queue->blocks, memory_of(queue), sizeof(struct send_block), queue->block_count++, index);
        *head = (struct send_block){ .end = offset };
}

/* The rest of a burst that is not one any more is cut off from what went out of it. */
void send_queue_take(struct send_queue *queue, uint64_t offset, uint32_t length)
{
        uint32_t index = queue->head;
        if (index > 0 && send_queue_block(queue, index - 1)->end > offset) {
                index--;
                if (send_queue_block_begin(queue, index) < offset)
                        send_queue_cut_block(queue, index++, offset);
        }
        g_assert(send_queue_block_begin(queue, index) == offset);
        if (offset + length < send_queue_block(queue, index)->end)
                send_queue_cut_block(queue, index, offset + length);
        queue->head = index + 1;
}

/* The first block that ends at `offset` or behind it, by halving. */
static uint32_t find_block(const struct send_queue *queue, uint64_t offset)
{
        uint32_t low = 0;
        uint32_t high = queue->block_count;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (send_queue_block(queue, middle)->end >= offset)
                        high = middle;
                else
                        low = middle + 1;
        }
        return low;
}

static bool ends_at(const struct send_queue *queue, uint32_t index, uint64_t offset)
{
        return index < queue->block_count && send_queue_block(queue, index)->end == offset;
}

void send_queue_cut_sent(struct send_queue *queue, uint64_t offset)
{
        uint32_t index = find_block(queue, offset);
        if (index >= queue->head || ends_at(queue, index, offset) ||
                send_queue_block_begin(queue, index) >= offset)
                return;
        send_queue_cut_block(queue, index, offset);
        queue->head++;
}

void send_queue_join_sent(struct send_queue *queue, uint64_t offset)
{
        uint32_t index = find_block(queue, offset);
        if (index + 1 >= queue->head || !ends_at(queue, index, offset))
                return;
        send_queue_grow_block(queue, index, UINT64_MAX);
        queue->head--;
}

bool send_queue_ends_record(const struct send_queue *queue, uint64_t offset)
{
        uint32_t index = find_block(queue, offset);
        return ends_at(queue, index, offset) && send_queue_block(queue, index)->ends_record;
}

static bool takes_more(const struct send_queue *queue)
{
        return queue->block_count > queue->head && !send_queue_last_block(queue)->ends_record;
}

static void extend_block(struct send_queue *queue)
{
        if (!takes_more(queue))
                send_queue_open_block(queue);
        send_queue_last_block(queue)->end = queue->end;
}

static void forget_blocks(struct send_queue *queue, uint64_t offset)
{
        uint32_t gone = 0;
        while (gone < queue->block_count && send_queue_block(queue, gone)->end <= offset)
                gone++;
        if (gone > 0)
                ring_drop_front(&queue->blocks, gone);
        queue->block_count -= gone;
        if (queue->block_count == 0)
                ring_rest(&queue->blocks, memory_of(queue), sizeof(struct send_block));
        queue->head -= MIN(queue->head, gone);
}

/* ---- The stream ---- */

void send_queue_init(struct send_queue *queue, PayloadPool *pool)
{
        *queue = (struct send_queue){ .pool = pool };
}

void send_queue_clear(struct send_queue *queue)
{
        send_queue_discard(queue, queue->end);
        ring_clear(&queue->slices, memory_of(queue), sizeof(struct stored_slice));
        ring_clear(&queue->blocks, memory_of(queue), sizeof(struct send_block));
}

void send_queue_write(struct send_queue *queue, const void *bytes, size_t size)
{
        const uint8_t *from = bytes;
        if (size == 0)
                return;
        while (size > 0) {
                struct payload_slice fresh = { 0 };
                size_t stored = payload_pool_store(queue->pool, last_slice(queue), &fresh, from, size);
                if (fresh.length > 0)
                        append_slice(queue, &fresh);
                queue->end += stored;
                from += stored;
                size -= stored;
        }
        extend_block(queue);
}

/* What goes on in the same chunk becomes one with what is there. */
static bool extend(struct payload_slice *last, const struct payload_slice *slice)
{
        if (last == NULL || last->chunk != slice->chunk || last->offset + last->length != slice->offset)
                return false;
        last->length += slice->length;
        payload_slice_unref(slice);
        return true;
}

void send_queue_write_source(struct send_queue *queue, PayloadSource *source, uint64_t offset, size_t size)
{
        if (size == 0)
                return;
        while (size > 0) {
                struct payload_slice slice = payload_source_cut(source, queue->pool, offset, size);
                if (!extend(last_slice(queue), &slice))
                        append_slice(queue, &slice);
                queue->end += slice.length;
                offset += slice.length;
                size -= slice.length;
        }
        extend_block(queue);
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

void send_queue_discard(struct send_queue *queue, uint64_t offset)
{
        g_assert(queue->first <= offset && offset <= queue->end);
        uint32_t gone = 0;
        while (gone < queue->slice_count && stored_end(stored_at(queue, gone)) <= offset)
                payload_slice_unref(&stored_at(queue, gone++)->slice);
        if (gone > 0)
                ring_drop_front(&queue->slices, gone);
        queue->slice_count -= gone;
        if (queue->slice_count == 0)
                ring_rest(&queue->slices, memory_of(queue), sizeof(struct stored_slice));
        queue->hint -= MIN(queue->hint, gone);
        queue->first = offset;
        forget_blocks(queue, offset);
}

static void check_blocks(const struct send_queue *queue)
{
        uint64_t end = queue->first;
        g_assert(queue->head <= queue->block_count && queue->block_count <= queue->blocks.capacity);
        for (uint32_t i = 0; i < queue->block_count; i++) {
                g_assert(send_queue_block(queue, i)->end > end);
                end = send_queue_block(queue, i)->end;
        }
        g_assert(end == queue->end);
}

void send_queue_check(const struct send_queue *queue)
{
        check_blocks(queue);
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
