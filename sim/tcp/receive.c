/*
 * A segment arrives. RFC 9293 section 3.10.7, with the defences of RFC 5961 and PAWS of RFC 7323 section 5;
 * as Linux (tcp_rcv_state_process, tcp_validate_incoming).
 */
#include "tcp/conn_private.h"

#include "tcp/fast_open.h"
#include "tcp/resend.h"
#include "tcp/sender.h"
#include "tcp/urgent.h"

/* RFC 7323 section 5.5: "TS.Recent is deemed invalid after the connection has been idle for more than 24
 * days". */
#define PAWS_IDLE_MAX (24 * 24 * 3600 * SECOND)

/* Differs from RFC 7323: a stamp may be older than TS.Recent by one tick; as Linux (TCP_PAWS_WINDOW). */
#define PAWS_TOLERANCE 1

enum verdict { GO_ON, STOP };

/* ---- Timestamps ---- */

static bool is_timestamp_valid(const TcpConn *conn, time_ns now)
{
        return now - conn->ts_recent_at <= PAWS_IDLE_MAX;
}

static bool has_timestamp(const TcpConn *conn, const struct tcp_segment *segment)
{
        return conn->timestamps_agreed && segment->options.has_timestamps;
}

static bool is_older(const TcpConn *conn, const struct tcp_segment *segment, int32_t tolerance, time_ns now)
{
        if (!has_timestamp(conn, segment) || conn->ts_recent == 0 || !is_timestamp_valid(conn, now))
                return false;
        return (int32_t)(conn->ts_recent - segment->options.timestamp_value) > tolerance;
}

/* RFC 7323 section 5.3 R1. Differs from section 3.2 ("SHOULD silently drop the segment"): a segment without
 * the option is taken, as Linux does; so is one when TS.Recent is 0, which some send in their SYNs only. */
bool receive_is_too_old(
        const TcpConn *conn, const struct tcp_segment *segment, int32_t tolerance, time_ns now)
{
        return is_older(conn, segment, tolerance, now) && conn->settings.paws;
}

bool receive_is_hopelessly_old(
        const TcpConn *conn, const struct tcp_segment *segment, duration_ns age, time_ns now)
{
        bool is_spared = (segment->flags & TCP_FLAG_RST) && age >= PAWS_RESET_AGE;
        return receive_is_too_old(conn, segment, 0, now) && !is_spared;
}

/* RFC 7323 section 4.3 (2): "If SEG.TSval >= TS.Recent and SEG.SEQ <= Last.ACK.sent, then SEG.TSval is copied
 * to TS.Recent". */
void receive_remember_timestamp(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!has_timestamp(conn, segment))
                return;
        if (seq_after(segment->seq, conn->rcv.acked) && conn->settings.ts_recent_check)
                return;
        if (is_older(conn, segment, 0, now))
                return;
        conn->ts_recent = segment->options.timestamp_value;
        conn->ts_recent_at = now;
}

/* A pure ACK that another one has overtaken. RFC 7323 section 5.3 would have it answered; Differs: one that
 * says less than is known needs no answer, as Linux. */
static bool is_pure_ack(const struct tcp_segment *segment)
{
        return tcp_segment_length(segment) == 0 && (segment->flags & TCP_FLAG_ACK);
}

/* tcp_may_update_window, for an ACK of SND.UNA. */
static bool would_move_window(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint32_t window = (uint32_t)segment->window << conn->snd.scale;
        if (seq_after(segment->seq, conn->snd.wl1))
                return true;
        return seq_equal(segment->seq, conn->snd.wl1) && (window > conn->snd.wnd || window == 0);
}

/* Differs: a duplicate ACK that is late by no more than an RTO still counts (tcp_disordered_ack_check). */
static bool is_overtaken_duplicate_ack(const TcpConn *conn, const struct tcp_segment *segment)
{
        duration_ns lateness = (uint32_t)(conn->ts_recent - segment->options.timestamp_value) * MILLISECOND;
        if (!is_pure_ack(segment) || !seq_equal(segment->seq, conn->rcv.nxt))
                return false;
        if (!seq_equal(segment->ack, conn->snd.una) || would_move_window(conn, segment))
                return false;
        return lateness <= rtt_rto(&conn->rtt) + rtt_rto(&conn->rtt) / 5;
}

