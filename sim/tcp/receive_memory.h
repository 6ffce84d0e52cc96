/*
 * What received segments cost their socket: not their bytes but the memory that a kernel stores them in. Windows
 * follow it, so they are those of a Linux host only when this is counted as it counts.
 *
 * The memory of a packet is the smallest block that holds it, or pages, with the bookkeeping of struct sk_buff and
 * skb_shared_info, as for a packet of the TUN device or a driver that copies. A small packet that fits into the rest of
 * the block before it costs nothing (tcp_try_coalesce).
 */
#ifndef INORDER_RECEIVE_MEMORY_H
#define INORDER_RECEIVE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include "tcp/ring.h"

struct receive_memory {
        BlockPool *blocks;
        struct ring ready; /* of stored_packet (receive_memory.c), by offset */
        struct ring held;
        uint32_t ready_count;
        uint32_t held_count;
        uint32_t allocated; /* bytes; Linux's sk_rmem_alloc */
};

void receive_memory_init(struct receive_memory *memory, BlockPool *blocks);
void receive_memory_clear(struct receive_memory *memory);

/* The memory of an IP packet of so many bytes. */
uint32_t receive_memory_of_packet(uint32_t packet_size);

/* The stream bytes begin <= b < end have come in a packet of this size: in order, or behind a hole. A bare FIN is
 * an empty one. In order, they may join the packet before them, unless it has some of them already. */
void receive_memory_store(
        struct receive_memory *memory, uint64_t begin, uint64_t end, uint32_t packet_size, bool may_join);
/* Behind a hole, first: what it makes needless goes. */
enum memory_way {
        MEMORY_NEEDLESS, /* another packet has all of it */
        MEMORY_JOINED,   /* there was room in the packet before it */
        MEMORY_APART,    /* it needs its own */
};
enum memory_way receive_memory_make_way(struct receive_memory *memory, uint64_t begin, uint64_t end);
void receive_memory_hold(struct receive_memory *memory, uint64_t begin, uint64_t end, uint32_t packet_size);
/* What is held up to `next` has become readable. */
void receive_memory_release(struct receive_memory *memory, uint64_t next);
/* Where the next packet to read ends; UINT64_MAX: there is none. */
uint64_t receive_memory_next_end(const struct receive_memory *memory);
/* Everything before `offset` has been read. */
void receive_memory_free_read(struct receive_memory *memory, uint64_t offset);
/* Blocks are packed full (tcp_collapse). */
void receive_memory_pack(struct receive_memory *memory);
/* The held packet that begins last: where that is; false: none is held. */
bool receive_memory_last_held(const struct receive_memory *memory, uint64_t *begin);
/* It is thrown away: the memory that comes free. */
uint32_t receive_memory_drop_last_held(struct receive_memory *memory);
/* Where what is held ends; 0: nothing is. */
uint64_t receive_memory_held_end(const struct receive_memory *memory);

void receive_memory_check(const struct receive_memory *memory);

#endif
