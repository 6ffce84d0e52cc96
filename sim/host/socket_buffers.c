/*
 * What a socket's options mean to its buffers, and to the headers of what it sends.
 *
 * SO_RCVBUF and SO_SNDBUF are as Linux gives them: twice what the program asked for, in memory.
 */
#include "host/socket_option.h"

#include <linux/sock_diag.h>

#define ECN_BITS 2 /* of the traffic class, which are TCP's */

static struct tcp_memory_use memory_of(const Socket *socket)
{
        const struct tcp_settings *settings = &socket->settings;
        struct tcp_memory_use use = {
                .receive_buffer = settings->receive_buffer > 0 ? settings->receive_buffer
                                                               : settings->receive_memory.initial,
                .send_buffer =
                        settings->send_buffer > 0 ? settings->send_buffer : settings->send_memory.initial,
        };
        if (socket->connection != NULL)
                tcp_conn_memory_use(socket->connection->tcp, &use);
        return use;
}

uint32_t socket_receive_buffer(const Socket *socket)
{
        return memory_of(socket).receive_buffer;
}

uint32_t socket_receive_buffer_max(const Socket *socket)
{
        return socket->host->tcp_settings.receive_memory.most;
}

uint32_t socket_send_buffer(const Socket *socket)
{
        return memory_of(socket).send_buffer;
}

void socket_set_receive_buffer(Socket *socket, uint32_t size)
{
        socket->settings.receive_buffer = size;
        socket_apply_settings(socket);
}

void socket_set_send_buffer(Socket *socket, uint32_t size)
{
        socket->settings.send_buffer = size;
        socket_apply_settings(socket);
}

void socket_fill_memory(const Socket *socket, uint32_t *figures)
{
        figures[SK_MEMINFO_RMEM_ALLOC] = socket->queue.charged;
        if (socket->connection == NULL)
                return;
        struct tcp_memory_use use = memory_of(socket);
        figures[SK_MEMINFO_RMEM_ALLOC] = use.received;
        figures[SK_MEMINFO_WMEM_QUEUED] = use.written;
}

void socket_apply_header(Socket *socket)
{
        if (socket->connection != NULL)
                socket_mark_connection(socket, socket->connection);
}

/* The family on the wire decides, not the socket's. */
void socket_mark_connection(const Socket *socket, struct connection *connection)
{
        if (socket->kept == NULL)
                return;
        bool is_ipv4 = ip_address_is_ipv4(&connection->tuple.remote.address);
        int traffic_class = is_ipv4 ? socket_kept(socket, IPPROTO_IP, IP_TOS)
                                    : socket_kept(socket, IPPROTO_IPV6, IPV6_TCLASS);
        int hops = is_ipv4 ? socket_kept(socket, IPPROTO_IP, IP_TTL)
                           : socket_kept(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS);
        connection->dscp = (uint8_t)(traffic_class >> ECN_BITS);
        connection->hop_limit = (uint8_t)hops;
}

uint32_t socket_path_mtu(const Socket *socket)
{
        struct tcp_report report;
        if (socket->connection == NULL)
                return socket->is_connected ? host_path_mtu(socket->host) : 0;
        tcp_conn_report(socket->connection->tcp, &report);
        return report.route_mtu;
}
