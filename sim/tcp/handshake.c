/*
 * The three-way handshake and what it settles: initial numbers, segment sizes, window scales, timestamps,
 * SACK. RFC 9293 section 3.5 and 3.10.7.3, RFC 7323, RFC 2018; SYNs sent again, RFC 6298.
 */
#include "tcp/conn_private.h"

#include <errno.h>

#include "tcp/ecn.h"
#include "tcp/sender.h"
#include "tcp/sender_timer.h"

#define SCALE_MAX 14

/* As Linux (TCP_MSS_DEFAULT): what a segment of the peer's carries, before one has come. */
#define FIRST_PEER_MSS_ESTIMATE 536

static void begin(TcpConn *conn, const struct four_tuple *tuple, time_ns now)
{
        conn->was_opened = true;
        conn->tuple = *tuple;
        conn->snd.iss = tcp_host_initial_seq(conn->host, tuple, now);
        conn->snd.una = conn->snd.iss;
        conn->snd.nxt = seq_add(conn->snd.iss, 1);
        conn->snd.resent_end = conn->snd.nxt;
        conn->timestamp_offset = tcp_host_timestamp_offset(conn->host, tuple);
        conn->rcv.mss = path_mtu_own_mss(conn);
        conn->rcv.peer_mss_estimate = MIN(FIRST_PEER_MSS_ESTIMATE, conn->rcv.mss);
        conn->rcv.scale =
                conn->settings.window_scaling ? receive_window_scale(conn->settings.receive_buffer) : 0;
        conn->sack_agreed = conn->settings.sack;
        conn->timestamps_agreed = conn->settings.timestamps;
        conn->window_scaling_agreed = conn->settings.window_scaling;
        conn->syn_wanted = true;
}

void handshake_open(TcpConn *conn, const struct four_tuple *tuple, time_ns now)
{
        begin(conn, tuple, now);
        receive_window_start(conn);
}

/* What both offered is agreed; until its SYN has come, what we offer counts. */
static void agree_on_options(TcpConn *conn, const struct tcp_options *options, time_ns now)
{
        conn->sack_agreed &= options->sack_permitted;
        conn->timestamps_agreed &= options->has_timestamps;
        conn->window_scaling_agreed &= options->has_window_scale;
        if (conn->window_scaling_agreed)
                conn->snd.scale = MIN(options->window_scale, SCALE_MAX);
        else
                conn->rcv.scale = 0;
        if (conn->timestamps_agreed) {
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
        receive_window_start(conn);
        conn->snd.wl1 = syn->seq;
        conn->snd.wl2 = syn->ack;
}

void handshake_accept_syn(
        TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *syn, time_ns now)
{
        conn->state = TCP_STATE_LISTEN;
        conn->is_passive = true;
        begin(conn, tuple, now);
        take_syn(conn, syn, now);
        conn_set_state(conn, TCP_STATE_SYN_RECEIVED);
}

/* Karn: a SYN that was sent twice gives no sample, unless its echo tells which sending was answered. */
static duration_ns handshake_round_trip(const TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (conn->syn_sendings == 1)
                return now - conn->syn_sent_at;
        if (!conn->timestamps_agreed || !segment->options.has_timestamps)
                return -1;
        int32_t ticks = (int32_t)(conn_timestamp(conn, now) - segment->options.timestamp_echo);
        return ticks < 0 ? -1 : MAX(ticks, 1) * MILLISECOND;
}

static void start_keepalive(TcpConn *conn, time_ns now)
{
        if (conn->settings.keepalive)
                conn_set_deadline(conn, TCP_DEADLINE_KEEPALIVE, now + conn->settings.keepalive_idle);
}

/* Our SYN is acknowledged. */
static void establish(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        conn->snd.una = segment->ack;
        conn->syn_wanted = false;
        conn_set_state(conn, TCP_STATE_ESTABLISHED);
        sender_start(conn, handshake_round_trip(conn, segment, now), now);
        start_keepalive(conn, now);
        if (conn->listener != NULL)
                listener_on_child_established(conn->listener, conn);
}

/* "SND.WND <- SEG.WND, SND.WL1 <- SEG.SEQ, SND.WL2 <- SEG.ACK". */
void handshake_complete(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_syn = segment->flags & TCP_FLAG_SYN;
        conn->snd.wnd = (uint32_t)segment->window << (is_syn ? 0 : conn->snd.scale);
        conn->snd.wnd_max = MAX(conn->snd.wnd_max, conn->snd.wnd);
        conn->snd.wl1 = segment->seq;
        conn->snd.wl2 = segment->ack;
        establish(conn, segment, now);
        if (conn->fin_queued)
                conn_set_state(conn, TCP_STATE_FIN_WAIT_1);
}

/* RFC 9293 section 3.10.7.3, first: "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset (unless the RST bit
 * is set...)". */
static bool has_bad_ack(const TcpConn *conn, const struct tcp_segment *segment)
{
        return (segment->flags & TCP_FLAG_ACK) && !seq_equal(segment->ack, conn->snd.nxt);
}

/* "If the ACK was acceptable, then signal to the user 'error: connection reset'": POSIX's ECONNREFUSED. */
static void on_reset(TcpConn *conn, const struct tcp_segment *segment)
{
        if (segment->flags & TCP_FLAG_ACK)
                conn_fail(conn, ECONNREFUSED);
        else
                receive_note_refused(conn, segment, TCP_REFUSED_RESET);
}

static void on_syn_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        take_syn(conn, segment, now);
        establish(conn, segment, now);
        conn_want_ack(conn, TCP_SEND_ACK);
        /* "If there are other controls or text in the segment, then continue processing at the sixth step."
         */
        receive_text(conn, segment, now);
        if (conn->state == TCP_STATE_ESTABLISHED)
                receive_fin(conn, segment, now);
}

