/*
 * The retransmission timer has fired: what counts as lost, and whether it was. RFC 5681, 5682, 6298.
 */
#ifndef INORDER_LOSS_H
#define INORDER_LOSS_H

#include "tcp/ack_event.h"

/* All that may be lost is; the window is what is still in flight and one segment more. */
void loss_begin(TcpConn *conn, enum tcp_loss_sign sign, time_ns now);
/* An acknowledgement in that state. */
void loss_on_ack(TcpConn *conn, struct ack_event *event);

#endif
