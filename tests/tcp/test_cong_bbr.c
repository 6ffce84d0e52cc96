/*
 * BBR: its gains, when the pipe counts as full, how long each of its phases lasts. Cardwell and others, "BBR:
 * Congestion-Based Congestion Control", 2016, and draft-cardwell-iccrg-bbr-congestion-control-00; units of
 * Linux (tcp_bbr.c): gains in 256ths.
 *
 * The path carries 80 segments in 100 ms: that is the bandwidth-delay product.
 */
#include "cong_rig.h"

#include <check.h>
#include <glib.h>

#define PRODUCT 80
#define RTT     (100 * MS)

/* 2 / ln 2, its inverse, 1 and 2 */
#define HIGH  739
#define DRAIN 88
#define UNIT  256
#define TWICE 512

/* On top of a window: three bursts of two segments, which the sender, the receiver and the path may hold. */
#define BURSTS 6

static struct cong_rig rig;
static const struct cong_bbr *bbr = &rig.cong.bbr;

static void setup(void)
{
        cong_rig_init(&rig, &cong_bbr);
}

/* A round: all of it is acknowledged at once, and `in_flight` is what was sent meanwhile. */
static void round_with(uint32_t segments, duration_ns time, duration_ns rtt, uint32_t in_flight)
{
        uint32_t prior = rig.facts.delivered;
        rig.facts.now += time;
        rig.facts.in_flight = in_flight;
        struct cong_ack ack = cong_rig_ack(&rig, segments, rtt);
        ack.in_flight_before = in_flight + segments;
        ack.rate.delivered = (int32_t)segments;
        ack.rate.interval = time;
        ack.rate.prior_delivered = prior;
        cong_rig_take(&rig, &ack);
}

static void round_of(uint32_t segments)
{
        round_with(segments, RTT, RTT, rig.cong.cwnd);
}

static void limited_round_of(uint32_t segments)
{
        uint32_t prior = rig.facts.delivered;
        rig.facts.now += RTT;
        struct cong_ack ack = cong_rig_ack(&rig, segments, RTT);
        ack.rate.delivered = (int32_t)segments;
        ack.rate.interval = RTT;
        ack.rate.prior_delivered = prior;
        ack.rate.is_app_limited = true;
        cong_rig_take(&rig, &ack);
}

/* ---- STARTUP ---- */

START_TEST(bbr_begins_with_the_window_in_a_round_trip_times_its_gain)
{
        rig.facts = (struct cong_facts){
                .min_rtt = RTT, .mss = RIG_SEGMENT, .delivered = 1, .smoothed_rtt = RTT
        };
        cong_init(&rig.cong, &cong_bbr, 10, true, &rig.facts);
        ck_assert_int_eq(bbr->mode, BBR_STARTUP);
        ck_assert_uint_eq(bbr->pacing_gain, HIGH);
        ck_assert_uint_eq(bbr->cwnd_gain, HIGH);
        /* 739/256 * 10 segments of 1000 bytes in 100 ms, less 1 %: 285785. */
        ck_assert_uint_ge(rig.cong.pacing_rate, 285785 - 200);
        ck_assert_uint_le(rig.cong.pacing_rate, 285785);
}
END_TEST

/* Each round trip brings twice as much, and so is sent twice as fast. */
START_TEST(bbr_doubles_its_rate_each_round_of_startup)
{
        for (uint32_t segments = 10; segments <= 640; segments *= 2) {
                round_of(segments);
                uint64_t rate = (uint64_t)segments * RIG_SEGMENT * 10 * HIGH / UNIT * 99 / 100;
                ck_assert_uint_le(rig.cong.pacing_rate, rate);
                ck_assert_uint_ge(rig.cong.pacing_rate, rate - rate / 1000);
                ck_assert_int_eq(bbr->mode, BBR_STARTUP);
        }
}
END_TEST

/* "if ... rounds attempts to double the delivery rate actually result in little increase (less than 25
 * percent)". */
