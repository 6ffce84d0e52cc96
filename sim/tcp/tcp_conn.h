/*
 * TCP as the rest of the program sees it: connections, listeners, and what a host's connections share.
 *
 * Pure: segments, user calls and the time go in; segments, notes and one deadline come out. No clock, link, log or
 * random number lives here, and no function here calls its caller back. After any entry that takes `now` the caller
 *
 *     1. drains tcp_host_next_note(),
 *     2. sends while tcp_conn_next_segment() has one and its device has room,
 *     3. sets its timer to tcp_conn_deadline(),
 *     4. looks at tcp_conn_ready() and wakes who waits,
 *     5. lets go of the connection once tcp_conn_is_finished().
 *
 * RFC 9293; the numbers of other RFCs stand where their rules do. Errors are negative errno values.
 */
#ifndef INORDER_TCP_CONN_H
#define INORDER_TCP_CONN_H

#include <glib.h>
#include <sys/types.h>
#include "tcp/congestion_info.h"
#include "tcp/tcp_counter.h"
#include "tcp/tcp_note.h"
#include "tcp/tcp_settings.h"
#include "wire/payload_source.h"
#include "wire/tcp_segment.h"

typedef struct TcpHost TcpHost;
typedef struct TcpConn TcpConn;
typedef struct TcpListener TcpListener;

/* ---- What the connections of one host share ---- */

/* `secret` keys the initial sequence numbers (RFC 6528) and timestamp offsets. `pool` outlives the host. */
TcpHost *tcp_host_new(PayloadPool *pool, const uint8_t secret[16]);
/* Where phases of congestion control begin; 0 unless set. Apart from the secret: a run that is replayed under another seed keeps it. */
void tcp_host_set_luck(TcpHost *host, uint32_t luck);
/* After all its connections and listeners. */
void tcp_host_free(TcpHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TcpHost, tcp_host_free)

/* The next note of the entry just made, in order; false when there is none. Bit k of `kinds` asks for
 * enum tcp_note_kind k; nothing is asked for at first. */
void tcp_host_want_notes(TcpHost *host, uint64_t kinds);
bool tcp_host_next_note(TcpHost *host, struct tcp_note *note);

/* What has been counted since the host was made. */
uint64_t tcp_host_counter(const TcpHost *host, enum tcp_counter counter);
/* Segments that come, which only the caller sees, it counts here. */
void tcp_host_count(TcpHost *host, enum tcp_counter counter);
/* A reset to a segment that no connection expected. */
void tcp_host_count_reset(TcpHost *host);

/* The answer to a segment that belongs to no connection and no listener: a reset, or nothing (false).
 * RFC 9293 section 3.10.7.1. */
bool tcp_stray_answer(const struct tcp_segment *segment, struct tcp_segment *answer);

/* ---- Connections ---- */

/* A connection in CLOSED. Data may be written before it is opened. `path_mtu`: the largest IP packet, in bytes. */
TcpConn *tcp_conn_new(TcpHost *host, const struct tcp_settings *settings, uint32_t path_mtu);
/* At any moment; nothing is sent. A connection still in its listener's queues is taken out of them. */
void tcp_conn_free(TcpConn *conn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TcpConn, tcp_conn_free)

/* The active OPEN. */
void tcp_conn_connect(TcpConn *conn, const struct four_tuple *tuple, time_ns now);

/* The same with fast open (RFC 7413): the first text goes with the SYN, or a cookie is asked for. Bytes taken. */
size_t tcp_conn_connect_fast(
        TcpConn *conn, const struct four_tuple *tuple, const void *bytes, size_t size, time_ns now);
/* Whether text may go with a SYN to this server: its cookie is known, or not needed. */
bool tcp_host_may_open_fast(
        const TcpHost *host, const struct tcp_settings *settings, const struct ip_address *server);
/* More will be written as soon as the connection is open: the last ACK of the handshake goes with it. */
void tcp_conn_expect_text(TcpConn *conn);

