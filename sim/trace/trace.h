/*
 * The one tap: everything that happens in a world passes here, and writers listen.
 *
 * Values only: whoever emits has decoded what it tells. trace_wants() is the mask test that silence costs; emitters
 * call it before they assemble an event. Events come in the order of the event queue. docs/trace.md lists each field.
 */
#ifndef INORDER_TRACE_H
#define INORDER_TRACE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "units.h"

typedef struct Trace Trace;

enum trace_kind {
        TRACE_HOP,            /* a packet-hop has ended: delivered at the link's far end, or dropped on the way */
        TRACE_SENT,           /* a host gave a packet to its device */
        TRACE_RECEIVED,       /* a packet reached its host and was taken */
        TRACE_DROPPED,        /* a host or router threw a packet away */
        TRACE_FAULT,          /* a fault rule fired on a packet, or at its time */
        TRACE_TCP_STATE,
        TRACE_TCP_RTT,
        TRACE_TCP_CONGESTION,
        TRACE_TCP_NOTE,       /* every other note of TCP */
        TRACE_SOCKET_CALL,    /* a socket call returned */
        TRACE_STEP,           /* what a program did, in its own words: the story */
        TRACE_LINK,           /* what a link direction is: at the beginning, and whenever it has changed */
        TRACE_KINDS,
};

/* What TCP noted. docs/trace.md says what each one's numbers are. */
enum trace_note {
        TRACE_NOTE_SEGMENT_IN_ORDER,
        TRACE_NOTE_SEGMENT_HELD,
        TRACE_NOTE_SEGMENT_DUPLICATE,
        TRACE_NOTE_HOLE_FILLED,
        TRACE_NOTE_SEGMENT_REFUSED,
        TRACE_NOTE_READ,
        TRACE_NOTE_ACK,
        TRACE_NOTE_DUPLICATE_ACK,
        TRACE_NOTE_WINDOW_UPDATE,
        TRACE_NOTE_SACKED,
        TRACE_NOTE_DSACK,
        TRACE_NOTE_LOST,
        TRACE_NOTE_RECOVERY_ENTERED,
        TRACE_NOTE_RECOVERY_LEFT,
        TRACE_NOTE_RECOVERY_UNDONE,
        TRACE_NOTE_DEADLINE,
        TRACE_NOTE_LIMITED,
        TRACE_NOTE_ACCEPT_QUEUE_FULL,
        TRACE_NOTE_SYN_QUEUE_FULL,
        TRACE_NOTE_FAILED,
        TRACE_NOTES,
};

#define TRACE_BIT(kind)    (1u << (kind))
#define TRACE_PACKET_KINDS (TRACE_BIT(TRACE_HOP) | TRACE_BIT(TRACE_SENT) | TRACE_BIT(TRACE_RECEIVED) | TRACE_BIT(TRACE_DROPPED))
#define TRACE_ALL_KINDS    (TRACE_BIT(TRACE_KINDS) - 1)

#define TRACE_SACK_BLOCKS_MAX 4
#define TRACE_PIECES_MAX      3

enum trace_protocol { TRACE_NO_PROTOCOL, TRACE_TCP, TRACE_UDP, TRACE_ICMP, TRACE_PROTOCOLS };
const char *trace_protocol_name(enum trace_protocol protocol); /* "tcp"; "-" for none */

struct trace_bytes {
        const uint8_t *bytes;
        size_t size;
};

/* Packets are named by the host that made them and its count; copies made on the way share the name. */
struct trace_packet_id {
        uint32_t host; /* owner number */
        uint32_t number; /* from 1; 0: no packet */
};

/* A packet as it is on the wire at this moment. Pointers are valid during the event only. */
struct trace_packet {
        struct trace_packet_id id;
        uint32_t copy;      /* 0: the original */
        uint32_t size;      /* IP packet, bytes */
        struct trace_bytes header;  /* IP and transport header */
        struct trace_bytes payload[TRACE_PIECES_MAX];
        unsigned payload_pieces;
        uint32_t payload_size;
        uint16_t payload_sum;       /* ones'-complement sum of the payload */
        bool is_corrupted;          /* bits were flipped on the way */

