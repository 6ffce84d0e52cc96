/*
 * The two timers of the sending half: retransmission (something is in flight) and persist (nothing is, and
 * the peer's window is in the way). Never both.
 */
#ifndef INORDER_SENDER_TIMER_H
#define INORDER_SENDER_TIMER_H

#include "tcp/conn_private.h"

/* From now on, one RTO. */
void sender_timer_start_retransmit(TcpConn *conn, time_ns now);
void sender_timer_stop_retransmit(TcpConn *conn);
bool sender_timer_retransmit_is_running(const TcpConn *conn);

void sender_timer_start_persist(TcpConn *conn, time_ns now);
/* No probe is due any more. */
void sender_timer_stop_persist(TcpConn *conn);
bool sender_timer_persist_is_running(const TcpConn *conn);

/* RTT and RTO as they are now; `sample` is -1 when only the back-off moved. */
void sender_timer_note_rtt(TcpConn *conn, duration_ns sample);

#endif