/* A segment for this four-tuple, for which there is a listener as well: whether the connection, in TIME-WAIT, gives way
 * to this SYN (RFC 6191). Then it is CLOSED now, and the segment is to be offered to the listener. */
bool tcp_conn_gives_way(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* Any other segment for it. */
void tcp_conn_on_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now);

/* What an ICMP message says of a segment that this connection sent. */
struct tcp_icmp {
        struct seqnum seq;   /* of the quoted segment */
        int error;           /* positive errno, as Linux's icmp_err_convert and its IPv6 kin: EHOSTUNREACH ... */
        bool is_hard;        /* a listener's half-open connection is dropped: net or host unreachable, time exceeded,
                                parameter problem (IPv4); what icmpv6_err_convert calls fatal (IPv6) */
        bool is_unreachable; /* net or host unreachable, no route: a back-off may be taken back. RFC 6069 */
        uint32_t path_mtu;   /* fragmentation needed or packet too big: the next hop's MTU (one that is not told
                                counts as 1); 0: not about size */
};
/* A message that quotes a segment of this four-tuple; redirects and source quenches are not for TCP. RFC 5927. */
void tcp_conn_on_icmp(TcpConn *conn, const struct tcp_icmp *icmp, time_ns now);

/* The device, or what is known of the path, takes packets of so many bytes from now on: what is sent next follows. */
void tcp_conn_set_route_mtu(TcpConn *conn, uint32_t mtu);

/* tcp_conn_deadline() has come (earlier calls do nothing). TIME_NEVER: nothing to wait for. */
void tcp_conn_on_time(TcpConn *conn, time_ns now);
time_ns tcp_conn_deadline(const TcpConn *conn);

/* False: there is none now, and asking for it would change nothing. */
bool tcp_conn_may_send(const TcpConn *conn);
/* The next segment to send now, which the connection then takes as sent; false when there is none. `*segment` owns
 * its payload, whose sum is made. */
bool tcp_conn_next_segment(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending);

/* The same, of what carries neither text nor FIN: for a caller whose device has no room for more of those. */
bool tcp_conn_next_control(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending);

/* What send(2) is told of the bytes. */
enum tcp_write_flags {
        TCP_WRITE_MORE = 1 << 0,   /* more is about to follow: until then, or an ACK, their small end stays (MSG_MORE) */
        TCP_WRITE_RECORD = 1 << 1, /* they end a record: what comes later is sent in segments of its own (MSG_EOR) */
        TCP_WRITE_URGENT = 1 << 2, /* they are urgent, and so are those before them (MSG_OOB) */
};
/* Bytes taken, 1 to `size`. -EAGAIN: the buffer is full or the connection is not open yet and its buffer is full;
 * -EPIPE: writing was shut down; -ENOTCONN; or the connection's error, once. */
ssize_t tcp_conn_send(TcpConn *conn, const void *bytes, size_t size, unsigned flags, time_ns now);
/* The same for the source's bytes from `offset` on, which are not copied. */
ssize_t tcp_conn_send_source(TcpConn *conn, PayloadSource *source, uint64_t offset, size_t size, unsigned flags,
        time_ns now);
ssize_t tcp_conn_write(TcpConn *conn, const void *bytes, size_t size, time_ns now);

/* Bytes read, 1 to `size`; 0: the peer's FIN, or reading was shut down. -EAGAIN, -ENOTCONN, or the error, once. */
ssize_t tcp_conn_read(TcpConn *conn, void *bytes, size_t size, time_ns now);
/* The same, but they stay (MSG_PEEK). */
ssize_t tcp_conn_peek(TcpConn *conn, void *bytes, size_t size);

/* ---- Urgent data: RFC 9293 section 3.8.5, RFC 6093, as Linux ----
 *
 * One byte, the last that was announced as urgent, is kept apart. Reading stops before it, at the mark; from there
 * tcp_conn_read() goes on with the byte behind it, unless the settings leave it in the stream (urgent_inline). */

