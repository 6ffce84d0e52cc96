/*
 * Loss by time: what was sent long enough before something that arrived is lost. RFC 8985.
 */
#ifndef INORDER_RACK_H
#define INORDER_RACK_H

#include "tcp/ack_event.h"

/* After a DSACK the wider window is kept for so many recoveries (TCP_RACK_RECOVERY_THRESH). */
#define RACK_PERSIST_RECOVERIES 16

void rack_init(TcpConn *conn);
/* Our SYN arrived, `rtt` ago and of the only sending. As on Linux, that of a listener tells nothing. */
void rack_begin_with_syn(TcpConn *conn, duration_ns rtt, time_ns now);
/* This one arrived (its marks are still those of before). */
void rack_advance(TcpConn *conn, const struct sent_segment *segment, time_ns now);
/* After an acknowledgement: the reordering window follows what DSACKs tell. */
void rack_adapt_window(TcpConn *conn, const struct ack_event *event);
/* Find what is lost. True when the timer was set, for what is not lost yet. */
bool rack_find_lost(TcpConn *conn, time_ns now);
/* How long until this one is to be called lost, with a reordering window of `window`; 0 or less: it is. */
duration_ns rack_time_left(
        const TcpConn *conn, const struct sent_segment *segment, duration_ns window, time_ns now);
/* The reordering timer has fired. */
void rack_on_deadline(TcpConn *conn, time_ns now);

#endif