static const struct {
        uint32_t rounds[5];
        bool is_full;
        const char *why;
} searches[] = {
        { { 100, 125, 157, 197, 247 }, false, "a quarter more each round" },
        { { 100, 124, 124, 124, 0 }, true, "less than that three times" },
        { { 100, 124, 124, 0, 0 }, false, "two times" },
        { { 100, 110, 120, 126, 126 }, false, "a quarter more than where it began" },
        { { 100, 50, 50, 50, 0 }, true, "less is no growth either" },
};

START_TEST(bbr_takes_the_pipe_for_full_after_three_rounds_of_less_than_a_quarter_more)
{
        for (size_t i = 0; i < G_N_ELEMENTS(searches[_i].rounds) && searches[_i].rounds[i] > 0; i++) {
                ck_assert(!bbr->is_full);
                round_of(searches[_i].rounds[i]);
        }
        ck_assert_msg(bbr->is_full == searches[_i].is_full, "%s", searches[_i].why);
        ck_assert_int_eq(bbr->mode, searches[_i].is_full ? BBR_DRAIN : BBR_STARTUP);
}
END_TEST

START_TEST(bbr_learns_nothing_of_the_pipe_while_the_application_is_the_limit)
{
        for (int i = 0; i < 10; i++)
                limited_round_of(10);
        ck_assert_int_eq(bbr->mode, BBR_STARTUP);
        ck_assert_uint_eq(bbr->full_rounds, 0);
}
END_TEST

/* ---- DRAIN ---- */

static void reach_drain(void)
{
        for (int i = 0; i < 4; i++)
                round_of(PRODUCT);
        ck_assert_int_eq(bbr->mode, BBR_DRAIN);
}

START_TEST(bbr_drains_until_no_more_than_one_product_is_in_flight)
{
        reach_drain();
        ck_assert_uint_eq(bbr->pacing_gain, DRAIN);
        ck_assert_uint_eq(bbr->cwnd_gain, HIGH);
        ck_assert_uint_eq(rig.cong.ssthresh, PRODUCT + BURSTS);
        round_with(PRODUCT, RTT, RTT, PRODUCT + BURSTS + 1);
        ck_assert_int_eq(bbr->mode, BBR_DRAIN);
        round_with(PRODUCT, RTT, RTT, PRODUCT + BURSTS);
        ck_assert_int_eq(bbr->mode, BBR_PROBE_BW);
}
END_TEST

/* ---- PROBE_BW ---- */

static void reach_probe_bw(void)
{
        reach_drain();
        round_with(PRODUCT, RTT, RTT, PRODUCT);
        ck_assert_int_eq(bbr->mode, BBR_PROBE_BW);
        ck_assert_uint_eq(bbr->cwnd_gain, TWICE);
}

/* A phase each, as long as enough is in flight for the probing one. */
static void go_to_phase(uint32_t gain)
{
        for (int i = 0; i < 8 && bbr->pacing_gain != gain; i++)
                round_with(PRODUCT, RTT + MICROSECOND, RTT, 2 * PRODUCT);
        ck_assert_uint_eq(bbr->pacing_gain, gain);
}

START_TEST(bbr_probes_the_bandwidth_in_eight_phases)
{
        static const uint32_t gains[] = { UNIT * 5 / 4, UNIT * 3 / 4, UNIT, UNIT, UNIT, UNIT, UNIT, UNIT };
        reach_probe_bw();
        go_to_phase(UNIT * 5 / 4);
        for (size_t i = 0; i < 5 * G_N_ELEMENTS(gains); i++) {
                uint64_t rate = (uint64_t)PRODUCT * RIG_SEGMENT * 10 * bbr->pacing_gain / UNIT * 99 / 100;
                ck_assert_uint_eq(bbr->pacing_gain, gains[i % G_N_ELEMENTS(gains)]);
                ck_assert_uint_le(rig.cong.pacing_rate, rate);
                ck_assert_uint_ge(rig.cong.pacing_rate, rate - rate / 1000);
                round_with(PRODUCT, RTT + MICROSECOND, RTT, 2 * PRODUCT);
        }
}
END_TEST

