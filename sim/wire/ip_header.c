/*
 * One IP header for two families. RFC 791, RFC 8200.
 */
#include "wire/ip_header.h"

#include "wire/byte_order.h"
#include "wire/checksum.h"

static const enum ip_parse ipv4_results[] = {
        [IPV4_OK] = IP_OK,
        [IPV4_TRUNCATED] = IP_TRUNCATED,
        [IPV4_NOT_VERSION_4] = IP_BAD_VERSION,
        [IPV4_BAD_LENGTH] = IP_BAD_LENGTH,
        [IPV4_BAD_CHECKSUM] = IP_BAD_CHECKSUM,
};

static enum ip_parse parse_ipv4(
        const uint8_t *bytes, size_t size, size_t packet_size, struct ip_header *header)
{
        enum ipv4_parse result = ipv4_check(bytes, size, packet_size);
        if (result != IPV4_OK)
                return ipv4_results[result];
        const struct ipv4_header ipv4 = ipv4_read(bytes);
        *header = (struct ip_header){
                .source = ipv4.source,
                .destination = ipv4.destination,
                .size = ipv4.total_length,
                .header_size = ipv4.header_length,
                .identification = ipv4.identification,
                .version = 4,
                .dscp = ipv4.dscp,
                .ecn = ipv4.ecn,
                .hop_limit = ipv4.time_to_live,
                .protocol = ipv4.protocol,
                .dont_fragment = ipv4.dont_fragment,
                .is_fragment = ipv4.more_fragments || ipv4.fragment_offset != 0,
        };
        return IP_OK;
}

static enum ip_parse parse_ipv6(
        const uint8_t *bytes, size_t size, size_t packet_size, struct ip_header *header)
{
        static const enum ip_parse results[] = {
                [IPV6_OK] = IP_OK,
                [IPV6_TRUNCATED] = IP_TRUNCATED,
                [IPV6_NOT_VERSION_6] = IP_BAD_VERSION,
                [IPV6_BAD_LENGTH] = IP_BAD_LENGTH,
                [IPV6_BAD_ADDRESS] = IP_BAD_ADDRESS,
                [IPV6_BAD_EXTENSION] = IP_BAD_EXTENSION,
        };
        struct ipv6_header ipv6;
        enum ipv6_parse result = ipv6_parse(bytes, size, packet_size, &ipv6);
        if (result != IPV6_OK)
                return results[result];
        *header = (struct ip_header){
                .source = ipv6.source,
                .destination = ipv6.destination,
                .flow_label = ipv6.flow_label,
                .size = IPV6_HEADER_SIZE + (uint32_t)ipv6.payload_length,
                .header_size = ipv6.header_length,
                .version = 6,
                .dscp = ipv6.dscp,
                .ecn = ipv6.ecn,
                .hop_limit = ipv6.hop_limit,
                .protocol = ipv6.protocol,
                .dont_fragment = true,
                .is_fragment = ipv6.more_fragments || ipv6.fragment_offset != 0,
        };
        return IP_OK;
}

enum ip_parse ip_header_parse(const uint8_t *bytes, size_t size, size_t packet_size, struct ip_header *header)
{
        if (size > 0 && bytes[0] >> 4 == 6)
                return parse_ipv6(bytes, size, packet_size, header);
        return parse_ipv4(bytes, size, packet_size, header);
}

static bool is_ipv6(const uint8_t *bytes)
{
        return bytes[0] >> 4 == 6;
}

enum ip_parse ip_header_check(const uint8_t *bytes, size_t size, size_t packet_size)
{
        struct ip_header header;
        if (size > 0 && is_ipv6(bytes))
                return parse_ipv6(bytes, size, packet_size, &header);
        return ipv4_results[ipv4_check(bytes, size, packet_size)];
}

/* RFC 8200 section 3: source, destination and hop limit are at 8, 24 and 7. */
static struct ip_address ipv6_address_at(const uint8_t *bytes)
{
        struct ip_address address;
        memcpy(address.bytes, bytes, sizeof address.bytes);
        return address;
}