/* 1: the byte, which can be had once unless it `stays`; 0: it will not come; -EINVAL: there is none; -EAGAIN: it is
 * announced only; -ENOTCONN. */
ssize_t tcp_conn_read_urgent(TcpConn *conn, uint8_t *byte, bool stays);
/* Once, when an urgent byte has been left out of the stream, at the place now read up to: by the last read, before
 * what that gave, or by a segment. */
bool tcp_conn_take_passed(TcpConn *conn, uint8_t *byte);
/* Whether the mark stands before the byte so far `ahead` of the next to read. */
bool tcp_conn_is_at_mark(const TcpConn *conn, size_t ahead);
/* How much can be read before the mark, if the byte there has come; else in all. */
uint32_t tcp_conn_readable_to_mark(const TcpConn *conn);

/* TCP_QUICKACK as Linux: 0: the connection answers, ACKs wait for its data; odd: they do not; other: once. */
void tcp_conn_set_quick_ack(TcpConn *conn, int value, time_ns now);
bool tcp_conn_quick_ack(const TcpConn *conn);

/* SHUT_RD, SHUT_WR or SHUT_RDWR. 0 or -ENOTCONN. */
int tcp_conn_shutdown(TcpConn *conn, int how, time_ns now);

/* The user lets go (close(2)): a FIN after what was written, or a reset when unread data is lost (RFC 2525 section
 * 2.17) or linger says so. The connection lives on until it is finished. */
void tcp_conn_close(TcpConn *conn, time_ns now);

/* ABORT: a reset where the state asks for one; the user sees `error` (0: nothing). */
void tcp_conn_abort(TcpConn *conn, int error, time_ns now);

/* CLOSED and let go by its user: the caller frees it, once its last segment is sent. */
bool tcp_conn_is_finished(const TcpConn *conn);

/* No byte can be written any more. */
bool tcp_conn_is_shut_for_writing(const TcpConn *conn);
/* What poll(2) would say: POLLIN, POLLPRI, POLLOUT, POLLHUP, POLLRDHUP, POLLERR. */
unsigned tcp_conn_ready(const TcpConn *conn);

/* SO_ERROR: the pending error (positive errno, 0 for none), else what ICMP has hinted at; which is cleared. */
int tcp_conn_take_error(TcpConn *conn);

const struct tcp_settings *tcp_conn_settings(const TcpConn *conn);
/* Change settings in mid-life, as setsockopt does; what was agreed with the peer stays. */
void tcp_conn_set(TcpConn *conn, const struct tcp_settings *settings, time_ns now);

enum tcp_state tcp_conn_state(const TcpConn *conn);
/* Whether its user must wait for the handshake; with fast open, not always (RFC 7413). */
bool tcp_conn_is_opening(const TcpConn *conn);
/* The initial sequence numbers; the peer's is known once its SYN has come. */
struct seqnum tcp_conn_iss(const TcpConn *conn);
struct seqnum tcp_conn_irs(const TcpConn *conn);
bool tcp_conn_knows_irs(const TcpConn *conn);
/* The listener that made it and that it has not been accepted from yet, else NULL. */
TcpListener *tcp_conn_listener(const TcpConn *conn);

/* A small number of the caller's, kept for it. */
void tcp_conn_set_owner(TcpConn *conn, void *owner);
void *tcp_conn_owner(const TcpConn *conn);

/* Whatever is held back may go, but for windows. */
void tcp_conn_push(TcpConn *conn);

/* How much would be written at once. */
size_t tcp_conn_send_room(const TcpConn *conn);
/* Whoever would write waits for room: the buffer grows, should it be that which holds the stream up. */
void tcp_conn_want_room(TcpConn *conn);

/* SO_MEMINFO: the memory that received packets and written bytes take, and how much they may. */
struct tcp_memory_use {
        uint32_t received;
        uint32_t receive_buffer;
        uint32_t written;
        uint32_t send_buffer;
};
void tcp_conn_memory_use(const TcpConn *conn, struct tcp_memory_use *use);

