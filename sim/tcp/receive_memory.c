/*
 * The memory of received packets, as Linux counts it: kmalloc's sizes, struct sk_buff, skb_shared_info.
 */
#include "tcp/receive_memory.h"

#include <glib.h>

#define HEAD_ROOM    64   /* NET_SKB_PAD */
#define CACHE_LINE   64   /* blocks begin and end at one */
#define SHARED_INFO  320  /* at the end of each block */
#define SK_BUFF      256  /* beside each block */
#define SMALL_BLOCK  576  /* skb_small_head_cache */
#define MEDIUM_BLOCK 1024 /* then powers of two */
#define PACKED_BLOCK 4096 /* tcp_collapse makes these */

/* What does not fit into a page stands in a block of one, and in pages behind that (tun_alloc_skb,
 * alloc_skb_with_frags). */
#define PAGE         4096
#define BEFORE_PAGES (PAGE - SHARED_INFO - HEAD_ROOM)

struct stored_packet {
        uint64_t begin;
        uint64_t end;
        uint32_t truesize;
        uint32_t room; /* unused at the block's end */
};

static struct stored_packet *packet_at(const struct ring *ring, uint32_t index)
{
        return ring_at(ring, sizeof(struct stored_packet), index);
}

static uint32_t block_for(uint32_t bytes)
{
        uint32_t needed = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE + SHARED_INFO;
        uint32_t block = MEDIUM_BLOCK;
        if (needed <= SMALL_BLOCK)
                return SMALL_BLOCK;
        while (block < needed)
                block *= 2;
        return block;
}

static bool needs_pages(uint32_t packet_size)
{
        return HEAD_ROOM + packet_size >= PAGE;
}

void receive_memory_init(struct receive_memory *memory, BlockPool *blocks)
{
        *memory = (struct receive_memory){ .blocks = blocks };
}

void receive_memory_clear(struct receive_memory *memory)
{
        ring_clear(&memory->ready, memory->blocks, sizeof(struct stored_packet));
        ring_clear(&memory->held, memory->blocks, sizeof(struct stored_packet));
        receive_memory_init(memory, memory->blocks);
}

uint32_t receive_memory_of_packet(uint32_t packet_size)
{
        if (!needs_pages(packet_size))
                return block_for(HEAD_ROOM + packet_size) + SK_BUFF;
        uint32_t pages = (packet_size - BEFORE_PAGES + PAGE - 1) / PAGE;
        return (1 + pages) * PAGE + SK_BUFF;
}

static struct stored_packet make(uint64_t begin, uint64_t end, uint32_t packet_size)
{
        struct stored_packet packet = {
                .begin = begin, .end = end, .truesize = receive_memory_of_packet(packet_size)
        };
        if (!needs_pages(packet_size))
                packet.room = packet.truesize - SK_BUFF - SHARED_INFO - HEAD_ROOM - packet_size;
        return packet;
}

/* Into the rest of the block of the packet that ends where this one begins. */
static bool coalesces(struct stored_packet *before, uint64_t begin, uint64_t end)
{
        if (before->end != begin || before->room < end - begin)
                return false;
        before->end = end;
        before->room -= (uint32_t)(end - begin);
        return true;
}

void receive_memory_store(
        struct receive_memory *memory, uint64_t begin, uint64_t end, uint32_t packet_size, bool may_join)
{
        const struct stored_packet packet = make(begin, end, packet_size);
        uint32_t count = memory->ready_count;
        if (may_join && count > 0 && coalesces(packet_at(&memory->ready, count - 1), begin, end))
                return;
        ring_reserve(&memory->ready, memory->blocks, sizeof packet, count);
        *packet_at(&memory->ready, memory->ready_count++) = packet;
        memory->allocated += packet.truesize;
}

