/*
 * The three-way handshake and what it settles: initial numbers, segment sizes, window scales, timestamps,
 * SACK. RFC 9293 section 3.5 and 3.10.7.3, RFC 7323, RFC 2018; SYNs sent again, RFC 6298.
 */
#include "tcp/conn_private.h"

#include <errno.h>

#include "tcp/ecn.h"
#include "tcp/fast_open.h"
#include "tcp/loss.h"
#include "tcp/rack.h"
#include "tcp/sender.h"
#include "tcp/sender_timer.h"
#include "tcp/urgent.h"

#define SCALE_MAX 14

/* What a segment of the peer's is thought to carry, before one has come: TCP_MSS_DEFAULT. */
#define FIRST_ESTIMATE_MAX 536

/* The SYN is sent again so soon when an old connection's answer has come (TCP_TIMEOUT_MIN). */
#define RETRY_AFTER_RESET (2 * MILLISECOND)

/* An ACK that goes with the data which are about to follow (TCP_DELACK_MAX). */
#define PATIENCE_FOR_DATA (200 * MILLISECOND)

void handshake_offer(TcpConn *conn)
{
        conn->sack_agreed = conn->settings.sack;
        conn->timestamps_agreed = conn->settings.timestamps;
        conn->window_scaling_agreed = conn->settings.window_scaling;
}

static void begin(TcpConn *conn, const struct four_tuple *tuple, time_ns now)
{
        conn->was_opened = true;
        conn->tuple = *tuple;
        conn->snd.iss = tcp_host_initial_seq(conn->host, tuple, now);
        conn->snd.una = conn->snd.iss;
        conn->snd.nxt = seq_add(conn->snd.iss, 1);
        conn->snd.resent_end = conn->snd.nxt;
        conn->timestamp_offset = tcp_host_timestamp_offset(conn->host, tuple);
        conn->rcv.mss = conn->rcv.advised_mss = path_mtu_own_mss(conn);
        handshake_offer(conn);
        conn->ack.last_received_at = now;
        conn->syn_wanted = true;
}

void handshake_open(TcpConn *conn, const struct four_tuple *tuple, time_ns now)
{
        begin(conn, tuple, now);
        receive_window_begin(conn, conn->rcv.mss);
}

/* What both offered is agreed; until its SYN has come, what we offer counts. */
static void agree_on_options(TcpConn *conn, const struct tcp_options *options, time_ns now)
{
        conn->sack_agreed &= options->sack_permitted;
        conn->timestamps_agreed &= options->has_timestamps;
        conn->window_scaling_agreed &= options->has_window_scale;
        if (conn->window_scaling_agreed)
                conn->snd.scale = MIN(options->window_scale, SCALE_MAX);
        if (conn->timestamps_agreed) {
                conn->rcv.advised_mss = conn->rcv.mss - conn_timestamps_size(conn);
                conn->ts_recent = options->timestamp_value;
                conn->ts_recent_at = now;
        }
}

/* "RCV.NXT is set to SEG.SEQ+1, IRS is set to SEG.SEQ." The window of a SYN is never scaled. */
static void take_syn(TcpConn *conn, const struct tcp_segment *syn, time_ns now)
{
        conn->knows_irs = true;
        conn->rcv.irs = syn->seq;
        ecn_on_syn(conn, syn);
        conn->rcv.nxt = seq_add(syn->seq, 1);
        conn->rcv.acked = conn->rcv.nxt;
        conn->last_heard_at = now;
        agree_on_options(conn, &syn->options, now);
        conn->snd.wnd = conn->snd.wnd_max = syn->window;
        conn->snd.peer_mss = path_mtu_peer_mss(conn, &syn->options);
        conn->snd.mss = path_mtu_effective_mss(conn);
        conn->snd.wl1 = syn->seq;
        conn->snd.wl2 = syn->ack;
}

void handshake_learn_syn(
        TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *syn, time_ns now)
{
        conn->is_passive = true;
        begin(conn, tuple, now);
        take_syn(conn, syn, now);
        receive_window_begin(conn, conn->rcv.advised_mss);
        if (!conn->window_scaling_agreed)
                receive_window_forgo_scale(conn);
        conn->state = TCP_STATE_SYN_RECEIVED;
}

void handshake_accept_syn(
        TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *syn, time_ns now)
{
        handshake_learn_syn(conn, tuple, syn, now);
        conn->state = TCP_STATE_LISTEN;
        conn_set_state(conn, TCP_STATE_SYN_RECEIVED);
}