static enum verdict check_timestamp(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!receive_is_too_old(conn, segment, PAWS_TOLERANCE, now) ||
                is_overtaken_duplicate_ack(conn, segment) || (segment->flags & TCP_FLAG_RST))
                return GO_ON;
        if (is_pure_ack(segment) && seq_before(segment->seq, conn->rcv.nxt)) {
                receive_note_refused(conn, segment, TCP_REFUSED_OLD_TIMESTAMP);
                tcp_host_count(conn->host, TCP_COUNTER_PAWS_OLD_ACK);
                return STOP;
        }
        receive_refuse(conn, segment, TCP_REFUSED_OLD_TIMESTAMP, now);
        return STOP;
}

/* ---- First: sequence number ---- */

/* Differs from the table of section 3.10.7.4, as Linux (tcp_sequence): what ends where the last ACK was sent,
 * or later, is not too old; what reaches beyond the window is taken while nothing waits to be read; and a FIN
 * needs no room. */
static bool is_acceptable(const TcpConn *conn, const struct tcp_segment *segment)
{
        struct seqnum edge = receive_edge(conn);
        struct seqnum end = tcp_segment_end(segment);
        if (seq_before(end, conn->rcv.acked))
                return false;
        bool is_bare_fin = (segment->flags & TCP_FLAG_FIN) && segment->payload.length == 0;
        if (!seq_after(end, edge) || (is_bare_fin && seq_equal(segment->seq, edge)))
                return true;
        /* A FIN waits as text does. */
        bool has_fin = conn->fin_received && !conn->rcv.is_fin_read && !conn->is_closed_by_user;
        bool is_empty = conn->rcv.memory.ready_count == 0 && !has_fin;
        return !seq_after(segment->seq, edge) && is_empty;
}

bool receive_is_in_window(const TcpConn *conn, const struct tcp_segment *segment, uint32_t window)
{
        struct seqnum first = conn->rcv.nxt;
        struct seqnum edge = seq_add(first, window);
        struct seqnum end = tcp_segment_end(segment);
        if (seq_equal(segment->seq, first))
                return true;
        if (seq_after(end, first) && seq_before(segment->seq, edge))
                return true;
        return seq_equal(segment->seq, edge) && seq_equal(segment->seq, end);
}

/* RFC 5961 section 3.2 as Linux extends it: the number before, after the peer's FIN. */
static bool is_before_fin(const TcpConn *conn, const struct tcp_segment *segment)
{
        bool has_fin = conn->state == TCP_STATE_CLOSE_WAIT || conn->state == TCP_STATE_LAST_ACK ||
                       conn->state == TCP_STATE_CLOSING;
        return has_fin && seq_equal(segment->seq, seq_sub(conn->rcv.nxt, 1));
}

static enum verdict check_sequence(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (is_acceptable(conn, segment))
                return GO_ON;
        if (!(segment->flags & TCP_FLAG_RST))
                receive_refuse(conn, segment, TCP_REFUSED_OUTSIDE_WINDOW, now);
        else if (is_before_fin(conn, segment))
                closing_take_reset(conn);
        else
                receive_note_refused(conn, segment, TCP_REFUSED_OUTSIDE_WINDOW);
        return STOP;
}

/* ---- Second: RST ---- */

/* RFC 5961 section 3.2: "If the RST bit is set and the sequence number exactly matches the next expected
 * sequence number (RCV.NXT), then TCP endpoints MUST reset the connection"; in the window but beside it: a
 * challenge ACK. As Linux, what SACK has reported is known to the peer too. RFC 793 took any in the window.
 */
static enum verdict check_reset(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        struct seqnum edge;
        if (!(segment->flags & TCP_FLAG_RST))
                return GO_ON;
        bool is_at_edge = conn->sack_agreed && sack_report_right_edge(&conn->rcv.sack, &edge) &&
                          seq_equal(segment->seq, edge);
        if (seq_equal(segment->seq, conn->rcv.nxt) || is_before_fin(conn, segment) || is_at_edge ||
                !conn->settings.challenge_ack) {
                closing_take_reset(conn);
                return STOP;
        }
        receive_note_refused(conn, segment, TCP_REFUSED_RESET);
        receive_challenge(conn, now);
        return STOP;
}

/* ---- Fourth: SYN ---- */

