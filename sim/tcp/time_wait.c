/*
 * After the end: TIME-WAIT, and FIN-WAIT-2 of a connection that nobody holds any more, which Linux keeps in
 * the same small form. RFC 9293 section 3.6.1 and 3.10.7.4, RFC 6191, RFC 1337; as Linux
 * (tcp_timewait_state_process).
 */
#include "tcp/conn_private.h"

#include "tcp/sender.h"

#define BRIEF_MAX (4 * SECOND)

static void restart(TcpConn *conn, time_ns now)
{
        conn_set_deadline(conn, TCP_DEADLINE_TIME_WAIT, now + time_wait_length(conn));
}

/* "Turn off the other timers." All that was sent has arrived; the window stays as it is. */
static void become_small(TcpConn *conn)
{
        sender_clear(conn);
        for (int kind = 0; kind < TCP_DEADLINES; kind++)
                conn_set_deadline(conn, kind, TIME_NEVER);
        conn->ack.check_is_due = conn->ack.is_scheduled = conn->ack.timer_is_running = false;
        conn->keepalive_wanted = false;
        conn->rcv.wnd = receive_window(conn);
        conn->rcv.acked = conn->rcv.nxt;
        conn->refusal_answered_at = -1;
}

/* As Linux, which once had other plans for what lasts for 4 s or less. */
static void count(const TcpConn *conn, duration_ns duration)
{
        tcp_host_count(
                conn->host, duration > BRIEF_MAX ? TCP_COUNTER_TIME_WAITS : TCP_COUNTER_TIME_WAITS_BRIEF);
}

void time_wait_begin(TcpConn *conn, time_ns now)
{
        if (!conn->is_unattended)
                count(conn, time_wait_length(conn));
        become_small(conn);
        conn->is_unattended = false;
        conn_set_state(conn, TCP_STATE_TIME_WAIT);
        restart(conn, now);
}

void time_wait_for_fin(TcpConn *conn, duration_ns patience, time_ns now)
{
        become_small(conn);
        count(conn, patience);
        conn->is_unattended = true;
        conn_set_deadline(conn, TCP_DEADLINE_FIN_WAIT_2, now + patience);
}

static bool is_too_old(const TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        return receive_is_hopelessly_old(conn, segment, now - conn->ts_recent_at, now);
}

static void remember_timestamp(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!conn->timestamps_agreed || !segment->options.has_timestamps)
                return;
        conn->ts_recent = segment->options.timestamp_value;
        conn->ts_recent_at = now;
}

static void answer(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        enum tcp_counter skipped = conn->state == TCP_STATE_TIME_WAIT ? TCP_COUNTER_SKIPPED_TIME_WAIT
                                                                      : TCP_COUNTER_SKIPPED_FIN_WAIT_2;
        if (receive_may_answer_segment(conn, segment, skipped, now))
                conn_want_ack(conn, TCP_SEND_ACK);
}

static void end_with_reset(TcpConn *conn, const struct tcp_segment *segment)
{
        closing_answer_when_closed(conn, segment);
        conn_end(conn);
}

/* ---- FIN-WAIT-2 ---- */

static void take_fin(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        conn->rcv.knows_fin = conn->fin_received = true;
        conn->rcv.fin_offset = conn->rcv.reassembly.next;
        conn->rcv.nxt = conn->rcv.acked = tcp_segment_end(segment);
        remember_timestamp(conn, segment, now);
        conn_set_deadline(conn, TCP_DEADLINE_FIN_WAIT_2, TIME_NEVER);
        conn->is_unattended = false;
        conn_set_state(conn, TCP_STATE_TIME_WAIT);
        restart(conn, now);
        conn_want_ack(conn, TCP_SEND_ACK);
}

/* "Just repeat all the checks." New text is for nobody: a reset. */
static void on_segment_without_user(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        struct seqnum next = conn->rcv.nxt;
        struct seqnum end = tcp_segment_end(segment);
        bool is_new = seq_after(end, next) && tcp_segment_length(segment) > 0;
        if (is_too_old(conn, segment, now) || !receive_is_in_window(conn, segment, conn->rcv.wnd)) {
                receive_note_refused(conn, segment, TCP_REFUSED_OUTSIDE_WINDOW);
                answer(conn, segment, now);
        } else if (segment->flags & TCP_FLAG_RST) {
                conn_end(conn);
        } else if ((segment->flags & TCP_FLAG_SYN) && !seq_before(segment->seq, next)) {
                end_with_reset(conn, segment);
        } else if (!(segment->flags & TCP_FLAG_ACK) || !is_new) {
                receive_note_refused(conn, segment, TCP_REFUSED_STATE);
        } else if ((segment->flags & TCP_FLAG_FIN) && seq_equal(end, seq_add(next, 1))) {
                take_fin(conn, segment, now);
        } else {
                receive_note_refused(conn, segment, TCP_REFUSED_STATE);
                end_with_reset(conn, segment);
        }
}

/* ---- TIME-WAIT ---- */

/* A reset that hits, which RFC 1337 would have ignored, or a bare ACK. */
static void on_next_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if ((segment->flags & TCP_FLAG_RST) && !conn->settings.time_wait_is_protected) {
                conn_end(conn);
                return;
        }
        restart(conn, now);
        remember_timestamp(conn, segment, now);
}

static void on_segment_at_end(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_old = is_too_old(conn, segment, now);
        bool is_reset = segment->flags & TCP_FLAG_RST;
        bool is_empty = tcp_segment_length(segment) == 0;
        if (!is_old && seq_equal(segment->seq, conn->rcv.nxt) && (is_empty || is_reset)) {
                on_next_segment(conn, segment, now);
                return;
        }
        if (time_wait_gives_way(conn, segment, now)) {
                receive_note_refused(conn, segment, TCP_REFUSED_SYN);
                conn_want_ack(conn, TCP_SEND_ACK);
                return;
        }
        receive_note_refused(conn, segment,
                is_old                                 ? TCP_REFUSED_OLD_TIMESTAMP
                : (segment->flags & TCP_FLAG_SYN) != 0 ? TCP_REFUSED_SYN
                                                       : TCP_REFUSED_OUTSIDE_WINDOW);
        if (is_old)
                tcp_host_count(conn->host, TCP_COUNTER_PAWS_TIME_WAIT);
        if (is_reset)
                return;
        if (is_old || (segment->flags & TCP_FLAG_ACK))
                restart(conn, now);
        answer(conn, segment, now);
}

void time_wait_on_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        conn->is_small = true;
        if (conn->state == TCP_STATE_TIME_WAIT)
                on_segment_at_end(conn, segment, now);
        else
                on_segment_without_user(conn, segment, now);
}

/* RFC 6191 section 2, RFC 9293 section 3.6.1: a SYN behind all that was sent, or with a younger timestamp. */
bool time_wait_gives_way(const TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        const uint16_t decisive = TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST;
        if (conn->state != TCP_STATE_TIME_WAIT || !conn->settings.time_wait_reuse ||
                (segment->flags & decisive) != TCP_FLAG_SYN)
                return false;
        if (is_too_old(conn, segment, now))
                return false;
        bool is_younger = conn->timestamps_agreed && segment->options.has_timestamps &&
                          (int32_t)(segment->options.timestamp_value - conn->ts_recent) > 0;
        return is_younger || seq_after(segment->seq, conn->rcv.nxt);
}
