/*
 * CUBIC against RFC 9438: figures worked out apart from the program with 60 digits, and the formulas in
 * floating point, followed ACK by ACK.
 */
#include "tcp/cong.h"

#include <check.h>
#include <glib.h>
#include <math.h>

#define SCALE (1 << 20) /* of the windows in struct cubic_curve */

static struct cong cong;

static void setup(void)
{
        cong_init(&cong, &cong_cubic, 10, 0);
}

static void acknowledge(uint32_t segments, time_ns now, duration_ns rtt)
{
        struct cong_ack ack = { .now = now,
                .acked_segments = segments,
                .rtt_sample = rtt,
                .smoothed_rtt = rtt,
                .is_cwnd_limited = true };
        cong_on_ack(&cong, &ack);
}

static void acknowledge_unlimited(time_ns now)
{
        struct cong_ack ack = { .now = now, .acked_segments = 1, .rtt_sample = -1 };
        cong_on_ack(&cong, &ack);
}

/* A loss at a window of `cwnd`, and recovery over at `now`. */
static void lose_at(uint32_t cwnd, time_ns now)
{
        cong.cwnd = cwnd;
        cong_on_loss(&cong, cwnd, now);
        cong.cwnd = cong.ssthresh;
}

static const struct {
        uint32_t cwnd, ssthresh;
        duration_ns k; /* cbrt((cwnd - ssthresh) / 0.4) seconds */
} losses[] = {
        { 10, 7, 1957433820 },
        { 41, 28, 3191252149 },
        { 100, 70, 4217163326 },
        { 1000, 700, 9085602964 },
        { 10000, 7000, 19574338205 },
        { 1000003, 700002, 90856130592 },
        { 1048576, 734003, 92303992061 },
};

START_TEST(k_is_exact_to_the_nanosecond)
{
        lose_at(losses[_i].cwnd, SECOND);
        ck_assert_uint_eq(cong.ssthresh, losses[_i].ssthresh);
        acknowledge(1, SECOND, MILLISECOND);
        ck_assert_int_eq(cong.cubic.curve.k, losses[_i].k);
        ck_assert_uint_eq(cong.cubic.curve.w_max, (uint64_t)losses[_i].cwnd * SCALE);
        ck_assert_int_eq(cong.cubic.curve.epoch_start, SECOND);
}
END_TEST

START_TEST(the_threshold_is_never_below_two_segments)
{
        lose_at(1, 0);
        ck_assert_uint_eq(cong.ssthresh, 2);
}
END_TEST

/* W_cubic(t) = 0.4 * (t - K)^3 + 1000, of W_max = 1000, cwnd_epoch = 700. */
static const struct {
        duration_ns time;
        uint32_t cwnd;
        const char *why;
} windows[] = {
        { 1 * SECOND, 788, "1000 - 0.4 * 8.0856^3 = 788.55" },
        { 5 * SECOND, 972, "1000 - 0.4 * 4.0856^3 = 972.72" },
        { 9085604 * MICROSECOND, 1000, "just behind K the window is W_max again" },
        { 12 * SECOND, 1009, "1000 + 0.4 * 2.9144^3 = 1009.90" },
        { 18171208 * MICROSECOND, 1300, "just behind 2 K it is as far above" },
        { 30 * SECOND, 4659, "1000 + 0.4 * 20.9144^3 = 4659.29" },
};

START_TEST(the_window_follows_the_cubic_function)
{
        lose_at(1000, 0);
        acknowledge(1, 0, 0);
        /* A window acknowledged at once reaches the target, in steps of a half at most. */
        for (int i = 0; i < 6; i++)
                acknowledge(cong.cwnd, windows[_i].time, 0);
        ck_assert_msg(cong.cwnd == windows[_i].cwnd, "%s, not %u", windows[_i].why, cong.cwnd);
}
END_TEST

START_TEST(a_window_grows_by_no_more_than_half_in_a_round_trip)
{
        lose_at(1000, 0);
        acknowledge(1, 0, 100 * MILLISECOND);
        acknowledge(700, 3600 * SECOND, 100 * MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 1050);
}
END_TEST

/* Section 4.3: alpha = 9/17 a round trip until the window before the loss is won back, then 1. */
START_TEST(on_a_short_path_the_window_grows_as_reno_would)
{
        lose_at(40, 0);
        for (int round = 0; round < 18; round++)
                acknowledge(cong.cwnd, round * MILLISECOND, MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 28 + 9);
        for (int round = 18; round < 23; round++)
                acknowledge(cong.cwnd, round * MILLISECOND, MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 40);
        for (int round = 23; round < 33; round++)
                acknowledge(cong.cwnd, round * MILLISECOND, MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 50);
}
END_TEST

