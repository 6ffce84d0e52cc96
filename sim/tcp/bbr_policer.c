/*
 * BBR's "long-term bandwidth": a policer that lets bursts through and then drops whatever exceeds its rate
 * shows as two intervals with much loss and the same rate; that rate is used then for a while. As Linux
 * (tcp_bbr.c, bbr_lt_bw_sampling).
 */
#include "tcp/cong_bbr.h"

#define INTERVAL_ROUNDS 4
#define LOSS_SHARE      50 /* of 256 */
#define RATIO           (BBR_UNIT / 8)
#define DIFFERENCE      (4000 / 8) /* bytes a second */
#define USE_ROUNDS      48

static void begin_interval(struct cong_bbr *bbr, const struct cong_facts *facts)
{
        bbr->policer.at = facts->delivered_at / MILLISECOND;
        bbr->policer.delivered = facts->delivered;
        bbr->policer.lost = facts->lost;
        bbr->policer.rounds = 0;
}

void bbr_policer_reset(struct cong_bbr *bbr, const struct cong_facts *facts)
{
        bbr->policer.bandwidth = 0;
        bbr->policer.is_used = false;
        bbr->policer.is_sampling = false;
        begin_interval(bbr, facts);
}

static uint64_t bytes_a_second(uint64_t bandwidth, uint32_t mss)
{
        return (bandwidth * mss * 1000000) >> BBR_RATE_BITS;
}

/* Two intervals of about the same rate: it is a policer's. */
static void end_interval(struct cong_bbr *bbr, uint32_t bandwidth, const struct cong_facts *facts)
{
        uint32_t before = bbr->policer.bandwidth;
        if (before > 0) {
                uint32_t difference = bandwidth > before ? bandwidth - before : before - bandwidth;
                if ((uint64_t)difference * BBR_UNIT <= (uint64_t)RATIO * before ||
                        bytes_a_second(difference, facts->mss) <= DIFFERENCE) {
                        bbr->policer.bandwidth = (uint32_t)(((uint64_t)bandwidth + before) / 2);
                        bbr->policer.is_used = true;
                        bbr->pacing_gain = BBR_UNIT;
                        bbr->policer.rounds = 0;
                        return;
                }
        }
        bbr->policer.bandwidth = bandwidth;
        begin_interval(bbr, facts);
}

/* The interval is long enough and ends with a loss. */
static void sample(struct cong_bbr *bbr, const struct cong_ack *ack)
{
        const struct cong_facts *facts = &ack->facts;
        uint32_t lost = facts->lost - bbr->policer.lost;
        uint32_t delivered = facts->delivered - bbr->policer.delivered;
        if (delivered == 0 || (uint64_t)lost << BBR_GAIN_BITS < (uint64_t)LOSS_SHARE * delivered)
                return;
        int64_t time = facts->delivered_at / MILLISECOND - bbr->policer.at;
        if (time < 1)
                return;
        if (time >= INT32_MAX / 1000) {
                bbr_policer_reset(bbr, facts);
                return;
        }
        end_interval(
                bbr, (uint32_t)(((uint64_t)delivered << BBR_RATE_BITS) / (uint64_t)(time * 1000)), facts);
}

void bbr_policer_on_ack(struct cong_bbr *bbr, const struct cong_ack *ack)
{
        const struct cong_facts *facts = &ack->facts;
        if (bbr->policer.is_used) {
                if (bbr->mode == BBR_PROBE_BW && bbr->is_round_start && ++bbr->policer.rounds >= USE_ROUNDS) {
                        bbr_policer_reset(bbr, facts);
                        bbr_probe_bandwidth(bbr, facts);
                }
                return;
        }
        if (!bbr->policer.is_sampling) {
                if (ack->newly_lost == 0)
                        return;
                begin_interval(bbr, facts);
                bbr->policer.is_sampling = true;
        }
        if (ack->rate.is_app_limited) {
                bbr_policer_reset(bbr, facts);
                return;
        }
        if (bbr->is_round_start)
                bbr->policer.rounds++;
        if (bbr->policer.rounds < INTERVAL_ROUNDS)
                return;
        if (bbr->policer.rounds > 4 * INTERVAL_ROUNDS)
                bbr_policer_reset(bbr, facts);
        else if (ack->newly_lost > 0)
                sample(bbr, ack);
}
