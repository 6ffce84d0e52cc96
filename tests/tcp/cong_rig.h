/*
 * An algorithm of congestion control on a bench, without a connection: segments of 1000 bytes are sent and
 * acknowledged as the test says, and its window is looked at.
 */
#ifndef INORDER_CONG_RIG_H
#define INORDER_CONG_RIG_H

#include "tcp/cong.h"

#define RIG_SEGMENT 1000
#define MS          MILLISECOND

struct cong_rig {
        struct cong cong;
        struct cong_facts facts;
};

/* At 0 ms, with a window of ten segments. */
void cong_rig_init(struct cong_rig *rig, const struct cong_ops *ops);
/* So many segments arrive now, after a round trip of `rtt`. */
struct cong_ack cong_rig_ack(struct cong_rig *rig, uint32_t segments, duration_ns rtt);
void cong_rig_take(struct cong_rig *rig, const struct cong_ack *ack);
/* A window goes out, and is acknowledged segment by segment `rtt` later. */
void cong_rig_round(struct cong_rig *rig, duration_ns rtt);

#endif
