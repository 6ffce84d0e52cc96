/*
 * CUBIC: the window as a cubic function of the time since the last loss. RFC 9438, in integers.
 *
 * Windows are fixed-point numbers of segments, with CUBIC_SCALE_BITS behind the point. All intermediate
 * values fit for windows of up to 2^21 segments and any time.
 *
 * Differs: slow start is plain, without HyStart++ (section 4.10); ssthresh follows from cwnd, as in Linux,
 * not from what is in flight (section 4.6), since a window that was not used up has not grown either.
 */
#include "tcp/cong.h"

#include <glib.h>

#define CUBIC_SCALE_BITS 20

/* The cubic's own clock: 2^-24 s a tick, so that a cube is rescaled by shifts. */
#define TICK_BITS 24

/* C * t^3 of so long a time is more than 2^25 segments: nothing larger is ever needed. */
#define TIME_MAX (((duration_ns)1 << 39) - 1)

__extension__ typedef unsigned __int128 wide;

static uint64_t scaled(uint32_t segments)
{
        return (uint64_t)segments << CUBIC_SCALE_BITS;
}

/* The largest integer whose cube is not more than `value`. */
static uint64_t cube_root(wide value)
{
        uint64_t root = 0;
        for (int bit = 41; bit >= 0; bit--) {
                wide candidate = root | (uint64_t)1 << bit;
                if (candidate * candidate * candidate <= value)
                        root = (uint64_t)candidate;
        }
        return root;
}

/* Figure 2: K = cbrt((W_max - cwnd_epoch) / C), with C = 2/5 segments per second cubed; to the nanosecond. */
static duration_ns time_to_w_max(uint64_t w_max, uint64_t cwnd_epoch)
{
        if (w_max <= cwnd_epoch)
                return 0;
        wide nano_segments = ((wide)(w_max - cwnd_epoch) * (5 * 1000000000ull)) >> (CUBIC_SCALE_BITS + 1);
        return (duration_ns)cube_root(nano_segments * 1000000000000000000ull);
}

/* C * t^3, of a time of either sign without it. */
static uint64_t cubic_distance(duration_ns time)
{
        uint64_t ticks = ((uint64_t)MIN(ABS(time), TIME_MAX) << TICK_BITS) / SECOND;
        wide cube = (wide)ticks * ticks * ticks;
        return (uint64_t)(cube >> (3 * TICK_BITS - CUBIC_SCALE_BITS)) * 2 / 5;
}

/* Figure 1: W_cubic(t) = C * (t - K)^3 + W_max. */
static uint64_t w_cubic(const struct cubic_curve *curve, duration_ns time)
{
        uint64_t distance = cubic_distance(time - curve->k);
        if (time >= curve->k)
                return curve->w_max + distance;
        return curve->w_max - MIN(distance, curve->w_max);
}

static void begin_epoch(struct cong *cong, time_ns now)
{
        struct cubic_curve *curve = &cong->cubic.curve;
        uint64_t cwnd_epoch = scaled(cong->cwnd);
        curve->k = time_to_w_max(curve->w_max, cwnd_epoch);
        curve->w_max = MAX(curve->w_max, cwnd_epoch);
        curve->w_est = cwnd_epoch;
        curve->epoch_start = now;
        cong->cubic.fraction = 0;
}

/* Section 4.3: what Reno would have, with alpha = 3 * (1 - beta) / (1 + beta) = 9/17 to make up for our
 * smaller decrease, and alpha = 1 once it has won back what the loss took. */
static void grow_estimate(struct cong *cong, uint32_t acked_segments)
{
        struct cubic_curve *curve = &cong->cubic.curve;
        uint64_t grown = scaled(acked_segments) / cong->cwnd;
        curve->w_est += curve->w_est < scaled(cong->prior_cwnd) ? grown * 9 / 17 : grown;
}

/* The window after this ACK: Reno's where that is larger than the cubic's (section 4.3), else a step towards
 * the target of one round trip ahead, itself between cwnd and 1.5 * cwnd (sections 4.2, 4.4 and 4.5). */
