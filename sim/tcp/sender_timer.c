/*
 * Retransmission timer, RFC 6298 section 5; zero-window probes, RFC 9293 section 3.8.6.1; giving up, RFC 9293
 * section 3.8.3.
 *
 * Both timers wait for the RTO and double it each time they fire.
 */
#include "tcp/sender_timer.h"

#include "tcp/recovery.h"
#include "tcp/sender.h"

void sender_timer_start_retransmit(TcpConn *conn, time_ns now)
{
        conn_set_deadline(conn, TCP_DEADLINE_RETRANSMIT, now + rtt_rto(&conn->rtt));
}

void sender_timer_stop_retransmit(TcpConn *conn)
{
        conn_set_deadline(conn, TCP_DEADLINE_RETRANSMIT, TIME_NEVER);
}

bool sender_timer_retransmit_is_running(const TcpConn *conn)
{
        return conn->deadlines[TCP_DEADLINE_RETRANSMIT] != TIME_NEVER;
}

void sender_timer_start_persist(TcpConn *conn, time_ns now)
{
        conn_set_deadline(conn, TCP_DEADLINE_PERSIST, now + rtt_rto(&conn->rtt));
}

void sender_timer_stop_persist(TcpConn *conn)
{
        conn_set_deadline(conn, TCP_DEADLINE_PERSIST, TIME_NEVER);
        conn->probe_wanted = false;
}

bool sender_timer_persist_is_running(const TcpConn *conn)
{
        return conn->deadlines[TCP_DEADLINE_PERSIST] != TIME_NEVER;
}

void sender_timer_note_rtt(TcpConn *conn, duration_ns sample)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_RTT);
        if (note == NULL)
                return;
        note->rtt.sample = sample;
        note->rtt.smoothed = conn->rtt.smoothed;
        note->rtt.variation = conn->rtt.variation;
        note->rtt.rto = rtt_rto(&conn->rtt);
        note->rtt.backoffs = conn->rtt.backoffs;
}

/* `attempts` sendings by the timer have brought nothing. The user timeout, where set, decides instead. */
static bool gives_up(const TcpConn *conn, uint32_t attempts)
{
        return conn->settings.user_timeout == 0 && attempts >= conn->settings.retries;
}

/* (5.5): "The host MUST set RTO <- RTO * 2." */
static void back_off(TcpConn *conn)
{
        rtt_back_off(&conn->rtt);
        sender_timer_note_rtt(conn, -1);
}

/* A peer that closed its window on what was sent already and keeps saying so is alive: RFC 9293 section 3.8.6
 * would not have such a connection time out. */
static uint32_t futile_timeouts(const TcpConn *conn)
{
        return conn->snd.wnd == 0 ? conn->probes : conn->recovery.timeouts;
}

void sender_on_retransmit_deadline(TcpConn *conn, time_ns now)
{
        g_assert(conn->scoreboard.count > 0);
        if (gives_up(conn, futile_timeouts(conn))) {
                conn_time_out(conn);
                return;
        }
        conn->probes++;
        recovery_on_timeout(conn, now);
        back_off(conn);
        sender_timer_start_retransmit(conn, now);
        sender_note_congestion(conn);
}

void sender_on_persist_deadline(TcpConn *conn, time_ns now)
{
        g_assert(conn->scoreboard.count == 0);
        if (gives_up(conn, conn->probes)) {
                conn_time_out(conn);
                return;
        }
        if (conn->probes == 0)
                conn->unanswered_since = now;
        conn->probes++;
        conn->probe_wanted = true;
        back_off(conn);
        sender_timer_start_persist(conn, now);
}

/* RFC 6069 section 3, as Linux (tcp_ld_RTO_revert): the path was broken, not congested; one back-off is taken
 * back, and the timer counts from the last sending. */
void sender_on_unreachable(TcpConn *conn, struct seqnum seq, time_ns now)
{
        const struct sent_segment *first = scoreboard_first(&conn->scoreboard);
        if (first == NULL || !seq_equal(seq, conn->snd.una))
                return;
        if (conn->recovery.timeouts == 0 || conn->rtt.backoffs == 0)
                return;
        conn->rtt.backoffs--;
        sender_timer_note_rtt(conn, -1);
        conn_set_deadline(conn, TCP_DEADLINE_RETRANSMIT, MAX(first->last_sent_at + rtt_rto(&conn->rtt), now));
}
