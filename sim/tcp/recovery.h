/*
 * What acknowledgements say of losses, and what follows: recovery entered, gone on with, left. RFC 5681, 6582
 * (without SACK), 6675 and 8985 (with), 3042. The state is Linux's: Open, Disorder (something is out of
 * order), CWR (a router's mark), Recovery, Loss.
 */
#ifndef INORDER_RECOVERY_H
#define INORDER_RECOVERY_H

#include "tcp/ack_event.h"

/* Back to "nothing lost yet". */
void recovery_init(TcpConn *conn);

/* The state machine, at an ACK that is out of the ordinary. */
void recovery_on_ack(TcpConn *conn, struct ack_event *event);
/* Whether it is: a duplicate, something sacked or marked, or the state is not Open. */
bool recovery_is_concerned(const TcpConn *conn, const struct ack_event *event);

void recovery_enter(TcpConn *conn, enum tcp_loss_sign sign, bool by_mark, time_ns now);
void recovery_set_state(TcpConn *conn, enum tcp_congestion_state state, time_ns now);
/* Open, or Disorder while something is out of order. */
void recovery_try_keep_open(TcpConn *conn, time_ns now);
void recovery_note(TcpConn *conn, enum tcp_note_kind kind, enum tcp_loss_sign sign);

/* This one is lost, for this reason. */
void recovery_mark_lost(TcpConn *conn, struct sent_segment *segment, enum tcp_loss_sign sign);
/* These are lost to a smaller path MTU: no sign of congestion. RFC 1191 section 6.4 */
void recovery_mark_too_large(TcpConn *conn, time_ns now);
/* All that is in flight is lost, and not by congestion: a SYN's text that the SYN-ACK leaves out. */
void recovery_mark_all_lost(TcpConn *conn, time_ns now);

/* In flight, as the window counts them. */
uint32_t recovery_in_flight(const TcpConn *conn);

/* Why the next retransmission, or the next new segment, is sent. */
enum tcp_send_reason recovery_retransmit_reason(const TcpConn *conn);
enum tcp_send_reason recovery_new_data_reason(const TcpConn *conn);

/* RFC 6675's NextSeg() rule (3): a segment below the highest one sacked, though too little was sacked above
 * it for calling it lost; it is marked so. NULL when there is none or no such recovery. */
struct sent_segment *recovery_next_hole(TcpConn *conn);

#endif
