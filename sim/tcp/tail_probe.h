/*
 * The tail loss probe: one segment, sent before the timer would fire, so that its answer shows what is lost.
 * RFC 8985 section 7.
 */
#ifndef INORDER_TAIL_PROBE_H
#define INORDER_TAIL_PROBE_H

#include "tcp/ack_event.h"

/* Set the probe's timer in place of the retransmission timer, where one is due; false when not. With
 * `is_progress` the latter counts from now. */
bool tail_probe_schedule(TcpConn *conn, bool is_progress, time_ns now);
void tail_probe_on_deadline(TcpConn *conn, time_ns now);
/* It went out, as new data or not. */
void tail_probe_on_sent(TcpConn *conn, bool was_resent, time_ns now);
/* What the answer says of the probe. */
void tail_probe_on_ack(TcpConn *conn, struct ack_event *event);

#endif
