/*
 * Headers read by hand: the runner must see what a stack sent even where a strict parser would refuse it.
 */
#include "drill/seen_packet.h"

#include <string.h>

#include "wire/byte_order.h"
#include "wire/checksum.h"

#define IPV4_SMALLEST    20
#define IPV6_HEADER      40
#define TCP_SMALLEST     20
#define UDP_HEADER       8
#define ICMP_HEADER      8
#define OPTION_END       0
#define OPTION_NOP       1
#define OPTION_TIMESTAMP 8

static struct ip_address ipv6_address(const uint8_t *bytes)
{
        struct ip_address address;
        memcpy(address.bytes, bytes, sizeof address.bytes);
        return address;
}

static bool read_ipv4(const uint8_t *bytes, size_t size, struct seen_packet *seen)
{
        if (size < IPV4_SMALLEST)
                return false;
        seen->ip_header_size = (bytes[0] & 0x0f) * 4u;
        seen->total_size = read_be16(bytes + 2);
        if (seen->ip_header_size < IPV4_SMALLEST || seen->total_size < seen->ip_header_size ||
                seen->total_size > size)
                return false;
        seen->has_right_checksum = checksum_sum(bytes, seen->ip_header_size) == 0xffff;
        seen->tos = bytes[1];
        seen->ttl = bytes[8];
        seen->protocol = bytes[9];
        seen->source.address = ip_address_from_ipv4(read_be32(bytes + 12));
        seen->destination.address = ip_address_from_ipv4(read_be32(bytes + 16));
        return true;
}

static bool read_ipv6(const uint8_t *bytes, size_t size, struct seen_packet *seen)
{
        if (size < IPV6_HEADER)
                return false;
        seen->ip_header_size = IPV6_HEADER;
        seen->total_size = IPV6_HEADER + read_be16(bytes + 4);
        if (seen->total_size > size)
                return false;
        seen->has_right_checksum = true;
        seen->tos = (uint8_t)(read_be16(bytes) >> 4);
        seen->flow_label = read_be32(bytes) & 0xfffff;
        seen->protocol = bytes[6];
        seen->ttl = bytes[7];
        seen->source.address = ipv6_address(bytes + 8);
        seen->destination.address = ipv6_address(bytes + 24);
        return true;
}

static bool read_tcp(const uint8_t *bytes, unsigned size, struct seen_packet *seen)
{
        if (size < TCP_SMALLEST)
                return false;
        struct seen_tcp *tcp = &seen->tcp;
        tcp->header_size = (bytes[12] >> 4) * 4u;
        if (tcp->header_size < TCP_SMALLEST || tcp->header_size > size)
                return false;
        seen->source.port = read_be16(bytes);
        seen->destination.port = read_be16(bytes + 2);
        tcp->seq = read_be32(bytes + 4);
        tcp->ack = read_be32(bytes + 8);
        tcp->reserved = (bytes[12] >> 1) & 0x07;
        tcp->flags = (uint16_t)((bytes[12] & 0x01) << 8 | bytes[13]);
        tcp->window = read_be16(bytes + 14);
        tcp->urgent = read_be16(bytes + 18);
        tcp->options = bytes + TCP_SMALLEST;
        tcp->options_size = tcp->header_size - TCP_SMALLEST;
        seen->payload = bytes + tcp->header_size;
        seen->payload_size = size - tcp->header_size;
        return true;
}

static bool read_udp(const uint8_t *bytes, unsigned size, struct seen_packet *seen)
{
        if (size < UDP_HEADER)
                return false;
        seen->source.port = read_be16(bytes);
        seen->destination.port = read_be16(bytes + 2);
        seen->payload = bytes + UDP_HEADER;
        seen->payload_size = size - UDP_HEADER;
        return true;
}

static bool read_icmp(const uint8_t *bytes, unsigned size, struct seen_packet *seen)
{
        if (size < ICMP_HEADER)
                return false;
        seen->icmp_type = bytes[0];
        seen->icmp_code = bytes[1];
        seen->payload = bytes + ICMP_HEADER;
        seen->payload_size = size - ICMP_HEADER;
        return true;
}

static bool read_transport(const uint8_t *bytes, unsigned size, struct seen_packet *seen)
{
        switch (seen->protocol) {
        case SEEN_TCP:
                return read_tcp(bytes, size, seen);
        case SEEN_UDP:
                return read_udp(bytes, size, seen);
        case SEEN_ICMP:
        case SEEN_ICMPV6:
                return read_icmp(bytes, size, seen);
        default:
                seen->payload = bytes;
                seen->payload_size = size;
                return true;
        }
}

static bool is_all_zero(const uint8_t *bytes, unsigned size)
{
        for (unsigned i = 0; i < size; i++) {
                if (bytes[i] != 0)
                        return false;
        }
        return true;
}

bool seen_packet_read(const uint8_t *bytes, size_t size, struct seen_packet *seen)
{
        *seen = (struct seen_packet){ .version = size > 0 ? bytes[0] >> 4 : 0 };
        bool is_ip = seen->version == 4   ? read_ipv4(bytes, size, seen)
                     : seen->version == 6 ? read_ipv6(bytes, size, seen)
                                          : false;
        if (!is_ip ||
                !read_transport(bytes + seen->ip_header_size, seen->total_size - seen->ip_header_size, seen))
                return false;
        seen->payload_is_zero = is_all_zero(seen->payload, seen->payload_size);
        return true;
}

bool seen_option_next(
        const struct seen_tcp *tcp, unsigned *at, unsigned *kind, const uint8_t **data, unsigned *size)
{
        if (*at >= tcp->options_size)
                return false;
        const uint8_t *option = tcp->options + *at;
        unsigned left = tcp->options_size - *at;
        *kind = option[0];
        *data = option + 1;
        *size = 0;
        unsigned length = 1;
        if (*kind != OPTION_END && *kind != OPTION_NOP) {
                length = left > 1 ? option[1] : 0;
                if (length < 2 || length > left) {
                        *kind = SEEN_OPTION_BROKEN;
                        *data = option;
                        *size = length = left;
                } else {
                        *data = option + 2;
                        *size = length - 2;
                }
        }
        *at += length;
        return true;
}

bool seen_packet_timestamps(const struct seen_packet *seen, uint32_t *value, uint32_t *echo)
{
        unsigned at = 0;
        unsigned kind;
        unsigned size;
        const uint8_t *data;
        while (seen->protocol == SEEN_TCP && seen_option_next(&seen->tcp, &at, &kind, &data, &size)) {
                if (kind != OPTION_TIMESTAMP || size != 8)
                        continue;
                *value = read_be32(data);
                *echo = read_be32(data + 4);
                return true;
        }
        return false;
}
