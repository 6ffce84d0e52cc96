/*
 * Reading JSON that may be hostile.
 */
#include "report/json_file.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
        const char *text;
        bool is_sane;
        const char *why;
} nestings[] = {
        { "", true, "nothing" },
        { "{\"a\": [1, {\"b\": []}]}", true, "a little" },
        { "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", true, "in a string" },
        { "\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", true,
                "behind a quoted quote" },
        { "\"\\\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", false,
                "the string has ended" },
        { "]]]][[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", false,
                "closing too much is no credit" },
};

START_TEST(nesting_counts_brackets_outside_strings)
{
        bool is_sane = json_nesting_is_sane(nestings[_i].text, strlen(nestings[_i].text));
        ck_assert_msg(is_sane == nestings[_i].is_sane, "%s", nestings[_i].why);
}
END_TEST

START_TEST(the_limit_is_sixty_four)
{
        char text[JSON_NESTING_MAX + 1];
        memset(text, '[', sizeof text);
        ck_assert(json_nesting_is_sane(text, JSON_NESTING_MAX));
        ck_assert(!json_nesting_is_sane(text, JSON_NESTING_MAX + 1));
}
END_TEST

START_TEST(a_pipe_is_not_waited_for)
{
        g_autofree char *directory = g_dir_make_tmp("inorder-test-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(directory, "pipe", NULL);
        g_autoptr(GError) error = NULL;
        ck_assert_int_eq(mkfifo(path, 0600), 0);
        ck_assert_ptr_null(json_file_read(path, &error));
        ck_assert_ptr_nonnull(error);
        g_remove(path);
        g_rmdir(directory);
}
END_TEST

START_TEST(a_missing_file_is_named)
{
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(json_file_read("/nonexistent/run.json", &error));
        ck_assert_str_eq(error->message, "cannot read /nonexistent/run.json: No such file or directory");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("json_file");
        tcase_add_loop_test(cases, nesting_counts_brackets_outside_strings, 0, G_N_ELEMENTS(nestings));
        tcase_add_test(cases, the_limit_is_sixty_four);
        tcase_add_test(cases, a_pipe_is_not_waited_for);
        tcase_add_test(cases, a_missing_file_is_named);
        Suite *suite = suite_create("json_file");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
