/*
 * A line's luck: certainty, independence, rates within wide bounds at a fixed seed.
 */
#include "net/impair.h"

#include <check.h>
#include <glib.h>

#define PACKETS     20000
#define PACKET_BITS (1500 * 8)

static struct impair impair_of(const struct impair_config *config, const char *label)
{
        struct impair impair;
        impair_init(&impair, config, 7, label);
        return impair;
}

static struct impair_subject subject_of(uint64_t ordinal)
{
        return (struct impair_subject){
                .ordinal = ordinal, .luck = ordinal, .size = PACKET_BITS / 8, .area_bits = PACKET_BITS
        };
}

static struct impair_verdict decide(struct impair *impair, uint64_t ordinal)
{
        struct impair_verdict verdict;
        const struct impair_subject subject = subject_of(ordinal);
        impair_decide(impair, &subject, &verdict);
        return verdict;
}

static unsigned count_lost(struct impair *impair)
{
        unsigned lost = 0;
        for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++)
                lost += decide(impair, ordinal).is_lost;
        return lost;
}

START_TEST(a_line_without_impairments_is_idle_and_does_nothing)
{
        const struct impair_config config = { .keep_order = true };
        ck_assert(impair_config_is_idle(&config));
        struct impair impair = impair_of(&config, "a");
        struct impair_verdict verdict = decide(&impair, 1);
        ck_assert(
                !verdict.is_lost && verdict.flip_count == 0 && !verdict.is_duplicated && !verdict.is_delayed);
        ck_assert(!verdict.may_overtake);
        ck_assert_int_eq(verdict.extra_delay, 0);
}
END_TEST

static const struct {
        struct impair_config config;
        const char *why;
} busy[] = {
        { { .loss.model = LOSS_RANDOM }, "a loss model" },
        { { .corrupt = { .threshold = 1 } }, "corruption" },
        { { .duplicate = { .is_certain = true } }, "duplication" },
        { { .jitter = 1 }, "jitter" },
        { { .reorder = { .threshold = 1 } }, "reordering" },
};

START_TEST(a_line_with_any_impairment_is_not_idle)
{
        ck_assert_msg(!impair_config_is_idle(&busy[_i].config), "%s", busy[_i].why);
}
END_TEST

START_TEST(all_and_none_are_certain)
{
        struct impair_config config = { .loss.model = LOSS_RANDOM, .loss.probability = probability_of(1, 1) };
        struct impair all = impair_of(&config, "a");
        ck_assert_uint_eq(count_lost(&all), PACKETS);
        config.loss.probability = probability_of(0, 1);
        struct impair none = impair_of(&config, "a");
        ck_assert_uint_eq(count_lost(&none), 0);
}
END_TEST

START_TEST(random_loss_comes_at_its_rate)
{
        const struct impair_config config = { .loss.model = LOSS_RANDOM,
                .loss.probability = probability_of(5, 100) };
        struct impair impair = impair_of(&config, "a");
        unsigned lost = count_lost(&impair);
        ck_assert_uint_gt(lost, PACKETS * 4 / 100);
        ck_assert_uint_lt(lost, PACKETS * 6 / 100);
}
END_TEST

START_TEST(luck_depends_on_the_ordinal_and_not_on_what_was_asked_before)
{
        const struct impair_config config = {
                .loss.model = LOSS_RANDOM,
                .loss.probability = probability_of(1, 2),
                .corrupt = probability_of(1, 2),
                .jitter = 1000,
        };
        struct impair forwards = impair_of(&config, "a");
        struct impair backwards = impair_of(&config, "a");
        struct impair_verdict verdicts[101];
        for (uint64_t ordinal = 1; ordinal <= 100; ordinal++)
                verdicts[ordinal] = decide(&forwards, ordinal);
        for (uint64_t ordinal = 100; ordinal >= 1; ordinal--) {
                struct impair_verdict verdict = decide(&backwards, ordinal);
                ck_assert(verdict.is_lost == verdicts[ordinal].is_lost);
                ck_assert_uint_eq(verdict.flip_count, verdicts[ordinal].flip_count);
                ck_assert_uint_eq(verdict.flips[0], verdicts[ordinal].flips[0]);
                ck_assert_int_eq(verdict.extra_delay, verdicts[ordinal].extra_delay);
        }
}
END_TEST

