/*
 * The sending half of a connection: what of the stream goes out, when, and when again.
 *
 * RFC 9293 section 3.8 (windows, Nagle, silly windows, probes), RFC 5681, 6582, 6675, 8985, 3042 (what a
 * loss does), RFC 6298 (the retransmission timer). Called by receive.c, write.c, send.c and deadlines.c; the SYN is
 * theirs, the FIN is ours: it is the last number of the stream.
 */
#ifndef INORDER_SENDER_H
#define INORDER_SENDER_H

#include "tcp/conn_private.h"

/* ---- sender_start.c ---- */

/* Once the handshake has settled MSS, options and the first window: start congestion control. `now` is the
 * moment of establishment; a round-trip sample of the handshake seeds the RTO (-1: none, it was sent twice). */
void sender_start(TcpConn *conn, duration_ns handshake_rtt, time_ns now);
/* Some of them have changed. */
void sender_change_settings(TcpConn *conn, time_ns now);

/* ---- sender.c: what goes out ---- */

/* Whether text may go out in the state that the connection is in. */
bool sender_may_send(const TcpConn *conn);
/* What is written may go out: an ACK came, or the user did something. Timers only send again. */
void sender_push(TcpConn *conn);
/* The user is about to write. */
void sender_on_write(TcpConn *conn, time_ns now);

/* Nothing is out or to go, and nothing has happened since that was seen. */
bool sender_is_at_rest(const TcpConn *conn);
/* It is, or will be once it has been asked: all that sender_next_segment() would do then is sender_rest(). */
bool sender_has_nothing(const TcpConn *conn);
void sender_rest(TcpConn *conn);

/* The next segment with stream bytes or FIN that may go out now: fills seq, payload (with its sum), PSH and
 * FIN flags and `sending`, and takes it as sent: SND.NXT, scoreboard, timers. False when there is none; then
 * it has noted what limits it and set the persist deadline when only the peer's window is in the way. */
bool sender_next_segment(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending);

/* The path takes only `mss` payload bytes a segment from now on: recut what is in flight (marked lost: not by
 * congestion). */
void sender_set_mss(TcpConn *conn, uint32_t mss, time_ns now);
/* Payload of a full segment that goes out now, beside the SACK blocks that it must carry. */
uint32_t sender_mss_beside_sack(const TcpConn *conn);
static inline uint32_t sender_current_mss(const TcpConn *conn)
{
        if (conn->push_mss > 0)
                return conn->push_mss;
        return conn_sack_blocks(conn) == 0 ? conn->snd.mss : sender_mss_beside_sack(conn);
}

/* Before anything changes: what went out since the last look has used the window so far. */
void sender_settle(TcpConn *conn, time_ns now);

void sender_clear(TcpConn *conn);
void sender_check(const TcpConn *conn);

/* ---- sender_ack.c ---- */

/* An acceptable segment with the ACK flag in a synchronized state, SND.UNA <= SEG.ACK <= SND.NXT or older:
 * everything RFC 9293 section 3.10.7.4 step 5, RFC 5681 and RFC 6675 make of it: window update, cumulative
 * and selective acknowledgement, duplicate ACKs, RTT, recovery, congestion window, retransmission timer. */
void sender_on_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now);

/* ---- sender_timer.c ---- */

/* The retransmission or persist deadline has come. */
void sender_on_retransmit_deadline(TcpConn *conn, time_ns now);
void sender_on_persist_deadline(TcpConn *conn, time_ns now);
/* A router or the peer's host says that it cannot be reached; the segment at `seq` met it. RFC 6069. */
void sender_on_unreachable(TcpConn *conn, struct seqnum seq, time_ns now);

/* ---- sender_offer.c ---- */

/* Whether all that was written, and the FIN when queued, is acknowledged. */
bool sender_fin_is_acknowledged(const TcpConn *conn);
/* Offset in the outgoing stream of sequence number `seq`. */
uint64_t sender_stream_offset(const TcpConn *conn, struct seqnum seq);

/* ---- sender_note.c ---- */

/* A note, if cwnd, ssthresh, what is in flight or the peer's window have changed since the last. */
void sender_note_congestion(TcpConn *conn);

#endif
