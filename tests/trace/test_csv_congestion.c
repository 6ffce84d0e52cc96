/*
 * congestion.csv: windows as TCP tells them, and the state they are in.
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

static void windows(time_ns time, uint32_t cwnd, uint32_t ssthresh)
{
        const struct trace_event event = {
                .kind = TRACE_TCP_CONGESTION,
                .time = time,
                .owner = WWW,
                .connection = 1,
                .congestion = { cwnd, ssthresh, 0, 65535, 0 },
        };
        trace_emit(rows.trace, &event);
}

static void tell(time_ns time, enum trace_note which, const char *why)
{
        const struct made_up_note note = { .time = time, .owner = WWW, .note = which, .why = why };
        made_up_tell(rows.trace, &note);
}

START_TEST(the_state_follows_the_windows_and_the_repairs)
{
        windows(1, 100, UINT32_MAX);
        windows(2, 100, 100);
        tell(3, TRACE_NOTE_RECOVERY_ENTERED, "sack");
        windows(4, 50, 50);
        tell(5, TRACE_NOTE_RECOVERY_LEFT, "-");
        tell(6, TRACE_NOTE_RECOVERY_ENTERED, "timeout");
        tell(7, TRACE_NOTE_RECOVERY_UNDONE, "-");
        windows(8, 10, 50);
        csv_rows_read(&rows, "congestion.csv");
        csv_rows_expect_all(&rows, "t_ns state ssthresh",
                "1 slow-start |2 avoidance 100|3 recovery 100|4 recovery 50|5 avoidance 50|6 loss 50|7 "
                "avoidance 50|"
                "8 slow-start 50");
}
END_TEST

START_TEST(a_limit_is_a_row_once_the_windows_are_known)
{
        tell(1, TRACE_NOTE_LIMITED, "application");
        windows(2, 100, UINT32_MAX);
        tell(3, TRACE_NOTE_LIMITED, "receive-window");
        tell(4, TRACE_NOTE_SACKED, "-");
        csv_rows_read(&rows, "congestion.csv");
        csv_rows_expect_all(&rows, "t_ns limit cwnd", "2 application 100|3 receive-window 100");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("csv_congestion");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, the_state_follows_the_windows_and_the_repairs);
        tcase_add_test(cases, a_limit_is_a_row_once_the_windows_are_known);
        Suite *suite = suite_create("csv_congestion");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