START_TEST(bbr_begins_with_any_phase_but_the_draining_one)
{
        bool is_seen[8] = { false };
        for (uint32_t i = 0; i < 1000; i++) {
                cong_rig_init(&rig, &cong_bbr);
                rig.facts.luck = i;
                reach_probe_bw();
                is_seen[bbr->cycle] = true;
        }
        for (int phase = 0; phase < 8; phase++)
                ck_assert_int_eq(is_seen[phase], phase != 1);
}
END_TEST

/* A phase lasts the least round trip, and not a moment less. */
START_TEST(bbr_stays_in_a_phase_for_a_round_trip)
{
        reach_probe_bw();
        go_to_phase(UNIT * 3 / 4);
        round_with(PRODUCT, RTT + MICROSECOND, RTT, 2 * PRODUCT);
        for (uint32_t phase = bbr->cycle, i = 0; i < 5; i++, phase++) {
                round_with(PRODUCT / 2, RTT / 2, RTT, 2 * PRODUCT);
                round_with(PRODUCT / 2, RTT / 2, RTT, 2 * PRODUCT);
                ck_assert_uint_eq(bbr->cycle, phase);
                round_with(1, 2 * MS, RTT, 2 * PRODUCT);
                ck_assert_uint_eq(bbr->cycle, phase + 1);
        }
}
END_TEST

/* 1.25 * 80, three bursts, and two more; the next burst, of two, counts as sent already. */
START_TEST(bbr_goes_on_probing_until_the_pipe_holds_a_quarter_more)
{
        reach_probe_bw();
        go_to_phase(UNIT * 5 / 4);
        for (int i = 0; i < 5; i++)
                round_with(20, RTT + MICROSECOND, RTT, PRODUCT * 5 / 4 + BURSTS + 2 - 20 - 3);
        ck_assert_uint_eq(bbr->pacing_gain, UNIT * 5 / 4);
        round_with(20, RTT + MICROSECOND, RTT, PRODUCT * 5 / 4 + BURSTS + 2 - 20 - 2);
        ck_assert_uint_eq(bbr->pacing_gain, UNIT * 3 / 4);
}
END_TEST

START_TEST(bbr_ends_a_draining_phase_as_soon_as_the_queue_is_gone)
{
        reach_probe_bw();
        go_to_phase(UNIT * 3 / 4);
        round_with(1, 2 * MS, RTT, PRODUCT + BURSTS);
        ck_assert_uint_eq(bbr->pacing_gain, UNIT * 3 / 4);
        round_with(1, 2 * MS, RTT, PRODUCT + BURSTS - 1);
        ck_assert_uint_eq(bbr->pacing_gain, UNIT);
}
END_TEST

/* ---- The model ---- */

/* An ACK for each segment, in a row: one every 1.25 ms, each with the rate of a whole round. */
static void arrive(uint32_t acks)
{
        for (uint32_t i = 0; i < acks; i++) {
                rig.facts.now += RTT / PRODUCT;
                rig.facts.in_flight = 2 * PRODUCT;
                struct cong_ack ack = cong_rig_ack(&rig, 1, RTT);
                ack.in_flight_before = 2 * PRODUCT + 1;
                ack.rate.delivered = PRODUCT;
                ack.rate.interval = RTT;
                ack.rate.prior_delivered = rig.facts.delivered - PRODUCT;
                cong_rig_take(&rig, &ack);
        }
}

