/*
 * Reno's congestion control: slow start, then one segment a round trip. RFC 5681 section 3.1.
 */
#include "tcp/cong.h"

#include <glib.h>

void cong_reno_on_ack(struct cong *cong, const struct cong_ack *ack)
{
        if (!ack->is_cwnd_limited)
                return;
        uint32_t acked_segments = ack->acked_segments;
        if (cong_in_slow_start(cong))
                acked_segments = cong_slow_start(cong, acked_segments);
        if (acked_segments > 0)
                cong_avoid(cong, cong->cwnd, acked_segments);
}

/* RFC 5681 (4): max(FlightSize / 2, 2 * SMSS). Differs: half of cwnd, as Linux (tcp_reno_ssthresh): a window
 * that the application did not fill has not grown, so that the two are close, and a burst of losses does not
 * count twice. */
uint32_t cong_reno_ssthresh(struct cong *cong, const struct cong_facts *facts)
{
        (void)facts;
        return MAX(cong->cwnd / 2, 2);
}

const struct cong_ops cong_reno = {
        .name = "reno",
        .on_ack = cong_reno_on_ack,
        .ssthresh = cong_reno_ssthresh,
};