/* SIOCOUTQ: numbers not acknowledged, the FIN's included. */
uint32_t tcp_conn_outstanding(const TcpConn *conn);
/* SIOCOUTQNSD: of those, the ones that were never sent. */
uint32_t tcp_conn_outstanding_unsent(const TcpConn *conn);

/* Bytes in the buffers: written and not acknowledged; written and never sent; readable. */
uint32_t tcp_conn_unacknowledged(const TcpConn *conn);
uint32_t tcp_conn_unsent(const TcpConn *conn);
uint32_t tcp_conn_readable(const TcpConn *conn);

/* Counts since the connection was made. */
struct tcp_counts {
        uint64_t segments_sent;
        uint64_t segments_received;
        uint64_t data_segments_sent;
        uint64_t data_segments_received;
        uint64_t retransmitted_segments; /* segments whose first sequence number went out before; SYN and FIN too */
        uint64_t bytes_sent;             /* payload, every sending */
        uint64_t bytes_retransmitted;
        uint64_t bytes_acknowledged;
        uint64_t bytes_received;         /* payload that became readable */
        uint64_t timeouts;               /* retransmission timer */
        uint64_t timeout_recoveries;     /* rows of them without an ACK of new data in between */
        duration_ns timeout_time;        /* how long these rows took, from the first timeout to that ACK */
        uint64_t fast_recoveries;
        uint64_t spurious_recoveries;    /* undone */
        uint64_t spurious_segments;      /* retransmissions the peer reported as needless (DSACK) */
        uint64_t duplicate_acks_sent;
        uint64_t duplicate_acks_received;
        uint64_t out_of_order_arrivals;
        uint64_t duplicate_arrivals;     /* segments wholly received before */
        uint64_t held_arrivals;          /* all behind a hole, those included that were held already */
        uint32_t held_bytes_max;
        uint32_t window_probes;
};

/* Why text did not go with a SYN, or was not taken: Linux's enum tcp_fastopen_client_fail. */
enum tcp_fast_open_failure {
        TCP_FAST_OPEN_NO_FAILURE,
        TCP_FAST_OPEN_NO_COOKIE,
        TCP_FAST_OPEN_NOT_ACKNOWLEDGED,
        TCP_FAST_OPEN_SYN_SENT_AGAIN,
};

/* The size of what is told; 0: the algorithm has nothing to say. */
size_t tcp_conn_congestion_info(const TcpConn *conn, union tcp_congestion_info *info);

/* A look inside, for TCP_INFO and the trace. */
struct tcp_report {
        enum tcp_state state;
        enum tcp_congestion_state congestion_state;
        bool sack_agreed;
        bool timestamps_agreed;
        bool scaling_agreed;
        uint8_t send_scale;
        uint8_t receive_scale;
        uint32_t send_mss; /* payload a full segment carries, options deducted */
        uint32_t receive_mss;
        uint32_t cwnd_segments;
        uint32_t ssthresh_segments; /* UINT32_MAX: not set */
        uint32_t unacknowledged_segments;
        uint32_t sacked_segments;
        uint32_t lost_segments;
        uint32_t retransmitted_segments; /* in flight */
        uint32_t backoffs;
        duration_ns rto;
        duration_ns srtt; /* 0: no sample yet */
        duration_ns rttvar;
        duration_ns min_rtt; /* TIME_NEVER: no sample yet */
        uint32_t timeouts_in_a_row; /* since SND.UNA moved */
        uint32_t probes;            /* of a closed window, unanswered */
        uint32_t reordering; /* segments */
        uint32_t reordering_seen;
        uint32_t duplicates_reported; /* segments, by DSACK */
        uint32_t delivered_segments;  /* the SYN included */
        uint32_t delivered_ce_segments;
        uint64_t pacing_rate; /* bytes a second */
        uint32_t delivery_rate_segments; /* the best rate measured: so many ... */
        duration_ns delivery_rate_interval; /* ... in so long; 0: none yet */
        bool delivery_rate_is_app_limited;
        bool ecn_agreed;
        bool ecn_seen; /* ECN-capable segments came */
        bool syn_text_taken; /* fast open: text went with the SYN, and was taken */
        enum tcp_fast_open_failure fast_open_failure;
        bool is_fast_open_child; /* a listener's that was open before its handshake was done */
        uint32_t send_window;
        uint32_t receive_window;     /* as the last segment offered it (rcv_wnd) */
        uint32_t receive_threshold;  /* no more is offered for now (rcv_ssthresh) */
        uint32_t receive_space;      /* read in a round trip (rcv_space) */
        duration_ns receive_rtt;     /* as the receiver sees it; 0: unknown */
        uint32_t peer_mss_estimate;  /* what a full segment of the peer's carries (rcv_mss) */
        uint32_t advised_mss;        /* what it should, options deducted (advmss) */
        duration_ns ack_patience;    /* the delay of an ACK (ato) */
        uint32_t controls_sent;      /* our SYN and FIN, once acknowledged; but no SYN-ACK: Linux counts them as bytes */
        uint32_t controls_received;  /* the peer's FIN */
        uint64_t segments_out;       /* sent, but for a half-open connection's SYN-ACKs */
        uint32_t path_mtu;  /* that segments are cut for */
        uint32_t route_mtu; /* that those to come will be */
        struct tcp_counts counts;
};
void tcp_conn_report(const TcpConn *conn, struct tcp_report *report);

