/*
 * The retransmission timeout: RFC 6298's figures, worked out by hand, with Linux's floor.
 */
#include "tcp/rtt.h"

#include <check.h>
#include <glib.h>

static struct rtt rtt;

static void setup(void)
{
        rtt_init(&rtt, SECOND, 200 * MILLISECOND, 120 * SECOND);
}

START_TEST(without_a_sample_the_timeout_is_the_initial_one)
{
        ck_assert_int_eq(rtt_rto(&rtt), SECOND);
        ck_assert_int_eq(rtt.smoothed, 0);
        ck_assert_int_eq(rtt.minimum, 0);
}
END_TEST

static const struct {
        duration_ns samples[3]; /* 0: no more */
        duration_ns smoothed, variation, rto;
        const char *why;
} cases_of_samples[] = {
        { { 400 * MILLISECOND }, 400 * MILLISECOND, 200 * MILLISECOND, 1200 * MILLISECOND,
                "first: SRTT = R, RTTVAR = R/2, RTO = R + 4 * R/2" },
        { { 40 * MILLISECOND }, 40 * MILLISECOND, 20 * MILLISECOND, 240 * MILLISECOND,
                "the floor is under the variance term, not under the whole" },
        { { 400 * MILLISECOND, 400 * MILLISECOND }, 400 * MILLISECOND, 150 * MILLISECOND, 1000 * MILLISECOND,
                "no error: three quarters of the variation are left" },
        { { 400 * MILLISECOND, 800 * MILLISECOND }, 450 * MILLISECOND, 250 * MILLISECOND, 1450 * MILLISECOND,
                "RTTVAR = 3/4 * 200 + 1/4 * |400 - 800|, with the old SRTT; then SRTT = 7/8 * 400 + 1/8 * "
                "800" },
        { { 800 * MILLISECOND, 400 * MILLISECOND }, 750 * MILLISECOND, 400 * MILLISECOND, 2350 * MILLISECOND,
                "a shorter one counts as much in the variation" },
        { { 800 * MILLISECOND, 400 * MILLISECOND, 350 * MILLISECOND }, 700 * MILLISECOND, 400 * MILLISECOND,
                2300 * MILLISECOND, "and once more" },
        { { 1 }, 1, 0, 200 * MILLISECOND + 1, "the shortest path" },
        { { 100 * SECOND }, 100 * SECOND, 50 * SECOND, 120 * SECOND, "the ceiling" },
};

START_TEST(samples_make_the_timeout)
{
        for (int i = 0; i < 3 && cases_of_samples[_i].samples[i] > 0; i++)
                rtt_sample(&rtt, cases_of_samples[_i].samples[i]);
        ck_assert_msg(rtt.smoothed == cases_of_samples[_i].smoothed, "%s", cases_of_samples[_i].why);
        ck_assert_msg(rtt.variation == cases_of_samples[_i].variation, "%s", cases_of_samples[_i].why);
        ck_assert_msg(rtt_rto(&rtt) == cases_of_samples[_i].rto, "%s", cases_of_samples[_i].why);
}
END_TEST

START_TEST(a_path_without_delay_has_samples_too)
{
        rtt_sample(&rtt, 0);
        rtt_sample(&rtt, 0);
        ck_assert_int_eq(rtt.smoothed, 1);
        ck_assert_int_eq(rtt.minimum, 1);
}
END_TEST

START_TEST(a_steady_path_ends_at_its_length_and_the_floor)
{
        for (int i = 0; i < 200; i++)
                rtt_sample(&rtt, 2 * SECOND);
        ck_assert_int_eq(rtt_rto(&rtt), 2200 * MILLISECOND);
}
END_TEST

START_TEST(the_smallest_and_the_latest_sample_are_kept)
{
        rtt_sample(&rtt, 30);
        rtt_sample(&rtt, 20);
        rtt_sample(&rtt, 50);
        ck_assert_int_eq(rtt.minimum, 20);
        ck_assert_int_eq(rtt.latest, 50);
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

START_TEST(a_sample_or_an_acknowledgement_ends_back_off)
{
        rtt_back_off(&rtt);
        rtt_end_back_off(&rtt);
        ck_assert_int_eq(rtt_rto(&rtt), SECOND);
        rtt_back_off(&rtt);
        rtt_sample(&rtt, 400 * MILLISECOND);
        ck_assert_int_eq(rtt_rto(&rtt), 1200 * MILLISECOND);
        ck_assert_uint_eq(rtt.backoffs, 0);
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
        tcase_add_test(cases, the_smallest_and_the_latest_sample_are_kept);
        tcase_add_test(cases, each_back_off_doubles_up_to_the_ceiling);
        tcase_add_test(cases, a_sample_or_an_acknowledgement_ends_back_off);
        Suite *suite = suite_create("rtt");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
