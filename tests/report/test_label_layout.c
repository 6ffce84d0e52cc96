/*
 * Labels that want to be where others are.
 */
#include "report/label_layout.h"

#include <check.h>
#include <stdlib.h>

#define GAP  10
#define LOW  0
#define HIGH 100

static const struct {
        unsigned count;
        int64_t wanted[6];
        int64_t placed[6];
        const char *why;
} cases[] = {
        { 1, { 50 }, { 50 }, "a lonely label stands at its mark" },
        { 2, { 20, 40 }, { 20, 40 }, "labels with room between them stand at their marks" },
        { 2, { 20, 30 }, { 20, 30 }, "labels may touch" },
        { 2, { 50, 50 }, { 45, 55 }, "two of the same mark part evenly" },
        { 3, { 50, 50, 50 }, { 40, 50, 60 }, "three of the same mark stand around it" },
        { 2, { 0, 0 }, { 0, 10 }, "the top of the page stays free" },
        { 2, { 100, 100 }, { 90, 100 }, "and so does the bottom" },
        { 3, { 10, 60, 60 }, { 10, 55, 65 }, "one far away is not moved" },
        { 4, { 30, 30, 42, 42 }, { 21, 31, 41, 51 }, "blocks that would touch are one block" },
        { 6, { 0, 0, 0, 0, 0, 0 }, { 0, 10, 20, 30, 40, 50 }, "a burst at the top goes down" },
};

START_TEST(labels_stand_as_near_as_others_let_them)
{
        int64_t placed[6];
        ck_assert(label_layout(cases[_i].wanted, cases[_i].count, GAP, LOW, HIGH, placed));
        for (unsigned i = 0; i < cases[_i].count; i++)
                ck_assert_msg(placed[i] == cases[_i].placed[i], "%s: label %u is at %lld, not %lld",
                        cases[_i].why, i, (long long)placed[i], (long long)cases[_i].placed[i]);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
        int64_t wanted[12] = { 0 };
        int64_t placed[12] = { 0 };
        ck_assert(label_layout(wanted, 11, GAP, LOW, HIGH, placed));
        ck_assert(!label_layout(wanted, 12, GAP, LOW, HIGH, placed));
        ck_assert(label_layout(wanted, 0, GAP, LOW, HIGH, placed));
}
END_TEST

/* Whatever they want: in order, apart, on the page. */
START_TEST(no_label_covers_another_or_leaves_the_page)
{
        int64_t wanted[60];
        int64_t placed[60];
        unsigned luck = 12345;
        for (unsigned round = 0; round < 2000; round++) {
                unsigned count = 1 + round % 60;
                int64_t at = 0;
                for (unsigned i = 0; i < count; i++) {
                        luck = luck * 1103515245u + 12345u;
                        at += (luck >> 16) % (luck % 3 == 0 ? 1200 : 40);
                        wanted[i] = at % 3 == 0 && i > 0 ? wanted[i - 1] : at;
                        at = wanted[i];
                }
                ck_assert(label_layout(wanted, count, 17, 5, 5 + 17 * 60, placed));
                ck_assert_int_ge(placed[0], 5);
                ck_assert_int_le(placed[count - 1], 5 + 17 * 60);
                for (unsigned i = 1; i < count; i++)
                        ck_assert_int_ge(placed[i] - placed[i - 1], 17);
        }
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("label_layout");
        TCase *tests = tcase_create("label_layout");
        tcase_add_loop_test(tests, labels_stand_as_near_as_others_let_them, 0, sizeof cases / sizeof *cases);
        tcase_add_test(tests, what_does_not_fit_is_refused);
        tcase_add_test(tests, no_label_covers_another_or_leaves_the_page);
        suite_add_tcase(suite, tests);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
