/*
 * acks.csv: an arrival, and what TCP said of it right after.
 */
#include "csv_rows.h"
#include "wire/tcp_segment.h"

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

static struct trace_packet_id arrive(
        time_ns time, uint32_t number, uint32_t ack, uint16_t flags, const char *payload)
{
        struct made_up_packet made;
        made_up_tcp(&made, BROWSER, number, 101, ack, flags, payload);
        made.packet.t_sent = time - 5;
        const struct trace_event event = {
                .kind = TRACE_RECEIVED, .time = time, .owner = WWW, .connection = 1, .packet = &made.packet
        };
        trace_emit(rows.trace, &event);
        return made.packet.id;
}

static void tell(time_ns time, struct trace_packet_id cause, enum trace_note which, int64_t first,
        int64_t end, int64_t value)
{
        const struct made_up_note note = { time, WWW, cause, which, NULL, first, end, value, true };
        made_up_tell(rows.trace, &note);
}

static void expect(const char *values)
{
        csv_rows_read(&rows, "acks.csv");
        csv_rows_expect_all(&rows, "t_ns ack edge newly duplicate window_update t_sent_ns", values);
}

START_TEST(a_row_waits_for_what_tcp_says_of_it)
{
        tell(10, arrive(10, 1, 201, TCP_FLAG_ACK, ""), TRACE_NOTE_ACK, 101, 201, 0);
        tell(20, arrive(20, 2, 201, TCP_FLAG_ACK, ""), TRACE_NOTE_DUPLICATE_ACK, 201, 201, 3);
        tell(30, arrive(30, 3, 201, TCP_FLAG_ACK, ""), TRACE_NOTE_WINDOW_UPDATE, 0, 0, 0);
        expect("10 201 65736 100 0 0 5|20 201 65736 0 3 0 15|30 201 65736 0 0 1 25");
        csv_rows_expect(&rows, 1, "transfer", "price-list");
}
END_TEST

START_TEST(data_that_acknowledges_nothing_new_has_no_row)
{
        arrive(10, 1, 201, TCP_FLAG_ACK, "data");
        tell(20, arrive(20, 2, 301, TCP_FLAG_ACK, "more"), TRACE_NOTE_ACK, 201, 301, 0);
        arrive(30, 3, 301, TCP_FLAG_ACK, "");
        expect("20 301 65836 100 0 0 15|30 301 65836 0 0 0 25");
}
END_TEST

START_TEST(a_reset_acknowledges_nothing)
{
        arrive(10, 1, 201, TCP_FLAG_ACK | TCP_FLAG_RST, "");
        arrive(20, 2, 0, TCP_FLAG_RST, "");
        expect("");
}
END_TEST

START_TEST(a_note_about_another_packet_is_not_counted)
{
        const struct trace_packet_id other = { BROWSER, 77 };
        arrive(10, 1, 201, TCP_FLAG_ACK, "");
        tell(10, other, TRACE_NOTE_ACK, 101, 201, 0);
        expect("10 201 65736 0 0 0 5");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("csv_acks");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_row_waits_for_what_tcp_says_of_it);
        tcase_add_test(cases, data_that_acknowledges_nothing_new_has_no_row);
        tcase_add_test(cases, a_reset_acknowledges_nothing);
        tcase_add_test(cases, a_note_about_another_packet_is_not_counted);
        Suite *suite = suite_create("csv_acks");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
