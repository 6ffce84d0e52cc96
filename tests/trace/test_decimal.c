/*
 * Digits as printf would print them.
 */
#include "trace/decimal.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>

static const struct {
        int64_t number;
        const char *integer;
        const char *seconds;
        const char *why;
} cases[] = {
        { 0, "0", "0.000000000", "nothing is one digit" },
        { 9, "9", "0.000000009", "the last of one digit" },
        { 10, "10", "0.000000010", "the first of two" },
        { 99999999, "99999999", "0.099999999", "eight digits are made at once" },
        { 100000000, "100000000", "0.100000000", "and the ninth apart, zeros behind it" },
        { 1000000000, "1000000000", "1.000000000", "a second" },
        { 1234567890, "1234567890", "1.234567890", "a second and a bit" },
        { 9999999999999999, "9999999999999999", "9999999.999999999", "twice eight" },
        { 10000000000000000, "10000000000000000", "10000000.000000000", "and one more" },
        { -1, "-1", "-0.000000001", "a sign" },
        { -1500000000, "-1500000000", "-1.500000000", "a sign before a second" },
        { INT64_MAX, "9223372036854775807", "9223372036.854775807", "the largest" },
        { INT64_MIN, "-9223372036854775808", "-9223372036.854775808",
                "its magnitude has no sign to be taken off" },
};

START_TEST(numbers_have_all_their_digits_and_no_more)
{
        g_autoptr(GString) text = g_string_new(NULL);
        decimal_append_signed(text, cases[_i].number);
        ck_assert_msg(g_str_equal(text->str, cases[_i].integer), "%s: %s", cases[_i].why, text->str);
        g_string_truncate(text, 0);
        decimal_append_seconds(text, cases[_i].number);
        ck_assert_msg(g_str_equal(text->str, cases[_i].seconds), "%s: %s", cases[_i].why, text->str);
}
END_TEST

static void expect_as_printed(uint64_t number)
{
        char seen[DECIMAL_ROOM];
        char expected[DECIMAL_ROOM];
        *decimal_put_unsigned(seen, number) = '\0';
        snprintf(expected, sizeof expected, "%" PRIu64, number);
        ck_assert_str_eq(seen, expected);
        *decimal_put_signed(seen, (int64_t)number) = '\0';
        snprintf(expected, sizeof expected, "%" PRId64, (int64_t)number);
        ck_assert_str_eq(seen, expected);
}

START_TEST(any_number_is_as_printf_prints_it)
{
        uint64_t random = 88172645463325252;
        for (unsigned i = 0; i < 30000; i++) {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                expect_as_printed(random >> i % 64);
                expect_as_printed(i);
        }
        for (uint64_t power = 1; power <= UINT64_MAX / 10; power *= 10) {
                expect_as_printed(power);
                expect_as_printed(power - 1);
                expect_as_printed(power + 1);
        }
        expect_as_printed(UINT64_MAX);
}
END_TEST

/* Behind them, as in a row, with room for what is moved in one go. */
START_TEST(nanoseconds_that_were_written_get_a_point)
{
        char row[3 * DECIMAL_ROOM];
        if (cases[_i].number < 0)
                return;
        char *end = decimal_put_signed(row, cases[_i].number);
        *end = ',';
        *decimal_put_point(end + 1, row, (size_t)(end - row)) = '\0';
        ck_assert_str_eq(end + 1, cases[_i].seconds);
}
END_TEST

START_TEST(a_point_has_nothing_to_stand_in_without_digits)
{
        char row[DECIMAL_ROOM] = ",";
        ck_assert_ptr_eq(decimal_put_point(row + 1, row, 0), row + 1);
}
END_TEST

int main(void)
{
        TCase *tests = tcase_create("decimal");
        tcase_add_loop_test(tests, numbers_have_all_their_digits_and_no_more, 0, G_N_ELEMENTS(cases));
        tcase_add_loop_test(tests, nanoseconds_that_were_written_get_a_point, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tests, a_point_has_nothing_to_stand_in_without_digits);
        tcase_add_test(tests, any_number_is_as_printf_prints_it);
        Suite *suite = suite_create("decimal");
        suite_add_tcase(suite, tests);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
