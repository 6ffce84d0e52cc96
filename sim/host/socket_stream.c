/*
 * Stream sockets: connections and listeners. POSIX.1-2017; where that leaves room, Linux's answers.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "host/socket_private.h"

#define BACKLOG_MAX 4096 /* Linux's net.core.somaxconn */

/* ---- Listening ---- */

/* Listeners on any address have a key for each family they take, made different by a remote port. */
static struct four_tuple listener_name(const struct endpoint *local, enum binding_family family)
{
        struct four_tuple name = { .local = *local };
        if (ip_address_is_any(&local->address))
                name.remote.port = (uint16_t)(family + 1);
        return name;
}

/* As Linux: the exact address before any, and a socket of IPv4's before one that is both's. */
Socket *host_find_listener(const Host *host, const struct endpoint *local)
{
        const struct endpoint any = { .port = local->port };
        bool is_ipv4 = ip_address_is_ipv4(&local->address);
        const struct four_tuple names[] = {
                listener_name(local, BINDING_IPV4),
                listener_name(&any, is_ipv4 ? BINDING_IPV4 : BINDING_IPV6),
                listener_name(&any, BINDING_BOTH),
        };
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                Socket *socket = g_hash_table_lookup(host->listeners, &names[i]);
                if (socket != NULL)
                        return socket;
        }
        return NULL;
}

bool host_offer_to_listener(Host *host, const struct four_tuple *tuple, const struct tcp_segment *segment,
        const struct trace_packet_id *packet)
{
        Socket *socket = host_find_listener(host, &tuple->local);
        if (socket == NULL)
                return false;
        const struct cause cause = { .kind = TRACE_CAUSE_PACKET, .packet = *packet };
        struct tcp_segment answer = { 0 };
        bool has_answer = false;
        tcp_listener_set_path_mtu(socket->listener, host_path_mtu_towards(host, &tuple->remote.address));
        TcpConn *child = tcp_listener_on_segment(
                socket->listener, tuple, segment, host_now(host), &answer, &has_answer);
        if (child != NULL) {
                struct connection *connection = connection_adopt(host, tuple, child, socket);
                connection_after_segment(connection, packet);
                return true;
        }
        host_trace_notes(host, NULL, &cause);
        if (has_answer)
                host_answer(host, tuple, &answer, 0, &cause);
        return true;
}

static int stream_listen(Socket *socket, int backlog)
{
        Host *host = socket->host;
        uint32_t queue = (uint32_t)CLAMP(backlog, 1, BACKLOG_MAX);
        if (socket->connection != NULL)
                return -EINVAL;
        if (socket->listener != NULL) {
                tcp_listener_set_backlog(socket->listener, queue);
                return 0;
        }
        int error = socket_bind_somewhere(socket);
        if (error != 0)
                return error;
        if (port_space_is_listened(socket->ports, &socket->binding))
                return -EADDRINUSE;
        const struct endpoint *local = &socket->binding.local;
        socket->listener = tcp_listener_new(host->tcp, &socket->settings, local, queue, host_path_mtu(host));
        tcp_listener_set_owner(socket->listener, socket);
        socket->listener_name = listener_name(local, socket->binding.family);
        socket->binding.is_listening = true;
        g_hash_table_insert(host->listeners, &socket->listener_name, socket);
        return 0;
}

static Socket *stream_accept(Socket *socket, int *error)
{
        *error = socket->listener == NULL ? -EINVAL : -EAGAIN;
        TcpConn *tcp = socket->listener != NULL ? tcp_listener_accept(socket->listener) : NULL;
        if (tcp == NULL)
                return NULL;
        *error = 0;
        struct connection *connection = tcp_conn_owner(tcp);
        Socket *accepted =
                socket_make(socket->host, &socket_stream, connection->transfer, tcp_conn_settings(tcp));
        accepted->connection = connection;
        socket_inherit_options(accepted, socket);
        connection->socket = accepted;
        connection_open_proof(connection);
        connection_after_call(connection, "accept");
        socket_update(socket);
        return accepted;
}

static void stop_listening(Socket *socket)
{
        TcpConn *child;
        g_hash_table_remove(socket->host->listeners, &socket->listener_name);
        while ((child = tcp_listener_take_child(socket->listener)) != NULL) {
                time_ns now = host_now(socket->host);
                tcp_conn_abort(child, 0, now);
                tcp_conn_close(child, now);
                connection_after_call(tcp_conn_owner(child), "close");
        }
        tcp_listener_free(g_steal_pointer(&socket->listener));
}

/* ---- Connecting ---- */

