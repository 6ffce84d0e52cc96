/*
 * The event queue: order, moving, stopping, and what counts as passed.
 */
#include "engine/event_queue.h"
#include "engine/rng.h"

#include <check.h>
#include <signal.h>

#define EVENTS_MAX 2000

/* An event that writes its name down when it runs. */
struct noted {
        struct event event;
        struct event_key key;
        int name;
};

static EventQueue *queue;
static struct noted noted[EVENTS_MAX];
static int ran[EVENTS_MAX];
static int ran_count;

static void note(void *data)
{
        const struct noted *self = data;
        ck_assert_int_eq(event_queue_now(queue), self->key.time);
        ran[ran_count++] = self->name;
}

static void set_up(void)
{
        queue = event_queue_new();
        ran_count = 0;
        for (int i = 0; i < EVENTS_MAX; i++) {
                noted[i].name = i;
                event_init(&noted[i].event, note, &noted[i]);
        }
}

static void tear_down(void)
{
        event_queue_free(queue);
}

static void set(int name, struct event_key key)
{
        noted[name].key = key;
        event_queue_set(queue, &noted[name].event, &key);
        event_queue_check(queue);
}

static struct event_key at(time_ns time)
{
        return (struct event_key){ .time = time };
}

static struct event_key at_owner(time_ns time, uint32_t owner)
{
        return (struct event_key){ .time = time, .owner = owner };
}

START_TEST(an_empty_queue_runs_nothing)
{
        ck_assert_uint_eq(event_queue_run_until(queue, TIME_NEVER), 0);
        ck_assert_int_eq(event_queue_next_time(queue), TIME_NEVER);
        ck_assert_int_eq(event_queue_now(queue), 0);
}
END_TEST

START_TEST(events_run_by_time_then_owner_then_class_then_number)
{
        static const struct event_key in_order[] = {
                { 0, 0, EVENT_ARRIVAL, 0 },
                { 5, 0, EVENT_PUMP, 9 },
                { 5, 1, EVENT_ARRIVAL, UINT64_MAX },
                { 5, 1, EVENT_DEADLINE, 0 },
                { 5, 1, EVENT_DEADLINE, 1 },
                { 5, 1, EVENT_LINK_SLOT, 0 },
                { 5, UINT32_MAX, EVENT_ARRIVAL, 0 },
                { 6, 0, EVENT_ARRIVAL, 0 },
                { TIME_NEVER, 0, EVENT_ARRIVAL, 0 },
        };
        int count = G_N_ELEMENTS(in_order);
        for (int i = count - 1; i >= 0; i--)
                set(i, in_order[i]);
        ck_assert_uint_eq(event_queue_run_until(queue, TIME_NEVER), (uint64_t)count);
        for (int i = 0; i < count; i++)
                ck_assert_int_eq(ran[i], i);
}
END_TEST

START_TEST(run_until_runs_what_is_due_and_leaves_the_clock_at_the_last_event)
{
        set(0, at(10));
        set(1, at(20));
        set(2, at(21));
        ck_assert_uint_eq(event_queue_run_until(queue, 20), 2);
        ck_assert_int_eq(event_queue_now(queue), 20);
        ck_assert_int_eq(event_queue_next_time(queue), 21);
        ck_assert_uint_eq(event_queue_run_until(queue, 20), 0);
        ck_assert_uint_eq(event_queue_run_until(queue, 1000), 1);
        ck_assert_int_eq(event_queue_now(queue), 21);
        ck_assert_uint_eq(event_queue_events_run(queue), 3);
}
END_TEST

START_TEST(setting_a_queued_event_moves_it)
{
        set(0, at(10));
        set(1, at(20));
        set(2, at(30));
        set(0, at(25));
        set(2, at(5));
        ck_assert_uint_eq(event_queue_run_until(queue, TIME_NEVER), 3);
        ck_assert_int_eq(ran[0], 2);
        ck_assert_int_eq(ran[1], 1);
        ck_assert_int_eq(ran[2], 0);
}
END_TEST

START_TEST(a_cancelled_event_does_not_run)
{
        set(0, at(10));
        set(1, at(20));
        event_queue_cancel(queue, &noted[0].event);
        ck_assert(!event_is_queued(&noted[0].event));
        event_queue_cancel(queue, &noted[0].event);
        ck_assert_uint_eq(event_queue_run_until(queue, TIME_NEVER), 1);
        ck_assert_int_eq(ran[0], 1);
        ck_assert(!event_is_queued(&noted[1].event));
}
END_TEST

static void stop(void *data)
{
        note(data);
        event_queue_stop(queue);
}

START_TEST(what_was_cancelled_far_off_leaves_nothing_behind)
{
        set(0, at(5 * MILLISECOND));
        event_queue_cancel(queue, &noted[0].event);
        event_queue_check(queue);
        set(1, at(900 * MILLISECOND));
        ck_assert_int_eq(event_queue_next_time(queue), 900 * MILLISECOND);
        event_queue_check(queue);
}
END_TEST

START_TEST(stop_ends_the_run_after_the_event_that_called_it)
{
        event_init(&noted[1].event, stop, &noted[1]);
        for (int i = 0; i < 3; i++)
                set(i, at(i));
        ck_assert_uint_eq(event_queue_run_until(queue, TIME_NEVER), 2);
        ck_assert_uint_eq(event_queue_run_until(queue, TIME_NEVER), 1);
}
END_TEST

static void queue_smaller_owner(void *data)
{
        note(data);
        set(1, at_owner(event_queue_now(queue), 3));
}

