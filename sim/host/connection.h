/*
 * A connection as its host keeps it: TCP's part, and its timer, pump event, device and proof.
 */
#ifndef INORDER_CONNECTION_H
#define INORDER_CONNECTION_H

#include "engine/timer.h"
#include "host/host_private.h"

/* In the order of use. */
struct connection {
        Host *host;
        TcpConn *tcp;
        Socket *socket; /* NULL: not accepted yet, or closed */
        struct four_tuple tuple;
        uint8_t names_in[IPV4_NAMES_SIZE]; /* what IPv4 packets of the peer say; of IPv6, nothing that any says */
        uint32_t number; /* on its host, from 1 */

        struct cause cause;      /* of what TCP does now, and of what the pump sends */
        Link *device;            /* NULL: no route */
        uint32_t output_limit;   /* bytes in the device's queue; UINT32_MAX: none */
        struct device_account account;
        uint8_t dscp;            /* of its packets */
        uint8_t hop_limit;       /* 0: the host's own */
        bool knows_names;        /* the note has all that the handshake settles */
        struct seqnum last_ack;  /* of its pure ACKs … */
        uint16_t acks_alike;     /* … and how many in a row acknowledged so much */
        bool is_time_wait;
        bool has_failed; /* the user has seen an error */
        bool is_read_shut;
        GQueue stamps; /* of struct stamp (socket_stamps.c): writes whose way is watched */
        struct packet_note note; /* of its last packet, and so the beginning of the next one's */
        struct timer timer;
        struct event pump;

        ProofStream *outgoing;
        ProofStream *incoming; /* NULL: not found yet, or the peer is not ours */
        /* The newest relative numbers seen of each stream, to count on beyond 2^32 from. */
        int64_t outgoing_position;
        int64_t incoming_position;
        uint64_t bytes_read;
        uint64_t bytes_written;

        struct transfer *transfer;
        GList link; /* in its host's list, in order of making */
        struct binding binding;
};

/* A connection that is about to be opened actively, in CLOSED; found under `tuple` from now on. */
struct connection *connection_new(Host *host, const struct four_tuple *tuple,
        const struct tcp_settings *settings, struct transfer *transfer, Link *device);
/* One that the listener of `listening` made. Its transfer is its peer's, else its listener's. */
struct connection *connection_adopt(
        Host *host, const struct four_tuple *tuple, TcpConn *tcp, const Socket *listening);
/* At any moment. */
void connection_free(struct connection *connection);

/* The user called: `call` is the cause. */
void connection_after_call(struct connection *connection, const char *call);
/* A segment for its four-tuple. False: it has given way, and the listener may have it. May free the connection. */
bool connection_takes_segment(struct connection *connection, const struct tcp_segment *segment,
        const struct trace_packet_id *packet);
/* A segment has been handed to TCP. May free the connection. */
void connection_after_segment(struct connection *connection, const struct trace_packet_id *packet);

/* Write to the proof what TCP took, and compare what it gave. */
void connection_open_proof(struct connection *connection);
void connection_leave_proof(struct connection *connection);
void connection_prove_written(struct connection *connection, const void *bytes, size_t size);
void connection_prove_source(
        struct connection *connection, PayloadSource *source, uint64_t offset, size_t size);
void connection_prove_write_ended(struct connection *connection);
void connection_prove_read(struct connection *connection, const void *bytes, size_t size);
void connection_prove_read_ended(struct connection *connection);
/* An urgent byte that is left out of what is read is proved all the same. */
void connection_prove_passed(struct connection *connection);

/* Waits for room in its device, at whose transmissions' beginning this is called (link_on_departing). */
void connection_on_departing(void *host, struct device_account *account);

/* The transfer of whoever is at the far end; NULL: nobody's, or the far end is not ours. */
struct transfer *connection_peer_transfer(struct connection *connection);
/* Which of that transfer's connections it is; 0: not known. */
uint32_t connection_peer_flow(struct connection *connection);
/* How often, now included, this host has taken up the connection of whoever is at the far end: again after it
 * gave up or crashed; 0: not known. */
uint32_t connection_times_adopted(struct connection *connection);

/* "price-list: connection with 192.0.2.1:80, ESTABLISHED, 2896 bytes not acknowledged, 0 not sent". */
void connection_describe(const struct connection *connection, GString *text);

bool connection_is_opening(const struct connection *connection);

/* ---- tcp_trace.c ---- */

/* Drain TCP's notes into the trace. `connection` NULL: they are a listener's. */
void host_drain_notes(Host *host, struct connection *connection, const struct cause *cause);
static inline void host_trace_notes(Host *host, struct connection *connection, const struct cause *cause)
{
        if (host->traced != 0) /* else TCP leaves none */
                host_drain_notes(host, connection, cause);
}
/* The program has read so many bytes: a note of ours among TCP's. */
void host_trace_read(struct connection *connection, size_t size);

#endif
