/*
 * Stamps that wait for their byte. Linux's tcp_tx_timestamp(), __skb_tstamp_tx(), tcp_ack_tstamp().
 *
 * Differs: which writes share a buffer of the kernel's, of whose stamps it keeps the last, is guessed: those
 * that are not sent yet and together no larger than its largest.
 */
#include "host/socket_stamps.h"

#include <errno.h>
#include <linux/net_tstamp.h>

#include "host/socket_errors.h"

/* Linux 6.18's: SOF_TIMESTAMPING_TX_COMPLETION is the last. Newer than the C library. */
#define STAMPING_LAST       (1u << 18)
#define STAMPING_MASK       (STAMPING_LAST | (STAMPING_LAST - 1))
#define STAMPING_OPT_ID_TCP (1u << 16)
#define STAMPING_RECORDS    (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_ACK)
#define KERNEL_BUFFER_MAX   65160 /* 45 segments of 1448 bytes */

struct stamp {
        GList link;
        uint64_t end;   /* behind the write's last byte */
        uint32_t flags; /* SO_TIMESTAMPING's, when it was written */
        uint32_t key;
        bool is_sent;
};

static uint64_t acknowledged(const struct connection *connection)
{
        return connection->bytes_written - tcp_conn_unacknowledged(connection->tcp);
}

/* Keys count bytes from here on: from the next one written, or the first that is not acknowledged. */
static void start_counting(Socket *socket, uint32_t flags)
{
        const struct connection *connection = socket->connection;
        if (connection != NULL)
                socket->stamp_base =
                        flags & STAMPING_OPT_ID_TCP ? connection->bytes_written : acknowledged(connection);
}

int socket_set_timestamping(Socket *socket, uint32_t flags)
{
        bool is_stream = socket->ops == &socket_stream;
        if ((flags & ~STAMPING_MASK) != 0)
                return -EINVAL;
        if ((flags & STAMPING_OPT_ID_TCP) != 0 && (flags & SOF_TIMESTAMPING_OPT_ID) == 0)
                return -EINVAL;
        bool begins_counting = (flags & ~socket->timestamping & SOF_TIMESTAMPING_OPT_ID) != 0;
        if (begins_counting && is_stream && socket->connection == NULL)
                return -EINVAL;
        if ((flags & SOF_TIMESTAMPING_OPT_STATS) != 0 && (flags & SOF_TIMESTAMPING_OPT_TSONLY) == 0)
                return -EINVAL;
        if (begins_counting)
                start_counting(socket, flags);
        socket->timestamping = flags;
        return 0;
}

static void stamp_free(struct connection *connection, struct stamp *stamp)
{
        g_queue_unlink(&connection->stamps, &stamp->link);
        g_free(stamp);
}

/* The last of those that share a buffer is the one that is kept. */
static void replace_last(struct connection *connection)
{
        const GList *tail = connection->stamps.tail;
        struct stamp *last = tail != NULL ? tail->data : NULL;
        if (last != NULL && !last->is_sent && tcp_conn_unsent(connection->tcp) <= KERNEL_BUFFER_MAX)
                stamp_free(connection, last);
}

void stamps_on_written(Socket *socket)
{
        struct connection *connection = socket->connection;
        if ((socket->timestamping & STAMPING_RECORDS) == 0 || connection == NULL)
                return;
        replace_last(connection);
        struct stamp *stamp = g_new0(struct stamp, 1);
        stamp->link.data = stamp;
        stamp->end = connection->bytes_written;
        stamp->flags = socket->timestamping;
        if (socket->timestamping & SOF_TIMESTAMPING_OPT_ID)
                stamp->key = (uint32_t)(stamp->end - 1 - socket->stamp_base);
        g_queue_push_tail_link(&connection->stamps, &stamp->link);
}

static void tell(const struct connection *connection, const struct stamp *stamp, uint32_t what)
{
        bool has_packet = (stamp->flags & SOF_TIMESTAMPING_OPT_TSONLY) == 0;
        const struct socket_notice notice = {
                .error = { .ee_errno = ENOMSG,
                        .ee_origin = SO_EE_ORIGIN_TIMESTAMPING,
                        .ee_info = what,
                        .ee_data = stamp->key },
                .stamped_at = host_now(connection->host),
                .size = has_packet,
        };
        if (connection->socket != NULL)
                socket_add_notice(connection->socket, &notice);
}

void stamps_on_sent(struct connection *connection, uint64_t offset, uint32_t size)
{
        for (GList *link = connection->stamps.head; link != NULL; link = link->next) {
                struct stamp *stamp = link->data;
                if (stamp->is_sent || stamp->end <= offset || stamp->end > offset + size)
                        continue;
                stamp->is_sent = true;
                if (stamp->flags & SOF_TIMESTAMPING_TX_SCHED)
                        tell(connection, stamp, SCM_TSTAMP_SCHED);
                if (stamp->flags & SOF_TIMESTAMPING_TX_SOFTWARE)
                        tell(connection, stamp, SCM_TSTAMP_SND);
        }
}

void stamps_on_acknowledged(struct connection *connection)
{
        uint64_t end = acknowledged(connection);
        while (!g_queue_is_empty(&connection->stamps)) {
                struct stamp *stamp = connection->stamps.head->data;
                if (stamp->end > end)
                        return;
                if (stamp->flags & SOF_TIMESTAMPING_TX_ACK)
                        tell(connection, stamp, SCM_TSTAMP_ACK);
                stamp_free(connection, stamp);
        }
}

void stamps_clear(struct connection *connection)
{
        while (!g_queue_is_empty(&connection->stamps))
                stamp_free(connection, connection->stamps.head->data);
}