static uint64_t next_window(
        const struct cong *cong, uint64_t window, uint32_t acked_segments, const struct cong_ack *ack)
{
        const struct cubic_curve *curve = &cong->cubic.curve;
        duration_ns time = ack->now - curve->epoch_start;
        if (w_cubic(curve, time) < curve->w_est)
                return MAX(window, curve->w_est);
        uint64_t target = CLAMP(w_cubic(curve, time + ack->smoothed_rtt), window, window + window / 2);
        return window + (target - window) * acked_segments / cong->cwnd;
}

static void avoid(struct cong *cong, uint32_t acked_segments, const struct cong_ack *ack)
{
        if (cong->cubic.curve.epoch_start < 0)
                begin_epoch(cong, ack->now);
        grow_estimate(cong, acked_segments);
        uint64_t window = next_window(cong, scaled(cong->cwnd) + cong->cubic.fraction, acked_segments, ack);
        cong->cwnd = (uint32_t)(window >> CUBIC_SCALE_BITS);
        cong->cubic.fraction = window % scaled(1);
}

/* Section 5.8: time in which the window was not used up is no part of the epoch. */
static void leave_out(struct cong_cubic *cubic, duration_ns time, time_ns now)
{
        if (cubic->curve.epoch_start >= 0)
                cubic->curve.epoch_start += MIN(time, now - cubic->last_ack_at);
        cubic->last_ack_at = now;
}

static void cubic_start(struct cong *cong, time_ns now)
{
        cong->cubic = (struct cong_cubic){
                .curve.epoch_start = -1, .before_loss.epoch_start = -1, .last_ack_at = now
        };
}

static void cubic_on_ack(struct cong *cong, const struct cong_ack *ack)
{
        if (!ack->is_cwnd_limited) {
                leave_out(&cong->cubic, ack->now - cong->cubic.last_ack_at, ack->now);
                return;
        }
        cong->cubic.last_ack_at = ack->now;
        uint32_t acked_segments = ack->acked_segments;
        if (cong_in_slow_start(cong))
                acked_segments = cong_slow_start(cong, acked_segments);
        if (acked_segments > 0)
                avoid(cong, acked_segments, ack);
}

/* Section 4.6, beta = 7/10; section 4.7, fast convergence: a flow that lost before it was back at its last
 * W_max leaves room to others, W_max = cwnd * (1 + beta) / 2. */
static uint32_t cubic_ssthresh_after_loss(struct cong *cong, uint32_t in_flight, time_ns now)
{
        (void)in_flight;
        (void)now;
        struct cong_cubic *cubic = &cong->cubic;
        uint64_t window = scaled(cong->cwnd);
        cubic->before_loss = cubic->curve;
        cubic->curve.w_max = window < cubic->curve.w_max ? window * 17 / 20 : window;
        cubic->curve.epoch_start = -1;
        return (uint32_t)MAX((uint64_t)cong->cwnd * 7 / 10, 2);
}

/* Section 4.8: the first congestion avoidance after a timeout begins with K = 0 and W_max = cwnd. */
static void cubic_on_timeout(struct cong *cong, time_ns now)
{
        (void)now;
        cong->cubic.curve = (struct cubic_curve){ .epoch_start = -1 };
}

/* An acknowledgement in the idle time has left out its part already. */
static void cubic_on_idle(struct cong *cong, time_ns idle_until, duration_ns idle_for)
{
        leave_out(&cong->cubic, idle_for, idle_until);
}

/* Section 4.9. */
static void cubic_on_undo(struct cong *cong, time_ns now)
{
        (void)now;
        cong->cubic.curve = cong->cubic.before_loss;
}

const struct cong_ops cong_cubic = {
        .name = "cubic",
        .start = cubic_start,
        .on_ack = cubic_on_ack,
        .ssthresh_after_loss = cubic_ssthresh_after_loss,
        .on_timeout = cubic_on_timeout,
        .on_idle = cubic_on_idle,
        .on_undo = cubic_on_undo,
};