START_TEST(a_loss_below_the_last_maximum_leaves_room_to_others)
{
        lose_at(100, 0);
        lose_at(80, 0);
        ck_assert_uint_eq(cong.cubic.curve.w_max, 68 * SCALE); /* 80 * (1 + 0.7) / 2 */
        lose_at(90, 0);
        ck_assert_uint_eq(cong.cubic.curve.w_max, 90 * SCALE);
}
END_TEST

START_TEST(slow_start_comes_first)
{
        cong.ssthresh = 20;
        acknowledge(5, 0, MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 15);
        ck_assert_int_eq(cong.cubic.curve.epoch_start, -1);
        acknowledge(6, SECOND, MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 20);
        ck_assert_int_eq(cong.cubic.curve.epoch_start, SECOND);
        ck_assert_int_eq(cong.cubic.curve.k, 0);
}
END_TEST

/* Section 4.8. */
START_TEST(avoidance_after_a_timeout_begins_at_its_own_maximum)
{
        lose_at(100, 0);
        cong.cwnd = 100;
        cong_on_timeout(&cong, 100, true, SECOND);
        ck_assert_uint_eq(cong.cwnd, 1);
        ck_assert_uint_eq(cong.ssthresh, 70);
        acknowledge(70, 2 * SECOND, MILLISECOND);
        ck_assert_uint_eq(cong.cwnd, 70);
        ck_assert_int_eq(cong.cubic.curve.k, 0);
        ck_assert_uint_eq(cong.cubic.curve.w_max, 70 * SCALE);
}
END_TEST

/* Section 4.9. */
START_TEST(undoing_brings_the_old_curve_back)
{
        lose_at(1000, 0);
        for (time_ns now = 0; now < 5 * SECOND; now += 10 * MILLISECOND)
                acknowledge(50, now, 10 * MILLISECOND);
        struct cubic_curve curve = cong.cubic.curve;
        uint32_t cwnd = cong.cwnd;
        cong_on_timeout(&cong, cwnd, true, 5 * SECOND);
        cong_on_undo(&cong, 6 * SECOND);
        ck_assert_uint_eq(cong.cwnd, cwnd);
        ck_assert_uint_eq(cong.cubic.curve.w_max, curve.w_max);
        ck_assert_uint_eq(cong.cubic.curve.w_est, curve.w_est);
        ck_assert_int_eq(cong.cubic.curve.k, curve.k);
        ck_assert_int_eq(cong.cubic.curve.epoch_start, curve.epoch_start);
}
END_TEST

/* Section 5.8. */
START_TEST(time_in_which_the_window_was_not_used_up_does_not_count)
{
        lose_at(1000, 0);
        acknowledge(1, 0, MILLISECOND);
        acknowledge(1, SECOND, MILLISECOND);
        uint32_t cwnd = cong.cwnd;
        for (int second = 2; second <= 20; second++)
                acknowledge_unlimited(second * SECOND);
        ck_assert_uint_eq(cong.cwnd, cwnd);
        ck_assert_int_eq(cong.cubic.curve.epoch_start, 19 * SECOND);
}
END_TEST

START_TEST(idle_time_does_not_count)
{
        lose_at(1000, 0);
        acknowledge(1, 0, MILLISECOND);
        cong_on_idle(&cong, 1, 8 * SECOND, TIME_NEVER, 10 * SECOND);
        ck_assert_int_eq(cong.cubic.curve.epoch_start, 8 * SECOND);
}
END_TEST

START_TEST(idle_time_is_left_out_once)
{
        lose_at(1000, 0);
        acknowledge(1, 0, MILLISECOND);
        acknowledge_unlimited(6 * SECOND);
        cong_on_idle(&cong, 1, 8 * SECOND, TIME_NEVER, 10 * SECOND);
        ck_assert_int_eq(cong.cubic.curve.epoch_start, 10 * SECOND);
}
END_TEST

START_TEST(idle_time_without_an_epoch_starts_none)
{
        cong_on_idle(&cong, 1, 8 * SECOND, TIME_NEVER, 10 * SECOND);
        ck_assert_int_eq(cong.cubic.curve.epoch_start, -1);
}
END_TEST

