/*
 * Urgent data: how far what is sent is urgent, and the one byte received that is kept apart. RFC 9293 section 3.8.5,
 * RFC 6093; as Linux.
 */
#ifndef INORDER_URGENT_H
#define INORDER_URGENT_H

#include "tcp/conn_private.h"

/* ---- What is sent ---- */

/* Urgent data are unacknowledged ("urgent mode"). */
static inline bool urgent_is_under_way(const TcpConn *conn)
{
        return conn->urgent.told_end > conn->send_queue.first;
}
/* In urgent mode: URG and the pointer, where the segment's number asks for them. */
void urgent_fill(const TcpConn *conn, struct tcp_segment *segment);
/* Of two probes of a closed window that are due, whether this is the first, which tells the pointer alone. */
bool urgent_takes_probe(TcpConn *conn);

/* ---- What is received ---- */

/* "Sixth, check the URG bit" of an acceptable segment, before its text is taken. */
void urgent_on_segment(TcpConn *conn, const struct tcp_segment *segment);
/* Something is kept, or awaited. */
static inline bool urgent_has_mark(const TcpConn *conn)
{
        return conn->urgent.receipt != URGENT_NONE;
}
/* The next byte to read is the urgent one, and is left out. */
static inline bool urgent_is_next(const TcpConn *conn)
{
        return urgent_has_mark(conn) && tcp_conn_is_at_mark(conn, 0) && !conn->settings.urgent_inline &&
               tcp_conn_readable(conn) > 0;
}
/* It is left out: what is read next is the byte behind it. */
void urgent_step_over(TcpConn *conn);
/* So much of `size` bytes, `ahead` of the next to read, lies before the mark. */
size_t urgent_cut(const TcpConn *conn, size_t ahead, size_t size);
/* The reader has come further, perhaps beyond the mark. */
void urgent_on_read(TcpConn *conn);

void urgent_check(const TcpConn *conn);

#endif
