/*
 * What SACKs tell of losses and of what was sent again in vain. Figures by hand from RFC 2018, 6675 and 2883,
 * with Reno: ssthresh is half of cwnd.
 *
 * Unless said otherwise ten segments are out, sent at 0 ms, and their answers come at 100 ms.
 */
#include "tcp/recovery.h"

#include <check.h>

#include "recovery_rig.h"
#include "tcp/sender.h"

/* Pipe: 12 out, 3 sacked, 1 lost and sent again: 9. ssthresh 5: each further SACK takes one out of it. */
START_TEST(sack_repairs_a_single_loss)
{
        start_with_sack(rig_first_numbers[_i]);
        rig_want(&rig, 1 << TCP_NOTE_LOST | 1 << TCP_NOTE_RECOVERY_ENTERED | 1 << TCP_NOTE_RECOVERY_LEFT |
                               1 << TCP_NOTE_SACKED);
        send_window(30000);
        rig_sack(&rig, 0, "1000-2000");
        rig_expect(&rig, "limited-transmit 10000-11000");
        rig_sack(&rig, 0, "1000-3000");
        rig_expect(&rig, "limited-transmit 11000-12000");
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
        ck_assert_str_eq(rig_notes(&rig),
                "sacked 1000-2000, sacked 2000-3000, sacked 3000-4000, lost 0-1000 sack, "
                "recovery-entered 0-12000 sack");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 9);
        rig_sack(&rig, 0, "1000-5000");
        rig_sack(&rig, 0, "1000-6000");
        rig_sack(&rig, 0, "1000-7000");
        rig_sack(&rig, 0, "1000-8000");
        rig_expect(&rig, "");
        rig_sack(&rig, 0, "1000-9000");
        rig_expect(&rig, "12000-13000");
        rig_sack(&rig, 0, "1000-12000");
        rig_expect(&rig, "13000-16000/3");
        rig_wait(&rig, 200);
        rig_ack(&rig, 12000);
        rig_expect(&rig, "16000-17000");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
}
END_TEST

/* The first and the fifth are lost: both go out in the round trip that found them. */
START_TEST(sack_repairs_two_losses_in_a_round_trip)
{
        start_with_sack(rig_first_numbers[_i]);
        send_window(10000);
        rig_sack(&rig, 0, "1000-2000");
        rig_sack(&rig, 0, "1000-3000");
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_sack(&rig, 0, "5000-6000 1000-4000");
        rig_sack(&rig, 0, "5000-7000 1000-4000");
        rig_expect(&rig, "");
        rig_sack(&rig, 0, "5000-8000 1000-4000");
        rig_expect(&rig, "recovery 4000-5000");
        rig_sack(&rig, 0, "5000-10000 1000-4000");
        rig_wait(&rig, 200);
        rig_ack(&rig, 4000);
        rig_expect(&rig, "");
        rig_ack(&rig, 10000);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 2);
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
}
END_TEST

/* IsLost(): one ACK can say enough. */
START_TEST(one_sack_of_three_segments_is_a_loss)
{
        start_with_sack(1000);
        send_window(10000);
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
}
END_TEST

START_TEST(with_sack_an_ack_that_reports_nothing_new_is_no_duplicate)
{
        start_with_sack(1000);
        send_window(20000);
        rig_sack(&rig, 0, "1000-2000");
        rig_expect(&rig, "limited-transmit 10000-11000");
        for (int i = 0; i < 5; i++)
                rig_sack(&rig, 0, "1000-2000");
        rig_expect(&rig, "");
        ck_assert_uint_eq(rig.conn->counts.duplicate_acks_received, 1);
}
END_TEST

/* RFC 6675 section 4, NextSeg() rule (3): the ninth has only one sacked above it. */
START_TEST(sack_sends_an_uncertain_hole_when_nothing_else_is_left)
{
        start_with_sack(1000);
        send_window(10000);
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_sack(&rig, 0, "1000-8000");
        rig_expect(&rig, "");
        rig_sack(&rig, 0, "9000-10000 1000-8000");
        rig_expect(&rig, "recovery 8000-9000");
}
END_TEST

