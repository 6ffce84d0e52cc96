/*
 * Options of SOL_SOCKET. socket(7); Linux's sk_setsockopt() and sk_getsockopt().
 *
 * Differs: capabilities are not asked for: whoever runs a program here is root. Options that only a socket of
 * another family has are unknown.
 */
#include <asm/socket.h>
#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>
#include <sys/time.h>

#include "host/socket_option.h"
#include "host/socket_stamps.h"

/* Linux's limits: the smallest sk_rcvbuf and sk_sndbuf, and net.core.rmem_max and wmem_max. */
#define RECEIVE_BUFFER_MIN 2304
#define SEND_BUFFER_MIN    4608
#define BUFFER_MAX         4194304
/* What is set is doubled, to pay for the kernel's own bookkeeping. */
#define BUFFER_FACTOR 2
#define BUDGET_MAX    UINT16_MAX
#define MICROSECONDS  1000000 /* a second */
#define OUR_CPU       0       /* which takes in all that arrives */

#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY 82
#endif

static bool is_for_all(const Socket *socket)
{
        (void)socket;
        return true;
}

static bool is_stream(const Socket *socket)
{
        return socket->ops == &socket_stream;
}

/* ---- Names ---- */

static int get_reuse_address(Socket *socket)
{
        return socket->reuses_address;
}

static int set_reuse_address(Socket *socket, int value)
{
        socket->reuses_address = value != 0;
        socket->binding.reuses = socket->reuses_address && is_stream(socket);
        return 0;
}

static int get_reuse_port(Socket *socket)
{
        return socket->binding.shares_port;
}

static int set_reuse_port(Socket *socket, int value)
{
        socket->binding.shares_port = value != 0;
        return 0;
}

static int get_type(Socket *socket)
{
        return socket->ops->type;
}

static int get_protocol(Socket *socket)
{
        return is_stream(socket) ? IPPROTO_TCP : IPPROTO_UDP;
}

static int get_domain(Socket *socket)
{
        return socket->family;
}

static int get_accepts(Socket *socket)
{
        return socket->listener != NULL;
}

static int get_incoming_cpu(Socket *socket)
{
        int value = socket_kept(socket, SOL_SOCKET, SO_INCOMING_CPU);
        return value < 0 && socket->connection != NULL ? OUR_CPU : value;
}

static int set_incoming_cpu(Socket *socket, int value)
{
        socket_keep(socket, SOL_SOCKET, SO_INCOMING_CPU, value);
        return 0;
}

/* -1: the default, which is on. */
static int set_rehash(Socket *socket, int value)
{
        socket_keep(socket, SOL_SOCKET, SO_TXREHASH, value != 0);
        return 0;
}

static int get_nothing(Socket *socket)
{
        (void)socket;
        return 0;
}

static int get_one(Socket *socket)
{
        (void)socket;
        return 1;
}

static int set_nothing(Socket *socket, int value)
{
        (void)socket;
        (void)value;
        return 0;
}

/* ---- Buffers ---- */

static int get_receive_buffer(Socket *socket)
{
        return (int)(is_stream(socket) ? socket_receive_buffer(socket) : socket->datagram_buffer);
}

/* Numbers below zero are large ones. */
static uint32_t doubled(uint32_t value, uint32_t lowest)
{
        return MAX(MIN(value, (uint32_t)INT32_MAX / BUFFER_FACTOR) * BUFFER_FACTOR, lowest);
}

static int force_receive_buffer(Socket *socket, int value)
{
        socket->datagram_buffer = doubled((uint32_t)MAX(value, 0), RECEIVE_BUFFER_MIN);
        socket_set_receive_buffer(socket, socket->datagram_buffer);
        socket_keep(socket, SOL_SOCKET, SO_BUF_LOCK,
                socket_kept(socket, SOL_SOCKET, SO_BUF_LOCK) | SOCK_RCVBUF_LOCK);
        return 0;
}

static int set_receive_buffer(Socket *socket, int value)
{
        return force_receive_buffer(socket, (int)MIN((uint32_t)value, BUFFER_MAX));
}

static int get_send_buffer(Socket *socket)
{
        return (int)socket_send_buffer(socket);
}

static int force_send_buffer(Socket *socket, int value)
{
        socket_set_send_buffer(socket, doubled((uint32_t)MAX(value, 0), SEND_BUFFER_MIN));
        socket_keep(socket, SOL_SOCKET, SO_BUF_LOCK,
                socket_kept(socket, SOL_SOCKET, SO_BUF_LOCK) | SOCK_SNDBUF_LOCK);
        return 0;
}

static int set_send_buffer(Socket *socket, int value)
{
        return force_send_buffer(socket, (int)MIN((uint32_t)value, BUFFER_MAX));
}

static int get_low_water(Socket *socket)
{
        return (int)MAX(socket->low_water, 1);
}

