/*
 * The algorithms that look at more than losses: Vegas at round trips, DCTCP at marks, BBR at the rate of
 * delivery. Figures from their papers.
 */
#include "tcp/cong.h"

#include <check.h>
#include <glib.h>

#define MS MILLISECOND

static struct cong cong;
static struct cong_facts facts;

static void begin_with(const struct cong_ops *ops)
{
        facts = (struct cong_facts){ .min_rtt = TIME_NEVER, .mss = 1000, .delivered = 1 };
        cong_init(&cong, ops, 10, true, &facts);
}

static struct cong_ack ack_of(uint32_t segments, duration_ns rtt)
{
        facts.una = seq_add(facts.una, 1000 * segments);
        facts.delivered += segments;
        facts.delivered_at = facts.now;
        facts.smoothed_rtt = rtt;
        return (struct cong_ack){
                .facts = facts,
                .acked_segments = segments,
                .popped_segments = segments,
                .rtt_sample = rtt,
                .is_cwnd_limited = true,
                .is_advance = true,
        };
}

/* All of a window is acknowledged, in a round trip of `rtt`. */
static void round_of(duration_ns rtt)
{
        uint32_t window = cong.cwnd;
        facts.now += rtt;
        facts.nxt = seq_add(facts.una, 1000 * window);
        for (uint32_t i = 0; i < window; i++) {
                struct cong_ack ack = ack_of(1, rtt);
                cong_on_sample(&cong, &ack);
                cong.ops->on_ack(&cong, &ack);
        }
}

/* ---- Vegas: between ALPHA and BETA segments wait in the queue ---- */

static const struct {
        uint32_t cwnd;
        duration_ns rtt;
        uint32_t after;
        const char *why;
} steps[] = {
        { 20, 100 * MS, 21, "nothing waits" },
        { 20, 109 * MS, 21, "one and a half do" },
        { 20, 114 * MS, 20, "two and a half do" },
        { 20, 124 * MS, 20, "four and a bit: no more than BETA, in whole segments" },
        { 20, 130 * MS, 19, "six do" },
};

START_TEST(vegas_keeps_two_to_four_segments_waiting)
{
        begin_with(&cong_vegas);
        cong.ssthresh = 2;
        cong.cwnd = 20;
        round_of(100 * MS);
        cong.cwnd = steps[_i].cwnd;
        round_of(steps[_i].rtt);
        cong.cwnd = steps[_i].cwnd;
        facts.nxt = seq_add(facts.una, 1000);
        struct cong_ack ack = ack_of(1, steps[_i].rtt);
        cong.ops->on_ack(&cong, &ack);
        ck_assert_msg(cong.cwnd == steps[_i].after, "%s: %u", steps[_i].why, cong.cwnd);
}
END_TEST

START_TEST(vegas_leaves_slow_start_when_a_segment_waits)
{
        begin_with(&cong_vegas);
        round_of(100 * MS);
        ck_assert(cong_in_slow_start(&cong));
        uint32_t before = cong.cwnd;
        round_of(150 * MS);
        round_of(150 * MS);
        ck_assert(!cong_in_slow_start(&cong));
        ck_assert_uint_lt(cong.cwnd, 2 * before);
}
END_TEST

/* ---- DCTCP ---- */

static void dctcp_round(uint32_t segments, uint32_t marked)
{
        facts.nxt = facts.una;
        facts.delivered_ce += marked;
        struct cong_ack ack = ack_of(segments, 100 * MS);
        ack.facts.nxt = facts.una;
        cong_on_sample(&cong, &ack);
}

/* RFC 8257 section 3.3: alpha begins at 1, and nears the share of marks by a sixteenth a round. */
START_TEST(dctcp_learns_the_share_of_marks)
{
        begin_with(&cong_dctcp);
        ck_assert_uint_eq(cong.dctcp.alpha, 1024);
        for (int i = 0; i < 200; i++)
                dctcp_round(100, 25);
        ck_assert_uint_le(cong.dctcp.alpha, 256 + 16);
        ck_assert_uint_ge(cong.dctcp.alpha, 256 - 16);
        for (int i = 0; i < 200; i++)
                dctcp_round(100, 0);
        ck_assert_uint_eq(cong.dctcp.alpha, 0);
}
END_TEST

START_TEST(dctcp_comes_down_by_half_of_that_share)
{
        begin_with(&cong_dctcp);
        cong.cwnd = 100;
        cong.dctcp.alpha = 256;
        cong_reduce(&cong, &facts);
        ck_assert_uint_eq(cong.ssthresh, 88); /* 100 * (1 - 0.25 / 2) */
        cong.dctcp.alpha = 1024;
        cong_reduce(&cong, &facts);
        ck_assert_uint_eq(cong.ssthresh, 50);
}
END_TEST

/* RFC 8257 section 3.5. */
START_TEST(dctcp_halves_at_a_loss)
{
        begin_with(&cong_dctcp);
        cong.cwnd = 100;
        cong.dctcp.alpha = 0;
        cong_on_state(&cong, TCP_CONGESTION_RECOVERY, &facts);
        ck_assert_uint_eq(cong.ssthresh, 50);
}
END_TEST

/* ---- BBR ---- */

