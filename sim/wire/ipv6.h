/*
 * The IPv6 header, and the extension headers behind it. RFC 8200; ECN bits of RFC 3168.
 */
#ifndef INORDER_IPV6_H
#define INORDER_IPV6_H

#include "wire/ip_address.h"

#include <stddef.h>

#define IPV6_HEADER_SIZE   40
#define IPV6_PACKET_SIZE_MAX (IPV6_HEADER_SIZE + 65535) /* no jumbograms */
#define IPV6_FLOW_LABEL_MAX  0xfffff
#define IPV6_MTU_MIN       1280 /* every link carries this much. RFC 8200 section 5 */

#define IP_PROTOCOL_ICMPV6 58

struct ipv6_header {
        struct ip_address source;
        struct ip_address destination;
        uint32_t flow_label;      /* 20 bits */
        uint16_t payload_length;  /* of all that follows the first 40 bytes */
        uint16_t header_length;   /* bytes, extension headers among them */
        uint16_t fragment_offset; /* bytes */
        uint8_t dscp;
        uint8_t ecn; /* enum ecn_codepoint */
        uint8_t hop_limit;
        uint8_t protocol; /* of what follows the extension headers */
        bool more_fragments;
};

enum ipv6_parse {
        IPV6_OK,
        IPV6_TRUNCATED,
        IPV6_NOT_VERSION_6,
        IPV6_BAD_LENGTH,
        IPV6_BAD_ADDRESS,
        IPV6_BAD_EXTENSION
};

/* Read the headers at the front of `bytes`, of which `size` are there; `packet_size` is the whole packet's.
 * Extension headers are skipped as far as a destination must understand them: options that may be skipped,
 * routing headers that are done, a fragment header; behind a fragment's nothing more is read. One that must
 * not be skipped is IPV6_BAD_EXTENSION. `*header` is written only when the answer is IPV6_OK. */
enum ipv6_parse ipv6_parse(const uint8_t *bytes, size_t size, size_t packet_size, struct ipv6_header *header);

/* "bad extension header". */
const char *ipv6_parse_name(enum ipv6_parse result);

/* Write 40 bytes, without extension headers. header_length and the fragment's fields are ignored. */
void ipv6_emit(const struct ipv6_header *header, uint8_t bytes[IPV6_HEADER_SIZE]);

/* Take one from the hop limit. False when it was 0 or 1: then the packet must not be forwarded and nothing is
 * changed. */
bool ipv6_decrement_hop_limit(uint8_t *bytes);

#endif
