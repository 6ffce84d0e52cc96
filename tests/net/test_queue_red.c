/*
 * RED against Floyd and Jacobson's paper: the average, the probability, the gaps.
 */
#include "queue_fixture.h"

#include "statistics.h"

#include <string.h>

#define PACKETS 15000
#define GAPS    64

static void new_queue(struct queue_config config, uint64_t seed)
{
        config.ops = &queue_red;
        config.luck = rng_stream_named(seed, "link a: queue");
        queue_init(&queue, &config);
}

static const char *offer_with(enum ecn_codepoint ecn, time_ns now)
{
        struct packet *packet = net_world_packet(&world, 1, 60);
        net_world_set_ecn(packet, ecn);
        const char *refusal = queue_offer(&queue, packet, now);
        if (refusal != NULL)
                packet_free(world.context.packets, packet);
        return refusal;
}

static const char *offer(time_ns now)
{
        return offer_with(ECN_NOT_ECT, now);
}

static double average(void)
{
        return ldexp((double)queue.red.average, -32);
}

START_TEST(the_average_follows_the_length_by_its_weight)
{
        struct queue_config config = queue_red.defaults;
        config.least = 1000;
        config.most = 2000;
        new_queue(config, 1);
        double expected = 0;
        for (unsigned length = 0; length < 500; length++) {
                ck_assert_ptr_null(offer(0));
                expected += 0.002 * (length - expected);
                ck_assert_double_eq_tol(average(), expected, 1e-6);
        }
}
END_TEST

START_TEST(an_idle_queue_forgets_as_if_packets_had_passed)
{
        struct queue_config config = queue_red.defaults;
        config.rate = 8000000; /* a thousand packets of 1000 bytes a second */
        new_queue(config, 1);
        queue.red.average = 10ull << 32;
        ck_assert_ptr_null(queue_take(&queue, SECOND));
        ck_assert_ptr_null(offer(2 * SECOND));
        ck_assert_double_eq_tol(average(), 10 * pow(0.998, 1001), 1e-5);
}
END_TEST

/* With a weight that keeps the average where it was put. */
static void hold_average(struct queue_config *config, double packets, uint64_t seed)
{
        config->weight = (struct probability){ 0 };
        new_queue(*config, seed);
        queue.red.average = (uint64_t)(packets * 4294967296.0);
}

static unsigned gaps_of[GAPS];

static unsigned count_early(unsigned *longest)
{
        unsigned early = 0;
        unsigned gap = 0;
        memset(gaps_of, 0, sizeof gaps_of);
        for (unsigned i = 0; i < PACKETS; i++) {
                const char *refusal = offer(0);
                lose_all();
                gap++;
                if (refusal == NULL)
                        continue;
                ck_assert_str_eq(refusal, "aqm");
                *longest = MAX(*longest, gap);
                gaps_of[MIN(gap, GAPS - 1)]++;
                gap = 0;
                early++;
        }
        return early;
}

/* The paper's section 7: gaps are uniform from 1 to 1/p_b. */
START_TEST(gaps_between_drops_are_uniform)
{
        struct queue_config config = queue_red.defaults;
        for (int seed = 1; seed <= SEEDS; seed++) {
                unsigned longest = 0;
                hold_average(&config, 10, (uint64_t)seed); /* halfway: p_b is 5 % */
                unsigned early = count_early(&longest);
                double mean = 10.5;
                double variance = (20.0 * 20 - 1) / 12;
                check_near(early, PACKETS / mean, PACKETS * variance / (mean * mean * mean), "drops", seed);
                ck_assert_uint_le(longest, 20);
        }
}
END_TEST

/* Averages, and the probabilities that they mean by the paper: 10 % of the way from 5 to 15, and when gentle
 * what is left of 100 % on the way from 15 to 30. */
static const struct {
        double average;
        double probability;
} laws[] = { { 7.5, 0.025 }, { 12.5, 0.075 }, { 18, 0.28 }, { 22.5, 0.55 }, { 27, 0.82 } };

/* p_b / (1 - count p_b): whichever packet behind a drop is as likely as any other, up to the one that is
 * certain. */
