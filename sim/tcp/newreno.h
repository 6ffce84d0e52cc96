/*
 * Without SACK: duplicate ACKs are counted in place of what they cannot name. RFC 6582.
 */
#ifndef INORDER_NEWRENO_H
#define INORDER_NEWRENO_H

#include "tcp/ack_event.h"

/* A duplicate, or more: each says that one more segment has arrived. */
void newreno_on_duplicates(TcpConn *conn, const struct ack_event *event);
/* Segments were cumulatively acknowledged: one was the hole, the others are those counted. */
void newreno_on_acknowledged(TcpConn *conn, const struct ack_event *event);
void newreno_forget(TcpConn *conn);
/* What is lost is no longer counted as arrived. */
void newreno_limit(TcpConn *conn);
/* `reno` leaves its recovery at the first ACK of new data: more of the window may be missing. */
void newreno_leave_early(TcpConn *conn);
void newreno_find_lost(TcpConn *conn, bool is_advance);

#endif
