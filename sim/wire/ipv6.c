/*
 * The IPv6 header, read and written. RFC 8200 sections 3 and 4.
 *
 *     0: version, traffic class, flow label
 *     4: payload length            6: next header       7: hop limit
 *     8: source                                        24: destination
 */
#include "wire/ipv6.h"

#include "wire/byte_order.h"

#define SOURCE_AT            8
#define DESTINATION_AT       24
#define EXTENSION_UNIT       8 /* bytes */
#define FRAGMENT_OFFSET_MASK 0xfff8
#define MORE_FRAGMENTS       0x0001
#define OPTION_PAD1          0
#define OPTION_ACTION_MASK   0xc0 /* "action taken if unrecognized": 0 is "skip over this option" */

enum extension {
        EXTENSION_HOP_BY_HOP = 0,
        EXTENSION_ROUTING = 43,
        EXTENSION_FRAGMENT = 44,
        EXTENSION_DESTINATION = 60,
};

/* Section 4.2. None but the padding is known here, and that says "skip" as well. */
static bool read_options(const uint8_t *bytes, size_t length, struct ipv6_header *header)
{
        (void)header;
        size_t at = 2;
        while (at < length) {
                if (bytes[at] == OPTION_PAD1) {
                        at++;
                        continue;
                }
                if (length - at < 2 || (bytes[at] & OPTION_ACTION_MASK) != 0)
                        return false;
                at += 2u + bytes[at + 1];
        }
        return at == length;
}

/* Section 4.4: of a routing type that is not known "segments left" must be 0. */
static bool read_routing(const uint8_t *bytes, size_t length, struct ipv6_header *header)
{
        (void)length;
        (void)header;
        return bytes[3] == 0;
}

/* Section 4.5. Offset 0 and no more: a packet of one fragment, "atomic" (RFC 6946). */
static bool read_fragment(const uint8_t *bytes, size_t length, struct ipv6_header *header)
{
        (void)length;
        header->fragment_offset = read_be16(bytes + 2) & FRAGMENT_OFFSET_MASK;
        header->more_fragments = (bytes[3] & MORE_FRAGMENTS) != 0;
        return true;
}

static const struct extension_format {
        uint8_t number;
        bool (*read)(const uint8_t *bytes, size_t length, struct ipv6_header *header);
} extensions[] = {
        { EXTENSION_HOP_BY_HOP, read_options },
        { EXTENSION_ROUTING, read_routing },
        { EXTENSION_FRAGMENT, read_fragment },
        { EXTENSION_DESTINATION, read_options },
};

static const struct extension_format *find_extension(uint8_t number)
{
        for (size_t i = 0; i < G_N_ELEMENTS(extensions); i++) {
                if (extensions[i].number == number)
                        return &extensions[i];
        }
        return NULL;
}

static size_t extension_length(uint8_t number, const uint8_t *bytes)
{
        return number == EXTENSION_FRAGMENT ? EXTENSION_UNIT : (bytes[1] + 1u) * EXTENSION_UNIT;
}

static bool is_misplaced(const struct ipv6_header *header)
{
        return header->protocol == EXTENSION_HOP_BY_HOP && header->header_length > IPV6_HEADER_SIZE;
}

/* What follows a later fragment's header is no header. */
static bool ends_here(const struct ipv6_header *header)
{
        return find_extension(header->protocol) == NULL || header->fragment_offset != 0;
}

static enum ipv6_parse skip_extensions(const uint8_t *bytes, size_t size, struct ipv6_header *header)
{
        while (!ends_here(header)) {
                const struct extension_format *extension = find_extension(header->protocol);
                const uint8_t *at = bytes + header->header_length;
                size_t left = size - header->header_length;
                if (left < EXTENSION_UNIT || left < extension_length(header->protocol, at))
                        return IPV6_TRUNCATED;
                size_t length = extension_length(header->protocol, at);
                if (is_misplaced(header) || !extension->read(at, length, header))
                        return IPV6_BAD_EXTENSION;
                header->protocol = at[0];
                header->header_length += (uint16_t)length;
        }
        return IPV6_OK;
}

static struct ipv6_header header_of_bytes(const uint8_t *bytes)
{
        uint32_t first = read_be32(bytes);
        struct ipv6_header header = {
                .flow_label = first & IPV6_FLOW_LABEL_MAX,
                .payload_length = read_be16(bytes + 4),
                .header_length = IPV6_HEADER_SIZE,
                .dscp = (uint8_t)(first >> 22 & 0x3f),
                .ecn = (uint8_t)(first >> 20 & 0x03),
                .hop_limit = bytes[7],
                .protocol = bytes[6],
        };
        memcpy(header.source.bytes, bytes + SOURCE_AT, sizeof header.source.bytes);
        memcpy(header.destination.bytes, bytes + DESTINATION_AT, sizeof header.destination.bytes);
        return header;
}

/* An IPv4-mapped address names an IPv4 node and has no place on the wire: it would let a packet of one family
 * pass for the other's. As Linux. RFC 4942 section 2.2. */
static bool has_mapped_address(const struct ipv6_header *header)
{
        return (ip_address_is_ipv4(&header->source) && !ip_address_is_any(&header->source)) ||
               (ip_address_is_ipv4(&header->destination) && !ip_address_is_any(&header->destination));
}

enum ipv6_parse ipv6_parse(const uint8_t *bytes, size_t size, size_t packet_size, struct ipv6_header *header)
{
        if (size < IPV6_HEADER_SIZE)
                return IPV6_TRUNCATED;
        if (bytes[0] >> 4 != 6)
                return IPV6_NOT_VERSION_6;
        struct ipv6_header read = header_of_bytes(bytes);
        size_t whole_size = IPV6_HEADER_SIZE + (size_t)read.payload_length;
        if (whole_size > packet_size)
                return IPV6_BAD_LENGTH;
        if (has_mapped_address(&read))
                return IPV6_BAD_ADDRESS;
        enum ipv6_parse result = skip_extensions(bytes, MIN(size, whole_size), &read);
        if (result == IPV6_OK)
                *header = read;
        return result;
}

const char *ipv6_parse_name(enum ipv6_parse result)
{
        static const char *const names[] = {
                [IPV6_OK] = "ok",
                [IPV6_TRUNCATED] = "truncated",
                [IPV6_NOT_VERSION_6] = "not version 6",
                [IPV6_BAD_LENGTH] = "bad length",
                [IPV6_BAD_ADDRESS] = "bad address",
                [IPV6_BAD_EXTENSION] = "bad extension header",
        };
        return names[result];
}

void ipv6_emit(const struct ipv6_header *header, uint8_t bytes[IPV6_HEADER_SIZE])
{
        g_assert(header->flow_label <= IPV6_FLOW_LABEL_MAX);
        write_be32(bytes,
                6u << 28 | (uint32_t)header->dscp << 22 | (uint32_t)header->ecn << 20 | header->flow_label);
        write_be16(bytes + 4, header->payload_length);
        bytes[6] = header->protocol;
        bytes[7] = header->hop_limit;
        memcpy(bytes + SOURCE_AT, header->source.bytes, sizeof header->source.bytes);
        memcpy(bytes + DESTINATION_AT, header->destination.bytes, sizeof header->destination.bytes);
}

bool ipv6_decrement_hop_limit(uint8_t *bytes)
{
        if (bytes[7] <= 1)
                return false;
        bytes[7]--;
        return true;
}
