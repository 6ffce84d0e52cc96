/*
 * DCTCP: the window comes down in proportion to how many segments were marked. RFC 8257, as Linux
 * (tcp_dctcp.c).
 */
#include "tcp/cong.h"

#include <glib.h>

#define ALPHA_BITS 10
#define ALPHA_MAX  (1u << ALPHA_BITS)
#define GAIN_BITS  4 /* g = 1/16 */

static void begin_round(struct cong_dctcp *dctcp, const struct cong_facts *facts)
{
        dctcp->round_end = facts->nxt;
        dctcp->delivered = facts->delivered;
        dctcp->delivered_ce = facts->delivered_ce;
}

static void dctcp_start(struct cong *cong, const struct cong_facts *facts)
{
        cong->dctcp = (struct cong_dctcp){ .alpha = ALPHA_MAX };
        begin_round(&cong->dctcp, facts);
}

/* Section 3.3: "DCTCP.Alpha = DCTCP.Alpha * (1 - g) + g * M", once a round trip. */
static void dctcp_on_sample(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_dctcp *dctcp = &cong->dctcp;
        const struct cong_facts *facts = &ack->facts;
        if (seq_before(facts->una, dctcp->round_end))
                return;
        uint32_t delivered = MAX(facts->delivered - dctcp->delivered, 1);
        uint64_t marked = facts->delivered_ce - dctcp->delivered_ce;
        uint32_t share = dctcp->alpha >> GAIN_BITS;
        dctcp->alpha -= share > 0 ? share : dctcp->alpha;
        dctcp->alpha += (uint32_t)((marked << (ALPHA_BITS - GAIN_BITS)) / delivered);
        dctcp->alpha = MIN(dctcp->alpha, ALPHA_MAX);
        begin_round(dctcp, facts);
}

/* "cwnd = cwnd * (1 - DCTCP.Alpha / 2)". */
static uint32_t dctcp_ssthresh(struct cong *cong, const struct cong_facts *facts)
{
        (void)facts;
        cong->dctcp.lost_cwnd = cong->cwnd;
        uint64_t reduction = ((uint64_t)cong->cwnd * cong->dctcp.alpha) >> (ALPHA_BITS + 1);
        return MAX(cong->cwnd - (uint32_t)reduction, 2);
}

/* Section 3.5: "A DCTCP sender MUST react to loss episodes in the same way as conventional TCP". */
static void react_to_loss(struct cong *cong)
{
        cong->dctcp.lost_cwnd = cong->cwnd;
        cong->ssthresh = MAX(cong->cwnd / 2, 2);
}

static void dctcp_on_state(struct cong *cong, enum tcp_congestion_state state, const struct cong_facts *facts)
{
        if (state == TCP_CONGESTION_RECOVERY && facts->state != state)
                react_to_loss(cong);
}

static void dctcp_on_event(struct cong *cong, enum cong_event event, const struct cong_facts *facts)
{
        (void)facts;
        if (event == CONG_CE || event == CONG_NO_CE)
                cong->dctcp.is_marked = event == CONG_CE;
        if (event == CONG_LOSS)
                react_to_loss(cong);
}

static uint32_t dctcp_undone_window(struct cong *cong)
{
        return MAX(cong->cwnd, cong->dctcp.lost_cwnd);
}

static size_t dctcp_describe(
        const struct cong *cong, const struct cong_facts *facts, union tcp_congestion_info *info)
{
        const struct cong_dctcp *dctcp = &cong->dctcp;
        info->dctcp.is_on = 1;
        info->dctcp.is_marked = dctcp->is_marked;
        info->dctcp.alpha = dctcp->alpha;
        info->dctcp.marked_bytes = facts->mss * (facts->delivered_ce - dctcp->delivered_ce);
        info->dctcp.acked_bytes = facts->mss * (facts->delivered - dctcp->delivered);
        return sizeof info->dctcp;
}

const struct cong_ops cong_dctcp = {
        .name = "dctcp",
        .wants_ecn = true,
        .start = dctcp_start,
        .on_ack = cong_reno_on_ack,
        .on_sample = dctcp_on_sample,
        .ssthresh = dctcp_ssthresh,
        .on_state = dctcp_on_state,
        .on_event = dctcp_on_event,
        .undone_window = dctcp_undone_window,
        .describe = dctcp_describe,
};
