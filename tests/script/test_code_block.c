/*
 * Code blocks: what their expressions are worth, and what is told when an assertion fails.
 */
#include <check.h>
#include <string.h>
#include "script/code_block.h"

static bool look_up(void *data, const char *name, int64_t *value)
{
        static const struct {
                const char *name;
                int64_t value;
        } names[] = { { "tcpi_snd_cwnd", 12 }, { "tcpi_unacked", 0 }, { "tcpi_options", 7 },
                { "TCPI_OPT_SACK", 2 }, { "tcpi_ca_state", 3 }, { "TCP_CA_Open", 0 },
                { "TCP_CA_Recovery", 3 }, { "tcpi_rtt", 20500 } };
        (void)data;
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                if (strcmp(names[i].name, name) != 0)
                        continue;
                *value = names[i].value;
                return true;
        }
        return false;
}

static const struct script_place place = { 7, 11 };

struct run {
        bool passes;
        struct code_failure failure;
        GString *printed;
};

static struct run run_block(CodeNames *names, const char *text)
{
        g_autoptr(GError) error = NULL;
        struct run run = { .printed = g_string_new(NULL) };
        struct code_block *block = code_block_parse("x.pkt", text, place, &error);
        ck_assert_msg(block != NULL, "%s: %s", text, error ? error->message : "");
        run.passes = code_block_run(block, names, look_up, NULL, run.printed, &run.failure);
        code_block_free(block);
        return run;
}

static void run_clear(struct run *run)
{
        code_failure_clear(&run->failure);
        g_string_free(run->printed, TRUE);
}

static const struct {
        const char *expression;
        const char *shown;
        const char *why;
} expressions[] = {
        { "1 + 2 * 3", "7", "products bind tighter" },
        { "(1 + 2) * 3", "9", "brackets bind tightest" },
        { "-7 // 2", "-4", "rounds down" },
        { "-7 % 3", "2", "has the divisor's sign" },
        { "7 / 2", "3.5", "divides exactly" },
        { "1 / 3 * 3 == 1", "True", "even where floating point would not" },
        { "-1 / 2", "-0.5", "a fraction below zero" },
        { "2 ** 10", "1024", "a power" },
        { "-2 ** 2", "-4", "which binds tighter than the sign before it" },
        { "6 & 3 | 8 ^ 1", "11", "bits: and, exclusive or, or" },
        { "1 << 4 >> 2", "4", "shifts" },
        { "~0", "-1", "a complement" },
        { "0x1F", "31", "hexadecimal" },
        { "1.50", "1.5", "a decimal" },
        { "0xffffffffffffffff", "18446744073709551615", "64 bits and no sign" },
        { "1 < 2 < 3", "True", "a chain" },
        { "1 < 3 < 2", "False", "of which one does not hold" },
        { "3 in (1, 2, 3)", "True", "in a tuple" },
        { "3 not in [1, 2]", "True", "not in a list" },
        { "'b' in 'abc'", "True", "in a string" },
        { "1 and 0 or 5", "5", "the operand that decides" },
        { "not 1 == 2", "True", "binds looser than a comparison" },
        { "1 if 0 else 2", "2", "a choice" },
        { "tcpi_options & TCPI_OPT_SACK", "2", "names" },
        { "(1, 'a')", "(1, 'a')", "a tuple" },
        { "(1,)", "(1,)", "a tuple of one" },
        { "[1, 2][-1]", "2", "an item from the end" },
        { "(1, 2) < (1, 3)", "True", "tuples have an order" },
        { "max(1, 3, 2) - min((4, 5)) + abs(-2)", "1", "functions" },
        { "int(7 / 2) + len('abc') + int(float(2))", "8", "more of them" },
        { "(round(5 / 2), round(-7 / 2), round(8 / 3), round(8 / 3, 2))", "(2, -4, 3, 2.67)",
                "to the nearest, or the even one of two" },
        { "sum([1, 2, 3]) + max([1, 2])", "8", "of a list" },
        { "'%d of %s: %x%%' % (1, 'x', 255)", "1 of x: ff%", "a format" },
        { "'a' 'b' + str(1)", "ab1", "strings" },
        { "(1 +\n 2)", "3", "a line goes on in brackets" },
        { "1 + \\\n 2", "3", "and behind a backslash" },
        { "True + 1", "2", "truth is a number" },
        { "None", "None", "nothing" },
        { "None == None", "True", "which is equal to itself" },
        { "1 == '1'", "False", "and a number is no string" },
};

