/*
 * TCP fast open: text in SYNs. RFC 7413; as Linux (tcp_fastopen.c).
 */
#ifndef INORDER_FAST_OPEN_H
#define INORDER_FAST_OPEN_H

#include "tcp/conn_private.h"

/* ---- A listener's connections ---- */

/* `child` is new, of this SYN: it may be opened at once, or told a cookie. */
void fast_open_on_syn(TcpListener *listener, TcpConn *child, const struct tcp_segment *syn, time_ns now);
/* The acknowledgement that the handshake waited for has come, unless it is a bad one (false, and answered). */
bool fast_open_complete(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* The peer has reset it before that. */
void fast_open_on_reset(TcpConn *conn, time_ns now);
/* The SYN-ACK's timer: whether it is to be sent again; else the connection has ended. */
bool fast_open_waits_on(TcpConn *conn, time_ns now);
/* Its listener counts it no longer; nothing for any other connection. */
void fast_open_leave(TcpConn *conn);

/* ---- SYNs ---- */

/* Our SYN takes with it as much of the user's first text as it may, or asks for a cookie. Bytes taken. */
size_t fast_open_begin(TcpConn *conn, const void *bytes, size_t size);
/* What it takes, when this is the one to take it. */
void fast_open_fill_text(TcpConn *conn, struct tcp_segment *syn);
/* The sending half has begun, as if nothing but the SYN had been sent and acknowledged: now the text. */
void fast_open_settle(TcpConn *conn, struct seqnum acknowledged, time_ns now);
/* After that, what else a SYN-ACK says. True: text is to be sent again, at once, which acknowledges it. */
bool fast_open_on_syn_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* The option of the next SYN or SYN-ACK, if it has one. */
void fast_open_fill_option(const TcpConn *conn, struct tcp_options *options);

#endif
