/*
 * CoDel against RFC 8289: when it begins, by what law it goes on, when it stops.
 */
#include "queue_fixture.h"

#include <check.h>
#include <math.h>

#define INTERVAL (100 * MILLISECOND)
#define TARGET   (5 * MILLISECOND)
#define TICK     (100 * MICROSECOND)

static void new_queue(bool ecn)
{
        struct queue_config config = queue_codel.defaults;
        config.ops = &queue_codel;
        config.limit_packets = 100000;
        config.ecn = ecn;
        queue_init(&queue, &config);
}

static void fill(uint32_t count, time_ns t_enqueue, uint8_t ecn)
{
        for (uint32_t i = 1; i <= count; i++) {
                struct packet *packet = net_world_packet(&world, i, 960);
                packet->t_enqueue = t_enqueue;
                if (ecn != ECN_NOT_ECT)
                        net_world_set_ecn(packet, ecn);
                ck_assert_ptr_null(queue_offer(&queue, packet, t_enqueue));
        }
}

/* How many were lost by one taking at `now`; the packet taken goes. */
static unsigned take(time_ns now)
{
        unsigned lost = 0;
        struct packet *packet = queue_take(&queue, now);
        if (packet != NULL)
                packet_free(world.context.packets, packet);
        while ((packet = queue_next_dropped(&queue)) != NULL) {
                ck_assert_str_eq(queue.drop_reason, "aqm");
                packet_free(world.context.packets, packet);
                lost++;
        }
        return lost;
}

START_TEST(a_step_is_the_interval_over_the_square_root_of_the_count)
{
        new_queue(false);
        for (uint32_t count = 1; count < 100000; count += 1 + count / 7) {
                double exact = INTERVAL / sqrt(count);
                ck_assert_double_eq_tol(codel_step(INTERVAL, count) / exact, 1, 2e-5);
        }
}
END_TEST

/* RFC 8289 section 3.2: the nth drop comes interval / sqrt(n) before the one after it. */
static void check_schedule(bool ecn, unsigned (*events)(time_ns now))
{
        new_queue(ecn);
        fill(9000, 0, ecn ? ECN_ECT_0 : ECN_NOT_ECT);
        double expected = TARGET + INTERVAL;
        unsigned count = 0;
        for (time_ns now = 0; now < 800 * MILLISECOND; now += TICK) {
                unsigned seen = events(now);
                ck_assert_uint_le(seen, 1);
                if (seen == 0)
                        continue;
                ck_assert_msg(now >= expected - TICK && now <= expected + 1.1 * TICK, "drop %u at %d us",
                        count + 1, (int)(now / MICROSECOND));
                expected += INTERVAL / sqrt(++count);
        }
        /* 695 ms are 1 + 1/√2 + … + 1/√n intervals: about 2 √n - 1.46. */
        ck_assert_uint_ge(count, 16);
        ck_assert_uint_le(count, 18);
}

START_TEST(drops_come_by_the_control_law)
{
        check_schedule(false, take);
}
END_TEST

static unsigned marks(time_ns now)
{
        ck_assert_uint_eq(take(now), 0);
        unsigned marked = (unsigned)queue.marked;
        queue.marked = 0;
        return marked;
}

START_TEST(packets_that_ask_for_it_are_marked_by_the_same_law)
{
        check_schedule(true, marks);
}
END_TEST

START_TEST(a_short_delay_is_left_alone)
{
        new_queue(false);
        for (time_ns now = 0; now < SECOND; now += MILLISECOND) {
                fill(2, now, ECN_NOT_ECT);
                ck_assert_uint_eq(take(now + TARGET - 1), 0);
                ck_assert_uint_eq(take(now + TARGET - 1), 0);
        }
}
END_TEST

START_TEST(a_burst_that_drains_within_the_interval_is_left_alone)
{
        new_queue(false);
        fill(90, 0, ECN_NOT_ECT);
        for (time_ns now = 0; now <= 90 * MILLISECOND; now += MILLISECOND)
                ck_assert_uint_eq(take(now), 0);
        fill(90, 100 * MILLISECOND, ECN_NOT_ECT);
        for (time_ns now = 100 * MILLISECOND; now <= 190 * MILLISECOND; now += MILLISECOND)
                ck_assert_msg(take(now) == 0, "the queue was empty in between");
}
END_TEST

START_TEST(one_packet_is_no_queue)
{
        new_queue(false);
        for (time_ns now = 0; now < SECOND; now += 50 * MILLISECOND) {
                fill(1, now, ECN_NOT_ECT);
                ck_assert_uint_eq(take(now + 50 * MILLISECOND), 0);
        }
}
END_TEST

START_TEST(dropping_goes_on_where_it_was_when_the_queue_comes_back_soon)
{
        new_queue(false);
        fill(6000, 0, ECN_NOT_ECT);
        for (time_ns now = 0; now < 500 * MILLISECOND; now += TICK)
                take(now);
        uint32_t before = queue.codel.count;
        lose_all();
        take(500 * MILLISECOND);
        fill(2000, 510 * MILLISECOND, ECN_NOT_ECT);
        for (time_ns now = 510 * MILLISECOND; now < 625 * MILLISECOND; now += TICK)
                take(now);
        ck_assert_uint_gt(before, 5);
        ck_assert_uint_ge(queue.codel.count, before - 1);
}
END_TEST

static Suite *queue_codel_suite(void)
{
        Suite *suite = suite_create("queue_codel");
        TCase *cases = tcase_create("queue_codel");
        tcase_set_timeout(cases, 120);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_step_is_the_interval_over_the_square_root_of_the_count);
        tcase_add_test(cases, drops_come_by_the_control_law);
        tcase_add_test(cases, packets_that_ask_for_it_are_marked_by_the_same_law);
        tcase_add_test(cases, a_short_delay_is_left_alone);
        tcase_add_test(cases, a_burst_that_drains_within_the_interval_is_left_alone);
        tcase_add_test(cases, one_packet_is_no_queue);
        tcase_add_test(cases, dropping_goes_on_where_it_was_when_the_queue_comes_back_soon);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(queue_codel_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