/* How long it has been at what. */
struct tcp_times {
        duration_ns busy; /* with something unsent or unacknowledged; the next two are parts of it */
        duration_ns limited_by_receive_window;
        duration_ns limited_by_send_buffer;
        duration_ns since_data_sent;
        duration_ns since_timeout; /* the first in the row that goes on; 0: there is none */
        duration_ns since_heard;
        duration_ns since_text; /* received */
};
void tcp_conn_times(const TcpConn *conn, time_ns now, struct tcp_times *times);

/* Asserts every invariant; for tests, fuzzers and checked builds. */
void tcp_conn_check(const TcpConn *conn);

/* ---- Listeners ---- */

/* The passive OPEN. `local.address` may be any. One more connection than `backlog` waits to be accepted, and to open. */
TcpListener *tcp_listener_new(TcpHost *host, const struct tcp_settings *settings, const struct endpoint *local,
        uint32_t backlog, uint32_t path_mtu);
/* Its queues are empty (tcp_listener_take_child). */
void tcp_listener_free(TcpListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TcpListener, tcp_listener_free)

/* A segment for the listener and for no connection. A new connection, in SYN-RECEIVED or, by a SYN cookie, open, is
 * returned, for the caller to own and to find again under `tuple`; else NULL, and `*has_answer` tells whether `*answer` is to be sent. */
TcpConn *tcp_listener_on_segment(TcpListener *listener, const struct four_tuple *tuple,
        const struct tcp_segment *segment, time_ns now, struct tcp_segment *answer, bool *has_answer);

/* The connection that has been ready longest, no longer the listener's; NULL when none is. */
TcpConn *tcp_listener_accept(TcpListener *listener);
bool tcp_listener_has_connection(const TcpListener *listener);
uint32_t tcp_listener_ready_count(const TcpListener *listener);

/* For closing: any child, ready or half-open, no longer the listener's; the caller aborts it. NULL when none is left. */
TcpConn *tcp_listener_take_child(TcpListener *listener);

void tcp_listener_set_backlog(TcpListener *listener, uint32_t backlog);
uint32_t tcp_listener_backlog(const TcpListener *listener);
void tcp_listener_set(TcpListener *listener, const struct tcp_settings *settings);
/* Towards whoever sends the next SYN. */
void tcp_listener_set_path_mtu(TcpListener *listener, uint32_t path_mtu);
const struct endpoint *tcp_listener_local(const TcpListener *listener);
void tcp_listener_set_owner(TcpListener *listener, void *owner);
void *tcp_listener_owner(const TcpListener *listener);
void tcp_listener_check(const TcpListener *listener);

#endif
