/*
 * PIE against RFC 8033: its controller step by step, and what spares packets.
 */
#include "queue_fixture.h"

#include "statistics.h"

#define UPDATE (15 * MILLISECOND)

static void new_queue(struct queue_config config, uint64_t seed)
{
        config.ops = &queue_pie;
        config.luck = rng_stream_named(seed, "link a: queue");
        queue_init(&queue, &config);
}

static double probability(void)
{
        return ldexp((double)queue.pie.probability, -56);
}

/* RFC 8033, the pseudocode of section 4.2 with 5.5's cap, in its own units: seconds. */
struct model {
        double probability;
        double old_delay;
};

static void model_update(struct model *model, double delay)
{
        double p = 0.125 * (delay - 0.015) + 1.25 * (delay - model->old_delay);
        double old = model->probability;
        p /= old < 0.000001  ? 2048
             : old < 0.00001 ? 512
             : old < 0.0001  ? 128
             : old < 0.001   ? 32
             : old < 0.01    ? 8
             : old < 0.1     ? 2
                             : 1;
        if (old >= 0.1 && p > 0.02)
                p = 0.02;
        model->probability = fmax(0, fmin(1, old + p));
        if (delay == 0 && model->old_delay == 0)
                model->probability *= 0.98;
        model->old_delay = delay;
}

/* In milliseconds, for so many updates each. */
static const struct {
        double delay_ms;
        unsigned updates;
} course[] = { { 0, 5 }, { 40, 300 }, { 100, 200 }, { 15, 20 }, { 5, 150 }, { 300, 40 }, { 20, 100 },
        { 0, 400 } };

START_TEST(the_probability_moves_as_the_rfc_says)
{
        struct model model = { 0 };
        double highest = 0;
        time_ns now = 0;
        new_queue(queue_pie.defaults, 1);
        for (size_t i = 0; i < G_N_ELEMENTS(course); i++) {
                for (unsigned k = 0; k < course[i].updates; k++) {
                        queue.pie.delay = (duration_ns)(course[i].delay_ms * MILLISECOND);
                        now += UPDATE;
                        ck_assert_ptr_null(queue_take(&queue, now));
                        model_update(&model, course[i].delay_ms / 1000);
                        ck_assert_double_eq_tol(probability(), model.probability, 1e-9);
                        highest = fmax(highest, model.probability);
                }
        }
        ck_assert_double_gt(highest, 0.3);
        ck_assert_double_lt(model.probability, 0.01);
}
END_TEST

START_TEST(updates_are_made_up_for_when_no_packet_comes)
{
        new_queue(queue_pie.defaults, 1);
        struct model model = { 0 };
        queue.pie.delay = 50 * MILLISECOND;
        for (unsigned k = 0; k < 40; k++)
                model_update(&model, 0.05);
        ck_assert_ptr_null(queue_take(&queue, 40 * UPDATE + 1));
        ck_assert_double_eq_tol(probability(), model.probability, 1e-9);
        queue.pie.delay = 0;
        ck_assert_ptr_null(queue_take(&queue, 3600 * SECOND));
        ck_assert_uint_eq(queue.pie.probability, 0);
        ck_assert_int_eq(queue.pie.next_update % UPDATE, 0);
        ck_assert_int_gt(queue.pie.next_update, 3600 * SECOND);
}
END_TEST

static const char *offer(uint8_t ecn)
{
        struct packet *packet = net_world_packet(&world, 1, 960);
        if (ecn != ECN_NOT_ECT)
                net_world_set_ecn(packet, ecn);
        const char *refusal = queue_offer(&queue, packet, 0);
        if (refusal != NULL)
                packet_free(world.context.packets, packet);
        return refusal;
}

