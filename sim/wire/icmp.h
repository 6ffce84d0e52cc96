/*
 * ICMP messages of both families, and the packet that an error quotes. RFC 792, RFC 4443; RFC 1191's MTU.
 */
#ifndef INORDER_ICMP_H
#define INORDER_ICMP_H

#include "wire/ip_header.h"
#include "wire/payload.h"
#include "wire/seqnum.h"

#define ICMP_HEADER_SIZE 8

/* IPv4's. */
enum icmp_type {
        ICMP_ECHO_REPLY = 0,
        ICMP_UNREACHABLE = 3,
        ICMP_SOURCE_QUENCH = 4,
        ICMP_REDIRECT = 5,
        ICMP_ECHO_REQUEST = 8,
        ICMP_TIME_EXCEEDED = 11,
        ICMP_PARAMETER_PROBLEM = 12,
        ICMP_TIMESTAMP_REQUEST = 13,
        ICMP_TIMESTAMP_REPLY = 14,
        ICMP_INFORMATION_REQUEST = 15,
        ICMP_INFORMATION_REPLY = 16,
        ICMP_ADDRESS_MASK_REQUEST = 17,
        ICMP_ADDRESS_MASK_REPLY = 18,
};

/* Of ICMP_UNREACHABLE. RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1. */
enum icmp_unreachable {
        ICMP_NET_UNREACHABLE = 0,
        ICMP_HOST_UNREACHABLE = 1,
        ICMP_PROTOCOL_UNREACHABLE = 2,
        ICMP_PORT_UNREACHABLE = 3,
        ICMP_FRAGMENTATION_NEEDED = 4,
        ICMP_SOURCE_ROUTE_FAILED = 5,
        ICMP_NET_UNKNOWN = 6,
        ICMP_HOST_UNKNOWN = 7,
        ICMP_SOURCE_HOST_ISOLATED = 8,
        ICMP_NET_PROHIBITED = 9,
        ICMP_HOST_PROHIBITED = 10,
        ICMP_NET_UNREACHABLE_FOR_TOS = 11,
        ICMP_HOST_UNREACHABLE_FOR_TOS = 12,
        ICMP_PACKET_FILTERED = 13,
        ICMP_PRECEDENCE_VIOLATION = 14,
        ICMP_PRECEDENCE_CUTOFF = 15,
};

enum icmpv6_type {
        ICMPV6_UNREACHABLE = 1,
        ICMPV6_PACKET_TOO_BIG = 2,
        ICMPV6_TIME_EXCEEDED = 3,
        ICMPV6_PARAMETER_PROBLEM = 4,
        ICMPV6_ECHO_REQUEST = 128,
        ICMPV6_ECHO_REPLY = 129,
};

/* Of ICMPV6_UNREACHABLE. RFC 4443 section 3.1. */
enum icmpv6_unreachable {
        ICMPV6_NO_ROUTE = 0,
        ICMPV6_ADMIN_PROHIBITED = 1,
        ICMPV6_NOT_NEIGHBOUR = 2, /* "beyond scope of source address" nowadays */
        ICMPV6_ADDRESS_UNREACHABLE = 3,
        ICMPV6_PORT_UNREACHABLE = 4,
        ICMPV6_POLICY_FAIL = 5,
        ICMPV6_REJECT_ROUTE = 6,
};

struct icmp_message {
        uint8_t version; /* 4 or 6: of IP */
        uint8_t type;
        uint8_t code;
        uint32_t rest; /* the second word: an MTU, a pointer, an identifier and a number; icmp_mtu() */
        struct payload body; /* owned by whoever holds the message; of an error, the quoted packet */
};

enum icmp_parse { ICMP_OK, ICMP_PARSE_TRUNCATED, ICMP_BAD_CHECKSUM };

/* Read the message behind `header`: it begins at `bytes` (`size` of them are header bytes of the packet) and
 * goes on in `payload`. `*message`, with its own reference, is written only when the answer is ICMP_OK. */
enum icmp_parse icmp_parse(const struct ip_header *header, const uint8_t *bytes, size_t size,
        const struct payload *payload, PayloadPool *pool, struct icmp_message *message);

const char *icmp_parse_name(enum icmp_parse result);

/* Write the first 8 bytes, checksum made. The addresses are summed by IPv6 alone. */
void icmp_emit(const struct ip_address *source, const struct ip_address *destination,
        struct icmp_message *message, uint8_t bytes[ICMP_HEADER_SIZE]);

/* Whether it reports what became of a packet, and so quotes one. RFC 1122 section 3.2.2. */
bool icmp_is_error(const struct icmp_message *message);
/* Whether it says that a packet was too big. */
bool icmp_is_too_big(const struct icmp_message *message);
/* The MTU such a message carries; 0: its sender is older than RFC 1191. */
uint32_t icmp_mtu(const struct icmp_message *message);
/* Put an MTU in its place in the second word. */
void icmp_set_mtu(struct icmp_message *message, uint32_t mtu);

/* What is left of a packet that an error quotes. */
struct icmp_quote {
        struct four_tuple tuple; /* local: its sender. Ports are 0 but for TCP and UDP */
        struct seqnum seq;       /* of TCP */
        uint32_t size;           /* of the packet, as its header tells it */
        uint8_t protocol;
};

/* False when less than the headers and 8 bytes of the transport's are there, or it is of another family, or a
 * later fragment. Nothing else is verified: the packet has been on its way. */
bool icmp_quote_parse(const struct icmp_message *message, struct icmp_quote *quote);

/* Types and codes by their names in packet scripts: "unreachable", "frag_needed". -1: there is none. */
int icmp_type_of_name(uint8_t version, const char *name);
int icmp_code_of_name(uint8_t version, uint8_t type, const char *name);
/* "unreachable"; NULL: it has no name. */
const char *icmp_type_name(uint8_t version, uint8_t type);
const char *icmp_code_name(uint8_t version, uint8_t type, uint8_t code);

#endif
