/*
 * Retransmission timeout from round-trip samples. RFC 6298, with Linux's floor and ceiling as settings.
 */
#ifndef INORDER_RTT_H
#define INORDER_RTT_H

#include <stdint.h>
#include "units.h"

struct rtt {
        duration_ns smoothed; /* 0: no sample yet */
        duration_ns variation;
        duration_ns minimum; /* smallest sample; 0: none yet */
        duration_ns latest;
        duration_ns base_rto; /* before back-off */
        duration_ns min_rto;
        duration_ns max_rto;
        uint32_t backoffs; /* doublings since the last acknowledgement of new data */
};

void rtt_init(struct rtt *rtt, duration_ns initial_rto, duration_ns min_rto, duration_ns max_rto);

/* A sample, 0 ns counting as 1; never of a segment sent twice, unless timestamps tell which (Karn). Ends
 * back-off. */
void rtt_sample(struct rtt *rtt, duration_ns sample);

/* The timer fired: twice as long from now on. */
void rtt_back_off(struct rtt *rtt);
void rtt_end_back_off(struct rtt *rtt);

/* The timeout to use now: back-off, floor and ceiling applied. */
duration_ns rtt_rto(const struct rtt *rtt);

#endif
