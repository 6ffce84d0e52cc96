/*
 * Stream sockets: reading, writing, and what they look like from outside. POSIX.1-2017; where that leaves
 * room, Linux's answers (tcp_recvmsg, tcp_sendmsg, tcp_poll, tcp_ioctl).
 */
#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "host/socket_option.h"
#include "host/socket_stamps.h"
#include "host/socket_stream.h"

/* ---- Reading and writing ---- */

static void remember_failure(struct connection *connection, ssize_t result)
{
        if (result < 0 && result != -EAGAIN)
                connection->has_failed = true;
}

static void prove_read(struct connection *connection, const void *bytes, ssize_t result)
{
        remember_failure(connection, result);
        if (result > 0) {
                host_trace_read(connection, (size_t)result);
                connection_prove_read(connection, bytes, (size_t)result);
        } else if (result == 0) {
                connection_prove_read_ended(connection);
        }
}

static ssize_t peek(struct connection *connection, const struct socket_reading *reading)
{
        ssize_t result = tcp_conn_peek(connection->tcp, reading->bytes, reading->size);
        remember_failure(connection, result);
        return result;
}

static ssize_t take_bytes(struct connection *connection, void *bytes, size_t size)
{
        ssize_t result = tcp_conn_read(connection->tcp, bytes, size, host_now(connection->host));
        connection_prove_passed(connection);
        if (result == -EAGAIN)
                return result;
        prove_read(connection, bytes, result);
        connection_after_call(connection, "read");
        return result;
}

/* MSG_TRUNC: the proof sees them all the same. */
static ssize_t drop_bytes(struct connection *connection, size_t size)
{
        size_t readable = tcp_conn_readable(connection->tcp);
        g_autofree uint8_t *bytes = g_malloc(MAX(readable, 1));
        return take_bytes(connection, bytes, CLAMP(size, 1, MAX(readable, 1)));
}

/* Without a connection: an error that is left, or the end, or none yet. */
static ssize_t read_closed(Socket *socket, int flags)
{
        if (socket->listener != NULL)
                return -ENOTCONN;
        if (flags & MSG_OOB)
                return -EINVAL;
        if (socket->error != 0)
                return -socket_take_error(socket);
        return socket->is_read_shut ? 0 : -ENOTCONN;
}

/* The peer's FIN counts as one more byte, so that the program reads on. */
static void tell_unread(const Socket *socket, struct socket_reading *reading)
{
        if (reading->control.bytes == NULL || !socket_kept(socket, IPPROTO_TCP, TCP_INQ))
                return;
        bool has_ended = (tcp_conn_ready(socket->connection->tcp) & POLLRDHUP) != 0;
        int unread = (int)tcp_conn_readable(socket->connection->tcp) + has_ended;
        control_put(&reading->control, IPPROTO_TCP, TCP_CM_INQ, &unread, sizeof unread);
}

static ssize_t read_connection(struct connection *connection, const struct socket_reading *reading)
{
        if (reading->size == 0 && tcp_conn_readable(connection->tcp) > 0)
                return 0;
        if (reading->flags & MSG_PEEK)
                return peek(connection, reading);
        if (reading->flags & MSG_TRUNC)
                return drop_bytes(connection, reading->size);
        return take_bytes(connection, reading->bytes, reading->size);
}

/* The urgent byte, for MSG_OOB: never waited for (tcp_recv_urg). */
static ssize_t read_urgent(struct connection *connection, struct socket_reading *reading)
{
        uint8_t byte;
        ssize_t result = tcp_conn_read_urgent(connection->tcp, &byte, reading->flags & MSG_PEEK);
        if (result <= 0)
                return result;
        reading->message_flags |= MSG_OOB;
        if (reading->size == 0)
                reading->message_flags |= MSG_TRUNC;
        else if ((reading->flags & MSG_TRUNC) == 0)
                *(uint8_t *)reading->bytes = byte;
        return (ssize_t)MIN(reading->size, 1);
}

