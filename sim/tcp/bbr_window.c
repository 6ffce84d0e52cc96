/*
 * BBR's controls: pacing rate and window from its model of the path.
 * draft-cardwell-iccrg-bbr-congestion-control-00 section 4.2; as Linux (tcp_bbr.c).
 */
#include "tcp/cong_bbr.h"

#define FIRST_WINDOW       10
#define MARGIN_PERCENT     1             /* below the bandwidth: no queue for a rounding error */
#define SLOW_RATE          (1200000 / 8) /* bytes a second: below it bursts are single segments */
#define BURST_BYTES_MAX    (65536 - 1 - 320)
#define BURST_MAX          127
#define AGGREGATION_MAX_US 100000

uint32_t bbr_least_burst(const struct cong *cong)
{
        return cong->pacing_rate < SLOW_RATE ? 1 : 2;
}

uint32_t bbr_burst(const struct cong *cong, uint32_t mss)
{
        uint32_t bytes = (uint32_t)MIN(cong->pacing_rate >> 10, BURST_BYTES_MAX);
        return MIN(MAX(bytes / mss, bbr_least_burst(cong)), BURST_MAX);
}

static uint64_t to_pacing_rate(uint64_t bandwidth, uint32_t gain, uint32_t mss)
{
        uint64_t rate = (bandwidth * mss * gain) >> BBR_GAIN_BITS;
        rate *= 1000000 / 100 * (100 - MARGIN_PERCENT);
        return rate >> BBR_RATE_BITS;
}

/* Without a bandwidth: the initial window in the first round trip, or a millisecond. */
void bbr_first_pacing_rate(struct cong *cong, const struct cong_facts *facts)
{
        uint64_t rtt = 1000;
        if (facts->smoothed_rtt > 0) {
                rtt = (uint64_t)MAX(facts->smoothed_rtt / MICROSECOND, 1);
                cong->bbr.has_seen_rtt = true;
        }
        uint64_t bandwidth = ((uint64_t)cong->cwnd << BBR_RATE_BITS) / rtt;
        cong->pacing_rate = to_pacing_rate(bandwidth, BBR_HIGH_GAIN, facts->mss);
}

/* In STARTUP the rate does not come down. */
void bbr_set_pacing_rate(struct cong *cong, uint32_t gain, const struct cong_facts *facts)
{
        struct cong_bbr *bbr = &cong->bbr;
        uint64_t rate = to_pacing_rate(bbr_bandwidth(bbr), gain, facts->mss);
        if (!bbr->has_seen_rtt && facts->smoothed_rtt > 0)
                bbr_first_pacing_rate(cong, facts);
        if (bbr->is_full || rate > cong->pacing_rate)
                cong->pacing_rate = rate;
}

/* Bandwidth-delay product, times a gain. */
static uint32_t delay_product(const struct cong_bbr *bbr, uint32_t bandwidth, uint32_t gain)
{
        if (bbr->min_rtt == UINT32_MAX)
                return FIRST_WINDOW;
        uint64_t product = (((uint64_t)bandwidth * bbr->min_rtt * gain) >> BBR_GAIN_BITS);
        return (uint32_t)((product + (1u << BBR_RATE_BITS) - 1) >> BBR_RATE_BITS);
}

/* Room for bursts at the sender, the receiver and in between; even, for delayed ACKs. */
static uint32_t add_budget(const struct cong *cong, uint32_t window, uint32_t mss)
{
        window += 3 * bbr_burst(cong, mss);
        window = (window + 1) & ~1u;
        return cong->bbr.mode == BBR_PROBE_BW && cong->bbr.cycle == 0 ? window + 2 : window;
}

uint32_t bbr_inflight(const struct cong *cong, uint32_t bandwidth, uint32_t gain, uint32_t mss)
{
        return add_budget(cong, delay_product(&cong->bbr, bandwidth, gain), mss);
}

/* What ACKs that come in lumps need in flight meanwhile. */
static uint32_t aggregation_window(const struct cong_bbr *bbr)
{
        if (!bbr->is_full)
                return 0;
        uint32_t extra = MAX(bbr->aggregation.extra[0], bbr->aggregation.extra[1]);
        return MIN(extra, bbr_segments_in(bbr_bandwidth(bbr), AGGREGATION_MAX_US));
}

void bbr_save_cwnd(struct cong *cong)
{
        struct cong_bbr *bbr = &cong->bbr;
        bool is_undisturbed = bbr->state_before < TCP_CONGESTION_RECOVERY && bbr->mode != BBR_PROBE_RTT;
        bbr->prior_cwnd = is_undisturbed ? cong->cwnd : MAX(bbr->prior_cwnd, cong->cwnd);
}

/* Section 4.2.3.4: in the first round of a recovery as much goes out as arrives; after it the window is as
 * before. True: that is all. */
static bool recover(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_bbr *bbr = &cong->bbr;
        enum tcp_congestion_state before = bbr->state_before;
        enum tcp_congestion_state state = ack->facts.state;
        uint32_t arrived = ack->facts.in_flight + ack->acked_segments;
        if (ack->newly_lost > 0)
                cong->cwnd = cong->cwnd > ack->newly_lost ? cong->cwnd - ack->newly_lost : 1;
        if (state == TCP_CONGESTION_RECOVERY && before != TCP_CONGESTION_RECOVERY) {
                bbr->conserves = true;
                bbr->round_end = ack->facts.delivered;
                cong->cwnd = arrived;
        } else if (before >= TCP_CONGESTION_RECOVERY && state < TCP_CONGESTION_RECOVERY) {
                cong->cwnd = MAX(cong->cwnd, bbr->prior_cwnd);
                bbr->conserves = false;
        }
        bbr->state_before = state;
        if (bbr->conserves)
                cong->cwnd = MAX(cong->cwnd, arrived);
        return bbr->conserves;
}

static void approach_target(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_bbr *bbr = &cong->bbr;
        uint32_t target = delay_product(bbr, bbr_bandwidth(bbr), bbr->cwnd_gain) + aggregation_window(bbr);
        target = add_budget(cong, target, ack->facts.mss);
        if (bbr->is_full)
                cong->cwnd = MIN(cong->cwnd + ack->acked_segments, target);
        else if (cong->cwnd < target || ack->facts.delivered < FIRST_WINDOW)
                cong->cwnd += ack->acked_segments;
        cong->cwnd = MAX(cong->cwnd, BBR_WINDOW_LEAST);
}

void bbr_set_cwnd(struct cong *cong, const struct cong_ack *ack)
{
        if (ack->acked_segments > 0 && !recover(cong, ack))
                approach_target(cong, ack);
        if (cong->bbr.mode == BBR_PROBE_RTT)
                cong->cwnd = MIN(cong->cwnd, BBR_WINDOW_LEAST);
}
