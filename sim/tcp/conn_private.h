/*
 * The inside of a connection: for the files of this folder only.
 *
 * Two halves share it. The sender's (sender.h: send_queue, scoreboard, recovery, rtt, cong) decides what is sent and
 * when again; the receiver's (receive, reassembly, and the handshakes and closes of conn) decides what is taken and
 * what is answered. send.c puts the segments together.
 */
#ifndef INORDER_CONN_PRIVATE_H
#define INORDER_CONN_PRIVATE_H

#include "tcp/chrono.h"
#include "tcp/cong.h"
#include "tcp/reassembly.h"
#include "tcp/rtt.h"
#include "tcp/scoreboard.h"
#include "tcp/send_queue.h"
#include "tcp/sender_state.h"
#include "tcp/tcp_conn.h"
#include "tcp/tcp_host.h"

/* What of ours the peer must still be told; each is sent once, in this order of preference. */
enum ack_wish {
        ACK_NOT_WANTED,
        ACK_DELAYED, /* the delayed-ACK deadline is set */
        ACK_NOW,     /* with `ack_reason` */
};

/* The send sequence variables of RFC 9293 section 3.3.1, and what belongs to them. */
struct send_variables {
        struct seqnum una;
        struct seqnum nxt;
        struct seqnum iss;
        struct seqnum wl1;
        struct seqnum wl2;
        struct seqnum resent_end; /* behind the furthest data that was sent again; the first byte: none was */
        uint32_t wnd;     /* bytes, scaled */
        uint32_t wnd_max; /* largest ever offered: for silly-window avoidance, RFC 9293 section 3.8.6.2.1 */
        uint8_t scale;    /* how the peer shifts its window */
        uint32_t mss;     /* payload of a full segment, options deducted */
        uint32_t peer_mss; /* the most the peer takes, and the user lets us send, before options */
};

struct receive_variables {
        struct seqnum nxt;
        struct seqnum irs;
        struct seqnum edge; /* right edge of the window as last advertised: never moves left */
        struct seqnum acked; /* last ACK sent (Last.ACK.sent of RFC 7323) */
        uint8_t scale;
        uint32_t mss; /* what we offered */
        uint32_t peer_mss_estimate; /* largest payload seen: what "a full segment" means to delayed ACKs */
        uint16_t window_field;      /* as last sent: a duplicate ACK repeats it */
        bool knows_fin;             /* the peer's FIN has come, perhaps before what it follows */
        uint64_t fin_offset;        /* stream offset one past the last byte, when knows_fin */
        struct reassembly reassembly; /* holds the readable bytes and the held ones */
};

/* What TCP_NOTE_CONGESTION tells, in bytes. */
struct congestion_figures {
        uint32_t cwnd;
        uint32_t ssthresh; /* UINT32_MAX: not set */
        uint32_t in_flight;
        uint32_t send_window;
};

struct TcpConn {
        TcpHost *host;
        TcpListener *listener;
        TcpConn *listener_next; /* in the listener's queues */
        TcpConn *listener_previous;
        void *owner;
        struct tcp_settings settings;
        struct four_tuple tuple;
        enum tcp_state state;
        uint32_t path_mtu;

        struct send_variables snd;
        struct receive_variables rcv;
        struct send_queue send_queue;
        struct scoreboard scoreboard;
        struct rtt rtt;
        struct cong cong;

        /* The sending half's memory (sender_state.h). */
        struct recovery recovery;
        struct rack rack;
        struct tail_probe tail_probe;
        struct prr prr;
        struct window_use use;
        struct delivery delivery;
        struct ecn ecn;
        uint64_t pacing_rate;         /* bytes a second */
        uint32_t duplicates_reported; /* segments, by DSACK: dsack_dups */
        struct burst burst;           /* of new data */
        struct burst resend_burst;
        uint32_t bursts; /* so far */
        time_ns last_sent_at;         /* any segment */
        bool probe_wanted;         /* a window probe is due */
        bool push_wanted;          /* new data may go out (sender_push) */
        uint32_t probes;           /* sent by a timer, since the peer was last heard */
        uint64_t small_end;        /* stream offset behind the last segment sent that was not full. RFC 9293 3.7.4 */
        struct chrono chrono;      /* what the sender's time goes into */
        time_ns last_data_sent_at; /* for idle restart */
        time_ns unanswered_since;  /* since when the peer owes an answer, for the user timeout; -1: it does not */
        enum tcp_limit limit;
        struct congestion_figures noted; /* as last told */