/* Both have called at once. Text and FIN of this SYN are not acknowledged: its sender sends them again. */
static void on_crossing_syn(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        take_syn(conn, segment, now);
        conn->syn_wanted = true;
        conn_set_state(conn, TCP_STATE_SYN_RECEIVED);
}

void handshake_on_syn_sent_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_reset = segment->flags & TCP_FLAG_RST;
        if (has_bad_ack(conn, segment)) {
                receive_note_refused(conn, segment, TCP_REFUSED_BAD_ACK);
                if (!is_reset)
                        closing_want_reset(conn, segment->ack);
        } else if (is_reset) {
                on_reset(conn, segment);
        } else if (!(segment->flags & TCP_FLAG_SYN)) {
                receive_note_refused(conn, segment, TCP_REFUSED_STATE);
        } else if (segment->flags & TCP_FLAG_ACK) {
                on_syn_ack(conn, segment, now);
        } else {
                on_crossing_syn(conn, segment, now);
        }
}

void handshake_on_syn_sent(TcpConn *conn, time_ns now)
{
        conn->syn_wanted = false;
        if (conn->syn_sendings++ == 0)
                conn->syn_sent_at = now;
        else
                conn->counts.retransmitted_segments++;
        /* As Linux, our own SYN tries the user's patience, the answer to another's does not. */
        if (!conn->is_passive)
                conn->unanswered_since = conn->syn_sent_at;
        conn_set_deadline(conn, TCP_DEADLINE_RETRANSMIT, now + rtt_rto(&conn->rtt));
}

/* Who called learns that nobody answered; a half-open connection of a listener goes without a word. */
static void give_up(TcpConn *conn)
{
        if (conn->is_passive)
                conn_end(conn);
        else
                conn_time_out(conn);
}

void handshake_on_retransmit_deadline(TcpConn *conn, time_ns now)
{
        (void)now;
        uint32_t retries = conn->is_passive ? conn->settings.syn_ack_retries : conn->settings.syn_retries;
        conn_note_deadline(conn, TCP_DEADLINE_RETRANSMIT);
        if (conn->rtt.backoffs >= retries) {
                give_up(conn);
                return;
        }
        conn->counts.timeouts++;
        rtt_back_off(&conn->rtt);
        sender_timer_note_rtt(conn, -1);
        conn->syn_wanted = true;
}

/* A SYN offers; a SYN-ACK offers what the SYN offered too. RFC 7323 section 2.2 and 3.2, RFC 2018 section 2.
 */
void handshake_fill_options(const TcpConn *conn, struct tcp_options *options)
{
        options->has_mss = true;
        options->mss = (uint16_t)MIN(conn->rcv.mss, UINT16_MAX);
        options->sack_permitted = conn->sack_agreed;
        options->has_window_scale = conn->window_scaling_agreed;
        options->window_scale = conn->rcv.scale;
}
