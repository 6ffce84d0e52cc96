/*
 * Vegas: the window follows the round trips, so that two to four segments wait in the path's queue. Brakmo
 * and Peterson, "TCP Vegas: End to End Congestion Avoidance on a Global Internet", 1995; as Linux
 * (tcp_vegas.c).
 */
#include "tcp/cong.h"

#include <glib.h>

#define ALPHA 2 /* segments queued: fewer, and the window grows */
#define BETA  4 /* more, and it shrinks */
#define GAMMA 1 /* more, and slow start ends */

/* So many samples make a round trip that is no delayed ACK's. */
#define SAMPLES_MIN 3

#define NO_RTT      (UINT32_MAX >> 1)

static void begin_round(struct cong_vegas *vegas, const struct cong_facts *facts)
{
        vegas->is_on = true;
        vegas->round_end = facts->nxt;
        vegas->samples = 0;
        vegas->round_rtt = NO_RTT;
}

static void vegas_start(struct cong *cong, const struct cong_facts *facts)
{
        cong->vegas = (struct cong_vegas){ .base_rtt = NO_RTT };
        begin_round(&cong->vegas, facts);
}

static void vegas_on_sample(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_vegas *vegas = &cong->vegas;
        if (ack->rtt_sample < 0)
                return;
        uint32_t rtt = (uint32_t)CLAMP(ack->rtt_sample / MICROSECOND, 0, NO_RTT - 1) + 1;
        vegas->base_rtt = MIN(vegas->base_rtt, rtt);
        vegas->round_rtt = MIN(vegas->round_rtt, rtt);
        vegas->samples++;
}

/* In slow start, which ends as soon as a queue shows: at what the path takes without one. */
static void leave_slow_start(struct cong *cong)
{
        const struct cong_vegas *vegas = &cong->vegas;
        uint32_t target = (uint32_t)((uint64_t)cong->cwnd * vegas->base_rtt / vegas->round_rtt);
        cong->cwnd = MIN(cong->cwnd, target + 1);
        cong->ssthresh = MIN(cong->ssthresh, cong->cwnd);
}

/* One step a round, by what is queued: expected less actual rate, times the base round trip. */
static void step(struct cong *cong, const struct cong_ack *ack)
{
        const struct cong_vegas *vegas = &cong->vegas;
        uint32_t excess = vegas->round_rtt - vegas->base_rtt;
        uint32_t queued = (uint32_t)((uint64_t)cong->cwnd * excess / vegas->base_rtt);
        if (cong_in_slow_start(cong)) {
                if (queued > GAMMA)
                        leave_slow_start(cong);
                else
                        cong_slow_start(cong, ack->acked_segments);
        } else if (queued > BETA) {
                cong->cwnd--;
                cong->ssthresh = MIN(cong->ssthresh, cong->cwnd);
        } else if (queued < ALPHA) {
                cong->cwnd++;
        }
        cong->cwnd = MAX(cong->cwnd, 2);
        cong->ssthresh = cong_current_ssthresh(cong, ack->facts.state);
}

static void vegas_on_ack(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_vegas *vegas = &cong->vegas;
        if (!vegas->is_on) {
                cong_reno_on_ack(cong, ack);
        } else if (seq_after(ack->facts.una, vegas->round_end)) {
                if (vegas->samples < SAMPLES_MIN)
                        cong_reno_on_ack(cong, ack);
                else
                        step(cong, ack);
                begin_round(vegas, &ack->facts);
        } else if (cong_in_slow_start(cong)) {
                cong_slow_start(cong, ack->acked_segments);
        }
}

/* Round trips of a recovery are no measure. */
static void vegas_on_state(struct cong *cong, enum tcp_congestion_state state, const struct cong_facts *facts)
{
        if (state == TCP_CONGESTION_OPEN)
                begin_round(&cong->vegas, facts);
        else
                cong->vegas.is_on = false;
}

/* After a pause the path may be another. */
static void vegas_on_event(struct cong *cong, enum cong_event event, const struct cong_facts *facts)
{
        if (event == CONG_RESTART || event == CONG_TX_START)
                vegas_start(cong, facts);
}

static size_t vegas_describe(
        const struct cong *cong, const struct cong_facts *facts, union tcp_congestion_info *info)
{
        (void)facts;
        info->vegas.is_on = cong->vegas.is_on;
        info->vegas.samples = cong->vegas.samples;
        info->vegas.base_rtt = cong->vegas.base_rtt;
        info->vegas.round_rtt = cong->vegas.round_rtt;
        return sizeof info->vegas;
}

const struct cong_ops cong_vegas = {
        .name = "vegas",
        .start = vegas_start,
        .on_ack = vegas_on_ack,
        .on_sample = vegas_on_sample,
        .ssthresh = cong_reno_ssthresh,
        .on_state = vegas_on_state,
        .on_event = vegas_on_event,
        .describe = vegas_describe,
};
