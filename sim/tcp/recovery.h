/*
 * What acknowledgements and the retransmission timer say of losses, and what follows: recovery entered, gone
 * on with, left. RFC 5681, 6582 (without SACK), 6675 (with), 3042; the timeout of RFC 6298 as far as the
 * window goes.
 */
#ifndef INORDER_RECOVERY_H
#define INORDER_RECOVERY_H

#include "tcp/conn_private.h"

/* One acknowledgement on its way through the steps of sender_ack.c. */
struct ack_event {
        const struct tcp_segment *segment;
        time_ns now;
        uint32_t in_flight_before; /* segments */
        bool was_in_recovery;
        bool is_cwnd_limited;
        bool is_old;            /* below SND.UNA: overtaken by a later one */
        bool looks_repeated;    /* RFC 5681's definition of a duplicate */
        bool is_duplicate;      /* counted as one: that definition, or RFC 6675's */
        uint32_t acked;         /* sequence numbers newly acknowledged */
        duration_ns rtt_sample; /* -1: none */
        struct scoreboard_outcome outcome;
};

/* Back to "nothing lost yet", with `una` the first number to be acknowledged. */
void recovery_init(TcpConn *conn);

/* Selective acknowledgements decide what is lost: agreed, and the setting asks for it. */
bool recovery_uses_sack(const TcpConn *conn);

/* The steps: duplicates counted, recovery left or gone on with, losses found and recovery entered. */
void recovery_count_duplicates(TcpConn *conn, struct ack_event *event);
void recovery_make_progress(TcpConn *conn, struct ack_event *event);
void recovery_detect_loss(TcpConn *conn, struct ack_event *event);

/* The retransmission timer has fired: all that is not known to have arrived is lost. */
void recovery_on_timeout(TcpConn *conn, time_ns now);

/* These numbers are lost to a smaller path MTU: no sign of congestion. RFC 1191 section 6.4 */
void recovery_mark_too_large(TcpConn *conn, struct sent_segment *segment);

/* How many segments may be in flight now: cwnd, with RFC 6582's inflation and RFC 3042's credit. */
uint32_t recovery_window(const TcpConn *conn);
/* In flight, as the window counts them. */
uint32_t recovery_in_flight(const TcpConn *conn);

/* A lost segment may go out although the window is full. */
bool recovery_may_exceed_window(const TcpConn *conn);

/* Why the next retransmission, or the next new segment, is sent. */
enum tcp_send_reason recovery_retransmit_reason(const TcpConn *conn);
enum tcp_send_reason recovery_new_data_reason(const TcpConn *conn);

/* RFC 6675's NextSeg() rule (3): a segment below the highest one sacked, though too little was sacked above
 * it for calling it lost; it is marked so. NULL when there is none or no recovery. */
struct sent_segment *recovery_next_hole(TcpConn *conn);

#endif
