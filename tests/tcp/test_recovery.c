/*
 * What duplicate ACKs do. Figures by hand from RFC 5681, 6582 and 3042, with Reno: ssthresh is half of cwnd.
 *
 * Unless said otherwise ten segments are out, sent at 0 ms, and their answers come at 100 ms.
 */
#include "tcp/recovery.h"

#include <check.h>

#include "recovery_rig.h"
#include "tcp/sender.h"

/* ---- Duplicate ACKs ---- */

START_TEST(only_what_rfc_5681_calls_a_duplicate_counts_as_one)
{
        static const struct {
                uint32_t acked; /* before */
                uint32_t ack;
                uint16_t window;
                uint16_t flags;
                bool has_payload;
                uint64_t counted;
                const char *why;
        } cases[] = {
                { 0, 0, 65000, TCP_FLAG_ACK, false, 1, "a duplicate" },
                { 0, 0, 65001, TCP_FLAG_ACK, false, 0, "a window update" },
                { 0, 0, 64999, TCP_FLAG_ACK, false, 1, "no update: a smaller window, of no later moment" },
                { 0, 0, 65000, TCP_FLAG_ACK | TCP_FLAG_FIN, false, 0, "a FIN" },
                { 0, 0, 65000, TCP_FLAG_ACK, true, 0, "data" },
                { 0, 1000, 65000, TCP_FLAG_ACK, false, 0, "an ACK of new data" },
                { 2000, 1000, 65000, TCP_FLAG_ACK, false, 0, "an ACK overtaken by a later one" },
                { 2000, 2000, 65000, TCP_FLAG_ACK, false, 1, "a duplicate of a later ACK" },
                { 10000, 10000, 65000, TCP_FLAG_ACK, false, 0, "nothing is outstanding" },
        };
        send_window(10000);
        if (cases[_i].acked > 0)
                rig_ack(&rig, cases[_i].acked);
        struct tcp_segment segment = {
                .seq = rig.conn->rcv.nxt,
                .ack = seq_add(rig.conn->snd.iss, 1 + cases[_i].ack),
                .flags = cases[_i].flags,
                .window = cases[_i].window,
        };
        if (cases[_i].has_payload)
                segment.payload = payload_of_bytes(rig.pool, "x", 1);
        sender_on_ack(rig.conn, &segment, rig.now);
        payload_clear(&segment.payload);
        ck_assert_msg(rig.conn->counts.duplicate_acks_received == cases[_i].counted, "%s is counted wrongly",
                cases[_i].why);
}
END_TEST

START_TEST(two_duplicates_are_no_loss)
{
        send_window(10000);
        rig_acks(&rig, 0, 2);
        rig_expect(&rig, "");
        rig_ack(&rig, 3000);
        rig_acks(&rig, 3000, 2);
        rig_expect(&rig, "");
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
}
END_TEST

START_TEST(the_first_two_duplicates_let_out_a_new_segment_each)
{
        send_window(20000);
        rig_ack(&rig, 0);
        rig_expect(&rig, "limited-transmit 10000-11000");
        rig_ack(&rig, 0);
        rig_expect(&rig, "limited-transmit 11000-12000");
}
END_TEST

START_TEST(limited_transmit_can_be_switched_off)
{
        settings.limited_transmit = false;
        start_again(1000);
        send_window(20000);
        rig_acks(&rig, 0, 2);
        rig_expect(&rig, "");
        start_with_sack(1000);
        send_window(20000);
        rig_sack(&rig, 0, "1000-2000");
        rig_sack(&rig, 0, "1000-3000");
        rig_expect(&rig, "");
}
END_TEST

/* ---- NewReno ---- */

/* cwnd 10: ssthresh 5, cwnd 5 + 3 = 8. With limited transmit 12 are out, of which the first was lost: 11
 * duplicates. */
START_TEST(newreno_repairs_a_single_loss)
{
        start_again(rig_first_numbers[_i]);
        rig_want(&rig, 1 << TCP_NOTE_LOST | 1 << TCP_NOTE_RECOVERY_ENTERED | 1 << TCP_NOTE_RECOVERY_LEFT);
        send_window(30000);
        rig_acks(&rig, 0, 2);
        rig_expect(&rig, "limited-transmit 10000-12000/2");
        rig_ack(&rig, 0);
        rig_expect(&rig, "fast-retransmit 0-1000");
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        /* PRR: for two that arrive, one goes out. */
        rig_acks(&rig, 0, 4);
        rig_expect(&rig, "");
        rig_ack(&rig, 0);
        rig_expect(&rig, "12000-13000");
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "13000-16000/3");
        rig_wait(&rig, 200);
        /* Four are in flight: min(ssthresh, 4 + 1) = 5. */
        rig_ack(&rig, 12000);
        rig_expect(&rig, "16000-17000");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        /* It is over once something beyond is acknowledged: what may follow are duplicates of its own. */
        ck_assert(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY);
        rig_wait(&rig, 300);
        rig_ack(&rig, 17000);
        ck_assert(rig.conn->recovery.state == TCP_CONGESTION_OPEN);
        ck_assert_str_eq(rig_notes(&rig),
                "lost 0-1000 duplicate-acks, recovery-entered 0-12000 duplicate-acks, recovery-left");
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 1);
}
END_TEST

START_TEST(newreno_leaves_recovery_at_the_threshold)
{
        send_window(10000);
        rig_acks(&rig, 0, 9);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_wait(&rig, 200);
        rig_ack(&rig, 10000);
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        rig_write(&rig, 10000);
        rig_expect(&rig, "10000-15000/5");
}
END_TEST

