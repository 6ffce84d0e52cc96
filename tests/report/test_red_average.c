/*
 * RED's average, made again from segments.csv.
 */
#include "report/link_table.h"
#include "report/red_average.h"

#include <check.h>
#include <glib/gstdio.h>

#define HEADER "t_ns,link,far,t_enqueue_ns,t_tx_ns,t_tx_end_ns,drop,duplicate,ordinal\n"

static struct queue_figures figures = { .link = (char *)"core", .far = (char *)"www" };
static struct link_row red = { .link = (char *)"core",
        .far = (char *)"www",
        .queue = (char *)"red",
        .rate = 8000000,
        .weight_ppb = 500000000 }; /* a half; a typical packet takes 1 ms */
static struct link_row codel = { .queue = (char *)"codel", .time = 3000000 };

/* Packets of 1 ms; the averages behind each are told. */
static const struct {
        const char *rows;
        const char *averages; /* thousandths */
        bool is_changed;      /* to CoDel, after 3 ms */
        const char *why;
} cases[] = {
        { "9,core,www,0,0,1000000,-,0,1\n", "0 ", false, "the first finds nothing" },
        { "9,core,www,0,0,1000000,-,0,1\n9,core,www,10,1000000,2000000,-,0,2\n9,core,www,20,2000000,3000000,-"
          ",0,3\n",
                "0 0 500 ", false, "who is in transmission does not wait, who waits is counted" },
        { "9,core,www,0,0,1000000,-,0,1\n9,core,www,10,1000000,2000000,-,0,2\n9,core,www,20,,,aqm,0,0\n"
          "9,core,www,30,,,aqm,0,0\n",
                "0 0 500 750 ", false, "who is refused looks too" },
        { "9,core,www,20,,,loss,0,0\n9,core,www,30,,,link-down,0,0\n", "", false,
                "but not who never came to the queue" },
        { "9,core,isp,20,30,40,-,0,1\n9,lan,www,20,30,40,-,0,1\n9,core,www,20,30,40,-,1,1\n", "", false,
                "nor other queues' packets, nor copies" },
        { "9,core,www,20,2000000,3000000,-,0,3\n9,core,www,10,1000000,2000000,-,0,2\n9,core,www,0,0,1000000,-"
          ",0,1\n",
                "0 0 500 ", false, "whatever the order of the file" },
        { "9,core,www,0,0,1000000,-,0,1\n9,core,www,10,1000000,2000000,-,0,2\n9,core,www,20,2000000,3000000,-"
          ",0,3\n"
          "9,core,www,5000000,5000000,6000000,-,0,4\n",
                "0 0 500 62 ", false, "two missed, and one more" },
        { "9,core,www,0,0,1000000,-,0,1\n9,core,www,3500000,3500000,4500000,-,0,2\n", "0 ", true,
                "another discipline has no average" },
};

START_TEST(the_average_is_as_the_queue_keeps_it)
{
        g_autofree char *directory = g_dir_make_tmp("inorder-test-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(directory, "segments.csv", NULL);
        g_autofree char *text = g_strconcat(HEADER, cases[_i].rows, NULL);
        g_autoptr(GPtrArray) links = g_ptr_array_new();
        g_autoptr(GString) told = g_string_new(NULL);
        g_ptr_array_add(links, &red);
        if (cases[_i].is_changed)
                g_ptr_array_add(links, &codel);
        ck_assert(g_file_set_contents(path, text, -1, NULL));
        g_autoptr(GArray) points = red_average_read(directory, &figures, links, NULL);
        g_unlink(path);
        g_rmdir(directory);
        ck_assert_ptr_nonnull(points);
        for (unsigned i = 0; i < points->len; i++)
                g_string_append_printf(
                        told, "%d ", (int)(g_array_index(points, struct red_point, i).packets * 1000));
        ck_assert_msg(g_str_equal(told->str, cases[_i].averages), "%s: %s", cases[_i].why, told->str);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("red_average");
        TCase *tests = tcase_create("average");
        tcase_add_loop_test(tests, the_average_is_as_the_queue_keeps_it, 0, G_N_ELEMENTS(cases));
        suite_add_tcase(suite, tests);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
