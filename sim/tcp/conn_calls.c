/*
 * What the user of a connection calls: write, read, shutdown, close, abort, poll. RFC 9293 section 3.10.1
 * to 3.10.5, with POSIX's error numbers; where those leave room, Linux.
 */
#include "tcp/conn_private.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "tcp/sender.h"
#include "tcp/urgent.h"

/* No byte can be written any more. */
static bool is_shut_for_writing(const TcpConn *conn)
{
        return conn->fin_queued || conn->fast_open.is_fin_waiting || conn->is_closed_by_user ||
               (conn->was_opened && conn->state == TCP_STATE_CLOSED);
}

/* No further byte can arrive. */
static bool is_shut_for_reading(const TcpConn *conn)
{
        return conn->fin_received || conn->read_shut || (conn->was_opened && conn->state == TCP_STATE_CLOSED);
}

void tcp_conn_push(TcpConn *conn)
{
        sender_push(conn);
        conn->push_is_forced |= !conn->settings.nagle;
}

/* Why there is nothing to read. */
static ssize_t nothing_to_read(TcpConn *conn)
{
        if (conn->fin_received)
                return 0;
        if (conn->error != 0)
                return -conn_take_error(conn);
        if (!conn->was_opened)
                return -ENOTCONN;
        return is_shut_for_reading(conn) ? 0 : -EAGAIN;
}

ssize_t tcp_conn_peek(TcpConn *conn, void *bytes, size_t size)
{
        size_t skip = urgent_is_next(conn);
        size_t taken = reassembly_peek(&conn->rcv.reassembly, skip, bytes, urgent_cut(conn, skip, size));
        return taken > 0 ? (ssize_t)taken : nothing_to_read(conn);
}

ssize_t tcp_conn_read(TcpConn *conn, void *bytes, size_t size, time_ns now)
{
        (void)now;
        if (urgent_has_mark(conn))
                urgent_step_over(conn);
        size_t taken = tcp_conn_readable(conn) == 0
                               ? 0
                               : reassembly_read(&conn->rcv.reassembly, bytes, urgent_cut(conn, 0, size));
        conn->rcv.told_burst = 0;
        if (taken > 0) {
                urgent_on_read(conn);
                receive_window_on_read(conn, conn->last_heard_at);
                receive_memory_free_read(&conn->rcv.memory, conn->rcv.reassembly.read);
                ack_on_read(conn, taken);
                conn_leave_entry(conn);
                return (ssize_t)taken;
        }
        conn->rcv.is_fin_read |= conn->fin_received;
        return nothing_to_read(conn);
}

int tcp_conn_shutdown(TcpConn *conn, int how, time_ns now)
{
        (void)now;
        g_assert(how == SHUT_RD || how == SHUT_WR || how == SHUT_RDWR);
        if (conn->state == TCP_STATE_CLOSED)
                return -ENOTCONN;
        if (conn->state == TCP_STATE_SYN_SENT) {
                conn_end(conn);
                return 0;
        }
        if (how != SHUT_WR)
                conn->read_shut = true;
        if (how != SHUT_RD)
                closing_shut_down(conn);
        conn_leave_entry(conn);
        return 0;
}

/* RFC 2525 section 2.17: what the peer sent and nobody will read is lost: it must be told so. */
static bool loses_unread_bytes(const TcpConn *conn)
{
        return tcp_conn_readable(conn) > 0 && conn->settings.reset_unread &&
               conn->state != TCP_STATE_TIME_WAIT;
}

void tcp_conn_close(TcpConn *conn, time_ns now)
{
        bool is_lossy = loses_unread_bytes(conn);
        conn->is_closed_by_user = true;
        conn->read_shut = true;
        conn->rcv.told_burst = 0;
        conn->error = 0;
        if (conn->state == TCP_STATE_CLOSED)
                return;
        if (conn->state == TCP_STATE_SYN_SENT) {
                conn_end(conn);
        } else if (is_lossy) {
                tcp_host_count(conn->host, TCP_COUNTER_ABORT_ON_CLOSE);
                /* Their memory is free: the reset's window tells. */
                receive_memory_free_read(&conn->rcv.memory, conn->rcv.reassembly.next);
                closing_send_reset(conn);
                conn_end(conn);
        } else if (conn->settings.linger && conn->settings.linger_time == 0) {
                tcp_host_count(conn->host, TCP_COUNTER_ABORT_ON_DATA);
                closing_reset(conn, 0);
        } else {
                closing_send_fin(conn);
                closing_let_go(conn, now);
        }
        conn_leave_entry(conn);
}

void tcp_conn_abort(TcpConn *conn, int error, time_ns now)
{
        (void)now;
        if (conn->state == TCP_STATE_CLOSED)
                return;
        closing_reset(conn, error);
        conn_leave_entry(conn);
}

static bool is_writable(const TcpConn *conn)
{
        return is_shut_for_writing(conn) || send_memory_is_writable(conn);
}

bool tcp_conn_is_shut_for_writing(const TcpConn *conn)
{
        return is_shut_for_writing(conn);
}

/* What it looks like most of the time. */
static bool is_plainly_open(const TcpConn *conn)
{
        return conn->state == TCP_STATE_ESTABLISHED && !conn->fin_received && !conn->read_shut &&
               !conn->fin_queued && !conn->fast_open.is_fin_waiting && !conn->is_closed_by_user &&
               conn->error == 0 && !urgent_has_mark(conn);
}

unsigned tcp_conn_ready(const TcpConn *conn)
{
        if (is_plainly_open(conn))
                return (tcp_conn_readable(conn) > 0 ? POLLIN : 0) |
                       (send_memory_is_writable(conn) ? POLLOUT : 0);
        bool no_more_in = is_shut_for_reading(conn);
        bool is_opening = tcp_conn_is_opening(conn);
        unsigned events = 0;
        if (conn->state == TCP_STATE_CLOSED || (no_more_in && is_shut_for_writing(conn)))
                events |= POLLHUP;
        if (no_more_in)
                events |= POLLIN | POLLRDHUP;
        if (!is_opening && tcp_conn_readable(conn) > urgent_is_next(conn))
                events |= POLLIN;
        if (!is_opening && conn->urgent.receipt == URGENT_HERE)
                events |= POLLPRI;
        if (!is_opening && is_writable(conn))
                events |= POLLOUT;
        if (conn->error != 0)
                events |= POLLERR;
        return events;
}

int conn_take_error(TcpConn *conn)
{
        int error = conn->error;
        conn->error = 0;
        return error;
}

int tcp_conn_take_error(TcpConn *conn)
{
        int error = conn_take_error(conn);
        if (error == 0) {
                error = conn->soft_error;
                conn->soft_error = 0;
        }
        return error;
}
