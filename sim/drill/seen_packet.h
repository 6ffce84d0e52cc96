/*
 * An IP packet taken apart: what stands in its headers, for whoever compares or prints it. RFC 791, 8200, 9293, 768, 792,
 * 4443.
 *
 * Pointers go into the bytes that were read. Nothing is verified but that the parts fit into the whole.
 */
#ifndef INORDER_SEEN_PACKET_H
#define INORDER_SEEN_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "wire/ip_address.h"

/* The protocol numbers of IP. */
enum seen_protocol { SEEN_ICMP = 1, SEEN_TCP = 6, SEEN_UDP = 17, SEEN_ICMPV6 = 58 };

struct seen_tcp {
        uint32_t seq;
        uint32_t ack;
        uint16_t flags; /* enum tcp_flag: nine bits */
        uint8_t reserved; /* the three bits before them */
        uint16_t window;
        uint16_t urgent;
        unsigned header_size; /* bytes, options and all */
        const uint8_t *options;
        unsigned options_size;
};

struct seen_packet {
        unsigned version; /* 4 or 6 */
        unsigned ip_header_size;
        unsigned total_size; /* as the IP header says */
        bool has_right_checksum; /* of the IPv4 header; true for IPv6 */
        uint8_t tos; /* or traffic class: DSCP and ECN */
        uint8_t ttl; /* or hop limit */
        uint32_t flow_label;
        uint8_t protocol;
        struct endpoint source;
        struct endpoint destination; /* ports 0 but for TCP and UDP */
        struct seen_tcp tcp;
        uint8_t icmp_type;
        uint8_t icmp_code;
        const uint8_t *payload; /* behind the transport header */
        unsigned payload_size;
        bool payload_is_zero; /* all of its bytes */
};

/* False: not an IP packet, or one whose headers do not fit in it. */
bool seen_packet_read(const uint8_t *bytes, size_t size, struct seen_packet *seen);

/* One TCP option after the other, `*at` beginning with 0: its kind, and its data (without kind and length). A length
 * that does not fit ends the list with all that is left as data of a kind that no option has. */
#define SEEN_OPTION_BROKEN 256
bool seen_option_next(const struct seen_tcp *tcp, unsigned *at, unsigned *kind, const uint8_t **data, unsigned *size);

/* Timestamps; false when it carries none. */
bool seen_packet_timestamps(const struct seen_packet *seen, uint32_t *value, uint32_t *echo);

#endif
