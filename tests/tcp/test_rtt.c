/*
 * The retransmission timeout: RFC 6298's figures with Linux's refinements (tcp_rtt_estimator), worked out by
 * hand.
 */
#include "tcp/rtt.h"

#include <check.h>
#include <glib.h>

static struct rtt rtt;

static void setup(void)
{
        rtt_init(&rtt, SECOND, 200 * MILLISECOND, 120 * SECOND);
}

#define MS MILLISECOND

/* Each sample begins a round trip of its own. */
static void sample(duration_ns duration)
{
        static uint32_t una;
        una += 1000;
        rtt_sample(&rtt, duration, seq_of(una), seq_of(una));
        rtt_sample_minimum(&rtt, duration, 0);
}

START_TEST(without_a_sample_the_timeout_is_the_initial_one)
{
        ck_assert_int_eq(rtt_rto(&rtt), SECOND);
        ck_assert_int_eq(rtt_smoothed(&rtt), 0);
        ck_assert_int_eq(rtt_minimum(&rtt), TIME_NEVER);
}
END_TEST

static const struct {
        duration_ns samples[3]; /* 0: no more */
        duration_ns smoothed, deviation, rto;
        const char *why;
} cases_of_samples[] = {
        { { 400 * MS }, 400 * MS, 200 * MS, 1200 * MS, "first: SRTT = R, RTTVAR = R/2, RTO = R + 4 * R/2" },
        { { 40 * MS }, 40 * MS, 20 * MS, 240 * MS, "the floor is under the variance term, not the whole" },
        { { 400 * MS, 400 * MS }, 400 * MS, 150 * MS, 1200 * MS,
                "no error: the deviation falls by a quarter" },
        { { 400 * MS, 400 * MS, 400 * MS }, 400 * MS, 112500 * MICROSECOND, 1112500 * MICROSECOND,
                "and, a round trip later, the RTO's variation a quarter of the way to the largest" },
        { { 400 * MS, 800 * MS }, 450 * MS, 250 * MS, 1450 * MS, "a longer one counts at once" },
        { { 800 * MS, 400 * MS }, 750 * MS, 400 * MS, 2350 * MS, "a shorter one no further away than usual" },
        { { 800 * MS, 400 * MS, 10 * MS }, 657500 * MICROSECOND, 410625 * MICROSECOND, 2300 * MS,
                "one further away than usual moves the deviation eight times less" },
        { { 1 }, MICROSECOND, 0, 200 * MS + MICROSECOND, "the shortest path" },
        { { 100 * SECOND }, 100 * SECOND, 50 * SECOND, 120 * SECOND, "the ceiling" },
};

START_TEST(samples_make_the_timeout)
{
        for (int i = 0; i < 3 && cases_of_samples[_i].samples[i] > 0; i++)
                sample(cases_of_samples[_i].samples[i]);
        ck_assert_msg(rtt_smoothed(&rtt) == cases_of_samples[_i].smoothed, "%s: SRTT %ld",
                cases_of_samples[_i].why, (long)rtt_smoothed(&rtt));
        ck_assert_msg(rtt_variation(&rtt) == cases_of_samples[_i].deviation, "%s: deviation %ld",
                cases_of_samples[_i].why, (long)rtt_variation(&rtt));
        ck_assert_msg(rtt_rto(&rtt) == cases_of_samples[_i].rto, "%s: RTO %ld", cases_of_samples[_i].why,
                (long)rtt_rto(&rtt));
}
END_TEST

/* Samples of one round trip: the largest deviation among them counts. */
START_TEST(within_a_round_trip_the_variation_does_not_fall)
{
        rtt_sample(&rtt, 400 * MS, seq_of(0), seq_of(10000));
        duration_ns rto = rtt_rto(&rtt);
        for (uint32_t una = 1000; una <= 10000; una += 1000)
                rtt_sample(&rtt, 400 * MS, seq_of(una), seq_of(20000));
        ck_assert_int_eq(rtt_rto(&rtt), rto);
        rtt_sample(&rtt, 400 * MS, seq_of(11000), seq_of(21000));
        rtt_sample(&rtt, 400 * MS, seq_of(22000), seq_of(32000));
        ck_assert_int_lt(rtt_rto(&rtt), rto);
}
END_TEST

START_TEST(a_path_without_delay_has_samples_too)
{
        sample(0);
        sample(0);
        ck_assert_int_eq(rtt_smoothed(&rtt), MICROSECOND);
        ck_assert_int_eq(rtt_minimum(&rtt), MICROSECOND);
}
END_TEST

