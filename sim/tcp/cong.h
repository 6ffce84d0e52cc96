/*
 * Congestion control: the window, counted in segments as Linux counts it, and the table of algorithms. RFC
 * 5681.
 *
 * Recovery (recovery.c) says what happened; an algorithm answers with a window. It is handed facts, never the
 * connection. One algorithm a file, each a `const struct cong_ops`, all found in cong.c's table.
 */
#ifndef INORDER_CONG_H
#define INORDER_CONG_H

#include <stdbool.h>
#include <stdint.h>
#include "units.h"

#define CONG_SSTHRESH_NOT_SET UINT32_MAX

/* CUBIC's own memory. RFC 9438 section 4.1.2. Windows in segments << CUBIC_SCALE_BITS (cong_cubic.c), times
 * in ns. */
struct cubic_curve {
        uint64_t w_max;
        uint64_t w_est;
        duration_ns k;
        time_ns epoch_start; /* -1: none running */
};

struct cong_cubic {
        struct cubic_curve curve;
        struct cubic_curve before_loss; /* for undoing */
        uint64_t fraction;              /* of a segment, not yet part of cwnd */
        time_ns last_ack_at;
};

struct cong {
        const struct cong_ops *ops;
        uint32_t cwnd;         /* segments, at least 1 */
        uint32_t ssthresh;     /* segments, CONG_SSTHRESH_NOT_SET at first */
        uint32_t acked_credit; /* segments acknowledged towards the next +1 in congestion avoidance */
        uint32_t prior_cwnd;   /* before the last reduction, for undoing it */
        uint32_t prior_ssthresh;
        union {
                struct cong_cubic cubic;
        };
};

/* What an algorithm may know about an acknowledgement. */
struct cong_ack {
        time_ns now;
        uint32_t acked_segments;   /* newly acknowledged, cumulatively or (with SACK) selectively */
        uint32_t in_flight_before; /* segments, before this ACK */
        duration_ns rtt_sample;    /* -1 when the ACK gave none */
        duration_ns smoothed_rtt;  /* 0: none yet */
        duration_ns min_rtt;       /* 0: none yet */
        bool is_cwnd_limited; /* the window was used up: growth is deserved. RFC 7661, RFC 9438 section 5.8 */
};

struct cong_ops {
        const char *name;
        /* The window starts (after cwnd and ssthresh are set). May be NULL. */
        void (*start)(struct cong *cong, time_ns now);
        /* New data was acknowledged outside of recovery. */
        void (*on_ack)(struct cong *cong, const struct cong_ack *ack);
        /* A loss (once an episode): the new ssthresh, in segments. `in_flight` segments were out. */
        uint32_t (*ssthresh_after_loss)(struct cong *cong, uint32_t in_flight, time_ns now);
        /* The timer has fired, or nothing was sent for a while. May be NULL. */
        void (*on_timeout)(struct cong *cong, time_ns now);
        void (*on_idle)(struct cong *cong, time_ns idle_until, duration_ns idle_for);
        /* The loss was none: cwnd and ssthresh are being restored. May be NULL. */
        void (*on_undo)(struct cong *cong, time_ns now);
};

extern const struct cong_ops cong_reno;
extern const struct cong_ops cong_cubic;

void cong_init(struct cong *cong, const struct cong_ops *ops, uint32_t initial_window, time_ns now);
/* setsockopt(TCP_CONGESTION) in mid-life: cwnd and ssthresh stay. */
void cong_change(struct cong *cong, const struct cong_ops *ops, time_ns now);

bool cong_in_slow_start(const struct cong *cong);
/* Slow start for as many acknowledged segments as it lasts; returns those left over for avoidance. */
uint32_t cong_slow_start(struct cong *cong, uint32_t acked_segments);
/* One segment more for every `window` segments acknowledged. */
void cong_avoid(struct cong *cong, uint32_t window, uint32_t acked_segments);

void cong_on_ack(struct cong *cong, const struct cong_ack *ack);
/* Sets ssthresh, and remembers what was; recovery sets cwnd. */
void cong_on_loss(struct cong *cong, uint32_t in_flight, time_ns now);
/* One segment from now on. ssthresh too, when the timer fires for the first time on this data. */
void cong_on_timeout(struct cong *cong, uint32_t in_flight, bool is_first, time_ns now);
/* The last reduction was needless: cwnd and ssthresh are again what they were, or more. */
void cong_on_undo(struct cong *cong, time_ns now);
/* Sending goes on: nothing was in flight, and nothing sent for `idle_for`. With `rto` TIME_NEVER the window
 * stays. */
void cong_on_idle(
        struct cong *cong, uint32_t restart_window, duration_ns idle_for, duration_ns rto, time_ns now);

#endif
