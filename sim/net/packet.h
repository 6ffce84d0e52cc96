/*
 * Packets in flight: header bytes as on the wire, slices of shared payload, and the sending host's note of
 * what it is.
 *
 * Small records from a pool, handed from owner to owner; whoever holds the pointer owns it.
 */
#ifndef INORDER_PACKET_H
#define INORDER_PACKET_H

#include "trace/trace.h"
#include "units.h"
#include "wire/ip_header.h"
#include "wire/payload.h"
#include "wire/tcp_segment.h"

#define PACKET_HEADER_SIZE_MAX 100 /* IPv6 without extensions, and the largest TCP header */
#define PACKET_NO_HOST         UINT32_MAX
#define CACHE_LINE             64

typedef struct PacketPool PacketPool;

/* What a packet is. Predicates, not a partition: a resent SYN is SYN and RETRANSMISSION. */
enum packet_kind {
        PACKET_DATA = 1 << 0, /* a first sending with payload */
        PACKET_RETRANSMISSION = 1 << 1,
        PACKET_PURE_ACK = 1 << 2,
        PACKET_SYN = 1 << 3, /* without ACK */
        PACKET_SYN_ACK = 1 << 4,
        PACKET_FIN = 1 << 5,
        PACKET_RST = 1 << 6,
        PACKET_DNS = 1 << 7,
        PACKET_ICMP = 1 << 8,
};

/* What the sending host knows of it; rides along and is not on the wire. */
struct packet_note {
        uint32_t from; /* owner numbers of hosts; PACKET_NO_HOST when unknown */
        uint32_t to;
        uint32_t transfer;      /* trace's number; 0: none */
        uint32_t connection;    /* on the sending host, from 1; 0: none */
        uint64_t stream_offset; /* of its first payload byte */
        time_ns t_sent;         /* when its host gave it to its device */
        uint32_t isn;           /* of the sender's stream: seq - isn is relative */
        uint32_t peer_isn;
        uint32_t seq; /* as its header was written, before any bit flipped, and these; this and ack of TCP only */
        uint32_t ack;
        uint16_t source_port;
        uint16_t destination_port;
        bool knows_isn; /* isn is valid */
        bool knows_peer_isn;
        uint8_t window_scale; /* to apply to its window field */
        uint16_t kinds;       /* bits of enum packet_kind */
        uint16_t sending;     /* nth sending of its sequence numbers; 0: takes none */
        bool is_dsack;        /* the first SACK block reports a duplicate */
        uint16_t nth_ack;     /* of a pure ACK: the nth of its connection that acknowledges so much; 0: unknown */
        uint32_t flow;        /* which of the transfer's connections, in order of opening, from 1; 0: unknown */
        uint32_t adopted;     /* how often its host has taken this connection up from the same peer's; 0: unknown */
        const char *why;      /* constant text: "new-data" */
};

/* What one connection has waiting in its own host's device: as of the last link_room_time(), since a link
 * that computes ahead has no event at which to count down. */
struct device_account {
        uint32_t queued_bytes; /* IP packets given to the device whose transmission has not ended */
        uint32_t queued_packets;
        bool is_waiting; /* for room */
        void *data;      /* the host's: whose account it is */
};

/* In the order of use: what links look at is one line of a cache, IPv4's and TCP's header the next, which is all
 * that a router needs. W4c: 2910 ns a segment before, 2130 ns, the next but one packet fetched ahead. */
struct packet {
        _Alignas(CACHE_LINE) struct packet *next; /* in whatever list holds it */
        /* The hop in progress. */
        uint64_t ordinal;
        time_ns t_enqueue;
        time_ns t_tx;
        time_ns t_tx_end;
        time_ns t_arrive;
        struct device_account *account; /* NULL once it has left its host's device */
        uint16_t size;                  /* of the IP packet, bytes */
        uint8_t header_size;
        uint8_t flips;         /* bits flipped so far */
        uint8_t version_flips; /* of the four bits of its IP version, those that are not as they were sent */
        bool is_entry_copy;    /* made by the link that it is on, before the queue */
        bool is_marked_here;   /* by the link that it is on */

        _Alignas(CACHE_LINE) uint8_t header[PACKET_HEADER_SIZE_MAX];

        uint32_t copy; /* 0: the original; the kth copy that any link made of a packet with copy c has 16 c + k,
                          while k is small and c, too; no two copies of a packet have one number */
        uint16_t copies_made; /* of this one, at whatever links */
        /* What a host takes, too. */
        struct payload payload;
        struct trace_packet_id id;
        struct packet_note note;
};
_Static_assert(sizeof(struct packet) <= 5 * CACHE_LINE, "a million of them may be under way");

PacketPool *packet_pool_new(PayloadPool *payloads);
/* Every packet is back. */
void packet_pool_free(PacketPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PacketPool, packet_pool_free)
PayloadPool *packet_pool_payloads(const PacketPool *pool);
uint64_t packet_pool_allocations(const PacketPool *pool);

/* A zeroed packet (but for the header bytes). */
struct packet *packet_new(PacketPool *pool);
/* The same with these two; the payload is the caller's to fill in at once. */
struct packet *packet_new_noted(
        PacketPool *pool, const struct trace_packet_id *id, const struct packet_note *note);
/* The same packet once more: the payload is shared, `copy` is its own, the account is not copied. */
struct packet *packet_copy(PacketPool *pool, struct packet *packet);
void packet_free(PacketPool *pool, struct packet *packet);
/* Soon: have it come nearer, from main memory where many are on their way. */
void packet_will_be_used(const struct packet *packet);

/* A packet as it comes from a wire: the bytes up to the transport's payload become its header, the rest its
 * payload. Anything is taken, up to 65535 bytes of it: what is no IP packet is all payload behind the first
 * bytes. No note. */
struct packet *packet_of_bytes(PacketPool *pool, PayloadPool *payloads, const uint8_t *bytes, size_t size);
/* Write its `size` bytes. */
void packet_copy_bytes(const struct packet *packet, uint8_t *to);

/* Its sizes fit together. */
void packet_check(const struct packet *packet);

/* What the TCP header says, which may be damaged and is not verified; false when there is none. Its payload
 * is left empty. */
bool packet_tcp_header(const struct packet *packet, struct tcp_segment *segment);
/* Where the transport header begins: behind 20 bytes when the IP header is too damaged to tell. */
uint32_t packet_transport_offset(const struct packet *packet);

/* Everything the trace tells of a packet; `view` points into it. */
void packet_describe(const struct packet *packet, struct trace_packet *view);

/* Flip bit `bit` (0 is the top bit of the first byte of the IP packet). Payload becomes private first. */
void packet_flip_bit(PacketPool *pool, struct packet *packet, uint32_t bit);
/* Leave the first `size` bytes, at least one, of a longer packet; its headers go on saying what it was. */
void packet_truncate(struct packet *packet, uint32_t size);
/* Say that congestion was met (RFC 3168 section 5), to a transport that can hear it: false when it cannot. */
bool packet_mark_ce(struct packet *packet);
/* As ip_header_check(), but that who takes the packet from a wire knows its version: a frame's type says it
 * (RFC 894 and 2464), and stands outside of what is corrupted here. */
enum ip_parse packet_check_ip(const struct packet *packet);
/* Whether it could. */
bool packet_is_ecn_capable(const struct packet *packet);

#endif