START_TEST(an_event_may_queue_one_with_a_smaller_owner_which_runs_next)
{
        event_init(&noted[0].event, queue_smaller_owner, &noted[0]);
        set(0, at_owner(7, 5));
        set(2, at_owner(7, 6));
        event_queue_run_until(queue, TIME_NEVER);
        ck_assert_int_eq(ran[0], 0);
        ck_assert_int_eq(ran[1], 1);
        ck_assert_int_eq(ran[2], 2);
}
END_TEST

static void again(void *data)
{
        note(data);
        if (ran_count < 3)
                event_queue_set(queue, &noted[0].event, &noted[0].key);
}

START_TEST(an_event_may_queue_itself_again_at_its_own_key)
{
        event_init(&noted[0].event, again, &noted[0]);
        set(0, at_owner(7, 5));
        ck_assert_uint_eq(event_queue_run_until(queue, TIME_NEVER), 3);
}
END_TEST

/* The same random sets, moves and cancels, kept also in a plain list that is searched. */
static int earliest_in_list(void)
{
        int earliest = -1;
        for (int i = 0; i < EVENTS_MAX; i++) {
                if (!event_is_queued(&noted[i].event))
                        continue;
                if (earliest < 0 || noted[i].key.time < noted[earliest].key.time ||
                        (noted[i].key.time == noted[earliest].key.time &&
                                noted[i].key.owner < noted[earliest].key.owner))
                        earliest = i;
        }
        return earliest;
}

/* How far off the events of a mixture are at most: all near, some behind each level's edge, centuries. */
static const uint64_t distances[] = { 50, 5000, 1000000, 300000000, 100000000000, (uint64_t)1 << 60 };

/* Short ones are as likely as long ones. */
static uint64_t draw_distance(const struct rng_stream *luck, uint64_t step, uint64_t most)
{
        uint64_t bits = 64 - (uint64_t)__builtin_clzll(most);
        uint64_t scale = (uint64_t)1 << rng_draw_below(luck, step, 0, 3, bits);
        return rng_draw_below(luck, step, 0, 1, MIN(scale * 2, most));
}

static void change_at_random(const struct rng_stream *luck, uint64_t step, uint64_t most)
{
        int name = (int)rng_draw_below(luck, step, 0, 0, EVENTS_MAX);
        time_ns time = event_queue_now(queue) + (time_ns)draw_distance(luck, step, most);
        if (rng_draw_below(luck, step, 0, 2, 4) == 0)
                event_queue_cancel(queue, &noted[name].event);
        else
                set(name, at_owner(time, (uint32_t)name));
}

START_TEST(any_mixture_of_sets_moves_and_cancels_keeps_the_order)
{
        struct rng_stream luck = rng_stream_named(1, "test: event queue");
        for (int i = 0; i < EVENTS_MAX; i++)
                event_init(&noted[i].event, stop, &noted[i]);
        for (uint64_t step = 0; step < 3000; step++) {
                change_at_random(&luck, step, distances[_i]);
                if (step % 3 != 0 || event_queue_now(queue) > INT64_MAX / 4)
                        continue;
                int expected = earliest_in_list();
                if (expected < 0)
                        continue;
                ran_count = 0;
                ck_assert_int_eq(event_queue_next_time(queue), noted[expected].key.time);
                ck_assert_uint_eq(event_queue_run_until(queue, noted[expected].key.time), 1);
                ck_assert_int_eq(ran[0], expected);
        }
}
END_TEST

START_TEST(arrival_numbers_go_by_direction_then_ordinal_then_copy)
{
        ck_assert_uint_eq(event_number_of_arrival(0, 0, 0), 0);
        ck_assert_uint_lt(event_number_of_arrival(0, 0, 15), event_number_of_arrival(0, 1, 0));
        ck_assert_uint_lt(
                event_number_of_arrival(0, ((uint64_t)1 << 40) - 1, 15), event_number_of_arrival(1, 0, 0));
        ck_assert_uint_eq(event_number_of_arrival((1u << 20) - 1, ((uint64_t)1 << 40) - 1, 15), UINT64_MAX);
}
END_TEST

/* These two end in SIGABRT, as every g_assert() does. */

START_TEST(two_events_with_one_key_are_our_own_mistake)
{
        set(0, at(10));
        set(1, at(20));
        set(2, at(10));
        event_queue_run_until(queue, TIME_NEVER);
}
END_TEST

START_TEST(an_event_in_the_past_is_our_own_mistake)
{
        set(0, at(10));
        event_queue_run_until(queue, TIME_NEVER);
        set(1, at(9));
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("event_queue");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_set_timeout(cases, 60);
        tcase_add_test(cases, an_empty_queue_runs_nothing);
        tcase_add_test(cases, events_run_by_time_then_owner_then_class_then_number);
        tcase_add_test(cases, run_until_runs_what_is_due_and_leaves_the_clock_at_the_last_event);
        tcase_add_test(cases, setting_a_queued_event_moves_it);
        tcase_add_test(cases, a_cancelled_event_does_not_run);
        tcase_add_test(cases, what_was_cancelled_far_off_leaves_nothing_behind);
        tcase_add_test(cases, stop_ends_the_run_after_the_event_that_called_it);
        tcase_add_test(cases, an_event_may_queue_one_with_a_smaller_owner_which_runs_next);
        tcase_add_test(cases, an_event_may_queue_itself_again_at_its_own_key);
        tcase_add_loop_test(
                cases, any_mixture_of_sets_moves_and_cancels_keeps_the_order, 0, G_N_ELEMENTS(distances));
        tcase_add_test(cases, arrival_numbers_go_by_direction_then_ordinal_then_copy);
        if (INORDER_CHECKED)
                tcase_add_test_raise_signal(cases, two_events_with_one_key_are_our_own_mistake, SIGABRT);
        tcase_add_test_raise_signal(cases, an_event_in_the_past_is_our_own_mistake, SIGABRT);
        Suite *suite = suite_create("event_queue");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