/* A round in which `segments` arrive in `time`, the path's rate being so much. */
static void bbr_round(uint32_t segments, duration_ns time, duration_ns rtt)
{
        uint32_t prior = facts.delivered;
        facts.now += time;
        facts.in_flight = cong.cwnd;
        struct cong_ack ack = ack_of(segments, rtt);
        ack.in_flight_before = cong.cwnd + segments;
        ack.rate.delivered = (int32_t)segments;
        ack.rate.interval = time;
        ack.rate.prior_delivered = prior;
        cong.ops->on_ack(&cong, &ack);
}

START_TEST(bbr_begins_with_the_window_in_a_round_trip_times_its_gain)
{
        facts = (struct cong_facts){
                .min_rtt = 100 * MS, .mss = 1000, .delivered = 1, .smoothed_rtt = 100 * MS
        };
        cong_init(&cong, &cong_bbr, 10, true, &facts);
        /* 2.89 * 10 segments of 1000 bytes in 100 ms, less 1 %. */
        ck_assert_uint_ge(cong.pacing_rate, 283000);
        ck_assert_uint_le(cong.pacing_rate, 288000);
        ck_assert_int_eq(cong.bbr.mode, BBR_STARTUP);
}
END_TEST

START_TEST(bbr_leaves_startup_after_three_rounds_without_growth)
{
        begin_with(&cong_bbr);
        for (uint32_t segments = 10; segments <= 80; segments *= 2)
                bbr_round(segments, 100 * MS, 100 * MS);
        ck_assert_int_eq(cong.bbr.mode, BBR_STARTUP);
        bbr_round(80, 100 * MS, 100 * MS);
        bbr_round(80, 100 * MS, 100 * MS);
        ck_assert_int_eq(cong.bbr.mode, BBR_STARTUP);
        bbr_round(80, 100 * MS, 100 * MS);
        ck_assert_int_ne(cong.bbr.mode, BBR_STARTUP);
        ck_assert(cong.bbr.is_full);
}
END_TEST

static void reach_full(void)
{
        begin_with(&cong_bbr);
        for (int i = 0; i < 30; i++)
                bbr_round(80, 100 * MS, 100 * MS);
        for (int i = 0; i < 100 && cong.bbr.mode != BBR_PROBE_BW; i++) {
                cong.cwnd = 60;
                bbr_round(80, 100 * MS, 100 * MS);
        }
}

/* Twice the bandwidth-delay product, and room for bursts, and for ACKs in lumps: here they all are. */
START_TEST(bbr_keeps_two_products_in_flight)
{
        reach_full();
        for (int i = 0; i < 30; i++)
                bbr_round(80, 100 * MS, 100 * MS);
        ck_assert_int_eq(cong.bbr.mode, BBR_PROBE_BW);
        ck_assert_uint_ge(cong.cwnd, 160);
        ck_assert_uint_le(cong.cwnd, 160 + 80 + 10);
}
END_TEST

START_TEST(bbr_probes_the_bandwidth_in_eight_phases)
{
        bool is_seen[3] = { false };
        reach_full();
        for (int i = 0; i < 40; i++) {
                bbr_round(80, 101 * MS, 100 * MS);
                is_seen[0] |= cong.bbr.pacing_gain == 320;
                is_seen[1] |= cong.bbr.pacing_gain == 192;
                is_seen[2] |= cong.bbr.pacing_gain == 256;
        }
        ck_assert(is_seen[0] && is_seen[1] && is_seen[2]);
}
END_TEST

START_TEST(bbr_looks_for_a_shorter_round_trip_after_ten_seconds)
{
        reach_full();
        bool is_seen = false;
        for (int i = 0; i < 110 && !is_seen; i++) {
                bbr_round(80, 100 * MS, 110 * MS);
                is_seen = cong.bbr.mode == BBR_PROBE_RTT;
        }
        ck_assert(is_seen);
        ck_assert_uint_le(cong.cwnd, 4);
        for (int i = 0; i < 5; i++)
                bbr_round(4, 110 * MS, 110 * MS);
        ck_assert_int_ne(cong.bbr.mode, BBR_PROBE_RTT);
        ck_assert_uint_gt(cong.cwnd, 4);
}
END_TEST

START_TEST(bbr_takes_no_loss_for_congestion)
{
        reach_full();
        uint32_t before = cong.ssthresh;
        cong_reduce(&cong, &facts);
        ck_assert_uint_eq(cong.ssthresh, before);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("cong_rate");
        tcase_add_loop_test(cases, vegas_keeps_two_to_four_segments_waiting, 0, G_N_ELEMENTS(steps));
        tcase_add_test(cases, vegas_leaves_slow_start_when_a_segment_waits);
        tcase_add_test(cases, dctcp_learns_the_share_of_marks);
        tcase_add_test(cases, dctcp_comes_down_by_half_of_that_share);
        tcase_add_test(cases, dctcp_halves_at_a_loss);
        tcase_add_test(cases, bbr_begins_with_the_window_in_a_round_trip_times_its_gain);
        tcase_add_test(cases, bbr_leaves_startup_after_three_rounds_without_growth);
        tcase_add_test(cases, bbr_keeps_two_products_in_flight);
        tcase_add_test(cases, bbr_probes_the_bandwidth_in_eight_phases);
        tcase_add_test(cases, bbr_looks_for_a_shorter_round_trip_after_ten_seconds);
        tcase_add_test(cases, bbr_takes_no_loss_for_congestion);
        Suite *suite = suite_create("cong_rate");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
