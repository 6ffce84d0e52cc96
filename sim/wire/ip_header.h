/*
 * The IP header of either family, for whoever does not care which: RFC 791 and RFC 8200.
 */
#ifndef INORDER_IP_HEADER_H
#define INORDER_IP_HEADER_H

#include "wire/checksum.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"

struct ip_header {
        struct ip_address source;
        struct ip_address destination;
        uint32_t flow_label;     /* IPv6; 20 bits */
        uint32_t size;           /* of the whole packet */
        uint16_t header_size;    /* options and extension headers among it */
        uint16_t identification; /* IPv4 */
        uint8_t version;         /* 4 or 6 */
        uint8_t dscp;
        uint8_t ecn;       /* enum ecn_codepoint */
        uint8_t hop_limit; /* IPv4 says time to live */
        uint8_t protocol;  /* of what follows */
        bool dont_fragment; /* IPv6: always */
        bool is_fragment;   /* one of several */
};

enum ip_parse {
        IP_OK,
        IP_TRUNCATED,
        IP_BAD_VERSION,
        IP_BAD_LENGTH,
        IP_BAD_CHECKSUM,
        IP_BAD_ADDRESS,
        IP_BAD_EXTENSION
};

/* Read what the first four bits say is there; otherwise as ipv4_parse() and ipv6_parse(). */
enum ip_parse ip_header_parse(const uint8_t *bytes, size_t size, size_t packet_size, struct ip_header *header);

/* The same without reading more than is needed to know whether it can be read; and what routers need of one that
 * can. */
enum ip_parse ip_header_check(const uint8_t *bytes, size_t size, size_t packet_size);
struct ip_address ip_source_of(const uint8_t *bytes);
struct ip_address ip_destination_of(const uint8_t *bytes);
uint8_t ip_hop_limit_of(const uint8_t *bytes);

/* "bad checksum". */
const char *ip_parse_name(enum ip_parse result);

/* 4 or 6. The unspecified address counts as IPv4's. */
uint8_t ip_version_of(const struct ip_address *address);
/* Of a header without options. */
size_t ip_header_size(uint8_t version);

/* Write ip_header_size() bytes of the version in `header`, without options. header_size and is_fragment are
 * ignored. */
void ip_header_emit(const struct ip_header *header, uint8_t *bytes);

/* Take one from the hop limit in a header that parses. False when it was 0 or 1: then the packet must not be
 * forwarded and nothing is changed. */
bool ip_decrement_hop_limit(uint8_t *bytes);

/* Write ECN_CE into a header that asks to be told (RFC 3168 section 5): false when it does not, or is none. */
bool ip_mark_ce(uint8_t *bytes, size_t size);

/* The partial sum of the pseudo-header before a TCP, UDP or ICMPv6 header. RFC 9293 section 3.1, RFC 8200
 * section 8.1. `size` counts the transport header and its payload. */
uint16_t ip_pseudo_header_sum(const struct ip_address *source, const struct ip_address *destination,
        uint8_t protocol, uint32_t size);

/* The same sum before it is folded (checksum_words()), to which a header's may be added. The 0xffff in an
 * IPv4-mapped address is zero in ones' complement, so that its sixteen bytes sum to what its last four do. */
static inline uint64_t ip_pseudo_header_words(const struct ip_address *source,
        const struct ip_address *destination, uint8_t protocol, uint32_t size)
{
        return checksum_words(source->bytes, sizeof source->bytes) +
               checksum_words(destination->bytes, sizeof destination->bytes) + GUINT32_TO_BE(size) +
               GUINT32_TO_BE((uint32_t)protocol);
}

#endif
