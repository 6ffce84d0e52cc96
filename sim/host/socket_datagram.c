/*
 * Datagram sockets. RFC 768; POSIX.1-2017.
 *
 * Differs: no two sockets have the same local end, with SO_REUSEADDR or without; and a datagram larger than
 * the device's MTU is refused with EMSGSIZE instead of being sent in fragments.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "host/socket_private.h"

#define RING_CAPACITY_MIN 8
#define DATAGRAM_OVERHEAD 512 /* what a queued datagram costs beyond its bytes, as in Linux's accounting */

/* ---- The queue ---- */

static struct datagram *slot(struct datagram_queue *queue, unsigned index)
{
        return &queue->ring[(queue->first + index) % queue->capacity];
}

static void grow(struct datagram_queue *queue)
{
        struct datagram_queue larger = { .capacity = MAX(queue->capacity * 2, RING_CAPACITY_MIN) };
        larger.ring = g_new(struct datagram, larger.capacity);
        for (unsigned i = 0; i < queue->count; i++)
                larger.ring[i] = *slot(queue, i);
        g_free(queue->ring);
        queue->ring = larger.ring;
        queue->capacity = larger.capacity;
        queue->first = 0;
}

static void push(struct datagram_queue *queue, const struct datagram *datagram)
{
        if (queue->count == queue->capacity)
                grow(queue);
        *slot(queue, queue->count++) = *datagram;
        queue->charged += datagram->charge;
}

static struct datagram pop(struct datagram_queue *queue)
{
        struct datagram first = queue->ring[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
        queue->charged -= first.charge;
        return first;
}

static void queue_clear(struct datagram_queue *queue)
{
        while (queue->count > 0) {
                struct datagram datagram = pop(queue);
                payload_clear(&datagram.payload);
        }
        g_free(queue->ring);
        *queue = (struct datagram_queue){ 0 };
}

/* ---- Names ---- */

static void publish(Socket *socket, const struct endpoint *local, const struct endpoint *remote)
{
        struct hash_table *table = &socket->host->datagrams;
        hash_table_remove(table, four_tuple_place(&socket->name), socket);
        socket->name = (struct four_tuple){ .local = *local };
        if (remote != NULL)
                socket->name.remote = *remote;
        hash_table_add(table, host_memory(socket->host), four_tuple_place(&socket->name), socket);
}

static void datagram_on_bound(Socket *socket)
{
        publish(socket, &socket->binding.local, NULL);
}

static bool is_named(const void *thing, const void *name)
{
        return four_tuple_equal(&((const Socket *)thing)->name, name);
}

Socket *host_find_datagram_socket(const Host *host, const struct four_tuple *tuple)
{
        struct four_tuple bound = { .local = tuple->local };
        struct four_tuple wild = { .local = { .port = tuple->local.port } };
        const struct four_tuple *const names[] = { tuple, &bound, &wild };
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                Socket *socket =
                        hash_table_find(&host->datagrams, four_tuple_place(names[i]), is_named, names[i]);
                if (socket != NULL)
                        return socket;
        }
        return NULL;
}

static int datagram_connect(Socket *socket, const struct endpoint *remote)
{
        const Host *host = socket->host;
        if (!socket_speaks_to(socket, &remote->address))
                return socket->family == AF_INET ? -EAFNOSUPPORT : -ENETUNREACH;
        if (host_device_towards(host, &remote->address) == NULL)
                return -ENETUNREACH;
        int error = socket_bind_somewhere(socket);
        if (error != 0)
                return error;
        struct endpoint local = { *host_address_towards(host, &remote->address), socket->binding.local.port };
        publish(socket, &local, remote);
        socket->is_connected = true;
        return 0;
}

static int datagram_disconnect(Socket *socket)
{
        if (!socket->is_connected)
                return 0;
        socket->is_connected = false;
        publish(socket, &socket->binding.local, NULL);
        return 0;
}

/* ---- Traffic ---- */

bool socket_deliver(
        Socket *socket, struct udp_datagram *datagram, const struct endpoint *from, uint32_t transfer)
{
        struct datagram_queue *queue = &socket->queue;
        struct datagram queued = { .payload = datagram->payload,
                .from = *from,
                .transfer = transfer,
                .charge = datagram->payload.length + DATAGRAM_OVERHEAD };
        if (socket->is_read_shut || queue->charged + queued.charge > socket->datagram_buffer)
                return false;
        datagram->payload = (struct payload){ 0 };
        push(queue, &queued);
        socket->arrivals++;
        socket_update(socket);
        return true;
}

static void take_first(Socket *socket)
{
        struct datagram datagram = pop(&socket->queue);
        payload_clear(&datagram.payload);
        socket->last_from = datagram.from;
        socket->last_transfer = datagram.transfer;
        socket_update(socket);
}

/* What does not fit is lost. */
static ssize_t datagram_read(Socket *socket, struct socket_reading *reading)
{
        if (socket->error != 0)
                return -socket_take_error(socket);
        bool waits = !socket->is_nonblocking && !(reading->flags & MSG_DONTWAIT);
        if (socket->queue.count == 0)
                return socket->is_read_shut && waits ? 0 : -EAGAIN;
        const struct datagram *datagram = slot(&socket->queue, 0);
        size_t length = datagram->payload.length;
        size_t taken = MIN(reading->size, length);
        payload_copy_out(&datagram->payload, 0, reading->bytes, taken);
        reading->from = datagram->from;
        reading->message_flags |= taken < length ? MSG_TRUNC : 0;
        if (!(reading->flags & MSG_PEEK))
                take_first(socket);
        return (ssize_t)(reading->flags & MSG_TRUNC ? length : taken);
}

