/*
 * Ends: FINs in both directions, TIME-WAIT, resets. RFC 9293 section 3.6, 3.10.4, 3.10.5; RFC 6191.
 */
#include "tcp/conn_private.h"

#include "tcp/sender.h"

/* RFC 9293 has FIN-WAIT-1 begin when the FIN is sent. Differs: as on Linux it begins when the FIN is queued;
 * nobody can see the difference from outside. Before the handshake is done the FIN waits for it. */
void closing_send_fin(TcpConn *conn, time_ns now)
{
        if (conn->fin_queued) {
                if (conn->state == TCP_STATE_FIN_WAIT_2 && conn->is_closed_by_user)
                        conn_set_deadline(conn, TCP_DEADLINE_FIN_WAIT_2, now + conn->settings.fin_wait_2);
                return;
        }
        conn->fin_queued = true;
        sender_push(conn);
        if (conn->state == TCP_STATE_ESTABLISHED)
                conn_set_state(conn, TCP_STATE_FIN_WAIT_1);
        else if (conn->state == TCP_STATE_CLOSE_WAIT)
                conn_set_state(conn, TCP_STATE_LAST_ACK);
}

/* "Start the time-wait timer, turn off the other timers." All that was sent has arrived. */
static void enter_time_wait(TcpConn *conn, time_ns now)
{
        sender_clear(conn);
        for (int kind = 0; kind < TCP_DEADLINES; kind++)
                conn_set_deadline(conn, kind, TIME_NEVER);
        if (conn->ack_wish == ACK_DELAYED)
                conn_want_ack(conn, TCP_SEND_ACK);
        conn_set_state(conn, TCP_STATE_TIME_WAIT);
        closing_restart_time_wait(conn, now);
}

void closing_restart_time_wait(TcpConn *conn, time_ns now)
{
        duration_ns time_wait = conn->settings.time_wait;
        conn_set_deadline(
                conn, TCP_DEADLINE_TIME_WAIT, now + (time_wait > 0 ? time_wait : 2 * conn->settings.msl));
}

/* Only who has let go stops waiting for the peer's FIN some day; who has only shut down may read for ever. */
static void enter_fin_wait_2(TcpConn *conn, time_ns now)
{
        conn_set_state(conn, TCP_STATE_FIN_WAIT_2);
        if (conn->is_closed_by_user)
                conn_set_deadline(conn, TCP_DEADLINE_FIN_WAIT_2, now + conn->settings.fin_wait_2);
}

void closing_on_fin_acknowledged(TcpConn *conn, time_ns now)
{
        switch (conn->state) {
        case TCP_STATE_FIN_WAIT_1:
                enter_fin_wait_2(conn, now);
                return;
        case TCP_STATE_CLOSING:
                enter_time_wait(conn, now);
                return;
        case TCP_STATE_LAST_ACK:
                conn_end(conn);
                return;
        default:
                return;
        }
}

/* In FIN-WAIT-1 "if our FIN has been ACKed (perhaps in this segment), then enter TIME-WAIT": step five has
 * made it FIN-WAIT-2 by now. */
void closing_on_fin_received(TcpConn *conn, time_ns now)
{
        switch (conn->state) {
        case TCP_STATE_ESTABLISHED:
                conn_set_state(conn, TCP_STATE_CLOSE_WAIT);
                return;
        case TCP_STATE_FIN_WAIT_1:
                conn_set_state(conn, TCP_STATE_CLOSING);
                return;
        case TCP_STATE_FIN_WAIT_2:
                enter_time_wait(conn, now);
                return;
        default:
                g_assert_not_reached();
        }
}

/* RFC 6191 section 2: a greater timestamp decides; a smaller one is an old duplicate's; without timestamps,
 * or with equal ones, the sequence number decides: "larger than the last sequence number seen" (RFC 9293
 * section 3.6.1). */
bool closing_gives_way(const TcpConn *conn, const struct tcp_segment *segment)
{
        const uint16_t decisive = TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST | TCP_FLAG_FIN;
        if ((segment->flags & decisive) != TCP_FLAG_SYN)
                return false;
        if (conn->timestamps_agreed && segment->options.has_timestamps) {
                int32_t difference = (int32_t)(segment->options.timestamp_value - conn->ts_recent);
                if (difference != 0)
                        return difference > 0;
        }
        return seq_after_or_at(segment->seq, conn->rcv.nxt);
}

void closing_want_reset(TcpConn *conn, struct seqnum seq)
{
        conn->reset_wanted = true;
        conn->reset_has_ack = false;
        conn->reset_seq = seq;
}

/* RFC 9293 section 3.10.5: the states in which ABORT sends <SEQ=SND.NXT><CTL=RST>; and those in which the
 * peer has sent its FIN, but may wait for our acknowledgement still. */
static bool peer_must_know(enum tcp_state state)
{
        return state != TCP_STATE_CLOSED && state != TCP_STATE_LISTEN && state != TCP_STATE_SYN_SENT &&
               state != TCP_STATE_TIME_WAIT;
}

void closing_reset(TcpConn *conn, int error)
{
        if (peer_must_know(conn->state)) {
                closing_want_reset(conn, conn->snd.nxt);
                conn->reset_has_ack = true;
                conn->reset_ack = conn->rcv.nxt;
        }
        if (error != 0)
                conn_fail(conn, error);
        else
                conn_end(conn);
}
