#include "cong_rig.h"

void cong_rig_init(struct cong_rig *rig, const struct cong_ops *ops)
{
        rig->facts = (struct cong_facts){ .min_rtt = TIME_NEVER, .mss = RIG_SEGMENT, .delivered = 1 };
        cong_init(&rig->cong, ops, 10, true, &rig->facts);
}

struct cong_ack cong_rig_ack(struct cong_rig *rig, uint32_t segments, duration_ns rtt)
{
        struct cong_facts *facts = &rig->facts;
        facts->una = seq_add(facts->una, RIG_SEGMENT * segments);
        facts->delivered += segments;
        facts->delivered_at = facts->now;
        facts->smoothed_rtt = rtt;
        return (struct cong_ack){
                .facts = *facts,
                .acked_segments = segments,
                .popped_segments = segments,
                .rtt_sample = rtt,
                .is_cwnd_limited = true,
                .is_advance = true,
        };
}

void cong_rig_take(struct cong_rig *rig, const struct cong_ack *ack)
{
        cong_on_sample(&rig->cong, ack);
        rig->cong.ops->on_ack(&rig->cong, ack);
}

void cong_rig_round(struct cong_rig *rig, duration_ns rtt)
{
        uint32_t window = rig->cong.cwnd;
        rig->facts.now += rtt;
        rig->facts.nxt = seq_add(rig->facts.una, RIG_SEGMENT * window);
        for (uint32_t i = 0; i < window; i++) {
                struct cong_ack ack = cong_rig_ack(rig, 1, rtt);
                cong_rig_take(rig, &ack);
        }
}
