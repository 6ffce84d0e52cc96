/*
 * Parts of a packet in which bits are flipped.
 */
#ifndef INORDER_PACKET_AREA_H
#define INORDER_PACKET_AREA_H

#include "net/packet.h"

enum packet_area { AREA_PAYLOAD, AREA_IP, AREA_TCP, AREA_ANY };

struct bit_range {
        uint32_t first; /* bit 0 is the top bit of the IP packet's first byte */
        uint32_t count;
};

struct bit_range packet_area_bits(enum packet_area area, const struct packet *packet);

#endif
