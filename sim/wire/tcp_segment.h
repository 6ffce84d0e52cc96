/*
 * A TCP segment as a value, and its header on the wire. RFC 9293 section 3.1; options of RFC 7323, RFC 2018,
 * RFC 7413 and RFC 9768, laid out in Linux's order.
 */
#ifndef INORDER_TCP_SEGMENT_H
#define INORDER_TCP_SEGMENT_H

#include "wire/ip_address.h"
#include "wire/ipv4.h"
#include "wire/payload.h"
#include "wire/seqnum.h"

#define TCP_HEADER_SIZE     20
#define TCP_HEADER_SIZE_MAX 60
#define TCP_SACK_BLOCKS_MAX 4
#define TCP_FAST_OPEN_COOKIE_MAX 16
#define TCP_ACCECN_COUNTERS_MAX  3

/* Bits of the flags field, as on the wire. */
enum tcp_flag {
        TCP_FLAG_FIN = 0x001,
        TCP_FLAG_SYN = 0x002,
        TCP_FLAG_RST = 0x004,
        TCP_FLAG_PSH = 0x008,
        TCP_FLAG_ACK = 0x010,
        TCP_FLAG_URG = 0x020,
        TCP_FLAG_ECE = 0x040,
        TCP_FLAG_CWR = 0x080,
        TCP_FLAG_AE = 0x100,
};

/* left <= byte < right */
struct sack_block {
        struct seqnum left;
        struct seqnum right;
};

/* What is there stands first, and is compared as one word (tcp_options_are_timestamps_alone()). */
struct tcp_options {
        bool has_timestamps;
        bool has_mss;
        bool has_window_scale;
        bool sack_permitted;
        bool has_fast_open;
        bool has_accecn;
        uint8_t sack_count;
        uint8_t window_scale; /* shift count as sent; values over 14 mean 14 (RFC 7323 section 2.3) */
        uint32_t timestamp_value;
        uint32_t timestamp_echo;
        struct sack_block sack[TCP_SACK_BLOCKS_MAX];
        uint16_t mss;
        /* Fast open (RFC 7413): a cookie, or the request for one, of no bytes. */
        bool is_fast_open_experimental; /* of kind 254 with the magic number 0xf989 */
        uint8_t fast_open_size;
        uint8_t fast_open[TCP_FAST_OPEN_COOKIE_MAX];
        /* Accurate ECN (RFC 9768): counters of 24 bits in their order on the wire, of order 0: ECT(0), CE,
         * ECT(1); of order 1: ECT(1), CE, ECT(0). Their tail may be left out. */
        bool is_accecn_order_1;
        uint8_t accecn_count;
        uint32_t accecn[TCP_ACCECN_COUNTERS_MAX];
};

struct tcp_segment {
        uint16_t source_port;
        uint16_t destination_port;
        struct seqnum seq;
        struct seqnum ack; /* as in the field, also when the ACK flag is off */
        uint16_t flags;    /* bits of enum tcp_flag */
        uint16_t window;   /* the field, not scaled */
        uint16_t urgent_pointer;
        /* Of the packet around it. */
        uint8_t ecn; /* enum ecn_codepoint */
        uint8_t dscp;
        uint8_t hop_limit; /* to be sent: 0 is the sender's default */
        bool dont_fragment;
        uint32_t flow_label; /* IPv6; 20 bits */
        uint16_t merged_size; /* payload of each of the segments that a device merged into this one; 0: it did not */
        struct tcp_options options;
        struct payload payload; /* owned by whoever holds the segment */
};

enum tcp_parse {
        TCP_PARSE_OK,
        TCP_PARSE_TRUNCATED,
        TCP_PARSE_BAD_OFFSET,
        TCP_PARSE_BAD_CHECKSUM
};

/* Sequence numbers the segment takes: its payload, plus one each for SYN and FIN (SEG.LEN). */
static inline uint32_t tcp_segment_length(const struct tcp_segment *segment)
{
        uint32_t syn = (segment->flags & TCP_FLAG_SYN) != 0;
        uint32_t fin = segment->flags & TCP_FLAG_FIN;
        return segment->payload.length + syn + fin;
}
/* seq + SEG.LEN: the first number after it. */
static inline struct seqnum tcp_segment_end(const struct tcp_segment *segment)
{
        return seq_add(segment->seq, tcp_segment_length(segment));
}

/* Read the segment whose header begins at `bytes` (`size` of them are header bytes of the packet) and whose
 * further bytes are `payload`; the checksum is verified with the payload's sum, which is made if it is not there. Options that are malformed
 * or unknown are left out (tcp_options_parse()). `*segment`, with its own reference to
 * the payload, is written only when the answer is TCP_PARSE_OK; what the packet around it says is the caller's to
 * fill in. */
enum tcp_parse tcp_segment_parse(const struct ip_address *source, const struct ip_address *destination,
        const uint8_t *bytes, size_t size, struct payload *payload, PayloadPool *pool,
        struct tcp_segment *segment);

/* Read a header alone, of which `size` bytes are there in one piece; nothing is verified. For telling what a
 * packet says, which may be damaged. */
enum tcp_parse tcp_header_parse(const uint8_t *bytes, size_t size, struct tcp_segment *segment);

const char *tcp_parse_name(enum tcp_parse result);

/* What most segments have: timestamps, and no other option. */
#define TCP_TIMESTAMPS_SIZE 12 /* with their padding, RFC 7323 appendix A */
static inline bool tcp_options_are_timestamps_alone(const struct tcp_options *options)
{
        static const struct tcp_options alone = { .has_timestamps = true };
        return memcmp(options, &alone, sizeof(uint64_t)) == 0;
}

/* Timestamps, and perhaps SACK blocks. */
static inline bool tcp_options_are_timestamps_and_sack(const struct tcp_options *options)
{
        static const struct tcp_options alone = { .has_timestamps = true };
        return memcmp(options, &alone, offsetof(struct tcp_options, sack_count)) == 0;
}

/* Bytes that the options take, padding included: a multiple of 4, at most 40. */
size_t tcp_options_size_of_all(const struct tcp_options *options);
static inline size_t tcp_options_size(const struct tcp_options *options)
{
        return tcp_options_are_timestamps_alone(options) ? TCP_TIMESTAMPS_SIZE : tcp_options_size_of_all(options);
}

/* Write header and options, checksum made, to `bytes`; returns the header's size. Sums the payload if it is
 * not summed yet. Order: SYN: MSS, SACK-permitted, timestamps, window scale, fast open; else timestamps,
 * SACK. What does not fit in 40 bytes is asserted not to be there. */
size_t tcp_segment_emit(const struct ip_address *source, const struct ip_address *destination,
        struct tcp_segment *segment, uint8_t bytes[TCP_HEADER_SIZE_MAX]);

#endif
