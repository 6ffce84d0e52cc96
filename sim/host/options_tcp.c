/*
 * Options of IPPROTO_TCP. tcp(7), RFC 5482; Linux's do_tcp_setsockopt() and do_tcp_getsockopt().
 *
 * Differs: a connection cannot be taken apart and put together again (TCP_REPAIR), signed (MD5, AO), or given
 * an upper protocol of the kernel's (TCP_ULP).
 */
#include "host/socket_option.h"

/* Linux's limits, in the unit of the option. */
#define MSS_MIN               88
#define MSS_MAX               32767
#define KEEPALIVE_SECONDS_MAX 32767
#define COUNT_MAX             127
#define LINGER2_MAX           120
#define RTO_MAX_MS_MIN        1000
#define RTO_MAX_MS_MAX        120000
#define SHORT_TIME_MIN_US     2000 /* two ticks of a 1000 Hz clock */
#define SHORT_TIME_MAX_US     200000
#define CLAMP_MIN             1152
#define FASTOPEN_QUEUE_MAX    4096 /* net.core.somaxconn */
#define CONGESTION_NAME_SIZE  16

/* Newer than the C library. */
#ifndef TCP_TX_DELAY
#define TCP_TX_DELAY 37
#endif
#define TCP_IS_MPTCP_OPTION      43
#define TCP_RTO_MAX_MS_OPTION    44
#define TCP_RTO_MIN_US_OPTION    45
#define TCP_DELACK_MAX_US_OPTION 46

static bool is_for_streams(const Socket *socket)
{
        return socket->ops == &socket_stream;
}

/* ---- Segments ---- */

static int get_max_segment(Socket *socket)
{
        if (socket->connection == NULL)
                return socket->settings.mss != 0 ? (int)socket->settings.mss : (int)TCP_MSS_DEFAULT;
        struct tcp_report report;
        tcp_conn_report(socket->connection->tcp, &report);
        return (int)report.send_mss;
}

static int set_max_segment(Socket *socket, int value)
{
        if (value != 0 && (value < MSS_MIN || value > MSS_MAX))
                return -EINVAL;
        socket->settings.mss = (uint32_t)value;
        socket_apply_settings(socket);
        return 0;
}

static int set_window_clamp(Socket *socket, int value)
{
        if (value == 0 && (socket->connection != NULL || socket->listener != NULL))
                return -EINVAL;
        value = value == 0 ? 0 : MAX(value, CLAMP_MIN);
        socket_keep(socket, IPPROTO_TCP, TCP_WINDOW_CLAMP, value);
        socket->settings.window_clamp = (uint32_t)value;
        socket_apply_settings(socket);
        return 0;
}

static int get_syn_count(Socket *socket)
{
        return (int)socket->settings.syn_retries;
}

/* Of a listener: SYN-ACKs (reqsk_timer_handler). */
static int set_syn_count(Socket *socket, int value)
{
        socket->settings.syn_retries = socket->settings.syn_ack_retries = (uint32_t)value;
        socket_apply_settings(socket);
        return 0;
}

/* ---- ACKs and what is written ahead ---- */

static int get_quick_ack(Socket *socket)
{
        if (socket->connection == NULL)
                return socket_kept(socket, IPPROTO_TCP, TCP_QUICKACK) == 0;
        return tcp_conn_quick_ack(socket->connection->tcp);
}

/* What is kept is the opposite, and applied when there is a connection: a socket begins with quick ACKs. */
static int set_quick_ack(Socket *socket, int value)
{
        socket_keep(socket, IPPROTO_TCP, TCP_QUICKACK, value == 0);
        if (socket->connection == NULL)
                return 0;
        tcp_conn_set_quick_ack(socket->connection->tcp, value, host_now(socket->host));
        connection_after_call(socket->connection, "setsockopt");
        return 0;
}

static int get_no_delay(Socket *socket)
{
        return !socket->settings.nagle;
}

/* Each time it is set, even if it was, what is held back goes out. */
static int set_no_delay(Socket *socket, int value)
{
        socket->settings.nagle = value == 0;
        socket_apply_settings(socket);
        if (value != 0 && socket->connection != NULL)
                tcp_conn_push(socket->connection->tcp);
        return 0;
}

