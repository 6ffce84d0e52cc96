/*
 * SYN-RECEIVED after a passive OPEN: nobody's connection yet, only a request for one. RFC 9293 section
 * 3.10.7.4 as Linux reads it (tcp_check_req, reqsk_timer_handler).
 */
#include "tcp/conn_private.h"

#include "tcp/fast_open.h"

/* The longest of them (TCP_RTO_MAX), which no setting changes. */
#define INTERVAL_MAX (120 * SECOND)

/* SYN-ACKs are sent again in these intervals: one initial RTO, doubled each time. */
static duration_ns interval(const TcpConn *conn)
{
        duration_ns interval = conn->settings.initial_rto;
        for (uint32_t i = 0; i < conn->syn_timeouts && interval < INTERVAL_MAX; i++)
                interval *= 2;
        return MIN(interval, INTERVAL_MAX);
}

void half_open_start_timer(TcpConn *conn, time_ns now)
{
        conn_set_deadline(conn, TCP_DEADLINE_RETRANSMIT, now + interval(conn));
}

static void answer_syn_again(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        receive_note_refused(conn, segment, TCP_REFUSED_SYN);
        if (!receive_may_answer(conn, TCP_COUNTER_SKIPPED_SYN_RECEIVED, now))
                return;
        conn->syn_wanted = true;
        if (!conn->fast_open.is_pending)
                half_open_start_timer(conn, now);
}

static bool is_syn_again(const TcpConn *conn, const struct tcp_segment *segment)
{
        const uint16_t decisive = TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST;
        return (segment->flags & decisive) == TCP_FLAG_SYN && seq_equal(segment->seq, conn->rcv.irs);
}

/* Differs where it is open already: as Linux, what is echoed there may be anything. */
static bool has_bad_echo(const TcpConn *conn, const struct tcp_segment *segment)
{
        return !conn->fast_open.is_pending && handshake_has_bad_echo(conn, segment, conn->syn_stamp_last);
}

static bool is_in_window(const TcpConn *conn, const struct tcp_segment *segment)
{
        return receive_is_in_window(conn, segment, MIN(conn->rcv.wnd, UINT16_MAX));
}

static void answer_outside_window(TcpConn *conn, const struct tcp_segment *segment, bool is_old, time_ns now)
{
        receive_note_refused(conn, segment, is_old ? TCP_REFUSED_OLD_TIMESTAMP : TCP_REFUSED_OUTSIDE_WINDOW);
        if (is_old)
                tcp_host_count(conn->host, TCP_COUNTER_PAWS_ESTABLISHED);
        else if (has_bad_echo(conn, segment))
                tcp_host_count(conn->host, TCP_COUNTER_BAD_ECHOES);
        if (segment->flags & TCP_FLAG_RST)
                return;
        if (receive_may_answer_segment(conn, segment, TCP_COUNTER_SKIPPED_SYN_RECEIVED, now))
                conn_want_ack(conn, TCP_SEND_ACK);
}

/* tcp_check_req, embryonic_reset */
static void end_request(TcpConn *conn)
{
        tcp_host_count(conn->host, TCP_COUNTER_EMBRYONIC_RESETS);
        conn_end(conn);
}

/* RFC 5961 section 3.2: only a reset that hits RCV.NXT is one. */
static void on_reset(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (seq_equal(segment->seq, conn->rcv.nxt) || !conn->settings.challenge_ack) {
                tcp_host_count(conn->host, TCP_COUNTER_ATTEMPT_FAILS);
                if (conn->fast_open.is_pending)
                        fast_open_on_reset(conn, now);
                else
                        end_request(conn);
                return;
        }
        receive_note_refused(conn, segment, TCP_REFUSED_RESET);
        if (!receive_may_answer_segment(conn, segment, TCP_COUNTER_SKIPPED_CHALLENGE, now))
                return;
        tcp_host_count(conn->host, TCP_COUNTER_CHALLENGE_ACKS);
        conn_want_ack(conn, TCP_SEND_CHALLENGE_ACK);
}

/* "If the ACK bit is on ... an unacceptable acknowledgment: a reset." It is the listener that answers; the
 * request stays. */
static void answer_bad_ack(TcpConn *conn, const struct tcp_segment *segment)
{
        receive_note_refused(conn, segment, TCP_REFUSED_BAD_ACK);
        closing_want_reset(conn, segment->ack);
}

