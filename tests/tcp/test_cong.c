/*
 * What all congestion control shares, and Reno: growth, losses, timeouts, idle times, in tables of windows.
 */
#include "tcp/cong.h"

#include "tcp/tcp_settings.h"

#include <check.h>
#include <glib.h>

static struct cong cong;
static struct cong_facts facts;

static void setup(void)
{
        cong_init(&cong, &cong_reno, 10, true, &facts);
}

static void acknowledge(uint32_t segments, bool is_cwnd_limited)
{
        struct cong_ack ack = {
                .acked_segments = segments, .rtt_sample = -1, .is_cwnd_limited = is_cwnd_limited
        };
        cong.ops->on_ack(&cong, &ack);
}

static void in_avoidance(uint32_t cwnd)
{
        cong.cwnd = cong.ssthresh = cwnd;
}

START_TEST(a_window_starts_in_slow_start)
{
        ck_assert_uint_eq(cong.cwnd, 10);
        ck_assert_uint_eq(cong.ssthresh, CONG_SSTHRESH_NOT_SET);
        ck_assert(cong_in_slow_start(&cong));
}
END_TEST

START_TEST(slow_start_doubles_in_a_round_trip)
{
        for (int i = 0; i < 10; i++)
                acknowledge(1, true);
        ck_assert_uint_eq(cong.cwnd, 20);
        acknowledge(20, true);
        ck_assert_uint_eq(cong.cwnd, 40);
}
END_TEST

START_TEST(slow_start_ends_at_the_threshold_and_the_rest_counts_for_avoidance)
{
        cong.ssthresh = 12;
        acknowledge(14, true);
        ck_assert_uint_eq(cong.cwnd, 13);
        ck_assert_uint_eq(cong.acked_credit, 0);
        ck_assert(!cong_in_slow_start(&cong));
}
END_TEST

START_TEST(avoidance_adds_one_segment_in_a_round_trip)
{
        in_avoidance(10);
        for (uint32_t window = 10; window < 30; window++) {
                for (uint32_t i = 0; i < window; i++) {
                        ck_assert_uint_eq(cong.cwnd, window);
                        acknowledge(1, true);
                }
        }
        ck_assert_uint_eq(cong.cwnd, 30);
}
END_TEST

START_TEST(one_acknowledgement_of_many_windows_adds_as_many_segments)
{
        in_avoidance(10);
        acknowledge(35, true);
        ck_assert_uint_eq(cong.cwnd, 13);
        ck_assert_uint_eq(cong.acked_credit, 5);
}
END_TEST

START_TEST(credit_of_a_larger_window_is_worth_one_segment)
{
        in_avoidance(100);
        acknowledge(99, true);
        cong_avoid(&cong, 10, 1);
        ck_assert_uint_eq(cong.cwnd, 101);
        ck_assert_uint_eq(cong.acked_credit, 1);
}
END_TEST

START_TEST(a_window_that_is_not_used_up_does_not_grow)
{
        acknowledge(10, false);
        ck_assert_uint_eq(cong.cwnd, 10);
        in_avoidance(10);
        acknowledge(10, false);
        ck_assert_uint_eq(cong.cwnd, 10);
        ck_assert_uint_eq(cong.acked_credit, 0);
}
END_TEST

static const struct {
        uint32_t cwnd, ssthresh;
        const char *why;
} losses[] = {
        { 100, 50, "half" },
        { 101, 50, "rounded down" },
        { 3, 2, "never below two segments" },
        { 1, 2, "not even from one" },
};

START_TEST(a_loss_halves_the_threshold)
{
        in_avoidance(losses[_i].cwnd);
        cong_reduce(&cong, &facts);
        ck_assert_msg(cong.ssthresh == losses[_i].ssthresh, "%s", losses[_i].why);
        ck_assert_uint_eq(cong.cwnd, losses[_i].cwnd);
        ck_assert_uint_eq(cong.prior_cwnd, losses[_i].cwnd);
}
END_TEST

static void lose(uint32_t cwnd_after)
{
        cong.prior_ssthresh = cong_current_ssthresh(&cong, TCP_CONGESTION_OPEN);
        cong_reduce(&cong, &facts);
        cong.cwnd = cwnd_after;
}

START_TEST(undoing_restores_what_a_needless_loss_took)
{
        cong.cwnd = 40;
        lose(1);
        ck_assert_uint_eq(cong.ssthresh, 20);
        cong_undo(&cong);
        ck_assert_uint_eq(cong.cwnd, 40);
        ck_assert_uint_eq(cong.ssthresh, CONG_SSTHRESH_NOT_SET);
}
END_TEST

