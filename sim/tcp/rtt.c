/*
 * Retransmission timeout from round-trip samples. RFC 6298 section 2.
 *
 * Differs: the floor is Linux's (tcp_set_rto, tcp_rto_min). It does not apply to the timeout as a whole but
 * to its variance term: RTO = SRTT + max(min_rto, 4 * RTTVAR), so that a steady path of any length keeps that
 * margin over its round trip. The smoothing itself is RFC 6298's plain one; Linux also takes the maximum of
 * the variation over a round trip.
 */
#include "tcp/rtt.h"

#include <glib.h>

/* (2.2): SRTT <- R, RTTVAR <- R/2 */
static void first_sample(struct rtt *rtt, duration_ns sample)
{
        rtt->smoothed = sample;
        rtt->variation = sample / 2;
        rtt->minimum = sample;
}

/* (2.3), in its order: RTTVAR is updated with the SRTT from before this sample; alpha = 1/8, beta = 1/4. */
static void further_sample(struct rtt *rtt, duration_ns sample)
{
        duration_ns error = sample - rtt->smoothed;
        rtt->variation += (ABS(error) - rtt->variation) / 4;
        rtt->smoothed += error / 8;
        rtt->minimum = MIN(rtt->minimum, sample);
}

void rtt_init(struct rtt *rtt, duration_ns initial_rto, duration_ns min_rto, duration_ns max_rto)
{
        *rtt = (struct rtt){ .base_rto = initial_rto, .min_rto = min_rto, .max_rto = max_rto };
}

void rtt_sample(struct rtt *rtt, duration_ns sample)
{
        g_assert(sample >= 0);
        /* A path without delay and rate takes no time; 0 is "no sample yet". */
        sample = MAX(sample, 1);
        if (rtt->smoothed == 0)
                first_sample(rtt, sample);
        else
                further_sample(rtt, sample);
        rtt->latest = sample;
        rtt->base_rto = rtt->smoothed + MAX(rtt->min_rto, 4 * rtt->variation);
        rtt_end_back_off(rtt);
}

void rtt_back_off(struct rtt *rtt)
{
        rtt->backoffs++;
}

void rtt_end_back_off(struct rtt *rtt)
{
        rtt->backoffs = 0;
}

/* (5.5): RTO <- RTO * 2 at each back-off, (2.5) up to a maximum. */
duration_ns rtt_rto(const struct rtt *rtt)
{
        duration_ns rto = rtt->base_rto;
        for (uint32_t i = 0; i < rtt->backoffs && rto < rtt->max_rto; i++)
                rto *= 2;
        return MIN(rto, rtt->max_rto);
}