static uint32_t transfer_towards(const Socket *socket, const struct endpoint *remote)
{
        if (socket->transfer != NULL)
                return socket->transfer->number;
        return endpoint_equal(remote, &socket->last_from) ? socket->last_transfer : 0;
}

static int check_sending(const Socket *socket, const struct endpoint *remote, size_t size)
{
        if (remote == NULL)
                return -EDESTADDRREQ;
        if (socket->is_write_shut)
                return -EPIPE;
        if (!socket_speaks_to(socket, &remote->address))
                return -EAFNOSUPPORT;
        if (remote->port == 0)
                return -EINVAL;
        const Link *device = host_device_towards(socket->host, &remote->address);
        if (device == NULL)
                return -ENETUNREACH;
        size_t headers = ip_header_size(ip_version_of(&remote->address)) + UDP_HEADER_SIZE;
        return size > link_mtu(device) - headers ? -EMSGSIZE : 0;
}

static ssize_t datagram_write(Socket *socket, const struct socket_writing *writing)
{
        Host *host = socket->host;
        const struct endpoint *remote = writing->remote;
        size_t size = writing->size;
        if (remote == NULL && socket->is_connected)
                remote = &socket->name.remote;
        int error = writing->flags & MSG_OOB ? -EOPNOTSUPP : check_sending(socket, remote, size);
        if (error == 0 && socket->error != 0)
                error = -socket_take_error(socket);
        if (error == 0)
                error = socket_bind_somewhere(socket);
        if (error != 0)
                return error;
        struct four_tuple tuple = { .local = { *host_address_towards(host, &remote->address),
                                            socket->binding.local.port },
                .remote = *remote };
        struct payload payload = payload_of_bytes(host->context->payloads, writing->bytes, size);
        uint32_t transfer = transfer_towards(socket, remote);
        host_transmit_soon(host, host_datagram_packet(host, &tuple, &payload, transfer));
        return (ssize_t)size;
}

/* ---- The rest ---- */

static int datagram_listen(Socket *socket, int backlog)
{
        (void)socket;
        (void)backlog;
        return -EOPNOTSUPP;
}

static Socket *datagram_accept(Socket *socket, int *error)
{
        (void)socket;
        *error = -EOPNOTSUPP;
        return NULL;
}

static int datagram_shutdown(Socket *socket, int how)
{
        socket->is_read_shut |= how != SHUT_WR;
        socket->is_write_shut |= how != SHUT_RD;
        socket_update(socket);
        return socket->is_connected ? 0 : -ENOTCONN;
}

/* What is sent leaves at once. */
static int datagram_ioctl(const Socket *socket, unsigned long request, int *value)
{
        const struct datagram_queue *queue = &socket->queue;
        if (request != SIOCINQ && request != SIOCOUTQ)
                return -ENOTTY;
        bool has_one = request == SIOCINQ && queue->count > 0;
        *value = has_one ? (int)queue->ring[queue->first].payload.length : 0;
        return 0;
}

static void datagram_close(Socket *socket)
{
        hash_table_remove(&socket->host->datagrams, four_tuple_place(&socket->name), socket);
        queue_clear(&socket->queue);
}

static unsigned datagram_ready(const Socket *socket)
{
        unsigned events = POLLOUT | POLLWRNORM | POLLWRBAND;
        if (socket->queue.count > 0 || socket->is_read_shut)
                events |= POLLIN | POLLRDNORM;
        if (socket->is_read_shut)
                events |= POLLRDHUP;
        if (socket->is_read_shut && socket->is_write_shut)
                events |= POLLHUP;
        return events;
}

static uint64_t datagram_arrivals(const Socket *socket)
{
        return socket->arrivals;
}

static bool datagram_has_peer(const Socket *socket)
{
        return socket->is_connected;
}

static bool datagram_tuple(const Socket *socket, struct four_tuple *tuple)
{
        if (socket->is_connected)
                *tuple = socket->name;
        return socket->is_connected;
}

/* Datagrams do not wait for one another: there is always room for the largest. */
static size_t datagram_room(const Socket *socket)
{
        return host_path_mtu(socket->host) - IPV4_HEADER_SIZE - UDP_HEADER_SIZE;
}

static struct transfer *datagram_peer_transfer(const Socket *socket)
{
        return host_transfer(socket->host, socket->last_transfer);
}

static const char *datagram_state(const Socket *socket)
{
        return socket->is_connected ? "connected" : "unconnected";
}

const struct socket_ops socket_datagram = {
        .name = "datagram",
        .type = SOCK_DGRAM,
        .listen = datagram_listen,
        .accept = datagram_accept,
        .connect = datagram_connect,
        .disconnect = datagram_disconnect,
        .read = datagram_read,
        .write = datagram_write,
        .shutdown = datagram_shutdown,
        .ioctl = datagram_ioctl,
        .close = datagram_close,
        .ready = datagram_ready,
        .arrivals = datagram_arrivals,
        .on_bound = datagram_on_bound,
        .has_peer = datagram_has_peer,
        .tuple = datagram_tuple,
        .state = datagram_state,
        .room = datagram_room,
        .peer_transfer = datagram_peer_transfer,
};
