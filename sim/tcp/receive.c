/*
 * A segment arrives. RFC 9293 section 3.10.7, with the defences of RFC 5961 and PAWS of RFC 7323 section 5.
 */
#include "tcp/conn_private.h"

#include <errno.h>

#include "tcp/ecn.h"
#include "tcp/sender.h"

/* RFC 7323 section 5.5: "TS.Recent is deemed invalid after the connection has been idle for more than 24
 * days". */
#define PAWS_IDLE_MAX (24 * 24 * 3600 * SECOND)

/* One answer in so long to what was refused, lest two ends answer each other for ever. As Linux
 * (tcp_invalid_ratelimit). */
#define REFUSAL_ANSWER_INTERVAL (500 * MILLISECOND)

enum verdict { GO_ON, STOP };

void receive_note_refused(TcpConn *conn, const struct tcp_segment *segment, enum tcp_refusal why)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_REFUSED);
        if (note == NULL)
                return;
        note->range = (struct seq_range){ segment->seq, tcp_segment_end(segment) };
        note->why = why;
}

/* An ACK for what was refused, unless there was one a moment ago. */
static void challenge(TcpConn *conn, enum tcp_send_reason reason, time_ns now)
{
        bool answered_before = conn->refusal_answered_at >= 0;
        if (answered_before && now - conn->refusal_answered_at < REFUSAL_ANSWER_INTERVAL)
                return;
        if (!tcp_host_may_challenge(conn->host, now))
                return;
        conn->refusal_answered_at = now;
        conn_want_ack(conn, reason);
}

/* ---- First: sequence number and timestamp ---- */

static bool is_timestamp_valid(const TcpConn *conn, time_ns now)
{
        return now - conn->ts_recent_at <= PAWS_IDLE_MAX;
}

/* RFC 7323 section 5.3 R1. Differs from section 3.2 ("SHOULD silently drop the segment"): a segment without
 * the option is taken, as Linux does. */
static bool is_too_old(const TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!conn->timestamps_agreed || !segment->options.has_timestamps || (segment->flags & TCP_FLAG_RST))
                return false;
        return (int32_t)(segment->options.timestamp_value - conn->ts_recent) < 0 &&
               is_timestamp_valid(conn, now);
}

/* RFC 7323 section 4.3 (2): "If SEG.TSval >= TS.Recent and SEG.SEQ <= Last.ACK.sent, then SEG.TSval is copied
 * to TS.Recent". */
static void remember_timestamp(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        const struct tcp_options *options = &segment->options;
        if (!conn->timestamps_agreed || !options->has_timestamps || (segment->flags & TCP_FLAG_RST))
                return;
        if (seq_after(segment->seq, conn->rcv.acked))
                return;
        if ((int32_t)(options->timestamp_value - conn->ts_recent) < 0 && is_timestamp_valid(conn, now))
                return;
        conn->ts_recent = options->timestamp_value;
        conn->ts_recent_at = now;
}

/* The table of section 3.10.7.4. "If the RCV.WND is zero, no segments will be acceptable, but special
 * allowance should be made to accept valid ACKs, URGs, and RSTs": then what begins at RCV.NXT is let through,
 * and loses its text later. */
static bool is_acceptable(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint32_t window = receive_window(conn);
        uint32_t length = tcp_segment_length(segment);
        if (seq_equal(segment->seq, conn->rcv.nxt))
                return true;
        if (seq_in_window(segment->seq, conn->rcv.nxt, window))
                return true;
        return length > 0 && seq_in_window(seq_add(segment->seq, length - 1), conn->rcv.nxt, window);
}

/* RFC 7323 section 5.3 would drop these too. Differs: a duplicate ACK that another one has overtaken still
 * counts, and one that says less than is known needs no answer; as Linux (tcp_disordered_ack_check). */
static bool is_overtaken_ack(const TcpConn *conn, const struct tcp_segment *segment)
{
        return tcp_segment_length(segment) == 0 && (segment->flags & TCP_FLAG_ACK) &&
               seq_equal(segment->seq, conn->rcv.nxt) && seq_before_or_at(segment->ack, conn->snd.una);
}

static bool is_overtaken_duplicate_ack(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint32_t lateness = conn->ts_recent - segment->options.timestamp_value;
        return is_overtaken_ack(conn, segment) && seq_equal(segment->ack, conn->snd.una) &&
               (uint32_t)segment->window << conn->snd.scale == conn->snd.wnd &&
               lateness * MILLISECOND <= rtt_rto(&conn->rtt);
}

/* "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless the RST bit is
 * set)". A SYN is RFC 5961's business; text is answered each time, everything else sparingly. */
