/*
 * What BBR's files share.
 */
#ifndef INORDER_CONG_BBR_H
#define INORDER_CONG_BBR_H

#include <glib.h>
#include "tcp/cong.h"

#define BBR_RATE_BITS 24 /* segments a microsecond */
#define BBR_GAIN_BITS 8
#define BBR_UNIT      (1u << BBR_GAIN_BITS)

#define BBR_HIGH_GAIN    739 /* 2/ln(2): STARTUP doubles each round */
#define BBR_WINDOW_LEAST 4

/* The largest of the last rounds; and the rate to go by: a policer's, when one showed. */
static inline uint32_t bbr_max_bandwidth(const struct cong_bbr *bbr)
{
        return windowed_get(&bbr->bandwidth);
}
static inline uint32_t bbr_bandwidth(const struct cong_bbr *bbr)
{
        return bbr->policer.is_used ? bbr->policer.bandwidth : bbr_max_bandwidth(bbr);
}
static inline uint32_t bbr_segments_in(uint32_t bandwidth, int64_t us)
{
        return (uint32_t)(((uint64_t)bandwidth * (uint64_t)us) >> BBR_RATE_BITS);
}

/* bbr_policer.c */
void bbr_policer_reset(struct cong_bbr *bbr, const struct cong_facts *facts);
void bbr_policer_on_ack(struct cong_bbr *bbr, const struct cong_ack *ack);
/* cong_bbr.c */
void bbr_probe_bandwidth(struct cong_bbr *bbr, const struct cong_facts *facts);

/* bbr_window.c: cwnd and pacing rate from the model. */
uint32_t bbr_burst(const struct cong *cong, uint32_t mss);
uint32_t bbr_least_burst(const struct cong *cong);
uint32_t bbr_inflight(const struct cong *cong, uint32_t bandwidth, uint32_t gain, uint32_t mss);
void bbr_first_pacing_rate(struct cong *cong, const struct cong_facts *facts);
void bbr_set_pacing_rate(struct cong *cong, uint32_t gain, const struct cong_facts *facts);
void bbr_save_cwnd(struct cong *cong);
void bbr_set_cwnd(struct cong *cong, const struct cong_ack *ack);

#endif
