/*
 * CUBIC: Linux's integers beside RFC 9438's formulas, in floating point; HyStart's two signs.
 */
#include "tcp/cong.h"

#include <check.h>
#include <glib.h>
#include <math.h>

static struct cong cong;
static struct cong_facts facts;

static void setup(void)
{
        facts = (struct cong_facts){ .min_rtt = TIME_NEVER };
        cong_init(&cong, &cong_cubic, 10, true, &facts);
}

static void acknowledge_if(uint32_t segments, time_ns now, duration_ns rtt, bool is_cwnd_limited)
{
        struct cong_ack ack = { .facts = facts,
                .acked_segments = segments,
                .rtt_sample = rtt,
                .is_cwnd_limited = is_cwnd_limited };
        ack.facts.now = now;
        cong_on_sample(&cong, &ack);
        cong_cubic.on_ack(&cong, &ack);
}

static void acknowledge(uint32_t segments, time_ns now, duration_ns rtt)
{
        acknowledge_if(segments, now, rtt, true);
}

/* A loss at a window of `cwnd`, and recovery over. */
static void lose_at(uint32_t cwnd)
{
        cong.cwnd = cwnd;
        cong_reduce(&cong, &facts);
        cong.cwnd = cong.ssthresh;
}

/* A round trip after the other, all of the window acknowledged in each. */
static time_ns run(time_ns from, time_ns until, duration_ns rtt)
{
        time_ns now = from;
        for (; now < until; now += rtt) {
                uint32_t window = cong.cwnd;
                for (uint32_t i = 0; i < window; i++)
                        acknowledge(1, now + rtt * i / window, rtt);
        }
        return now;
}

static const struct {
        uint32_t cwnd, ssthresh;
} losses[] = { { 1, 2 }, { 2, 2 }, { 10, 7 }, { 41, 28 }, { 100, 70 }, { 1000, 700 }, { 100000, 70019 } };

START_TEST(a_loss_leaves_seven_tenths)
{
        lose_at(losses[_i].cwnd);
        ck_assert_uint_eq(cong.ssthresh, losses[_i].ssthresh);
}
END_TEST

/* RFC 9438: W_cubic(t) = C * (t - K)^3 + W_max, K = cbrt(W_max * (1 - beta) / C). On a path so long that Reno
 * is slower. */
static const struct {
        uint32_t w_max;
        int seconds;
        const char *why;
} points[] = {
        { 1000, 3, "concave" },
        { 1000, 9, "at the plateau" },
        { 1000, 13, "convex" },
        { 4000, 14, "at the plateau of a larger window" },
        { 200, 5, "a small window" },
};

START_TEST(the_window_follows_the_cubic_function)
{
        const duration_ns rtt = 200 * MILLISECOND;
        lose_at(points[_i].w_max);
        time_ns start = SECOND;
        time_ns now = run(start, start + points[_i].seconds * SECOND, rtt);
        double k = cbrt(points[_i].w_max * 0.3 / 0.4);
        double time = (double)(now - start) / SECOND;
        double expected = 0.4 * pow(time - k, 3) + points[_i].w_max;
        ck_assert_msg(fabs(cong.cwnd - expected) < 0.03 * expected, "%s: %u instead of %f", points[_i].why,
                cong.cwnd, expected);
}
END_TEST

START_TEST(k_is_when_the_old_window_is_reached)
{
        lose_at(1000);
        acknowledge(1, SECOND, 100 * MILLISECOND);
        double k = cbrt(300 / 0.4) * 1024;
        ck_assert_double_lt(fabs(cong.cubic.k - k), 0.003 * k);
}
END_TEST

START_TEST(on_a_short_path_the_window_grows_as_reno_would)
{
        lose_at(100);
        run(SECOND, 2 * SECOND, MILLISECOND);
        /* 3 * (1 - beta) / (1 + beta) a round trip, about 0.53, for a thousand of them. */
        ck_assert_uint_gt(cong.cwnd, 70 + 450);
        ck_assert_uint_lt(cong.cwnd, 70 + 650);
}
END_TEST

START_TEST(a_window_grows_by_no_more_than_half_in_a_round_trip)
{
        lose_at(100);
        run(SECOND, SECOND + 60 * SECOND, 10 * SECOND);
        uint32_t before = cong.cwnd;
        run(100 * SECOND, 105 * SECOND, 10 * SECOND);
        ck_assert_uint_le(cong.cwnd, before + before / 2 + 1);
}
END_TEST

START_TEST(a_loss_below_the_last_maximum_leaves_room_to_others)
{
        lose_at(1000);
        ck_assert_uint_eq(cong.cubic.last_max_cwnd, 1000);
        lose_at(800);
        ck_assert_uint_eq(cong.cubic.last_max_cwnd, 680);
        lose_at(900);
        ck_assert_uint_eq(cong.cubic.last_max_cwnd, 900);
}
END_TEST

