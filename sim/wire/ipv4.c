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
        enum ipv4_parse shape = bytes[0] == IPV4_USUAL_FIRST_BYTE ? IPV4_OK : check_shape(bytes, size);
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
                *header = ipv4_read(bytes);
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
        g_assert(header->fragment_offset % IPV4_FRAGMENT_UNIT == 0);
        uint16_t fragment = (header->dont_fragment ? IPV4_DONT_FRAGMENT : 0) |
                            (header->more_fragments ? IPV4_MORE_FRAGMENTS : 0) |
                            header->fragment_offset / IPV4_FRAGMENT_UNIT;
        /* Summed before they are written: to read small writes back as larger words makes a processor wait.
         */
        uint8_t service = (uint8_t)(header->dscp << 2 | header->ecn);
        uint32_t first = IPV4_USUAL_FIRST_BYTE << 24 | service << 16 | header->total_length;
        uint32_t second = (uint32_t)header->identification << 16 | fragment;
        uint32_t third = (uint32_t)header->time_to_live << 24 | header->protocol << 16;
        uint32_t source = ip_address_to_ipv4(&header->source);
        uint32_t destination = ip_address_to_ipv4(&header->destination);
        uint64_t sum = (uint64_t)first + second + third + source + destination;
        write_be32(bytes, first);
        write_be32(bytes + 4, second);
        write_be32(bytes + 8, third | checksum_finish(checksum_fold_numbers(sum)));
        write_be32(bytes + 12, source);
        write_be32(bytes + 16, destination);
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
