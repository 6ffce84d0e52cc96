/*
 * BBR and a policer, which drops what exceeds its rate: two intervals of at least four rounds with a fifth
 * lost (50 of 256) and the same rate, to an eighth, show it; for 48 rounds nothing is sent faster. Linux
 * (tcp_bbr.c, bbr_lt_bw_sampling).
 */
#include "cong_rig.h"

#include <check.h>
#include <glib.h>

#define RTT  (100 * MS)
#define UNIT 256

static struct cong_rig rig;
static const struct cong_bbr *bbr = &rig.cong.bbr;

/* In a round of 100 ms so many arrive and so many are lost. */
static void round_of(uint32_t arrived, uint32_t lost)
{
        uint32_t prior = rig.facts.delivered;
        rig.facts.now += RTT;
        rig.facts.lost += lost;
        rig.facts.in_flight = 0;
        struct cong_ack ack = cong_rig_ack(&rig, arrived, RTT);
        ack.newly_lost = lost;
        ack.in_flight_before = 200;
        ack.rate.delivered = (int32_t)arrived;
        ack.rate.interval = RTT;
        ack.rate.prior_delivered = prior;
        cong_rig_take(&rig, &ack);
}

static void setup(void)
{
        cong_rig_init(&rig, &cong_bbr);
        for (int i = 0; i < 4; i++)
                round_of(100, 0);
        ck_assert_int_eq(bbr->mode, BBR_PROBE_BW);
}

/* A loss begins the first interval, the loss of the fourth round ends it and begins the second. */
static void interval_of(uint32_t arrived, uint32_t lost)
{
        for (int i = 0; i < 4; i++)
                round_of(arrived, lost);
}

static const struct {
        uint32_t rates[2];
        uint32_t lost;
        bool is_policed;
        const char *why;
} paths[] = {
        { { 60, 60 }, 12, true, "a fifth is lost, twice at the same rate" },
        { { 60, 60 }, 11, false, "less is lost" },
        { { 80, 70 }, 20, true, "an eighth less" },
        { { 80, 69 }, 20, false, "more than an eighth less" },
        { { 80, 89 }, 20, true, "nearly an eighth more" },
        { { 80, 91 }, 20, false, "more than an eighth more" },
};

START_TEST(two_lossy_intervals_of_one_rate_show_a_policer)
{
        interval_of(paths[_i].rates[0], paths[_i].lost);
        ck_assert(!bbr->policer.is_used);
        interval_of(paths[_i].rates[1], paths[_i].lost);
        ck_assert_msg(bbr->policer.is_used == paths[_i].is_policed, "%s", paths[_i].why);
}
END_TEST

/* At a few hundred bytes a second an eighth is soon more; 500 are the same rate all the same. */
START_TEST(rates_that_differ_by_500_bytes_a_second_are_the_same)
{
        rig.facts.mss = 1;
        interval_of(80 + _i, 40);
        interval_of(30, 40);
        ck_assert(bbr->policer.is_used == (_i == 0));
}
END_TEST

START_TEST(an_interval_that_the_application_limits_is_forgotten)
{
        round_of(60, 12);
        ck_assert(bbr->policer.is_sampling);
        struct cong_ack ack = cong_rig_ack(&rig, 60, RTT);
        ack.rate.delivered = 60;
        ack.rate.interval = RTT;
        ack.rate.is_app_limited = true;
        cong_rig_take(&rig, &ack);
        ck_assert(!bbr->policer.is_sampling);
}
END_TEST

static void meet_policer(void)
{
        interval_of(60, 12);
        interval_of(60, 12);
        ck_assert(bbr->policer.is_used);
}

START_TEST(nothing_is_sent_faster_than_the_policer_lets_pass)
{
        meet_policer();
        uint64_t rate = 60 * RIG_SEGMENT * 10 * 99 / 100;
        ck_assert_uint_eq(bbr->pacing_gain, UNIT);
        ck_assert_uint_le(rig.cong.pacing_rate, rate);
        ck_assert_uint_ge(rig.cong.pacing_rate, rate - rate / 1000);
}
END_TEST

START_TEST(after_48_rounds_bbr_looks_again)
{
        meet_policer();
        for (int i = 0; i < 47; i++) {
                round_of(60, 0);
                ck_assert(bbr->policer.is_used);
                ck_assert_uint_eq(bbr->pacing_gain, UNIT);
        }
        round_of(60, 0);
        ck_assert(!bbr->policer.is_used);
        ck_assert_uint_eq(bbr->policer.bandwidth, 0);
        ck_assert_int_eq(bbr->mode, BBR_PROBE_BW);
}
END_TEST

START_TEST(an_interval_without_another_loss_is_forgotten)
{
        round_of(60, 12);
        ck_assert(bbr->policer.is_sampling);
        for (int i = 0; i < 15; i++)
                round_of(60, 0);
        ck_assert(bbr->policer.is_sampling);
        round_of(60, 0);
        ck_assert(!bbr->policer.is_sampling);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("bbr_policer");
        tcase_add_checked_fixture(cases, setup, NULL);
        tcase_add_loop_test(cases, two_lossy_intervals_of_one_rate_show_a_policer, 0, G_N_ELEMENTS(paths));
        tcase_add_test(cases, nothing_is_sent_faster_than_the_policer_lets_pass);
        tcase_add_test(cases, after_48_rounds_bbr_looks_again);
        tcase_add_test(cases, an_interval_without_another_loss_is_forgotten);
        tcase_add_loop_test(cases, rates_that_differ_by_500_bytes_a_second_are_the_same, 0, 2);
        tcase_add_test(cases, an_interval_that_the_application_limits_is_forgotten);
        Suite *suite = suite_create("bbr_policer");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
