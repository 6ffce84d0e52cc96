/*
 * What queue.csv tells of each queue.
 */
#include "report/queue_survey.h"

#include <check.h>
#include <glib/gstdio.h>

#define HEADER "t_ns,t,link,near,far,event,packet,copy,transfer,reason,size,bytes,packets,marked\n"

static char *directory;
static GPtrArray *survey;

/* Two queues: "core → www" lets one wait 40 ns, marks it, throws one out after 30 and refuses one; "core →
 * isp" does nothing. */
static const char rows[] = HEADER "10,0,core,isp,www,enqueue,a#1,0,up,-,1500,1500,1,0\n"
                                  "15,0,core,www,isp,enqueue,b#1,0,-,-,40,40,1,0\n"
                                  "16,0,core,www,isp,dequeue,b#1,0,-,-,40,0,0,0\n"
                                  "20,0,core,isp,www,enqueue,a#1,1,up,-,1500,3000,2,0\n"
                                  "30,0,core,isp,www,drop,a#2,0,typing,queue-full,100,3000,2,0\n"
                                  "50,0,core,isp,www,dequeue,a#1,0,up,-,1500,1500,1,1\n"
                                  "50,0,core,isp,www,drop,a#1,1,up,aqm,1500,0,0,0\n"
                                  "60,0,core,isp,www,drop,a#3,0,up,queue-full,1500,0,0,0\n";

static void set_up(void)
{
        directory = g_dir_make_tmp("inorder-test-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(directory, "queue.csv", NULL);
        ck_assert(g_file_set_contents(path, rows, -1, NULL));
        survey = queue_survey(directory, "typing", NULL);
        ck_assert_ptr_nonnull(survey);
}

static void tear_down(void)
{
        g_autofree char *path = g_build_filename(directory, "queue.csv", NULL);
        g_ptr_array_unref(survey);
        g_unlink(path);
        g_rmdir(directory);
        g_free(directory);
}

START_TEST(each_direction_has_its_own_figures)
{
        ck_assert_uint_eq(survey->len, 2);
        const struct queue_figures *busy = survey->pdata[0];
        const struct queue_figures *calm = survey->pdata[1];
        ck_assert_str_eq(busy->far, "www");
        ck_assert_int_eq(busy->most_packets, 2);
        ck_assert_int_eq(busy->most_bytes, 3000);
        ck_assert_int_eq(busy->joined, 2);
        ck_assert_int_eq(busy->left, 1);
        ck_assert_int_eq(busy->marked, 1);
        ck_assert_str_eq(calm->far, "isp");
        ck_assert_int_eq(calm->longest, 1);
}
END_TEST

START_TEST(a_copy_waits_by_itself)
{
        const struct queue_figures *busy = survey->pdata[0];
        ck_assert_int_eq(busy->longest, 40);
        ck_assert_int_eq(busy->waited, 40);
}
END_TEST

START_TEST(drops_are_counted_by_their_reasons)
{
        const struct queue_figures *busy = survey->pdata[0];
        ck_assert_str_eq(busy->drops[0].reason, "queue-full");
        ck_assert_int_eq(busy->drops[0].count, 2);
        ck_assert_str_eq(busy->drops[1].reason, "aqm");
        ck_assert_int_eq(busy->drops[1].count, 1);
        ck_assert_ptr_null(busy->drops[2].reason);
}
END_TEST

START_TEST(a_queue_is_met_by_who_came_to_it)
{
        ck_assert(((const struct queue_figures *)survey->pdata[0])->is_met);
        ck_assert(!((const struct queue_figures *)survey->pdata[1])->is_met);
}
END_TEST

static void hear(void *data, const struct queue_row *row)
{
        g_string_append_printf(data, "%d %d %d|", (int)row->step, (int)row->time, (int)row->waited);
}

START_TEST(rows_of_one_direction_are_told_with_their_waits)
{
        g_autoptr(GString) heard = g_string_new(NULL);
        ck_assert(queue_survey_rows(directory, survey->pdata[0], hear, heard, NULL));
        ck_assert_str_eq(heard->str, "0 10 -1|0 20 -1|2 30 -1|1 50 40|2 50 30|2 60 -1|");
}
END_TEST

START_TEST(a_run_without_the_file_has_no_queues)
{
        g_autoptr(GPtrArray) none = queue_survey("/nonexistent", NULL, NULL);
        ck_assert_uint_eq(none->len, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("queue_survey");
        TCase *cases = tcase_create("survey");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, each_direction_has_its_own_figures);
        tcase_add_test(cases, a_copy_waits_by_itself);
        tcase_add_test(cases, drops_are_counted_by_their_reasons);
        tcase_add_test(cases, a_queue_is_met_by_who_came_to_it);
        tcase_add_test(cases, rows_of_one_direction_are_told_with_their_waits);
        tcase_add_test(cases, a_run_without_the_file_has_no_queues);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