/* The peer's SYN-ACK in a simultaneous open: its number came with the SYN. */
static bool completes_crossing(const TcpConn *conn, const struct tcp_segment *segment)
{
        return conn->state == TCP_STATE_SYN_RECEIVED && (segment->flags & TCP_FLAG_ACK) &&
               tcp_segment_length(segment) == 1 && seq_equal(segment->seq, conn->rcv.irs) &&
               handshake_accepts_ack(conn, segment->ack);
}

/* RFC 793: "If the SYN is in the window it is an error, send a reset". */
static void give_way_to_syn(TcpConn *conn, const struct tcp_segment *segment)
{
        receive_note_refused(conn, segment, TCP_REFUSED_SYN);
        closing_answer_with_reset(conn, segment);
}

/* RFC 5961 section 4.2: in a synchronized state "irrespective of the sequence number, TCP endpoints MUST send
 * a 'challenge ACK'". */
static enum verdict check_syn(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!(segment->flags & TCP_FLAG_SYN) || completes_crossing(conn, segment))
                return GO_ON;
        if (conn->settings.challenge_ack)
                receive_challenge_syn(conn, segment, now);
        else if (receive_is_in_window(conn, segment, conn->rcv.wnd))
                give_way_to_syn(conn, segment);
        else /* a SYN-ACK sent again: only Linux's wider window has it */
                receive_refuse(conn, segment, TCP_REFUSED_OUTSIDE_WINDOW, now);
        return STOP;
}

/* ---- Fifth: ACK ---- */

/* "If SND.UNA < SEG.ACK =< SND.NXT, then enter ESTABLISHED state ... If the segment acknowledgment is not
 * acceptable, form a reset segment <SEQ=SEG.ACK><CTL=RST> and send it." Differs: as Linux, SND.UNA itself
 * will do for one that both ends have opened. */
static enum verdict acknowledge_syn(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_old = !conn->is_passive && seq_equal(segment->ack, conn->snd.iss);
        if (!is_old && !handshake_accepts_ack(conn, segment->ack)) {
                receive_note_refused(conn, segment, TCP_REFUSED_BAD_ACK);
                closing_want_reset(conn, segment->ack);
                return STOP;
        }
        receive_remember_timestamp(conn, segment, now);
        handshake_complete(conn, segment, now);
        return GO_ON;
}

/* RFC 5961 section 5.2: "The ACK value is considered acceptable only if it is in the range of ((SND.UNA -
 * MAX.SND.WND) <= SEG.ACK <= SND.NXT)". As Linux, no more is acknowledged late than ever was. */
static bool is_ack_too_old(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint64_t acknowledged = conn->counts.bytes_acknowledged + (conn->is_passive ? 0 : 1);
        uint32_t most = (uint32_t)MIN(conn->snd.wnd_max, acknowledged);
        return seq_before(segment->ack, seq_sub(conn->snd.una, most)) && conn->settings.challenge_ack;
}

/* "All incoming segments whose ACK value doesn't satisfy the above condition MUST be discarded and an ACK
 * sent back." Differs: as Linux, on its fast path text has been taken by then; the first text of a
 * connection, which needs memory, does not go there. */
static enum verdict refuse_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool has_text_taken = segment->payload.length > 0 && receive_is_ordinary(conn, segment) &&
                              conn->rcv.reassembly.next > 0 && receive_window(conn) > 0 &&
                              seq_before(segment->ack, conn->snd.una);
        receive_note_refused(conn, segment, TCP_REFUSED_BAD_ACK);
        receive_challenge(conn, now);
        return has_text_taken ? GO_ON : STOP;
}

static enum verdict process_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (conn->fast_open.is_pending && !fast_open_complete(conn, segment, now))
                return STOP;
        if (conn->state == TCP_STATE_SYN_RECEIVED)
                return acknowledge_syn(conn, segment, now);
        if (is_ack_too_old(conn, segment) || seq_after(segment->ack, conn->snd.nxt))
                return refuse_ack(conn, segment, now);
        if (!seq_before(segment->ack, conn->snd.una)) {
                receive_remember_timestamp(conn, segment, now);
                receive_take_sign_of_life(conn, now);
        }
        handshake_clear_doubt(conn, segment->ack);
        sender_on_ack(conn, segment, now);
        if (sender_fin_is_acknowledged(conn))
                closing_on_fin_acknowledged(conn, segment, now);
        return conn->state == TCP_STATE_CLOSED || conn->state == TCP_STATE_TIME_WAIT ? STOP : GO_ON;
}

