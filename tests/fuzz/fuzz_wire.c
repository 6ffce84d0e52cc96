/*
 * Fuzz target: a packet as it comes off the wire, through IPv4 or IPv6 to UDP, TCP or ICMP and the packet it
 * quotes. The first two bytes say which sums and lengths are mended first (few packets made up would get past
 * them) and where headers end and payload begins, which need not be where the headers say.
 *
 * What parses is written again and parses to the same.
 */
#include <string.h>
#include "fuzz_bytes.h"
#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/icmp.h"
#include "wire/tcp_segment.h"
#include "wire/transport.h"
#include "wire/udp.h"

#define PACKET_MOST      2048
#define TCP_CHECKSUM_AT  16
#define UDP_CHECKSUM_AT  6
#define ICMP_CHECKSUM_AT 2
#define IPV4_CHECKSUM_AT 10
#define IPV6_LENGTH_AT   4
#define OPTIONS_SIZE_MAX (TCP_HEADER_SIZE_MAX - TCP_HEADER_SIZE)

enum mending { MEND_LENGTH = 0x1, MEND_IPV4_SUM = 0x2, MEND_TRANSPORT_SUM = 0x4, MEND_UDP_LENGTH = 0x8 };

struct wire {
        PayloadPool *pool;
        uint8_t packet[PACKET_MOST];
        size_t size;
        uint8_t mending;
        size_t cut; /* so many bytes of the transport's part are header bytes */
        struct ip_header header;
};

/* ---- IP ---- */

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

static void mend_ipv6(struct wire *wire)
{
        if (wire->size >= IPV6_HEADER_SIZE && wire->mending & MEND_LENGTH)
                write_be16(wire->packet + IPV6_LENGTH_AT, (uint16_t)(wire->size - IPV6_HEADER_SIZE));
}

static void mend_ip(struct wire *wire)
{
        if (wire->size > 0 && wire->packet[0] >> 4 == 6)
                mend_ipv6(wire);
        else
                mend_ipv4(wire);
}

/* Without what is not written again: options and extension headers. */
static void check_ip(const struct wire *wire)
{
        struct ip_header again;
        uint8_t bytes[IPV6_HEADER_SIZE];
        size_t size = ip_header_size(wire->header.version);
        if (wire->header.header_size > size && wire->header.version == 6)
                return;
        ip_header_emit(&wire->header, bytes);
        g_assert(ip_header_parse(bytes, size, wire->size, &again) == IP_OK);
        again.header_size = wire->header.header_size;
        again.is_fragment = wire->header.is_fragment;
        g_assert(ip_address_equal(&again.source, &wire->header.source));
        g_assert(ip_address_equal(&again.destination, &wire->header.destination));
        g_assert(again.size == wire->header.size && again.protocol == wire->header.protocol);
        g_assert(again.dscp == wire->header.dscp && again.ecn == wire->header.ecn);
        g_assert(again.flow_label == wire->header.flow_label && again.hop_limit == wire->header.hop_limit);
}

static void check_forwarding(const struct wire *wire)
{
        struct ip_header again;
        uint8_t bytes[PACKET_MOST];
        memcpy(bytes, wire->packet, wire->header.header_size);
        if (!ip_decrement_hop_limit(bytes))
                return;
        g_assert(ip_header_parse(bytes, wire->header.header_size, wire->size, &again) == IP_OK);
        g_assert(again.hop_limit == wire->header.hop_limit - 1);
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

/* All but the checksum: 0 may have come as 0xffff, which is the same in ones' complement. */
static void check_icmp(const struct wire *wire, struct icmp_message *message, const uint8_t *bytes)
{
        struct icmp_quote quote;
        uint8_t again[ICMP_HEADER_SIZE];
        icmp_emit(&wire->header.source, &wire->header.destination, message, again);
        g_assert(memcmp(again, bytes, ICMP_CHECKSUM_AT) == 0);
        g_assert(memcmp(again + ICMP_CHECKSUM_AT + 2, bytes + ICMP_CHECKSUM_AT + 2, 4) == 0);
        if (icmp_quote_parse(message, &quote))
                g_assert(ip_version_of(&quote.tuple.local.address) == message->version ||
                         ip_address_is_any(&quote.tuple.local.address));
}

static void parse_icmp(const struct wire *wire, uint8_t *bytes, size_t size)
{
        struct icmp_message message;
        struct payload none = { 0 };
        if (wire->mending & MEND_TRANSPORT_SUM && size >= ICMP_HEADER_SIZE) {
                write_be16(bytes + ICMP_CHECKSUM_AT, 0);
                uint16_t sum = checksum_sum(bytes, size);
                if (wire->header.version == 6)
                        sum = transport_sum(&wire->header.source, &wire->header.destination,
                                IP_PROTOCOL_ICMPV6, bytes, size, &none);
                write_be16(bytes + ICMP_CHECKSUM_AT, checksum_finish(sum));
        }
        size_t cut = MIN(wire->cut, size);
        struct payload payload = cut_payload(wire, bytes + cut, size - cut);
        enum icmp_parse result = icmp_parse(&wire->header, bytes, cut, &payload, wire->pool, &message);
        payload_clear(&payload);
        if (result != ICMP_OK)
                return;
        check_icmp(wire, &message, bytes);
        payload_clear(&message.body);
}

static void parse_packet(struct wire *wire)
{
        struct ip_header *header = &wire->header;
        mend_ip(wire);
        if (ip_header_parse(wire->packet, wire->size, wire->size, header) != IP_OK)
                return;
        check_ip(wire);
        check_forwarding(wire);
        uint8_t *bytes = wire->packet + header->header_size;
        size_t size = header->size - header->header_size;
        if (header->protocol == IP_PROTOCOL_UDP)
                parse_udp(wire, bytes, size);
        else if (header->protocol == IP_PROTOCOL_TCP)
                parse_tcp(wire, bytes, size);
        else if (header->protocol == IP_PROTOCOL_ICMP || header->protocol == IP_PROTOCOL_ICMPV6)
                parse_icmp(wire, bytes, size);
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
