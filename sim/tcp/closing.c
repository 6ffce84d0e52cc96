/*
 * Ends: FINs in both directions, resets. RFC 9293 section 3.6, 3.10.4, 3.10.5; as Linux. What comes after
 * stands in time_wait.c.
 */
#include "tcp/conn_private.h"

#include <errno.h>

#include "tcp/sender.h"
#include "tcp/sender_offer.h"
#include "tcp/urgent.h"

/* Who waits for a FIN waits at least this many half round-trip timeouts (tcp_fin_time: 3.5 RTO). */
#define PATIENCE_HALF_RTOS 7

/* RFC 9293 has FIN-WAIT-1 begin when the FIN is sent. Differs: as on Linux it begins when the FIN is queued;
 * nobody can see the difference from outside. Before the handshake is done the FIN waits for it. */
void closing_send_fin(TcpConn *conn)
{
        if (conn->fin_queued)
                return;
        conn->fin_queued = true;
        sender_push(conn);
        if (conn->state == TCP_STATE_ESTABLISHED)
                conn_set_state(conn, TCP_STATE_FIN_WAIT_1);
        else if (conn->fast_open.is_pending)
                conn_set_state(conn, TCP_STATE_FIN_WAIT_1);
        else if (conn->state == TCP_STATE_CLOSE_WAIT)
                conn_set_state(conn, TCP_STATE_LAST_ACK);
}

/* close(2) does not wait with the FIN of a connection that is open before its handshake is done; shutdown(2)
 * does, as on Linux since 6.10. */
void closing_shut_down(TcpConn *conn)
{
        if (conn->fast_open.is_pending && conn->state == TCP_STATE_SYN_RECEIVED)
                conn->fast_open.is_fin_waiting = true;
        else
                closing_send_fin(conn);
}

/* Only who has let go stops waiting for the peer's FIN some day; who has only shut down may read for ever.
 * Longer than TIME-WAIT lasts, the connection waits as it is. */
static void wait_for_fin(TcpConn *conn, bool as_it_is, time_ns now)
{
        duration_ns time_wait = time_wait_length(conn);
        duration_ns patience = MAX(conn->settings.fin_wait_2, rtt_rto(&conn->rtt) * PATIENCE_HALF_RTOS / 2);
        if (patience > time_wait)
                conn_set_deadline(conn, TCP_DEADLINE_FIN_WAIT_2, now + (patience - time_wait));
        else if (as_it_is)
                conn_set_deadline(conn, TCP_DEADLINE_FIN_WAIT_2, now + patience);
        else
                time_wait_for_fin(conn, patience, now);
}

/* TCP_LINGER2 below 0: nobody waits. */
static bool waits_for_no_fin(const TcpConn *conn)
{
        return conn->settings.fin_wait_2 == 0;
}

void closing_let_go(TcpConn *conn, time_ns now)
{
        if (conn->state != TCP_STATE_FIN_WAIT_2 || conn->is_unattended)
                return;
        if (waits_for_no_fin(conn)) {
                tcp_host_count(conn->host, TCP_COUNTER_ABORT_ON_LINGER);
                closing_reset(conn, 0);
                return;
        }
        wait_for_fin(conn, false, now);
}

/* As the connection stood for too long with nobody to care; in its small form it needs no more. */
void closing_on_fin_wait_2_deadline(TcpConn *conn, time_ns now)
{
        duration_ns time_wait = time_wait_length(conn);
        if (conn->is_unattended)
                conn_end(conn);
        else if (conn->settings.fin_wait_2 > time_wait)
                time_wait_for_fin(conn, conn->settings.fin_wait_2 - time_wait, now);
        else
                closing_reset(conn, 0);
}

/* The segment that acknowledges our FIN may bring text or a FIN of its own. */
static void enter_fin_wait_2(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        uint32_t fin = segment->flags & TCP_FLAG_FIN ? 1 : 0;
        conn_set_state(conn, TCP_STATE_FIN_WAIT_2);
        if (!conn->is_closed_by_user)
                return;
        bool has_text = tcp_segment_length(segment) > 0 &&
                        seq_after(seq_sub(tcp_segment_end(segment), fin), conn->rcv.nxt);
        if (waits_for_no_fin(conn) || has_text) {
                tcp_host_count(conn->host, TCP_COUNTER_ABORT_ON_DATA);
                closing_answer_with_reset(conn, segment);
                return;
        }
        wait_for_fin(conn, fin > 0, now);
}

