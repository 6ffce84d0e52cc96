/*
 * Pacing rates and bursts, as Linux (tcp_update_pacing_rate, tcp_tso_autosize): a burst is what the rate
 * sends in a millisecond, more on short paths.
 */
#include "tcp/pacing.h"

#define SLOW_START_PERCENT 200
#define AVOIDANCE_PERCENT  120
#define RATE_SHIFT         10 /* bytes a second >> this: of about a millisecond */
#define RTT_SHIFT          9  /* us >> this: how often the largest burst is halved on long paths */
#define BURST_SIZE_MAX     65536
#define BURST_SEGMENTS_MAX 65535
#define BURST_SEGMENTS_MIN 2

void pacing_update(TcpConn *conn)
{
        const struct cong *cong = &conn->cong;
        uint32_t percent = cong->cwnd < cong->ssthresh / 2 ? SLOW_START_PERCENT : AVOIDANCE_PERCENT;
        uint64_t rate = (uint64_t)conn->snd.mss * ((1000000 / 100) << 3) * percent;
        rate *= MAX(cong->cwnd, conn->scoreboard.count);
        if (rtt_has_sample(&conn->rtt))
                rate /= conn->rtt.smoothed_8;
        conn->pacing_rate = rate;
}

static uint32_t burst_bytes(const TcpConn *conn)
{
        uint64_t bytes = conn->pacing_rate >> RATE_SHIFT;
        duration_ns minimum = rtt_minimum(&conn->rtt);
        uint64_t halvings = minimum == TIME_NEVER ? 32 : (uint64_t)(minimum / MICROSECOND) >> RTT_SHIFT;
        if (halvings < 32)
                bytes += BURST_SIZE_MAX >> halvings;
        return (uint32_t)MIN(bytes, BURST_SIZE_MAX);
}

uint32_t pacing_burst(const TcpConn *conn)
{
        const struct cong_ops *ops = conn->cong.ops;
        uint32_t least = ops->least_burst != NULL ? ops->least_burst(&conn->cong) : BURST_SEGMENTS_MIN;
        return MIN(MAX(burst_bytes(conn) / conn->snd.mss, least), BURST_SEGMENTS_MAX);
}
