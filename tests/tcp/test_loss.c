/*
 * What the retransmission timer does: when it fires, and what is sent again then. Figures by hand from RFC
 * 6298, 5681 and 6582, with Reno: ssthresh is half of cwnd.
 *
 * Unless said otherwise ten segments are out, sent at 0 ms, and their answers come at 100 ms.
 */
#include "tcp/recovery.h"

#include <check.h>
#include <errno.h>

#include "recovery_rig.h"
#include "tcp/sender.h"

START_TEST(the_timeout_doubles_each_time)
{
        rig_write(&rig, 3000);
        rig_expect(&rig, "0-3000/3");
        static const int64_t times[] = { 300, 300 + 600, 900 + 1200, 2100 + 2400, 4500 + 4800 };
        for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
                rig_expire(&rig, times[i]);
                rig_expect(&rig, "timeout 0-1000");
                ck_assert_uint_eq(rig.conn->cong.cwnd, 1);
                /* RFC 5681 (4): "the value of ssthresh is held constant". */
                ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        }
        ck_assert_uint_eq(rig.conn->counts.timeouts, 5);
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 5);
}
END_TEST

START_TEST(the_timeout_stops_doubling_at_its_ceiling)
{
        settings.max_rto = 1 * SECOND;
        start_again(1000);
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        static const int64_t times[] = { 300, 300 + 600, 900 + 1000, 1900 + 1000 };
        for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
                rig_expire(&rig, times[i]);
                rig_expect(&rig, "timeout 0-1000");
        }
}
END_TEST

START_TEST(so_many_retries_and_the_connection_is_given_up)
{
        settings.retries = 3;
        start_again(1000);
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        static const int64_t times[] = { 300, 900, 2100 };
        for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
                rig_expire(&rig, times[i]);
                rig_expect(&rig, "timeout 0-1000");
        }
        rig_expire(&rig, 2100 + 2400);
        ck_assert_int_eq(rig.conn->state, TCP_STATE_CLOSED);
        ck_assert_int_eq(rig.conn->error, ETIMEDOUT);
}
END_TEST

START_TEST(progress_gives_all_retries_back)
{
        settings.retries = 2;
        start_again(1000);
        rig_write(&rig, 2000);
        rig_expect(&rig, "0-2000/2");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_expire(&rig, 900);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 1000);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "timeout 1000-2000");
        /* Karn: the ACK of what was sent three times measures nothing; the RTO stays at 4 * 300 ms. */
        rig_expire(&rig, 1000 + 1200);
        ck_assert_int_eq(rig.conn->state, TCP_STATE_ESTABLISHED);
}
END_TEST

START_TEST(back_off_ends_with_the_next_round_trip_measured)
{
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 400);
        rig_ack(&rig, 1000);
        ck_assert_int_eq(rtt_rto(&rig.conn->rtt), 600 * MILLISECOND);
        rig_write(&rig, 1000);
        rig_expect(&rig, "1000-2000");
        rig_wait(&rig, 500);
        rig_ack(&rig, 2000);
        ck_assert_int_eq(rtt_rto(&rig.conn->rtt), 300 * MILLISECOND);
}
END_TEST

/* RFC 7323 section 4: the echo tells which of two sendings was answered. */
START_TEST(with_timestamps_resent_data_measures_the_round_trip)
{
        rig.conn->timestamps_agreed = true;
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 380);
        rig.echo = 300;
        rig_ack(&rig, 1000);
        ck_assert_int_eq(rig.conn->rtt.latest, 80 * MILLISECOND);
        ck_assert_uint_eq(rig.conn->rtt.backoffs, 0);
}
END_TEST

/* RFC 6298 (5.2) and (5.3). */
START_TEST(the_timer_runs_from_the_last_ack_of_new_data)
{
        send_window(10000);
        rig_ack(&rig, 4000);
        ck_assert_int_eq(tcp_conn_deadline(rig.conn), (100 + 300) * MILLISECOND);
        rig_wait(&rig, 150);
        rig_ack(&rig, 4000);
        ck_assert_int_eq(tcp_conn_deadline(rig.conn), (100 + 300) * MILLISECOND);
        rig_wait(&rig, 160);
        rig_ack(&rig, 10000);
        ck_assert_int_eq(tcp_conn_deadline(rig.conn), TIME_NEVER);
}
END_TEST