static void answer_unacceptable(
        TcpConn *conn, const struct tcp_segment *segment, enum tcp_refusal why, time_ns now)
{
        uint32_t length = tcp_segment_length(segment);
        if (segment->flags & TCP_FLAG_RST) {
                receive_note_refused(conn, segment, why);
        } else if (segment->flags & TCP_FLAG_SYN) {
                receive_note_refused(conn, segment, TCP_REFUSED_SYN);
                challenge(conn, TCP_SEND_CHALLENGE_ACK, now);
        } else if (length > 0 && seq_before_or_at(tcp_segment_end(segment), conn->rcv.nxt)) {
                receive_old_text(conn, segment);
        } else if (length > 0) {
                receive_note_refused(conn, segment, why);
                conn_want_ack(conn, TCP_SEND_ACK);
        } else {
                receive_note_refused(conn, segment, why);
                challenge(conn, TCP_SEND_ACK, now);
        }
}

/* What PAWS turns away is mostly a copy of what came long ago. */
static void answer_too_old(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (is_overtaken_ack(conn, segment))
                receive_note_refused(conn, segment, TCP_REFUSED_OLD_TIMESTAMP);
        else
                answer_unacceptable(conn, segment, TCP_REFUSED_OLD_TIMESTAMP, now);
}

/* In TIME-WAIT "the only thing that should arrive is a retransmission of the remote FIN. Acknowledge it, and
 * restart the 2 MSL timeout." It lies before the window. */
static bool is_fin_again(const TcpConn *conn, const struct tcp_segment *segment)
{
        return conn->state == TCP_STATE_TIME_WAIT && (segment->flags & TCP_FLAG_FIN) &&
               !(segment->flags & (TCP_FLAG_RST | TCP_FLAG_SYN)) &&
               seq_equal(tcp_segment_end(segment), conn->rcv.nxt);
}

static void take_sign_of_life(TcpConn *conn, time_ns now)
{
        conn->last_heard_at = now;
        conn->keepalive_probes = 0;
        conn->keepalive_wanted = false;
        if (conn->deadlines[TCP_DEADLINE_KEEPALIVE] != TIME_NEVER)
                conn_set_deadline(conn, TCP_DEADLINE_KEEPALIVE, now + conn->settings.keepalive_idle);
}

static enum verdict check_sequence(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (is_too_old(conn, segment, now) && !is_overtaken_duplicate_ack(conn, segment)) {
                answer_too_old(conn, segment, now);
                return STOP;
        }
        if (!is_acceptable(conn, segment)) {
                if (is_fin_again(conn, segment))
                        closing_restart_time_wait(conn, now);
                answer_unacceptable(conn, segment, TCP_REFUSED_OUTSIDE_WINDOW, now);
                return STOP;
        }
        remember_timestamp(conn, segment, now);
        take_sign_of_life(conn, now);
        return GO_ON;
}

/* ---- Second: RST ---- */

/* What the user hears. Differs from RFC 9293 for an active OPEN in SYN-RECEIVED ("connection refused"): as
 * Linux. */
static void take_reset(TcpConn *conn)
{
        switch (conn->state) {
        case TCP_STATE_SYN_RECEIVED:
                if (conn->is_passive)
                        conn_end(conn); /* "return this connection to the LISTEN state": the listener never
                                           left it */
                else
                        conn_fail(conn, ECONNRESET);
                return;
        case TCP_STATE_CLOSE_WAIT:
                conn_fail(conn, EPIPE);
                return;
        case TCP_STATE_TIME_WAIT:
                conn_end(conn);
                return;
        default:
                conn_fail(conn, ECONNRESET);
                return;
        }
}

/* RFC 5961 section 3.2: "If the RST bit is set and the sequence number exactly matches the next expected
 * sequence number (RCV.NXT), then TCP endpoints MUST reset the connection"; in the window but beside it: a
 * challenge ACK. */
static enum verdict check_reset(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!(segment->flags & TCP_FLAG_RST))
                return GO_ON;
        if (seq_equal(segment->seq, conn->rcv.nxt)) {
                take_reset(conn);
                return STOP;
        }
        receive_note_refused(conn, segment, TCP_REFUSED_RESET);
        challenge(conn, TCP_SEND_CHALLENGE_ACK, now);
        return STOP;
}

/* ---- Fourth: SYN ---- */

/* RFC 5961 section 4.2: in a synchronized state "irrespective of the sequence number, TCP endpoints MUST send
 * a 'challenge ACK'". In SYN-RECEIVED after a passive OPEN: back to LISTEN. */
static enum verdict check_syn(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!(segment->flags & TCP_FLAG_SYN))
                return GO_ON;
        receive_note_refused(conn, segment, TCP_REFUSED_SYN);
        if (conn->state == TCP_STATE_SYN_RECEIVED && conn->is_passive)
                conn_end(conn);
        else
                challenge(conn, TCP_SEND_CHALLENGE_ACK, now);
        return STOP;
}

/* ---- Fifth: ACK ---- */