/* As Linux, where tcp_ack sends again what it finds lost, before text, FIN and what they have answered are
 * looked at; its fast path takes text first. */
void receive_keep_answer(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (conn->scoreboard.lost == 0 || tcp_segment_length(segment) == 0 || !resend_is_due(conn, now))
                return;
        bool is_slow = segment->options.sack_count > 0 || segment->flags & TCP_FLAG_FIN ||
                       receive_holds(conn) || !seq_equal(segment->seq, conn->rcv.nxt);
        if (is_slow)
                send_keep_answer(conn, now);
}

static enum verdict keep_answer(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        receive_keep_answer(conn, segment, now);
        return GO_ON;
}

/* ---- Sixth: URG ---- */

static enum verdict process_urgent(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        (void)now;
        if ((segment->flags & TCP_FLAG_URG) || urgent_has_mark(conn))
                urgent_on_segment(conn, segment);
        return GO_ON;
}

/* ---- Seventh and eighth: text and FIN ---- */

/* Text that nobody will read: "if RCV.NXT ... after a CLOSE, new data received" RFC 2525 section 2.17; RFC
 * 1122 section 4.2.2.13 would have a reset. */
static bool comes_too_late(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint32_t fin = segment->flags & TCP_FLAG_FIN ? 1 : 0;
        bool is_shut = conn->read_shut || conn->fin_received;
        return is_shut && conn->state != TCP_STATE_ESTABLISHED && tcp_segment_length(segment) > 0 &&
               seq_after(seq_sub(tcp_segment_end(segment), fin), conn->rcv.nxt);
}

static enum verdict process_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_old = seq_before(segment->seq, conn->rcv.nxt);
        if (tcp_segment_length(segment) == 0)
                return GO_ON;
        if (conn->fin_received && !is_old) {
                receive_note_refused(conn, segment, TCP_REFUSED_STATE);
                return GO_ON;
        }
        if (comes_too_late(conn, segment)) {
                receive_note_refused(conn, segment, TCP_REFUSED_STATE);
                tcp_host_count(conn->host, TCP_COUNTER_ABORT_ON_DATA);
                closing_answer_with_reset(conn, segment);
                return STOP;
        }
        receive_window_measure_echo(conn, segment, now);
        receive_text(conn, segment, now);
        return GO_ON;
}

/* RFC 9293 section 3.10.7.4, in its order. The third step, security, is for IP options that nobody sends. */
static enum verdict (*const steps[])(TcpConn *, const struct tcp_segment *, time_ns) = {
        check_timestamp,
        check_sequence,
        check_reset,
        check_syn,
        process_ack,
        keep_answer,
        process_urgent,
        process_text,
};

/* Such an ACK needs no second look at what is owed. */
static bool brings_nothing_new(const TcpConn *conn, const struct tcp_segment *segment)
{
        return is_pure_ack(segment) && receive_is_ordinary(conn, segment);
}

static void take_all_steps(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        const uint16_t decisive = TCP_FLAG_ACK | TCP_FLAG_RST | TCP_FLAG_SYN;
        bool is_nothing_new = brings_nothing_new(conn, segment);
        if (!(segment->flags & decisive)) {
                receive_note_refused(conn, segment, TCP_REFUSED_NO_ACK_FLAG);
                return;
        }
#pragma GCC unroll 8 /* and the compiler knows whom it calls: 60 instructions a segment */
        for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
                if (steps[i](conn, segment, now) == STOP)
                        return;
        }
        if (!is_nothing_new)
                ack_ask(conn, true);
}

void receive_in_steps(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (receive_is_predicted(conn, segment))
                receive_predicted(conn, segment, now);
        else
                take_all_steps(conn, segment, now);
}

void receive_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (conn->state == TCP_STATE_CLOSED)
                closing_answer_when_closed(conn, segment);
        else if (conn->state == TCP_STATE_SYN_SENT)
                handshake_on_syn_sent_segment(conn, segment, now);
        else if (conn->fast_open.is_pending && !half_open_lets_pass(conn, segment, now))
                return;
        else if (conn->fast_open.is_pending)
                receive_in_steps(conn, segment, now);
        else if (conn->state == TCP_STATE_SYN_RECEIVED && conn->is_passive)
                half_open_on_segment(conn, segment, now);
        else if (time_wait_has_begun(conn))
                time_wait_on_segment(conn, segment, now);
        else
                receive_in_steps(conn, segment, now);
}
