/*
 * Timers: they fire at exactly their deadline and key, however often that was moved.
 */
#include "engine/rng.h"
#include "engine/timer.h"

#include <check.h>

static EventQueue *queue;
static struct timer timer;
static time_ns fired_at;
static int fired_count;

static void on_deadline(void *data)
{
        ck_assert_ptr_eq(data, &timer);
        ck_assert_int_eq(timer.deadline, TIME_NEVER);
        fired_at = event_queue_now(queue);
        fired_count++;
}

static void set_up(void)
{
        struct event_key key = { .owner = 5, .class = EVENT_DEADLINE, .number = 1 };
        queue = event_queue_new();
        fired_count = 0;
        fired_at = -1;
        timer_init(&timer, queue, &key, on_deadline, &timer);
}

static void tear_down(void)
{
        timer_cancel(&timer);
        event_queue_free(queue);
}

START_TEST(a_new_timer_is_off)
{
        ck_assert_int_eq(timer.deadline, TIME_NEVER);
        ck_assert_int_eq(event_queue_next_time(queue), TIME_NEVER);
}
END_TEST

START_TEST(it_fires_once_at_its_deadline)
{
        timer_set(&timer, 10);
        event_queue_run_until(queue, 9);
        ck_assert_int_eq(fired_count, 0);
        event_queue_run_until(queue, TIME_NEVER);
        ck_assert_int_eq(fired_count, 1);
        ck_assert_int_eq(fired_at, 10);
}
END_TEST

START_TEST(a_later_deadline_leaves_the_event_where_it_is_until_that_comes_up)
{
        timer_set(&timer, 10);
        timer_set(&timer, 30);
        ck_assert_int_eq(event_queue_next_time(queue), 10);
        event_queue_run_until(queue, 29);
        ck_assert_int_eq(fired_count, 0);
        ck_assert_int_eq(event_queue_next_time(queue), 30);
        event_queue_run_until(queue, TIME_NEVER);
        ck_assert_int_eq(fired_at, 30);
}
END_TEST

START_TEST(an_earlier_deadline_moves_the_event)
{
        timer_set(&timer, 30);
        timer_set(&timer, 10);
        ck_assert_int_eq(event_queue_next_time(queue), 10);
        event_queue_run_until(queue, TIME_NEVER);
        ck_assert_int_eq(fired_at, 10);
        ck_assert_int_eq(fired_count, 1);
}
END_TEST

START_TEST(later_and_back_again_fires_at_the_first_deadline)
{
        timer_set(&timer, 10);
        timer_set(&timer, 30);
        timer_set(&timer, 10);
        event_queue_run_until(queue, TIME_NEVER);
        ck_assert_int_eq(fired_at, 10);
        ck_assert_int_eq(fired_count, 1);
}
END_TEST

START_TEST(switching_off_leaves_no_event)
{
        timer_set(&timer, 10);
        timer_set(&timer, TIME_NEVER);
        ck_assert_int_eq(event_queue_next_time(queue), TIME_NEVER);
        timer_set(&timer, 20);
        event_queue_run_until(queue, TIME_NEVER);
        ck_assert_int_eq(fired_at, 20);
}
END_TEST

START_TEST(a_deadline_in_the_past_is_due_now)
{
        timer_set(&timer, 100);
        event_queue_run_until(queue, TIME_NEVER);
        timer_set(&timer, 50);
        ck_assert_int_eq(timer.deadline, 100);
        event_queue_run_until(queue, TIME_NEVER);
        ck_assert_int_eq(fired_count, 2);
        ck_assert_int_eq(fired_at, 100);
}
END_TEST

struct witness {
        struct event event;
        int fired_before;
};

static void look(void *data)
{
        struct witness *witness = data;
        witness->fired_before = fired_count;
}

static void set_witness(struct witness *witness, uint32_t owner)
{
        struct event_key key = { .time = 30, .owner = owner, .class = EVENT_DEADLINE, .number = 1 };
        event_init(&witness->event, look, witness);
        event_queue_set(queue, &witness->event, &key);
}

START_TEST(a_moved_timer_fires_at_its_place_among_the_events_of_that_instant)
{
        struct witness before, after;
        set_witness(&before, 4);
        set_witness(&after, 6);
        timer_set(&timer, 10);
        timer_set(&timer, 30);
        event_queue_run_until(queue, TIME_NEVER);
        ck_assert_int_eq(before.fired_before, 0);
        ck_assert_int_eq(after.fired_before, 1);
}
END_TEST

START_TEST(any_sequence_of_settings_fires_at_the_last_one)
{
        struct rng_stream luck = rng_stream_named(1, "test: timer");
        for (uint64_t round = 0; round < 500; round++) {
                time_ns now = event_queue_now(queue);
                time_ns deadline = now;
                fired_count = 0;
                for (uint32_t i = 0; i < 6; i++) {
                        deadline = now + 10 + (time_ns)rng_draw_below(&luck, round, i, 0, 20);
                        timer_set(&timer, deadline);
                        event_queue_run_until(queue, now + i);
                        event_queue_check(queue);
                }
                event_queue_run_until(queue, TIME_NEVER);
                ck_assert_int_eq(fired_count, 1);
                ck_assert_int_eq(fired_at, deadline);
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("timer");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_new_timer_is_off);
        tcase_add_test(cases, it_fires_once_at_its_deadline);
        tcase_add_test(cases, a_later_deadline_leaves_the_event_where_it_is_until_that_comes_up);
        tcase_add_test(cases, an_earlier_deadline_moves_the_event);
        tcase_add_test(cases, later_and_back_again_fires_at_the_first_deadline);
        tcase_add_test(cases, switching_off_leaves_no_event);
        tcase_add_test(cases, a_deadline_in_the_past_is_due_now);
        tcase_add_test(cases, a_moved_timer_fires_at_its_place_among_the_events_of_that_instant);
        tcase_add_test(cases, any_sequence_of_settings_fires_at_the_last_one);
        Suite *suite = suite_create("timer");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