        /* What was agreed in the handshake. */
        bool sack_agreed;
        bool timestamps_agreed;
        bool window_scaling_agreed;
        bool knows_irs;

        /* Timestamps. RFC 7323 sections 3 to 5. */
        uint32_t timestamp_offset;
        uint32_t ts_recent;
        time_ns ts_recent_at;

        /* Answers owed. */
        enum ack_wish ack_wish;
        enum tcp_send_reason ack_reason;
        bool has_window_news;   /* the next ACK tells of room, whatever else it is for */
        uint32_t unacked_bytes; /* in-order bytes since our last ACK */
        bool reset_wanted;
        bool reset_has_ack;
        struct seqnum reset_seq;
        struct seqnum reset_ack;
        struct sack_block dsack; /* to report with the next ACK, when has_dsack */
        bool has_dsack;
        bool syn_wanted; /* a SYN or SYN-ACK is to be sent (again) */
        uint32_t syn_sendings;
        time_ns syn_sent_at;   /* first sending */
        bool keepalive_wanted; /* a keepalive probe is due */
        time_ns refusal_answered_at; /* the last ACK for something refused; such answers are rationed. -1: none yet */

        /* The user. */
        bool was_opened;        /* connect was called, or a SYN made it */
        bool is_passive;        /* a listener's SYN made it */
        bool is_ready_child;    /* in its listener's accept queue, not its SYN queue */
        bool is_closed_by_user; /* let go: nobody will read or write any more */
        bool fin_queued;        /* a FIN follows what is in the send queue */
        bool read_shut;
        bool fin_received;
        int error; /* positive errno, once */
        int soft_error; /* what ICMP hinted at: the reason, should the connection time out. RFC 1122 section 4.2.3.9 */
        uint32_t keepalive_probes;
        time_ns last_heard_at;

        time_ns deadlines[TCP_DEADLINES]; /* TIME_NEVER when off */
        struct tcp_counts counts;
};

/* ---- conn.c: state, ends, deadlines ---- */

void conn_set_state(TcpConn *conn, enum tcp_state state);
/* The end, seen by the user as `error`: all deadlines off, the send queue emptied, CLOSED. */
void conn_fail(TcpConn *conn, int error);
/* The peer is silent for too long: ETIMEDOUT, or what ICMP said of it. */
void conn_time_out(TcpConn *conn);
/* The same without an error: the normal end, or one that the user asked for. */
void conn_end(TcpConn *conn);
/* A note that this deadline has come: left by whoever acts on it. */
void conn_note_deadline(TcpConn *conn, enum tcp_deadline_kind kind);
/* At the end of every entry: the user's patience follows what is unanswered; checked builds check. */
void conn_leave_entry(TcpConn *conn);

static inline void conn_set_deadline(TcpConn *conn, enum tcp_deadline_kind kind, time_ns at)
{
        conn->deadlines[kind] = at;
}

static inline void conn_want_ack(TcpConn *conn, enum tcp_send_reason reason)
{
        conn->ack_wish = ACK_NOW;
        conn->ack_reason = reason;
}

static inline uint32_t conn_timestamp(const TcpConn *conn, time_ns now)
{
        return (uint32_t)(now / MILLISECOND) + conn->timestamp_offset;
}

/* Whether this segment echoes a timestamp, and one from before `at`. */
static inline bool conn_echo_is_before(const TcpConn *conn, const struct tcp_segment *segment, time_ns at)
{
        const struct tcp_options *options = &segment->options;
        return conn->timestamps_agreed && options->has_timestamps && options->timestamp_echo != 0 &&
               (int32_t)(options->timestamp_echo - conn_timestamp(conn, at)) < 0;
}

