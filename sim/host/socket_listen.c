/*
 * Listening sockets: how a segment finds one, and the connections it makes. POSIX.1-2017; where that leaves
 * room, Linux's answers.
 */
#include <errno.h>

#include "host/socket_stream.h"

#define BACKLOG_MAX 4096 /* Linux's net.core.somaxconn */

/* Listeners on any address have a key for each family they take, made different by a remote port. */
static struct four_tuple listener_name(const struct endpoint *local, enum binding_family family)
{
        struct four_tuple name = { .local = *local };
        if (ip_address_is_any(&local->address))
                name.remote.port = (uint16_t)(family + 1);
        return name;
}

static bool is_listener(const void *thing, const void *name)
{
        return four_tuple_equal(&((const Socket *)thing)->listener_name, name);
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
                Socket *socket = hash_table_find(
                        &host->listeners, four_tuple_place(&names[i]), is_listener, &names[i]);
                if (socket != NULL)
                        return socket;
        }
        return NULL;
}

bool host_offer_to_listener(Host *host, const struct four_tuple *tuple, const struct tcp_segment *segment,
        const struct trace_packet_id *packet, uint32_t transfer)
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
                socket_mark_connection(socket, connection);
                connection_after_segment(connection, packet);
                return true;
        }
        host_trace_notes(host, NULL, &cause);
        if (has_answer)
                host_answer(host, tuple, &answer, transfer, &cause);
        return true;
}

/* Without TCP_FASTOPEN; the present backlog counts. */
static void open_fast_anyway(Socket *socket, uint32_t queue)
{
        const uint32_t needed = TCP_FAST_OPEN_SERVER | TCP_FAST_OPEN_ANY_LISTENER;
        struct tcp_settings *settings = &socket->settings;
        if (settings->fast_open_queue == 0 && (settings->fast_open_flags & needed) == needed)
                settings->fast_open_queue = queue;
}

int stream_listen(Socket *socket, int backlog)
{
        Host *host = socket->host;
        uint32_t queue = MIN((uint32_t)backlog, BACKLOG_MAX); /* what is below zero is large */
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
        open_fast_anyway(socket, queue);
        socket->listener = tcp_listener_new(host->tcp, &socket->settings, local, queue, host_path_mtu(host));
        tcp_listener_set_owner(socket->listener, socket);
        socket->listener_name = listener_name(local, socket->binding.family);
        socket->binding.is_listening = true;
        socket->is_read_shut = socket->is_write_shut = false;
        hash_table_add(&host->listeners, host_memory(host), four_tuple_place(&socket->listener_name), socket);
        socket_update(socket);
        return 0;
}

Socket *stream_accept(Socket *socket, int *error)
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
        socket->arrivals++;
        connection_open_proof(connection);
        connection_after_call(connection, "accept");
        socket_update(socket);
        return accepted;
}

void stream_stop_listening(Socket *socket)
{
        TcpConn *child;
        hash_table_remove(&socket->host->listeners, four_tuple_place(&socket->listener_name), socket);
        while ((child = tcp_listener_take_child(socket->listener)) != NULL) {
                time_ns now = host_now(socket->host);
                tcp_conn_abort(child, 0, now);
                tcp_conn_close(child, now);
                connection_after_call(tcp_conn_owner(child), "close");
        }
        tcp_listener_free(g_steal_pointer(&socket->listener));
        socket->binding.is_listening = false;
}
