/*
 * How a stream's connection begins and ends: connect, disconnect, shutdown, close. POSIX.1-2017; where that
 * leaves room, Linux's answers (__inet_stream_connect, tcp_disconnect, inet_shutdown).
 */
#include <errno.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "host/socket_option.h"
#include "host/socket_stream.h"

bool stream_is_closed(const Socket *socket)
{
        if (socket->connection == NULL)
                return socket->listener == NULL;
        enum tcp_state state = tcp_conn_state(socket->connection->tcp);
        return state == TCP_STATE_CLOSED || state == TCP_STATE_TIME_WAIT;
}

/* ---- Connecting ---- */

/* The user has been told that it failed: the socket may connect anew. */
static void drop_connection(Socket *socket)
{
        struct connection *connection = g_steal_pointer(&socket->connection);
        connection->socket = NULL;
        socket->is_connecting = false;
        socket->last_port = connection->tuple.local.port;
        tcp_conn_close(connection->tcp, host_now(socket->host));
        connection_after_call(connection, "connect");
}

/* connect(2) is called again to learn how it went. */
static int connect_outcome(Socket *socket)
{
        struct connection *connection = socket->connection;
        if (connection_is_opening(connection))
                return -EALREADY;
        socket->is_connecting = false;
        if (tcp_conn_state(connection->tcp) != TCP_STATE_CLOSED)
                return 0;
        int error = tcp_conn_take_error(connection->tcp);
        drop_connection(socket);
        return error != 0 ? -error : -ECONNABORTED;
}

static bool is_taken(const void *data, const struct four_tuple *tuple)
{
        return host_look_up_connection(data, tuple) != NULL;
}

/* Complete the four-tuple with a local end that makes it unique. */
static int choose_local_end(Socket *socket, struct four_tuple *tuple)
{
        const Host *host = socket->host;
        tuple->local = (struct endpoint){ .address = *host_address_towards(host, &tuple->remote.address),
                .port = socket->binding.local.port };
        if (!binding_is_bound(&socket->binding))
                tuple->local.port = port_space_pick_for(socket->ports, tuple, is_taken, host);
        if (tuple->local.port == 0 || is_taken(host, tuple))
                return -EADDRNOTAVAIL;
        return 0;
}

static int check_remote(const Socket *socket, const struct endpoint *remote)
{
        if (!socket_speaks_to(socket, &remote->address))
                return socket->family == AF_INET ? -EAFNOSUPPORT : -ENETUNREACH;
        return host_device_towards(socket->host, &remote->address) == NULL ? -ENETUNREACH : 0;
}

static bool is_fast(const Socket *socket)
{
        const struct tcp_settings *settings = &socket->settings;
        return settings->fast_open && (settings->fast_open_flags & TCP_FAST_OPEN_CLIENT);
}

/* TCP_FASTOPEN_CONNECT */
static bool asks_by_connect(const Socket *socket)
{
        bool is_asked = socket->settings.fast_open_connect ||
                        (socket->settings.fast_open_flags & TCP_FAST_OPEN_ANY_CLIENT);
        return is_fast(socket) && is_asked;
}

/* The SYN, and with it what it takes of the first text; NULL: it asks for none. */
static void call(
        Socket *socket, const struct four_tuple *tuple, const struct socket_writing *first, size_t *taken)
{
        static const struct socket_writing nothing;
        struct connection *connection = socket->connection;
        time_ns now = host_now(socket->host);
        if (first == NULL && asks_by_connect(socket))
                first = &nothing;
        if (first == NULL)
                tcp_conn_connect(connection->tcp, tuple, now);
        else
                *taken = tcp_conn_connect_fast(connection->tcp, tuple, first->bytes, first->size, now);
        connection_open_proof(connection);
        if (*taken == 0)
                return;
        connection->bytes_written += *taken;
        connection_prove_written(connection, first->bytes, *taken);
}

static int begin_connecting(
        Socket *socket, const struct endpoint *remote, const struct socket_writing *first, size_t *taken)
{
        Host *host = socket->host;
        struct four_tuple tuple = { .remote = *remote };
        int error = check_remote(socket, remote);
        if (error == 0)
                error = choose_local_end(socket, &tuple);
        if (error != 0)
                return error;
        Link *device = host_device_towards(host, &remote->address);
        struct connection *connection =
                connection_new(host, &tuple, &socket->settings, socket->transfer, device);
        connection->binding = (struct binding){ .local = tuple.local,
                .reuses = socket->reuses_address,
                .is_for_connecting = !binding_is_bound(&socket->binding) };
        port_space_bind(socket->ports, &connection->binding);
        connection->socket = socket;
        socket->connection = connection;
        socket_mark_connection(socket, connection);
        socket->is_connecting = true;
        socket->is_read_shut = socket->is_write_shut = false;
        if (socket_kept(socket, IPPROTO_TCP, TCP_QUICKACK))
                tcp_conn_set_quick_ack(connection->tcp, 0, host_now(host));
        call(socket, &tuple, first, taken);
        connection_after_call(connection, "connect");
        return -EINPROGRESS;
}

/* With a cookie, connect() leaves it to the first text. */
static bool may_defer(const Socket *socket, const struct endpoint *remote)
{
        return asks_by_connect(socket) && check_remote(socket, remote) == 0 &&
               tcp_host_may_open_fast(socket->host->tcp, &socket->settings, &remote->address);
}

