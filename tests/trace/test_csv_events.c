/*
 * events.csv: marks and lines of the story, of every kind.
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

START_TEST(every_kind_of_event_has_its_words)
{
        made_up_everything(rows.trace);
        csv_rows_read(&rows, "events.csv");
        csv_rows_expect_all(&rows, "kind name program first value",
                "drop loss - 1461 0|drop corrupt - 1461 0|fault drop -  0|fault link-down -  0|"
                "state ESTABLISHED -  0|note lost - 1461 0|call connect price-list  -1|call connect "
                "price-list  -1|"
                "step dns.answer price-list  0");
        csv_rows_expect(&rows, 1, "text", "lose-third,\"x\"");
        csv_rows_expect(&rows, 5, "packet", "www#35");
        csv_rows_expect(&rows, 7, "started_ns", "1000000");
}
END_TEST

START_TEST(what_comes_with_every_segment_is_no_mark)
{
        struct made_up_packet made;
        made_up_udp(&made, BROWSER, 1, "");
        made_up_hop(rows.trace, MILLISECOND, ACCESS_TO_ISP, &made, NULL);
        made_up_repair(rows.trace);
        csv_rows_read(&rows, "events.csv");
        csv_rows_expect_all(&rows, "kind name first end", "note hole-filled 2921 4381");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("csv_events");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, every_kind_of_event_has_its_words);
        tcase_add_test(cases, what_comes_with_every_segment_is_no_mark);
        Suite *suite = suite_create("csv_events");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
