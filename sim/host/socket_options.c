/*
 * Socket options: a table of what can be asked and set. POSIX.1-2017 section 2.10.16, tcp(7), RFC 5482.
 *
 * Differs: SO_RCVBUF and SO_SNDBUF mean the bytes that can be used; Linux doubles what is set, to pay for its
 * own bookkeeping, and answers with the double.
 */
#include <errno.h>
#include <string.h>

#include "host/socket_private.h"

/* As Linux's limits, in the unit of the option. */
#define MSS_MIN               88
#define MSS_MAX               32767
#define MSS_DEFAULT           536
#define KEEPALIVE_SECONDS_MAX 32767
#define KEEPALIVE_COUNT_MAX   127
#define RECEIVE_BUFFER_MIN    1152
#define SEND_BUFFER_MIN       2304

struct socket_option {
        const char *text;
        int level;
        int name;
        const struct socket_ops *only; /* NULL: for every socket */
        /* Numbers; NULL: cannot be asked or set. */
        int (*get)(Socket *socket);
        int (*set)(Socket *socket, int value);
        /* Other values: `*size` is the room, and then what was used of it. */
        int (*get_value)(Socket *socket, void *value, socklen_t *size);
        int (*set_value)(Socket *socket, const void *value, socklen_t size);
};

static bool in_range(int value, int lowest, int highest)
{
        return value >= lowest && value <= highest;
}

static void give(void *value, socklen_t *size, const void *from, size_t from_size)
{
        *size = (socklen_t)MIN(*size, from_size);
        memcpy(value, from, *size);
}

/* ---- SOL_SOCKET ---- */

static int get_reuse_address(Socket *socket)
{
        return socket->reuses_address;
}

static int set_reuse_address(Socket *socket, int value)
{
        socket->reuses_address = value != 0;
        socket->binding.reuses = socket->reuses_address && socket->ops == &socket_stream;
        return 0;
}

static int get_receive_buffer(Socket *socket)
{
        bool is_stream = socket->ops == &socket_stream;
        return (int)(is_stream ? socket->settings.receive_buffer : socket->datagram_buffer);
}

static int set_receive_buffer(Socket *socket, int value)
{
        if (value < 0)
                return -EINVAL;
        socket->datagram_buffer = (uint32_t)MAX(value, RECEIVE_BUFFER_MIN);
        socket->settings.receive_buffer = socket->datagram_buffer;
        socket_apply_settings(socket);
        return 0;
}

static int get_send_buffer(Socket *socket)
{
        return (int)socket->settings.send_buffer;
}

static int set_send_buffer(Socket *socket, int value)
{
        if (value < 0)
                return -EINVAL;
        socket->settings.send_buffer = (uint32_t)MAX(value, SEND_BUFFER_MIN);
        socket_apply_settings(socket);
        return 0;
}

static int get_linger(Socket *socket, void *value, socklen_t *size)
{
        const struct tcp_settings *settings = &socket->settings;
        struct linger linger = { settings->linger, (int)(settings->linger_time / SECOND) };
        give(value, size, &linger, sizeof linger);
        return 0;
}

static int set_linger(Socket *socket, const void *value, socklen_t size)
{
        struct linger linger;
        if (size < sizeof linger)
                return -EINVAL;
        memcpy(&linger, value, sizeof linger);
        socket->settings.linger = linger.l_onoff != 0;
        socket->settings.linger_time = MAX(linger.l_linger, 0) * SECOND;
        socket_apply_settings(socket);
        return 0;
}

static int get_keepalive(Socket *socket)
{
        return socket->settings.keepalive;
}

static int set_keepalive(Socket *socket, int value)
{
        socket->settings.keepalive = value != 0;
        socket_apply_settings(socket);
        return 0;
}

static int get_type(Socket *socket)
{
        return socket->ops->type;
}

static int get_accepts(Socket *socket)
{
        return socket->listener != NULL;
}

/* ---- IPPROTO_TCP ---- */

static int get_no_delay(Socket *socket)
{
        return !socket->settings.nagle;
}

static int set_no_delay(Socket *socket, int value)
{
        socket->settings.nagle = value == 0;
        socket_apply_settings(socket);
        return 0;
}

static int get_max_segment(Socket *socket)
{
        if (socket->connection == NULL)
                return socket->settings.mss != 0 ? (int)socket->settings.mss : MSS_DEFAULT;
        struct tcp_report report;
        tcp_conn_report(socket->connection->tcp, &report);
        return (int)report.send_mss;
}

static int set_max_segment(Socket *socket, int value)
{
        if (!in_range(value, MSS_MIN, MSS_MAX))
                return -EINVAL;
        socket->settings.mss = (uint32_t)value;
        socket_apply_settings(socket);
        return 0;
}