/* TCP_DEFER_ACCEPT: who accepts wants the first text, too. */
static bool is_deferred(const TcpConn *conn, const struct tcp_segment *segment)
{
        return conn->syn_timeouts < conn->settings.defer_accept &&
               seq_equal(tcp_segment_end(segment), seq_add(conn->rcv.irs, 1));
}

/* As Linux, the last ACK of a handshake is forgotten when nobody has room for the connection: our SYN-ACK
 * will ask for it again. */
static void open(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (is_deferred(conn, segment)) {
                tcp_host_count(conn->host, TCP_COUNTER_DEFERRED_DROPS);
                conn->syn_was_acknowledged = true;
                return;
        }
        if (conn->listener != NULL && !listener_has_room_for_child(conn->listener)) {
                conn->syn_was_acknowledged = true;
                if (!conn->settings.abort_on_overflow)
                        return;
                closing_answer_when_closed(conn, segment);
                end_request(conn);
                return;
        }
        if (conn->timestamps_agreed && segment->options.has_timestamps &&
                seq_before_or_at(segment->seq, conn->rcv.nxt)) {
                conn->ts_recent = segment->options.timestamp_value;
                conn->ts_recent_at = now;
        }
        receive_in_steps(conn, segment, now);
}

/* A SYN in the window ends a request, but nothing that is open already. */
static void on_syn(TcpConn *conn, const struct tcp_segment *segment)
{
        receive_note_refused(conn, segment, TCP_REFUSED_SYN);
        closing_answer_when_closed(conn, segment);
        tcp_host_count(conn->host, TCP_COUNTER_ATTEMPT_FAILS);
        if (!conn->fast_open.is_pending)
                end_request(conn);
}

/* Who is open already judges acknowledgements by himself. */
static bool has_bad_ack(const TcpConn *conn, const struct tcp_segment *segment)
{
        bool is_looked_at = (segment->flags & TCP_FLAG_ACK) && !(segment->flags & TCP_FLAG_RST);
        return is_looked_at && !conn->fast_open.is_pending && !seq_equal(segment->ack, conn->snd.nxt);
}

bool half_open_lets_pass(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_old = receive_is_hopelessly_old(conn, segment, interval(conn), now);
        bool is_first = seq_equal(segment->seq, conn->rcv.irs);
        if (is_syn_again(conn, segment) && !is_old)
                answer_syn_again(conn, segment, now);
        else if (has_bad_ack(conn, segment))
                answer_bad_ack(conn, segment);
        else if (is_old || has_bad_echo(conn, segment) || !is_in_window(conn, segment))
                answer_outside_window(conn, segment, is_old, now);
        else if (segment->flags & TCP_FLAG_RST)
                on_reset(conn, segment, now);
        else if ((segment->flags & TCP_FLAG_SYN) && !is_first)
                on_syn(conn, segment);
        else
                return true;
        return false;
}

void half_open_on_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!half_open_lets_pass(conn, segment, now))
                return;
        if (segment->flags & TCP_FLAG_ACK)
                open(conn, segment, now);
        else
                receive_note_refused(conn, segment, TCP_REFUSED_NO_ACK_FLAG);
}

/* syn_ack_recalc: whose ACK has come and who is only deferred may wait longer; shortly before the end he is
 * reminded. */
static bool expires(const TcpConn *conn)
{
        uint32_t retries = conn->settings.syn_ack_retries;
        if (conn->listener != NULL)
                retries = listener_patience(conn->listener, retries);
        if (conn->syn_timeouts < retries)
                return false;
        return !conn->syn_was_acknowledged || conn->syn_timeouts >= conn->settings.defer_accept;
}

static bool is_silent(const TcpConn *conn)
{
        return conn->syn_was_acknowledged && conn->settings.defer_accept > 0 &&
               conn->syn_timeouts + 1 < conn->settings.defer_accept;
}

void half_open_on_deadline(TcpConn *conn, time_ns now)
{
        conn_note_deadline(conn, TCP_DEADLINE_RETRANSMIT);
        tcp_host_count(conn->host, TCP_COUNTER_TIMEOUTS);
        if (conn->fast_open.is_pending && !fast_open_waits_on(conn, now))
                return;
        if (!conn->fast_open.is_pending && expires(conn)) {
                conn_end(conn);
                return;
        }
        conn->counts.timeouts++;
        if (!is_silent(conn))
                conn->syn_wanted = true;
        if (conn->syn_timeouts++ == 0 && conn->listener != NULL && !conn->is_ready_child)
                listener_on_child_old(conn->listener);
        half_open_start_timer(conn, now);
}
