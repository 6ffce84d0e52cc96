/*
 * Whether the congestion window is used up: only then does it deserve to grow, and unused it decays. RFC 7661,
 * 2861, as Linux (tcp_cwnd_validate).
 */
#ifndef INORDER_WINDOW_USE_H
#define INORDER_WINDOW_USE_H

#include "tcp/conn_private.h"

/* Something went out. */
void window_use_on_sent(TcpConn *conn);
/* Nothing more goes out now: look at it. `is_limited`: the window is in the way, though not quite full. */
void window_use_settle(TcpConn *conn, bool is_limited, time_ns now);
/* Whether cwnd may grow. */
bool window_use_is_limited(const TcpConn *conn);
/* Something is to be sent after a pause: the window restarts when it was long. */
void window_use_after_idle(TcpConn *conn, time_ns now);

#endif
