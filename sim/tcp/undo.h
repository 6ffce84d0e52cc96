/*
 * Recoveries that were needless, found out and taken back. RFC 3522, 3708, 4015, 5682.
 */
#ifndef INORDER_UNDO_H
#define INORDER_UNDO_H

#include "tcp/ack_event.h"

/* A recovery begins: what is sent again from here on counts. */
void undo_begin(TcpConn *conn);
/* One more segment was sent again. */
void undo_count_resent(TcpConn *conn, time_ns now);
/* Something on the scoreboard was sent more than once, as far as it matters: its first segment, or what is
 * in flight again. */
bool undo_anything_resent(const TcpConn *conn);
/* Nothing is: the episode's time stamp goes. */
void undo_clean_stamp(TcpConn *conn);

/* All that was sent again was reported as needless: restored. */
bool undo_try_dsack(TcpConn *conn);
/* SND.UNA has passed the recovery point: restored if the recovery was needless, and it ends. True: the state
 * is to be held, for an ACK that goes further (without SACK). */
bool undo_try_recovery(TcpConn *conn, const struct ack_event *event);
/* SND.UNA moved within the recovery. True: it was by luck, and nothing more is to be marked lost now. */
bool undo_try_partial(TcpConn *conn, const struct ack_event *event);
/* The timeout was needless: `by_frto`, or as the others show. True when it was. */
bool undo_try_loss(TcpConn *conn, const struct ack_event *event, bool by_frto);

#endif
