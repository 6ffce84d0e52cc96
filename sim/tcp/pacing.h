/*
 * How fast a window is sent. Linux's rates; RFC 9002 section 7.7 has the idea.
 */
#ifndef INORDER_PACING_H
#define INORDER_PACING_H

#include "tcp/conn_private.h"

/* 64 KiB less headers: what a device is handed at once (GSO). */
#define PACING_BURST_SIZE_MAX 65279

/* Whether bursts keep a distance at all. */
static inline bool pacing_is_on(const TcpConn *conn)
{
        enum tcp_pacing pacing = conn->settings.pacing;
        bool is_wanted = conn->cong.ops->wants_pacing || conn->settings.max_pacing_rate > 0;
        return pacing == TCP_PACING_ON || (pacing == TCP_PACING_AUTO && is_wanted);
}
/* Whether a burst that ends with the connection's so-manieth data segment leaves no distance behind it. */
bool pacing_is_free(const TcpConn *conn, uint64_t segments);
/* The rate, from window and round trip. */
void pacing_update(TcpConn *conn);
/* No faster than the user allows. */
void pacing_limit(TcpConn *conn);
/* Whether it is time for the next one. If not, the deadline is set. */
bool pacing_is_due(const TcpConn *conn, time_ns now);
bool pacing_holds(TcpConn *conn, time_ns now);
/* A burst of so much goes out. */
void pacing_on_burst(TcpConn *conn, uint32_t bytes, time_ns now);
void pacing_on_deadline(TcpConn *conn, time_ns now);
/* How long timers are put off for what waits. */
duration_ns pacing_delay(const TcpConn *conn, time_ns now);
/* How many segments go out in one burst. */
uint32_t pacing_burst(const TcpConn *conn);
/* No more of `segments` than that; what an ACK lets out is so few that there is nothing to divide. */
uint32_t pacing_cut_burst(const TcpConn *conn, uint32_t segments);

#endif