int stream_connect(Socket *socket, const struct endpoint *remote)
{
        size_t taken = 0;
        if (socket->is_connecting)
                return connect_outcome(socket);
        if (socket->connection != NULL || socket->listener != NULL || socket->is_deferred)
                return -EISCONN;
        if (!may_defer(socket, remote))
                return begin_connecting(socket, remote, NULL, &taken);
        socket->is_deferred = true;
        socket->deferred = *remote;
        socket_update(socket);
        return 0;
}

bool socket_opens_fast(const Socket *socket, const struct socket_writing *writing)
{
        return socket->is_deferred || (socket->ops == &socket_stream && (writing->flags & MSG_FASTOPEN));
}

/* tcp_sendmsg_fastopen. A connection that has been opened meanwhile is like any other, once. */
int socket_open_fast(Socket *socket, const struct socket_writing *writing, size_t *taken)
{
        if (!is_fast(socket))
                return -EOPNOTSUPP;
        if (socket->is_connecting)
                return connect_outcome(socket);
        if (socket->connection != NULL || socket->listener != NULL)
                return -EISCONN;
        const struct endpoint *remote = socket->is_deferred ? &socket->deferred : writing->remote;
        if (remote == NULL)
                return -EOPNOTSUPP;
        socket->is_deferred = false;
        return begin_connecting(socket, remote, writing, taken);
}

/* ---- Disconnecting ---- */

/* tcp_disconnect() tells of what it has cut off; a connection at its end may go in silence. */
static bool is_cut_off(const TcpConn *tcp)
{
        switch (tcp_conn_state(tcp)) {
        case TCP_STATE_CLOSED:
        case TCP_STATE_TIME_WAIT:
                return false;
        case TCP_STATE_CLOSING:
        case TCP_STATE_LAST_ACK:
                return tcp_conn_unsent(tcp) > 0;
        default:
                return true;
        }
}

/* A port that the program did not name is free again. */
static void forget_port(Socket *socket)
{
        if (socket->is_port_chosen || !binding_is_bound(&socket->binding))
                return;
        socket->last_port = socket->binding.local.port;
        port_space_unbind(socket->ports, &socket->binding);
        socket->binding.local = (struct endpoint){ 0 };
}

int stream_disconnect(Socket *socket)
{
        if (socket->listener != NULL)
                stream_stop_listening(socket);
        if (socket->connection != NULL) {
                TcpConn *tcp = socket->connection->tcp;
                if (is_cut_off(tcp)) {
                        socket->error = ECONNRESET;
                        tcp_conn_abort(tcp, 0, host_now(socket->host));
                }
                drop_connection(socket);
        }
        forget_port(socket);
        socket->is_deferred = false;
        socket->is_read_shut = socket->is_write_shut = false;
        socket_update(socket);
        return 0;
}

/* ---- The end ---- */

static int shut_open(Socket *socket, int how)
{
        struct connection *connection = socket->connection;
        int error = tcp_conn_shutdown(connection->tcp, how, host_now(socket->host));
        if (error != 0)
                return error;
        if (how != SHUT_WR)
                connection->is_read_shut = true;
        if (how != SHUT_RD && tcp_conn_state(connection->tcp) != TCP_STATE_CLOSED)
                connection_prove_write_ended(connection);
        connection_after_call(connection, "shutdown");
        return 0;
}

/* Not connected: an error, but done all the same. */
static int shut_closed(Socket *socket, int how)
{
        socket->is_read_shut |= how != SHUT_WR;
        socket->is_write_shut |= how != SHUT_RD;
        socket_update(socket);
        return -ENOTCONN;
}

int stream_shutdown(Socket *socket, int how)
{
        if (stream_is_closed(socket))
                return shut_closed(socket, how);
        if (socket->listener != NULL)
                return how == SHUT_WR ? 0 : stream_disconnect(socket);
        if (tcp_conn_state(socket->connection->tcp) == TCP_STATE_SYN_SENT)
                return stream_disconnect(socket);
        return shut_open(socket, how);
}

/* A close that resets, or finds the connection reset, does not end the stream at its right place. */
void socket_let_go(Socket *socket)
{
        struct connection *connection = socket->connection;
        socket->is_let_go = true;
        tcp_conn_close(connection->tcp, host_now(socket->host));
        if (tcp_conn_state(connection->tcp) != TCP_STATE_CLOSED)
                connection_prove_write_ended(connection);
        connection_after_call(connection, "close");
}

bool socket_has_unacknowledged(const Socket *socket)
{
        if (socket->connection == NULL)
                return false;
        switch (tcp_conn_state(socket->connection->tcp)) {
        case TCP_STATE_CLOSED:
        case TCP_STATE_FIN_WAIT_2:
        case TCP_STATE_TIME_WAIT:
                return false;
        default:
                return true;
        }
}

void socket_on_connection_gone(Socket *socket)
{
        socket->connection = NULL;
        if (!socket->host->is_closing)
                socket_update(socket);
}

void stream_close(Socket *socket)
{
        if (socket->listener != NULL)
                stream_stop_listening(socket);
        if (socket->connection == NULL)
                return;
        if (!socket->is_let_go)
                socket_let_go(socket);
        socket->connection->socket = NULL;
        socket->connection = NULL;
}
