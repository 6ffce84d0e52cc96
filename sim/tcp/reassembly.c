/*
 * Putting a stream in order: readable slices in a ring, held slices and the ranges they make in two more.
 *
 * Arriving bytes are cut at the edges of what is there already, so that those that came first stay; each part
 * that is new is queued by reference. Slices that continue each other in memory, as a stream's segments do,
 * become one.
 */
#include "tcp/reassembly.h"

/* A slice held out of order. */
struct held_piece {
        uint64_t begin; /* stream offset */
        struct payload_slice slice;
};

/* Stream offsets begin <= byte < end. */
struct part {
        uint64_t begin;
        uint64_t end;
};

static struct payload_slice *ready_at(const struct reassembly *reassembly, uint32_t index)
{
        return ring_at(&reassembly->ready, sizeof(struct payload_slice), index);
}

static struct held_piece *piece_at(const struct reassembly *reassembly, uint32_t index)
{
        return ring_at(&reassembly->pieces, sizeof(struct held_piece), index);
}

static struct held_range *range_at(const struct reassembly *reassembly, uint32_t index)
{
        return ring_at(&reassembly->ranges, sizeof(struct held_range), index);
}

static BlockPool *memory_of(const struct reassembly *reassembly)
{
        return payload_pool_blocks(reassembly->pool);
}

static uint64_t piece_end(const struct held_piece *piece)
{
        return piece->begin + piece->slice.length;
}

/* The first range that ends behind `offset`; range_count when none does. The last one is where most arrivals
 * go. */
