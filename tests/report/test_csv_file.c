/*
 * Rows by the names of their columns.
 */
#include "report/csv_file.h"

#include <check.h>
#include <glib/gstdio.h>

enum { TEXT, NUMBER };
static const char *const columns[] = { "text", "number", NULL };

static const struct {
        const char *content;
        const char *rows; /* "text=number;" for each; -1: no number */
        const char *error;
        const char *why;
} cases[] = {
        { "text,number\na,1\nb,2\n", "a=1;b=2;", NULL, "the plain case" },
        { "number,text\n1,a\n", "a=1;", NULL, "columns are found by name" },
        { "x,text,y,number\n9,a,9,1\n", "a=1;", NULL, "unknown columns are skipped" },
        { "text,number\na,\n", "a=-1;", NULL, "an empty number is missing" },
        { "text,number\na,1x\n", "a=-1;", NULL, "so is what is none" },
        { "text,number\n,1\n", "-=1;", NULL, "a missing text is a dash" },
        { "text,number\n\"a,b\",1\n", "a,b=1;", NULL, "a comma in quotes" },
        { "text,number\n\"a\"\"b\",1\n", "a\"b=1;", NULL, "a quote in quotes" },
        { "text,number\n\"a\nb\",1\n", "a\nb=1;", NULL, "a line end in quotes" },
        { "text,number\na,-5\n", "a=-5;", NULL, "a negative number" },
        { "text,number\na,1", "a=1;", NULL, "a last line without its end" },
        { "text,number\n", "", NULL, "no rows" },
        { "text,other\na,1\n", "", "has no column \"number\"", "a column is missing" },
        { "", "", "has no column \"text\"", "an empty file" },
        { "text,number\na\n", "", ":2: not a row of 2 fields", "a short row" },
        { "text,number\na,1\nb,2,3\n", "a=1;", ":3: not a row of 2 fields", "a long row" },
        { "text,number\n\"a,1\n", "", ":2: not a row of 2 fields", "a quote without end" },
        { "text,number\n\"a\"b,1\n", "", ":2: not a row of 2 fields", "text behind a quote" },
};

static void on_row(void *data, const CsvFile *row)
{
        g_string_append_printf(
                data, "%s=%" G_GINT64_FORMAT ";", csv_file_text(row, TEXT), csv_file_number(row, NUMBER, -1));
}

START_TEST(rows_are_read_by_the_names_of_their_columns)
{
        g_autofree char *directory = g_dir_make_tmp("inorder-test-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(directory, "table.csv", NULL);
        g_autoptr(GString) rows = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        ck_assert(g_file_set_contents(path, cases[_i].content, -1, NULL));
        bool is_read = csv_file_read(directory, "table.csv", columns, on_row, rows, &error);
        g_remove(path);
        g_rmdir(directory);
        ck_assert_msg(is_read == (cases[_i].error == NULL), "%s", cases[_i].why);
        ck_assert_str_eq(rows->str, cases[_i].rows);
        if (!is_read)
                ck_assert_msg(g_str_has_suffix(error->message, cases[_i].error), "%s: %s", cases[_i].why,
                        error->message);
}
END_TEST

START_TEST(a_missing_file_is_an_error_only_when_it_is_needed)
{
        g_autoptr(GString) rows = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        ck_assert(csv_file_read_if_there("/nonexistent", "table.csv", columns, on_row, rows, &error));
        ck_assert_ptr_null(error);
        ck_assert(!csv_file_read("/nonexistent", "table.csv", columns, on_row, rows, &error));
        ck_assert_ptr_nonnull(error);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("csv_file");
        TCase *tests = tcase_create("csv_file");
        tcase_add_loop_test(tests, rows_are_read_by_the_names_of_their_columns, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tests, a_missing_file_is_an_error_only_when_it_is_needed);
        suite_add_tcase(suite, tests);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
