/*
 * Sequence numbers: before, after and windows, also where the circle closes.
 */
#include "wire/seqnum.h"

#include <check.h>
#include <glib.h>

static const struct {
        uint32_t a, b;
        int32_t diff; /* of a from b */
        const char *why;
} pairs[] = {
        { 0, 0, 0, "equal" },
        { 1, 0, 1, "next" },
        { 0, 1, -1, "one before" },
        { 0, 0xffffffff, 1, "across the end" },
        { 0xffffffff, 0, -1, "back across the end" },
        { 0x7fffffff, 0, INT32_MAX, "nearly half the circle" },
        { 0x80000001, 0, -INT32_MAX, "nearly half the circle, the other way" },
        { 5, 0xfffffff0, 21, "a segment that wraps" },
};

START_TEST(order_goes_by_the_shorter_way_round)
{
        struct seqnum a = seq_of(pairs[_i].a);
        struct seqnum b = seq_of(pairs[_i].b);
        int32_t diff = pairs[_i].diff;
        ck_assert_msg(seq_diff(a, b) == diff, "%s", pairs[_i].why);
        ck_assert_msg(seq_before(a, b) == (diff < 0), "%s", pairs[_i].why);
        ck_assert_msg(seq_after(a, b) == (diff > 0), "%s", pairs[_i].why);
        ck_assert_msg(seq_before_or_at(a, b) == (diff <= 0), "%s", pairs[_i].why);
        ck_assert_msg(seq_after_or_at(a, b) == (diff >= 0), "%s", pairs[_i].why);
        ck_assert_msg(seq_equal(a, b) == (diff == 0), "%s", pairs[_i].why);
        ck_assert_msg(seq_equal(seq_later_of(a, b), diff > 0 ? a : b), "%s", pairs[_i].why);
        ck_assert_msg(seq_equal(seq_earlier_of(a, b), diff < 0 ? a : b), "%s", pairs[_i].why);
}
END_TEST

START_TEST(adding_and_subtracting_wrap)
{
        ck_assert(seq_equal(seq_add(seq_of(0xfffffffe), 3), seq_of(1)));
        ck_assert(seq_equal(seq_sub(seq_of(1), 3), seq_of(0xfffffffe)));
}
END_TEST

static const struct {
        uint32_t point, first, size;
        bool is_in;
        const char *why;
} windows[] = {
        { 10, 10, 5, true, "the first" },
        { 14, 10, 5, true, "the last" },
        { 15, 10, 5, false, "just behind" },
        { 9, 10, 5, false, "just before" },
        { 10, 10, 0, false, "nothing is in an empty window" },
        { 2, 0xfffffffe, 5, true, "a window that wraps" },
        { 3, 0xfffffffe, 5, false, "just behind a window that wraps" },
};

START_TEST(a_window_has_its_first_number_and_not_the_one_behind_it)
{
        bool is_in = seq_in_window(seq_of(windows[_i].point), seq_of(windows[_i].first), windows[_i].size);
        ck_assert_msg(is_in == windows[_i].is_in, "%s", windows[_i].why);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("seqnum");
        tcase_add_loop_test(cases, order_goes_by_the_shorter_way_round, 0, G_N_ELEMENTS(pairs));
        tcase_add_test(cases, adding_and_subtracting_wrap);
        tcase_add_loop_test(
                cases, a_window_has_its_first_number_and_not_the_one_behind_it, 0, G_N_ELEMENTS(windows));
        Suite *suite = suite_create("seqnum");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