/* Room for bursts, and for an ACK that comes early; made even, and two more when it probes. */
START_TEST(bbr_keeps_two_products_in_flight)
{
        reach_probe_bw();
        rig.facts.now += RTT; /* what came in lumps ends with a pause */
        arrive(20 * PRODUCT);
        for (int i = 0; i < 10 * PRODUCT; i++) {
                uint32_t before = rig.cong.cwnd;
                arrive(1);
                uint32_t probing = bbr->pacing_gain > UNIT ? 2 : 0;
                uint32_t target = 2 * PRODUCT + BURSTS + 2 + probing;
                ck_assert_uint_eq(rig.cong.cwnd, MIN(before + 1, target));
                ck_assert_uint_ge(rig.cong.cwnd, 2 * PRODUCT + BURSTS + 2);
        }
}
END_TEST

/* The largest of ten rounds, of those before this one. */
START_TEST(bbr_remembers_the_largest_bandwidth_for_ten_rounds)
{
        const uint32_t slow = (60u << 24) / (RTT / MICROSECOND);
        const uint32_t fast = (100u << 24) / (RTT / MICROSECOND);
        round_of(60);
        round_of(100);
        for (int i = 0; i < 10; i++) {
                round_of(60);
                ck_assert_uint_eq(windowed_get(&bbr->bandwidth), fast);
        }
        round_of(60);
        ck_assert_uint_eq(windowed_get(&bbr->bandwidth), slow);
}
END_TEST

/* They tell of the application; unless they are more than was known. */
START_TEST(samples_that_the_application_limits_count_when_they_are_larger)
{
        const uint32_t known = (PRODUCT << 24) / (RTT / MICROSECOND);
        reach_probe_bw();
        for (int i = 0; i < 25; i++)
                limited_round_of(10);
        ck_assert_uint_eq(windowed_get(&bbr->bandwidth), known);
        limited_round_of(2 * PRODUCT);
        ck_assert_uint_ge(windowed_get(&bbr->bandwidth), 2 * known);
}
END_TEST

/* As many segments more than the bandwidth explains, but no more than in 100 ms; until two windows of
 * five rounds are over. */
START_TEST(bbr_adds_what_comes_in_lumps_for_some_rounds)
{
        reach_probe_bw();
        rig.cong.cwnd = 1000;
        rig.facts.now += RTT;
        arrive(20 * PRODUCT);
        struct cong_ack lump = cong_rig_ack(&rig, 500, RTT);
        lump.rate.delivered = PRODUCT;
        lump.rate.interval = RTT;
        lump.rate.prior_delivered = rig.facts.delivered - PRODUCT;
        cong_rig_take(&rig, &lump);
        uint32_t probing = bbr->pacing_gain > UNIT ? 2 : 0;
        ck_assert_uint_eq(rig.cong.cwnd, 2 * PRODUCT + BURSTS + PRODUCT + probing);
        rig.facts.now += SECOND; /* all of it is explained by now */
        unsigned rounds = 0;
        for (; rounds < 20 && MAX(bbr->aggregation.extra[0], bbr->aggregation.extra[1]) > 2 * PRODUCT;
                rounds++)
                round_with(PRODUCT, RTT, RTT, PRODUCT);
        ck_assert_uint_eq(rounds, 9); /* one of the ten was over before */
}
END_TEST

/* Without a round trip the product counts as ten segments; that, and the bursts, is as far as the window
 * goes. */
START_TEST(the_first_window_grows_until_ten_segments_have_arrived)
{
        static const uint32_t windows[] = { 15, 15, 15, 15 };
        rig.cong.pacing_rate = 1000; /* bursts of one segment */
        for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
                struct cong_ack ack = cong_rig_ack(&rig, 5, -1);
                ack.facts.smoothed_rtt = 0;
                cong_rig_take(&rig, &ack);
                ck_assert_uint_eq(rig.cong.cwnd, windows[i]);
        }
}
END_TEST

/* ---- PROBE_RTT ---- */

static void go_to_probe_rtt(void)
{
        for (int i = 0; i < 110 && bbr->mode != BBR_PROBE_RTT; i++)
                round_with(PRODUCT, RTT, RTT, 2 * PRODUCT);
        ck_assert_int_eq(bbr->mode, BBR_PROBE_RTT);
}

