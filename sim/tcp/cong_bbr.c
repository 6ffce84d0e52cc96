/*
 * BBR: a model of the path, its bandwidth and its round trip without a queue, in place of losses. Cardwell
 * and others, draft-cardwell-iccrg-bbr-congestion-control-00; version 1 as Linux ships it (tcp_bbr.c).
 *
 * Differs: the phase in which PROBE_BW begins is no random number of its own; it is made of the connection's
 * luck and of what has been delivered, so that it does not depend on ports and sequence numbers.
 */
#include "tcp/cong_bbr.h"

#define DRAIN_GAIN         88 /* the inverse of BBR_HIGH_GAIN */
#define CWND_GAIN          512

#define CYCLE              8
#define CYCLE_RANDOM       7
#define BANDWIDTH_ROUNDS   (CYCLE + 2)

#define FULL_GROWTH        320 /* a quarter more, or the pipe is full ... */
#define FULL_ROUNDS        3   /* ... after three rounds without */

#define MIN_RTT_WINDOW     (10 * INT64_C(1000000)) /* us */
#define PROBE_RTT_TIME     (200 * INT64_C(1000))

#define AGGREGATION_ROUNDS 5
#define AGGREGATION_RESET  (1u << 20)

static const uint32_t cycle_gains[CYCLE] = { 320, 192, 256, 256, 256, 256, 256, 256 };

static int64_t us(time_ns time)
{
        return time / MICROSECOND;
}

/* ---- Modes ---- */

static void next_phase(struct cong_bbr *bbr, const struct cong_facts *facts)
{
        bbr->cycle = (bbr->cycle + 1) % CYCLE;
        bbr->cycle_at = us(facts->delivered_at);
}

/* Any phase but the one that drains. */
void bbr_probe_bandwidth(struct cong_bbr *bbr, const struct cong_facts *facts)
{
        uint32_t random = ((facts->luck + facts->delivered) * 2654435761u) >> 16;
        bbr->mode = BBR_PROBE_BW;
        bbr->cycle = CYCLE - 1 - random % CYCLE_RANDOM;
        next_phase(bbr, facts);
}

static void reset_mode(struct cong_bbr *bbr, const struct cong_facts *facts)
{
        if (bbr->is_full)
                bbr_probe_bandwidth(bbr, facts);
        else
                bbr->mode = BBR_STARTUP;
}

static void set_gains(struct cong_bbr *bbr)
{
        switch (bbr->mode) {
        case BBR_STARTUP:
                bbr->pacing_gain = bbr->cwnd_gain = BBR_HIGH_GAIN;
                return;
        case BBR_DRAIN:
                bbr->pacing_gain = DRAIN_GAIN;
                bbr->cwnd_gain = BBR_HIGH_GAIN;
                return;
        case BBR_PROBE_BW:
                bbr->pacing_gain = bbr->policer.is_used ? BBR_UNIT : cycle_gains[bbr->cycle];
                bbr->cwnd_gain = CWND_GAIN;
                return;
        case BBR_PROBE_RTT:
                bbr->pacing_gain = bbr->cwnd_gain = BBR_UNIT;
                return;
        }
}

/* ---- The model ---- */

static void update_bandwidth(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_bbr *bbr = &cong->bbr;
        bbr->is_round_start = false;
        if (ack->rate.delivered < 0 || ack->rate.interval <= 0)
                return;
        if ((int32_t)(ack->rate.prior_delivered - bbr->round_end) >= 0) {
                bbr->round_end = ack->facts.delivered;
                bbr->rounds++;
                bbr->is_round_start = true;
                bbr->conserves = false;
        }
        bbr_policer_on_ack(bbr, ack);
        uint64_t interval = (uint64_t)MAX(us(ack->rate.interval), 1);
        uint64_t sample = ((uint64_t)ack->rate.delivered << BBR_RATE_BITS) / interval;
        uint32_t bandwidth = (uint32_t)MIN(sample, UINT32_MAX);
        if (!ack->rate.is_app_limited || bandwidth >= bbr_max_bandwidth(bbr))
                windowed_update_max(&bbr->bandwidth, BANDWIDTH_ROUNDS, bbr->rounds, bandwidth);
}

static void turn_aggregation_window(struct cong_bbr *bbr)
{
        if (!bbr->is_round_start || ++bbr->aggregation.window_rounds < AGGREGATION_ROUNDS)
                return;
        bbr->aggregation.window_rounds = 0;
        bbr->aggregation.window ^= 1;
        bbr->aggregation.extra[bbr->aggregation.window] = 0;
}