static int get_cork(Socket *socket)
{
        return socket->settings.cork;
}

/* So does it each time it is taken off, though it was off. */
static int set_cork(Socket *socket, int value)
{
        socket->settings.cork = value != 0;
        socket_apply_settings(socket);
        if (value == 0 && socket->connection != NULL)
                tcp_conn_push(socket->connection->tcp);
        return 0;
}

/* 0 is the host's. */
static int get_unsent_low_water(Socket *socket)
{
        return socket_kept(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT);
}

static int set_unsent_low_water(Socket *socket, int value)
{
        uint32_t host = socket->host->tcp_settings.unsent_low_water;
        socket_keep(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, value);
        socket->settings.unsent_low_water = value == 0 ? host : (uint32_t)value;
        socket_apply_settings(socket);
        return 0;
}

/* ---- Congestion control ---- */

static int get_congestion(Socket *socket, void *value, socklen_t *size)
{
        char name[CONGESTION_NAME_SIZE] = "";
        g_strlcpy(name, cong_ops_name(socket->settings.congestion_control), sizeof name);
        return option_give(value, size, name, sizeof name);
}

static int set_congestion(Socket *socket, const void *value, socklen_t size)
{
        char name[CONGESTION_NAME_SIZE] = "";
        if (size == 0)
                return -EINVAL;
        if (value == NULL)
                return -EFAULT;
        memcpy(name, value, strnlen(value, MIN(size, sizeof name - 1)));
        const struct cong_ops *ops = tcp_congestion_control_find(name);
        if (ops == NULL)
                return -ENOENT;
        socket->settings.congestion_control = ops;
        socket_apply_settings(socket);
        return 0;
}

/* reno and cubic have nothing to say. */
static int give_congestion_info(Socket *socket, void *value, socklen_t *size)
{
        union tcp_congestion_info info;
        const struct connection *connection = socket->connection;
        size_t told = connection != NULL ? tcp_conn_congestion_info(connection->tcp, &info) : 0;
        return option_give(value, size, &info, (socklen_t)told);
}

/* ---- Waiting ---- */

/* 0 is the host's; a negative number is kept as -1: FIN-WAIT-2 ends at once. */
static int get_linger2(Socket *socket)
{
        int seconds = socket_kept(socket, IPPROTO_TCP, TCP_LINGER2);
        return seconds != 0 ? seconds : (int)(socket->settings.fin_wait_2 / SECOND);
}

static int set_linger2(Socket *socket, int value)
{
        int seconds = value < 0 ? -1 : MIN(value, LINGER2_MAX);
        socket_keep(socket, IPPROTO_TCP, TCP_LINGER2, seconds);
        duration_ns host = socket->host->tcp_settings.fin_wait_2;
        socket->settings.fin_wait_2 = seconds == 0 ? host : MAX(seconds, 0) * SECOND;
        socket_apply_settings(socket);
        return 0;
}

/* Seconds are kept as the number of SYN-ACKs that take so long. */
static int get_defer_accept(Socket *socket)
{
        int left = socket_kept(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT);
        int timeout = (int)(socket->settings.initial_rto / SECOND);
        int period = 0;
        for (; left > 0; left--) {
                period += timeout;
                timeout = MIN(timeout * 2, RTO_MAX_MS_MAX / 1000);
        }
        return period;
}

static int set_defer_accept(Socket *socket, int value)
{
        int timeout = (int)(socket->settings.initial_rto / SECOND);
        int retransmissions = value > 0;
        for (int period = timeout; value > period && retransmissions < UINT8_MAX; period += timeout) {
                retransmissions++;
                timeout = MIN(timeout * 2, RTO_MAX_MS_MAX / 1000);
        }
        socket_keep(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, retransmissions);
        socket->settings.defer_accept = (uint32_t)retransmissions;
        socket_apply_settings(socket);
        return 0;
}

/* ---- Fast open. RFC 7413 ---- */