START_TEST(bbr_looks_for_a_shorter_round_trip_after_ten_seconds)
{
        reach_probe_bw();
        int64_t began_at = bbr->min_rtt_at;
        ck_assert_int_eq(began_at, 100000);
        go_to_probe_rtt();
        /* At ten seconds it is not too old yet; at the next ACK it is. */
        ck_assert_int_eq(rig.facts.now, (began_at * MICROSECOND) + 10 * SECOND + RTT);
        ck_assert_uint_eq(bbr->pacing_gain, UNIT);
        ck_assert_uint_eq(rig.cong.cwnd, 4);
}
END_TEST

START_TEST(a_shorter_round_trip_puts_that_off)
{
        reach_probe_bw();
        for (int i = 0; i < 50; i++)
                round_with(PRODUCT, RTT, RTT, 2 * PRODUCT);
        round_with(PRODUCT, RTT, RTT - MS, 2 * PRODUCT);
        time_ns found_at = rig.facts.now;
        go_to_probe_rtt();
        ck_assert_int_eq(rig.facts.now, found_at + 10 * SECOND + RTT);
}
END_TEST

/* Four segments for 200 ms, and a round trip, from when no more are in flight; then all is as before. */
START_TEST(bbr_looks_for_two_hundred_milliseconds)
{
        reach_probe_bw();
        go_to_probe_rtt();
        uint32_t before = bbr->prior_cwnd;
        for (int i = 0; i < 5; i++)
                round_with(1, 10 * MS, RTT, 5);
        ck_assert_int_eq(bbr->probe_rtt_done_at, -1);
        round_with(1, 10 * MS, RTT, 4);
        time_ns began_at = rig.facts.now;
        while (rig.facts.now < began_at + 200 * MS) {
                round_with(4, 50 * MS, RTT, 4);
                ck_assert_int_eq(bbr->mode, BBR_PROBE_RTT);
                ck_assert_uint_eq(rig.cong.cwnd, 4);
        }
        round_with(4, MS, RTT, 4);
        ck_assert_int_eq(bbr->mode, BBR_PROBE_BW);
        ck_assert_uint_ge(rig.cong.cwnd, before);
        /* And again ten seconds later. */
        time_ns ended_at = rig.facts.now;
        go_to_probe_rtt();
        ck_assert_int_eq(rig.facts.now, ended_at + 10 * SECOND + RTT);
}
END_TEST

/* A longer round trip may be the path's, once the shortest is ten seconds old; but not that of a delayed ACK.
 */
START_TEST(a_delayed_ack_is_no_round_trip_of_the_path)
{
        reach_probe_bw();
        rig.facts.now += 11 * SECOND;
        struct cong_ack ack = cong_rig_ack(&rig, 1, RTT + 50 * MS);
        ack.is_delayed = _i;
        cong_rig_take(&rig, &ack);
        ck_assert_uint_eq(bbr->min_rtt, _i ? 100000 : 150000);
}
END_TEST

START_TEST(bbr_takes_no_loss_for_congestion)
{
        reach_probe_bw();
        uint32_t before = rig.cong.ssthresh;
        cong_reduce(&rig.cong, &rig.facts);
        ck_assert_uint_eq(rig.cong.ssthresh, before);
}
END_TEST

/* A pause tells nothing of the path: what follows leaves at the bandwidth, in whatever phase, and that
 * nothing was heard for ten seconds is no reason to look for a shorter round trip. */
