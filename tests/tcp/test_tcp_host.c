/*
 * What the connections of a host share: notes, pooled connections, challenges; and the names and values of
 * the rest.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/cong.h"
#include "tcp/tcp_host.h"

static const uint8_t secret[16] = "the host's key..";
static PayloadPool *pool;
static TcpHost *host;

static void setup(void)
{
        pool = payload_pool_new();
        host = tcp_host_new(pool, secret);
}

static void teardown(void)
{
        tcp_host_free(host);
        payload_pool_free(pool);
}

START_TEST(a_note_nobody_wants_is_not_written)
{
        struct tcp_note note;
        ck_assert_ptr_null(tcp_host_note(host, TCP_NOTE_STATE));
        tcp_host_want_notes(host, UINT64_C(1) << TCP_NOTE_RTT);
        ck_assert_ptr_null(tcp_host_note(host, TCP_NOTE_STATE));
        ck_assert_ptr_nonnull(tcp_host_note(host, TCP_NOTE_RTT));
        ck_assert(tcp_host_next_note(host, &note));
        ck_assert_int_eq(note.kind, TCP_NOTE_RTT);
        ck_assert(!tcp_host_next_note(host, &note));
}
END_TEST

START_TEST(notes_come_in_order_and_begin_as_zeros)
{
        struct tcp_note note;
        tcp_host_want_notes(host, UINT64_MAX);
        for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 100; i++) {
                        struct tcp_note *written = tcp_host_note(host, TCP_NOTE_LIMITED);
                        ck_assert_int_eq(written->value, 0);
                        written->value = i + 1;
                }
                for (int i = 0; i < 100; i++) {
                        ck_assert(tcp_host_next_note(host, &note));
                        ck_assert_int_eq(note.value, i + 1);
                }
                ck_assert(!tcp_host_next_note(host, &note));
        }
}
END_TEST

START_TEST(a_freed_connection_is_used_again)
{
        struct tcp_settings settings = tcp_settings_default();
        TcpConn *first = tcp_conn_new(host, &settings, 1500);
        tcp_conn_write(first, "abc", 3, 0);
        tcp_conn_free(first);
        TcpConn *second = tcp_conn_new(host, &settings, 1500);
        ck_assert_ptr_eq(second, first);
        ck_assert_uint_eq(tcp_conn_unsent(second), 0);
        tcp_conn_free(second);
}
END_TEST

START_TEST(challenges_are_rationed_by_the_second)
{
        unsigned sent = 0;
        for (int i = 0; i < 5000; i++)
                sent += tcp_host_may_challenge(host, 1000, SECOND + i);
        ck_assert_uint_eq(sent, 1000);
        ck_assert(!tcp_host_may_challenge(host, 1000, 2 * SECOND - 1));
        ck_assert(tcp_host_may_challenge(host, 1000, 2 * SECOND));
}
END_TEST

START_TEST(a_successor_begins_behind_its_predecessor_once)
{
        struct four_tuple name = { .local = { .port = 1 }, .remote = { .port = 2 } };
        struct four_tuple other = { .local = { .port = 1 }, .remote = { .port = 3 } };
        struct seqnum usual = tcp_host_initial_seq(host, &name, 0);
        struct seqnum floor = seq_add(usual, 5000000);
        tcp_host_set_successor(host, &name, floor);
        tcp_host_initial_seq(host, &other, 0);
        ck_assert(seq_after(tcp_host_initial_seq(host, &name, 0), floor));
        ck_assert_uint_eq(tcp_host_initial_seq(host, &name, 0).value, usual.value);
}
END_TEST

START_TEST(everything_has_a_name)
{
        for (int state = TCP_STATE_CLOSED; state <= TCP_STATE_TIME_WAIT; state++)
                ck_assert_uint_gt(strlen(tcp_state_name(state)), 0);
        for (int kind = 0; kind < TCP_NOTE_KINDS; kind++)
                ck_assert_uint_gt(strlen(tcp_note_name(kind)), 0);
        for (int why = 0; why <= TCP_REFUSED_RECEIVE_BUFFER; why++)
                ck_assert_uint_gt(strlen(tcp_refusal_name(why)), 0);
        for (int sign = 0; sign <= TCP_LOSS_PATH_MTU; sign++)
                ck_assert_uint_gt(strlen(tcp_loss_sign_name(sign)), 0);
        for (int kind = 0; kind < TCP_DEADLINES; kind++)
                ck_assert_uint_gt(strlen(tcp_deadline_name(kind)), 0);
        for (int limit = 0; limit <= TCP_LIMIT_NAGLE; limit++)
                ck_assert_uint_gt(strlen(tcp_limit_name(limit)), 0);
        for (int reason = 0; reason < TCP_SEND_REASONS; reason++)
                ck_assert_uint_gt(strlen(tcp_send_reason_name(reason)), 0);
        ck_assert_str_eq(tcp_state_name(TCP_STATE_FIN_WAIT_2), "FIN-WAIT-2");
        ck_assert_str_eq(tcp_send_reason_name(TCP_SEND_FAST_RETRANSMIT), "fast-retransmit");
}
END_TEST

START_TEST(the_defaults_are_a_current_linuxs)
{
        struct tcp_settings settings = tcp_settings_default();
        ck_assert_str_eq(cong_ops_name(settings.congestion_control), "cubic");
        ck_assert(settings.sack && settings.timestamps && settings.window_scaling && settings.nagle);
        ck_assert(!settings.keepalive && !settings.linger);
        ck_assert_uint_eq(settings.initial_window, 10);
        ck_assert_int_eq(settings.min_rto, 200 * MILLISECOND);
        ck_assert_int_eq(settings.initial_rto, SECOND);
        ck_assert_int_eq(2 * settings.msl, 60 * SECOND);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("tcp_host");
        TCase *cases = tcase_create("tcp_host");
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_test(cases, a_note_nobody_wants_is_not_written);
        tcase_add_test(cases, notes_come_in_order_and_begin_as_zeros);
        tcase_add_test(cases, a_freed_connection_is_used_again);
        tcase_add_test(cases, challenges_are_rationed_by_the_second);
        tcase_add_test(cases, a_successor_begins_behind_its_predecessor_once);
        tcase_add_test(cases, everything_has_a_name);
        tcase_add_test(cases, the_defaults_are_a_current_linuxs);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