START_TEST(a_steady_path_ends_at_its_length_and_the_floor)
{
        for (int i = 0; i < 200; i++)
                sample(2 * SECOND);
        ck_assert_int_eq(rtt_rto(&rtt) / MS, 2200);
}
END_TEST

START_TEST(the_smallest_sample_is_forgotten_after_five_minutes)
{
        rtt_sample_minimum(&rtt, 30 * MS, 0);
        rtt_sample_minimum(&rtt, 20 * MS, SECOND);
        rtt_sample_minimum(&rtt, 50 * MS, 100 * SECOND);
        ck_assert_int_eq(rtt_minimum(&rtt), 20 * MS);
        rtt_sample_minimum(&rtt, 60 * MS, 302 * SECOND);
        ck_assert_int_eq(rtt_minimum(&rtt), 50 * MS);
}
END_TEST

START_TEST(each_back_off_doubles_up_to_the_ceiling)
{
        static const int seconds[] = { 1, 2, 4, 8, 16, 32, 64, 120, 120 };
        for (size_t i = 0; i < G_N_ELEMENTS(seconds); i++) {
                ck_assert_int_eq(rtt_rto(&rtt), seconds[i] * SECOND);
                rtt_back_off(&rtt);
        }
        for (int i = 0; i < 1000; i++)
                rtt_back_off(&rtt);
        ck_assert_int_eq(rtt_rto(&rtt), 120 * SECOND);
}
END_TEST

START_TEST(a_sample_ends_back_off)
{
        rtt_back_off(&rtt);
        sample(400 * MS);
        ck_assert_int_eq(rtt_rto(&rtt), 1200 * MS);
        ck_assert_uint_eq(rtt.backoffs, 0);
}
END_TEST

START_TEST(window_probes_double_beside_the_timeout)
{
        sample(100 * MS);
        ck_assert_int_eq(rtt_probe_interval(&rtt), 300 * MS);
        rtt_back_off_probe(&rtt, 15);
        rtt_back_off_probe(&rtt, 15);
        ck_assert_int_eq(rtt_probe_interval(&rtt), 1200 * MS);
        ck_assert_int_eq(rtt_rto(&rtt), 300 * MS);
        for (int i = 0; i < 20; i++)
                rtt_back_off_probe(&rtt, 15);
        ck_assert_uint_eq(rtt.backoffs, 15);
        ck_assert_int_eq(rtt_probe_interval(&rtt), 120 * SECOND);
}
END_TEST

/* On a path of no length, which counts as one of 1 us, 200.001 ms at first: the ceiling of 300 s is not
 * reached. */
START_TEST(window_probes_double_ten_times_and_no_more)
{
        rtt_init(&rtt, SECOND, 200 * MILLISECOND, 300 * SECOND);
        for (int i = 0; i < 20; i++)
                sample(0);
        for (int i = 0; i < 12; i++)
                rtt_back_off_probe(&rtt, 15);
        ck_assert_int_eq(rtt_probe_interval(&rtt), 1024 * (200 * MS + MICROSECOND));
}
END_TEST

START_TEST(a_back_off_can_be_taken_back)
{
        sample(100 * MS);
        rtt_back_off(&rtt);
        rtt_back_off(&rtt);
        rtt_revert_back_off(&rtt);
        ck_assert_int_eq(rtt_rto(&rtt), 600 * MS);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("rtt");
        tcase_add_checked_fixture(cases, setup, NULL);
        tcase_add_test(cases, without_a_sample_the_timeout_is_the_initial_one);
        tcase_add_loop_test(cases, samples_make_the_timeout, 0, G_N_ELEMENTS(cases_of_samples));
        tcase_add_test(cases, a_path_without_delay_has_samples_too);
        tcase_add_test(cases, a_steady_path_ends_at_its_length_and_the_floor);
        tcase_add_test(cases, within_a_round_trip_the_variation_does_not_fall);
        tcase_add_test(cases, the_smallest_sample_is_forgotten_after_five_minutes);
        tcase_add_test(cases, each_back_off_doubles_up_to_the_ceiling);
        tcase_add_test(cases, a_sample_ends_back_off);
        tcase_add_test(cases, window_probes_double_beside_the_timeout);
        tcase_add_test(cases, window_probes_double_ten_times_and_no_more);
        tcase_add_test(cases, a_back_off_can_be_taken_back);
        Suite *suite = suite_create("rtt");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
