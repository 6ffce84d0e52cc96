/*
 * What the net does to packets besides flipping bits: cutting them short, marking them.
 */
#include "net/packet.h"

void packet_truncate(struct packet *packet, uint32_t size)
{
        g_assert(size > 0 && size < packet->size);
        uint32_t header_size = MIN(packet->header_size, size);
        struct payload left = payload_cut(&packet->payload, 0, size - header_size);
        payload_clear(&packet->payload);
        packet->payload = left;
        packet->header_size = (uint8_t)header_size;
        packet->size = (uint16_t)size;
        if (packet->flips < UINT8_MAX)
                packet->flips++;
}

bool packet_is_ecn_capable(const struct packet *packet)
{
        struct ip_header header;
        return ip_header_parse(packet->header, packet->header_size, packet->size, &header) == IP_OK &&
               header.ecn != ECN_NOT_ECT;
}

bool packet_mark_ce(struct packet *packet)
{
        if (!ip_mark_ce(packet->header, packet->header_size))
                return false;
        packet->is_marked_here = true;
        return true;
}
