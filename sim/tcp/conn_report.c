/*
 * A look inside a connection: the figures of TCP_INFO, as Linux counts them (tcp_get_info).
 */
#include "tcp/conn_private.h"

#include "tcp/ecn.h"
#include "tcp/sender.h"
#include "tcp/sender_facts.h"

static uint32_t controls_acknowledged(const TcpConn *conn)
{
        uint32_t syn = !conn->is_passive && seq_after(conn->snd.una, conn->snd.iss);
        return syn + sender_fin_is_acknowledged(conn);
}

/* Before a connection is open the loss of its SYN leaves a window of one. */
static uint32_t window_of_syn(const TcpConn *conn)
{
        return conn->syn_timeouts > 0 ? 1 : conn->settings.initial_window;
}

/* What the congestion control makes of the first window when the SYN is lost. */
static uint32_t threshold_of_syn(const TcpConn *conn)
{
        struct cong cong;
        struct cong_facts facts = sender_facts(conn, conn->syn_sent_at);
        const struct tcp_settings *settings = &conn->settings;
        cong_init(&cong, settings->congestion_control, settings->initial_window, settings->hystart, &facts);
        return cong.ops->ssthresh(&cong, &facts);
}

/* The SYN is a segment under way. */
static void report_syn(const TcpConn *conn, struct tcp_report *report)
{
        report->unacknowledged_segments = 1 + (conn->fast_open.syn_text > 0);
        report->timeouts_in_a_row = conn->syn_timeouts;
        if (conn->syn_timeouts == 0)
                return;
        report->congestion_state = TCP_CONGESTION_LOSS;
        report->lost_segments = report->unacknowledged_segments;
        report->retransmitted_segments = 1;
        report->ssthresh_segments = threshold_of_syn(conn);
}

/* Until the peer's SYN comes nothing is agreed, and segments are believed to be small (tcp_connect_init). */
static void report_offer(const TcpConn *conn, struct tcp_report *report)
{
        report->sack_agreed = report->timestamps_agreed = report->scaling_agreed = false;
        report->ecn_agreed = ecn_asks(conn);
        report->receive_scale = 0;
        report->send_mss = path_mtu_mss_before_syn(conn);
        report->peer_mss_estimate = HANDSHAKE_ESTIMATE_MIN;
}

/* The last ACK of the handshake is what counts the SYN-ACK as delivered, and takes the timestamps' size off.
 */
static void report_fast_open_child(const TcpConn *conn, struct tcp_report *report)
{
        report->delivered_segments--;
        report->advised_mss += conn_timestamps_size(conn);
}

/* What we receive, and offer. */
static void report_receiver(const TcpConn *conn, struct tcp_report *report)
{
        report->receive_scale = conn->rcv.scale;
        report->receive_mss = conn->rcv.mss;
        report->receive_window = conn->rcv.wnd;
        report->receive_threshold = conn->rcv.threshold;
        report->receive_space = conn->rcv.sizing.space;
        report->receive_rtt = conn->rcv.sizing.rtt_x8 / 8;
        report->peer_mss_estimate = conn->rcv.peer_mss_estimate;
        report->advised_mss = conn->rcv.advised_mss;
        report->ack_patience = conn->ack.patience;
        report->controls_received = conn->fin_received;
}

void tcp_conn_report(const TcpConn *conn, struct tcp_report *report)
{
        *report = (struct tcp_report){
                .state = conn->state,
                .congestion_state = conn->recovery.state,
                .sack_agreed = conn->sack_agreed,
                .scaling_agreed = conn->window_scaling_agreed,
                .timestamps_agreed = conn->timestamps_agreed,
                .send_scale = conn->snd.scale,
                .send_mss = conn->snd.mss,
                .cwnd_segments = conn->cong.cwnd > 0 ? conn->cong.cwnd : window_of_syn(conn),
                .ssthresh_segments = conn->cong.cwnd == 0 || conn->cong.ssthresh >= CONG_SSTHRESH_NOT_SET
                                             ? UINT32_MAX
                                             : conn->cong.ssthresh,
                .unacknowledged_segments = conn->scoreboard.count + conn->syn_is_doubtful,
                .sacked_segments = scoreboard_sacked_out(&conn->scoreboard),
                .lost_segments = conn->scoreboard.lost,
                .retransmitted_segments = conn->scoreboard.retransmitted,
                .backoffs = conn->rtt.backoffs,
                .rto = rtt_rto(&conn->rtt),
                .srtt = rtt_smoothed(&conn->rtt),
                .rttvar = rtt_variation(&conn->rtt),
                .min_rtt = rtt_minimum(&conn->rtt),
                .timeouts_in_a_row = conn->recovery.timeouts,
                .probes = conn->probes,
                .reordering = conn->recovery.reordering,
                .reordering_seen = conn->recovery.reordering_seen,
                .duplicates_reported = conn->duplicates_reported,
                .delivered_segments = conn->delivery.delivered,
                .delivered_ce_segments = conn->delivery.delivered_ce,
                .pacing_rate = conn->pacing_rate,
                .delivery_rate_segments = conn->delivery.rate_delivered,
                .delivery_rate_interval = conn->delivery.rate_interval,
                .delivery_rate_is_app_limited = conn->delivery.rate_app_limited,
                .ecn_agreed = conn->ecn.is_agreed,
                .ecn_seen = conn->ecn.has_seen_ect,
                .syn_text_taken = conn->fast_open.is_syn_text_taken,
                .fast_open_failure = conn->fast_open.failure,
                .is_fast_open_child = conn->fast_open.is_child,
                .send_window = conn->snd.wnd,
                .controls_sent = controls_acknowledged(conn),
                .segments_out = conn->counts.segments_sent - conn->half_open_sendings,
                .path_mtu = conn->path_mtu,
                .route_mtu = conn->route_mtu,
                .counts = conn->counts,
        };
        report_receiver(conn, report);
        bool is_crossed = conn->state == TCP_STATE_SYN_RECEIVED && !conn->is_passive;
        if (conn->state == TCP_STATE_SYN_SENT || is_crossed)
                report_syn(conn, report);
        if (conn->snd.mss == 0)
                report_offer(conn, report);
        if (conn->fast_open.is_pending)
                report_fast_open_child(conn, report);
}

size_t tcp_conn_congestion_info(const TcpConn *conn, union tcp_congestion_info *info)
{
        const struct cong *cong = &conn->cong;
        *info = (union tcp_congestion_info){ 0 };
        if (!conn_is_synchronized(conn) || cong->ops->describe == NULL)
                return 0;
        struct cong_facts facts = sender_facts(conn, conn->last_heard_at);
        return cong->ops->describe(cong, &facts, info);
}
