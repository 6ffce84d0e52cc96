/*
 * Where the parts of a packet begin and end.
 */
#include "net/packet_area.h"

struct bit_range packet_area_bits(enum packet_area area, const struct packet *packet)
{
        uint32_t transport = MIN(packet_transport_offset(packet), packet->header_size);
        switch (area) {
        case AREA_IP:
                return (struct bit_range){ 0, transport * 8 };
        case AREA_TCP:
                return (struct bit_range){ transport * 8, (packet->header_size - transport) * 8 };
        case AREA_PAYLOAD:
                return (struct bit_range){ packet->header_size * 8u, packet->payload.length * 8 };
        case AREA_ANY:
                return (struct bit_range){ 0, packet->size * 8u };
        }
        g_assert_not_reached();
}