static ssize_t stream_read(Socket *socket, struct socket_reading *reading)
{
        struct connection *connection = socket->connection;
        if (connection == NULL && socket->is_deferred)
                return -EAGAIN;
        if (connection == NULL)
                return read_closed(socket, reading->flags);
        reading->from = connection->tuple.remote;
        if (reading->flags & MSG_OOB)
                return read_urgent(connection, reading);
        if (connection_is_opening(connection))
                return -EAGAIN;
        return read_connection(connection, reading);
}

/* Nothing can be written at any time but after the end. */
static ssize_t write_nothing(Socket *socket)
{
        unsigned ready = tcp_conn_ready(socket->connection->tcp);
        int error = ready & POLLERR ? socket_take_error(socket) : 0;
        if (error != 0)
                return -error;
        return tcp_conn_is_shut_for_writing(socket->connection->tcp) ? -EPIPE : 0;
}

static unsigned write_flags(int flags)
{
        return (flags & MSG_MORE ? TCP_WRITE_MORE : 0) | (flags & MSG_EOR ? TCP_WRITE_RECORD : 0) |
               (flags & MSG_OOB ? TCP_WRITE_URGENT : 0);
}

static ssize_t give_bytes(const Socket *socket, const struct socket_writing *writing)
{
        TcpConn *tcp = socket->connection->tcp;
        unsigned flags = write_flags(writing->flags);
        time_ns now = host_now(socket->host);
        if (writing->source != NULL)
                return tcp_conn_send_source(tcp, writing->source, writing->offset, writing->size, flags, now);
        return tcp_conn_send(tcp, writing->bytes, writing->size, flags, now);
}

static void prove_written(struct connection *connection, const struct socket_writing *writing, size_t written)
{
        if (writing->source != NULL)
                connection_prove_source(connection, writing->source, writing->offset, written);
        else
                connection_prove_written(connection, writing->bytes, written);
}

/* As Linux: a stream's own peer is meant, whatever address is given. */
static ssize_t stream_write(Socket *socket, const struct socket_writing *writing)
{
        struct connection *connection = socket->connection;
        if (connection == NULL)
                return socket->error != 0 ? -socket_take_error(socket) : -EPIPE;
        if (connection_is_opening(connection))
                return -EAGAIN;
        if (writing->size == 0)
                return write_nothing(socket);
        ssize_t result = give_bytes(socket, writing);
        if (result == -EAGAIN)
                return result;
        remember_failure(connection, result);
        if (result > 0) {
                connection->bytes_written += (uint64_t)result;
                prove_written(connection, writing, (size_t)result);
        }
        connection_after_call(connection, "write");
        return result;
}

static void stream_on_written(Socket *socket)
{
        if (socket->timestamping != 0)
                stamps_on_written(socket);
}

int socket_take_error(Socket *socket)
{
        struct connection *connection = socket->connection;
        int error = socket->error;
        socket->error = 0;
        if (connection == NULL || error != 0)
                return error;
        error = tcp_conn_take_error(connection->tcp);
        if (error != 0)
                connection->has_failed = true;
        return error;
}

void socket_apply_settings(Socket *socket)
{
        const Host *host = socket->host;
        host_adjust_settings(host, &socket->settings);
        if (socket->listener != NULL)
                tcp_listener_set(socket->listener, &socket->settings);
        if (socket->connection == NULL)
                return;
        tcp_conn_set(socket->connection->tcp, &socket->settings, host_now(socket->host));
        connection_after_call(socket->connection, "setsockopt");
}

/* ---- Looking ---- */

/* As Linux, a connection that is being opened has nothing in its buffers. */
static int stream_ioctl(const Socket *socket, unsigned long request, int *value)
{
        const TcpConn *tcp = socket->connection != NULL ? socket->connection->tcp : NULL;
        bool has_bytes = tcp != NULL && !connection_is_opening(socket->connection);
        if (socket->listener != NULL && request != SIOCATMARK)
                return -EINVAL;
        switch (request) {
        case SIOCINQ:
                *value = has_bytes ? (int)tcp_conn_readable_to_mark(tcp) : 0;
                return 0;
        case SIOCOUTQ:
                *value = has_bytes ? (int)tcp_conn_outstanding(tcp) : 0;
                return 0;
        case SIOCOUTQNSD:
                *value = has_bytes ? (int)tcp_conn_outstanding_unsent(tcp) : 0;
                return 0;
        case SIOCATMARK:
                *value = tcp != NULL && tcp_conn_is_at_mark(tcp, 0);
                return 0;
        default:
                return -ENOTTY;
        }
}