START_TEST(another_impairment_or_link_does_not_change_who_is_lost)
{
        struct impair_config config = { .loss.model = LOSS_RANDOM, .loss.probability = probability_of(1, 2) };
        struct impair alone = impair_of(&config, "a");
        struct impair elsewhere = impair_of(&config, "b");
        config.corrupt = config.truncate = config.reorder = probability_of(1, 2);
        struct impair amid_others = impair_of(&config, "a");
        unsigned differing = 0;
        for (uint64_t ordinal = 1; ordinal <= 200; ordinal++) {
                bool is_lost = decide(&alone, ordinal).is_lost;
                ck_assert(is_lost == decide(&amid_others, ordinal).is_lost);
                differing += is_lost != decide(&elsewhere, ordinal).is_lost;
        }
        ck_assert_uint_gt(differing, 50);
}
END_TEST

START_TEST(a_packet_is_one_more_and_one_less_at_once)
{
        struct impair_config config = { .loss.model = LOSS_RANDOM, .loss.probability = probability_of(1, 2) };
        struct impair lossy = impair_of(&config, "a");
        config.loss.model = LOSS_NONE;
        config.duplicate = probability_of(1, 2);
        struct impair doubling = impair_of(&config, "a");
        config.loss.model = LOSS_RANDOM;
        struct impair both = impair_of(&config, "a");
        for (uint64_t ordinal = 1; ordinal <= 200; ordinal++) {
                bool is_lost = decide(&lossy, ordinal).is_lost;
                bool is_doubled = decide(&doubling, ordinal).is_duplicated;
                struct impair_verdict verdict = decide(&both, ordinal);
                ck_assert(verdict.is_lost == (is_lost && !is_doubled));
                ck_assert(verdict.is_duplicated == (is_doubled && !is_lost));
        }
}
END_TEST

/* Whatever the run's seed and the link's name; and a run of the same seed is another's luck. */
START_TEST(lines_of_one_seed_meet_the_same_luck)
{
        struct impair_config config = { .loss.model = LOSS_RANDOM, .loss.probability = probability_of(1, 2) };
        struct impair of_run = impair_of(&config, "a");
        config.has_seed = true;
        config.seed = 7;
        struct impair one = impair_of(&config, "a");
        struct impair other;
        impair_init(&other, &config, 8, "b");
        config.seed = 0;
        struct impair third = impair_of(&config, "a");
        unsigned as_run = 0, as_third = 0;
        for (uint64_t ordinal = 1; ordinal <= 200; ordinal++) {
                bool is_lost = decide(&one, ordinal).is_lost;
                ck_assert(is_lost == decide(&other, ordinal).is_lost);
                as_run += is_lost == decide(&of_run, ordinal).is_lost;
                as_third += is_lost == decide(&third, ordinal).is_lost;
        }
        ck_assert_uint_lt(as_run, 150);
        ck_assert_uint_lt(as_third, 150);
}
END_TEST

START_TEST(two_states_lose_in_bursts_at_the_rate_of_their_shares)
{
        /* In the long run p / (p + r) = 1/11 of the packets find the bad state and half of them are lost: 4.5
         * %. */
        const struct impair_config config = {
                .loss.model = LOSS_GEMODEL,
                .loss.gemodel = { .p = probability_of(1, 100),
                        .r = probability_of(10, 100),
                        .bad_loss = probability_of(1, 2) },
        };
        struct impair impair = impair_of(&config, "a");
        unsigned lost = 0;
        unsigned lost_after_lost = 0;
        bool was_lost = false;
        for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                bool is_lost = decide(&impair, ordinal).is_lost;
                lost += is_lost;
                lost_after_lost += is_lost && was_lost;
                was_lost = is_lost;
        }
        ck_assert_uint_gt(lost, PACKETS * 30 / 1000);
        ck_assert_uint_lt(lost, PACKETS * 60 / 1000);
        ck_assert_uint_gt(lost_after_lost, lost / 4);
}
END_TEST

START_TEST(the_packet_that_moves_the_state_is_lost_by_the_old_one)
{
        const struct impair_config config = {
                .loss.model = LOSS_GEMODEL,
                .loss.gemodel = { .p = probability_of(1, 1),
                        .r = probability_of(1, 1),
                        .bad_loss = probability_of(1, 1) },
        };
        struct impair impair = impair_of(&config, "a");
        for (uint64_t ordinal = 1; ordinal <= 10; ordinal++)
                ck_assert(decide(&impair, ordinal).is_lost == (ordinal % 2 == 0));
}
END_TEST

