/*
 * The timers of the sending half: retransmission, tail probe, reordering (something is in flight) and persist
 * (nothing is, and the peer's window is in the way). One at a time.
 */
#ifndef INORDER_SENDER_TIMER_H
#define INORDER_SENDER_TIMER_H

#include "tcp/conn_private.h"

/* Linux's are no finer than two ticks. */
#define SENDER_TIMER_MARGIN (2 * MILLISECOND)

/* This one, in place of any other. */
void sender_timer_set(TcpConn *conn, enum tcp_deadline_kind kind, time_ns at);
void sender_timer_stop(TcpConn *conn);
bool sender_timer_is_running(const TcpConn *conn, enum tcp_deadline_kind kind);
/* One of those for what is in flight. */
bool sender_timer_is_watching(const TcpConn *conn);

/* How long until the RTO, counted from the last sending of the first segment in flight; may be over. */
duration_ns sender_timer_rto_left(const TcpConn *conn, time_ns now);
/* The retransmission timer, counted from now; or from that sending. Off when nothing is in flight. */
void sender_timer_rearm(TcpConn *conn, time_ns now);
void sender_timer_rearm_from_head(TcpConn *conn, time_ns now);
/* After progress: tail probe, or retransmission timer. */
void sender_timer_on_progress(TcpConn *conn, time_ns now);

void sender_timer_start_persist(TcpConn *conn, bool is_first, time_ns now);
/* No probe is due any more. */
void sender_timer_stop_persist(TcpConn *conn);

/* A retransmission timer has fired, the first time in a row or again; and the row has ended. For TCP_INFO. */
void sender_timer_count_timeout(TcpConn *conn, bool is_first, time_ns now);
void sender_timer_end_timeouts(TcpConn *conn, time_ns now);

/* How long an RTO of `rto` and so many back-offs of it take. */
duration_ns sender_timer_of_retries(const TcpConn *conn, uint32_t retries, duration_ns rto);

/* RTT and RTO as they are now; `sample` is -1 when only the back-off moved. */
void sender_timer_note_rtt(TcpConn *conn, duration_ns sample);

#endif
