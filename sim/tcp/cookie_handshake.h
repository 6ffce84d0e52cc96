/*
 * A listener's connections by SYN cookie (syn_cookie.h).
 */
#ifndef INORDER_COOKIE_HANDSHAKE_H
#define INORDER_COOKIE_HANDSHAKE_H

#include "tcp/conn_private.h"

/* The SYN-ACK that `conn`, which is new and to be thrown away, would send; its number is a cookie. */
void cookie_handshake_answer(TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *syn,
        time_ns now, struct tcp_segment *answer);

/* `ack`, for nobody's connection, may bring one back. Then `conn`, which is new, is in SYN-RECEIVED, and `ack` is what
 * it waits for. */
bool cookie_handshake_open(
        TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *ack, time_ns now);

#endif