static bool is_closed(const Socket *socket)
{
        return socket->connection == NULL && socket->listener == NULL;
}

static int get_fast_open(Socket *socket)
{
        return (int)socket->settings.fast_open_queue;
}

static int set_fast_open(Socket *socket, int value)
{
        if (value < 0 || socket->connection != NULL)
                return -EINVAL;
        socket->settings.fast_open_queue = (uint32_t)MIN(value, FASTOPEN_QUEUE_MAX);
        socket_apply_settings(socket);
        return 0;
}

static int get_fast_open_connect(Socket *socket)
{
        return socket->settings.fast_open_connect;
}

static int set_fast_open_connect(Socket *socket, int value)
{
        if (!(socket->settings.fast_open_flags & TCP_FAST_OPEN_CLIENT))
                return -EOPNOTSUPP;
        if (!is_closed(socket))
                return -EINVAL;
        socket->settings.fast_open_connect = value != 0;
        return 0;
}

static int get_no_cookie(Socket *socket)
{
        return socket->settings.fast_open_no_cookie;
}

static int set_no_cookie(Socket *socket, int value)
{
        if (socket->connection != NULL)
                return -EINVAL;
        socket->settings.fast_open_no_cookie = value != 0;
        socket_apply_settings(socket);
        return 0;
}

static int give_fast_open_key(Socket *socket, void *value, socklen_t *size)
{
        const struct tcp_settings *settings = &socket->settings;
        return option_give(value, size, settings->fast_open_keys,
                (size_t)settings->fast_open_key_count * TCP_FAST_OPEN_KEY_SIZE);
}

/* One key, or one for new cookies and the one before it. */
static int set_fast_open_key(Socket *socket, const void *value, socklen_t size)
{
        struct tcp_settings *settings = &socket->settings;
        if (size != TCP_FAST_OPEN_KEY_SIZE && size != sizeof settings->fast_open_keys)
                return -EINVAL;
        if (value == NULL)
                return -EFAULT;
        memcpy(settings->fast_open_keys, value, size);
        settings->fast_open_key_count = size / TCP_FAST_OPEN_KEY_SIZE;
        socket_apply_settings(socket);
        return 0;
}

/* ---- Refused or empty ---- */

static int get_nothing(Socket *socket)
{
        (void)socket;
        return 0;
}

static int set_nothing(Socket *socket, int value)
{
        (void)socket;
        (void)value;
        return 0;
}

static int refuse(Socket *socket, int value)
{
        (void)socket;
        (void)value;
        return -EPERM;
}

static int give_nothing(Socket *socket, void *value, socklen_t *size)
{
        (void)socket;
        return option_give(value, size, NULL, 0);
}

static int refuse_to_give(Socket *socket, void *value, socklen_t *size)
{
        (void)socket;
        (void)value;
        (void)size;
        return -EINVAL;
}

/* The name of an upper protocol: there is none. */
static int refuse_upper_protocol(Socket *socket, const void *value, socklen_t size)
{
        (void)socket;
        if (size == 0)
                return -EINVAL;
        return value == NULL ? -EFAULT : -ENOENT;
}

