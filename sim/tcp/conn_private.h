/*
 * The inside of a connection: for the files of this folder only.
 *
 * Two halves share it. The sender's (sender.h: send_queue, scoreboard, recovery, rtt, cong) decides what is sent and
 * when again; the receiver's (receive, reassembly, and the handshakes and closes of conn) decides what is taken and
 * what is answered. send.c puts the segments together.
 */
#ifndef INORDER_CONN_PRIVATE_H
#define INORDER_CONN_PRIVATE_H

#include "tcp/cong.h"
#include "tcp/reassembly.h"
#include "tcp/rtt.h"
#include "tcp/scoreboard.h"
#include "tcp/send_queue.h"
#include "tcp/tcp_conn.h"

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
        uint32_t wnd;     /* bytes, scaled */
        uint32_t wnd_max; /* largest ever offered: for silly-window avoidance, RFC 9293 section 3.8.6.2.1 */
        uint8_t scale;    /* how the peer shifts its window */
        uint32_t mss;     /* payload of a full segment, options deducted */
};

struct receive_variables {
        struct seqnum nxt;
        struct seqnum irs;
        struct seqnum edge; /* right edge of the window as last advertised: never moves left */
        struct seqnum acked; /* last ACK sent (Last.ACK.sent of RFC 7323) */
        uint8_t scale;
        uint32_t mss; /* what we offered */
        uint32_t peer_mss_estimate; /* largest payload seen: what "a full segment" means to delayed ACKs */
        struct reassembly reassembly; /* holds the readable bytes and the held ones */
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

        /* Recovery (recovery.c). */
        struct {
                bool is_active;           /* fast recovery, RFC 6582 or 6675 */
                bool after_timeout;       /* until `end` is acknowledged */
                struct seqnum end;        /* recovery point */
                uint32_t duplicate_acks;  /* in a row */
                uint32_t limited_transmit_credit; /* segments that RFC 3042 lets out beyond cwnd */
                uint32_t inflation;       /* segments: RFC 6582's window inflation, without SACK */
                uint32_t retransmitted_now; /* segments sent again since recovery was entered */
        } recovery;
        enum tcp_send_reason retransmit_reason; /* of the next segment marked lost */
        bool probe_wanted;                      /* a window probe is due */
        uint32_t probes;                        /* sent without an answer that opens the window */
        time_ns last_data_sent_at;              /* for idle restart */
        time_ns unanswered_since;               /* the first sending of what una waits for; for the user timeout */
        enum tcp_limit limit;

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
        uint32_t unacked_bytes; /* in-order bytes since our last ACK */
        bool reset_wanted;
        struct seqnum reset_seq;
        struct sack_block dsack; /* to report with the next ACK, when has_dsack */
        bool has_dsack;
        bool syn_wanted; /* a SYN or SYN-ACK is to be sent (again) */
        uint32_t syn_sendings;

        /* The user. */
        bool is_closed_by_user; /* let go: nobody will read or write any more */
        bool fin_queued;        /* a FIN follows what is in the send queue */
        bool read_shut;
        bool fin_received;
        int error; /* positive errno, once */
        uint32_t keepalive_probes;
        time_ns last_heard_at;

        time_ns deadlines[TCP_DEADLINES]; /* TIME_NEVER when off */
        struct tcp_counts counts;
};

/* ---- conn.c: state, notes, deadlines ---- */

void conn_set_state(TcpConn *conn, enum tcp_state state);
/* The end, seen by the user as `error`: all deadlines off, queues emptied, CLOSED. */
void conn_fail(TcpConn *conn, int error);

/* A note is written only when somebody wants its kind; NULL otherwise. */
struct tcp_note *tcp_host_note(TcpHost *host, enum tcp_note_kind kind);

static inline void conn_set_deadline(TcpConn *conn, enum tcp_deadline_kind kind, time_ns at)
{
        conn->deadlines[kind] = at;
}

PayloadPool *tcp_host_pool(const TcpHost *host);

#endif
