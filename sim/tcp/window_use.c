/*
 * Congestion window validation. RFC 7661 and 2861, RFC 5681 section 4.1, as Linux (tcp_cwnd_validate,
 * tcp_cwnd_application_limited, tcp_slow_start_after_idle_check).
 */
#include "tcp/window_use.h"

#include "tcp/recovery.h"
#include "tcp/sender_facts.h"

void window_use_on_sent(TcpConn *conn)
{
        conn->use.is_pending = true;
}

bool window_use_is_limited(const TcpConn *conn)
{
        if (conn->use.is_cwnd_limited || !conn->settings.window_validation)
                return true;
        /* "In slow start, cwnd grows to twice what was used." */
        return cong_in_slow_start(&conn->cong) && conn->cong.cwnd < 2 * (uint64_t)conn->use.max_out;
}

/* Remembers for a window's worth of data whether cwnd was reached, and how much was out. */
static void remember(TcpConn *conn, bool is_limited)
{
        struct window_use *use = &conn->use;
        uint32_t out = conn->scoreboard.count;
        bool is_new_window = !seq_before(conn->snd.una, use->end);
        if (!is_new_window && !is_limited && (use->is_cwnd_limited || out <= use->max_out))
                return;
        use->is_cwnd_limited = is_limited;
        use->max_out = out;
        use->end = conn->snd.nxt;
}

/* An RTO in which the window was not used: it goes half of the way down to what was. RFC 2861. */
static void decay(TcpConn *conn, time_ns now)
{
        struct window_use *use = &conn->use;
        if (conn->recovery.state == TCP_CONGESTION_OPEN) {
                uint32_t used = MAX(use->used, conn->settings.initial_window);
                if (used < conn->cong.cwnd) {
                        conn->cong.ssthresh = cong_current_ssthresh(&conn->cong, conn->recovery.state);
                        conn->cong.cwnd = (conn->cong.cwnd + used) / 2;
                }
                use->used = 0;
        }
        use->used_at = now;
}

void window_use_settle(TcpConn *conn, bool is_limited, time_ns now)
{
        struct window_use *use = &conn->use;
        is_limited |= recovery_in_flight(conn) >= conn->cong.cwnd;
        if (!use->is_pending && !is_limited)
                return;
        use->is_pending = false;
        remember(conn, is_limited);
        if (window_use_is_limited(conn)) {
                use->used = 0;
                use->used_at = now;
                return;
        }
        use->used = MAX(use->used, conn->scoreboard.count);
        if (conn->settings.idle_restart && now - use->used_at >= rtt_rto(&conn->rtt) &&
                !conn->cong.ops->owns_window)
                decay(conn, now);
}

void window_use_after_idle(TcpConn *conn, time_ns now)
{
        duration_ns idle = now - conn->last_data_sent_at;
        if (!conn->settings.idle_restart || conn->scoreboard.count > 0 || conn->cong.ops->owns_window)
                return;
        if (idle <= rtt_rto(&conn->rtt))
                return;
        struct cong_facts facts = sender_facts(conn, now);
        cong_restart(&conn->cong, conn->settings.initial_window, idle, rtt_rto(&conn->rtt), &facts);
        conn->use.used = 0;
        conn->use.used_at = now;
}