/* Partial ACKs of what was never lost leave less in flight each time, and with it a smaller window (PRR). */
START_TEST(a_recovery_ends_at_the_threshold_whether_or_not_it_could_be_undone)
{
        settings.undo = _i == 0 ? TCP_UNDO_ON : TCP_UNDO_OFF;
        start_again(1000);
        send_window(10000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        for (uint32_t acked = 1000; acked < 10000; acked += 1000) {
                rig_ack(&rig, acked);
                rig_pump(&rig);
        }
        rig_ack(&rig, 10000);
        rig_write(&rig, 10000);
        rig_expect(&rig, "10000-13000/3");
        rig_wait(&rig, 300);
        rig_ack(&rig, 11000);
        ck_assert(rig.conn->recovery.state == TCP_CONGESTION_OPEN);
        ck_assert_uint_eq(rig.conn->cong.cwnd, rig.conn->cong.ssthresh);
}
END_TEST

/* The first and the fifth are lost: eight duplicates, one hole a round trip. */
START_TEST(newreno_repairs_one_hole_a_round_trip)
{
        settings.limited_transmit = false;
        start_again(rig_first_numbers[_i]);
        send_window(30000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_acks(&rig, 0, 5);
        rig_expect(&rig, "10000-13000/3");
        rig_wait(&rig, 200);
        /* 13 - 4 + 1 = 10 may be out, and 9 are. */
        rig_ack(&rig, 4000);
        rig_expect(&rig, "recovery 4000-5000, 13000-14000");
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        rig_acks(&rig, 4000, 3);
        rig_expect(&rig, "14000-17000/3");
        rig_wait(&rig, 300);
        rig_ack(&rig, 13000);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        rig_expect(&rig, "17000-18000");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
}
END_TEST

START_TEST(newreno_deflates_by_what_a_partial_ack_covers_even_when_duplicates_were_lost)
{
        send_window(10000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_wait(&rig, 200);
        rig_ack(&rig, 6000);
        rig_expect(&rig, "recovery 6000-7000");
}
END_TEST

/* The first and the fifth are lost: what was sent in the recovery brings three duplicates of the fifth. */
START_TEST(reno_retransmits_fast_once_a_window_and_then_waits_for_the_timer)
{
        settings.limited_transmit = false;
        settings.recovery = TCP_RECOVERY_RENO;
        start_again(rig_first_numbers[_i]);
        send_window(30000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_acks(&rig, 0, 5);
        rig_expect(&rig, "10000-13000/3");
        rig_wait(&rig, 200);
        rig_ack(&rig, 4000);
        ck_assert(rig.conn->recovery.state == TCP_CONGESTION_OPEN);
        rig_expect(&rig, "");
        rig_wait(&rig, 300);
        rig_acks(&rig, 4000, 3);
        rig_expect(&rig, "");
        rig_expire(&rig, 500);
        rig_expect(&rig, "timeout 4000-5000");
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
        rig_ack(&rig, 13000);
        ck_assert(!rig.conn->recovery.left_early);
}
END_TEST

/* RFC 6582 section 3.2 (2), its step for duplicates that do not cover `recover`. */
START_TEST(duplicates_of_a_needless_timeout_start_no_recovery)
{
        rig_write(&rig, 40000);
        rig_expect(&rig, "0-10000/10");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 310);
        rig_ack(&rig, 10000);
        ck_assert_str_ne(rig_pump(&rig), "");
        rig_acks(&rig, 10000, 5);
        rig_expect(&rig, "");
        /* What was sent after the timeout is another matter. */
        rig_ack(&rig, 11000);
        rig_pump(&rig);
        rig_acks(&rig, 11000, 3);
        ck_assert(g_str_has_prefix(rig_pump(&rig), "fast-retransmit 11000-12000"));
}
END_TEST

START_TEST(a_hole_that_is_filled_gives_no_round_trip)
{
        send_window(10000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_wait(&rig, 250);
        rig_ack(&rig, 10000);
        ck_assert_int_eq(rig.conn->rtt.latest, 100 * MILLISECOND);
}
END_TEST

static void add_sequences(TCase *cases)
{
        const int sequences = RIG_FIRST_NUMBERS;
        tcase_add_loop_test(cases, newreno_repairs_a_single_loss, 0, sequences);
        tcase_add_loop_test(cases, newreno_repairs_one_hole_a_round_trip, 0, sequences);
        tcase_add_loop_test(
                cases, reno_retransmits_fast_once_a_window_and_then_waits_for_the_timer, 0, sequences);
}

int main(void)
{
        TCase *cases = tcase_create("recovery");
        tcase_add_checked_fixture(cases, recovery_setup, recovery_teardown);
        tcase_add_loop_test(cases, only_what_rfc_5681_calls_a_duplicate_counts_as_one, 0, 9);
        tcase_add_test(cases, two_duplicates_are_no_loss);
        tcase_add_test(cases, the_first_two_duplicates_let_out_a_new_segment_each);
        tcase_add_test(cases, limited_transmit_can_be_switched_off);
        add_sequences(cases);
        tcase_add_test(cases, newreno_leaves_recovery_at_the_threshold);
        tcase_add_loop_test(cases, a_recovery_ends_at_the_threshold_whether_or_not_it_could_be_undone, 0, 2);
        tcase_add_test(cases, newreno_deflates_by_what_a_partial_ack_covers_even_when_duplicates_were_lost);
        tcase_add_test(cases, duplicates_of_a_needless_timeout_start_no_recovery);
        tcase_add_test(cases, a_hole_that_is_filled_gives_no_round_trip);
        Suite *suite = suite_create("recovery");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