duration_ns handshake_round_trip(const TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (conn->syn_sendings > 0 && conn->syn_repeats == 0)
                return now - conn->syn_sent_at;
        if (!conn->timestamps_agreed || !segment->options.has_timestamps)
                return -1;
        int32_t ticks = (int32_t)(conn_timestamp(conn, now) - segment->options.timestamp_echo);
        return ticks < 0 ? -1 : MAX(ticks, 1) * MILLISECOND;
}

void handshake_start_keepalive(TcpConn *conn, time_ns now)
{
        if (conn->settings.keepalive)
                conn_set_deadline(conn, TCP_DEADLINE_KEEPALIVE, now + conn->settings.keepalive_idle);
}

/* tcp_initialize_rcv_mss */
void handshake_estimate_peer_mss(TcpConn *conn)
{
        uint32_t mss = MIN(conn->rcv.advised_mss, conn->snd.mss);
        mss = MIN(MIN(mss, conn->rcv.wnd / 2), FIRST_ESTIMATE_MAX);
        conn->rcv.peer_mss_estimate = MAX(mss, HANDSHAKE_ESTIMATE_MIN);
}

/* The SYN goes on being sent until an ACK of it comes, or of what follows it. */
static void begin_doubt(TcpConn *conn, time_ns deadline)
{
        conn->syn_is_doubtful = true;
        sender_timer_set(conn, TCP_DEADLINE_RETRANSMIT, deadline);
}

void handshake_clear_doubt(TcpConn *conn, struct seqnum ack)
{
        if (!conn->syn_is_doubtful || !seq_after(ack, conn->snd.iss))
                return;
        conn->syn_is_doubtful = conn->syn_wanted = false;
        if (conn->scoreboard.count == 0 && sender_timer_is_running(conn, TCP_DEADLINE_RETRANSMIT))
                sender_timer_stop(conn);
}

/* Our SYN is acknowledged; Linux, after two that crossed, is content with less. */
static void establish(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_acknowledged = seq_after(segment->ack, conn->snd.iss);
        time_ns deadline = conn->deadlines[TCP_DEADLINE_RETRANSMIT];
        conn->snd.una = conn->snd.nxt = seq_add(conn->snd.iss, 1);
        conn->syn_wanted = false;
        conn->half_open_sendings = conn->is_passive ? (uint32_t)conn->counts.segments_sent : 0;
        conn->ack.last_received_at = now;
        conn_set_state(conn, TCP_STATE_ESTABLISHED);
        handshake_estimate_peer_mss(conn);
        receive_window_establish(conn, now);
        sender_start(conn, is_acknowledged ? handshake_round_trip(conn, segment, now) : -1, now);
        if (!is_acknowledged)
                begin_doubt(conn, deadline);
        else if (!conn->is_passive && conn->sack_agreed && conn->syn_repeats == 0)
                rack_begin_with_syn(conn, now - conn->syn_sent_at, now);
        /* Without SACK the ACK of all that was out when a timer fired does not end what began then (RFC 6582
           section 5; tcp_is_non_sack_preventing_reopen). */
        if (!conn->is_passive && conn->syn_timeouts > 0 && !conn->sack_agreed)
                conn->recovery.state = TCP_CONGESTION_LOSS;
        fast_open_settle(conn, segment->ack, now);
        handshake_start_keepalive(conn, now);
        if (conn->is_passive)
                tcp_host_count(conn->host, TCP_COUNTER_PASSIVE_OPENS);
        if (conn->listener != NULL)
                listener_on_child_established(conn->listener, conn);
}

/* "SND.WND <- SEG.WND, SND.WL1 <- SEG.SEQ, SND.WL2 <- SEG.ACK". What the listener's SYN offered no longer
 * counts: it was not scaled. */
void handshake_complete(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_syn = segment->flags & TCP_FLAG_SYN;
        conn->snd.wnd = (uint32_t)segment->window << (is_syn ? 0 : conn->snd.scale);
        conn->snd.wnd_max = conn->is_passive ? conn->snd.wnd : MAX(conn->snd.wnd_max, conn->snd.wnd);
        conn->snd.mss = path_mtu_effective_mss(conn);
        conn->snd.wl1 = segment->seq;
        conn->snd.wl2 = segment->ack;
        establish(conn, segment, now);
        if (conn->fin_queued)
                conn_set_state(conn, TCP_STATE_FIN_WAIT_1);
}

