/*
 * TCP_INFO from what TCP reports. Linux's tcp_get_info().
 */
#include "host/socket_info.h"

#include "host/socket_option.h"

#define SSTHRESH_NOT_SET 0x7fffffff
#define REORDERING_START 3 /* net.ipv4.tcp_reordering */

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
        [TCP_STATE_TIME_WAIT] = TCP_CLOSE, /* the socket has no part in it any more */
};

static uint8_t agreed_options(const struct tcp_report *report)
{
        return (uint8_t)((report->timestamps_agreed ? TCP_INFO_TIMESTAMPS : 0) |
                         (report->sack_agreed ? TCP_INFO_SACK : 0) |
                         (report->scaling_agreed ? TCP_INFO_WSCALE : 0) |
                         (report->ecn_agreed ? TCP_INFO_ECN : 0) |
                         (report->ecn_seen ? TCP_INFO_ECN_SEEN : 0) |
                         (report->syn_text_taken ? TCP_INFO_SYN_DATA : 0) |
                         (report->is_fast_open_child ? TCP_INFO_TFO_CHILD : 0));
}

static uint32_t microseconds(duration_ns duration)
{
        return (uint32_t)(duration / MICROSECOND);
}

static void fill_state(struct tcp_conn_info *info, const struct tcp_report *report)
{
        info->state = linux_states[report->state];
        info->ca_state = (uint8_t)report->congestion_state; /* the same numbers */
        info->backoff = (uint8_t)MIN(report->backoffs, UINT8_MAX);
        info->retransmits = (uint8_t)MIN(report->timeouts_in_a_row, UINT8_MAX);
        info->probes = (uint8_t)MIN(report->probes, UINT8_MAX);
        info->options = agreed_options(report);
        info->snd_wscale = report->send_scale & 0xf;
        info->rcv_wscale = report->receive_scale & 0xf;
        info->snd_mss = report->send_mss;
        info->rcv_mss = report->peer_mss_estimate;
        info->advmss = report->advised_mss;
        info->ato = microseconds(report->ack_patience);
        info->rcv_rtt = microseconds(report->receive_rtt);
        info->pmtu = report->path_mtu;
}

static void fill_delivery_rate(struct tcp_conn_info *info, const struct tcp_report *report)
{
        if (report->delivery_rate_interval <= 0)
                return;
        info->delivery_rate = (uint64_t)report->delivery_rate_segments * report->send_mss * (uint64_t)SECOND /
                              (uint64_t)report->delivery_rate_interval;
        info->delivery_rate_app_limited = report->delivery_rate_is_app_limited;
}

static void fill_sending(struct tcp_conn_info *info, const struct tcp_report *report)
{
        info->rto = microseconds(report->rto);
        info->rtt = microseconds(report->srtt);
        info->rttvar = microseconds(report->rttvar);
        info->min_rtt = report->min_rtt == TIME_NEVER ? UINT32_MAX : microseconds(report->min_rtt);
        info->unacked = report->unacknowledged_segments;
        info->sacked = report->sacked_segments;
        info->lost = report->lost_segments;
        info->retrans = report->retransmitted_segments;
        info->snd_ssthresh = MIN(report->ssthresh_segments, SSTHRESH_NOT_SET);
        info->snd_cwnd = report->cwnd_segments;
        info->reordering = report->reordering;
        info->reord_seen = report->reordering_seen;
        info->snd_wnd = report->send_window;
        info->delivered = report->delivered_segments;
        info->delivered_ce = report->delivered_ce_segments;
        info->dsack_dups = report->duplicates_reported;
        info->pacing_rate = report->pacing_rate;
        info->fastopen_client_fail = report->fast_open_failure & 3;
        fill_delivery_rate(info, report);
}

static void fill_receiving(struct tcp_conn_info *info, const struct tcp_report *report)
{
        info->rcv_space = report->receive_space;
        info->rcv_ssthresh = report->receive_threshold;
        info->rcv_wnd = report->receive_window;
}

