/*
 * reassembly.csv: what waits has its row when it is delivered, or at the end.
 */
#include "csv_rows.h"

#include <check.h>

static struct csv_rows rows;

static void set_up(void)
{
        csv_rows_set_up(&rows);
}

static void tear_down(void)
{
        csv_rows_tear_down(&rows);
}

static void tell(time_ns time, enum trace_note which, int64_t first, int64_t end, int64_t held)
{
        const struct made_up_note note = {
                .time = time,
                .owner = BROWSER,
                .cause = { WWW, (uint32_t)time },
                .note = which,
                .first = first,
                .end = end,
                .value = held,
        };
        made_up_tell(rows.trace, &note);
}

static void expect(const char *values)
{
        csv_rows_read(&rows, "reassembly.csv");
        csv_rows_expect_all(&rows, "t_ns kind first end t_arrive_ns t_deliver_ns readable read held", values);
}

START_TEST(nothing_is_held_in_a_stream_in_order)
{
        tell(10, TRACE_NOTE_SEGMENT_IN_ORDER, 1, 101, 0);
        tell(10, TRACE_NOTE_READ, 1, 51, 0);
        tell(20, TRACE_NOTE_SEGMENT_DUPLICATE, 1, 101, 0);
        expect("10 in-order 1 101 10 10 101 1 0|10 read 1 51  10 101 51 0|20 duplicate 1 101 20  101 51 0");
}
END_TEST

START_TEST(what_is_held_is_told_when_the_hole_is_filled)
{
        tell(10, TRACE_NOTE_SEGMENT_HELD, 101, 201, 100);
        tell(30, TRACE_NOTE_SEGMENT_IN_ORDER, 1, 101, 0);
        tell(30, TRACE_NOTE_HOLE_FILLED, 101, 201, 0);
        expect("30 in-order 1 101 30 30 101 1 0|30 held 101 201 10 30 201 1 0");
        csv_rows_expect(&rows, 2, "packet", "www#10");
}
END_TEST

START_TEST(what_is_held_is_told_in_the_order_of_the_stream)
{
        tell(10, TRACE_NOTE_SEGMENT_HELD, 301, 401, 100);
        tell(11, TRACE_NOTE_SEGMENT_HELD, 101, 201, 200);
        tell(30, TRACE_NOTE_SEGMENT_IN_ORDER, 1, 101, 100);
        tell(30, TRACE_NOTE_HOLE_FILLED, 101, 201, 100);
        tell(40, TRACE_NOTE_SEGMENT_IN_ORDER, 201, 301, 0);
        tell(40, TRACE_NOTE_HOLE_FILLED, 301, 401, 0);
        expect("30 in-order 1 101 30 30 101 1 100|30 held 101 201 11 30 201 1 100|"
               "40 in-order 201 301 40 40 301 1 0|40 held 301 401 10 40 401 1 0");
}
END_TEST

START_TEST(a_retransmission_may_cover_what_is_held)
{
        tell(10, TRACE_NOTE_SEGMENT_HELD, 101, 201, 100);
        tell(30, TRACE_NOTE_SEGMENT_IN_ORDER, 1, 301, 0);
        expect("30 in-order 1 301 30 30 301 1 0|30 held 101 201 10 30 301 1 0");
}
END_TEST

START_TEST(what_is_never_delivered_is_told_at_the_end)
{
        tell(10, TRACE_NOTE_SEGMENT_HELD, 101, 201, 100);
        tell(20, TRACE_NOTE_SEGMENT_DUPLICATE, 101, 201, 100);
        expect("20 duplicate 101 201 20  1 1 100|20 held 101 201 10  1 1 100");
}
END_TEST

START_TEST(reading_does_not_change_what_is_held)
{
        tell(10, TRACE_NOTE_SEGMENT_IN_ORDER, 1, 101, 0);
        tell(20, TRACE_NOTE_SEGMENT_HELD, 201, 301, 100);
        tell(21, TRACE_NOTE_READ, 1, 101, 0);
        csv_rows_read(&rows, "reassembly.csv");
        csv_rows_expect(&rows, 2, "kind", "read");
        csv_rows_expect(&rows, 2, "held", "100");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("csv_reassembly");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, nothing_is_held_in_a_stream_in_order);
        tcase_add_test(cases, what_is_held_is_told_when_the_hole_is_filled);
        tcase_add_test(cases, what_is_held_is_told_in_the_order_of_the_stream);
        tcase_add_test(cases, a_retransmission_may_cover_what_is_held);
        tcase_add_test(cases, what_is_never_delivered_is_told_at_the_end);
        tcase_add_test(cases, reading_does_not_change_what_is_held);
        Suite *suite = suite_create("csv_reassembly");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
