/*
 * Vegas: alpha, beta and gamma of two, four and one segments. Brakmo and Peterson 1995; as Linux
 * (tcp_vegas.c).
 */
#include "cong_rig.h"

#include <check.h>
#include <glib.h>

static struct cong_rig rig;

static void setup(void)
{
        cong_rig_init(&rig, &cong_vegas);
}

/* A round with a window of `cwnd`, in round trips of `rtt`; the first ACK of the next one judges it. */
static void judge(uint32_t cwnd, duration_ns rtt)
{
        rig.cong.cwnd = cwnd;
        cong_rig_round(&rig, rtt);
        rig.cong.cwnd = cwnd;
        struct cong_ack ack = cong_rig_ack(&rig, 1, rtt);
        cong_rig_take(&rig, &ack);
}

/* Waiting in the queue: cwnd * (rtt - base) / base, in whole segments. */
static const struct {
        uint32_t cwnd;
        duration_ns rtt;
        uint32_t after;
        const char *why;
} steps[] = {
        { 20, 100 * MS, 21, "none wait" },
        { 20, 109 * MS, 21, "one does: fewer than ALPHA" },
        { 20, 111 * MS, 20, "two do: ALPHA" },
        { 20, 114 * MS, 20, "two and a half do" },
        { 20, 121 * MS, 20, "four do: BETA" },
        { 20, 124 * MS, 20, "four and a bit" },
        { 20, 126 * MS, 19, "five do: more than BETA" },
        { 20, 200 * MS, 19, "twenty do: no more than one goes at a time" },
        { 3, 300 * MS, 2, "six of three do" },
};

START_TEST(vegas_keeps_two_to_four_segments_waiting)
{
        judge(20, 100 * MS);
        rig.cong.ssthresh = 2;
        judge(steps[_i].cwnd, steps[_i].rtt);
        ck_assert_msg(rig.cong.cwnd == steps[_i].after, "%s: %u", steps[_i].why, rig.cong.cwnd);
}
END_TEST

START_TEST(vegas_takes_one_step_a_round)
{
        rig.cong.ssthresh = 2;
        rig.cong.cwnd = 20;
        cong_rig_round(&rig, 100 * MS);
        for (uint32_t before = rig.cong.cwnd; before < 30; before++) {
                cong_rig_round(&rig, 100 * MS);
                ck_assert_uint_eq(rig.cong.cwnd, before + 1);
        }
}
END_TEST

static const struct {
        duration_ns rtt;
        uint32_t cwnd, ssthresh;
        const char *why;
} starts[] = {
        { 100 * MS, 21, CONG_SSTHRESH_NOT_SET, "none wait: it goes on" },
        { 109 * MS, 21, CONG_SSTHRESH_NOT_SET, "one does: GAMMA" },
        { 111 * MS, 19, 19, "two do: what the path holds, 20 * 100 / 111, and one more" },
        { 200 * MS, 11, 11, "twenty do: half was queue" },
};

START_TEST(vegas_leaves_slow_start_when_more_than_one_segment_waits)
{
        judge(20, 100 * MS);
        judge(20, starts[_i].rtt);
        ck_assert_msg(rig.cong.cwnd == starts[_i].cwnd, "%s: %u", starts[_i].why, rig.cong.cwnd);
        if (starts[_i].ssthresh == CONG_SSTHRESH_NOT_SET)
                ck_assert(cong_in_slow_start(&rig.cong));
        else
                ck_assert_uint_eq(rig.cong.ssthresh, starts[_i].ssthresh);
}
END_TEST

/* Round trips of stretched ACKs may be those of delayed ones: such a round grows as Reno's would. */
START_TEST(two_samples_are_too_few_to_judge_by)
{
        judge(20, 100 * MS);
        rig.cong.ssthresh = 2;
        rig.cong.cwnd = 10;
        rig.cong.acked_credit = 0;
        rig.facts.nxt = seq_add(rig.facts.una, 10 * RIG_SEGMENT);
        for (int i = 0; i < 3; i++) {
                struct cong_ack ack = cong_rig_ack(&rig, 5, 200 * MS);
                cong_rig_take(&rig, &ack);
        }
        ck_assert_uint_eq(rig.cong.cwnd, 11);
}
END_TEST

/* What arrives meanwhile is of a queue that a recovery empties: the window grows as Reno's, none is judged.
 */
START_TEST(vegas_does_not_measure_through_a_recovery)
{
        judge(20, 100 * MS);
        rig.cong.ssthresh = 2;
        cong_on_state(&rig.cong, TCP_CONGESTION_RECOVERY, &rig.facts);
        judge(20, 200 * MS);
        ck_assert_uint_eq(rig.cong.cwnd, 20);
        cong_on_state(&rig.cong, TCP_CONGESTION_OPEN, &rig.facts);
        judge(20, 200 * MS);
        ck_assert_uint_eq(rig.cong.cwnd, 19);
}
END_TEST

/* Another path, perhaps: a round trip twice as long is its own, not a queue. */
START_TEST(vegas_knows_no_round_trip_after_a_pause)
{
        static const enum cong_event events[] = { CONG_RESTART, CONG_TX_START };
        judge(20, 100 * MS);
        rig.cong.ssthresh = 2;
        cong_on_event(&rig.cong, events[_i], &rig.facts);
        judge(20, 200 * MS);
        ck_assert_uint_eq(rig.cong.cwnd, 21);
        ck_assert_uint_eq(rig.cong.vegas.base_rtt, 200001);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("cong_vegas");
        tcase_add_checked_fixture(cases, setup, NULL);
        tcase_add_loop_test(cases, vegas_keeps_two_to_four_segments_waiting, 0, G_N_ELEMENTS(steps));
        tcase_add_test(cases, vegas_takes_one_step_a_round);
        tcase_add_loop_test(
                cases, vegas_leaves_slow_start_when_more_than_one_segment_waits, 0, G_N_ELEMENTS(starts));
        tcase_add_test(cases, two_samples_are_too_few_to_judge_by);
        tcase_add_test(cases, vegas_does_not_measure_through_a_recovery);
        tcase_add_loop_test(cases, vegas_knows_no_round_trip_after_a_pause, 0, 2);
        Suite *suite = suite_create("cong_vegas");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
