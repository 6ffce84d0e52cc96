/*
 * CUBIC: the window as a cubic function of the time since the last loss. RFC 9438, in Linux's integers
 * (tcp_cubic.c): the clock ticks in milliseconds, K in 1/1024 s, and what is computed is how many
 * acknowledged segments make the window grow by one.
 *
 * Slow start ends with HyStart (hystart.c).
 */
#include "tcp/cong_cubic.h"

#include <glib.h>

#define BETA_SCALE 1024
#define BETA       717 /* of BETA_SCALE: 0.7 */
#define TIME_SHIFT 10  /* the cubic's unit of time: 2^-10 s */
#define C_SCALED   410 /* C = 0.4, times 1024 */

/* C / 1024 / (2^10)^3: from time cubed to segments. */
#define CUBE_SHIFT  (10 + 3 * TIME_SHIFT)
#define CUBE_FACTOR ((UINT64_C(1) << CUBE_SHIFT) / C_SCALED)

/* Section 4.3: a Reno flow that falls to 0.7 keeps the same average when it grows by 3 * (1 - beta) / (1 +
 * beta) a round trip: this many acknowledged segments in eight windows make one. */
#define RENO_SCALE (8 * (BETA_SCALE + BETA) / 3 / (BETA_SCALE - BETA))

/* The window is worth a new look after so long, or when it has changed. */
#define LOOK_INTERVAL_MS (1000 / 32)

static int64_t tick(time_ns now)
{
        return now / MILLISECOND;
}

/* The cube root of a number, to 0.2 %: a table for the six highest bits, and one step of Newton's. */
static uint32_t cube_root(uint64_t value)
{
        static const uint8_t roots[64] = { 0, 54, 54, 54, 118, 118, 118, 118, 123, 129, 134, 138, 143, 147,
                151, 156, 157, 161, 164, 168, 170, 173, 176, 179, 181, 185, 187, 190, 192, 194, 197, 199, 200,
                202, 204, 206, 209, 211, 213, 215, 217, 219, 221, 222, 224, 225, 227, 229, 231, 232, 234, 236,
                237, 239, 240, 242, 244, 245, 246, 248, 250, 251, 252, 254 };
        uint32_t bits = value == 0 ? 0 : 64 - (uint32_t)__builtin_clzll(value);
        if (bits < 7)
                return (roots[value] + 35u) >> 6;
        bits = ((bits * 84) >> 8) - 1;
        uint32_t root = ((roots[value >> (bits * 3)] + 10u) << bits) >> 6;
        root = 2 * root + (uint32_t)(value / ((uint64_t)root * (root - 1)));
        return (root * 341) >> 10;
}

static void begin_epoch(struct cong_cubic *cubic, uint32_t cwnd, uint32_t acked, int64_t now)
{
        cubic->epoch_start = now;
        cubic->acked = acked;
        cubic->reno_cwnd = cwnd;
        cubic->k = 0;
        cubic->origin_point = cwnd;
        if (cubic->last_max_cwnd <= cwnd)
                return;
        /* Figure 2: K = cbrt((W_max - cwnd_epoch) / C). */
        cubic->k = cube_root(CUBE_FACTOR * (cubic->last_max_cwnd - cwnd));
        cubic->origin_point = cubic->last_max_cwnd;
}

/* Figure 1, one round trip ahead: W_cubic(t) = C * (t - K)^3 + W_max. */
static uint32_t target_window(const struct cong_cubic *cubic, int64_t now)
{
        uint64_t time = (uint64_t)(now - cubic->epoch_start) + (cubic->delay_min + 999) / 1000;
        time = (time << TIME_SHIFT) / 1000;
        uint64_t distance = time < cubic->k ? cubic->k - time : time - cubic->k;
        uint32_t delta = (uint32_t)((C_SCALED * distance * distance * distance) >> CUBE_SHIFT);
        return time < cubic->k ? cubic->origin_point - delta : cubic->origin_point + delta;
}

static void follow_cubic(struct cong_cubic *cubic, uint32_t cwnd, int64_t now)
{
        uint32_t target = target_window(cubic, now);
        cubic->count = target > cwnd ? cwnd / (target - cwnd) : 100 * cwnd;
        /* As long as nothing is known of the path, at least 5 % a round trip. */
        if (cubic->last_max_cwnd == 0)
                cubic->count = MIN(cubic->count, 20);
}