START_TEST(expression_is_worth_what_python_says)
{
        g_autoptr(CodeNames) names = code_names_new();
        g_autofree char *text = g_strdup_printf("print(%s)", expressions[_i].expression);
        struct run run = run_block(names, text);
        ck_assert_msg(run.passes, "%s: %s", text, run.failure.seen);
        g_autofree char *shown = g_strconcat(expressions[_i].shown, "\n", NULL);
        ck_assert_msg(strcmp(run.printed->str, shown) == 0, "%s gives %s: %s", text, run.printed->str,
                expressions[_i].why);
        run_clear(&run);
}
END_TEST

static const struct {
        const char *text;
        const char *expected;
        const char *seen;
} failures[] = {
        { "assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd", "tcpi_snd_cwnd == 10", "tcpi_snd_cwnd = 12; 12" },
        { "assert tcpi_unacked", "tcpi_unacked", "tcpi_unacked = 0" },
        { " assert 10 <=  tcpi_snd_cwnd  <= 11 ", "10 <= tcpi_snd_cwnd <= 11", "tcpi_snd_cwnd = 12" },
        { "assert tcpi_ca_state in (TCP_CA_Open,\n 1), 'state'", "tcpi_ca_state in (TCP_CA_Open, 1)",
                "tcpi_ca_state = 3, TCP_CA_Open = 0; state" },
        { "assert 1 == 2", "1 == 2", "" },
        { "assert tcpi_bogus == 1", "tcpi_bogus == 1", "nothing is named tcpi_bogus" },
        { "assert 1 / 0", "1 / 0", "/ cannot be computed: it divides by zero" },
        { "assert 'a' < 1", "'a' < 1", "'<' needs two numbers" },
        { "assert foo(1)", "foo(1)",
                "there is no function foo(); known are abs float int len max min print round str sum" },
        { "assert 1 in 2", "1 in 2", "what stands behind 'in' is no tuple and no list" },
        { "x = y", "a value", "nothing is named y" },
        { "assert 2 ** 64 * 2 ** 64 > 0", "2 ** 64 * 2 ** 64 > 0",
                "* cannot be computed: the result is too large" },
        { "'%d' % 'a'", "a value", "% cannot be computed: the format needs a number here" },
        { "assert 0, bogus", "0", "nothing is named bogus" },
};

START_TEST(failure_tells_what_was_expected_and_seen)
{
        g_autoptr(CodeNames) names = code_names_new();
        struct run run = run_block(names, failures[_i].text);
        ck_assert(!run.passes);
        ck_assert_str_eq(run.failure.expected, failures[_i].expected);
        ck_assert_str_eq(run.failure.seen, failures[_i].seen);
        run_clear(&run);
}
END_TEST

START_TEST(failure_has_its_place)
{
        g_autoptr(CodeNames) names = code_names_new();
        struct run run = run_block(names, "assert 1; assert 1\n\nassert 2; assert 0\n");
        ck_assert(!run.passes);
        ck_assert_int_eq(run.failure.place.line, 9);
        ck_assert_int_eq(run.failure.place.column, 11);
        run_clear(&run);
}
END_TEST

START_TEST(names_are_shared_by_a_scripts_blocks)
{
        g_autoptr(CodeNames) names = code_names_new();
        struct run first = run_block(names, "before = tcpi_snd_cwnd\nbefore += 1");
        struct run second = run_block(names, "assert before == 13, before\nprint('cwnd', before)");
        ck_assert(first.passes && second.passes);
        ck_assert_str_eq(second.printed->str, "cwnd 13\n");
        run_clear(&first);
        run_clear(&second);
}
END_TEST

static const struct {
        const char *text;
        const char *printed;
} branches[] = {
        { "if tcpi_snd_cwnd > 10: print('a'); print('b')\nelse: print('c')\nprint('d')", "a\nb\nd\n" },
        { "if tcpi_snd_cwnd > 20:\n  print('a')\nelif tcpi_unacked == 0:\n  print('b')\nelse:\n  "
          "print('c')\n",
                "b\n" },
        { "if 1:\n  if 0:\n    print('a')\n  else:\n    print('b')\n  print('c')\nelse:\n  print('d')",
                "b\nc\n" },
        { "if 0:\n  print('a')\nelif 0: pass\nelse:\n  print('b') # last\n", "b\n" },
};