/* The user has been told that it failed: the socket may connect anew. */
static void drop_connection(Socket *socket)
{
        struct connection *connection = g_steal_pointer(&socket->connection);
        connection->socket = NULL;
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
        const Host *host = data;
        return g_hash_table_contains(host->connections_by_tuple, tuple);
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

static int begin_connecting(Socket *socket, const struct endpoint *remote)
{
        Host *host = socket->host;
        struct four_tuple tuple = { .remote = *remote };
        Link *device = host_device_towards(host, &remote->address);
        if (device == NULL)
                return -ENETUNREACH;
        int error = choose_local_end(socket, &tuple);
        if (error != 0)
                return error;
        struct connection *connection =
                connection_new(host, &tuple, &socket->settings, socket->transfer, device);
        connection->binding = (struct binding){ .local = tuple.local,
                .reuses = socket->reuses_address,
                .is_for_connecting = !binding_is_bound(&socket->binding) };
        port_space_bind(socket->ports, &connection->binding);
        connection->socket = socket;
        socket->connection = connection;
        socket->is_connecting = true;
        tcp_conn_connect(connection->tcp, &tuple, host_now(host));
        connection_open_proof(connection);
        connection_after_call(connection, "connect");
        return -EINPROGRESS;
}

static int stream_connect(Socket *socket, const struct endpoint *remote)
{
        if (socket->is_connecting)
                return connect_outcome(socket);
        if (socket->connection != NULL || socket->listener != NULL)
                return -EISCONN;
        return begin_connecting(socket, remote);
}

/* Ends the connection, with a reset where the peer must be told, or the listener. */
static int stream_disconnect(Socket *socket)
{
        if (socket->listener != NULL)
                stop_listening(socket);
        struct connection *connection = socket->connection;
        socket->is_connecting = false;
        if (connection == NULL)
                return 0;
        tcp_conn_abort(connection->tcp, 0, host_now(socket->host));
        drop_connection(socket);
        return 0;
}

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

static ssize_t stream_read(Socket *socket, struct socket_reading *reading)
{
        struct connection *connection = socket->connection;
        if (connection == NULL)
                return -ENOTCONN;
        reading->from = connection->tuple.remote;
        if (connection_is_opening(connection))
                return -EAGAIN;
        if (reading->size == 0)
                return 0;
        if (reading->flags & MSG_PEEK)
                return peek(connection, reading);
        if (reading->flags & MSG_TRUNC)
                return drop_bytes(connection, reading->size);
        return take_bytes(connection, reading->bytes, reading->size);
}

/* As Linux: a stream's own peer is meant, whatever address is given. */
static ssize_t stream_write(Socket *socket, const struct socket_writing *writing)
{
        struct connection *connection = socket->connection;
        if (connection == NULL)
                return -EPIPE;
        if (connection_is_opening(connection))
                return -EAGAIN;
        if (writing->size == 0)
                return 0;
        ssize_t result =
                tcp_conn_write(connection->tcp, writing->bytes, writing->size, host_now(socket->host));
        if (result == -EAGAIN)
                return result;
        remember_failure(connection, result);
        if (result > 0)
                connection_prove_written(connection, writing->bytes, (size_t)result);
        connection_after_call(connection, "write");
        return result;
}

/* ---- The end ---- */

static bool is_closed(const struct connection *connection)
{
        return tcp_conn_state(connection->tcp) == TCP_STATE_CLOSED;
}

static int stream_shutdown(Socket *socket, int how)
{
        struct connection *connection = socket->connection;
        if (connection == NULL)
                return -ENOTCONN;
        int error = tcp_conn_shutdown(connection->tcp, how, host_now(socket->host));
        if (error != 0)
                return error;
        if (how != SHUT_WR)
                connection->is_read_shut = true;
        if (how != SHUT_RD && !is_closed(connection))
                connection_prove_write_ended(connection);
        connection_after_call(connection, "shutdown");
        return 0;
}

/* A close that resets, or finds the connection reset, does not end the stream at its right place. */
void socket_let_go(Socket *socket)
{
        struct connection *connection = socket->connection;
        socket->is_let_go = true;
        tcp_conn_close(connection->tcp, host_now(socket->host));
        if (!is_closed(connection))
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

static void stream_close(Socket *socket)
{
        if (socket->listener != NULL)
                stop_listening(socket);
        if (socket->connection == NULL)
                return;
        if (!socket->is_let_go)
                socket_let_go(socket);
        socket->connection->socket = NULL;
        socket->connection = NULL;
}

int socket_take_error(Socket *socket)
{
        struct connection *connection = socket->connection;
        if (connection == NULL)
                return 0;
        int error = tcp_conn_take_error(connection->tcp);
        if (error != 0)
                connection->has_failed = true;
        return error;
}

void socket_apply_settings(Socket *socket)
{
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
                *value = has_bytes ? (int)tcp_conn_readable(tcp) : 0;
                return 0;
        case SIOCOUTQ:
                *value = has_bytes ? (int)tcp_conn_unacknowledged(tcp) : 0;
                return 0;
        case SIOCOUTQNSD:
                *value = has_bytes ? (int)tcp_conn_unsent(tcp) : 0;
                return 0;
        case SIOCATMARK:
                *value = 0;
                return 0;
        default:
                return -ENOTTY;
        }
}

static unsigned stream_ready(const Socket *socket)
{
        if (socket->connection != NULL)
                return tcp_conn_ready(socket->connection->tcp);
        if (socket->listener != NULL)
                return tcp_listener_has_connection(socket->listener) ? POLLIN : 0;
        return POLLOUT | POLLHUP;
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
        uint32_t used = tcp_conn_unacknowledged(connection->tcp);
        return used < socket->settings.send_buffer ? socket->settings.send_buffer - used : 0;
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
        .write = stream_write,
        .shutdown = stream_shutdown,
        .ioctl = stream_ioctl,
        .close = stream_close,
        .ready = stream_ready,
        .tuple = stream_tuple,
        .state = stream_state,
        .room = stream_room,
        .peer_transfer = stream_peer_transfer,
};
