/*
 * Transfers: figures add up, maxima stay maxima.
 */
#include "host/transfer.h"

#include <check.h>
#include <stdlib.h>

static struct transfer transfer;

static void set_up(void)
{
        transfer_init(&transfer, 3, "price-list");
}

static void tear_down(void)
{
        transfer_clear(&transfer);
}

START_TEST(at_first_nothing_has_happened)
{
        ck_assert_uint_eq(transfer.number, 3);
        ck_assert_str_eq(transfer.name, "price-list");
        ck_assert_int_eq(transfer.outcome, TRANSFER_UNFINISHED);
        ck_assert_int_eq(transfer.started, TIME_NEVER);
        ck_assert_int_eq(transfer.first_byte, TIME_NEVER);
        ck_assert_int_eq(transfer.finished, TIME_NEVER);
        ck_assert_int_eq(transfer.longest_stall, 0);
}
END_TEST

START_TEST(the_longest_stall_lies_between_two_moments_of_progress)
{
        transfer_progress(&transfer, 100, 50);
        ck_assert_int_eq(transfer.longest_stall, 0);
        transfer_progress(&transfer, 10, 90);
        transfer_progress(&transfer, 1, 100);
        ck_assert_int_eq(transfer.first_byte, 50);
        ck_assert_int_eq(transfer.last_progress, 100);
        ck_assert_int_eq(transfer.longest_stall, 40);
        ck_assert_uint_eq(transfer.bytes, 111);
}
END_TEST

START_TEST(counts_add_and_maxima_do_not)
{
        const struct tcp_counts one = { .segments_sent = 3, .timeouts = 1, .held_bytes_max = 500 };
        const struct tcp_counts other = { .segments_sent = 4, .window_probes = 2, .held_bytes_max = 200 };
        transfer_add_counts(&transfer, &one);
        transfer_add_counts(&transfer, &other);
        ck_assert_uint_eq(transfer.counts.segments_sent, 7);
        ck_assert_uint_eq(transfer.counts.timeouts, 1);
        ck_assert_uint_eq(transfer.counts.window_probes, 2);
        ck_assert_uint_eq(transfer.counts.held_bytes_max, 500);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/transfer");
        TCase *cases = tcase_create("transfer");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, at_first_nothing_has_happened);
        tcase_add_test(cases, the_longest_stall_lies_between_two_moments_of_progress);
        tcase_add_test(cases, counts_add_and_maxima_do_not);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