        /* What it means, by the note of the host that sent it. */
        uint32_t from;        /* owner numbers; UINT32_MAX: no such host */
        uint32_t to;
        uint32_t transfer;    /* index of trace_add_transfer() plus one; 0: none */
        uint32_t connection;  /* the sender's number for it; 0: none */
        const char *why;      /* why it was sent: "new-data", "fast-retransmit" …; "-" unknown */
        uint64_t stream_offset;
        uint32_t sending;     /* nth sending of these sequence numbers; 0: takes none */
        time_ns t_sent;       /* when its host gave it to its device */

        /* What its header says; zero for what does not apply. */
        enum trace_protocol protocol;
        uint16_t source_port;
        uint16_t destination_port;
        uint32_t seq;             /* raw */
        uint32_t ack;             /* raw */
        int64_t relative_seq;     /* SYN is 0, the first byte 1; -1 when the sender's note does not tell */
        int64_t relative_ack;
        uint16_t flags;           /* as on the wire: FIN 1, SYN 2, RST 4, PSH 8, ACK 16 … */
        uint16_t window_field;
        uint32_t window;          /* scaled */
        bool has_timestamps;
        uint32_t timestamp_value;
        uint32_t timestamp_echo;
        unsigned sack_count;
        struct {
                uint32_t left;
                uint32_t right;
        } sack[TRACE_SACK_BLOCKS_MAX]; /* raw; subtract ack - relative_ack for relative ones */
        bool is_dsack;                 /* the first block reports a duplicate. RFC 2883 */
};

/* When a hop's stages were; TIME_NEVER for those not reached. */
struct trace_hop {
        uint64_t ordinal; /* the packet's on this link direction, from 1; 0: never began transmission */
        time_ns t_enqueue;
        time_ns t_tx;
        time_ns t_tx_end;
        time_ns t_arrive;
        const char *drop;       /* NULL: delivered. Else "loss", "queue-full", "fault", "link-down" … */
        const char *rule;       /* fault rules that touched it, comma-separated; "-" none */
        bool is_reordered;      /* a packet with a larger ordinal arrived here before */
        bool is_duplicate;      /* a copy this link made */
        bool is_entry_copy;     /* the same, but before its queue */
        bool is_corrupted_here;
        bool is_delayed;        /* by reorder or a fault rule, beyond the link's delay */
        bool is_marked_here;    /* congestion experienced, said by this link's queue or a rule */
};

/* A link direction as the scenario and its rules have made it. 0: none, no limit. */
struct trace_link {
        bool is_down;
        rate_bps rate;
        duration_ns delay;
        uint32_t mtu;
        const char *queue; /* its discipline: "droptail" … */
        uint32_t limit_packets;
        uint64_t limit_bytes;
        duration_ns target;   /* the delay that may stay */
        duration_ns interval;
        uint32_t least;       /* RED: packets on average from which on some are dropped … */
        uint32_t most;        /* … and this many, as many as it ever picks */
        uint32_t weight_ppb;  /* RED: of the newest length in the average, billionths */
        bool ecn;             /* it marks instead, where it can */
};

enum trace_cause_kind { TRACE_CAUSE_NONE, TRACE_CAUSE_PACKET, TRACE_CAUSE_DEADLINE, TRACE_CAUSE_CALL };

