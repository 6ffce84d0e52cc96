/*
 * A number for what a packet carries, so that luck can go by segment: the same for the same bytes of the same
 * stream sent as often, whatever else was sent before.
 */
#ifndef INORDER_SEGMENT_LUCK_H
#define INORDER_SEGMENT_LUCK_H

#include "net/packet.h"

/* By flow, direction, relative sequence number and nth sending; of what takes no sequence numbers by what it
 * acknowledges. `otherwise` for packets that are not TCP's or without a note. */
uint64_t segment_luck(const struct packet *packet, uint64_t otherwise);

#endif