/* A queue of ten packets and a probability that stays. */
static void congest(struct queue_config config, double chance, uint64_t seed)
{
        new_queue(config, seed);
        for (unsigned i = 0; i < 10; i++)
                ck_assert_ptr_null(offer(ECN_NOT_ECT));
        queue.pie.burst_left = 0;
        queue.pie.old_delay = 30 * MILLISECOND;
        queue.pie.probability = (uint64_t)ldexp(chance, 56);
}

static void take_one(void)
{
        packet_free(world.context.packets, queue_remove(&queue));
}

/* Section 5.4: a drop comes when 0.85 / p to 8.5 / p packets have come since the last, by luck from there. */
START_TEST(drops_are_neither_bunched_nor_far_between)
{
        const double chance = 0.05;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                congest(queue_pie.defaults, chance, seed);
                unsigned gap = 0, gaps = 0, sum = 0, soon = 0;
                for (unsigned i = 0; i < 40000; i++) {
                        gap++;
                        if (offer(ECN_NOT_ECT) == NULL) {
                                take_one();
                                continue;
                        }
                        ck_assert_uint_ge(gap, 17);
                        ck_assert_uint_le(gap, 170);
                        sum += gap;
                        soon += gap <= 16 + 13;
                        gaps++;
                        gap = 0;
                }
                /* 16 packets are spared, then every one has its chance. */
                check_near(sum, gaps * (16 + 1 / chance), gaps * (1 - chance) / (chance * chance), "gaps",
                        (int)seed);
                check_share(soon, gaps, 1 - pow(1 - chance, 13), "gaps of the first thirteen", (int)seed);
                lose_all();
        }
}
END_TEST

static const struct {
        double chance;
        duration_ns old_delay;
        duration_ns burst_left;
        unsigned waiting;
        const char *why;
} spared[] = {
        { 1, 30 * MILLISECOND, 15 * MILLISECOND, 10, "a burst may pass" },
        { 0.19, 7 * MILLISECOND, 0, 10, "the delay is short, the probability not high" },
        { 1, 30 * MILLISECOND, 0, 3, "three packets are no queue" },
};

START_TEST(no_one_is_dropped_without_need)
{
        for (size_t i = 0; i < G_N_ELEMENTS(spared); i++) {
                congest(queue_pie.defaults, spared[i].chance, 1);
                while (queue.packets > spared[i].waiting)
                        take_one();
                queue.pie.old_delay = spared[i].old_delay;
                queue.pie.burst_left = spared[i].burst_left;
                for (unsigned k = 0; k < 200; k++) {
                        ck_assert_msg(offer(ECN_NOT_ECT) == NULL, "%s", spared[i].why);
                        take_one();
                }
                lose_all();
        }
}
END_TEST

START_TEST(packets_that_ask_for_it_are_marked_up_to_ten_percent)
{
        struct queue_config config = queue_pie.defaults;
        config.ecn = true;
        congest(config, 0.09, 1);
        for (unsigned k = 0; k < 1000; k++) {
                ck_assert_ptr_null(offer(ECN_ECT_0));
                take_one();
        }
        ck_assert_uint_gt(queue.marked, 20);
        lose_all();
        congest(config, 0.5, 1);
        unsigned dropped = 0;
        for (unsigned k = 0; k < 1000; k++)
                dropped += offer(ECN_ECT_0) != NULL;
        ck_assert_uint_eq(queue.marked, 0);
        ck_assert_uint_gt(dropped, 100);
}
END_TEST

static Suite *queue_pie_suite(void)
{
        Suite *suite = suite_create("queue_pie");
        TCase *cases = tcase_create("queue_pie");
        tcase_set_timeout(cases, 120);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, the_probability_moves_as_the_rfc_says);
        tcase_add_test(cases, updates_are_made_up_for_when_no_packet_comes);
        tcase_add_test(cases, drops_are_neither_bunched_nor_far_between);
        tcase_add_test(cases, no_one_is_dropped_without_need);
        tcase_add_test(cases, packets_that_ask_for_it_are_marked_up_to_ten_percent);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(queue_pie_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
