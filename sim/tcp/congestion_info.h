/*
 * What a congestion control says of itself to the user: TCP_CC_INFO.
 */
#ifndef INORDER_CONGESTION_INFO_H
#define INORDER_CONGESTION_INFO_H

#include <stdint.h>

/* As Linux lays it out (union tcp_cc_info). */
union tcp_congestion_info {
        struct {
                uint32_t is_on;
                uint32_t samples;
                uint32_t base_rtt; /* us */
                uint32_t round_rtt;
        } vegas;
        struct {
                uint16_t is_on;
                uint16_t is_marked; /* the last segment that came (ce_state) */
                uint32_t alpha;
                uint32_t marked_bytes; /* of this round */
                uint32_t acked_bytes;
        } dctcp;
        struct {
                uint32_t bandwidth_low; /* bytes a second */
                uint32_t bandwidth_high;
                uint32_t min_rtt;     /* us */
                uint32_t pacing_gain; /* << 8 */
                uint32_t cwnd_gain;
        } bbr;
};

#endif
