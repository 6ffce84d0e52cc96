/*
 * A small world for tests of the net: a clock, pools, a trace written down in full, packets to send and a
 * sink that notes what comes.
 */
#ifndef INORDER_TESTS_NET_WORLD_H
#define INORDER_TESTS_NET_WORLD_H

#include "net/link.h"

struct net_world {
        PayloadPool *payloads;
        Trace *trace;
        struct net_context context;
        GString *log; /* every trace event, a line each, and whatever the test adds */
};

void net_world_init(struct net_world *world);
/* Every link is gone; asserts that every packet has been counted. */
void net_world_clear(struct net_world *world);

/* A TCP segment as a host would make it: checksums right, sequence numbers of a stream of packets of this
 * size. */
struct packet *net_world_packet(struct net_world *world, uint32_t number, uint32_t payload_size);
/* The same as one with these flags. */
struct packet *net_world_flagged_packet(
        struct net_world *world, uint32_t number, uint32_t payload_size, uint16_t flags);

/* Write the codepoint into its IP header. */
void net_world_set_ecn(struct packet *packet, uint8_t ecn);

/* Notes "arrived TIME id/copy" and takes the packet. */
struct packet_sink net_world_sink(struct net_world *world, uint32_t owner);

/* A link direction of 8 Gbit/s (a nanosecond a byte) and a delay of 10 µs from nowhere to the sink. */
struct link_config net_world_link(uint32_t owner);

void net_world_run(struct net_world *world);

/* "1@10100 2@10200": numbers of the packets that reached the sink, "/copy" added, with their times. */
const char *net_world_arrivals(struct net_world *world);

#endif