/* ---- SYN-SENT ---- */

/* RFC 9293 section 3.10.7.3, first: "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset (unless the RST bit
 * is set...)". As Linux, a stamp that was never sent is as bad. */
static bool has_bad_ack(const TcpConn *conn, const struct tcp_segment *segment)
{
        return (segment->flags & TCP_FLAG_ACK) && !handshake_accepts_ack(conn, segment->ack);
}

bool handshake_has_bad_echo(const TcpConn *conn, const struct tcp_segment *segment, uint32_t last)
{
        uint32_t echo = segment->options.timestamp_echo;
        if (!conn->timestamps_agreed || !segment->options.has_timestamps || echo == 0)
                return false;
        return echo - conn->syn_stamp_first > last - conn->syn_stamp_first;
}

static bool has_bad_echo(const TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        return (segment->flags & TCP_FLAG_ACK) &&
               handshake_has_bad_echo(conn, segment, conn_timestamp(conn, now));
}

static void answer_impossible(TcpConn *conn, const struct tcp_segment *segment)
{
        receive_note_refused(conn, segment, TCP_REFUSED_BAD_ACK);
        if (!(segment->flags & TCP_FLAG_RST))
                closing_want_reset(conn, segment->ack);
}

/* "If the ACK was acceptable, then signal to the user 'error: connection reset'": POSIX's ECONNREFUSED. */
static void on_reset(TcpConn *conn, const struct tcp_segment *segment)
{
        if (segment->flags & TCP_FLAG_ACK)
                conn_fail(conn, ECONNREFUSED);
        else
                receive_note_refused(conn, segment, TCP_REFUSED_RESET);
}

/* Whose data are about to follow sends no ACK before them; nor does who answers anyway (TCP_QUICKACK off). */
static void acknowledge_syn_ack(TcpConn *conn, time_ns now)
{
        bool has_data =
                send_queue_size(&conn->send_queue) > 0 || conn->fin_queued || conn->fast_open.is_text_waiting;
        if (!has_data && !ack_in_pingpong(conn) && conn->settings.defer_accept == 0) {
                conn_want_ack(conn, TCP_SEND_ACK);
                return;
        }
        ack_schedule(conn, TCP_SEND_ACK);
        ack_hurry(conn);
        conn->ack.timer_is_running = true;
        conn_set_deadline(conn, TCP_DEADLINE_DELAYED_ACK, now + PATIENCE_FOR_DATA);
}

/* Differs: "if there are other controls or text in the segment, then continue processing"; as Linux, they are
 * not looked at, but for an urgent pointer: their sender sends them again. */
static void on_syn_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        take_syn(conn, segment, now);
        if (!conn->window_scaling_agreed)
                receive_window_forgo_scale(conn);
        establish(conn, segment, now);
        if (!fast_open_on_syn_ack(conn, segment, now))
                acknowledge_syn_ack(conn, now);
        urgent_on_segment(conn, segment);
}

/* Both have called at once. Text and FIN of this SYN are not acknowledged: its sender sends them again.
 * Differs from RFC 7323 section 2.2: as Linux, the scale that we offered is used though the peer offered
 * none.
 */
static void on_crossing_syn(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        take_syn(conn, segment, now);
        handshake_estimate_peer_mss(conn);
        conn->syn_wanted = true;
        conn->syn_is_answer = true;
        conn_set_state(conn, TCP_STATE_SYN_RECEIVED);
}

void handshake_on_syn_sent_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (has_bad_ack(conn, segment)) {
                answer_impossible(conn, segment);
                if (conn->syn_timeouts == 0)
                        conn_set_deadline(conn, TCP_DEADLINE_RETRANSMIT, now + RETRY_AFTER_RESET);
        } else if (has_bad_echo(conn, segment, now)) {
                tcp_host_count(conn->host, TCP_COUNTER_PAWS_ACTIVE);
                answer_impossible(conn, segment);
        } else if (segment->flags & TCP_FLAG_RST) {
                on_reset(conn, segment);
        } else if (!(segment->flags & TCP_FLAG_SYN)) {
                receive_note_refused(conn, segment, TCP_REFUSED_STATE);
        } else if (segment->flags & TCP_FLAG_ACK) {
                on_syn_ack(conn, segment, now);
        } else {
                on_crossing_syn(conn, segment, now);
        }
}