static const struct socket_option options[] = {
        OPTION(TCP_NODELAY, .get = get_no_delay, .set = set_no_delay),
        OPTION(TCP_CORK, .get = get_cork, .set = set_cork),
        OPTION(TCP_QUICKACK, .get = get_quick_ack, .set = set_quick_ack),
        OPTION(TCP_MAXSEG, .get = get_max_segment, .set = set_max_segment),
        OPTION(TCP_WINDOW_CLAMP, .is_kept = true, .set = set_window_clamp),
        OPTION(TCP_CONGESTION, .get_value = get_congestion, .set_value = set_congestion),
        OPTION(TCP_INFO, .get_value = socket_give_info),
        OPTION(TCP_CC_INFO, .get_value = give_congestion_info),
        TCP_FIELD(TCP_KEEPIDLE, OPTION_DURATION, keepalive_idle, SECOND, BETWEEN(1, KEEPALIVE_SECONDS_MAX)),
        TCP_FIELD(TCP_KEEPINTVL, OPTION_DURATION, keepalive_interval, SECOND,
                BETWEEN(1, KEEPALIVE_SECONDS_MAX)),
        TCP_FIELD(TCP_KEEPCNT, OPTION_COUNT, keepalive_count, 0, BETWEEN(1, COUNT_MAX)),
        TCP_FIELD(TCP_USER_TIMEOUT, OPTION_DURATION, user_timeout, MILLISECOND, BETWEEN(0, INT32_MAX)),
        { .text = "TCP_SYNCNT", TCP_SYNCNT, 1, COUNT_MAX, .get = get_syn_count, .set = set_syn_count },
        OPTION(TCP_LINGER2, .get = get_linger2, .set = set_linger2),
        OPTION(TCP_DEFER_ACCEPT, .get = get_defer_accept, .set = set_defer_accept),
        OPTION(TCP_NOTSENT_LOWAT, .get = get_unsent_low_water, .set = set_unsent_low_water),
        KEPT_NUMBER(TCP_INQ, 0, 1, 0),
        KEPT_NUMBER(TCP_SAVE_SYN, 0, 2, 0),
        OPTION(TCP_SAVED_SYN, .get_value = give_nothing),
        TCP_FIELD(TCP_THIN_LINEAR_TIMEOUTS, OPTION_BOOL, thin_linear_timeouts, 0, BETWEEN(0, 1)),
        { .text = "TCP_THIN_DUPACK", TCP_THIN_DUPACK, 0, 1, .get = get_nothing, .set = set_nothing },
        KEPT_NUMBER(TCP_TX_DELAY, 0, INT32_MAX, 0),
        { .text = "TCP_RTO_MAX_MS",
                TCP_RTO_MAX_MS_OPTION,
                RTO_MAX_MS_MIN,
                RTO_MAX_MS_MAX,
                .field = OPTION_DURATION,
                .offset = offsetof(struct tcp_settings, max_rto),
                .unit = MILLISECOND },
        { .text = "TCP_RTO_MIN_US",
                TCP_RTO_MIN_US_OPTION,
                SHORT_TIME_MIN_US,
                SHORT_TIME_MAX_US,
                .field = OPTION_DURATION,
                .offset = offsetof(struct tcp_settings, min_rto),
                .unit = MICROSECOND },
        { .text = "TCP_DELACK_MAX_US",
                TCP_DELACK_MAX_US_OPTION,
                SHORT_TIME_MIN_US,
                SHORT_TIME_MAX_US,
                .is_kept = true,
                .start = SHORT_TIME_MAX_US },
        OPTION(TCP_FASTOPEN, .get = get_fast_open, .set = set_fast_open),
        { .text = "TCP_FASTOPEN_CONNECT",
                TCP_FASTOPEN_CONNECT,
                0,
                1,
                .get = get_fast_open_connect,
                .set = set_fast_open_connect },
        { .text = "TCP_FASTOPEN_NO_COOKIE",
                TCP_FASTOPEN_NO_COOKIE,
                0,
                1,
                .get = get_no_cookie,
                .set = set_no_cookie },
        OPTION(TCP_FASTOPEN_KEY, .get_value = give_fast_open_key, .set_value = set_fast_open_key),
        { .text = "TCP_IS_MPTCP", TCP_IS_MPTCP_OPTION, OPTION_ANY, .get = get_nothing },
        OPTION(TCP_ULP, .get_value = give_nothing, .set_value = refuse_upper_protocol),
        OPTION(TCP_REPAIR, .get = get_nothing, .set = refuse),
        OPTION(TCP_REPAIR_QUEUE, .get_value = refuse_to_give, .set = refuse),
        OPTION(TCP_REPAIR_WINDOW, .get_value = refuse_to_give, .set = refuse),
        OPTION(TCP_TIMESTAMP, .get = get_nothing, .set = refuse),
};

const struct option_table tcp_level_options = {
        .level = IPPROTO_TCP,
        .options = options,
        .count = G_N_ELEMENTS(options),
        .is_for = is_for_streams,
};