/* How much more was acknowledged, since ACKs last came no faster than the bandwidth, than it explains. */
static void update_aggregation(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_bbr *bbr = &cong->bbr;
        if (ack->acked_segments == 0 || ack->rate.delivered < 0 || ack->rate.interval <= 0)
                return;
        turn_aggregation_window(bbr);
        int64_t now = us(ack->facts.delivered_at);
        uint32_t expected = bbr_segments_in(bbr_bandwidth(bbr), now - bbr->aggregation.began_at);
        if (bbr->aggregation.acked <= expected ||
                bbr->aggregation.acked + ack->acked_segments >= AGGREGATION_RESET) {
                bbr->aggregation.acked = 0;
                bbr->aggregation.began_at = now;
                expected = 0;
        }
        bbr->aggregation.acked += ack->acked_segments;
        uint32_t extra = MIN(bbr->aggregation.acked - expected, cong->cwnd);
        uint32_t *most = &bbr->aggregation.extra[bbr->aggregation.window];
        *most = MAX(*most, extra);
}

/* What will be in flight when the next segment may go out. */
static uint32_t in_flight_when_paced(
        const struct cong *cong, uint32_t in_flight, const struct cong_facts *facts)
{
        const struct cong_bbr *bbr = &cong->bbr;
        int64_t wait = us(MAX(facts->paced_until, facts->now) - facts->now);
        uint32_t delivered = bbr_segments_in(bbr_bandwidth(bbr), wait);
        if (bbr->pacing_gain > BBR_UNIT)
                in_flight += bbr_burst(cong, facts->mss);
        return in_flight > delivered ? in_flight - delivered : 0;
}

/* A phase lasts a round trip; the probing one until it has filled the pipe so far, the draining one until the
 * queue is gone. */
static bool is_phase_over(const struct cong *cong, const struct cong_ack *ack)
{
        const struct cong_bbr *bbr = &cong->bbr;
        const struct cong_facts *facts = &ack->facts;
        bool is_long = us(facts->delivered_at) - bbr->cycle_at > bbr->min_rtt;
        if (bbr->pacing_gain == BBR_UNIT)
                return is_long;
        uint32_t in_flight = in_flight_when_paced(cong, ack->in_flight_before, facts);
        uint32_t bandwidth = bbr_max_bandwidth(bbr);
        if (bbr->pacing_gain > BBR_UNIT)
                return is_long && (ack->newly_lost > 0 || in_flight >= bbr_inflight(cong, bandwidth,
                                                                               bbr->pacing_gain, facts->mss));
        return is_long || in_flight <= bbr_inflight(cong, bandwidth, BBR_UNIT, facts->mss);
}

static void check_full(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_bbr *bbr = &cong->bbr;
        if (bbr->is_full || !bbr->is_round_start || ack->rate.is_app_limited)
                return;
        uint64_t threshold = ((uint64_t)bbr->full_bandwidth * FULL_GROWTH) >> BBR_GAIN_BITS;
        if (bbr_max_bandwidth(bbr) >= threshold) {
                bbr->full_bandwidth = bbr_max_bandwidth(bbr);
                bbr->full_rounds = 0;
                return;
        }
        bbr->is_full = ++bbr->full_rounds >= FULL_ROUNDS;
}

static void check_drain(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_bbr *bbr = &cong->bbr;
        const struct cong_facts *facts = &ack->facts;
        uint32_t product = bbr_inflight(cong, bbr_max_bandwidth(bbr), BBR_UNIT, facts->mss);
        if (bbr->mode == BBR_STARTUP && bbr->is_full) {
                bbr->mode = BBR_DRAIN;
                cong->ssthresh = product;
        }
        if (bbr->mode == BBR_DRAIN && in_flight_when_paced(cong, facts->in_flight, facts) <= product)
                bbr_probe_bandwidth(bbr, facts);
}

static void end_probe_rtt(struct cong *cong, const struct cong_facts *facts)
{
        struct cong_bbr *bbr = &cong->bbr;
        if (bbr->probe_rtt_done_at < 0 || us(facts->now) <= bbr->probe_rtt_done_at)
                return;
        bbr->min_rtt_at = us(facts->now);
        cong->cwnd = MAX(cong->cwnd, bbr->prior_cwnd);
        reset_mode(bbr, facts);
}

/* At least 200 ms, and a round trip, with four segments in flight. */
static void probe_rtt(struct cong *cong, const struct cong_facts *facts)
{
        struct cong_bbr *bbr = &cong->bbr;
        cong->wants_app_limited = true;
        if (bbr->probe_rtt_done_at < 0) {
                if (facts->in_flight > BBR_WINDOW_LEAST)
                        return;
                bbr->probe_rtt_done_at = us(facts->now) + PROBE_RTT_TIME;
                bbr->probe_rtt_round_done = false;
                bbr->round_end = facts->delivered;
                return;
        }
        bbr->probe_rtt_round_done |= bbr->is_round_start;
        if (bbr->probe_rtt_round_done)
                end_probe_rtt(cong, facts);
}

