/*
 * The beginning of a sender, once the handshake is done, and settings that change in mid-life. RFC 6928, RFC
 * 6298 sections 2 and 5.
 */
#include "tcp/sender.h"

#include "tcp/pacing.h"
#include "tcp/rack.h"
#include "tcp/rate_sample.h"
#include "tcp/recovery.h"
#include "tcp/sender_facts.h"
#include "tcp/sender_timer.h"

/* RFC 6928 section 2, unlike RFC 5681 section 3.1, lets a single SYN be lost: IW falls to one segment only
 * when it was resent more than once. So does Linux, for SYN-ACKs too. */
static uint32_t initial_window(const TcpConn *conn)
{
        return conn->syn_repeats > 1 ? 1 : conn->settings.initial_window;
}

/* RFC 6298 (5.7): "If the timer expires awaiting the ACK of a SYN segment and the TCP implementation is using
 * an RTO less than 3 seconds, the RTO MUST be re-initialized to 3 seconds when data transmission begins".
 * Differs: as Linux, unless a timestamp tells how long the round trip was. */
static void start_rtt(TcpConn *conn, duration_ns handshake_rtt, time_ns now)
{
        const struct tcp_settings *settings = &conn->settings;
        rtt_init(&conn->rtt, settings->initial_rto, settings->min_rto, settings->max_rto);
        if (handshake_rtt >= 0) {
                rtt_sample_minimum(&conn->rtt, handshake_rtt, now);
                rtt_sample(&conn->rtt, handshake_rtt, conn->snd.una, conn->snd.nxt);
        } else {
                rtt_give_up_first_sample(&conn->rtt);
        }
        sender_timer_note_rtt(conn, handshake_rtt);
}

void sender_start(TcpConn *conn, duration_ns handshake_rtt, time_ns now)
{
        g_assert(conn->snd.mss > 0 && seq_equal(conn->snd.una, conn->snd.nxt));
        start_rtt(conn, handshake_rtt, now);
        recovery_init(conn);
        rack_init(conn);
        rate_sample_init(conn, now);
        conn->cong.ops = conn->settings.congestion_control;
        conn->last_data_sent_at = now;
        struct cong_facts facts = sender_facts(conn, now);
        cong_init(&conn->cong, conn->settings.congestion_control, initial_window(conn),
                conn->settings.hystart, &facts);
        conn->cong.abc_limit = conn->settings.abc_limit;
        sender_timer_stop(conn);
        sender_timer_end_timeouts(conn, now);
        conn->use = (struct window_use){ .end = conn->snd.una, .used_at = now };
        conn->burst.end = conn->resend_burst.end = conn->snd.una;
        conn->paced_until = now;
        conn->probing_since = -1;
        send_memory_grow(conn);
        sender_push(conn);
        if (conn->cong.ops->owns_window)
                conn->pacing_rate = conn->cong.pacing_rate;
        else
                pacing_update(conn);
        sender_note_congestion(conn);
}

void sender_change_settings(TcpConn *conn, time_ns now)
{
        conn->rtt.min_rto = conn->settings.min_rto;
        conn->rtt.max_rto = conn->settings.max_rto;
        conn->rtt.rto = MIN(conn->rtt.rto, conn->rtt.max_rto);
        struct cong_facts facts = sender_facts(conn, now);
        cong_change(&conn->cong, conn->settings.congestion_control, &facts);
        if (conn->cong.ops->owns_window)
                conn->pacing_rate = conn->cong.pacing_rate;
}
