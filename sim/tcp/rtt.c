/*
 * Retransmission timeout from round-trip samples. RFC 6298 section 2, as Linux (tcp_rtt_estimator,
 * tcp_set_rto).
 *
 * Differs: RTO = SRTT + max(min_rto, 4 * RTTVAR): the floor is under the variance term, so that a steady path
 * of any length keeps that margin over its round trip. RTTVAR follows a growing deviation at once, but falls
 * only once a round trip, by a quarter of the way to the largest deviation seen in it; and a sample below the
 * mean moves it eight times less, lest a path that gets shorter be thought a varying one.
 */
#include "tcp/rtt.h"

#include <glib.h>

/* Linux's tcp_min_rtt_wlen. */
#define MINIMUM_WINDOW (300 * SECOND)

/* Probes double no further (tcp_probe0_when). */
#define PROBE_BACKOFFS_MAX 10

static uint32_t floor_4(const struct rtt *rtt)
{
        return (uint32_t)(rtt->min_rto / MICROSECOND);
}

/* (2.2): SRTT <- R, RTTVAR <- R/2 */
static void first_sample(struct rtt *rtt, uint32_t sample, struct seqnum nxt)
{
        rtt->smoothed_8 = sample << 3;
        rtt->deviation_4 = sample << 1;
        rtt->variation_4 = MAX(rtt->deviation_4, floor_4(rtt));
        rtt->deviation_max_4 = rtt->variation_4;
        rtt->round_end = nxt;
}

static void adjust_deviation(struct rtt *rtt, int32_t error)
{
        int32_t change = ABS(error) - (int32_t)(rtt->deviation_4 >> 2);
        if (error < 0 && change > 0)
                change >>= 3;
        rtt->deviation_4 += (uint32_t)change;
        rtt->deviation_max_4 = MAX(rtt->deviation_max_4, rtt->deviation_4);
        rtt->variation_4 = MAX(rtt->variation_4, rtt->deviation_max_4);
}

static void end_round(struct rtt *rtt, struct seqnum nxt)
{
        if (rtt->deviation_max_4 < rtt->variation_4)
                rtt->variation_4 -= (rtt->variation_4 - rtt->deviation_max_4) >> 2;
        rtt->round_end = nxt;
        rtt->deviation_max_4 = floor_4(rtt);
}

static void set_rto(struct rtt *rtt)
{
        duration_ns rto = (duration_ns)((rtt->smoothed_8 >> 3) + rtt->variation_4) * MICROSECOND;
        rtt->rto = MIN(rto, rtt->max_rto);
}

void rtt_init(struct rtt *rtt, duration_ns initial_rto, duration_ns min_rto, duration_ns max_rto)
{
        *rtt = (struct rtt){
                .rto = initial_rto,
                .initial_rto = initial_rto,
                .min_rto = min_rto,
                .max_rto = max_rto,
                .latest = -1,
        };
        rtt->deviation_4 = (uint32_t)(initial_rto / MICROSECOND);
        windowed_reset(&rtt->minimum, 0, UINT32_MAX);
}

static uint32_t whole_microseconds(duration_ns sample)
{
        g_assert(sample >= 0);
        return (uint32_t)CLAMP(sample / MICROSECOND, 1, INT32_MAX >> 3);
}

void rtt_sample(struct rtt *rtt, duration_ns sample, struct seqnum una, struct seqnum nxt)
{
        uint32_t us = whole_microseconds(sample);
        rtt->latest = sample;
        if (rtt->smoothed_8 == 0) {
                first_sample(rtt, us, nxt);
        } else {
                int32_t error = (int32_t)us - (int32_t)(rtt->smoothed_8 >> 3);
                rtt->smoothed_8 = MAX(rtt->smoothed_8 + (uint32_t)error, 1);
                adjust_deviation(rtt, error);
                if (seq_after(una, rtt->round_end))
                        end_round(rtt, nxt);
        }
        set_rto(rtt);
        rtt_end_back_off(rtt);
}

void rtt_sample_minimum(struct rtt *rtt, duration_ns sample, time_ns now)
{
        windowed_update_min(&rtt->minimum, MINIMUM_WINDOW, (uint64_t)now, whole_microseconds(sample));
}

duration_ns rtt_minimum(const struct rtt *rtt)
{
        uint32_t us = windowed_get(&rtt->minimum);
        return us == UINT32_MAX ? TIME_NEVER : (duration_ns)us * MICROSECOND;
}

/* "the RTO MUST be re-initialized to 3 seconds when data transmission begins". */
void rtt_give_up_first_sample(struct rtt *rtt)
{
        rtt->rto = 3 * SECOND;
        rtt->deviation_4 = rtt->deviation_max_4 = rtt->variation_4 = (uint32_t)(3 * SECOND / MICROSECOND);
}

/* (5.5): RTO <- RTO * 2, (2.5) up to a maximum. */
void rtt_back_off(struct rtt *rtt)
{
        rtt->backoffs++;
        rtt->rto = MIN(2 * rtt->rto, rtt->max_rto);
}

void rtt_back_off_probe(struct rtt *rtt, uint32_t most)
{
        if (rtt->backoffs < most)
                rtt->backoffs++;
}

/* Differs: the doubled RTO itself stays until the next sample, as on Linux. */
void rtt_end_back_off(struct rtt *rtt)
{
        rtt->backoffs = 0;
}

void rtt_forget_back_off(struct rtt *rtt)
{
        rtt->backoffs = 0;
        rtt->rto = rtt->initial_rto;
        if (rtt->smoothed_8 > 0)
                set_rto(rtt);
}

void rtt_revert_back_off(struct rtt *rtt)
{
        uint32_t backoffs = rtt->backoffs - 1;
        rtt_forget_back_off(rtt);
        rtt->backoffs = backoffs;
        for (uint32_t i = 0; i < rtt->backoffs && rtt->rto < rtt->max_rto; i++)
                rtt->rto = MIN(2 * rtt->rto, rtt->max_rto);
}

duration_ns rtt_probe_interval(const struct rtt *rtt)
{
        duration_ns interval = MAX(rtt->rto, rtt->min_rto);
        uint32_t backoffs = MIN(rtt->backoffs, PROBE_BACKOFFS_MAX);
        for (uint32_t i = 0; i < backoffs && interval < rtt->max_rto; i++)
                interval *= 2;
        return MIN(interval, rtt->max_rto);
}
