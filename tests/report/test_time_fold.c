/*
 * Time with its long idle stretches folded.
 */
#include "report/time_fold.h"

#include <check.h>

START_TEST(busy_time_is_drawn_as_it_passes)
{
        const struct busy_time busy[] = { { 100, 200 }, { 150, 300 }, { 320, 400 } };
        g_autoptr(TimeFold) fold = time_fold_new(busy, G_N_ELEMENTS(busy));
        ck_assert_uint_eq(time_fold_count(fold), 0);
        ck_assert_int_eq(time_fold_draw(fold, 100), 0);
        ck_assert_int_eq(time_fold_draw(fold, 310), 210);
        ck_assert_int_eq(time_fold_draw(fold, 400), 300);
}
END_TEST

START_TEST(a_long_gap_is_folded)
{
        const struct busy_time busy[] = { { 0, 160 }, { 10160, 10320 } };
        g_autoptr(TimeFold) fold = time_fold_new(busy, G_N_ELEMENTS(busy));
        ck_assert_uint_eq(time_fold_count(fold), 1);
        ck_assert_int_eq(time_fold_depth(fold), 20);
        ck_assert_int_eq(time_fold_at(fold, 0)->start, 160);
        ck_assert_int_eq(time_fold_at(fold, 0)->end, 10160);
        ck_assert_int_eq(time_fold_at(fold, 0)->drawn, 160);
        ck_assert_int_eq(time_fold_draw(fold, 160), 160);
        ck_assert_int_eq(time_fold_draw(fold, 5160), 170);
        ck_assert_int_eq(time_fold_draw(fold, 10160), 180);
        ck_assert_int_eq(time_fold_draw(fold, 10320), 340);
}
END_TEST

START_TEST(several_gaps_add_up)
{
        const struct busy_time busy[] = { { 5000, 5100 }, { 0, 100 }, { 9000, 9120 } };
        g_autoptr(TimeFold) fold = time_fold_new(busy, G_N_ELEMENTS(busy));
        ck_assert_uint_eq(time_fold_count(fold), 2);
        ck_assert_int_eq(time_fold_draw(fold, 9120), 320 + 2 * time_fold_depth(fold));
        ck_assert_int_eq(time_fold_at(fold, 1)->drawn, 200 + time_fold_depth(fold));
}
END_TEST

START_TEST(drawn_time_never_goes_back)
{
        const struct busy_time busy[] = { { 50, 90 }, { 1000, 1001 }, { 700, 720 }, { 3000, 3010 },
                { 60, 65 } };
        g_autoptr(TimeFold) fold = time_fold_new(busy, G_N_ELEMENTS(busy));
        for (time_ns time = 0; time < 3100; time++)
                ck_assert_int_le(time_fold_draw(fold, time), time_fold_draw(fold, time + 1));
}
END_TEST

START_TEST(an_instant_is_a_run_too)
{
        const struct busy_time busy[] = { { 7, 7 } };
        g_autoptr(TimeFold) fold = time_fold_new(busy, 1);
        ck_assert_int_eq(time_fold_draw(fold, 7), 0);
        ck_assert_int_eq(time_fold_start(fold), time_fold_end(fold));
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("time_fold");
        TCase *tests = tcase_create("time_fold");
        tcase_add_test(tests, busy_time_is_drawn_as_it_passes);
        tcase_add_test(tests, a_long_gap_is_folded);
        tcase_add_test(tests, several_gaps_add_up);
        tcase_add_test(tests, drawn_time_never_goes_back);
        tcase_add_test(tests, an_instant_is_a_run_too);
        suite_add_tcase(suite, tests);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