/* RFC 5681 section 3.2 (3), RFC 6675 section 5 (4.3): the first hole goes out at once, what follows when cwnd
 * has room: of ten, three and the hole are gone, so that six and what was sent again are in flight; five may
 * be. */
START_TEST(without_prr_the_first_hole_goes_out_at_once_and_the_rest_waits_for_half_of_the_window)
{
        static const char *const blocks[] = { "1000-4000", "1000-5000", "1000-6000", "1000-7000" };
        settings.limited_transmit = settings.tail_loss_probe = settings.prr = false;
        settings.recovery = _i == 0 ? TCP_RECOVERY_NEWRENO : TCP_RECOVERY_SACK;
        start_again(1000);
        send_window(30000);
        rig_acks(&rig, 0, _i == 0 ? 2 : 0);
        rig_sack(&rig, 0, _i == 0 ? "" : blocks[0]);
        rig_expect(&rig, "fast-retransmit 0-1000");
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        for (int i = 1; i <= 2; i++) {
                rig_sack(&rig, 0, _i == 0 ? "" : blocks[i]);
                rig_expect(&rig, "");
        }
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        rig_sack(&rig, 0, _i == 0 ? "" : blocks[3]);
        rig_expect(&rig, "10000-11000");
}
END_TEST

/* It is resent at once; that it was lost after the window had been reduced reduces it once more. */
START_TEST(a_loss_of_what_a_recovery_sent_begins_another)
{
        start_with_sack(1000);
        send_window(30000);
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000, 10000-11000");
        rig_sack(&rig, 0, "1000-10000");
        rig_expect(&rig, "11000-14000/3");
        rig_wait(&rig, 200);
        rig_sack(&rig, 0, "11000-14000 1000-10000");
        rig_expect(&rig, "recovery 10000-11000, 14000-17000/3");
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
        rig_ack(&rig, 10000);
        rig_expect(&rig, "17000-18000");
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 2);
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 2);
        rig_wait(&rig, 300);
        rig_ack(&rig, 14000);
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        rig_ack(&rig, 18000);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 2);
}
END_TEST

START_TEST(a_dsack_is_counted_against_what_was_sent_again)
{
        start_with_sack(1000);
        rig_want(&rig, 1 << TCP_NOTE_DSACK);
        send_window(10000);
        /* The network's own duplicate. */
        rig_sack(&rig, 2000, "0-1000");
        ck_assert_uint_eq(rig.conn->counts.spurious_segments, 0);
        rig_expire(&rig, 400);
        rig_expect(&rig, "timeout 2000-3000");
        rig_wait(&rig, 410);
        rig_sack(&rig, 10000, "2000-3000");
        ck_assert_uint_eq(rig.conn->counts.spurious_segments, 1);
        ck_assert_str_eq(rig_notes(&rig), "dsack 0-1000, dsack 2000-3000");
}
END_TEST

START_TEST(a_dsack_beyond_all_that_was_sent_again_is_of_the_networks_copy)
{
        start_with_sack(1000);
        send_window(10000);
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 400);
        rig_sack(&rig, 10000, "1000-2000");
        ck_assert_uint_eq(rig.conn->counts.spurious_segments, 0);
        rig_sack(&rig, 10000, "0-1000");
        ck_assert_uint_eq(rig.conn->counts.spurious_segments, 1);
}
END_TEST

/* Four segments are out, from `at` ms on, and the first is missing: so long RACK waits, from the SACK of the
 * others on; then it is sent again, and arrives. */
static void lose_first_of_four(uint32_t from, int64_t at, int64_t waits)
{
        g_autofree char *others = g_strdup_printf("%u-%u", from + 1000, from + 4000);
        rig.conn->cong.cwnd = 10;
        rig_write(&rig, 4000);
        rig_pump(&rig);
        rig_wait(&rig, at + 100);
        rig_sack(&rig, from, others);
        rig_expect(&rig, "");
        rig_expire(&rig, at + 100 + waits + 2); /* a timer comes no sooner than in 2 ms */
        rig_pump(&rig);
        rig_wait(&rig, at + 300);
        rig_ack(&rig, from + 4000);
        ck_assert_int_eq(rig.conn->recovery.state, TCP_CONGESTION_OPEN);
}

