/*
 * What goes out again.
 */
#ifndef INORDER_RESEND_H
#define INORDER_RESEND_H

#include "tcp/conn_private.h"

/* The next segment to be sent again now: with its record's first `length` bytes, cut or joined as window and
 * MSS have it. NULL: none, and whatever was wished for is done. */
struct sent_segment *resend_next(TcpConn *conn);
/* Something is lost that may go out now. */
bool resend_is_due(TcpConn *conn, time_ns now);
/* It is the first of those that go out together. */
bool resend_begins_burst(const TcpConn *conn, const struct sent_segment *record);
/* It goes out. */
void resend_take(TcpConn *conn, struct sent_segment *record, time_ns now);

#endif