/* No more than half of what the buffer may become: or it would never be reached. */
static int set_low_water(Socket *socket, int value)
{
        bool is_locked = (socket_kept(socket, SOL_SOCKET, SO_BUF_LOCK) & SOCK_RCVBUF_LOCK) != 0;
        uint32_t wanted = value < 0 ? INT32_MAX : (uint32_t)value;
        if (is_stream(socket))
                wanted = MIN(wanted,
                        (is_locked ? socket_receive_buffer(socket) : socket_receive_buffer_max(socket)) / 2);
        socket->low_water = wanted;
        socket->settings.receive_low_water = MAX(wanted, 1);
        socket_apply_settings(socket);
        socket_update(socket);
        return 0;
}

static int give_memory(Socket *socket, void *value, socklen_t *size)
{
        uint32_t figures[SK_MEMINFO_VARS] = {
                [SK_MEMINFO_RCVBUF] = (uint32_t)get_receive_buffer(socket),
                [SK_MEMINFO_SNDBUF] = socket_send_buffer(socket),
        };
        socket_fill_memory(socket, figures);
        return option_give(value, size, figures, sizeof figures);
}

/* ---- Values that are no numbers; there is room for one, though ---- */

static int get_linger(Socket *socket, void *value, socklen_t *size)
{
        const struct tcp_settings *settings = &socket->settings;
        struct linger linger = { settings->linger, (int)(settings->linger_time / SECOND) };
        return option_give(value, size, &linger, sizeof linger);
}

static int set_linger(Socket *socket, const void *value, socklen_t size)
{
        struct linger linger;
        if (size < sizeof linger)
                return -EINVAL;
        memcpy(&linger, value, sizeof linger);
        socket->settings.linger = linger.l_onoff != 0;
        if (linger.l_onoff != 0)
                socket->settings.linger_time = (uint32_t)linger.l_linger * SECOND;
        socket_apply_settings(socket);
        return 0;
}

static int give_timeout(duration_ns timeout, void *value, socklen_t *size)
{
        struct timeval time = { 0 };
        if (timeout > 0) {
                time.tv_sec = timeout / SECOND;
                time.tv_usec = timeout % SECOND / MICROSECOND;
        }
        return option_give(value, size, &time, sizeof time);
}

/* The kernel's clock ticks a thousand times a second: it waits no less. */
static duration_ns ticks(duration_ns time)
{
        return (time + MILLISECOND - 1) / MILLISECOND * MILLISECOND;
}

/* 0 means for ever; a time in the past, not at all. */
static int take_timeout(duration_ns *timeout, const void *value, socklen_t size)
{
        struct timeval time;
        if (size < sizeof time)
                return -EINVAL;
        memcpy(&time, value, sizeof time);
        if (time.tv_usec < 0 || time.tv_usec >= MICROSECONDS)
                return -EDOM;
        if (time.tv_sec < 0)
                *timeout = SOCKET_DOES_NOT_WAIT;
        else if (time.tv_sec >= TIME_NEVER / SECOND - 1)
                *timeout = 0;
        else
                *timeout = time.tv_sec * SECOND + ticks(time.tv_usec * MICROSECOND);
        return 0;
}

static int get_receive_timeout(Socket *socket, void *value, socklen_t *size)
{
        return give_timeout(socket->receive_timeout, value, size);
}

static int set_receive_timeout(Socket *socket, const void *value, socklen_t size)
{
        return take_timeout(&socket->receive_timeout, value, size);
}

static int get_send_timeout(Socket *socket, void *value, socklen_t *size)
{
        return give_timeout(socket->send_timeout, value, size);
}

static int set_send_timeout(Socket *socket, const void *value, socklen_t size)
{
        return take_timeout(&socket->send_timeout, value, size);
}

/* A long, if there is room for one; an int holds what is below its highest. */
static int get_pacing(Socket *socket, void *value, socklen_t *size)
{
        uint64_t rate = socket->max_pacing_rate;
        uint32_t small = (uint32_t)MIN(rate, UINT32_MAX);
        if (*size >= sizeof rate)
                return option_give(value, size, &rate, sizeof rate);
        return option_give(value, size, &small, sizeof small);
}

static int set_pacing(Socket *socket, const void *value, socklen_t size)
{
        uint32_t small;
        memcpy(&small, value, sizeof small);
        socket->max_pacing_rate = small == UINT32_MAX ? UINT64_MAX : small;
        if (size == sizeof socket->max_pacing_rate)
                memcpy(&socket->max_pacing_rate, value, size);
        bool is_any = socket->max_pacing_rate == UINT64_MAX;
        /* It stays on when the limit is lifted. */
        if (!is_any && socket->settings.pacing == TCP_PACING_AUTO)
                socket->settings.pacing = TCP_PACING_ON;
        socket->settings.max_pacing_rate = is_any ? 0 : MIN(socket->max_pacing_rate, UINT64_MAX / 8) * 8;
        socket_apply_settings(socket);
        return 0;
}

/* Flags, and the clock they are bound to: none here. */
static int get_timestamping(Socket *socket, void *value, socklen_t *size)
{
        struct so_timestamping timestamping = { .flags = (int)socket->timestamping };
        return option_give(value, size, &timestamping, sizeof timestamping);
}

static int set_timestamping(Socket *socket, const void *value, socklen_t size)
{
        int flags;
        (void)size;
        memcpy(&flags, value, sizeof flags);
        return socket_set_timestamping(socket, (uint32_t)flags);
}

