/*
 * Segments that are not taken, and what the peer is told then: an ACK, a challenge, or nothing for a while. RFC
 * 9293 section 3.10.7.4, RFC 5961; as Linux (tcp_send_dupack, tcp_send_challenge_ack, tcp_oow_rate_limited).
 */
#include "tcp/conn_private.h"

void receive_note_refused(TcpConn *conn, const struct tcp_segment *segment, enum tcp_refusal why)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_REFUSED);
        if (note == NULL)
                return;
        note->range = (struct seq_range){ segment->seq, tcp_segment_end(segment) };
        note->why = why;
}

/* Lest two ends answer each other for ever. */
bool receive_may_answer(TcpConn *conn, enum tcp_counter skipped, time_ns now)
{
        bool answered_before = conn->refusal_answered_at >= 0;
        if (answered_before && now - conn->refusal_answered_at < conn->settings.refusal_interval) {
                tcp_host_count(conn->host, skipped);
                return false;
        }
        conn->refusal_answered_at = now;
        return true;
}

/* "Data packets without SYNs are not likely part of an ACK loop" (tcp_oow_rate_limited). */
bool receive_may_answer_segment(
        TcpConn *conn, const struct tcp_segment *segment, enum tcp_counter skipped, time_ns now)
{
        if (tcp_segment_length(segment) > 0 && !(segment->flags & TCP_FLAG_SYN))
                return true;
        return receive_may_answer(conn, skipped, now);
}

void receive_challenge(TcpConn *conn, time_ns now)
{
        if (!receive_may_answer(conn, TCP_COUNTER_SKIPPED_CHALLENGE, now))
                return;
        if (!conn->settings.challenge_ack) {
                conn_want_ack(conn, TCP_SEND_ACK);
                return;
        }
        if (!tcp_host_may_challenge(conn->host, conn->settings.challenge_limit, now))
                return;
        tcp_host_count(conn->host, TCP_COUNTER_CHALLENGE_ACKS);
        conn_want_ack(conn, TCP_SEND_CHALLENGE_ACK);
}

void receive_challenge_syn(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        receive_note_refused(conn, segment, TCP_REFUSED_SYN);
        tcp_host_count(conn->host, TCP_COUNTER_SYN_CHALLENGES);
        if (conn->state == TCP_STATE_ESTABLISHED)
                tcp_host_count(conn->host, TCP_COUNTER_IN_ERRORS);
        receive_challenge(conn, now);
}

/* tcp_send_dupack: what has come already is told, and the next ACKs are not delayed. A probe of a closed
 * window makes no duplicate. */
static void answer_with_duplicate(TcpConn *conn, const struct tcp_segment *segment)
{
        struct seqnum end = tcp_segment_end(segment);
        bool is_old = tcp_segment_length(segment) > 0 && seq_before(segment->seq, conn->rcv.nxt);
        if (is_old) {
                conn->counts.duplicate_arrivals++;
                tcp_host_count(conn->host, TCP_COUNTER_DELAYED_ACKS_LOST);
                ack_hurry(conn);
                receive_report_duplicate(conn, segment->seq, seq_earlier_of(end, conn->rcv.nxt));
        }
        /* The answer to a keepalive or window probe is no duplicate: its sender has nothing outstanding. */
        bool is_probe =
                tcp_segment_length(segment) == 0 && seq_equal(segment->seq, seq_sub(conn->rcv.nxt, 1));
        bool is_plain = is_probe || receive_window(conn) == 0;
        conn_want_ack(conn, is_plain ? TCP_SEND_ACK : TCP_SEND_DUPLICATE_ACK);
}

/* "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless the RST bit is
 * set)". A SYN is RFC 5961's business. */
void receive_refuse(
        TcpConn *conn, const struct tcp_segment *segment, enum tcp_refusal why, time_ns now)
{
        if ((segment->flags & TCP_FLAG_SYN) && conn->settings.challenge_ack) {
                receive_challenge_syn(conn, segment, now);
                return;
        }
        bool is_old = why == TCP_REFUSED_OLD_TIMESTAMP;
        receive_note_refused(conn, segment, why);
        if (is_old)
                tcp_host_count(conn->host, TCP_COUNTER_PAWS_ESTABLISHED);
        else if (!seq_before(tcp_segment_end(segment), conn->rcv.acked))
                tcp_host_count(conn->host, TCP_COUNTER_BEYOND_WINDOW);
        if (receive_may_answer_segment(
                    conn, segment, is_old ? TCP_COUNTER_SKIPPED_PAWS : TCP_COUNTER_SKIPPED_SEQUENCE, now))
                answer_with_duplicate(conn, segment);
}