START_TEST(undoing_takes_nothing_that_was_won_since)
{
        in_avoidance(40);
        lose(50);
        cong_undo(&cong);
        ck_assert_uint_eq(cong.cwnd, 50);
        ck_assert_uint_eq(cong.ssthresh, 40);
}
END_TEST

START_TEST(what_a_router_marked_is_not_undone)
{
        in_avoidance(40);
        lose(20);
        cong.prior_ssthresh = 0;
        cong_undo(&cong);
        ck_assert_uint_eq(cong.cwnd, 20);
}
END_TEST

static const struct {
        uint32_t cwnd, ssthresh, restart_window;
        duration_ns idle_for;
        uint32_t cwnd_after, ssthresh_after;
        const char *why;
} idles[] = {
        { 80, 20, 10, SECOND + 1, 40, 60, "half after an RTO, and three quarters remembered" },
        { 80, 70, 10, 2 * SECOND, 40, 70, "a larger threshold stays" },
        { 80, 20, 10, 3 * SECOND, 20, 60, "half again after another" },
        { 80, 20, 10, 3600 * SECOND, 10, 60, "down to the restart window" },
        { 15, 20, 10, 2 * SECOND, 10, 20, "not below it" },
        { 5, 20, 10, 3600 * SECOND, 5, 20, "nor up to it" },
        { 80, 20, 80, 3600 * SECOND, 80, 60, "a restart window as large as the window" },
};

START_TEST(an_idle_window_decays)
{
        cong.cwnd = idles[_i].cwnd;
        cong.ssthresh = idles[_i].ssthresh;
        cong_restart(&cong, idles[_i].restart_window, idles[_i].idle_for, SECOND, &facts);
        ck_assert_msg(cong.cwnd == idles[_i].cwnd_after, "cwnd: %s", idles[_i].why);
        ck_assert_msg(cong.ssthresh == idles[_i].ssthresh_after, "ssthresh: %s", idles[_i].why);
}
END_TEST

START_TEST(algorithms_are_found_by_name)
{
        ck_assert_ptr_eq(tcp_congestion_control_find("reno"), &cong_reno);
        ck_assert_ptr_eq(tcp_congestion_control_find("cubic"), &cong_cubic);
        ck_assert_ptr_null(tcp_congestion_control_find("Reno"));
        ck_assert_ptr_null(tcp_congestion_control_find(""));
}
END_TEST

START_TEST(every_listed_algorithm_is_found)
{
        unsigned count = 0;
        for (const char *name; (name = tcp_congestion_control_name(count)) != NULL; count++)
                ck_assert_str_eq(cong_ops_name(tcp_congestion_control_find(name)), name);
        ck_assert_uint_eq(count, 6);
}
END_TEST

START_TEST(a_change_of_algorithm_keeps_the_window)
{
        cong.cwnd = 40;
        cong.ssthresh = 30;
        cong_change(&cong, &cong_cubic, &facts);
        ck_assert_ptr_eq(cong.ops, &cong_cubic);
        ck_assert_uint_eq(cong.cwnd, 40);
        ck_assert_uint_eq(cong.ssthresh, 30);
        ck_assert_int_eq(cong.cubic.epoch_start, -1);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("cong");
        tcase_add_checked_fixture(cases, setup, NULL);
        tcase_add_test(cases, a_window_starts_in_slow_start);
        tcase_add_test(cases, slow_start_doubles_in_a_round_trip);
        tcase_add_test(cases, slow_start_ends_at_the_threshold_and_the_rest_counts_for_avoidance);
        tcase_add_test(cases, avoidance_adds_one_segment_in_a_round_trip);
        tcase_add_test(cases, one_acknowledgement_of_many_windows_adds_as_many_segments);
        tcase_add_test(cases, credit_of_a_larger_window_is_worth_one_segment);
        tcase_add_test(cases, a_window_that_is_not_used_up_does_not_grow);
        tcase_add_loop_test(cases, a_loss_halves_the_threshold, 0, G_N_ELEMENTS(losses));
        tcase_add_test(cases, undoing_restores_what_a_needless_loss_took);
        tcase_add_test(cases, undoing_takes_nothing_that_was_won_since);
        tcase_add_test(cases, what_a_router_marked_is_not_undone);
        tcase_add_loop_test(cases, an_idle_window_decays, 0, G_N_ELEMENTS(idles));
        tcase_add_test(cases, algorithms_are_found_by_name);
        tcase_add_test(cases, every_listed_algorithm_is_found);
        tcase_add_test(cases, a_change_of_algorithm_keeps_the_window);
        Suite *suite = suite_create("cong");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
