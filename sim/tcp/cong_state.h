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

/* Vegas: round trips of this round, us. */
struct cong_vegas {
        bool is_on;
        struct seqnum round_end;
        uint32_t base_rtt; /* the smallest of all */
        uint32_t round_rtt;
        uint32_t samples;
};

/* DCTCP. RFC 8257 */
struct cong_dctcp {
        uint32_t alpha; /* of 1024: the share of marked segments */
        uint32_t lost_cwnd;
        bool is_marked; /* the last segment that came */
        struct seqnum round_end;
        uint32_t delivered; /* when the round began */
        uint32_t delivered_ce;
};

enum bbr_mode { BBR_STARTUP, BBR_DRAIN, BBR_PROBE_BW, BBR_PROBE_RTT };

/* BBR: bandwidths in segments a microsecond << 24, times in us. */
struct cong_bbr {
        enum bbr_mode mode;
        struct windowed_extreme bandwidth; /* the largest of the last ten rounds */
        uint32_t rounds;
        uint32_t round_end; /* `delivered` that ends this one */
        bool is_round_start;
        uint32_t min_rtt; /* UINT32_MAX: none yet */
        int64_t min_rtt_at;
        int64_t probe_rtt_done_at; /* -1: not known yet */
        bool probe_rtt_round_done;
        bool is_idle_restart;
        bool has_seen_rtt;
        bool conserves; /* packet conservation: the first round of a recovery */
        enum tcp_congestion_state state_before;
        uint32_t prior_cwnd;
        uint32_t pacing_gain; /* << 8 */
        uint32_t cwnd_gain;
        uint32_t full_bandwidth; /* what the search in STARTUP has reached */
        uint32_t full_rounds;
        bool is_full;
        uint32_t cycle;
        int64_t cycle_at;
        struct {
                int64_t began_at;
                uint32_t acked;
                uint32_t extra[2]; /* the most of each of two windows of rounds */
                uint32_t window;
                uint32_t window_rounds;
        } aggregation;
        /* A policer's rate, when one shows. */
        struct {
                bool is_sampling;
                bool is_used;
                uint32_t rounds;
                uint32_t bandwidth;
                uint32_t delivered;
                uint32_t lost;
                int64_t at; /* ms */
        } policer;
};

struct cong {
        const struct cong_ops *ops;
        uint32_t cwnd;         /* segments, at least 1 */
        uint32_t ssthresh;     /* segments, CONG_SSTHRESH_NOT_SET at first */
        uint32_t acked_credit; /* segments acknowledged towards the next +1 in congestion avoidance */
        uint32_t prior_cwnd;   /* before the last reduction, for undoing it */
        uint32_t prior_ssthresh; /* 0: the reduction is not to be undone */
        bool hystart;
        uint32_t abc_limit; /* segments that one ACK counts for in slow start; 0: any number */
        bool wants_app_limited; /* what is in flight is no sample of the path's rate */
        uint64_t pacing_rate;   /* bytes a second, when owns_window */
        union {
                struct cong_cubic cubic;
                struct cong_vegas vegas;
                struct cong_dctcp dctcp;
                struct cong_bbr bbr;
        };
};

#endif
