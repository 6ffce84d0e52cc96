/*
 * Tahoe's congestion control: Reno's, without fast recovery: each loss is followed by slow start, whatever
 * has found it. Jacobson, "Congestion Avoidance and Control", 1988.
 */
#include "tcp/cong.h"

const struct cong_ops cong_tahoe = {
        .name = "tahoe",
        .lacks_fast_recovery = true,
        .on_ack = cong_reno_on_ack,
        .ssthresh = cong_reno_ssthresh,
};