/* "If SND.UNA < SEG.ACK =< SND.NXT, then enter ESTABLISHED state ... If the segment acknowledgment is not
 * acceptable, form a reset segment <SEQ=SEG.ACK><CTL=RST> and send it." As Linux, the last ACK of a handshake
 * is forgotten when nobody has room for the connection: our SYN-ACK will ask for it again. */
static enum verdict acknowledge_syn(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!seq_equal(segment->ack, conn->snd.nxt)) {
                receive_note_refused(conn, segment, TCP_REFUSED_BAD_ACK);
                closing_want_reset(conn, segment->ack);
                return STOP;
        }
        if (conn->listener != NULL && !listener_has_room_for_child(conn->listener))
                return STOP;
        handshake_complete(conn, segment, now);
        return GO_ON;
}

/* RFC 5961 section 5.2: "The ACK value is considered acceptable only if it is in the range of ((SND.UNA -
 * MAX.SND.WND) <= SEG.ACK <= SND.NXT). All incoming segments whose ACK value doesn't satisfy the above
 * condition MUST be discarded and an ACK sent back." */
static bool is_ack_acceptable(const TcpConn *conn, const struct tcp_segment *segment)
{
        return seq_before_or_at(segment->ack, conn->snd.nxt) &&
               seq_after_or_at(segment->ack, seq_sub(conn->snd.una, conn->snd.wnd_max));
}

static enum verdict process_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!(segment->flags & TCP_FLAG_ACK)) {
                receive_note_refused(conn, segment, TCP_REFUSED_NO_ACK_FLAG);
                return STOP;
        }
        if (conn->state == TCP_STATE_SYN_RECEIVED)
                return acknowledge_syn(conn, segment, now);
        if (!is_ack_acceptable(conn, segment)) {
                receive_note_refused(conn, segment, TCP_REFUSED_BAD_ACK);
                challenge(conn, TCP_SEND_CHALLENGE_ACK, now);
                return STOP;
        }
        if (conn->state != TCP_STATE_TIME_WAIT)
                sender_on_ack(conn, segment, now);
        if (sender_fin_is_acknowledged(conn))
                closing_on_fin_acknowledged(conn, now);
        return conn->state == TCP_STATE_CLOSED ? STOP : GO_ON;
}

/* ---- Seventh and eighth: text and FIN ---- */

static enum verdict process_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        ecn_on_text(conn, segment, now);
        receive_text(conn, segment, now);
        return conn->state == TCP_STATE_CLOSED ? STOP : GO_ON;
}

static enum verdict process_fin(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        receive_fin(conn, segment, now);
        return STOP;
}

/* RFC 9293 section 3.10.7.4, in its order. The third step, security, is for IP options that nobody sends; the
 * sixth, the urgent pointer, is empty since urgent data are read in their place, as RFC 6093 recommends. */
static enum verdict (*const synchronized_steps[])(TcpConn *, const struct tcp_segment *, time_ns) = {
        check_sequence,
        check_reset,
        check_syn,
        process_ack,
        process_text,
        process_fin,
};

/* SYNs that belong to a handshake still going on. A repeated one asks for our SYN-ACK again; the peer's
 * SYN-ACK in a simultaneous open lies before the window, and yet acknowledges our SYN. */
static bool is_part_of_handshake(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        const uint16_t decisive = TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST;
        if (conn->state != TCP_STATE_SYN_RECEIVED || !seq_equal(segment->seq, conn->rcv.irs))
                return false;
        remember_timestamp(conn, segment, now);
        if ((segment->flags & decisive) == TCP_FLAG_SYN) {
                conn->syn_wanted = true;
                return true;
        }
        if ((segment->flags & decisive) != (TCP_FLAG_SYN | TCP_FLAG_ACK) || conn->is_passive)
                return false;
        if (acknowledge_syn(conn, segment, now) == GO_ON && process_text(conn, segment, now) == GO_ON)
                process_fin(conn, segment, now);
        return true;
}

/* Whoever still holds a closed connection lets it answer as a stranger would. */
static void answer_when_closed(TcpConn *conn, const struct tcp_segment *segment)
{
        struct tcp_segment answer;
        if (!tcp_stray_answer(segment, &answer))
                return;
        closing_want_reset(conn, answer.seq);
        conn->reset_has_ack = answer.flags & TCP_FLAG_ACK;
        conn->reset_ack = answer.ack;
}

void receive_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (conn->state == TCP_STATE_CLOSED) {
                answer_when_closed(conn, segment);
                return;
        }
        if (conn->state == TCP_STATE_SYN_SENT) {
                handshake_on_syn_sent_segment(conn, segment, now);
                return;
        }
        if (is_part_of_handshake(conn, segment, now))
                return;
        for (size_t i = 0; i < G_N_ELEMENTS(synchronized_steps); i++) {
                if (synchronized_steps[i](conn, segment, now) == STOP)
                        return;
        }
}