/* Slow start's end without a loss tells nothing of the path. A segment for each twenty that arrive. */
START_TEST(as_long_as_nothing_was_lost_the_window_grows_by_five_percent_a_round_trip)
{
        cong.cwnd = 100;
        cong.ssthresh = 100;
        for (int i = 0; i < 99; i++)
                acknowledge(1, SECOND + i, 100 * MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 104);
        acknowledge(1, SECOND + 99, 100 * MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 105);
}
END_TEST

START_TEST(round_trips_of_the_first_second_after_a_loss_do_not_count)
{
        lose_at(100);
        acknowledge(1, SECOND, 100 * MILLISECOND);
        ck_assert_uint_eq(cong.cubic.delay_min, 100000);
        acknowledge(1, 2 * SECOND - MILLISECOND, 50 * MILLISECOND);
        ck_assert_uint_eq(cong.cubic.delay_min, 100000);
        acknowledge(1, 2 * SECOND, 60 * MILLISECOND);
        ck_assert_uint_eq(cong.cubic.delay_min, 60000);
}
END_TEST

START_TEST(slow_start_comes_first)
{
        acknowledge(5, 0, 100 * MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 15);
        ck_assert_int_eq(cong.cubic.epoch_start, -1);
}
END_TEST

START_TEST(after_a_timeout_nothing_of_the_past_counts)
{
        lose_at(1000);
        cong_on_state(&cong, TCP_CONGESTION_LOSS, &facts);
        ck_assert_uint_eq(cong.cubic.last_max_cwnd, 0);
        acknowledge(1, SECOND, 100 * MILLISECOND);
        ck_assert_uint_eq(cong.cubic.k, 0);
}
END_TEST

START_TEST(a_window_that_is_not_used_up_does_not_grow)
{
        lose_at(100);
        for (int i = 0; i < 1000; i++)
                acknowledge_if(1, i * 10 * MILLISECOND, 10 * MILLISECOND, false);
        ck_assert_uint_eq(cong.cwnd, 70);
}
END_TEST

START_TEST(idle_time_is_no_part_of_the_epoch)
{
        lose_at(1000);
        acknowledge(1, SECOND, 100 * MILLISECOND);
        facts.now = 11 * SECOND;
        facts.last_sent_at = 2 * SECOND;
        cong_on_event(&cong, CONG_TX_START, &facts);
        ck_assert_int_eq(cong.cubic.epoch_start, 10000);
}
END_TEST

/* ---- HyStart ---- */

/* ACKs of one round, `gap` apart, of round trips of `rtt`. */
static void acknowledge_round(unsigned acks, time_ns from, duration_ns gap, duration_ns rtt)
{
        facts.nxt = seq_add(facts.una, 100000);
        for (unsigned i = 0; i < acks; i++) {
                facts.una = seq_add(facts.una, 1000);
                acknowledge(1, from + i * gap, rtt);
        }
        facts.una = seq_add(facts.nxt, 1);
}

static void begin_with(uint32_t cwnd)
{
        facts.pacing_rate = 1000000000;
        cong.cwnd = cwnd;
        acknowledge_round(1, 0, 0, 100 * MILLISECOND);
}

START_TEST(a_train_of_acks_of_half_a_round_trip_ends_slow_start)
{
        begin_with(100);
        acknowledge_round(50, SECOND, MILLISECOND, 100 * MILLISECOND);
        ck_assert(cong_in_slow_start(&cong));
        acknowledge_round(60, 2 * SECOND, MILLISECOND, 100 * MILLISECOND);
        ck_assert(!cong_in_slow_start(&cong));
}
END_TEST

START_TEST(acks_with_gaps_are_no_train)
{
        begin_with(100);
        acknowledge_round(60, SECOND, 3 * MILLISECOND, 100 * MILLISECOND);
        ck_assert(cong_in_slow_start(&cong));
}
END_TEST

START_TEST(round_trips_that_grow_by_an_eighth_end_slow_start)
{
        begin_with(100);
        acknowledge_round(10, SECOND, 3 * MILLISECOND, 112 * MILLISECOND);
        ck_assert(cong_in_slow_start(&cong));
        acknowledge_round(8, 2 * SECOND, 3 * MILLISECOND, 113 * MILLISECOND);
        ck_assert_msg(cong_in_slow_start(&cong), "eight samples are needed");
        acknowledge_round(9, 3 * SECOND, 3 * MILLISECOND, 113 * MILLISECOND);
        ck_assert(!cong_in_slow_start(&cong));
}
END_TEST

/* At most 10 ms, half of the shortest round trip; and half of what four bursts of 64 KiB take at the pacing
 * rate, at most a millisecond. */