START_TEST(drops_come_by_the_law_of_the_average)
{
        const double p = laws[_i].probability;
        const unsigned most = (unsigned)ceil(1 / p - 1e-9);
        for (int seed = 1; seed <= SEEDS; seed++) {
                struct queue_config config = queue_red.defaults;
                unsigned longest = 0;
                hold_average(&config, laws[_i].average, (uint64_t)seed);
                unsigned early = count_early(&longest);
                double mean = 0, squares = 0, below = 0;
                for (unsigned gap = 1; gap <= most; gap++) {
                        double share = gap < most ? p : 1 - (most - 1) * p;
                        mean += share * gap;
                        squares += share * gap * gap;
                        below += gap <= most / 2 ? share : 0;
                }
                check_near(early, PACKETS / mean, PACKETS * (squares - mean * mean) / pow(mean, 3), "drops",
                        seed);
                ck_assert_uint_le(longest, most);
                double short_gaps = 0;
                for (unsigned gap = 1; gap <= most / 2 && gap < GAPS; gap++)
                        short_gaps += gaps_of[gap];
                if (most < GAPS)
                        check_share(short_gaps, early, below, "gaps in the shorter half", seed);
        }
}
END_TEST

static const struct {
        double average;
        bool gentle;
        double least_share;
        double most_share;
        const char *why;
} shares[] = {
        { 4.9, true, 0, 0, "below the least" },
        { 30, true, 1, 1, "beyond twice the most" },
        { 15, false, 1, 1, "not gentle: beyond the most" },
        /* p_b is 55 %: gaps are 1 or 2, and 2 when the first is spared. */
        { 22.5, true, 0.68, 0.70, "gentle: halfway to twice the most" },
};

START_TEST(beyond_the_thresholds_none_and_all_are_certain)
{
        for (size_t i = 0; i < G_N_ELEMENTS(shares); i++) {
                struct queue_config config = queue_red.defaults;
                unsigned longest = 0;
                config.gentle = shares[i].gentle;
                hold_average(&config, shares[i].average, 1);
                double share = count_early(&longest) / (double)PACKETS;
                ck_assert_msg(share >= shares[i].least_share && share <= shares[i].most_share, "%s: %g",
                        shares[i].why, share);
        }
}
END_TEST

/* Of a thousand packets that ask for marks. */
static unsigned count_dropped(struct queue_config config, double average)
{
        unsigned dropped = 0;
        hold_average(&config, average, 1);
        for (unsigned i = 0; i < 1000; i++) {
                dropped += offer_with(ECN_ECT_0, 0) != NULL;
                lose_all();
        }
        return dropped;
}

START_TEST(packets_that_ask_for_it_are_marked_and_stay)
{
        struct queue_config config = queue_red.defaults;
        config.ecn = true;
        ck_assert_uint_eq(count_dropped(config, 14.9), 0);
        ck_assert_uint_gt(queue.marked, 100);
}
END_TEST

START_TEST(beyond_the_thresholds_they_are_marked_too_unless_drops_are_hard)
{
        struct queue_config config = queue_red.defaults;
        config.ecn = true;
        ck_assert_uint_eq(count_dropped(config, 30), 0);
        ck_assert_uint_eq(queue.marked, 1000);
        config.hard_drop = true;
        ck_assert_uint_eq(count_dropped(config, 30), 1000);
        ck_assert_uint_eq(queue.marked, 0);
}
END_TEST

START_TEST(who_finds_no_room_is_not_marked)
{
        struct queue_config config = queue_red.defaults;
        config.ecn = true;
        config.limit_packets = 1;
        hold_average(&config, 30, 1);
        struct packet *packet = net_world_packet(&world, 1, 60);
        net_world_set_ecn(packet, ECN_ECT_0);
        ck_assert_ptr_null(offer_with(ECN_ECT_0, 0));
        ck_assert_uint_eq(queue.marked, 1);
        ck_assert_str_eq(queue_offer(&queue, packet, 0), "queue-full");
        ck_assert_uint_eq(queue.marked, 1);
        ck_assert(!packet->is_marked_here);
        packet_free(world.context.packets, packet);
        ck_assert_str_eq(offer_with(ECN_NOT_ECT, 0), "aqm");
}
END_TEST

static Suite *queue_red_suite(void)
{
        Suite *suite = suite_create("queue_red");
        TCase *cases = tcase_create("queue_red");
        tcase_set_timeout(cases, 120);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, the_average_follows_the_length_by_its_weight);
        tcase_add_test(cases, gaps_between_drops_are_uniform);
        tcase_add_loop_test(cases, drops_come_by_the_law_of_the_average, 0, G_N_ELEMENTS(laws));
        tcase_add_test(cases, an_idle_queue_forgets_as_if_packets_had_passed);
        tcase_add_test(cases, beyond_the_thresholds_none_and_all_are_certain);
        tcase_add_test(cases, packets_that_ask_for_it_are_marked_and_stay);
        tcase_add_test(cases, beyond_the_thresholds_they_are_marked_too_unless_drops_are_hard);
        tcase_add_test(cases, who_finds_no_room_is_not_marked);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(queue_red_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