/* RFC 9293 section 3.3.2: the states in which both have sent their SYN and know that it arrived. */
static inline bool conn_is_synchronized(const TcpConn *conn)
{
        return conn->state >= TCP_STATE_ESTABLISHED;
}

/* ---- handshake.c: what SYNs settle ---- */

/* The first SYN is wanted, and whatever it says is decided. */
void handshake_open(TcpConn *conn, const struct four_tuple *tuple, time_ns now);
void handshake_on_syn_sent_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* A SYN at a listener: `conn` is new. */
void handshake_accept_syn(TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *syn, time_ns now);
/* The ACK of our SYN-ACK has come: ESTABLISHED, or what the user asked for since. */
void handshake_complete(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
void handshake_on_retransmit_deadline(TcpConn *conn, time_ns now);
void handshake_fill_options(const TcpConn *conn, struct tcp_options *options);
/* A SYN or SYN-ACK has gone out. */
void handshake_on_syn_sent(TcpConn *conn, time_ns now);

/* ---- conn_calls.c ---- */

/* The pending error alone, which is cleared. */
int conn_take_error(TcpConn *conn);

/* ---- receive.c, receive_text.c: the steps of a segment ---- */

void receive_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
void receive_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
void receive_fin(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* A segment that lies wholly before RCV.NXT: told by a duplicate ACK, with DSACK. */
void receive_old_text(TcpConn *conn, const struct tcp_segment *segment);
void receive_note_refused(TcpConn *conn, const struct tcp_segment *segment, enum tcp_refusal why);

/* ---- receive_window.c ---- */

/* The window that the peer may use: from RCV.NXT to the edge. */
static inline uint32_t receive_window(const TcpConn *conn)
{
        return conn->rcv.edge.value - conn->rcv.nxt.value;
}
/* The smallest shift with which the whole buffer can be offered. */
uint8_t receive_window_scale(uint32_t receive_buffer);
/* The first window, that of a SYN. */
void receive_window_start(TcpConn *conn);
/* Move the edge as far as the buffer allows, if that is far enough to be worth telling. */
void receive_window_open(TcpConn *conn);
/* The reader has made so much room that the peer should hear of it at once. */
bool receive_window_is_news(const TcpConn *conn);

/* ---- path_mtu.c ---- */

/* What our SYN offers: what a packet of the path takes, without options, and what the user allows. */
uint32_t path_mtu_own_mss(const TcpConn *conn);
/* What the peer's SYN says that it takes. */
uint32_t path_mtu_peer_mss(const TcpConn *conn, const struct tcp_options *options);
/* Payload of a full segment: by the path, the peer and its largest window. */
uint32_t path_mtu_effective_mss(const TcpConn *conn);
/* A router says that the path carries no more: what is too large in flight is sent again, smaller. */
void path_mtu_shrink(TcpConn *conn, uint32_t mtu, time_ns now);

/* ---- closing.c: FINs sent and received, and what comes after ---- */

/* The user writes no more: a FIN follows the stream. */
void closing_send_fin(TcpConn *conn, time_ns now);
void closing_on_fin_acknowledged(TcpConn *conn, time_ns now);
void closing_on_fin_received(TcpConn *conn, time_ns now);
void closing_restart_time_wait(TcpConn *conn, time_ns now);
/* Whether the connection, in TIME-WAIT, gives way to this SYN. RFC 6191. */
bool closing_gives_way(const TcpConn *conn, const struct tcp_segment *segment);
/* The answer to an impossible segment: a reset that begins at `seq`. */
void closing_want_reset(TcpConn *conn, struct seqnum seq);
/* A reset of our own accord, then the end, seen by the user as `error` (0: not). */
void closing_reset(TcpConn *conn, int error);

/* ---- listener.c: what a child tells its listener ---- */

/* Whether one more may wait to be accepted; a note when not. */
bool listener_has_room_for_child(const TcpListener *listener);
void listener_on_child_established(TcpListener *listener, TcpConn *child);
void listener_forget_child(TcpListener *listener, TcpConn *child);

#endif
