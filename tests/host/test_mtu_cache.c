/*
 * What a host remembers of paths: the smallest figure, for ten minutes.
 */
#include "host/mtu_cache.h"

#include <check.h>

static struct ip_address address_of(const char *text)
{
        struct ip_address address;
        ck_assert(ip_address_parse(text, &address));
        return address;
}

START_TEST(an_unknown_path_is_as_wide_as_its_device)
{
        g_autoptr(MtuCache) cache = mtu_cache_new();
        struct ip_address there = address_of("192.0.2.1");
        ck_assert_uint_eq(mtu_cache_apply(cache, &there, 1500, 0), 1500);
}
END_TEST

START_TEST(the_smallest_figure_is_remembered_for_its_destination)
{
        g_autoptr(MtuCache) cache = mtu_cache_new();
        struct ip_address there = address_of("192.0.2.1");
        struct ip_address elsewhere = address_of("2001:db8::1");
        mtu_cache_learn(cache, &there, 1400, 0);
        mtu_cache_learn(cache, &there, 1300, 1);
        mtu_cache_learn(cache, &there, 1350, 2);
        ck_assert_uint_eq(mtu_cache_apply(cache, &there, 1500, 3), 1300);
        ck_assert_uint_eq(mtu_cache_apply(cache, &there, 1200, 3), 1200);
        ck_assert_uint_eq(mtu_cache_apply(cache, &elsewhere, 1500, 3), 1500);
}
END_TEST

START_TEST(after_ten_minutes_a_figure_is_forgotten)
{
        g_autoptr(MtuCache) cache = mtu_cache_new();
        struct ip_address there = address_of("192.0.2.1");
        mtu_cache_learn(cache, &there, 1300, SECOND);
        ck_assert_uint_eq(mtu_cache_apply(cache, &there, 1500, 601 * SECOND - 1), 1300);
        ck_assert_uint_eq(mtu_cache_apply(cache, &there, 1500, 601 * SECOND), 1500);
        mtu_cache_learn(cache, &there, 1400, 602 * SECOND);
        ck_assert_uint_eq(mtu_cache_apply(cache, &there, 1500, 603 * SECOND), 1400);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("mtu_cache");
        tcase_add_test(cases, an_unknown_path_is_as_wide_as_its_device);
        tcase_add_test(cases, the_smallest_figure_is_remembered_for_its_destination);
        tcase_add_test(cases, after_ten_minutes_a_figure_is_forgotten);
        Suite *suite = suite_create("mtu_cache");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