static void update_min_rtt(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_bbr *bbr = &cong->bbr;
        int64_t now = us(ack->facts.now);
        bool is_expired = now > bbr->min_rtt_at + MIN_RTT_WINDOW;
        uint32_t sample = (uint32_t)MIN(us(MAX(ack->rtt_sample, 0)), UINT32_MAX - 1);
        if (ack->rtt_sample >= 0 && (sample < bbr->min_rtt || (is_expired && !ack->is_delayed))) {
                bbr->min_rtt = MAX(sample, 1);
                bbr->min_rtt_at = now;
        }
        if (is_expired && !bbr->is_idle_restart && bbr->mode != BBR_PROBE_RTT) {
                bbr_save_cwnd(cong);
                bbr->mode = BBR_PROBE_RTT;
                bbr->probe_rtt_done_at = -1;
        }
        if (bbr->mode == BBR_PROBE_RTT)
                probe_rtt(cong, &ack->facts);
        if (ack->rate.delivered > 0)
                bbr->is_idle_restart = false;
}

static void bbr_on_ack(struct cong *cong, const struct cong_ack *ack)
{
        struct cong_bbr *bbr = &cong->bbr;
        cong->wants_app_limited = false;
        update_bandwidth(cong, ack);
        update_aggregation(cong, ack);
        if (bbr->mode == BBR_PROBE_BW && is_phase_over(cong, ack))
                next_phase(bbr, &ack->facts);
        check_full(cong, ack);
        check_drain(cong, ack);
        update_min_rtt(cong, ack);
        set_gains(bbr);
        bbr_set_pacing_rate(cong, bbr->pacing_gain, &ack->facts);
        bbr_set_cwnd(cong, ack);
}

/* ---- What else happens ---- */

static void bbr_start(struct cong *cong, const struct cong_facts *facts)
{
        cong->bbr = (struct cong_bbr){
                .round_end = facts->delivered,
                .min_rtt = facts->min_rtt == TIME_NEVER ? UINT32_MAX : (uint32_t)us(facts->min_rtt),
                .min_rtt_at = us(facts->now),
                .probe_rtt_done_at = -1,
                .cycle_at = us(facts->now),
                .aggregation.began_at = us(facts->now),
        };
        cong->ssthresh = CONG_SSTHRESH_NOT_SET;
        bbr_first_pacing_rate(cong, facts);
        bbr_policer_reset(&cong->bbr, facts);
        set_gains(&cong->bbr);
}

static uint32_t bbr_ssthresh(struct cong *cong, const struct cong_facts *facts)
{
        (void)facts;
        bbr_save_cwnd(cong);
        return cong->ssthresh;
}

/* A timeout tells nothing of the bandwidth, but that STARTUP's search must begin anew. */
static void bbr_on_state(struct cong *cong, enum tcp_congestion_state state, const struct cong_facts *facts)
{
        struct cong_bbr *bbr = &cong->bbr;
        if (state != TCP_CONGESTION_LOSS)
                return;
        const struct cong_ack lost = { .facts = *facts, .newly_lost = 1 };
        bbr->state_before = TCP_CONGESTION_LOSS;
        bbr->full_bandwidth = 0;
        bbr->is_round_start = true;
        bbr_policer_on_ack(bbr, &lost);
}

static void bbr_on_event(struct cong *cong, enum cong_event event, const struct cong_facts *facts)
{
        struct cong_bbr *bbr = &cong->bbr;
        if (event != CONG_TX_START || facts->app_limited == 0)
                return;
        bbr->is_idle_restart = true;
        bbr->aggregation.began_at = us(facts->now);
        bbr->aggregation.acked = 0;
        if (bbr->mode == BBR_PROBE_BW)
                bbr_set_pacing_rate(cong, BBR_UNIT, facts);
        else if (bbr->mode == BBR_PROBE_RTT)
                end_probe_rtt(cong, facts);
}

static uint32_t bbr_undone_window(struct cong *cong)
{
        struct cong_bbr *bbr = &cong->bbr;
        bbr->full_bandwidth = 0;
        bbr->full_rounds = 0;
        bbr->policer.is_used = bbr->policer.is_sampling = false;
        bbr->policer.bandwidth = 0;
        return cong->cwnd;
}

static size_t bbr_describe(
        const struct cong *cong, const struct cong_facts *facts, union tcp_congestion_info *info)
{
        const struct cong_bbr *bbr = &cong->bbr;
        uint64_t bandwidth = ((uint64_t)bbr_bandwidth(bbr) * facts->mss * 1000000) >> BBR_RATE_BITS;
        info->bbr.bandwidth_low = (uint32_t)bandwidth;
        info->bbr.bandwidth_high = (uint32_t)(bandwidth >> 32);
        info->bbr.min_rtt = bbr->min_rtt;
        info->bbr.pacing_gain = bbr->pacing_gain;
        info->bbr.cwnd_gain = bbr->cwnd_gain;
        return sizeof info->bbr;
}

const struct cong_ops cong_bbr = {
        .name = "bbr",
        .wants_pacing = true,
        .owns_window = true,
        .buffered_windows = 3, /* "since BBR may slow-start even during recovery" */
        .start = bbr_start,
        .on_ack = bbr_on_ack,
        .ssthresh = bbr_ssthresh,
        .on_state = bbr_on_state,
        .on_event = bbr_on_event,
        .undone_window = bbr_undone_window,
        .describe = bbr_describe,
        .least_burst = bbr_least_burst,
};
