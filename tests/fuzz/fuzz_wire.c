/*
 * Fuzz target: a packet as it comes off the wire, through IPv4 to UDP or TCP. The first two bytes say which
 * sums and lengths are mended first (few packets made up would get past them) and where headers end and
 * payload begins, which need not be where the headers say.
 *
 * What parses is written again and parses to the same.
 */
#include <string.h>
#include "fuzz_bytes.h"
#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/tcp_segment.h"
#include "wire/transport.h"
#include "wire/udp.h"

#define PACKET_MOST      2048
#define TCP_CHECKSUM_AT  16
#define UDP_CHECKSUM_AT  6
#define IPV4_CHECKSUM_AT 10
#define OPTIONS_SIZE_MAX (TCP_HEADER_SIZE_MAX - TCP_HEADER_SIZE)

enum mending { MEND_LENGTH = 0x1, MEND_IPV4_SUM = 0x2, MEND_TRANSPORT_SUM = 0x4, MEND_UDP_LENGTH = 0x8 };

struct wire {
        PayloadPool *pool;
        uint8_t packet[PACKET_MOST];
        size_t size;
        uint8_t mending;
        size_t cut; /* so many bytes of the transport's part are header bytes */
        struct ipv4_header header;
};

/* ---- IPv4 ---- */

static void mend_ipv4(struct wire *wire)
{
        uint8_t *packet = wire->packet;
        size_t header_size = (packet[0] & 0x0fu) * 4;
        if (wire->size < IPV4_HEADER_SIZE || header_size > wire->size)
                return;
        if (wire->mending & MEND_LENGTH)
                write_be16(packet + 2, (uint16_t)wire->size);
        if (!(wire->mending & MEND_IPV4_SUM))
                return;
        write_be16(packet + IPV4_CHECKSUM_AT, 0);
        write_be16(packet + IPV4_CHECKSUM_AT, checksum_finish(checksum_sum(packet, header_size)));
}

static void check_ipv4(const struct wire *wire)
{
        struct ipv4_header again;
        uint8_t bytes[IPV4_HEADER_SIZE];
        ipv4_emit(&wire->header, bytes);
        g_assert(ipv4_parse(bytes, sizeof bytes, wire->size, &again) == IPV4_OK);
        again.header_length = wire->header.header_length;
        g_assert(ip_address_equal(&again.source, &wire->header.source));
        g_assert(again.total_length == wire->header.total_length && again.protocol == wire->header.protocol);
        g_assert(again.fragment_offset == wire->header.fragment_offset && again.ecn == wire->header.ecn);
}

static void check_forwarding(const struct wire *wire)
{
        struct ipv4_header again;
        uint8_t bytes[IPV4_HEADER_SIZE_MAX];
        memcpy(bytes, wire->packet, wire->header.header_length);
        if (!ipv4_decrement_ttl(bytes))
                return;
        g_assert(ipv4_parse(bytes, sizeof bytes, wire->size, &again) == IPV4_OK);
        g_assert(again.time_to_live == wire->header.time_to_live - 1);
}

/* ---- What is within ---- */

/* The transport's part of the packet, cut in two: `bytes`, and the payload in up to three slices. */
static struct payload cut_payload(const struct wire *wire, const uint8_t *bytes, size_t size)
{
        struct payload payload = { 0 };
        size_t piece = size / PAYLOAD_SLICES_MAX + 1;
        for (size_t at = 0; at < size; at += piece) {
                struct payload part = payload_of_bytes(wire->pool, bytes + at, MIN(piece, size - at));
                payload_append(wire->pool, &payload, &part.slices[0]);
                payload_clear(&part);
        }
        return payload;
}

static void mend_sum(const struct wire *wire, uint8_t *bytes, size_t size, size_t at)
{
        struct payload none = { 0 };
        if (!(wire->mending & MEND_TRANSPORT_SUM) || size < at + 2)
                return;
        write_be16(bytes + at, 0);
        uint16_t checksum = checksum_finish(transport_sum(
                &wire->header.source, &wire->header.destination, wire->header.protocol, bytes, size, &none));
        write_be16(bytes + at, checksum == 0 && wire->header.protocol == IP_PROTOCOL_UDP ? 0xffff : checksum);
}