START_TEST(the_largest_windows_and_times_do_not_overflow)
{
        lose_at(1 << 20, 0);
        acknowledge(1, 0, SECOND);
        uint32_t cwnd = cong.cwnd;
        acknowledge(cwnd, 24 * 3600 * SECOND, SECOND);
        ck_assert_uint_eq(cong.cwnd, cwnd + cwnd / 2);
        cong.cwnd = 1 << 20;
        acknowledge(1 << 20, INT64_MAX / 2, SECOND);
        ck_assert_uint_eq(cong.cwnd, (1 << 20) + (1 << 19));
}
END_TEST

/* ---- The formulas, in floating point ---- */

struct reference {
        double cwnd, w_max, w_est, k;
};

static struct reference reference_after_loss_at(double cwnd)
{
        double cwnd_epoch = floor(cwnd * 0.7);
        return (struct reference){ cwnd_epoch, cwnd, cwnd_epoch, cbrt((cwnd - cwnd_epoch) / 0.4) };
}

static double w_cubic(const struct reference *reference, double t)
{
        return 0.4 * pow(t - reference->k, 3) + reference->w_max;
}

/* One segment acknowledged; a round trip is as many of them as there are whole segments in the window. */
static void reference_on_ack(struct reference *reference, double t, double rtt)
{
        double whole = floor(reference->cwnd);
        reference->w_est += (reference->w_est < reference->w_max ? 3 * (1 - 0.7) / (1 + 0.7) : 1) / whole;
        double target = fmin(fmax(w_cubic(reference, t + rtt), reference->cwnd), 1.5 * reference->cwnd);
        if (w_cubic(reference, t) < reference->w_est)
                reference->cwnd = fmax(reference->cwnd, reference->w_est);
        else
                reference->cwnd += (target - reference->cwnd) / whole;
}

static const struct {
        uint32_t cwnd;
        duration_ns rtt;
        int rounds;
        const char *why;
} paths[] = {
        { 20, 5 * MILLISECOND, 400, "Reno's region all the way" },
        { 100, 30 * MILLISECOND, 300, "from Reno's region to the cubic's" },
        { 1000, 100 * MILLISECOND, 200, "the cubic from the start" },
        { 5000, 300 * MILLISECOND, 60, "a long fat path" },
        { 4, 1 * SECOND, 60, "a long thin one" },
};

START_TEST(the_window_stays_beside_the_formulas)
{
        duration_ns rtt = paths[_i].rtt;
        struct reference reference = reference_after_loss_at(paths[_i].cwnd);
        lose_at(paths[_i].cwnd, 0);
        for (int round = 0; round < paths[_i].rounds; round++) {
                uint32_t window = cong.cwnd;
                for (uint32_t i = 0; i < window; i++) {
                        time_ns now = round * rtt + rtt * i / window;
                        acknowledge(1, now, rtt);
                        reference_on_ack(&reference, (double)now / SECOND, (double)rtt / SECOND);
                }
                ck_assert_msg(fabs(cong.cwnd + 0.5 - reference.cwnd) < 0.6, "%s: %u, not %f, in round %d",
                        paths[_i].why, cong.cwnd, reference.cwnd, round);
        }
        ck_assert_msg(cong.cwnd > paths[_i].cwnd, "%s", paths[_i].why);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("cong_cubic");
        tcase_add_checked_fixture(cases, setup, NULL);
        tcase_add_loop_test(cases, k_is_exact_to_the_nanosecond, 0, G_N_ELEMENTS(losses));
        tcase_add_test(cases, the_threshold_is_never_below_two_segments);
        tcase_add_loop_test(cases, the_window_follows_the_cubic_function, 0, G_N_ELEMENTS(windows));
        tcase_add_test(cases, a_window_grows_by_no_more_than_half_in_a_round_trip);
        tcase_add_test(cases, on_a_short_path_the_window_grows_as_reno_would);
        tcase_add_test(cases, a_loss_below_the_last_maximum_leaves_room_to_others);
        tcase_add_test(cases, slow_start_comes_first);
        tcase_add_test(cases, avoidance_after_a_timeout_begins_at_its_own_maximum);
        tcase_add_test(cases, undoing_brings_the_old_curve_back);
        tcase_add_test(cases, time_in_which_the_window_was_not_used_up_does_not_count);
        tcase_add_test(cases, idle_time_does_not_count);
        tcase_add_test(cases, idle_time_is_left_out_once);
        tcase_add_test(cases, idle_time_without_an_epoch_starts_none);
        tcase_add_test(cases, the_largest_windows_and_times_do_not_overflow);
        tcase_add_loop_test(cases, the_window_stays_beside_the_formulas, 0, G_N_ELEMENTS(paths));
        Suite *suite = suite_create("cong_cubic");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