/* Less than SO_RCVLOWAT asks for is nothing to read yet, unless no more will come. An urgent byte that will
 * be left out does not count. */
static unsigned ready_to_read(const Socket *socket, unsigned events)
{
        if (socket->low_water <= 1 || (events & (POLLRDHUP | POLLHUP)) != 0)
                return events;
        const TcpConn *tcp = socket->connection->tcp;
        bool is_less = tcp_conn_is_at_mark(tcp, 0) && !socket->settings.urgent_inline;
        bool is_enough = tcp_conn_readable(tcp) >= socket->low_water + is_less;
        return is_enough ? events : events & ~(unsigned)POLLIN;
}

static unsigned stream_ready(const Socket *socket)
{
        unsigned events = POLLOUT | POLLHUP;
        if (socket->connection != NULL)
                events = ready_to_read(socket, tcp_conn_ready(socket->connection->tcp));
        else if (socket->listener != NULL)
                events = tcp_listener_has_connection(socket->listener) ? POLLIN : 0;
        else if (socket->is_deferred)
                events = POLLOUT;
        else if (socket->is_read_shut)
                events |= POLLIN | POLLRDHUP;
        return events | (events & POLLIN ? POLLRDNORM : 0) | (events & POLLOUT ? POLLWRNORM : 0);
}

/* What has ever come. */
static uint64_t stream_arrivals(const Socket *socket)
{
        if (socket->connection != NULL)
                return socket->connection->bytes_read + tcp_conn_readable(socket->connection->tcp);
        return socket->arrivals + (socket->listener != NULL ? tcp_listener_ready_count(socket->listener) : 0);
}

/* Not before it is there, nor when it is gone. */
static bool stream_has_peer(const Socket *socket)
{
        if (socket->connection == NULL || stream_is_closed(socket))
                return false;
        return tcp_conn_state(socket->connection->tcp) != TCP_STATE_SYN_SENT;
}

static bool stream_tuple(const Socket *socket, struct four_tuple *tuple)
{
        if (socket->connection == NULL)
                return false;
        *tuple = socket->connection->tuple;
        return true;
}

static size_t stream_room(const Socket *socket)
{
        const struct connection *connection = socket->connection;
        if (connection == NULL || connection_is_opening(connection))
                return 0;
        return tcp_conn_send_room(connection->tcp);
}

static void stream_want_room(Socket *socket)
{
        if (socket->connection != NULL && !connection_is_opening(socket->connection))
                tcp_conn_want_room(socket->connection->tcp);
}

static struct transfer *stream_peer_transfer(const Socket *socket)
{
        return socket->connection != NULL ? connection_peer_transfer(socket->connection) : NULL;
}

static const char *stream_state(const Socket *socket)
{
        if (socket->connection != NULL)
                return tcp_state_name(tcp_conn_state(socket->connection->tcp));
        return tcp_state_name(socket->listener != NULL ? TCP_STATE_LISTEN : TCP_STATE_CLOSED);
}

const struct socket_ops socket_stream = {
        .name = "stream",
        .type = SOCK_STREAM,
        .listen = stream_listen,
        .accept = stream_accept,
        .connect = stream_connect,
        .disconnect = stream_disconnect,
        .read = stream_read,
        .tell = tell_unread,
        .on_written = stream_on_written,
        .write = stream_write,
        .shutdown = stream_shutdown,
        .ioctl = stream_ioctl,
        .close = stream_close,
        .ready = stream_ready,
        .arrivals = stream_arrivals,
        .has_peer = stream_has_peer,
        .tuple = stream_tuple,
        .state = stream_state,
        .room = stream_room,
        .want_room = stream_want_room,
        .peer_transfer = stream_peer_transfer,
};
