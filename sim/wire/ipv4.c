/*
 * The IPv4 header, read and written. RFC 791 section 3.1.
 *
 *     0: version, header length    1: DSCP, ECN      2: total length
 *     4: identification                              6: flags, fragment offset
 *     8: time to live              9: protocol      10: checksum
 *    12: source                                     16: destination
 */
#include "wire/ipv4.h"

#include "wire/byte_order.h"
#include "wire/checksum.h"

#define DONT_FRAGMENT        0x4000
#define MORE_FRAGMENTS       0x2000
#define FRAGMENT_OFFSET_MASK 0x1fff
#define FRAGMENT_UNIT        8                               /* bytes */
#define USUAL_FIRST_BYTE     (4 << 4 | IPV4_HEADER_SIZE / 4) /* version 4, no options */

static struct ipv4_header header_of_bytes(const uint8_t *bytes)
{
        uint16_t fragment = read_be16(bytes + 6);
        return (struct ipv4_header){
                .source = ip_address_from_ipv4(read_be32(bytes + 12)),
                .destination = ip_address_from_ipv4(read_be32(bytes + 16)),
                .total_length = read_be16(bytes + 2),
                .identification = read_be16(bytes + 4),
                .fragment_offset = (fragment & FRAGMENT_OFFSET_MASK) * FRAGMENT_UNIT,
                .header_length = (bytes[0] & 0x0f) * 4,
                .dscp = bytes[1] >> 2,
                .ecn = bytes[1] & 0x03,
                .time_to_live = bytes[8],
                .protocol = bytes[9],
                .dont_fragment = (fragment & DONT_FRAGMENT) != 0,
                .more_fragments = (fragment & MORE_FRAGMENTS) != 0,
        };
}

/* Options are rare: without them the loop has a fixed end, and none in machine code. */
static bool is_sum_right(const uint8_t *bytes, size_t header_length)
{
        uint64_t sum = header_length == IPV4_HEADER_SIZE ? checksum_words(bytes, IPV4_HEADER_SIZE)
                                                         : checksum_words(bytes, header_length);
        return checksum_fold(sum) == 0xffff;
}

/* What the first byte says. */
static enum ipv4_parse check_shape(const uint8_t *bytes, size_t size)
{
        if (bytes[0] >> 4 != 4)
                return IPV4_NOT_VERSION_4;
        size_t header_length = (bytes[0] & 0x0f) * 4u;
        if (header_length < IPV4_HEADER_SIZE)
                return IPV4_BAD_LENGTH;
        return header_length > size ? IPV4_TRUNCATED : IPV4_OK;
}

enum ipv4_parse ipv4_check(const uint8_t *bytes, size_t size, size_t packet_size)
{
        if (size < IPV4_HEADER_SIZE)
                return IPV4_TRUNCATED;
        enum ipv4_parse shape = bytes[0] == USUAL_FIRST_BYTE ? IPV4_OK : check_shape(bytes, size);
        if (shape != IPV4_OK)
                return shape;
        size_t header_length = (bytes[0] & 0x0f) * 4u;
        if (!is_sum_right(bytes, header_length))
                return IPV4_BAD_CHECKSUM;
        uint16_t total_length = read_be16(bytes + 2);
        bool is_short = total_length < header_length || total_length > packet_size;
        return is_short ? IPV4_BAD_LENGTH : IPV4_OK;
}

enum ipv4_parse ipv4_parse(const uint8_t *bytes, size_t size, size_t packet_size, struct ipv4_header *header)
{
        enum ipv4_parse result = ipv4_check(bytes, size, packet_size);
        if (result == IPV4_OK)
                *header = header_of_bytes(bytes);
        return result;
}

const char *ipv4_parse_name(enum ipv4_parse result)
{
        static const char *const names[] = {
                [IPV4_OK] = "ok",
                [IPV4_TRUNCATED] = "truncated",
                [IPV4_NOT_VERSION_4] = "not version 4",
                [IPV4_BAD_LENGTH] = "bad length",
                [IPV4_BAD_CHECKSUM] = "bad checksum",
        };
        return names[result];
}

void ipv4_emit(const struct ipv4_header *header, uint8_t bytes[IPV4_HEADER_SIZE])
{
        g_assert(header->fragment_offset % FRAGMENT_UNIT == 0);
        uint16_t fragment = (header->dont_fragment ? DONT_FRAGMENT : 0) |
                            (header->more_fragments ? MORE_FRAGMENTS : 0) |
                            header->fragment_offset / FRAGMENT_UNIT;
        bytes[0] = USUAL_FIRST_BYTE;
        bytes[1] = (uint8_t)(header->dscp << 2 | header->ecn);
        write_be16(bytes + 2, header->total_length);
        write_be16(bytes + 4, header->identification);
        write_be16(bytes + 6, fragment);
        bytes[8] = header->time_to_live;
        bytes[9] = header->protocol;
        write_be16(bytes + 10, 0);
        write_be32(bytes + 12, ip_address_to_ipv4(&header->source));
        write_be32(bytes + 16, ip_address_to_ipv4(&header->destination));
        write_be16(bytes + 10, checksum_finish(checksum_fold(checksum_words(bytes, IPV4_HEADER_SIZE))));
}

bool ipv4_decrement_ttl(uint8_t *bytes)
{
        if (bytes[8] <= 1)
                return false;
        bytes[8]--;
        /* HC' = ~(~HC + ~m + m'), RFC 1624 section 3, equation 3: m' - m is -0x0100. */
        uint32_t sum = read_be16(bytes + 10) + 0x0100u;
        write_be16(bytes + 10, (uint16_t)(sum + (sum >= 0xffff)));
        return true;
}
