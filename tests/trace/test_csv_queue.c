/*
 * queue.csv: hops are told at their ends, rows come in the order of time.
 */
#include "csv_rows.h"

#include <check.h>
#include <string.h>

static struct csv_rows rows;
static uint32_t link_direction;

static void set_up(void)
{
        csv_rows_set_up(&rows);
        link_direction = CORE_TO_WWW;
}

static void tear_down(void)
{
        csv_rows_tear_down(&rows);
}

/* A packet of 48 bytes that was offered to the link at `enqueue`; `ordinal` 0: it was never sent. */
static void hop(uint32_t number, uint64_t ordinal, time_ns enqueue, time_ns tx, time_ns end, const char *drop)
{
        struct made_up_packet made;
        made_up_udp(&made, BROWSER, number, "a name, 20 bytes lon");
        const struct trace_event event = {
                .kind = TRACE_HOP,
                .time = end,
                .owner = link_direction,
                .packet = &made.packet,
                .hop = { .ordinal = ordinal,
                        .t_enqueue = enqueue,
                        .t_tx = tx,
                        .t_tx_end = tx,
                        .t_arrive = drop ? TIME_NEVER : end,
                        .drop = drop,
                        .rule = "-" },
        };
        trace_emit(rows.trace, &event);
}

static void expect(const char *values)
{
        csv_rows_read(&rows, "queue.csv");
        csv_rows_expect_all(&rows, "t_ns event packet packets bytes", values);
}

START_TEST(a_packet_that_finds_the_transmitter_idle_has_no_row)
{
        hop(1, 1, 10, 10, 100, NULL);
        expect("");
}
END_TEST

START_TEST(joining_and_leaving_are_in_the_order_of_time)
{
        hop(1, 1, 10, 10, 100, NULL);
        hop(2, 2, 11, 20, 110, NULL);
        hop(3, 3, 12, 30, 120, NULL);
        expect("11 enqueue browser#2 1 48|12 enqueue browser#3 2 96|20 dequeue browser#2 1 48|"
               "30 dequeue browser#3 0 0");
}
END_TEST

START_TEST(a_packet_that_the_line_held_back_is_told_in_its_place)
{
        hop(2, 2, 11, 20, 110, NULL);
        hop(3, 3, 12, 30, 120, NULL);
        hop(1, 1, 5, 6, 300, NULL);
        expect("5 enqueue browser#1 1 48|6 dequeue browser#1 0 0|11 enqueue browser#2 1 48|"
               "12 enqueue browser#3 2 96|20 dequeue browser#2 1 48|30 dequeue browser#3 0 0");
}
END_TEST

START_TEST(a_refused_packet_waits_for_those_that_joined_before_it)
{
        hop(3, 0, 12, TIME_NEVER, 12, "queue-full");
        hop(1, 1, 10, 10, 100, NULL);
        hop(2, 2, 11, 20, 110, NULL);
        expect("11 enqueue browser#2 1 48|12 drop browser#3 1 48|20 dequeue browser#2 0 0");
        csv_rows_expect(&rows, 2, "reason", "queue-full");
        csv_rows_expect(&rows, 1, "reason", "-");
}
END_TEST

START_TEST(a_packet_thrown_out_of_the_queue_had_joined_it)
{
        hop(1, 1, 10, 10, 100, NULL);
        hop(2, 0, 11, TIME_NEVER, 15, "link-down");
        expect("11 enqueue browser#2 1 48|15 drop browser#2 0 0");
}
END_TEST

START_TEST(a_long_run_ends_with_an_empty_queue)
{
        for (uint32_t i = 1; i <= 1000; i++)
                hop(i, i, i * 10, i * 10 + 15, i * 10 + 100, NULL);
        ck_assert_uint_eq(csv_rows_read(&rows, "queue.csv"), 2001);
        csv_rows_expect(&rows, 2000, "packets", "0");
        csv_rows_expect(&rows, 1999, "packets", "1");
        csv_rows_expect(&rows, 1998, "packets", "2");
}
END_TEST

static const char *next_line(const char *line)
{
        while (*line++ != '\n')
                ;
        return line;
}

static void expect_ordered(const char *text, unsigned wanted)
{
        unsigned count = 0;
        gint64 last = -1;
        for (const char *line = next_line(text); *line; line = next_line(line)) {
                gint64 time = g_ascii_strtoll(line, NULL, 10);
                ck_assert_int_ge(time, last);
                last = time;
                count++;
        }
        ck_assert_uint_eq(count, wanted);
}

/* Each is told after the one that came behind it. */
START_TEST(rows_of_flows_that_take_turns_do_not_wait_for_the_end)
{
        enum { PAIRS = 100000 };
        link_direction = CORE_TO_ISP;
        trace_set_takes_turns(rows.trace);
        for (uint32_t i = 0; i < PAIRS; i++) {
                hop(2 * i + 2, 2 * i + 1, 40 * i + 10, 40 * i + 15, 40 * i + 30, NULL);
                hop(2 * i + 1, 2 * i + 2, 40 * i, 40 * i + 35, 40 * i + 40, NULL);
        }
        g_autofree char *before_the_end = made_up_file_text(&rows.files, "queue.csv");
        ck_assert_uint_gt(strlen(before_the_end), 1000000);
        ck_assert(trace_csv_finish(rows.writer, NULL));
        g_autofree char *text = made_up_file_text(&rows.files, "queue.csv");
        expect_ordered(text, 4 * PAIRS);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("csv_queue");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_packet_that_finds_the_transmitter_idle_has_no_row);
        tcase_add_test(cases, joining_and_leaving_are_in_the_order_of_time);
        tcase_add_test(cases, a_packet_that_the_line_held_back_is_told_in_its_place);
        tcase_add_test(cases, a_refused_packet_waits_for_those_that_joined_before_it);
        tcase_add_test(cases, a_packet_thrown_out_of_the_queue_had_joined_it);
        tcase_add_test(cases, a_long_run_ends_with_an_empty_queue);
        tcase_add_test(cases, rows_of_flows_that_take_turns_do_not_wait_for_the_end);
        tcase_set_timeout(cases, 60);
        Suite *suite = suite_create("csv_queue");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
