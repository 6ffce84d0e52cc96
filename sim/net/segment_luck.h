/*
 * A number for what a packet carries, so that luck can go by segment: the same for the same bytes of the same
 * stream sent as often, whatever else was sent before.
 */
#ifndef INORDER_SEGMENT_LUCK_H
#define INORDER_SEGMENT_LUCK_H

#include "net/packet.h"

/* What names a sending of text, SYN or FIN; or a pure ACK. */
struct segment_name {
        uint32_t from; /* owner numbers */
        uint32_t to;
        uint32_t transfer; /* 0: the ports tell the flow */
        uint32_t flow;     /* which of the transfer's connections, from 1 */
        uint32_t adopted;  /* how often its host has taken it up from its peer; 0 as 1 */
        uint16_t source_port;
        uint16_t destination_port;
        bool is_ack;
        uint32_t seq; /* relative; is_ack: what it acknowledges */
        uint64_t offset;
        uint16_t sending; /* nth; is_ack: nth that acknowledges so much */
        uint32_t copy; /* made on the way here: a packet's; 0: the original */
};

/* False: the packet neither takes sequence numbers nor is a pure ACK, or has no note. */
bool segment_name_of(const struct packet *packet, struct segment_name *name);
uint64_t segment_name_luck(const struct segment_name *name);

/* Its name's: by flow, direction, relative sequence number and nth sending; a pure ACK's by how far it acknowledges and
 * which of those it is, else identical ACKs would all be lost. `otherwise` for packets without a name. */
uint64_t segment_luck(const struct packet *packet, uint64_t otherwise);

#endif
