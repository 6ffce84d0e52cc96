/*
 * DCTCP: alpha and what it takes from the window. RFC 8257 sections 3.3 to 3.5, figures by hand, in 1024ths.
 */
#include "cong_rig.h"

#include <check.h>
#include <glib.h>

static struct cong_rig rig;

static void setup(void)
{
        cong_rig_init(&rig, &cong_dctcp);
}

/* A window arrives at once, so many segments of it marked. */
static void round_of(uint32_t segments, uint32_t marked)
{
        rig.facts.nxt = rig.facts.una;
        rig.facts.delivered_ce += marked;
        struct cong_ack ack = cong_rig_ack(&rig, segments, 100 * MS);
        ack.facts.nxt = rig.facts.una;
        cong_on_sample(&rig.cong, &ack);
}

/* "The value of DCTCP.Alpha SHOULD be initialized to 1". */
START_TEST(alpha_begins_at_one)
{
        ck_assert_uint_eq(rig.cong.dctcp.alpha, 1024);
}
END_TEST

/* alpha * (1 - 1/16), rounds on end: rounded down, what goes. */
START_TEST(without_marks_a_sixteenth_of_alpha_goes_each_round)
{
        static const uint32_t alphas[] = { 960, 900, 844, 792, 743, 697, 654, 614, 576, 540 };
        for (size_t i = 0; i < G_N_ELEMENTS(alphas); i++) {
                round_of(100, 0);
                ck_assert_uint_eq(rig.cong.dctcp.alpha, alphas[i]);
        }
        /* Less than a sixteenth can say goes at once. */
        rig.cong.dctcp.alpha = 15;
        round_of(100, 0);
        ck_assert_uint_eq(rig.cong.dctcp.alpha, 0);
}
END_TEST

static const struct {
        uint32_t alpha, segments, marked, after;
        const char *why;
} rounds[] = {
        { 1024, 100, 100, 1024, "all marked: it stays at one" },
        { 1024, 100, 25, 976, "1024 * 15/16 + 256 / 16" },
        { 0, 100, 100, 64, "from nothing, a sixteenth" },
        { 0, 100, 25, 16, "a sixteenth of a quarter" },
        { 512, 100, 50, 512, "the share that it says already" },
        { 512, 1, 1, 544, "480 + 64, of a window of one" },
};

START_TEST(alpha_nears_the_share_of_marks_by_a_sixteenth)
{
        rig.cong.dctcp.alpha = rounds[_i].alpha;
        round_of(rounds[_i].segments, rounds[_i].marked);
        uint32_t alpha = rig.cong.dctcp.alpha;
        ck_assert_msg(alpha == rounds[_i].after, "%s: %u", rounds[_i].why, alpha);
}
END_TEST

START_TEST(alpha_ends_within_its_rounding_of_the_share_of_marks)
{
        for (int i = 0; i < 200; i++)
                round_of(100, 25);
        ck_assert_uint_ge(rig.cong.dctcp.alpha, 256);
        ck_assert_uint_lt(rig.cong.dctcp.alpha, 256 + 16);
}
END_TEST

/* Once for each window of data: an ACK within it changes nothing. */
START_TEST(alpha_changes_once_a_round_trip)
{
        round_of(100, 0);
        rig.facts.nxt = rig.cong.dctcp.round_end = seq_add(rig.facts.una, 10 * RIG_SEGMENT);
        for (int i = 1; i < 10; i++) {
                struct cong_ack ack = cong_rig_ack(&rig, 1, 100 * MS);
                cong_on_sample(&rig.cong, &ack);
                ck_assert_uint_eq(rig.cong.dctcp.alpha, 960);
        }
        struct cong_ack ack = cong_rig_ack(&rig, 1, 100 * MS);
        cong_on_sample(&rig.cong, &ack);
        ck_assert_uint_eq(rig.cong.dctcp.alpha, 900);
}
END_TEST

/* "cwnd = cwnd * (1 - DCTCP.Alpha / 2)", and never below two segments. */
static const struct {
        uint32_t cwnd, alpha, after;
} marks[] = {
        { 100, 1024, 50 },
        { 100, 512, 75 },
        { 100, 256, 88 },
        { 100, 64, 97 },
        { 100, 16, 100 },
        { 100, 0, 100 },
        { 3, 1024, 2 },
        { 2, 1024, 2 },
};

START_TEST(marks_take_half_of_alpha_from_the_window)
{
        rig.cong.cwnd = marks[_i].cwnd;
        rig.cong.dctcp.alpha = marks[_i].alpha;
        cong_reduce(&rig.cong, &rig.facts);
        ck_assert_uint_eq(rig.cong.ssthresh, marks[_i].after);
}
END_TEST

/* Section 3.5: "in the same way as conventional TCP". */
START_TEST(a_loss_takes_half_of_the_window)
{
        rig.cong.cwnd = 100;
        rig.cong.dctcp.alpha = 0;
        if (_i == 0)
                cong_on_state(&rig.cong, TCP_CONGESTION_RECOVERY, &rig.facts);
        else
                cong_on_event(&rig.cong, CONG_LOSS, &rig.facts);
        ck_assert_uint_eq(rig.cong.ssthresh, 50);
}
END_TEST

/* The window of before a loss is back, when it was none; but not when it has grown beyond that meanwhile. */
START_TEST(what_is_undone_is_as_before)
{
        rig.cong.cwnd = 100;
        rig.cong.prior_ssthresh = 80;
        cong_reduce(&rig.cong, &rig.facts);
        rig.cong.cwnd = _i == 0 ? 50 : 120;
        cong_undo(&rig.cong);
        ck_assert_uint_eq(rig.cong.cwnd, _i == 0 ? 100 : 120);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("cong_dctcp");
        tcase_add_checked_fixture(cases, setup, NULL);
        tcase_add_test(cases, alpha_begins_at_one);
        tcase_add_test(cases, without_marks_a_sixteenth_of_alpha_goes_each_round);
        tcase_add_loop_test(cases, alpha_nears_the_share_of_marks_by_a_sixteenth, 0, G_N_ELEMENTS(rounds));
        tcase_add_test(cases, alpha_ends_within_its_rounding_of_the_share_of_marks);
        tcase_add_test(cases, alpha_changes_once_a_round_trip);
        tcase_add_loop_test(cases, marks_take_half_of_alpha_from_the_window, 0, G_N_ELEMENTS(marks));
        tcase_add_loop_test(cases, a_loss_takes_half_of_the_window, 0, 2);
        tcase_add_loop_test(cases, what_is_undone_is_as_before, 0, 2);
        Suite *suite = suite_create("cong_dctcp");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
