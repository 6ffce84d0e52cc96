/*
 * What selective acknowledgements say of the segments in flight. RFC 2018, 2883.
 */
#ifndef INORDER_SACK_H
#define INORDER_SACK_H

#include "tcp/ack_event.h"

/* Selective acknowledgements decide what is lost: agreed, and the setting asks for it. */
bool sack_is_used(const TcpConn *conn);

/* The segment's blocks, SND.UNA being what it acknowledges already. */
void sack_take(TcpConn *conn, struct ack_event *event);

/* Behind the highest number sacked; SND.UNA when nothing is. */
struct seqnum sack_highest_end(const TcpConn *conn);

/* What begins at `low` came later than what is sacked above it, without having been lost: as far as that,
 * the path reorders. */
void sack_note_reordering(TcpConn *conn, struct seqnum low, enum tcp_counter counter);

#endif