/* ---- SYNs sent ---- */

static void note_stamp(TcpConn *conn, time_ns now)
{
        conn->syn_stamp_last = conn_timestamp(conn, now);
        if (conn->syn_sendings == 1)
                conn->syn_stamp_first = conn->syn_stamp_last;
}

static void count_again(TcpConn *conn)
{
        conn->syn_repeats++;
        conn->counts.retransmitted_segments++;
        tcp_host_count(conn->host, TCP_COUNTER_RETRANSMITTED);
        tcp_host_count(conn->host, TCP_COUNTER_SYN_RETRANSMITS);
}

void handshake_on_syn_sent(TcpConn *conn, time_ns now)
{
        bool is_answer_to_crossing = conn->syn_is_answer;
        conn->syn_wanted = false;
        conn->syn_is_answer = false;
        conn->fast_open.has_option = false;
        if (conn->syn_sendings++ == 0 || is_answer_to_crossing)
                conn->syn_sent_at = now;
        else
                count_again(conn);
        note_stamp(conn, now);
        if (conn->is_passive) {
                if (conn->syn_sendings == 1)
                        half_open_start_timer(conn, now);
                return;
        }
        /* The timer of the SYN that was crossed runs on; unless that was never sent, or has fired since. */
        bool is_timed = is_answer_to_crossing && conn->deadlines[TCP_DEADLINE_RETRANSMIT] != TIME_NEVER;
        if (!is_timed)
                conn_set_deadline(conn, TCP_DEADLINE_RETRANSMIT, now + rtt_rto(&conn->rtt));
}

/* So many timeouts in a row do not double the RTO (tcp_syn_linear_timeouts); they come on top of the
 * retries. */
static uint32_t linear_timeouts(const TcpConn *conn)
{
        return conn->state == TCP_STATE_SYN_SENT ? conn->settings.syn_linear_timeouts : 0;
}

/* As Linux (tcp_write_timeout): too many, or for as long as the retries would take if each doubled the RTO;
 * with few retries that is less than the linear timeouts take. The user timeout has a deadline of its own. */
static bool is_given_up(const TcpConn *conn, time_ns now)
{
        const struct tcp_settings *settings = &conn->settings;
        if (conn->syn_timeouts >= settings->syn_retries + linear_timeouts(conn))
                return true;
        if (settings->user_timeout > 0 || conn->syn_timeouts == 0)
                return false;
        return now - conn->syn_sent_at >=
               sender_timer_of_retries(conn, settings->syn_retries, settings->initial_rto);
}

void handshake_on_retransmit_deadline(TcpConn *conn, time_ns now)
{
        if (conn->is_passive) {
                half_open_on_deadline(conn, now);
                return;
        }
        conn_note_deadline(conn, TCP_DEADLINE_RETRANSMIT);
        tcp_host_count(conn->host, TCP_COUNTER_TIMEOUTS);
        if (is_given_up(conn, now)) {
                conn_time_out(conn);
                return;
        }
        if (conn->syn_timeouts > 0)
                tcp_host_count(conn->host, TCP_COUNTER_LOST_RETRANSMITS);
        sender_timer_count_timeout(conn, conn->syn_timeouts == 0, now);
        conn->syn_timeouts++;
        if (conn->syn_timeouts > linear_timeouts(conn))
                rtt_back_off(&conn->rtt);
        sender_timer_note_rtt(conn, -1);
        if (conn->syn_is_doubtful)
                loss_begin(conn, TCP_LOSS_TIMEOUT, now);
        conn->syn_wanted = true;
}

/* A SYN offers; a SYN-ACK offers what the SYN offered too. RFC 7323 section 2.2 and 3.2, RFC 2018 section 2.
 * Differs: as Linux, the SYN-ACK of a crossing is our SYN with an ACK: it offers all. */
void handshake_fill_options(const TcpConn *conn, struct tcp_options *options)
{
        bool is_own_offer = !conn->is_passive;
        options->has_mss = true;
        options->mss = (uint16_t)MIN(conn->rcv.mss, UINT16_MAX);
        options->sack_permitted = is_own_offer ? conn->settings.sack : conn->sack_agreed;
        options->has_window_scale =
                is_own_offer ? conn->settings.window_scaling : conn->window_scaling_agreed;
        options->window_scale = conn->rcv.scale;
        fast_open_fill_option(conn, options);
}