/* The first held packet that begins behind `begin`. */
static uint32_t find_held(const struct receive_memory *memory, uint64_t begin)
{
        uint32_t low = 0;
        uint32_t high = memory->held_count;
        if (high > 0 && packet_at(&memory->held, high - 1)->begin <= begin)
                return high;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (packet_at(&memory->held, middle)->begin <= begin)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static void rest_held(struct receive_memory *memory)
{
        if (memory->held_count == 0)
                ring_rest(&memory->held, memory->blocks, sizeof(struct stored_packet));
}

static void drop_held(struct receive_memory *memory, uint32_t index)
{
        memory->allocated -= packet_at(&memory->held, index)->truesize;
        ring_close(&memory->held, sizeof(struct stored_packet), memory->held_count--, index);
        rest_held(memory);
}

static void drop_covered(struct receive_memory *memory, uint32_t index, uint64_t end)
{
        while (index < memory->held_count && packet_at(&memory->held, index)->end <= end)
                drop_held(memory, index);
}

enum memory_way receive_memory_make_way(struct receive_memory *memory, uint64_t begin, uint64_t end)
{
        uint32_t index = find_held(memory, begin);
        if (index > 0) {
                struct stored_packet *before = packet_at(&memory->held, index - 1);
                if (before->end >= end)
                        return MEMORY_NEEDLESS;
                if (coalesces(before, begin, end))
                        return MEMORY_JOINED;
                if (before->begin == begin)
                        drop_held(memory, --index);
        }
        drop_covered(memory, index, end);
        return MEMORY_APART;
}

void receive_memory_hold(struct receive_memory *memory, uint64_t begin, uint64_t end, uint32_t packet_size)
{
        const struct stored_packet packet = make(begin, end, packet_size);
        uint32_t index = find_held(memory, begin);
        ring_open(&memory->held, memory->blocks, sizeof(struct stored_packet), memory->held_count++, index);
        *packet_at(&memory->held, index) = packet;
        memory->allocated += packet.truesize;
}

void receive_memory_release(struct receive_memory *memory, uint64_t next)
{
        while (memory->held_count > 0 && packet_at(&memory->held, 0)->begin < next) {
                struct stored_packet packet = *packet_at(&memory->held, 0);
                ring_drop_front(&memory->held, 1);
                memory->held_count--;
                ring_reserve(
                        &memory->ready, memory->blocks, sizeof(struct stored_packet), memory->ready_count);
                *packet_at(&memory->ready, memory->ready_count++) = packet;
        }
        rest_held(memory);
}

uint64_t receive_memory_next_end(const struct receive_memory *memory)
{
        return memory->ready_count > 0 ? packet_at(&memory->ready, 0)->end : UINT64_MAX;
}

void receive_memory_free_read(struct receive_memory *memory, uint64_t offset)
{
        uint32_t gone = 0;
        while (gone < memory->ready_count && packet_at(&memory->ready, gone)->end <= offset)
                memory->allocated -= packet_at(&memory->ready, gone++)->truesize;
        if (gone > 0)
                ring_drop_front(&memory->ready, gone);
        memory->ready_count -= gone;
        if (memory->ready_count == 0)
                ring_rest(&memory->ready, memory->blocks, sizeof(struct stored_packet));
}

/* Neighbours that fit into one block together share it. */
static void pack(struct receive_memory *memory, struct ring *ring, uint32_t *count)
{
        uint32_t kept = 0;
        for (uint32_t i = 1; i < *count; i++) {
                struct stored_packet *last = packet_at(ring, kept);
                const struct stored_packet next = *packet_at(ring, i);
                if (last->end == next.begin && next.end - last->begin <= PACKED_BLOCK - SHARED_INFO) {
                        uint32_t truesize = block_for((uint32_t)(next.end - last->begin)) + SK_BUFF;
                        memory->allocated += truesize - last->truesize - next.truesize;
                        *last = (struct stored_packet){
                                .begin = last->begin, .end = next.end, .truesize = truesize
                        };
                } else {
                        *packet_at(ring, ++kept) = next;
                }
        }
        *count = MIN(*count, kept + 1);
}

void receive_memory_pack(struct receive_memory *memory)
{
        pack(memory, &memory->held, &memory->held_count);
        pack(memory, &memory->ready, &memory->ready_count);
}

bool receive_memory_last_held(const struct receive_memory *memory, uint64_t *begin)
{
        if (memory->held_count == 0)
                return false;
        *begin = packet_at(&memory->held, memory->held_count - 1)->begin;
        return true;
}

uint32_t receive_memory_drop_last_held(struct receive_memory *memory)
{
        uint32_t before = memory->allocated;
        drop_held(memory, memory->held_count - 1);
        return before - memory->allocated;
}

uint64_t receive_memory_held_end(const struct receive_memory *memory)
{
        return memory->held_count > 0 ? packet_at(&memory->held, memory->held_count - 1)->end : 0;
}

static uint64_t check_ring(const struct ring *ring, uint32_t count)
{
        uint64_t bytes = 0;
        for (uint32_t i = 0; i < count; i++) {
                const struct stored_packet *packet = packet_at(ring, i);
                g_assert(packet->begin <= packet->end);
                g_assert(i == 0 || packet_at(ring, i - 1)->begin <= packet->begin);
                bytes += packet->truesize;
        }
        return bytes;
}

void receive_memory_check(const struct receive_memory *memory)
{
        g_assert(check_ring(&memory->ready, memory->ready_count) +
                         check_ring(&memory->held, memory->held_count) ==
                 memory->allocated);
}
