/*
 * The congestion window and what each algorithm remembers beside it: the part of congestion control that is
 * kept in a connection.
 */
#ifndef INORDER_CONG_STATE_H
#define INORDER_CONG_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include "tcp/tcp_note.h"
#include "tcp/windowed_extreme.h"
#include "units.h"
#include "wire/seqnum.h"

#define CONG_SSTHRESH_NOT_SET 0x7fffffffu

struct cong_ops;

/* CUBIC's memory, in Linux's units (cong_cubic.c). */
struct cong_cubic {
        uint32_t count; /* acknowledged segments for one more in the window */
        uint32_t last_max_cwnd;
        uint32_t last_cwnd;
        int64_t last_tick; /* of the last computation, ms */
        uint32_t origin_point;
        uint32_t k; /* 1/1024 s */
        int64_t epoch_start; /* ms; -1: none running */
        uint32_t acked;
        uint32_t reno_cwnd;
        uint32_t delay_min; /* us; 0: none yet */
        /* HyStart. */
        bool found;
        bool found_by_train;
        uint32_t sample_count;
        uint32_t round_rtt; /* us, the smallest of this round */
        struct seqnum round_end;
        int64_t round_start; /* us */
        int64_t last_ack;
};

struct cong {
        const struct cong_ops *ops;
        uint32_t cwnd;         /* segments, at least 1 */
        uint32_t ssthresh;     /* segments, CONG_SSTHRESH_NOT_SET at first */
        uint32_t acked_credit; /* segments acknowledged towards the next +1 in congestion avoidance */
        uint32_t prior_cwnd;   /* before the last reduction, for undoing it */
        uint32_t prior_ssthresh; /* 0: the reduction is not to be undone */
        bool hystart;
        union {
                struct cong_cubic cubic;
        };
};

#endif
