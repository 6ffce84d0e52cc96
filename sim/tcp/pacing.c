/*
 * Pacing rates and bursts, as Linux (tcp_update_pacing_rate, tcp_tso_autosize): a burst is what the rate
 * sends in a millisecond, more on short paths.
 */
#include "tcp/pacing.h"

#include "tcp/sender.h"
#include "tcp/sender_offer.h"

#define SLOW_START_PERCENT 200
#define AVOIDANCE_PERCENT  120
/* From bytes, times a percentage, over eighths of a microsecond, to bytes a second. */
#define RATE_FACTOR        ((uint64_t)(SECOND / MICROSECOND / 100) * 8)
#define RATE_SHIFT         10 /* bytes a second >> this: of about a millisecond */
#define RTT_SHIFT          9  /* us >> this: how often the largest burst is halved on long paths */
#define BURST_SEGMENTS_MAX 65535

void pacing_update(TcpConn *conn)
{
        const struct cong *cong = &conn->cong;
        uint32_t percent = cong->cwnd < cong->ssthresh / 2 ? SLOW_START_PERCENT : AVOIDANCE_PERCENT;
        uint64_t rate = conn->snd.mss * RATE_FACTOR * percent;
        rate *= MAX(cong->cwnd, conn->scoreboard.count);
        if (rtt_has_sample(&conn->rtt))
                rate /= conn->rtt.smoothed_8;
        conn->pacing_rate = rate;
        pacing_limit(conn);
}

void pacing_limit(TcpConn *conn)
{
        rate_bps most = conn->settings.max_pacing_rate;
        if (most > 0)
                conn->pacing_rate = MIN(conn->pacing_rate, most / 8);
}

static uint32_t burst_bytes(const TcpConn *conn)
{
        uint64_t bytes = conn->pacing_rate >> RATE_SHIFT;
        if (bytes >= PACING_BURST_SIZE_MAX)
                return PACING_BURST_SIZE_MAX;
        duration_ns minimum = rtt_minimum(&conn->rtt);
        uint64_t halvings = minimum == TIME_NEVER ? 32 : (uint64_t)(minimum / MICROSECOND) >> RTT_SHIFT;
        if (halvings < 32)
                bytes += PACING_BURST_SIZE_MAX >> halvings;
        return (uint32_t)MIN(bytes, PACING_BURST_SIZE_MAX);
}

static uint32_t least_burst(const TcpConn *conn)
{
        const struct cong_ops *ops = conn->cong.ops;
        return ops->least_burst != NULL ? ops->least_burst(&conn->cong) : conn->settings.least_burst;
}

uint32_t pacing_burst(const TcpConn *conn)
{
        uint32_t segments = burst_bytes(conn) / sender_current_mss(conn);
        return MIN(MAX(segments, least_burst(conn)), BURST_SEGMENTS_MAX);
}

uint32_t pacing_cut_burst(const TcpConn *conn, uint32_t segments)
{
        return segments <= MIN(least_burst(conn), BURST_SEGMENTS_MAX) ? segments
                                                                      : MIN(segments, pacing_burst(conn));
}

/* ---- The distance between bursts ---- */

/* As many segments as an initial window are never paced. */
#define UNPACED_SEGMENTS 10

bool pacing_is_free(const TcpConn *conn, uint64_t segments)
{
        return !pacing_is_on(conn) || conn->pacing_rate == 0 || segments < UNPACED_SEGMENTS;
}

bool pacing_is_due(const TcpConn *conn, time_ns now)
{
        return !pacing_is_on(conn) || conn->paced_until <= now;
}

bool pacing_holds(TcpConn *conn, time_ns now)
{
        if (pacing_is_due(conn, now))
                return false;
        conn_set_deadline(conn, TCP_DEADLINE_PACING, conn->paced_until);
        return true;
}

/* A pause is credit, for up to half of a burst's distance. */
void pacing_on_burst(TcpConn *conn, uint32_t bytes, time_ns now)
{
        if (!pacing_is_on(conn) || conn->pacing_rate == 0)
                return;
        time_ns before = conn->paced_until;
        conn->paced_until = MAX(before, now);
        /* The first of the burst is counted already. */
        uint64_t segments = conn->counts.data_segments_sent - 1 + sender_segments_of(conn, bytes);
        if (pacing_is_free(conn, segments))
                return;
        duration_ns distance = (duration_ns)((uint64_t)bytes * SECOND / conn->pacing_rate);
        conn->paced_until += distance - MIN(distance / 2, conn->paced_until - before);
}

void pacing_on_deadline(TcpConn *conn, time_ns now)
{
        (void)now;
        conn_note_deadline(conn, TCP_DEADLINE_PACING);
        sender_push(conn);
        if (conn->scoreboard.lost > conn->scoreboard.retransmitted && conn->recovery.wish == RESEND_NOTHING)
                conn->recovery.wish = RESEND_LOST;
}

duration_ns pacing_delay(const TcpConn *conn, time_ns now)
{
        return pacing_is_on(conn) ? MAX(conn->paced_until - now, 0) : 0;
}
