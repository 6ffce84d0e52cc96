/*
 * Templates of gnuplot scripts.
 */
#include "report/gp_template.h"

#include <check.h>

static const struct {
        const char *text;
        const char *expanded;
        const char *why;
} cases[] = {
        { "plot sin(x)\n", "plot sin(x)\n", "a line without anything special" },
        { "a\n\nb\n", "a\n\nb\n", "an empty line stays" },
        { "set title @{title}\n", "set title 'it''s'\n", "a value" },
        { "@{a}@{a}\n", "@{title}@{title}\n", "values are not expanded again" },
        { "@used plot x, \\\n", "plot x, \\\n", "a used mark" },
        { "@used      plot x\n", "     plot x\n", "one space belongs to the mark" },
        { "@unused plot x\nend\n", "end\n", "a mark that nothing uses" },
        { "@unused @{nowhere}\nend\n", "end\n", "a line that goes needs no values" },
};

START_TEST(templates_are_expanded)
{
        g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GHashTable) marks = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(values, (char *)"title", (char *)"'it''s'");
        g_hash_table_insert(values, (char *)"a", (char *)"@{title}");
        g_hash_table_add(marks, (char *)"used");
        g_autofree char *expanded = gp_template_expand(cases[_i].text, values, marks);
        ck_assert_msg(g_str_equal(expanded, cases[_i].expanded), "%s: %s", cases[_i].why, expanded);
}
END_TEST

static const struct {
        const char *text;
        const char *quoted;
        const char *why;
} quotes[] = {
        { "", "''", "nothing" },
        { "Joe's", "'Joe''s'", "an apostrophe" },
        { "`rm -rf ~`", "'`rm -rf ~`'", "backquotes mean nothing in single quotes" },
        { "a\\n\"b\"", "'a\\n\"b\"'", "nor do backslashes and double quotes" },
        { "a\nb\tc\rd", "'a b c d'", "control characters would end the line" },
        { "3 × 4 µs", "'3 × 4 µs'", "UTF-8" },
};

START_TEST(quoted_texts_are_only_texts)
{
        g_autofree char *quoted = gp_quote(quotes[_i].text);
        ck_assert_msg(g_str_equal(quoted, quotes[_i].quoted), "%s: %s", quotes[_i].why, quoted);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("gp_template");
        TCase *tests = tcase_create("gp_template");
        tcase_add_loop_test(tests, templates_are_expanded, 0, G_N_ELEMENTS(cases));
        tcase_add_loop_test(tests, quoted_texts_are_only_texts, 0, G_N_ELEMENTS(quotes));
        suite_add_tcase(suite, tests);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