/* Section 4.3: no slower than Reno. */
static void follow_reno(struct cong_cubic *cubic, uint32_t cwnd)
{
        uint32_t window = (cwnd * RENO_SCALE) >> 3;
        if (cubic->acked > window) {
                uint32_t grown = (cubic->acked - 1) / window;
                cubic->acked -= grown * window;
                cubic->reno_cwnd += grown;
        }
        if (cubic->reno_cwnd > cwnd)
                cubic->count = MIN(cubic->count, cwnd / (cubic->reno_cwnd - cwnd));
}

static void update(struct cong_cubic *cubic, uint32_t cwnd, uint32_t acked, int64_t now)
{
        cubic->acked += acked;
        if (cubic->last_cwnd == cwnd && now - cubic->last_tick <= LOOK_INTERVAL_MS)
                return;
        if (cubic->epoch_start < 0 || now != cubic->last_tick) {
                cubic->last_cwnd = cwnd;
                cubic->last_tick = now;
                if (cubic->epoch_start < 0)
                        begin_epoch(cubic, cwnd, acked, now);
                follow_cubic(cubic, cwnd, now);
        }
        follow_reno(cubic, cwnd);
        /* Section 4.5: the window grows by no more than a half in a round trip. */
        cubic->count = MAX(cubic->count, 2);
}

static void reset(struct cong *cong, const struct cong_facts *facts)
{
        cong->cubic = (struct cong_cubic){ .epoch_start = -1, .last_tick = -LOOK_INTERVAL_MS - 1 };
        hystart_begin_round(&cong->cubic, facts);
}

static void cubic_on_ack(struct cong *cong, const struct cong_ack *ack)
{
        if (!ack->is_cwnd_limited)
                return;
        uint32_t acked_segments = ack->acked_segments;
        if (cong_in_slow_start(cong))
                acked_segments = cong_slow_start(cong, acked_segments);
        if (acked_segments == 0)
                return;
        update(&cong->cubic, cong->cwnd, acked_segments, tick(ack->facts.now));
        cong_avoid(cong, cong->cubic.count, acked_segments);
}

static void cubic_on_sample(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_cubic *cubic = &cong->cubic;
        if (ack->rtt_sample < 0)
                return;
        /* Samples right after a recovery are of a queue that is being emptied. */
        if (cubic->epoch_start >= 0 && tick(ack->facts.now) - cubic->epoch_start < 1000)
                return;
        uint32_t delay = (uint32_t)CLAMP(ack->rtt_sample / MICROSECOND, 1, INT32_MAX);
        if (cubic->delay_min == 0 || cubic->delay_min > delay)
                cubic->delay_min = delay;
        if (cong->hystart && !cubic->found && cong_in_slow_start(cong))
                hystart_on_sample(cong, delay, &ack->facts);
}

/* Section 4.6, and 4.7, fast convergence: a flow that lost before it was back at its last W_max leaves room
 * to others, W_max = cwnd * (1 + beta) / 2. */
static uint32_t cubic_ssthresh(struct cong *cong, const struct cong_facts *facts)
{
        (void)facts;
        struct cong_cubic *cubic = &cong->cubic;
        cubic->epoch_start = -1;
        if (cong->cwnd < cubic->last_max_cwnd)
                cubic->last_max_cwnd =
                        (uint32_t)((uint64_t)cong->cwnd * (BETA_SCALE + BETA) / (2 * BETA_SCALE));
        else
                cubic->last_max_cwnd = cong->cwnd;
        return MAX((uint32_t)((uint64_t)cong->cwnd * BETA / BETA_SCALE), 2);
}

/* Section 4.8: after a timeout nothing of the past counts. */
static void cubic_on_state(struct cong *cong, enum tcp_congestion_state state, const struct cong_facts *facts)
{
        if (state == TCP_CONGESTION_LOSS)
                reset(cong, facts);
}

/* Section 5.8: time in which nothing was sent is no part of the epoch. */
static void cubic_on_event(struct cong *cong, enum cong_event event, const struct cong_facts *facts)
{
        struct cong_cubic *cubic = &cong->cubic;
        if (event != CONG_TX_START || cubic->epoch_start < 0)
                return;
        int64_t idle = tick(facts->now) - tick(facts->last_sent_at);
        if (idle > 0)
                cubic->epoch_start = MIN(cubic->epoch_start + idle, tick(facts->now));
}

const struct cong_ops cong_cubic = {
        .name = "cubic",
        .start = reset,
        .on_ack = cubic_on_ack,
        .on_sample = cubic_on_sample,
        .ssthresh = cubic_ssthresh,
        .on_state = cubic_on_state,
        .on_event = cubic_on_event,
};