static void start_where_reordering_was_seen(void)
{
        settings.recovery = TCP_RECOVERY_RACK;
        settings.tail_loss_probe = settings.limited_transmit = false;
        start_again(1000);
        rig_write(&rig, 4000);
        rig_pump(&rig);
        rig_wait(&rig, 100);
        rig_sack(&rig, 0, "2000-3000");
        rig_sack(&rig, 0, "1000-3000");
        rig_ack(&rig, 4000);
        ck_assert_uint_gt(rig.conn->recovery.reordering_seen, 0);
}

/* RFC 8985 section 6.2 step 4: "reset RACK.reo_wnd_mult to 1 after 16 loss recoveries" without a DSACK: half
 * of a round trip until then, a quarter after it. */
START_TEST(a_dsack_widens_racks_window_for_sixteen_recoveries)
{
        start_where_reordering_was_seen();
        uint32_t from = 4000;
        int64_t at = 100;
        lose_first_of_four(from, at, 25);
        rig_sack(&rig, from + 4000, "4000-5000");
        for (int i = 0; i < 16; i++)
                lose_first_of_four(from += 4000, at += 300, 50);
        lose_first_of_four(from + 4000, at + 300, 25);
}
END_TEST

/* "The window is increased at most once per round trip": the second report comes with data that were out when
 * the first one did, the third with data that were not. */
START_TEST(dsacks_of_one_round_trip_widen_racks_window_once)
{
        start_where_reordering_was_seen();
        rig.conn->cong.cwnd = 20;
        rig_write(&rig, 8000);
        rig_pump(&rig);
        rig_wait(&rig, 200);
        rig_sack(&rig, 4000, "6000-11000");
        rig_expire(&rig, 200 + 25 + 2);
        rig_expect(&rig, "fast-retransmit 4000-5000");
        rig_sack(&rig, 4000, "6000-12000");
        rig_expect(&rig, "recovery 5000-6000");
        rig.conn->cong.cwnd = 20;
        rig_write(&rig, 3000);
        rig_expect(&rig, "12000-15000/3");
        rig_wait(&rig, 330);
        rig_sack(&rig, 13000, "4000-5000");
        ck_assert_uint_eq(rig.conn->rack.window_steps, 2);
        rig_sack(&rig, 14000, "5000-6000");
        ck_assert_uint_eq(rig.conn->rack.window_steps, 2);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("sack");
        tcase_add_checked_fixture(cases, recovery_setup, recovery_teardown);
        tcase_add_loop_test(cases, sack_repairs_a_single_loss, 0, RIG_FIRST_NUMBERS);
        tcase_add_loop_test(cases, sack_repairs_two_losses_in_a_round_trip, 0, RIG_FIRST_NUMBERS);
        tcase_add_test(cases, one_sack_of_three_segments_is_a_loss);
        tcase_add_test(cases, with_sack_an_ack_that_reports_nothing_new_is_no_duplicate);
        tcase_add_test(cases, sack_sends_an_uncertain_hole_when_nothing_else_is_left);
        tcase_add_loop_test(cases,
                without_prr_the_first_hole_goes_out_at_once_and_the_rest_waits_for_half_of_the_window, 0, 2);
        tcase_add_test(cases, a_loss_of_what_a_recovery_sent_begins_another);
        tcase_add_test(cases, a_dsack_is_counted_against_what_was_sent_again);
        tcase_add_test(cases, a_dsack_beyond_all_that_was_sent_again_is_of_the_networks_copy);
        tcase_add_test(cases, a_dsack_widens_racks_window_for_sixteen_recoveries);
        tcase_add_test(cases, dsacks_of_one_round_trip_widen_racks_window_once);
        Suite *suite = suite_create("sack");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