struct trace_event {
        enum trace_kind kind;
        time_ns time;
        uint32_t owner; /* whose event it is: a host, router or link direction */
        uint32_t connection; /* on that host, from 1; 0: none */
        uint32_t transfer;   /* index plus one; 0: none */
        struct {
                enum trace_cause_kind kind;
                struct trace_packet_id packet;
                const char *name; /* the deadline's or call's; NULL */
        } cause;
        const struct trace_packet *packet; /* HOP, SENT, RECEIVED, DROPPED, FAULT on a packet; else NULL */
        union {
                struct trace_hop hop;
                struct {
                        const char *reason; /* "no-listener", "corrupt", "ttl", "no-route" … */
                        const char *detail; /* "tcp checksum"; "-" */
                } dropped;
                struct {
                        const char *rule;
                        const char *action;
                } fault;
                struct {
                        const char *from;
                        const char *to;
                } state;
                struct {
                        duration_ns sample; /* -1: none, only the RTO moved */
                        duration_ns smoothed;
                        duration_ns variation;
                        duration_ns rto;
                        uint32_t backoffs; /* how often the RTO is doubled */
                } rtt;
                struct {
                        uint32_t cwnd_bytes;
                        uint32_t ssthresh_bytes; /* UINT32_MAX: not set */
                        uint32_t in_flight_bytes;
                        uint32_t send_window_bytes;
                        rate_bps pacing;
                } congestion;
                struct {
                        enum trace_note note;
                        const char *why;  /* "-" */
                        bool is_outgoing; /* whose numbers first and end are: our stream's or the peer's */
                        int64_t first;    /* relative sequence numbers */
                        int64_t end;
                        int64_t value;
                } note;
                struct {
                        uint32_t process;
                        const char *program;
                        const char *name;      /* "connect" */
                        int fd;                /* -1: none */
                        const char *arguments; /* "192.0.2.1:80" */
                        int64_t result;
                        const char *error;     /* "ECONNREFUSED"; NULL: none */
                        time_ns started;
                } call;
                struct {
                        uint32_t process;
                        const char *program;
                        const char *name; /* "dns.answer", "http.request", docs/trace.md lists them */
                        const char *text; /* one line for people */
                } step;
                struct trace_link link;
        };
};

Trace *trace_new(void);
void trace_free(Trace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Trace, trace_free)

/* Names for the numbers above, given before the run. Owners are numbered from 0, in order of these calls. */
enum trace_owner_kind { TRACE_OWNER_HOST, TRACE_OWNER_ROUTER, TRACE_OWNER_LINK };
struct trace_owner {
        enum trace_owner_kind kind;
        char *name;        /* "www", "core" */
        char *far_end;     /* of a link direction: where it leads; else NULL */
        char *near_end;
        bool takes_turns;  /* of a link direction: its queue is not first in, first out */
};
void trace_add_owner(Trace *trace, enum trace_owner_kind kind, const char *name, const char *near_end,
        const char *far_end);
/* Of the owner added last. */
void trace_set_takes_turns(Trace *trace);
void trace_add_transfer(Trace *trace, const char *name);
/* A name with what writers ask about each time they write it. */
#define TRACE_NAME_START 32
struct trace_name {
        const char *text; /* "-": there is none */
        uint32_t size;
        bool is_plain;    /* it stands for itself in JSON and CSV: nothing has to be escaped or quoted */
        bool is_short;    /* and `start` is all of it: copied at once, without asking how long it is */
        char start[TRACE_NAME_START];
};
#define TRACE_NAME(word) { .text = word, .size = sizeof word - 1, .is_plain = true, .is_short = true, .start = word }
/* In JSON and CSV. */
static inline bool trace_stands_for_itself(unsigned char c)
{
        return c >= 0x20 && c != '"' && c != '\\' && c != ',';
}
unsigned trace_owner_count(const Trace *trace);
unsigned trace_transfer_count(const Trace *trace);
const struct trace_owner *trace_owner(const Trace *trace, uint32_t owner);
/* "core → right" for a link direction, the name for others. */
const char *trace_owner_label(const Trace *trace, uint32_t owner);
const char *trace_transfer_name(const Trace *trace, uint32_t transfer); /* "-" for 0 */
enum trace_naming { TRACE_NAMED_LABEL, TRACE_NAMED_OWN, TRACE_NAMED_NEAR_END, TRACE_NAMED_FAR_END, TRACE_NAMINGS };
const struct trace_name *trace_owner_named(const Trace *trace, uint32_t owner, enum trace_naming naming);
const struct trace_name *trace_transfer_named(const Trace *trace, uint32_t transfer);
const struct trace_name *trace_protocol_named(enum trace_protocol protocol);
const struct trace_name *trace_note_named(enum trace_note note); /* "segment-held" */

/* Hear the kinds in `mask` (TRACE_BIT) from now on. Listeners are called in order of addition. */
void trace_listen(Trace *trace, uint32_t mask, void (*on_event)(void *data, const struct trace_event *event),
        void *data);

uint32_t trace_mask(const Trace *trace);
/* `trace` may be NULL: nobody listens. */
bool trace_wants(const Trace *trace, enum trace_kind kind);
void trace_emit(Trace *trace, const struct trace_event *event);

#endif