static uint32_t find_range(const struct reassembly *reassembly, uint64_t offset)
{
        uint32_t low = 0;
        uint32_t high = reassembly->range_count;
        if (high > 0 && range_at(reassembly, high - 1)->end <= offset)
                return high;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (range_at(reassembly, middle)->end <= offset)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* The first piece that begins behind `offset`. */
static uint32_t find_piece(const struct reassembly *reassembly, uint64_t offset)
{
        uint32_t low = 0;
        uint32_t high = reassembly->piece_count;
        if (high > 0 && piece_at(reassembly, high - 1)->begin <= offset)
                return high;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (piece_at(reassembly, middle)->begin <= offset)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool continues(const struct payload_slice *slice, const struct payload_slice *next)
{
        return slice->chunk == next->chunk && slice->offset + slice->length == next->offset;
}

/* Takes over the slice's reference. */
static void append_ready(struct reassembly *reassembly, const struct payload_slice *slice)
{
        if (reassembly->ready_count > 0) {
                struct payload_slice *last = ready_at(reassembly, reassembly->ready_count - 1);
                if (continues(last, slice)) {
                        last->length += slice->length;
                        payload_slice_unref(slice);
                        return;
                }
        }
        ring_reserve(&reassembly->ready, memory_of(reassembly), sizeof(struct payload_slice),
                reassembly->ready_count);
        *ready_at(reassembly, reassembly->ready_count++) = *slice;
}

/* Takes over the slice's reference. */
static void hold_slice(struct reassembly *reassembly, uint64_t begin, const struct payload_slice *slice)
{
        uint32_t index = find_piece(reassembly, begin);
        if (index > 0) {
                struct held_piece *before = piece_at(reassembly, index - 1);
                if (piece_end(before) == begin && continues(&before->slice, slice)) {
                        before->slice.length += slice->length;
                        payload_slice_unref(slice);
                        return;
                }
        }
        ring_open(&reassembly->pieces, memory_of(reassembly), sizeof(struct held_piece),
                reassembly->piece_count++, index);
        *piece_at(reassembly, index) = (struct held_piece){ begin, *slice };
}

static void add_range(struct reassembly *reassembly, uint32_t index, const struct part *part)
{
        ring_open(&reassembly->ranges, memory_of(reassembly), sizeof(struct held_range),
                reassembly->range_count++, index);
        *range_at(reassembly, index) = (struct held_range){ .begin = part->begin, .end = part->end };
}

static void forget_range(struct reassembly *reassembly, uint32_t index)
{
        ring_close(&reassembly->ranges, sizeof(struct held_range), reassembly->range_count--, index);
}

/* `part` is held now: a range of its own, or more of the one before it, the one behind it, or both. */
static void hold_part(struct reassembly *reassembly, const struct part *part)
{
        uint32_t index = find_range(reassembly, part->begin);
        bool joins_next = index < reassembly->range_count && range_at(reassembly, index)->begin == part->end;
        bool joins_previous = index > 0 && range_at(reassembly, index - 1)->end == part->begin;
        if (joins_previous && joins_next) {
                range_at(reassembly, index - 1)->end = range_at(reassembly, index)->end;
                forget_range(reassembly, index);
                index--;
        } else if (joins_previous) {
                range_at(reassembly, --index)->end = part->end;
        } else if (joins_next) {
                range_at(reassembly, index)->begin = part->begin;
        } else {
                add_range(reassembly, index, part);
        }
        range_at(reassembly, index)->stamp = reassembly->arrivals;
        reassembly->held_bytes += part->end - part->begin;
}

static void rest_when_nothing_is_held(struct reassembly *reassembly)
{
        if (reassembly->range_count > 0)
                return;
        ring_rest(&reassembly->pieces, memory_of(reassembly), sizeof(struct held_piece));
        ring_rest(&reassembly->ranges, memory_of(reassembly), sizeof(struct held_range));
}

/* The hole below the first range is filled: its pieces are readable. Returns its bytes. */
static uint32_t release_first_range(struct reassembly *reassembly)
{
        struct held_range range = *range_at(reassembly, 0);
        uint32_t released = 0;
        while (released < reassembly->piece_count && piece_at(reassembly, released)->begin < range.end)
                append_ready(reassembly, &piece_at(reassembly, released++)->slice);
        ring_drop_front(&reassembly->pieces, released);
        reassembly->piece_count -= released;
        forget_range(reassembly, 0);
        reassembly->held_bytes -= range.end - range.begin;
        reassembly->next = range.end;
        rest_when_nothing_is_held(reassembly);
        return (uint32_t)(range.end - range.begin);
}

/* What `part` takes of a slice that begins at `begin`: to the ready ones when it comes next, else held. */
static void take_slice(struct reassembly *reassembly, uint64_t begin, const struct payload_slice *slice,
        const struct part *part)
{
        uint64_t from = MAX(begin, part->begin);
        uint64_t to = MIN(begin + slice->length, part->end);
        if (from >= to)
                return;
        struct payload_slice cut = *slice;
        cut.offset += (uint32_t)(from - begin);
        cut.length = (uint32_t)(to - from);
        payload_slice_ref(&cut);
        if (part->begin == reassembly->next)
                append_ready(reassembly, &cut);
        else
                hold_slice(reassembly, from, &cut);
}

static void take_slices(struct reassembly *reassembly, uint64_t offset, const struct payload *payload,
        const struct part *part)
{
        for (uint8_t i = 0; i < payload->slice_count; i++) {
                take_slice(reassembly, offset, &payload->slices[i], part);
                offset += payload->slices[i].length;
        }
}

/* `part` touches nothing that is there. */
static void take_part(struct reassembly *reassembly, uint64_t offset, const struct payload *payload,
        const struct part *part, struct reassembly_outcome *outcome)
{
        uint32_t size = (uint32_t)(part->end - part->begin);
        take_slices(reassembly, offset, payload, part);
        if (part->begin > reassembly->next) {
                hold_part(reassembly, part);
                outcome->held += size;
                return;
        }
        reassembly->next = part->end;
        outcome->in_order += size;
        if (reassembly->range_count > 0 && range_at(reassembly, 0)->begin == reassembly->next)
                outcome->filled += release_first_range(reassembly);
}

static void note_duplicate(const struct part *part, struct reassembly_outcome *outcome)
{
        if (outcome->duplicate == 0)
                outcome->duplicate_begin = outcome->duplicate_end = part->begin;
        if (outcome->duplicate_end == part->begin)
                outcome->duplicate_end = part->end;
        outcome->duplicate += (uint32_t)(part->end - part->begin);
}

/* Whether the byte at part->begin is there already. Ends the part where that changes. */
static bool is_there(struct reassembly *reassembly, struct part *part)
{
        if (part->begin < reassembly->next) {
                part->end = MIN(part->end, reassembly->next);
                return true;
        }
        uint32_t index = find_range(reassembly, part->begin);
        if (index == reassembly->range_count)
                return false;
        struct held_range *range = range_at(reassembly, index);
        if (part->begin < range->begin) {
                part->end = MIN(part->end, range->begin);
                return false;
        }
        range->stamp = reassembly->arrivals;
        part->end = MIN(part->end, range->end);
        return true;
}

void reassembly_init(struct reassembly *reassembly, PayloadPool *pool)
{
        *reassembly = (struct reassembly){ .pool = pool };
}

static void forget_pieces_from(struct reassembly *reassembly, uint64_t offset)
{
        while (reassembly->piece_count > 0) {
                struct held_piece *last = piece_at(reassembly, reassembly->piece_count - 1);
                if (last->begin < offset) {
                        last->slice.length = (uint32_t)(MIN(piece_end(last), offset) - last->begin);
                        return;
                }
                payload_slice_unref(&last->slice);
                reassembly->piece_count--;
        }
}

uint64_t reassembly_reach(const struct reassembly *reassembly, uint64_t offset)
{
        uint32_t index = find_range(reassembly, offset);
        bool is_held = index < reassembly->range_count && range_at(reassembly, index)->begin <= offset;
        return is_held ? range_at(reassembly, index)->end : offset;
}

void reassembly_forget_from(struct reassembly *reassembly, uint64_t offset)
{
        forget_pieces_from(reassembly, offset);
        while (reassembly->range_count > 0) {
                struct held_range *last = range_at(reassembly, reassembly->range_count - 1);
                uint64_t end = MAX(MIN(last->end, offset), last->begin);
                reassembly->held_bytes -= last->end - end;
                last->end = end;
                if (last->begin < end)
                        return;
                reassembly->range_count--;
        }
        rest_when_nothing_is_held(reassembly);
}

void reassembly_clear(struct reassembly *reassembly)
{
        reassembly_read(reassembly, NULL, reassembly_readable(reassembly));
        reassembly_forget_from(reassembly, 0);
        ring_clear(&reassembly->ready, memory_of(reassembly), sizeof(struct payload_slice));
        ring_clear(&reassembly->pieces, memory_of(reassembly), sizeof(struct held_piece));
        ring_clear(&reassembly->ranges, memory_of(reassembly), sizeof(struct held_range));
}

void reassembly_append(struct reassembly *reassembly, const struct payload *payload)
{
        reassembly->arrivals++;
        for (uint8_t i = 0; i < payload->slice_count; i++) {
                payload_slice_ref(&payload->slices[i]);
                append_ready(reassembly, &payload->slices[i]);
        }
        reassembly->next += payload->length;
}

void reassembly_insert(struct reassembly *reassembly, uint64_t offset, const struct payload *payload,
        struct reassembly_outcome *outcome)
{
        uint64_t end = offset + payload->length;
        *outcome = (struct reassembly_outcome){ 0 };
        if (offset == reassembly->next && reassembly->range_count == 0) {
                reassembly_append(reassembly, payload);
                outcome->in_order = payload->length;
                return;
        }
        reassembly->arrivals++;
        for (struct part part = { offset, end }; part.begin < end; part = (struct part){ part.end, end }) {
                if (is_there(reassembly, &part))
                        note_duplicate(&part, outcome);
                else
                        take_part(reassembly, offset, payload, &part, outcome);
        }
}

/* The first `length` bytes of the slice are read. True when that was all of it. */
static bool consume(struct payload_slice *slice, uint32_t length)
{
        slice->offset += length;
        slice->length -= length;
        if (slice->length > 0)
                return false;
        payload_slice_unref(slice);
        return true;
}

size_t reassembly_read(struct reassembly *reassembly, void *to, size_t size)
{
        uint8_t *target = to;
        size_t wanted = MIN(size, reassembly_readable(reassembly));
        size_t left = wanted;
        while (left > 0) {
                struct payload_slice *slice = ready_at(reassembly, 0);
                uint32_t length = (uint32_t)MIN(left, slice->length);
                if (target != NULL) {
                        memcpy(target, payload_slice_bytes(slice), length);
                        target += length;
                }
                left -= length;
                if (consume(slice, length)) {
                        ring_drop_front(&reassembly->ready, 1);
                        reassembly->ready_count--;
                }
        }
        reassembly->read += wanted;
        if (reassembly->ready_count == 0)
                ring_rest(&reassembly->ready, memory_of(reassembly), sizeof(struct payload_slice));
        return wanted;
}

size_t reassembly_peek(const struct reassembly *reassembly, size_t skip, void *to, size_t size)
{
        uint8_t *target = to;
        size_t readable = reassembly_readable(reassembly);
        size_t wanted = skip < readable ? MIN(size, readable - skip) : 0;
        size_t left = wanted;
        for (uint32_t i = 0; left > 0; i++) {
                const struct payload_slice *slice = ready_at(reassembly, i);
                size_t skipped = MIN(skip, slice->length);
                size_t length = MIN(left, slice->length - skipped);
                memcpy(target, payload_slice_bytes(slice) + skipped, length);
                target += length;
                left -= length;
                skip -= skipped;
        }
        return wanted;
}

unsigned reassembly_held_ranges(
        const struct reassembly *reassembly, struct held_range *ranges, unsigned count)
{
        unsigned found = 0;
        for (uint32_t i = 0; i < reassembly->range_count; i++) {
                const struct held_range *range = range_at(reassembly, i);
                if (found == count && (count == 0 || ranges[count - 1].stamp >= range->stamp))
                        continue;
                unsigned place = found < count ? found++ : count - 1;
                for (; place > 0 && ranges[place - 1].stamp < range->stamp; place--)
                        ranges[place] = ranges[place - 1];
                ranges[place] = *range;
        }
        return found;
}

static void check_ready(const struct reassembly *reassembly)
{
        uint64_t bytes = 0;
        for (uint32_t i = 0; i < reassembly->ready_count; i++) {
                g_assert(ready_at(reassembly, i)->length > 0);
                bytes += ready_at(reassembly, i)->length;
        }
        g_assert(bytes == reassembly_readable(reassembly));
}

/* The pieces fill the ranges, neither more nor less. */
static void check_range(const struct reassembly *reassembly, const struct held_range *range, uint32_t *piece)
{
        uint64_t end = range->begin;
        g_assert(range->begin < range->end && range->stamp <= reassembly->arrivals);
        for (; *piece < reassembly->piece_count && end < range->end; ++*piece) {
                g_assert(piece_at(reassembly, *piece)->begin == end &&
                         piece_at(reassembly, *piece)->slice.length > 0);
                end = piece_end(piece_at(reassembly, *piece));
        }
        g_assert(end == range->end);
}

void reassembly_check(const struct reassembly *reassembly)
{
        uint64_t end = reassembly->next;
        uint64_t held = 0;
        uint32_t piece = 0;
        g_assert(reassembly->read <= reassembly->next);
        check_ready(reassembly);
        for (uint32_t i = 0; i < reassembly->range_count; i++) {
                const struct held_range *range = range_at(reassembly, i);
                g_assert(range->begin > end);
                check_range(reassembly, range, &piece);
                held += range->end - range->begin;
                end = range->end;
        }
        g_assert(piece == reassembly->piece_count && held == reassembly->held_bytes);
}