static int refuse_to_get(Socket *socket, void *value, socklen_t *size)
{
        (void)socket;
        (void)value;
        (void)size;
        return -EOPNOTSUPP;
}

static int refuse_to_set(Socket *socket, const void *value, socklen_t size)
{
        (void)socket;
        (void)value;
        (void)size;
        return -EOPNOTSUPP;
}

static const struct socket_option options[] = {
        OPTION(SO_REUSEADDR, .get = get_reuse_address, .set = set_reuse_address),
        OPTION(SO_REUSEPORT, .get = get_reuse_port, .set = set_reuse_port),
        OPTION(SO_RCVBUF, .get = get_receive_buffer, .set = set_receive_buffer),
        OPTION(SO_SNDBUF, .get = get_send_buffer, .set = set_send_buffer),
        OPTION(SO_RCVBUFFORCE, .set = force_receive_buffer),
        OPTION(SO_SNDBUFFORCE, .set = force_send_buffer),
        KEPT_NUMBER(SO_BUF_LOCK, 0, SOCK_BUF_LOCK_MASK, 0),
        OPTION(SO_RCVLOWAT, .get = get_low_water, .set = set_low_water),
        OPTION(SO_SNDLOWAT, .get = get_one),
        OPTION(SO_MEMINFO, .get_value = give_memory),
        OPTION(SO_LINGER, .get_value = get_linger, .set_value = set_linger),
        OPTION(SO_RCVTIMEO, .get_value = get_receive_timeout, .set_value = set_receive_timeout),
        OPTION(SO_SNDTIMEO, .get_value = get_send_timeout, .set_value = set_send_timeout),
        TCP_FIELD(SO_KEEPALIVE, OPTION_BOOL, keepalive, 0, OPTION_SWITCH),
        TCP_FIELD(SO_OOBINLINE, OPTION_BOOL, urgent_inline, 0, OPTION_SWITCH),
        OPTION(SO_ERROR, .get = socket_take_error),
        OPTION(SO_TYPE, .get = get_type),
        OPTION(SO_PROTOCOL, .get = get_protocol),
        OPTION(SO_DOMAIN, .get = get_domain),
        OPTION(SO_ACCEPTCONN, .get = get_accepts),
        OPTION(SO_MAX_PACING_RATE, .get_value = get_pacing, .set_value = set_pacing),
        OPTION(SO_TIMESTAMPING, .get_value = get_timestamping, .set_value = set_timestamping),
        KEPT_SWITCH(SO_TIMESTAMP, 0),
        KEPT_SWITCH(SO_TIMESTAMPNS, 0),
        KEPT_NUMBER(SO_PRIORITY, INT32_MIN, INT32_MAX, 0),
        KEPT_NUMBER(SO_MARK, INT32_MIN, INT32_MAX, 0),
        KEPT_NUMBER(SO_PEEK_OFF, INT32_MIN, INT32_MAX, -1),
        KEPT_NUMBER(SO_BUSY_POLL, 0, INT32_MAX, 0),
        KEPT_NUMBER(SO_ZEROCOPY, 0, 1, 0),
        { .text = "SO_TXREHASH", SO_TXREHASH, -1, 1, .is_kept = true, .start = 1, .set = set_rehash },
        OPTION(SO_INCOMING_CPU, .start = -1, .get = get_incoming_cpu, .set = set_incoming_cpu),
        OPTION(SO_INCOMING_NAPI_ID, .get = get_nothing),
        OPTION(SO_BSDCOMPAT, .get = get_nothing, .set = set_nothing),
        OPTION(SO_CNX_ADVICE, .set = set_nothing),
        OPTION(SO_PASSCRED, .get_value = refuse_to_get, .set_value = refuse_to_set),
        OPTION(SO_PASSSEC, .get_value = refuse_to_get, .set_value = refuse_to_set),
        { .text = "SO_BUSY_POLL_BUDGET", SO_BUSY_POLL_BUDGET, .highest = BUDGET_MAX, .set = set_nothing },
        KEPT_SWITCH(SO_DEBUG, 0),
        KEPT_SWITCH(SO_DONTROUTE, 0),
        KEPT_SWITCH(SO_BROADCAST, 0),
        KEPT_SWITCH(SO_NO_CHECK, 0),
        KEPT_SWITCH(SO_RXQ_OVFL, 0),
        KEPT_SWITCH(SO_WIFI_STATUS, 0),
        KEPT_SWITCH(SO_NOFCS, 0),
        KEPT_SWITCH(SO_LOCK_FILTER, 0),
        KEPT_SWITCH(SO_SELECT_ERR_QUEUE, 0),
        KEPT_SWITCH(SO_PREFER_BUSY_POLL, 0),
        KEPT_SWITCH(SO_RCVMARK, 0),
        KEPT_SWITCH(SO_RCVPRIORITY, 0),
};

const struct option_table socket_level_options = {
        .level = SOL_SOCKET,
        .options = options,
        .count = G_N_ELEMENTS(options),
        .is_for = is_for_all,
        .reads_number_first = true,
};
