/*
 * Sockets: names, readiness and those who wait for it. What streams and datagrams do differently stands in
 * their files.
 */
#include "host/socket_errors.h"
#include "host/socket_option.h"
#include "host/socket_stream.h"

#include <errno.h>

#include "host/process_private.h"

#define DATAGRAM_BUFFER_DEFAULT 212992 /* Linux's net.core.rmem_default */

static const struct socket_ops *const kinds[] = { &socket_stream, &socket_datagram };

static const struct socket_ops *ops_of(int type)
{
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
                if (kinds[i]->type == type)
                        return kinds[i];
        }
        g_assert_not_reached();
}

static void run_watcher(void *data)
{
        Socket *socket = data;
        unsigned events = socket_ready(socket) & socket->watched;
        if (events != 0)
                socket->on_ready(socket->on_ready_data, events);
}

static void wake_watcher(Socket *socket)
{
        Host *host = socket->host;
        if (host->is_closing)
                return;
        struct event_key key = { .time = host_now(host),
                .owner = host->owner,
                .class = EVENT_WAKE_UP,
                .number = socket->watcher };
        event_queue_set(host->context->net->events, &socket->wake_up, &key);
}

Socket *socket_make(Host *host, const struct socket_ops *ops, struct transfer *transfer,
        const struct tcp_settings *settings)
{
        Socket *socket = block_pool_take_zeroed(host_memory(host), sizeof *socket);
        socket->ops = ops;
        socket->family = host_family(host);
        socket->max_pacing_rate = UINT64_MAX;
        socket->host = host;
        socket->transfer = transfer;
        socket->settings = *settings;
        socket->datagram_buffer = DATAGRAM_BUFFER_DEFAULT;
        socket->ports = ops == &socket_stream ? &host->tcp_ports : &host->udp_ports;
        socket->link.data = socket;
        event_init(&socket->wake_up, run_watcher, socket);
        g_queue_push_tail_link(&host->sockets, &socket->link);
        return socket;
}

Socket *socket_new(Host *host, int type, struct transfer *transfer, const struct tcp_settings *tcp)
{
        bool is_nonblocking = (type & SOCK_NONBLOCK) != 0;
        const struct socket_ops *ops = ops_of(type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC));
        Socket *socket = socket_make(host, ops, transfer, tcp != NULL ? tcp : &host->tcp_settings);
        socket->is_nonblocking = is_nonblocking;
        return socket;
}

/* ---- Names ---- */

/* Any address is both families'. */
bool socket_speaks_to(const Socket *socket, const struct ip_address *address)
{
        if (!ip_address_is_ipv4(address))
                return socket->family == AF_INET6;
        return socket->family == AF_INET || ip_address_is_any(address) || !socket->is_ipv6_only;
}

static bool is_open(const Socket *socket)
{
        return socket->connection != NULL && !stream_is_closed(socket);
}

static enum binding_family binding_family(const Socket *socket)
{
        if (socket->family == AF_INET)
                return BINDING_IPV4;
        return socket->is_ipv6_only ? BINDING_IPV6 : BINDING_BOTH;
}

int socket_bind(Socket *socket, const struct endpoint *local)
{
        const Host *host = socket->host;
        if (!socket_speaks_to(socket, &local->address))
                return socket->family == AF_INET ? -EAFNOSUPPORT : -EINVAL;
        if (!ip_address_is_any(&local->address) && !host_has_address(host, &local->address))
                return -EADDRNOTAVAIL;
        if (binding_is_bound(&socket->binding) || is_open(socket))
                return -EINVAL;
        if (local->port == 0 && socket_kept(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT))
                return 0;
        struct binding wanted = { .local = *local,
                .family = binding_family(socket),
                .reuses = socket->reuses_address && socket->ops == &socket_stream,
                .shares_port = socket->binding.shares_port };
        if (wanted.local.port == 0)
                wanted.local.port = port_space_pick(socket->ports, &wanted);
        if (wanted.local.port == 0 || port_space_conflicts(socket->ports, &wanted))
                return -EADDRINUSE;
        socket->binding = wanted;
        socket->is_port_chosen = local->port != 0;
        port_space_bind(socket->ports, &socket->binding);
        if (socket->ops->on_bound != NULL)
                socket->ops->on_bound(socket);
        return 0;
}

int socket_bind_somewhere(Socket *socket)
{
        static const struct endpoint anywhere = { .port = 0 };
        return binding_is_bound(&socket->binding) ? 0 : socket_bind(socket, &anywhere);
}

void socket_names(const Socket *socket, struct four_tuple *tuple, bool *is_connected)
{
        *tuple = (struct four_tuple){ .local = socket->binding.local };
        if (tuple->local.port == 0)
                tuple->local.port = socket->last_port;
        *is_connected = socket->ops->tuple(socket, tuple);
}