static const struct {
        uint64_t pacing_rate;
        unsigned acks;
        bool goes_on;
        const char *why;
} trains[] = {
        { 0, 41, true, "10.00 ms" },
        { 0, 42, false, "10.25 ms" },
        { 524288000, 42, true, "10.25 ms, and the bursts take 0.5" },
        { 524288000, 43, false, "10.50 ms" },
        { 1000000, 43, true, "10.50 ms, and the bursts count as 1 ms" },
        { 1000000, 44, false, "10.75 ms" },
};

START_TEST(a_train_may_be_longer_by_what_bursts_add)
{
        cong.cwnd = 100;
        acknowledge_round(1, 0, 0, 20 * MILLISECOND);
        facts.pacing_rate = trains[_i].pacing_rate;
        acknowledge_round(trains[_i].acks, SECOND, MILLISECOND / 4, 20 * MILLISECOND);
        ck_assert_msg(cong_in_slow_start(&cong) == trains[_i].goes_on, "%s", trains[_i].why);
}
END_TEST

/* us */
static const struct {
        uint32_t shortest, round_trip;
        bool goes_on;
        const char *why;
} delays[] = {
        { 20000, 24000, true, "4 ms, which is the least that counts" },
        { 20000, 24001, false, "more than 4 ms" },
        { 80000, 90000, true, "an eighth" },
        { 80000, 90001, false, "more than an eighth" },
        { 200000, 216000, true, "16 ms, which is the most that is waited for" },
        { 200000, 216001, false, "more than 16 ms" },
};

START_TEST(an_eighth_is_at_least_4_and_at_most_16_ms)
{
        cong.cwnd = 100;
        acknowledge_round(1, 0, 0, delays[_i].shortest * MICROSECOND);
        acknowledge_round(9, SECOND, 3 * MILLISECOND, delays[_i].round_trip * MICROSECOND);
        ck_assert_msg(cong_in_slow_start(&cong) == delays[_i].goes_on, "%s", delays[_i].why);
}
END_TEST

START_TEST(a_small_window_is_no_telling)
{
        begin_with(2);
        acknowledge_round(12, SECOND, MILLISECOND, 200 * MILLISECOND);
        ck_assert(cong_in_slow_start(&cong));
}
END_TEST

START_TEST(hystart_can_be_switched_off)
{
        cong.hystart = false;
        begin_with(100);
        acknowledge_round(60, SECOND, MILLISECOND, 200 * MILLISECOND);
        ck_assert(cong_in_slow_start(&cong));
}
END_TEST

START_TEST(the_largest_windows_and_times_do_not_overflow)
{
        lose_at(1 << 20);
        for (time_ns now = SECOND; now < 100000 * SECOND; now += 100 * SECOND) {
                uint32_t before = cong.cwnd;
                acknowledge(1, now, SECOND);
                ck_assert_uint_ge(cong.cwnd, before);
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("cong_cubic");
        tcase_add_checked_fixture(cases, setup, NULL);
        tcase_add_loop_test(cases, a_loss_leaves_seven_tenths, 0, G_N_ELEMENTS(losses));
        tcase_add_loop_test(cases, the_window_follows_the_cubic_function, 0, G_N_ELEMENTS(points));
        tcase_add_test(cases, k_is_when_the_old_window_is_reached);
        tcase_add_test(cases, on_a_short_path_the_window_grows_as_reno_would);
        tcase_add_test(cases, a_window_grows_by_no_more_than_half_in_a_round_trip);
        tcase_add_test(cases, a_loss_below_the_last_maximum_leaves_room_to_others);
        tcase_add_test(cases, as_long_as_nothing_was_lost_the_window_grows_by_five_percent_a_round_trip);
        tcase_add_test(cases, round_trips_of_the_first_second_after_a_loss_do_not_count);
        tcase_add_test(cases, slow_start_comes_first);
        tcase_add_test(cases, after_a_timeout_nothing_of_the_past_counts);
        tcase_add_test(cases, a_window_that_is_not_used_up_does_not_grow);
        tcase_add_test(cases, idle_time_is_no_part_of_the_epoch);
        tcase_add_test(cases, a_train_of_acks_of_half_a_round_trip_ends_slow_start);
        tcase_add_test(cases, acks_with_gaps_are_no_train);
        tcase_add_test(cases, round_trips_that_grow_by_an_eighth_end_slow_start);
        tcase_add_loop_test(cases, a_train_may_be_longer_by_what_bursts_add, 0, G_N_ELEMENTS(trains));
        tcase_add_loop_test(cases, an_eighth_is_at_least_4_and_at_most_16_ms, 0, G_N_ELEMENTS(delays));
        tcase_add_test(cases, a_small_window_is_no_telling);
        tcase_add_test(cases, hystart_can_be_switched_off);
        tcase_add_test(cases, the_largest_windows_and_times_do_not_overflow);
        Suite *suite = suite_create("cong_cubic");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