/* cwnd 1, then slow start: one, two, four. */
START_TEST(after_a_timeout_all_is_sent_again_in_slow_start)
{
        rig_want(&rig, 1 << TCP_NOTE_LOST | 1 << TCP_NOTE_RECOVERY_ENTERED | 1 << TCP_NOTE_RECOVERY_LEFT);
        rig_write(&rig, 4000);
        rig_expect(&rig, "0-4000/4");
        rig_expire(&rig, 300);
        ck_assert_str_eq(rig_notes(&rig),
                "lost 0-1000 timeout, lost 1000-2000 timeout, lost 2000-3000 timeout, "
                "lost 3000-4000 timeout, recovery-entered 0-4000 timeout");
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 400);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "timeout 1000-3000/2");
        rig_wait(&rig, 500);
        rig_ack(&rig, 3000);
        rig_expect(&rig, "timeout 3000-4000");
        rig_ack(&rig, 4000);
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
}
END_TEST

START_TEST(what_was_sacked_is_not_sent_again_after_a_timeout)
{
        start_with_sack(rig_first_numbers[_i]);
        send_window(10000);
        rig_sack(&rig, 0, "2000-3000");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 400);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "timeout 1000-2000, timeout 3000-4000");
}
END_TEST

/* RFC 2018 section 8: it had sacked 1000-2000, and now it misses just that. */
START_TEST(a_peer_that_throws_away_what_it_sacked_gets_it_again)
{
        start_with_sack(1000);
        rig_write(&rig, 3000);
        rig_expect(&rig, "0-3000/3");
        rig_wait(&rig, 100);
        rig_sack(&rig, 0, "1000-2000");
        rig_ack(&rig, 1000);
        /* Half of a round trip is enough to make sure. */
        rig_expire(&rig, 150);
        rig_expect(&rig, "timeout 1000-2000");
}
END_TEST

/* Its timer runs from when it was sent. Of the same window of data: ssthresh is not halved again. */
START_TEST(a_lost_retransmission_waits_for_the_timer)
{
        start_with_sack(rig_first_numbers[_i]);
        send_window(10000);
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_sack(&rig, 0, "1000-10000");
        rig_expect(&rig, "");
        rig_expire(&rig, 100 + 300);
        rig_expect(&rig, "timeout 0-1000");
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_LOSS));
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        rig_wait(&rig, 500);
        rig_ack(&rig, 10000);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_LOSS));
}
END_TEST

/* RFC 6675 section 5.1. */
START_TEST(no_recovery_begins_before_all_sent_before_a_timeout_is_acknowledged)
{
        settings.frto = false;
        start_with_sack(1000);
        send_window(30000);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "10000-12000/2");
        rig_expire(&rig, 400);
        rig_expect(&rig, "timeout 1000-2000");
        rig_wait(&rig, 500);
        rig_sack(&rig, 1000, "3000-9000");
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_LOSS));
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 0);
}
END_TEST

/* Linux (tcp_enter_loss): three were sacked and no recovery began, as six had been reordered once; but it was
 * a loss. Without RACK, which needs no count. */
START_TEST(a_timeout_in_spite_of_sacks_doubts_what_is_known_of_reordering)
{
        static const struct {
                const char *sacked;
                uint32_t after;
        } cases[] = { { "1000-3000", 6 }, { "1000-4000", 3 }, { "1000-6000", 3 } };
        settings.recovery = TCP_RECOVERY_SACK;
        settings.tail_loss_probe = settings.limited_transmit = false;
        start_again(1000);
        send_window(10000);
        rig.conn->recovery.reordering = 6;
        rig_sack(&rig, 0, cases[_i].sacked);
        rig_expect(&rig, "");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        ck_assert_uint_eq(rig.conn->recovery.reordering, cases[_i].after);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("loss");
        tcase_add_checked_fixture(cases, recovery_setup, recovery_teardown);
        tcase_add_test(cases, the_timeout_doubles_each_time);
        tcase_add_test(cases, the_timeout_stops_doubling_at_its_ceiling);
        tcase_add_test(cases, so_many_retries_and_the_connection_is_given_up);
        tcase_add_test(cases, progress_gives_all_retries_back);
        tcase_add_test(cases, back_off_ends_with_the_next_round_trip_measured);
        tcase_add_test(cases, with_timestamps_resent_data_measures_the_round_trip);
        tcase_add_test(cases, the_timer_runs_from_the_last_ack_of_new_data);
        tcase_add_test(cases, after_a_timeout_all_is_sent_again_in_slow_start);
        tcase_add_loop_test(cases, what_was_sacked_is_not_sent_again_after_a_timeout, 0, RIG_FIRST_NUMBERS);
        tcase_add_test(cases, a_peer_that_throws_away_what_it_sacked_gets_it_again);
        tcase_add_loop_test(cases, a_lost_retransmission_waits_for_the_timer, 0, RIG_FIRST_NUMBERS);
        tcase_add_test(cases, no_recovery_begins_before_all_sent_before_a_timeout_is_acknowledged);
        tcase_add_loop_test(cases, a_timeout_in_spite_of_sacks_doubts_what_is_known_of_reordering, 0, 3);
        Suite *suite = suite_create("loss");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