struct ip_address ip_source_of(const uint8_t *bytes)
{
        return is_ipv6(bytes) ? ipv6_address_at(bytes + 8) : ip_address_from_ipv4(read_be32(bytes + 12));
}

struct ip_address ip_destination_of(const uint8_t *bytes)
{
        return is_ipv6(bytes) ? ipv6_address_at(bytes + 24) : ip_address_from_ipv4(read_be32(bytes + 16));
}

uint8_t ip_hop_limit_of(const uint8_t *bytes)
{
        return is_ipv6(bytes) ? bytes[7] : bytes[8];
}

const char *ip_parse_name(enum ip_parse result)
{
        static const char *const names[] = {
                [IP_OK] = "ok",
                [IP_TRUNCATED] = "truncated",
                [IP_BAD_VERSION] = "bad version",
                [IP_BAD_LENGTH] = "bad length",
                [IP_BAD_CHECKSUM] = "bad checksum",
                [IP_BAD_ADDRESS] = "bad address",
                [IP_BAD_EXTENSION] = "bad extension header",
        };
        return names[result];
}

uint8_t ip_version_of(const struct ip_address *address)
{
        return ip_address_is_ipv4(address) ? 4 : 6;
}

size_t ip_header_size(uint8_t version)
{
        return version == 6 ? IPV6_HEADER_SIZE : IPV4_HEADER_SIZE;
}

static void emit_ipv4(const struct ip_header *header, uint8_t *bytes)
{
        const struct ipv4_header ipv4 = {
                .source = header->source,
                .destination = header->destination,
                .total_length = (uint16_t)header->size,
                .identification = header->identification,
                .dscp = header->dscp,
                .ecn = header->ecn,
                .time_to_live = header->hop_limit,
                .protocol = header->protocol,
                .dont_fragment = header->dont_fragment,
        };
        ipv4_emit(&ipv4, bytes);
}

static void emit_ipv6(const struct ip_header *header, uint8_t *bytes)
{
        const struct ipv6_header ipv6 = {
                .source = header->source,
                .destination = header->destination,
                .flow_label = header->flow_label,
                .payload_length = (uint16_t)(header->size - IPV6_HEADER_SIZE),
                .dscp = header->dscp,
                .ecn = header->ecn,
                .hop_limit = header->hop_limit,
                .protocol = header->protocol,
        };
        ipv6_emit(&ipv6, bytes);
}

void ip_header_emit(const struct ip_header *header, uint8_t *bytes)
{
        g_assert(header->version == 4 || header->version == 6);
        if (header->version == 6)
                emit_ipv6(header, bytes);
        else
                emit_ipv4(header, bytes);
}

bool ip_decrement_hop_limit(uint8_t *bytes)
{
        return bytes[0] >> 4 == 6 ? ipv6_decrement_hop_limit(bytes) : ipv4_decrement_ttl(bytes);
}

/* RFC 791: the second byte's last two bits; and the sum follows (RFC 1624: m' - m is added to what it sums).
 */
static void ipv4_mark_ce(uint8_t *bytes)
{
        uint16_t sum = checksum_finish((uint16_t)(bytes[10] << 8 | bytes[11]));
        uint8_t added = ECN_CE - (bytes[1] & ECN_CE);
        bytes[1] |= ECN_CE;
        sum = checksum_finish(checksum_add(sum, added));
        bytes[10] = (uint8_t)(sum >> 8);
        bytes[11] = (uint8_t)sum;
}

bool ip_mark_ce(uint8_t *bytes, size_t size)
{
        struct ip_header header;
        if (ip_header_parse(bytes, size, IPV6_PACKET_SIZE_MAX, &header) != IP_OK || header.ecn == ECN_NOT_ECT)
                return false;
        if (header.ecn == ECN_CE)
                return true;
        if (header.version == 4)
                ipv4_mark_ce(bytes);
        else
                bytes[1] |= ECN_CE << 4; /* RFC 8200 section 3: the traffic class begins in the first byte */
        return true;
}

uint16_t ip_pseudo_header_sum(const struct ip_address *source, const struct ip_address *destination,
        uint8_t protocol, uint32_t size)
{
        return checksum_fold(ip_pseudo_header_words(source, destination, protocol, size));
}