START_TEST(bbr_goes_on_at_its_bandwidth_after_a_pause)
{
        reach_probe_bw();
        rig.cong.pacing_rate = 1;
        rig.facts.now += 11 * SECOND;
        rig.facts.app_limited = _i == 0 ? rig.facts.delivered : 0;
        cong_on_event(&rig.cong, CONG_TX_START, &rig.facts);
        /* 80 segments of 1000 bytes in 100 ms, less 1 %; sent without a pause, the rate stays. */
        uint64_t rate = _i == 0 ? 792000 : 1;
        ck_assert_uint_le(rig.cong.pacing_rate, rate);
        ck_assert_uint_ge(rig.cong.pacing_rate, rate - rate / 1000);
        round_of(PRODUCT);
        ck_assert_int_eq(bbr->mode, _i == 0 ? BBR_PROBE_BW : BBR_PROBE_RTT);
}
END_TEST

/* One round in which as much goes out as arrives. What was lost is not taken from the window of before, which
 * is back at the end. */
START_TEST(bbr_has_its_window_again_after_a_recovery)
{
        reach_probe_bw();
        for (int i = 0; i < 10; i++)
                round_of(PRODUCT);
        uint32_t before = rig.cong.cwnd;
        ck_assert_uint_gt(before, PRODUCT);
        cong_reduce(&rig.cong, &rig.facts);
        rig.facts.state = TCP_CONGESTION_RECOVERY;
        rig.facts.in_flight = 10;
        struct cong_ack ack = cong_rig_ack(&rig, 2, RTT);
        ack.newly_lost = 3;
        cong_rig_take(&rig, &ack);
        ck_assert_uint_eq(rig.cong.cwnd, 12);
        rig.facts.state = TCP_CONGESTION_OPEN;
        ack = cong_rig_ack(&rig, 1, RTT);
        cong_rig_take(&rig, &ack);
        ck_assert_uint_eq(rig.cong.cwnd, before);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("cong_bbr");
        tcase_add_checked_fixture(cases, setup, NULL);
        tcase_add_test(cases, bbr_begins_with_the_window_in_a_round_trip_times_its_gain);
        tcase_add_test(cases, bbr_doubles_its_rate_each_round_of_startup);
        tcase_add_loop_test(cases, bbr_takes_the_pipe_for_full_after_three_rounds_of_less_than_a_quarter_more,
                0, G_N_ELEMENTS(searches));
        tcase_add_test(cases, bbr_learns_nothing_of_the_pipe_while_the_application_is_the_limit);
        tcase_add_test(cases, bbr_drains_until_no_more_than_one_product_is_in_flight);
        tcase_add_test(cases, bbr_probes_the_bandwidth_in_eight_phases);
        tcase_add_test(cases, bbr_begins_with_any_phase_but_the_draining_one);
        tcase_add_test(cases, bbr_stays_in_a_phase_for_a_round_trip);
        tcase_add_test(cases, bbr_goes_on_probing_until_the_pipe_holds_a_quarter_more);
        tcase_add_test(cases, bbr_ends_a_draining_phase_as_soon_as_the_queue_is_gone);
        tcase_add_test(cases, bbr_keeps_two_products_in_flight);
        tcase_add_test(cases, bbr_remembers_the_largest_bandwidth_for_ten_rounds);
        tcase_add_test(cases, bbr_looks_for_a_shorter_round_trip_after_ten_seconds);
        tcase_add_test(cases, a_shorter_round_trip_puts_that_off);
        tcase_add_test(cases, bbr_looks_for_two_hundred_milliseconds);
        tcase_add_test(cases, bbr_takes_no_loss_for_congestion);
        tcase_add_loop_test(cases, bbr_goes_on_at_its_bandwidth_after_a_pause, 0, 2);
        tcase_add_test(cases, bbr_has_its_window_again_after_a_recovery);
        tcase_add_test(cases, samples_that_the_application_limits_count_when_they_are_larger);
        tcase_add_test(cases, bbr_adds_what_comes_in_lumps_for_some_rounds);
        tcase_add_test(cases, the_first_window_grows_until_ten_segments_have_arrived);
        tcase_add_loop_test(cases, a_delayed_ack_is_no_round_trip_of_the_path, 0, 2);
        Suite *suite = suite_create("cong_bbr");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
