/*
 * Coroutines: they go on where they stopped, with their own locals, on stacks that are used again.
 */
#include "host/coroutine.h"

#include <check.h>
#include <stdlib.h>

#define MANY 50

struct counter {
        Coroutine *coroutine;
        int steps;
        int seen;
};

static void count(void *data)
{
        struct counter *counter = data;
        int local = 0;
        while (local < counter->steps) {
                counter->seen = ++local;
                coroutine_suspend(counter->coroutine);
        }
        counter->seen = -1;
}

static void start(StackPool *pool, struct counter *counter, int steps)
{
        *counter = (struct counter){ .steps = steps };
        counter->coroutine = coroutine_new(pool, count, counter);
}

START_TEST(nothing_runs_before_the_first_resume)
{
        g_autoptr(StackPool) pool = stack_pool_new();
        struct counter counter;
        start(pool, &counter, 1);
        ck_assert_int_eq(counter.seen, 0);
        ck_assert_uint_eq(stack_pool_mapped(pool), 0);
        coroutine_free(counter.coroutine);
}
END_TEST

START_TEST(it_goes_on_where_it_stopped)
{
        g_autoptr(StackPool) pool = stack_pool_new();
        struct counter counter;
        start(pool, &counter, 3);
        for (int step = 1; step <= 3; step++) {
                coroutine_resume(counter.coroutine);
                ck_assert_int_eq(counter.seen, step);
                ck_assert(!coroutine_has_ended(counter.coroutine));
        }
        coroutine_resume(counter.coroutine);
        ck_assert_int_eq(counter.seen, -1);
        ck_assert(coroutine_has_ended(counter.coroutine));
        coroutine_free(counter.coroutine);
}
END_TEST

START_TEST(many_take_turns_without_touching_each_other)
{
        g_autoptr(StackPool) pool = stack_pool_new();
        struct counter counters[MANY];
        for (int i = 0; i < MANY; i++)
                start(pool, &counters[i], i);
        for (int step = 1; step <= MANY; step++) {
                for (int i = 0; i < MANY; i++) {
                        if (coroutine_has_ended(counters[i].coroutine))
                                continue;
                        coroutine_resume(counters[i].coroutine);
                        ck_assert_int_eq(counters[i].seen, step <= i ? step : -1);
                }
        }
        for (int i = 0; i < MANY; i++) {
                ck_assert(coroutine_has_ended(counters[i].coroutine));
                coroutine_free(counters[i].coroutine);
        }
}
END_TEST

START_TEST(a_stack_is_used_again)
{
        g_autoptr(StackPool) pool = stack_pool_new();
        for (int i = 0; i < MANY; i++) {
                struct counter counter;
                start(pool, &counter, 1);
                coroutine_resume(counter.coroutine);
                coroutine_resume(counter.coroutine);
                coroutine_free(counter.coroutine);
        }
        ck_assert_uint_eq(stack_pool_mapped(pool), 1);
}
END_TEST

static void nest(void *data)
{
        struct counter *inner = data;
        coroutine_resume(inner->coroutine);
        inner->steps += inner->seen;
}

START_TEST(one_may_resume_another)
{
        g_autoptr(StackPool) pool = stack_pool_new();
        struct counter inner;
        start(pool, &inner, 1);
        Coroutine *outer = coroutine_new(pool, nest, &inner);
        coroutine_resume(outer);
        ck_assert(coroutine_has_ended(outer));
        ck_assert_int_eq(inner.steps, 2);
        coroutine_resume(inner.coroutine);
        coroutine_resume(inner.coroutine);
        ck_assert(coroutine_has_ended(inner.coroutine));
        coroutine_free(outer);
        coroutine_free(inner.coroutine);
}
END_TEST

static void use_deep_stack(void *data)
{
        volatile char room[64 * 1024];
        for (size_t i = 0; i < sizeof room; i += 512)
                room[i] = (char)i;
        *(int *)data = room[1024] + 1;
}

START_TEST(a_stack_has_room_for_large_frames)
{
        g_autoptr(StackPool) pool = stack_pool_new();
        int result = 0;
        Coroutine *coroutine = coroutine_new(pool, use_deep_stack, &result);
        coroutine_resume(coroutine);
        ck_assert_int_eq(result, 1);
        coroutine_free(coroutine);
}
END_TEST

/* Two mappings each would be more than Linux lets a process have. */
START_TEST(a_crowd_of_hosts_has_a_stack_for_each_program)
{
        enum { CROWD = 40000 };
        g_autoptr(StackPool) pool = stack_pool_new();
        g_autofree struct counter *counters = g_new(struct counter, CROWD);
        for (int i = 0; i < CROWD; i++) {
                start(pool, &counters[i], 1);
                coroutine_resume(counters[i].coroutine);
        }
        ck_assert_uint_eq(stack_pool_mapped(pool), CROWD);
        for (int i = 0; i < CROWD; i++) {
                ck_assert_int_eq(counters[i].seen, 1);
                coroutine_resume(counters[i].coroutine);
                ck_assert_int_eq(counters[i].seen, -1);
                coroutine_free(counters[i].coroutine);
        }
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/coroutine");
        TCase *cases = tcase_create("coroutine");
        tcase_add_test(cases, nothing_runs_before_the_first_resume);
        tcase_add_test(cases, it_goes_on_where_it_stopped);
        tcase_add_test(cases, many_take_turns_without_touching_each_other);
        tcase_add_test(cases, a_stack_is_used_again);
        tcase_add_test(cases, one_may_resume_another);
        tcase_add_test(cases, a_stack_has_room_for_large_frames);
        tcase_add_test(cases, a_crowd_of_hosts_has_a_stack_for_each_program);
        tcase_set_timeout(cases, 60);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
