/*
 * Retransmission timeout from round-trip samples. RFC 6298, as Linux: in microseconds, with the largest
 * variation of each round trip; and the smallest round trip of the last five minutes.
 */
#ifndef INORDER_RTT_H
#define INORDER_RTT_H

#include <stdbool.h>
#include <stdint.h>
#include "tcp/windowed_extreme.h"
#include "units.h"
#include "wire/seqnum.h"

struct rtt {
        uint32_t smoothed_8;    /* us << 3; 0: no sample yet (srtt_us) */
        uint32_t deviation_4;   /* us << 2 (mdev_us) */
        uint32_t deviation_max_4; /* the largest of this round trip (mdev_max_us) */
        uint32_t variation_4;   /* us << 2: what the RTO is made of (rttvar_us) */
        struct seqnum round_end; /* SND.NXT when this round trip began */
        struct windowed_extreme minimum; /* us */
        duration_ns latest;     /* -1: none yet */
        duration_ns rto;        /* back-off included */
        duration_ns initial_rto;
        duration_ns min_rto;
        duration_ns max_rto;
        uint32_t backoffs; /* doublings since the last sample; window probes double for themselves */
};

void rtt_init(struct rtt *rtt, duration_ns initial_rto, duration_ns min_rto, duration_ns max_rto);

/* A sample, less than 1 us counting as 1; never of a segment sent twice, unless timestamps tell which (Karn).
 * `una` and `nxt` say which round trip it belongs to. Ends back-off. */
void rtt_sample(struct rtt *rtt, duration_ns sample, struct seqnum una, struct seqnum nxt);
/* A sample for the smallest one. `now`: when. */
void rtt_sample_minimum(struct rtt *rtt, duration_ns sample, time_ns now);
/* The handshake gave no sample: RFC 6298 (5.7). */
void rtt_give_up_first_sample(struct rtt *rtt);

/* The timer fired: twice as long from now on. */
void rtt_back_off(struct rtt *rtt);
/* The same for window probes alone, which leaves the RTO. */
void rtt_back_off_probe(struct rtt *rtt, uint32_t most);
void rtt_end_back_off(struct rtt *rtt);
/* The RTO is that of the samples, as if there had been none. */
void rtt_forget_back_off(struct rtt *rtt);
/* One doubling is taken back. RFC 6069 */
void rtt_revert_back_off(struct rtt *rtt);

/* The timeout to use now: back-off, floor and ceiling applied; and a window probe's. */
static inline duration_ns rtt_rto(const struct rtt *rtt)
{
        return rtt->rto;
}
duration_ns rtt_probe_interval(const struct rtt *rtt);

static inline bool rtt_has_sample(const struct rtt *rtt)
{
        return rtt->smoothed_8 > 0;
}
/* 0: no sample yet. */
static inline duration_ns rtt_smoothed(const struct rtt *rtt)
{
        return (duration_ns)(rtt->smoothed_8 >> 3) * MICROSECOND;
}
static inline duration_ns rtt_variation(const struct rtt *rtt)
{
        return (duration_ns)(rtt->deviation_4 >> 2) * MICROSECOND;
}
/* TIME_NEVER: no sample yet. */
duration_ns rtt_minimum(const struct rtt *rtt);

#endif