static int get_congestion(Socket *socket, void *value, socklen_t *size)
{
        const char *name = cong_ops_name(socket->settings.congestion_control);
        give(value, size, name, strlen(name) + 1);
        return 0;
}

static int set_congestion(Socket *socket, const void *value, socklen_t size)
{
        if (size == 0)
                return -EINVAL;
        g_autofree char *name = g_strndup(value, size);
        const struct cong_ops *ops = tcp_congestion_control_find(name);
        if (ops == NULL)
                return -ENOENT;
        socket->settings.congestion_control = ops;
        socket_apply_settings(socket);
        return 0;
}

static int get_keepalive_idle(Socket *socket)
{
        return (int)(socket->settings.keepalive_idle / SECOND);
}

static int set_keepalive_idle(Socket *socket, int value)
{
        if (!in_range(value, 1, KEEPALIVE_SECONDS_MAX))
                return -EINVAL;
        socket->settings.keepalive_idle = value * SECOND;
        socket_apply_settings(socket);
        return 0;
}

static int get_keepalive_interval(Socket *socket)
{
        return (int)(socket->settings.keepalive_interval / SECOND);
}

static int set_keepalive_interval(Socket *socket, int value)
{
        if (!in_range(value, 1, KEEPALIVE_SECONDS_MAX))
                return -EINVAL;
        socket->settings.keepalive_interval = value * SECOND;
        socket_apply_settings(socket);
        return 0;
}

static int get_keepalive_count(Socket *socket)
{
        return (int)socket->settings.keepalive_count;
}

static int set_keepalive_count(Socket *socket, int value)
{
        if (!in_range(value, 1, KEEPALIVE_COUNT_MAX))
                return -EINVAL;
        socket->settings.keepalive_count = (uint32_t)value;
        socket_apply_settings(socket);
        return 0;
}

static int get_user_timeout(Socket *socket)
{
        return (int)(socket->settings.user_timeout / MILLISECOND);
}

static int set_user_timeout(Socket *socket, int value)
{
        if (value < 0)
                return -EINVAL;
        socket->settings.user_timeout = value * MILLISECOND;
        socket_apply_settings(socket);
        return 0;
}

/* ---- TCP_INFO ---- */

/* Linux counts the states in an order of its own. */
static const uint8_t linux_states[] = {
        [TCP_STATE_CLOSED] = TCP_CLOSE,
        [TCP_STATE_LISTEN] = TCP_LISTEN,
        [TCP_STATE_SYN_SENT] = TCP_SYN_SENT,
        [TCP_STATE_SYN_RECEIVED] = TCP_SYN_RECV,
        [TCP_STATE_ESTABLISHED] = TCP_ESTABLISHED,
        [TCP_STATE_FIN_WAIT_1] = TCP_FIN_WAIT1,
        [TCP_STATE_FIN_WAIT_2] = TCP_FIN_WAIT2,
        [TCP_STATE_CLOSE_WAIT] = TCP_CLOSE_WAIT,
        [TCP_STATE_CLOSING] = TCP_CLOSING,
        [TCP_STATE_LAST_ACK] = TCP_LAST_ACK,
        [TCP_STATE_TIME_WAIT] = TCP_TIME_WAIT,
};

static uint8_t congestion_state(const struct tcp_report *report)
{
        if (report->after_timeout)
                return TCP_CA_Loss;
        return report->in_recovery ? TCP_CA_Recovery : TCP_CA_Open;
}

static uint8_t agreed_options(const struct tcp_report *report)
{
        bool scales = report->send_scale != 0 || report->receive_scale != 0;
        return (uint8_t)((report->timestamps_agreed ? TCPI_OPT_TIMESTAMPS : 0) |
                         (report->sack_agreed ? TCPI_OPT_SACK : 0) | (scales ? TCPI_OPT_WSCALE : 0));
}

static uint32_t microseconds(duration_ns duration)
{
        return (uint32_t)(duration / MICROSECOND);
}

