/*
 * Retransmission timer, RFC 6298 section 5; zero-window probes, RFC 9293 section 3.8.6.1; giving up, RFC 9293
 * section 3.8.3; as Linux (tcp_timer.c).
 *
 * Both timers wait for the RTO and double it each time they fire.
 */
#include "tcp/sender_timer.h"

#include "tcp/loss.h"
#include "tcp/pacing.h"
#include "tcp/recovery.h"
#include "tcp/sender.h"
#include "tcp/tail_probe.h"

#define ORPHAN_RETRIES 8
#define THIN_TIMEOUTS  6
#define LEAST_RTO      (200 * MILLISECOND) /* TCP_RTO_MIN, whatever is set */

static const enum tcp_deadline_kind watches[] = { TCP_DEADLINE_RETRANSMIT, TCP_DEADLINE_TAIL_PROBE,
        TCP_DEADLINE_REORDERING, TCP_DEADLINE_PERSIST };

/* The SYN-ACK's timer stays, when text goes out before the handshake is done (RFC 7413 section 4.2.2). */
void sender_timer_stop(TcpConn *conn)
{
        if (conn->fast_open.is_pending)
                return;
        for (unsigned i = 0; i < G_N_ELEMENTS(watches); i++)
                conn_set_deadline(conn, watches[i], TIME_NEVER);
}

void sender_timer_set(TcpConn *conn, enum tcp_deadline_kind kind, time_ns at)
{
        if (conn->fast_open.is_pending)
                return;
        sender_timer_stop(conn);
        conn_set_deadline(conn, kind, at);
}

bool sender_timer_is_running(const TcpConn *conn, enum tcp_deadline_kind kind)
{
        return conn->deadlines[kind] != TIME_NEVER;
}

bool sender_timer_is_watching(const TcpConn *conn)
{
        return sender_timer_is_running(conn, TCP_DEADLINE_RETRANSMIT) ||
               sender_timer_is_running(conn, TCP_DEADLINE_TAIL_PROBE) ||
               sender_timer_is_running(conn, TCP_DEADLINE_REORDERING);
}

duration_ns sender_timer_rto_left(const TcpConn *conn, time_ns now)
{
        const struct sent_segment *first = scoreboard_first(&conn->scoreboard);
        duration_ns rto = rtt_rto(&conn->rtt);
        return first == NULL ? rto : first->last_sent_at + rto - now;
}

void sender_timer_rearm(TcpConn *conn, time_ns now)
{
        if (conn->scoreboard.count == 0)
                sender_timer_stop(conn);
        else
                sender_timer_set(
                        conn, TCP_DEADLINE_RETRANSMIT, now + rtt_rto(&conn->rtt) + pacing_delay(conn, now));
}

void sender_timer_rearm_from_head(TcpConn *conn, time_ns now)
{
        if (conn->scoreboard.count == 0)
                sender_timer_stop(conn);
        else
                sender_timer_set(conn, TCP_DEADLINE_RETRANSMIT,
                        now + MAX(sender_timer_rto_left(conn, now), MICROSECOND));
}

/* RFC 6298: "(5.2) When all outstanding data has been acknowledged, turn off the retransmission timer. (5.3)
 * When an ACK is received that acknowledges new data, restart the retransmission timer". A timer that stood
 * for it before took its time from the first segment's sending, and so does this one. */
void sender_timer_on_progress(TcpConn *conn, time_ns now)
{
        bool is_in_place = sender_timer_is_running(conn, TCP_DEADLINE_TAIL_PROBE) ||
                           sender_timer_is_running(conn, TCP_DEADLINE_REORDERING);
        if (tail_probe_schedule(conn, true, now))
                return;
        if (is_in_place)
                sender_timer_rearm_from_head(conn, now);
        else
                sender_timer_rearm(conn, now);
}

void sender_timer_start_persist(TcpConn *conn, bool is_first, time_ns now)
{
        duration_ns interval =
                is_first ? MAX(rtt_rto(&conn->rtt), conn->settings.min_rto) : rtt_probe_interval(&conn->rtt);
        if (conn->settings.zero_window_probe)
                sender_timer_set(conn, TCP_DEADLINE_PERSIST, now + interval);
}

void sender_timer_stop_persist(TcpConn *conn)
{
        conn_set_deadline(conn, TCP_DEADLINE_PERSIST, TIME_NEVER);
        conn->probe_wanted = false;
        conn->probing_since = -1;
}

void sender_timer_note_rtt(TcpConn *conn, duration_ns sample)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_RTT);
        if (note == NULL)
                return;
        note->rtt.sample = sample;
        note->rtt.smoothed = rtt_smoothed(&conn->rtt);
        note->rtt.variation = rtt_variation(&conn->rtt);
        note->rtt.rto = rtt_rto(&conn->rtt);
        note->rtt.backoffs = conn->rtt.backoffs;
}

/* tcp_model_timeout */
duration_ns sender_timer_of_retries(const TcpConn *conn, uint32_t retries, duration_ns rto)
{
        duration_ns time = 0;
        for (uint32_t i = 0; i <= retries; i++) {
                time += rto;
                rto = MIN(2 * rto, conn->settings.max_rto);
        }
        return time;
}

