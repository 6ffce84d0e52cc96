/*
 * HyStart: slow start ends before it overruns the path, when ACKs come in a train of half a round trip, or
 * when round trips get longer. Ha and Rhee, "Hybrid Slow Start for High-Bandwidth and Long-Distance
 * Networks", 2008; as Linux (tcp_cubic.c).
 *
 * Differs from HyStart++ (RFC 9406): avoidance begins at once, without its conservative slow start.
 */
#include "tcp/cong_cubic.h"

#include <glib.h>

#define LOW_WINDOW         16   /* segments: below it is no telling */
#define TRAIN_GAP_US       2000 /* ACKs no further apart are of one train */
#define SAMPLES_MIN        8
#define DELAY_THRESHOLD_US 4000
#define DELAY_CEILING_US   16000
#define BURST_SIZE         65536 /* the largest burst a sender gives its device at once */

static int64_t clock_us(const struct cong_facts *facts)
{
        return facts->now / MICROSECOND;
}

void hystart_begin_round(struct cong_cubic *cubic, const struct cong_facts *facts)
{
        cubic->round_start = cubic->last_ack = clock_us(facts);
        cubic->round_end = facts->nxt;
        cubic->round_rtt = UINT32_MAX;
        cubic->sample_count = 0;
}

static void finish(struct cong *cong)
{
        cong->cubic.found = true;
        cong->ssthresh = cong->cwnd;
}

/* What aggregation of four full bursts at the pacing rate may add to a train, at most a millisecond. */
static int64_t burst_time_us(const struct cong_facts *facts)
{
        if (facts->pacing_rate == 0)
                return 0;
        return (int64_t)MIN(1000u, (uint64_t)BURST_SIZE * 4 * 1000000 / facts->pacing_rate);
}

/* The ACKs of a round that come close behind each other show how long the sending took: as long as half of a
 * round trip, and the pipe is full. */
static void look_at_train(struct cong *cong, const struct cong_facts *facts)
{
        struct cong_cubic *cubic = &cong->cubic;
        int64_t now = clock_us(facts);
        if (now - cubic->last_ack > TRAIN_GAP_US)
                return;
        cubic->last_ack = now;
        int64_t threshold = cubic->delay_min + burst_time_us(facts);
        if (!facts->is_paced)
                threshold >>= 1;
        if (now - cubic->round_start <= threshold)
                return;
        cubic->found_by_train = true;
        finish(cong);
}

/* The smallest of a round's first samples is an eighth of the shortest round trip too long: a queue grows. */
static void look_at_delay(struct cong *cong, uint32_t delay)
{
        struct cong_cubic *cubic = &cong->cubic;
        cubic->round_rtt = MIN(cubic->round_rtt, delay);
        if (cubic->sample_count < SAMPLES_MIN) {
                cubic->sample_count++;
                return;
        }
        uint32_t margin = CLAMP(cubic->delay_min >> 3, DELAY_THRESHOLD_US, DELAY_CEILING_US);
        if (cubic->round_rtt > cubic->delay_min + margin)
                finish(cong);
}

void hystart_on_sample(struct cong *cong, uint32_t delay, const struct cong_facts *facts)
{
        if (seq_after(facts->una, cong->cubic.round_end))
                hystart_begin_round(&cong->cubic, facts);
        if (cong->cwnd < LOW_WINDOW)
                return;
        look_at_train(cong, facts);
        look_at_delay(cong, delay);
}