static void parse_udp(const struct wire *wire, uint8_t *bytes, size_t size)
{
        struct udp_datagram datagram;
        uint8_t again[UDP_HEADER_SIZE];
        if (wire->mending & MEND_UDP_LENGTH && size >= UDP_HEADER_SIZE)
                write_be16(bytes + 4, (uint16_t)size);
        mend_sum(wire, bytes, size, UDP_CHECKSUM_AT);
        size_t cut = MIN(wire->cut, size);
        struct payload payload = cut_payload(wire, bytes + cut, size - cut);
        enum udp_parse result = udp_parse(
                &wire->header.source, &wire->header.destination, bytes, cut, &payload, wire->pool, &datagram);
        payload_clear(&payload);
        if (result != UDP_OK)
                return;
        g_assert(datagram.payload.length == size - UDP_HEADER_SIZE);
        udp_emit(&wire->header.source, &wire->header.destination, &datagram, again);
        g_assert(memcmp(again, bytes, sizeof again) == 0);
        payload_clear(&datagram.payload);
}

static void check_tcp(const struct wire *wire, struct tcp_segment *segment)
{
        struct tcp_segment again;
        uint8_t bytes[TCP_HEADER_SIZE_MAX];
        uint8_t bytes_again[TCP_HEADER_SIZE_MAX];
        const struct ip_address *source = &wire->header.source;
        const struct ip_address *destination = &wire->header.destination;
        if (tcp_options_size(&segment->options) > OPTIONS_SIZE_MAX)
                return;
        size_t size = tcp_segment_emit(source, destination, segment, bytes);
        g_assert(tcp_segment_parse(source, destination, bytes, size, &segment->payload, wire->pool, &again) ==
                 TCP_PARSE_OK);
        g_assert(seq_equal(again.seq, segment->seq) && seq_equal(again.ack, segment->ack));
        g_assert(again.flags == segment->flags && again.window == segment->window);
        g_assert(tcp_segment_length(&again) == tcp_segment_length(segment));
        g_assert(tcp_segment_emit(source, destination, &again, bytes_again) == size);
        g_assert(memcmp(bytes_again, bytes, size) == 0);
        payload_clear(&again.payload);
}

static void parse_tcp(const struct wire *wire, uint8_t *bytes, size_t size)
{
        struct tcp_segment segment;
        struct tcp_segment look;
        mend_sum(wire, bytes, size, TCP_CHECKSUM_AT);
        size_t cut = MIN(wire->cut, size);
        struct payload payload = cut_payload(wire, bytes + cut, size - cut);
        enum tcp_parse result = tcp_segment_parse(
                &wire->header.source, &wire->header.destination, bytes, cut, &payload, wire->pool, &segment);
        payload_clear(&payload);
        enum tcp_parse looked = tcp_header_parse(bytes, size, &look);
        g_assert(result == looked || result == TCP_PARSE_BAD_CHECKSUM);
        if (result != TCP_PARSE_OK)
                return;
        g_assert(seq_equal(look.seq, segment.seq) && look.flags == segment.flags);
        check_tcp(wire, &segment);
        payload_clear(&segment.payload);
}

static void parse_packet(struct wire *wire)
{
        struct ipv4_header *header = &wire->header;
        mend_ipv4(wire);
        if (ipv4_parse(wire->packet, wire->size, wire->size, header) != IPV4_OK)
                return;
        check_ipv4(wire);
        check_forwarding(wire);
        uint8_t *bytes = wire->packet + header->header_length;
        size_t size = header->total_length - header->header_length;
        if (header->protocol == IP_PROTOCOL_UDP)
                parse_udp(wire, bytes, size);
        else if (header->protocol == IP_PROTOCOL_TCP)
                parse_tcp(wire, bytes, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
        struct fuzz_bytes bytes = { input, size };
        struct wire wire = { .mending = fuzz_8(&bytes), .cut = fuzz_8(&bytes) };
        wire.size = MIN(bytes.left, sizeof wire.packet);
        if (wire.size > 0)
                memcpy(wire.packet, bytes.at, wire.size);
        wire.pool = payload_pool_new();
        parse_packet(&wire);
        payload_pool_free(wire.pool);
        return 0;
}
