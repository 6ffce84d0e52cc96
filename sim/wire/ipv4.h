/*
 * The IPv4 header. RFC 791; ECN bits of RFC 3168.
 */
#ifndef INORDER_IPV4_H
#define INORDER_IPV4_H

#include "wire/ip_address.h"

#include <stddef.h>

#define IPV4_HEADER_SIZE     20
#define IPV4_HEADER_SIZE_MAX 60
#define IPV4_PACKET_SIZE_MAX 65535

#define IPV4_DONT_FRAGMENT        0x4000
#define IPV4_MORE_FRAGMENTS       0x2000
#define IPV4_FRAGMENT_OFFSET_MASK 0x1fff
#define IPV4_FRAGMENT_UNIT        8 /* bytes */
#define IPV4_USUAL_FIRST_BYTE     0x45 /* version 4, no options */

#define IP_PROTOCOL_ICMP     1
#define IP_PROTOCOL_TCP      6
#define IP_PROTOCOL_UDP      17

/* The two low bits of the traffic class. RFC 3168 section 5. */
enum ecn_codepoint { ECN_NOT_ECT = 0, ECN_ECT_1 = 1, ECN_ECT_0 = 2, ECN_CE = 3 };

struct ipv4_header {
        struct ip_address source;
        struct ip_address destination;
        uint16_t total_length; /* header, its options, and what follows */
        uint16_t identification;
        uint16_t fragment_offset; /* bytes */
        uint8_t header_length;    /* bytes, 20 to 60 */
        uint8_t dscp;
        uint8_t ecn; /* enum ecn_codepoint */
        uint8_t time_to_live;
        uint8_t protocol;
        bool dont_fragment;
        bool more_fragments;
};

enum ipv4_parse { IPV4_OK, IPV4_TRUNCATED, IPV4_NOT_VERSION_4, IPV4_BAD_LENGTH, IPV4_BAD_CHECKSUM };

/* What a header that can be read says; its options are skipped. */
static inline struct ipv4_header ipv4_read(const uint8_t *bytes)
{
        uint16_t fragment = read_be16(bytes + 6);
        return (struct ipv4_header){
                .source = ip_address_from_ipv4(read_be32(bytes + 12)),
                .destination = ip_address_from_ipv4(read_be32(bytes + 16)),
                .total_length = read_be16(bytes + 2),
                .identification = read_be16(bytes + 4),
                .fragment_offset = (fragment & IPV4_FRAGMENT_OFFSET_MASK) * IPV4_FRAGMENT_UNIT,
                .header_length = (bytes[0] & 0x0f) * 4,
                .dscp = bytes[1] >> 2,
                .ecn = bytes[1] & 0x03,
                .time_to_live = bytes[8],
                .protocol = bytes[9],
                .dont_fragment = (fragment & IPV4_DONT_FRAGMENT) != 0,
                .more_fragments = (fragment & IPV4_MORE_FRAGMENTS) != 0,
        };
}

/* Read the header at the front of `bytes`, of which `size` are there; `packet_size` is the whole packet's.
 * Options are skipped. `*header` is written only when the answer is IPV4_OK. */
enum ipv4_parse ipv4_parse(const uint8_t *bytes, size_t size, size_t packet_size, struct ipv4_header *header);

/* Whether it can be read. */
enum ipv4_parse ipv4_check(const uint8_t *bytes, size_t size, size_t packet_size);

/* Source, destination and two ports as they stand behind each other in a packet without IP options. */
#define IPV4_NAMES_OFFSET 12
#define IPV4_NAMES_SIZE   12
/* Whether a header says these, that it is TCP's, whole and without options: nothing else of it is looked at. */
static inline bool ipv4_is_whole_tcp_of(const uint8_t *bytes, const uint8_t names[IPV4_NAMES_SIZE])
{
        uint16_t fragment = read_be16(bytes + 6) & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET_MASK);
        return bytes[0] == IPV4_USUAL_FIRST_BYTE && fragment == 0 && bytes[9] == IP_PROTOCOL_TCP &&
               memcmp(bytes + IPV4_NAMES_OFFSET, names, IPV4_NAMES_SIZE) == 0;
}

/* "bad checksum". */
const char *ipv4_parse_name(enum ipv4_parse result);

/* Write 20 bytes, without options, checksum made. header_length is ignored. */
void ipv4_emit(const struct ipv4_header *header, uint8_t bytes[IPV4_HEADER_SIZE]);

/* Take one from the time to live in a header that parses, mending its checksum (RFC 1624). False when it was
 * 0 or 1: then the packet must not be forwarded and nothing is changed. */
bool ipv4_decrement_ttl(uint8_t *bytes);

#endif