static struct tcp_info info_of(const struct tcp_report *report)
{
        return (struct tcp_info){
                .tcpi_state = linux_states[report->state],
                .tcpi_ca_state = congestion_state(report),
                .tcpi_backoff = (uint8_t)MIN(report->backoffs, UINT8_MAX),
                .tcpi_retransmits = (uint8_t)MIN(report->backoffs, UINT8_MAX),
                .tcpi_options = agreed_options(report),
                .tcpi_snd_wscale = report->send_scale & 0xf,
                .tcpi_rcv_wscale = report->receive_scale & 0xf,
                .tcpi_rto = microseconds(report->rto),
                .tcpi_snd_mss = report->send_mss,
                .tcpi_rcv_mss = report->receive_mss,
                .tcpi_unacked = report->unacknowledged_segments,
                .tcpi_sacked = report->sacked_segments,
                .tcpi_lost = report->lost_segments,
                .tcpi_retrans = report->retransmitted_segments,
                .tcpi_pmtu = report->path_mtu,
                .tcpi_rtt = microseconds(report->srtt),
                .tcpi_rttvar = microseconds(report->rttvar),
                .tcpi_snd_ssthresh = MIN(report->ssthresh_segments, INT32_MAX),
                .tcpi_snd_cwnd = report->cwnd_segments,
                .tcpi_advmss = report->receive_mss,
                .tcpi_rcv_space = report->receive_window,
                .tcpi_total_retrans = (uint32_t)report->counts.retransmitted_segments,
        };
}

static int get_info(Socket *socket, void *value, socklen_t *size)
{
        struct tcp_report report = {
                .state = socket->listener != NULL ? TCP_STATE_LISTEN : TCP_STATE_CLOSED,
                .ssthresh_segments = UINT32_MAX,
        };
        if (socket->connection != NULL)
                tcp_conn_report(socket->connection->tcp, &report);
        struct tcp_info info = info_of(&report);
        give(value, size, &info, sizeof info);
        return 0;
}

/* ---- The table ---- */

#define FOR_ALL(option, ...)                                                                                 \
        {                                                                                                    \
                .text = #option, .level = SOL_SOCKET, .name = option, __VA_ARGS__                            \
        }
#define FOR_STREAMS(option, ...)                                                                             \
        {                                                                                                    \
                .text = #option, .level = IPPROTO_TCP, .name = option, .only = &socket_stream, __VA_ARGS__   \
        }

static const struct socket_option options[] = {
        FOR_ALL(SO_REUSEADDR, .get = get_reuse_address, .set = set_reuse_address),
        FOR_ALL(SO_RCVBUF, .get = get_receive_buffer, .set = set_receive_buffer),
        FOR_ALL(SO_SNDBUF, .get = get_send_buffer, .set = set_send_buffer),
        FOR_ALL(SO_LINGER, .get_value = get_linger, .set_value = set_linger),
        FOR_ALL(SO_KEEPALIVE, .get = get_keepalive, .set = set_keepalive),
        FOR_ALL(SO_ERROR, .get = socket_take_error),
        FOR_ALL(SO_TYPE, .get = get_type),
        FOR_ALL(SO_ACCEPTCONN, .get = get_accepts),
        FOR_STREAMS(TCP_NODELAY, .get = get_no_delay, .set = set_no_delay),
        FOR_STREAMS(TCP_MAXSEG, .get = get_max_segment, .set = set_max_segment),
        FOR_STREAMS(TCP_KEEPIDLE, .get = get_keepalive_idle, .set = set_keepalive_idle),
        FOR_STREAMS(TCP_KEEPINTVL, .get = get_keepalive_interval, .set = set_keepalive_interval),
        FOR_STREAMS(TCP_KEEPCNT, .get = get_keepalive_count, .set = set_keepalive_count),
        FOR_STREAMS(TCP_USER_TIMEOUT, .get = get_user_timeout, .set = set_user_timeout),
        FOR_STREAMS(TCP_CONGESTION, .get_value = get_congestion, .set_value = set_congestion),
        FOR_STREAMS(TCP_INFO, .get_value = get_info),
};

static const struct socket_option *find_option(int level, int name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
                if (options[i].level == level && options[i].name == name)
                        return &options[i];
        }
        return NULL;
}

static bool is_known_to(const struct socket_option *option, const Socket *socket)
{
        return option != NULL && (option->only == NULL || option->only == socket->ops);
}

int socket_get_option(Socket *socket, int level, int name, void *value, socklen_t *size)
{
        const struct socket_option *option = find_option(level, name);
        if (!is_known_to(option, socket))
                return -ENOPROTOOPT;
        if (option->get_value != NULL)
                return option->get_value(socket, value, size);
        int number = option->get(socket);
        give(value, size, &number, sizeof number);
        return 0;
}

int socket_set_option(Socket *socket, int level, int name, const void *value, socklen_t size)
{
        const struct socket_option *option = find_option(level, name);
        if (!is_known_to(option, socket))
                return -ENOPROTOOPT;
        if (option->set_value != NULL)
                return option->set_value(socket, value, size);
        if (option->set == NULL)
                return -ENOPROTOOPT;
        int number;
        if (size < sizeof number)
                return -EINVAL;
        memcpy(&number, value, sizeof number);
        return option->set(socket, number);
}

const char *socket_option_name(int level, int name)
{
        const struct socket_option *option = find_option(level, name);
        return option != NULL ? option->text : "unknown";
}
