/*
 * Tahoe: after a loss one segment, slow start up to half of what was in flight, then one segment a round
 * trip. Jacobson, "Congestion Avoidance and Control", 1988, section 2 and appendix B; each ACK counts for one
 * segment, as there.
 *
 * It is chosen as the congestion control or as the way to recover: the same comes of both.
 */
#include <check.h>

#include "sender_rig.h"
#include "tcp/recovery.h"

static const struct {
        const struct cong_ops *control;
        enum tcp_recovery recovery;
} choices[] = {
        { &cong_tahoe, TCP_RECOVERY_RENO },
        { &cong_tahoe, TCP_RECOVERY_NEWRENO },
        { &cong_tahoe, TCP_RECOVERY_TAHOE },
        { &cong_reno, TCP_RECOVERY_TAHOE },
};

static struct sender_rig rig;

static void start(int choice)
{
        struct tcp_settings settings = rig_settings();
        settings.congestion_control = choices[choice].control;
        settings.recovery = choices[choice].recovery;
        settings.limited_transmit = false;
        settings.abc_limit = 1;
        rig_init(&rig, &settings, 1000);
        rig_write(&rig, 200000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
}

static void teardown(void)
{
        rig_clear(&rig);
}

static uint32_t cwnd(void)
{
        return rig.conn->cong.cwnd;
}

/* What is in flight goes out, and is acknowledged one by one after a round trip. */
static void go_round(uint32_t *acked)
{
        rig_pump(&rig);
        uint32_t segments = rig.conn->scoreboard.count;
        ck_assert_uint_eq(segments, cwnd());
        rig_wait(&rig, rig.now / MILLISECOND + RIG_ROUND_TRIP);
        for (uint32_t i = 0; i < segments; i++)
                rig_ack(&rig, *acked += RIG_MSS);
}

START_TEST(the_third_duplicate_ack_leaves_one_segment_and_a_threshold_of_half_the_flight)
{
        start(_i);
        rig_acks(&rig, 0, 2);
        rig_expect(&rig, "");
        ck_assert_uint_eq(cwnd(), 10);
        rig_ack(&rig, 0);
        ck_assert_uint_eq(cwnd(), 1);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        rig_expect(&rig, "fast-retransmit 0-1000");
        /* No duplicate lets anything out, as fast recovery would. */
        rig_acks(&rig, 0, 6);
        rig_expect(&rig, "");
        ck_assert_uint_eq(cwnd(), 1);
}
END_TEST

START_TEST(slow_start_goes_up_to_the_threshold_and_then_a_segment_is_added_each_round_trip)
{
        static const uint32_t windows[] = { 2, 4, 5, 6, 7, 8, 9, 10 };
        uint32_t acked = 10000;
        start(_i);
        rig_acks(&rig, 0, 9);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_wait(&rig, 200);
        rig_ack(&rig, acked);
        for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
                ck_assert_msg(cwnd() == windows[i], "round %zu: %u, not %u", i, cwnd(), windows[i]);
                go_round(&acked);
        }
}
END_TEST

/* The first and the fifth are lost: the second hole, and what has arrived behind it, go out again as slow
 * start lets them. */
START_TEST(what_was_in_flight_is_sent_again_in_slow_start)
{
        start(_i);
        rig_acks(&rig, 0, 8);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_wait(&rig, 200);
        rig_ack(&rig, 4000);
        ck_assert_uint_eq(cwnd(), 2);
        rig_expect(&rig, "recovery 4000-6000/2");
        rig_wait(&rig, 300);
        rig_ack(&rig, 10000);
        ck_assert_uint_eq(cwnd(), 3);
        rig_expect(&rig, "10000-13000/3");
        ck_assert_uint_eq(rig.conn->counts.timeouts, 0);
}
END_TEST

/* Whatever finds the loss: here three sacked segments. */
START_TEST(as_a_congestion_control_it_follows_sack_and_rack_too)
{
        struct tcp_settings settings = rig_settings();
        settings.congestion_control = &cong_tahoe;
        settings.recovery = _i;
        settings.limited_transmit = false;
        rig_init(&rig, &settings, 1000);
        rig_write(&rig, 60000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
        rig_sack(&rig, 0, "1000-4000");
        ck_assert_uint_eq(cwnd(), 1);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        rig_expect(&rig, "fast-retransmit 0-1000");
}
END_TEST

int main(void)
{
        const int count = G_N_ELEMENTS(choices);
        TCase *cases = tcase_create("cong_tahoe");
        tcase_add_checked_fixture(cases, NULL, teardown);
        tcase_add_loop_test(cases,
                the_third_duplicate_ack_leaves_one_segment_and_a_threshold_of_half_the_flight, 0, count);
        tcase_add_loop_test(cases,
                slow_start_goes_up_to_the_threshold_and_then_a_segment_is_added_each_round_trip, 0, count);
        tcase_add_loop_test(cases, what_was_in_flight_is_sent_again_in_slow_start, 0, count);
        tcase_add_loop_test(cases, as_a_congestion_control_it_follows_sack_and_rack_too, TCP_RECOVERY_SACK,
                TCP_RECOVERY_RACK + 1);
        Suite *suite = suite_create("cong_tahoe");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