START_TEST(copies_do_not_move_the_state_and_have_only_a_delay)
{
        const struct impair_config config = {
                .loss.model = LOSS_GEMODEL,
                .loss.gemodel = { .p = probability_of(1, 1), .bad_loss = probability_of(1, 1) },
                .corrupt = probability_of(1, 1),
                .duplicate = probability_of(1, 1),
                .reorder = probability_of(1, 1),
                .reorder_delay = 500,
        };
        struct impair impair = impair_of(&config, "a");
        struct impair_verdict verdict;
        struct impair_subject copy = subject_of(1);
        copy.copy = 1;
        impair_decide(&impair, &copy, &verdict);
        ck_assert_uint_eq(impair.loss.state, 0);
        ck_assert(!verdict.is_lost && verdict.flip_count == 0 && !verdict.is_duplicated);
        ck_assert(verdict.is_delayed);
        ck_assert_int_eq(verdict.extra_delay, 500);
}
END_TEST

START_TEST(jitter_is_uniform_in_both_directions)
{
        const struct impair_config config = { .jitter = 2, .keep_order = true };
        struct impair impair = impair_of(&config, "a");
        unsigned seen[5] = { 0 };
        for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                struct impair_verdict verdict = decide(&impair, ordinal);
                ck_assert_int_ge(verdict.extra_delay, -2);
                ck_assert_int_le(verdict.extra_delay, 2);
                ck_assert(!verdict.may_overtake);
                seen[verdict.extra_delay + 2]++;
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(seen); i++) {
                ck_assert_uint_gt(seen[i], PACKETS / 5 * 9 / 10);
                ck_assert_uint_lt(seen[i], PACKETS / 5 * 11 / 10);
        }
}
END_TEST

static struct impair_verdict decide_again(struct impair *impair, uint64_t ordinal)
{
        struct impair_verdict verdict;
        struct impair_subject subject = subject_of(ordinal);
        subject.was_corrupted = true;
        impair_decide(impair, &subject, &verdict);
        return verdict;
}

START_TEST(the_corrupted_bit_may_be_any_and_an_old_one_is_spared)
{
        struct impair_config config = { .corrupt = probability_of(1, 1) };
        struct impair impair = impair_of(&config, "a");
        unsigned in_first_half = 0;
        for (uint64_t ordinal = 1; ordinal <= 1000; ordinal++) {
                struct impair_verdict verdict = decide(&impair, ordinal);
                ck_assert_uint_eq(verdict.flip_count, 1);
                ck_assert_uint_lt(verdict.flips[0], PACKET_BITS);
                in_first_half += verdict.flips[0] < PACKET_BITS / 2;
        }
        ck_assert_uint_gt(in_first_half, 400);
        ck_assert_uint_lt(in_first_half, 600);
        ck_assert_uint_eq(decide_again(&impair, 1).flip_count, 0);
        config.corrupt_again = true;
        impair = impair_of(&config, "a");
        ck_assert_uint_eq(decide_again(&impair, 1).flip_count, 1);
}
END_TEST

START_TEST(several_corrupted_bits_are_different_ones)
{
        const struct impair_config config = { .corrupt = probability_of(1, 1), .corrupt_bits = 8 };
        struct impair impair = impair_of(&config, "a");
        struct impair_subject subject = subject_of(1);
        struct impair_verdict verdict;
        subject.area_bits = 8;
        impair_decide(&impair, &subject, &verdict);
        unsigned seen = 0;
        ck_assert_uint_eq(verdict.flip_count, 8);
        for (unsigned i = 0; i < 8; i++)
                seen |= 1u << verdict.flips[i];
        ck_assert_uint_eq(seen, 0xff);
        subject.area_bits = 7;
        impair_decide(&impair, &subject, &verdict);
        ck_assert_msg(verdict.flip_count == 0, "a packet with fewer bits is spared");
}
END_TEST

START_TEST(only_packets_that_are_longer_are_truncated)
{
        const struct impair_config config = { .truncate = probability_of(1, 1), .truncate_to = 1500 };
        struct impair impair = impair_of(&config, "a");
        struct impair_subject subject = subject_of(1);
        struct impair_verdict verdict;
        impair_decide(&impair, &subject, &verdict);
        ck_assert(!verdict.is_truncated);
        subject.size = 1501;
        impair_decide(&impair, &subject, &verdict);
        ck_assert(verdict.is_truncated);
}
END_TEST