void closing_on_fin_acknowledged(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        switch (conn->state) {
        case TCP_STATE_FIN_WAIT_1:
                enter_fin_wait_2(conn, segment, now);
                return;
        case TCP_STATE_CLOSING:
                time_wait_begin(conn, now);
                return;
        case TCP_STATE_LAST_ACK:
                conn_end(conn);
                return;
        default:
                return;
        }
}

/* In FIN-WAIT-1 "if our FIN has been ACKed (perhaps in this segment), then enter TIME-WAIT": step five has
 * made it FIN-WAIT-2 by now. Who has not closed yet will answer: its ACK goes with that. */
void closing_on_fin_received(TcpConn *conn, time_ns now)
{
        switch (conn->state) {
        case TCP_STATE_ESTABLISHED:
                conn_set_state(conn, TCP_STATE_CLOSE_WAIT);
                ack_enter_pingpong(conn);
                return;
        case TCP_STATE_FIN_WAIT_1:
                conn_want_ack(conn, TCP_SEND_ACK);
                conn_set_state(conn, TCP_STATE_CLOSING);
                return;
        case TCP_STATE_FIN_WAIT_2:
                receive_window_tell(conn); /* from now on it stays as this ACK says (tcp_fin) */
                time_wait_begin(conn, now);
                conn_want_ack(conn, TCP_SEND_ACK);
                return;
        default:
                g_assert_not_reached();
        }
}

/* ---- Resets ---- */

void closing_want_reset(TcpConn *conn, struct seqnum seq)
{
        conn->reset_wanted = true;
        conn->reset_has_ack = conn->reset_is_own = false;
        conn->reset_seq = seq;
}

/* Whoever still holds a closed connection lets it answer as a stranger would. */
void closing_answer_when_closed(TcpConn *conn, const struct tcp_segment *segment)
{
        struct tcp_segment answer;
        if (!tcp_stray_answer(segment, &answer))
                return;
        closing_want_reset(conn, answer.seq);
        conn->reset_has_ack = answer.flags & TCP_FLAG_ACK;
        conn->reset_ack = answer.ack;
}

static int error_of_reset(const TcpConn *conn)
{
        return conn->state == TCP_STATE_CLOSE_WAIT ? EPIPE : ECONNRESET;
}

void closing_take_reset(TcpConn *conn)
{
        conn_fail(conn, error_of_reset(conn));
}

void closing_answer_with_reset(TcpConn *conn, const struct tcp_segment *segment)
{
        int error = error_of_reset(conn);
        closing_answer_when_closed(conn, segment);
        conn_fail(conn, error);
}

/* RFC 9293 section 3.10.5: the states in which ABORT sends <SEQ=SND.NXT><CTL=RST>; and, as Linux, those in
 * which the peer has sent its FIN, but ours has not gone out. A listener's request is dropped in silence. */
static bool peer_must_know(const TcpConn *conn)
{
        switch (conn->state) {
        case TCP_STATE_SYN_RECEIVED:
                return !conn->is_passive || conn->fast_open.is_child;
        case TCP_STATE_ESTABLISHED:
        case TCP_STATE_FIN_WAIT_1:
        case TCP_STATE_FIN_WAIT_2:
        case TCP_STATE_CLOSE_WAIT:
                return true;
        case TCP_STATE_CLOSING:
        case TCP_STATE_LAST_ACK:
                return !seq_equal(conn->snd.nxt, sender_stream_end(conn));
        default:
                return false;
        }
}

void closing_send_reset(TcpConn *conn)
{
        closing_want_reset(conn, conn_acceptable_seq(conn));
        conn->reset_is_own = conn->reset_has_ack = true;
        conn->reset_ack = conn->rcv.nxt;
        struct tcp_segment reset = { .seq = conn->reset_seq };
        urgent_fill(conn, &reset);
        conn->reset_urgent = reset.urgent_pointer;
}

void closing_reset(TcpConn *conn, int error)
{
        if (peer_must_know(conn))
                closing_send_reset(conn);
        if (error != 0)
                conn_fail(conn, error);
        else
                conn_end(conn);
}