void socket_describe(const Socket *socket, GString *text)
{
        char name[ENDPOINT_TEXT_SIZE];
        struct four_tuple tuple;
        bool is_connected;
        socket_names(socket, &tuple, &is_connected);
        const struct endpoint *shown = is_connected ? &tuple.remote : &tuple.local;
        g_string_append_printf(text, " %s, %s", endpoint_format(shown, name), socket->ops->state(socket));
}

/* ---- What differs ---- */

int socket_listen(Socket *socket, int backlog)
{
        return socket->ops->listen(socket, backlog);
}

Socket *socket_accept(Socket *socket, int *error)
{
        return socket->ops->accept(socket, error);
}

int socket_connect(Socket *socket, const struct endpoint *remote)
{
        return socket->ops->connect(socket, remote);
}

int socket_disconnect(Socket *socket)
{
        return socket->ops->disconnect(socket);
}

ssize_t socket_read(Socket *socket, void *bytes, size_t size)
{
        struct socket_reading reading = { .bytes = bytes, .size = size };
        return socket->ops->read(socket, &reading);
}

ssize_t socket_write(Socket *socket, const void *bytes, size_t size)
{
        const struct socket_writing writing = { .bytes = bytes, .size = size };
        return socket->ops->write(socket, &writing);
}

ssize_t socket_write_source(Socket *socket, PayloadSource *source, uint64_t offset, size_t size)
{
        const struct socket_writing writing = { .source = source, .offset = offset, .size = size };
        return socket->ops->write(socket, &writing);
}

int socket_shutdown(Socket *socket, int how)
{
        if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
                return -EINVAL;
        return socket->ops->shutdown(socket, how);
}

void socket_close(Socket *socket)
{
        socket->ops->close(socket);
        waiters_dismiss(&socket->waiters);
        event_queue_cancel(socket->host->context->net->events, &socket->wake_up);
        port_space_unbind(socket->ports, &socket->binding);
        g_queue_unlink(&socket->host->sockets, &socket->link);
        socket_clear_notices(socket);
        g_free(socket->kept);
        block_pool_give_back(host_memory(socket->host), socket, sizeof *socket);
}

struct transfer *socket_transfer(Socket *socket)
{
        struct transfer *peer = socket->ops->peer_transfer(socket);
        return peer != NULL ? peer : socket->transfer;
}

size_t socket_room(const Socket *socket)
{
        return socket->ops->room(socket);
}

unsigned socket_ready(const Socket *socket)
{
        unsigned ready = socket->ops->ready(socket);
        bool has_error = socket->error != 0 || socket->notices.length > 0;
        return has_error ? ready | POLLERR : ready;
}

unsigned socket_poll(Socket *socket)
{
        unsigned ready = socket_ready(socket);
        if ((ready & POLLOUT) == 0 && socket->ops->want_room != NULL)
                socket->ops->want_room(socket);
        return ready;
}

bool socket_has_failed(const Socket *socket)
{
        return socket->error != 0 || (socket->ops->ready(socket) & (POLLERR | POLLHUP)) != 0;
}

/* ---- Waiting ---- */

void socket_remember_ready(Socket *socket)
{
        socket->last_ready = socket_ready(socket);
        socket->last_arrivals = socket->ops->arrivals(socket);
}

/* What is ready now and was not, or has come once more. */
static unsigned take_news(Socket *socket, unsigned ready)
{
        uint64_t arrivals = socket->ops->arrivals(socket);
        unsigned news = ready & ~socket->last_ready;
        if (arrivals > socket->last_arrivals)
                news |= ready & (POLLIN | POLLRDNORM | POLLPRI);
        socket->last_ready = ready;
        socket->last_arrivals = arrivals;
        return news;
}

void socket_update(Socket *socket)
{
        if (socket->on_ready == NULL && socket->waiters.head == NULL)
                return;
        bool waits_for_room = socket->on_ready != NULL && (socket->watched & POLLOUT) != 0;
        unsigned ready = waits_for_room ? socket_poll(socket) : socket_ready(socket);
        unsigned changed = ready & ~socket->last_ready;
        if (socket->waiters.head != NULL)
                waiters_wake(&socket->waiters, ready, take_news(socket, ready));
        socket->last_ready = ready;
        if (socket->on_ready != NULL && (changed & socket->watched) != 0)
                wake_watcher(socket);
}

void socket_watch(Socket *socket, unsigned events, void (*ready)(void *data, unsigned events), void *data)
{
        if (socket->watcher == 0)
                socket->watcher = ++socket->host->wakers;
        socket->watched = events | POLLERR | POLLHUP;
        socket->on_ready = ready;
        socket->on_ready_data = data;
        socket->last_ready = 0;
        socket_update(socket);
}
