/*
 * The window we offer. RFC 9293 section 3.8.6.2.2, RFC 7323 section 2.
 *
 * What we keep is a promise: its right edge, `rcv.edge`, which never moves left. The header's field cannot
 * name it to the byte when windows are scaled; it is rounded down, and whatever arrives up to the edge itself
 * is taken. Bytes held out of order lie within the promise, so only those that wait to be read make it
 * smaller.
 */
#include "tcp/conn_private.h"

#define UNSCALED_MAX 65535
#define SCALE_MAX    14

uint8_t receive_window_scale(uint32_t receive_buffer)
{
        uint8_t scale = 0;
        while (scale < SCALE_MAX && receive_buffer > (uint32_t)UNSCALED_MAX << scale)
                scale++;
        return scale;
}

/* How far the edge could lie from RCV.NXT now. */
static uint32_t room(const TcpConn *conn)
{
        uint64_t unread = reassembly_readable(&conn->rcv.reassembly);
        if (unread >= conn->settings.receive_buffer)
                return 0;
        return MIN(
                conn->settings.receive_buffer - (uint32_t)unread, (uint32_t)UNSCALED_MAX << conn->rcv.scale);
}

void receive_window_start(TcpConn *conn)
{
        conn->rcv.edge = seq_add(conn->rcv.nxt, MIN(room(conn), UNSCALED_MAX));
}

/* "... keep the right window edge fixed until RCV.BUFF - RCV.USER - RCV.WND >= min(Fr * RCV.BUFF,
 * Eff.snd.MSS)", with the recommended Fr = 1/2. */
static bool may_open(const TcpConn *conn)
{
        uint32_t window = receive_window(conn);
        uint32_t possible = room(conn);
        return possible > window &&
               possible - window >= MIN(conn->settings.receive_buffer / 2, conn->rcv.mss);
}

void receive_window_open(TcpConn *conn)
{
        if (may_open(conn))
                conn->rcv.edge = seq_add(conn->rcv.nxt, room(conn));
}

/* As Linux: when the window at least doubles. Less is told by the next ACK, which comes anyway while the peer
 * may send as much as it was offered. */
bool receive_window_is_news(const TcpConn *conn)
{
        return may_open(conn) && room(conn) >= 2 * (uint64_t)receive_window(conn);
}