START_TEST(branch_is_taken_when_its_condition_holds)
{
        g_autoptr(CodeNames) names = code_names_new();
        struct run run = run_block(names, branches[_i].text);
        ck_assert_msg(run.passes, "%s", run.failure.seen);
        ck_assert_str_eq(run.printed->str, branches[_i].printed);
        run_clear(&run);
}
END_TEST

static const struct {
        const char *text;
        enum script_error code;
        const char *message;
} wrong[] = {
        { "assert", SCRIPT_ERROR_SYNTAX, "x.pkt:7:17: error: expected a value, not the line's end" },
        { "\nassert 1 ==", SCRIPT_ERROR_SYNTAX, "x.pkt:8:12: error: expected a value" },
        { "assert (1", SCRIPT_ERROR_SYNTAX, "x.pkt:7:20: error: expected ')'" },
        { "assert 1 2", SCRIPT_ERROR_SYNTAX, "x.pkt:7:20: error: expected the line's end, not '2'" },
        { "1 = 2", SCRIPT_ERROR_SYNTAX, "x.pkt:7:11: error: only a name can be assigned to" },
        { "assert 'a", SCRIPT_ERROR_SYNTAX, "x.pkt:7:18: error: this string has no end; ' ends it" },
        { "assert 1 ? 2", SCRIPT_ERROR_SYNTAX, "x.pkt:7:20: error: '?' means nothing here" },
        { "else: pass", SCRIPT_ERROR_SYNTAX,
                "x.pkt:7:11: error: expected a statement, or an 'if' before this" },
        { "import math", SCRIPT_ERROR_REFUSED, "x.pkt:7:11: error: import in a code block needs Python" },
        { "for x in y: pass", SCRIPT_ERROR_REFUSED, "x.pkt:7:11: error: for in a code block needs Python" },
        { "assert a.b", SCRIPT_ERROR_REFUSED,
                "x.pkt:7:19: error: an attribute, a dictionary or a decorator" },
        { "print(f'{x}')", SCRIPT_ERROR_REFUSED,
                "x.pkt:7:17: error: a prefixed string in a code block needs Python" },
};

START_TEST(other_python_is_refused_with_its_place)
{
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(code_block_parse("x.pkt", wrong[_i].text, place, &error));
        ck_assert_msg(g_str_has_prefix(error->message, wrong[_i].message), "%s", error->message);
        ck_assert_int_eq(error->code, wrong[_i].code);
}
END_TEST

START_TEST(deep_nesting_is_refused_not_followed)
{
        static const char *const openers[] = { "(", "[", "-", "not ", "1 ** ", "1 if 1 else ", "(1 < " };
        for (size_t i = 0; i < G_N_ELEMENTS(openers); i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(GString) text = g_string_new("assert ");
                for (unsigned k = 0; k < 100000; k++)
                        g_string_append(text, openers[i]);
                ck_assert_ptr_null(code_block_parse("x.pkt", text->str, place, &error));
                ck_assert_ptr_nonnull(strstr(error->message, "nested less deep"));
        }
}
END_TEST

START_TEST(long_chains_are_refused_not_followed)
{
        static const char *const links[] = { "1 + ", "1 and ", "1 or ", "1 | " };
        for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(GString) text = g_string_new("assert ");
                for (unsigned k = 0; k < 100000; k++)
                        g_string_append(text, links[i]);
                ck_assert_ptr_null(code_block_parse("x.pkt", text->str, place, &error));
                ck_assert_ptr_nonnull(strstr(error->message, "fewer parts"));
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("code_block");
        tcase_add_loop_test(cases, expression_is_worth_what_python_says, 0, G_N_ELEMENTS(expressions));
        tcase_add_loop_test(cases, failure_tells_what_was_expected_and_seen, 0, G_N_ELEMENTS(failures));
        tcase_add_test(cases, failure_has_its_place);
        tcase_add_test(cases, names_are_shared_by_a_scripts_blocks);
        tcase_add_loop_test(cases, branch_is_taken_when_its_condition_holds, 0, G_N_ELEMENTS(branches));
        tcase_add_loop_test(cases, other_python_is_refused_with_its_place, 0, G_N_ELEMENTS(wrong));
        tcase_add_test(cases, deep_nesting_is_refused_not_followed);
        tcase_add_test(cases, long_chains_are_refused_not_followed);
        Suite *suite = suite_create("code_block");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
