/*
 * Explicit congestion notification: marks instead of losses. RFC 3168.
 */
#ifndef INORDER_ECN_H
#define INORDER_ECN_H

#include "tcp/conn_private.h"

/* ---- The handshake ---- */

/* Whether our SYN asks for it. */
bool ecn_asks(const TcpConn *conn);
/* Flags that our SYN, or SYN-ACK, carries for it. */
uint16_t ecn_syn_flags(const TcpConn *conn);
enum ecn_codepoint ecn_syn_codepoint(const TcpConn *conn);
/* The peer's SYN or SYN-ACK has come. */
void ecn_on_syn(TcpConn *conn, const struct tcp_segment *segment);

/* ---- The sender ---- */

/* Whether this ACK reports a mark. */
bool ecn_is_echo(const TcpConn *conn, const struct tcp_segment *segment);
/* The window has come down: the next new data tell so. */
void ecn_queue_cwr(TcpConn *conn);
void ecn_withdraw_cwr(TcpConn *conn);

/* ---- The receiver ---- */

/* A segment with text has come. */
void ecn_on_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* Any acceptable segment: the peer says that it has slowed down. */
void ecn_on_cwr(TcpConn *conn, const struct tcp_segment *segment);

/* DCTCP: an ACK is owed of what came before the marks changed. True: `segment` becomes that, and it is owed no
 * more. */
bool ecn_take_prior_ack(TcpConn *conn, struct tcp_segment *segment);
/* Flags and codepoint of what goes out. `is_new_data`: with text, not sent before. */
void ecn_fill(TcpConn *conn, struct tcp_segment *segment, bool is_new_data);

#endif