static void fill_counts(struct tcp_conn_info *info, const struct tcp_counts *counts)
{
        info->total_retrans = (uint32_t)counts->retransmitted_segments;
        info->bytes_acked = counts->bytes_acknowledged;
        info->bytes_received = counts->bytes_received;
        info->bytes_sent = counts->bytes_sent;
        info->bytes_retrans = counts->bytes_retransmitted;
        info->segs_in = (uint32_t)counts->segments_received;
        info->data_segs_in = (uint32_t)counts->data_segments_received;
        info->data_segs_out = (uint32_t)counts->data_segments_sent;
        info->rcv_ooopack = (uint32_t)counts->held_arrivals;
        info->total_rto = (uint16_t)MIN(counts->timeouts, UINT16_MAX);
        info->rehash = (uint32_t)counts->timeouts; /* each tries another path */
        info->total_rto_recoveries = (uint16_t)MIN(counts->timeout_recoveries, UINT16_MAX);
        info->total_rto_time = (uint32_t)(counts->timeout_time / MILLISECOND);
}

static uint32_t milliseconds(duration_ns duration)
{
        return (uint32_t)(duration / MILLISECOND);
}

static void fill_times(struct tcp_conn_info *info, const struct tcp_times *times)
{
        info->busy_time = (uint64_t)(times->busy / MICROSECOND);
        info->rwnd_limited = (uint64_t)(times->limited_by_receive_window / MICROSECOND);
        info->sndbuf_limited = (uint64_t)(times->limited_by_send_buffer / MICROSECOND);
        info->last_data_sent = milliseconds(times->since_data_sent);
        info->total_rto_time += milliseconds(times->since_timeout);
        info->last_ack_recv = milliseconds(times->since_heard);
        info->last_data_recv = milliseconds(times->since_text);
}

static void fill_connection(struct tcp_conn_info *info, const TcpConn *tcp, time_ns now)
{
        struct tcp_times times;
        struct tcp_report report;
        tcp_conn_report(tcp, &report);
        fill_state(info, &report);
        fill_sending(info, &report);
        fill_receiving(info, &report);
        fill_counts(info, &report.counts);
        info->bytes_acked += report.controls_sent;
        info->bytes_received += report.controls_received;
        info->segs_out = (uint32_t)report.segments_out;
        tcp_conn_times(tcp, now, &times);
        fill_times(info, &times);
        info->notsent_bytes = tcp_conn_outstanding_unsent(tcp);
}

static void fill_listener(struct tcp_conn_info *info, const Socket *socket)
{
        info->state = TCP_LISTEN;
        info->unacked = tcp_listener_ready_count(socket->listener);
        info->sacked = tcp_listener_backlog(socket->listener);
        info->snd_cwnd = socket->settings.initial_window;
        info->reordering = REORDERING_START;
}

/* A socket that has never been connected has the figures a connection starts with; one that waits for its
 * first text (TCP_FASTOPEN_CONNECT) says that it calls. */
static void fill_closed(struct tcp_conn_info *info, const Socket *socket)
{
        info->state = socket->is_deferred ? TCP_SYN_SENT : TCP_CLOSE;
        info->rto = microseconds(socket->settings.initial_rto);
        info->snd_mss = TCP_MSS_DEFAULT;
        info->snd_cwnd = socket->settings.initial_window;
        info->snd_ssthresh = SSTHRESH_NOT_SET;
        info->reordering = REORDERING_START;
        info->min_rtt = UINT32_MAX;
}

int socket_give_info(Socket *socket, void *value, socklen_t *size)
{
        struct tcp_conn_info info = { .pacing_rate = UINT64_MAX, .max_pacing_rate = socket->max_pacing_rate };
        if (socket->connection != NULL)
                fill_connection(&info, socket->connection->tcp, host_now(socket->host));
        else if (socket->listener != NULL)
                fill_listener(&info, socket);
        else
                fill_closed(&info, socket);
        return option_give(value, size, &info, sizeof info);
}