/* Nobody waits for what an orphan sends, but it tries for a while (tcp_orphan_retries). */
static uint32_t retries_of(const TcpConn *conn, duration_ns interval)
{
        bool is_lively = interval < conn->settings.max_rto;
        uint32_t retries = conn->settings.orphan_retries;
        if (!conn->is_closed_by_user)
                return conn->settings.retries;
        if (conn->soft_error != 0 && !is_lively)
                retries = 0;
        return retries == 0 && is_lively ? ORPHAN_RETRIES : retries;
}

/* Linux counts time from the first resending on, not sendings, as if the RTO had been the least one at first:
 * lest a long RTO make a connection last for hours. The user timeout, where set, decides instead, by a
 * deadline of its own. */
static bool is_given_up(const TcpConn *conn, time_ns now)
{
        const struct recovery *recovery = &conn->recovery;
        if (conn->settings.user_timeout > 0 || recovery->timeouts == 0 ||
                recovery->first_resent_at == NO_TIME)
                return false;
        return now - recovery->first_resent_at >=
               sender_timer_of_retries(conn, retries_of(conn, rtt_rto(&conn->rtt)), LEAST_RTO);
}

/* A peer that closed its window on what was sent already and keeps saying so is alive: RFC 9293 section 3.8.6
 * would not have such a connection time out. Once it is silent it has some time, counted from the first
 * resending (tcp_rtx_probe0_timed_out). */
static bool is_silent(const TcpConn *conn, time_ns now)
{
        const struct recovery *recovery = &conn->recovery;
        bool was_resent = recovery->first_resent_at != NO_TIME;
        time_ns asked_at =
                was_resent ? recovery->first_resent_at : scoreboard_first(&conn->scoreboard)->last_sent_at;
        return now - MAX(conn->last_heard_at, asked_at) > 2 * conn->settings.max_rto;
}

/* tcp_stream_is_thin: no four segments in flight, and no first slow start. */
static bool is_thin(const TcpConn *conn)
{
        return conn->settings.thin_linear_timeouts && conn->state == TCP_STATE_ESTABLISHED &&
               conn->scoreboard.count < 4 && conn->cong.ssthresh != CONG_SSTHRESH_NOT_SET &&
               conn->recovery.timeouts <= THIN_TIMEOUTS;
}

/* (5.4) to (5.6): "Retransmit the earliest segment ... The host MUST set RTO <- RTO * 2." */
static void fire(TcpConn *conn, bool counts, time_ns now)
{
        loss_begin(conn, TCP_LOSS_TIMEOUT, now);
        conn->recovery.timeouts += counts;
        conn->recovery.wish = RESEND_FIRST;
        if (is_thin(conn))
                rtt_forget_back_off(&conn->rtt);
        else
                rtt_back_off(&conn->rtt);
        sender_timer_note_rtt(conn, -1);
        sender_timer_rearm(conn, now);
        sender_note_congestion(conn);
}

/* tcp_update_rto_stats */
void sender_timer_count_timeout(TcpConn *conn, bool is_first, time_ns now)
{
        conn->counts.timeouts++;
        conn->counts.timeout_recoveries += is_first;
        if (is_first)
                conn->timeouts_since = now;
}

/* tcp_update_rto_time */
void sender_timer_end_timeouts(TcpConn *conn, time_ns now)
{
        if (conn->timeouts_since >= 0)
                conn->counts.timeout_time += now - conn->timeouts_since;
        conn->timeouts_since = -1;
}

void sender_on_retransmit_deadline(TcpConn *conn, time_ns now)
{
        bool is_closed = conn->snd.wnd == 0 && !conn->is_closed_by_user;
        g_assert(conn->scoreboard.count > 0);
        sender_settle(conn, now);
        if (!is_closed)
                tcp_host_count(conn->host, TCP_COUNTER_TIMEOUTS);
        if (is_closed ? is_silent(conn, now) : is_given_up(conn, now)) {
                conn_time_out(conn);
                return;
        }
        conn_note_deadline(conn, TCP_DEADLINE_RETRANSMIT);
        if (!is_closed)
                sender_timer_count_timeout(conn, conn->recovery.timeouts == 0, now);
        fire(conn, !is_closed, now);
}

void sender_on_persist_deadline(TcpConn *conn, time_ns now)
{
        g_assert(conn->scoreboard.count == 0);
        if (conn->probes >= retries_of(conn, rtt_probe_interval(&conn->rtt))) {
                conn_time_out(conn);
                return;
        }
        if (conn->probing_since < 0)
                conn->probing_since = now;
        conn_note_deadline(conn, TCP_DEADLINE_PERSIST);
        conn->probes++;
        conn->probe_wanted = true;
        conn->urgent.is_probed = false;
        rtt_back_off_probe(&conn->rtt, conn->settings.retries);
        sender_timer_note_rtt(conn, -1);
        sender_timer_start_persist(conn, false, now);
}

/* RFC 6069 section 3, as Linux (tcp_ld_RTO_revert): the path was broken, not congested; one back-off is taken
 * back, and the timer counts from the last sending. */
void sender_on_unreachable(TcpConn *conn, struct seqnum seq, time_ns now)
{
        if (conn->scoreboard.count == 0 || !seq_equal(seq, conn->snd.una))
                return;
        if (conn->recovery.timeouts == 0 || conn->rtt.backoffs == 0)
                return;
        rtt_revert_back_off(&conn->rtt);
        sender_timer_note_rtt(conn, -1);
        sender_timer_rearm_from_head(conn, now);
}