START_TEST(a_gap_keeps_reordered_packets_apart)
{
        const struct impair_config config = { .reorder = probability_of(1, 1), .reorder_gap = 5 };
        struct impair impair = impair_of(&config, "a");
        for (uint64_t ordinal = 1; ordinal <= 100; ordinal++)
                ck_assert(decide(&impair, ordinal).is_delayed == (ordinal % 5 == 0));
}
END_TEST

START_TEST(early_packets_skip_the_delay_and_those_by_number_are_held)
{
        struct impair_config config = { .reorder = probability_of(1, 1), .reorder_early = true };
        struct impair impair = impair_of(&config, "a");
        struct impair_verdict verdict = decide(&impair, 1);
        ck_assert(verdict.is_early && !verdict.is_delayed && verdict.may_overtake);
        config = (struct impair_config){ .reorder = probability_of(1, 1), .reorder_by = 3 };
        impair = impair_of(&config, "a");
        verdict = decide(&impair, 1);
        ck_assert(!verdict.is_early && verdict.is_delayed);
        ck_assert_uint_eq(verdict.lets_pass, 3);
}
END_TEST

START_TEST(what_is_at_the_entry_leaves_the_delay_to_the_line)
{
        const struct impair_config config = { .duplicate = probability_of(1, 1),
                .jitter = 1000,
                .reorder = probability_of(1, 1),
                .reorder_delay = 5000,
                .at_entry = true };
        struct impair_config halves[2];
        impair_config_split(&config, &halves[0], &halves[1]);
        struct impair entry = impair_of(&halves[0], "a");
        struct impair_verdict verdict = decide(&entry, 1);
        ck_assert(verdict.is_duplicated && !verdict.is_delayed);
        ck_assert_int_eq(verdict.extra_delay, 0);
        struct impair line = impair_of(&halves[1], "a");
        verdict = decide(&line, 1);
        ck_assert(!verdict.is_duplicated && verdict.is_delayed);
        ck_assert_int_ge(verdict.extra_delay, 4000);
}
END_TEST

START_TEST(what_is_on_the_line_leaves_nothing_to_the_entry)
{
        const struct impair_config config = { .duplicate = probability_of(1, 1), .jitter = 1000 };
        struct impair_config halves[2];
        impair_config_split(&config, &halves[0], &halves[1]);
        ck_assert(impair_config_is_idle(&halves[0]));
        struct impair line = impair_of(&halves[1], "a");
        ck_assert(decide(&line, 1).is_duplicated);
}
END_TEST

static Suite *impair_suite(void)
{
        Suite *suite = suite_create("impair");
        TCase *cases = tcase_create("impair");
        tcase_add_test(cases, a_line_without_impairments_is_idle_and_does_nothing);
        tcase_add_loop_test(cases, a_line_with_any_impairment_is_not_idle, 0, G_N_ELEMENTS(busy));
        tcase_add_test(cases, all_and_none_are_certain);
        tcase_add_test(cases, random_loss_comes_at_its_rate);
        tcase_add_test(cases, luck_depends_on_the_ordinal_and_not_on_what_was_asked_before);
        tcase_add_test(cases, another_impairment_or_link_does_not_change_who_is_lost);
        tcase_add_test(cases, a_packet_is_one_more_and_one_less_at_once);
        tcase_add_test(cases, lines_of_one_seed_meet_the_same_luck);
        tcase_add_test(cases, two_states_lose_in_bursts_at_the_rate_of_their_shares);
        tcase_add_test(cases, the_packet_that_moves_the_state_is_lost_by_the_old_one);
        tcase_add_test(cases, copies_do_not_move_the_state_and_have_only_a_delay);
        tcase_add_test(cases, jitter_is_uniform_in_both_directions);
        tcase_add_test(cases, the_corrupted_bit_may_be_any_and_an_old_one_is_spared);
        tcase_add_test(cases, several_corrupted_bits_are_different_ones);
        tcase_add_test(cases, only_packets_that_are_longer_are_truncated);
        tcase_add_test(cases, a_gap_keeps_reordered_packets_apart);
        tcase_add_test(cases, early_packets_skip_the_delay_and_those_by_number_are_held);
        tcase_add_test(cases, what_is_at_the_entry_leaves_the_delay_to_the_line);
        tcase_add_test(cases, what_is_on_the_line_leaves_nothing_to_the_entry);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(impair_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
