/*
 * Pacing: who is paced, how fast, and how far bursts keep apart. Linux's rates (tcp_update_pacing_rate):
 * twice the window in a round trip while it is below half of ssthresh, then 1.2 times.
 */
#include "tcp/pacing.h"

#include <check.h>

#include "sender_rig.h"

static struct sender_rig rig;
static struct tcp_settings settings;

static void setup(void)
{
        settings = rig_settings();
        rig_init(&rig, &settings, 1000);
}

static void teardown(void)
{
        rig_clear(&rig);
}

static void start_again(void)
{
        rig_clear(&rig);
        rig_init(&rig, &settings, 1000);
}

/* ---- Who is paced ---- */

static const struct {
        enum tcp_pacing pacing;
        const struct cong_ops *control;
        rate_bps most;
        bool is_on;
        const char *why;
} choices[] = {
        { TCP_PACING_AUTO, &cong_reno, 0, false, "Linux does not by itself" },
        { TCP_PACING_AUTO, &cong_bbr, 0, true, "BBR asks for it" },
        { TCP_PACING_AUTO, &cong_reno, 1000000, true, "SO_MAX_PACING_RATE does" },
        { TCP_PACING_ON, &cong_reno, 0, true, "it is on" },
        { TCP_PACING_ON, &cong_bbr, 0, true, "it is on" },
        { TCP_PACING_OFF, &cong_reno, 0, false, "it is off" },
        { TCP_PACING_OFF, &cong_reno, 1000000, false, "off, whatever the largest rate" },
        { TCP_PACING_OFF, &cong_bbr, 0, false, "off, for BBR too" },
};

START_TEST(who_is_paced)
{
        settings.pacing = choices[_i].pacing;
        settings.congestion_control = choices[_i].control;
        settings.max_pacing_rate = choices[_i].most;
        start_again();
        ck_assert_msg(pacing_is_on(rig.conn) == choices[_i].is_on, "%s", choices[_i].why);
}
END_TEST

/* What is not paced goes out at once, as far as the window lets it. */
START_TEST(bbr_without_pacing_sends_its_window_at_once)
{
        settings.pacing = TCP_PACING_OFF;
        settings.congestion_control = &cong_bbr;
        start_again();
        rig_write(&rig, 40000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
        rig_ack(&rig, 10000);
        rig_expect(&rig, "10000-30000/20");
}
END_TEST

/* ---- How fast ---- */

static const struct {
        uint32_t cwnd, ssthresh;
        rate_bps most;
        uint64_t rate; /* bytes a second: of 1000 in each segment, in 100 ms */
        const char *why;
} rates[] = {
        { 10, CONG_SSTHRESH_NOT_SET, 0, 200000, "slow start: twice the window" },
        { 10, 22, 0, 200000, "below half of ssthresh" },
        { 10, 20, 0, 120000, "at half of it: a fifth more than the window" },
        { 40, 20, 0, 480000, "avoidance" },
        { 40, 20, 8 * 300000, 300000, "no more than the largest rate" },
        { 40, 20, 8 * 500000, 480000, "which may be larger" },
};

START_TEST(the_rate_is_a_window_in_a_round_trip_and_some_more)
{
        settings.max_pacing_rate = rates[_i].most;
        start_again();
        rig.conn->cong.cwnd = rates[_i].cwnd;
        rig.conn->cong.ssthresh = rates[_i].ssthresh;
        pacing_update(rig.conn);
        ck_assert_msg(rig.conn->pacing_rate == rates[_i].rate, "%s: %llu", rates[_i].why,
                (unsigned long long)rig.conn->pacing_rate);
}
END_TEST

/* ---- Distances ---- */

/* 20 segments in 100 ms, times two: a burst of two each 5 ms, the first after a pause half as long. The first
 * ten segments of all go out at once. */
START_TEST(with_pacing_bursts_keep_their_distance)
{
        settings.pacing = TCP_PACING_ON;
        start_again();
        rig_write(&rig, 40000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
        rig_ack(&rig, 10000);
        rig_expect(&rig, "10000-12000/2");
        ck_assert_int_eq(tcp_conn_deadline(rig.conn), 102500 * MICROSECOND);
        rig_expect(&rig, "");
        rig_wait(&rig, 102);
        rig_expect(&rig, "");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("pacing");
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_loop_test(cases, who_is_paced, 0, G_N_ELEMENTS(choices));
        tcase_add_test(cases, bbr_without_pacing_sends_its_window_at_once);
        tcase_add_loop_test(
                cases, the_rate_is_a_window_in_a_round_trip_and_some_more, 0, G_N_ELEMENTS(rates));
        tcase_add_test(cases, with_pacing_bursts_keep_their_distance);
        Suite *suite = suite_create("pacing");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
