/*
 * What a line does to packets beside losing them, against theory: how often, how it leans on what was before,
 * and where bits flip. Loss has tests of its own, and so have the distributions of jitter.
 */
#include "net/impair.h"
#include "net/segment_luck.h"

#include "correlated_theory.h"
#include "statistics.h"

#include <glib.h>
#include <stdlib.h>

#define PACKETS     20000
#define PACKET_BITS 12000

static struct impair impair_of(const struct impair_config *config, uint64_t seed)
{
        struct impair impair;
        impair_init(&impair, config, seed, "a");
        return impair;
}

static struct impair_verdict decide(struct impair *impair, uint64_t ordinal, uint64_t luck)
{
        struct impair_verdict verdict;
        const struct impair_subject subject = {
                .ordinal = ordinal, .luck = luck, .size = PACKET_BITS / 8, .area_bits = PACKET_BITS
        };
        impair_decide(impair, &subject, &verdict);
        return verdict;
}

/* ---- Rates, with and without correlation ---- */

enum what { LOST, REORDERED, DUPLICATED, CORRUPTED, TRUNCATED };

static bool happened(const struct impair_verdict *verdict, enum what what)
{
        const bool facts[] = {
                [LOST] = verdict->is_lost,
                [REORDERED] = verdict->is_delayed,
                [DUPLICATED] = verdict->is_duplicated,
                [CORRUPTED] = verdict->flip_count > 0,
                [TRUNCATED] = verdict->is_truncated,
        };
        return facts[what];
}

#define LEAN 0.25 /* of those that are correlated */

static const struct {
        enum what what;
        bool is_correlated;
        const char *name;
} rates[] = {
        { LOST, false, "loss" },
        { LOST, true, "correlated loss" },
        { REORDERED, false, "reordering" },
        { REORDERED, true, "correlated reordering" },
        { DUPLICATED, false, "duplication" },
        { DUPLICATED, true, "correlated duplication" },
        { CORRUPTED, false, "corruption" },
        { CORRUPTED, true, "correlated corruption" },
        { TRUNCATED, false, "truncation" },
};

static struct impair_config config_of(enum what what, bool is_correlated)
{
        struct probability tenth = probability_of(10, 100);
        struct probability lean = probability_of(is_correlated ? 25 : 0, 100);
        struct impair_config config = { .keep_order = true, .truncate_to = 20, .reorder_delay = 1000 };
        if (what == LOST)
                config.loss = (struct loss_config){
                        .model = LOSS_RANDOM, .probability = tenth, .correlation = lean
                };
        if (what == REORDERED) {
                config.reorder = tenth;
                config.reorder_correlation = lean;
        }
        if (what == DUPLICATED) {
                config.duplicate = tenth;
                config.duplicate_correlation = lean;
        }
        if (what == CORRUPTED) {
                config.corrupt = tenth;
                config.corrupt_correlation = lean;
        }
        if (what == TRUNCATED)
                config.truncate = tenth;
        return config;
}

START_TEST(each_thing_happens_as_often_as_it_says)
{
        const struct impair_config config = config_of(rates[_i].what, rates[_i].is_correlated);
        double rate = rates[_i].is_correlated ? settled_share(LEAN, 0.1) : 0.1;
        double spread = rates[_i].is_correlated ? (1 + LEAN) / (1 - LEAN) : 1;
        double variance = PACKETS * rate * (1 - rate) * spread;
        unsigned all = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct impair impair = impair_of(&config, seed);
                unsigned count = 0;
                for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                        struct impair_verdict verdict = decide(&impair, ordinal, ordinal);
                        count += happened(&verdict, rates[_i].what);
                }
                check_near(count, PACKETS * rate, variance, rates[_i].name, (int)seed);
                all += count;
        }
        /* A seed's bound alone would let an error of a tenth pass. */
        check_near(all, SEEDS * PACKETS * rate, SEEDS * variance, "of all seeds together", SEEDS);
}
END_TEST

/* What each of two does says nothing of the other. */
START_TEST(things_happen_independently)
{
        struct impair_config config = config_of(LOST, false);
        config.corrupt = config.reorder = config.truncate = probability_of(10, 100); /* copies: below */
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct impair impair = impair_of(&config, seed);
                unsigned both[TRUNCATED + 1] = { 0 };
                for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                        struct impair_verdict verdict = decide(&impair, ordinal, ordinal);
                        for (enum what what = REORDERED; what <= TRUNCATED; what++)
                                both[what] += verdict.is_lost && happened(&verdict, what);
                }
                for (enum what what = REORDERED; what <= TRUNCATED; what++)
                        check_share(both[what], PACKETS, what == DUPLICATED ? 0 : 0.01,
                                "lost and something else", (int)seed);
        }
}
END_TEST

/* One more and one less is that packet: a tenth of the lost are not, nor a tenth of the doubled. */
START_TEST(losses_and_copies_cancel_as_often_as_they_meet)
{
        struct impair_config config = config_of(LOST, false);
        config.duplicate = probability_of(10, 100);
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct impair impair = impair_of(&config, seed);
                unsigned lost = 0, doubled = 0;
                for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                        struct impair_verdict verdict = decide(&impair, ordinal, ordinal);
                        lost += verdict.is_lost;
                        doubled += verdict.is_duplicated;
                        ck_assert(!verdict.is_lost || !verdict.is_duplicated);
                }
                check_share(lost, PACKETS, 0.1 * 0.9, "lost and not doubled", (int)seed);
                check_share(doubled, PACKETS, 0.1 * 0.9, "doubled and not lost", (int)seed);
        }
}
END_TEST

/* Of packets that ask to hear of it so many are marked as would be lost; of the others none. */
START_TEST(marks_are_as_frequent_as_the_losses_that_they_replace)
{
        struct impair_config config = config_of(LOST, false);
        config.ecn = true;
        unsigned all = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct impair impair = impair_of(&config, seed);
                unsigned marked = 0, lost = 0;
                for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                        struct impair_verdict verdict;
                        const struct impair_subject subject = {
                                .ordinal = ordinal, .luck = ordinal, .is_ecn_capable = ordinal % 2 == 0
                        };
                        impair_decide(&impair, &subject, &verdict);
                        ck_assert(!verdict.is_marked || subject.is_ecn_capable);
                        ck_assert(!verdict.is_lost || !subject.is_ecn_capable);
                        marked += verdict.is_marked;
                        lost += verdict.is_lost;
                }
                check_share(marked, PACKETS / 2.0, 0.1, "marked", (int)seed);
                check_share(lost, PACKETS / 2.0, 0.1, "lost", (int)seed);
                all += marked;
        }
        check_share(all, SEEDS * PACKETS / 2.0, 0.1, "marked, of all seeds together", SEEDS);
}
END_TEST

/* Of the first flow of two hosts, one segment after another. */
static uint64_t luck_of_segment(uint32_t number)
{
        const struct segment_name name = { .from = 0,
                .to = 1,
                .transfer = 1,
                .flow = 1,
                .seq = 1 + 1448 * number,
                .offset = 1448 * (uint64_t)number,
                .sending = 1 };
        return segment_name_luck(&name);
}

START_TEST(luck_by_segment_is_as_fair_as_luck_by_number)
{
        const struct impair_config config = config_of(LOST, false);
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct impair impair = impair_of(&config, seed);
                unsigned lost = 0, again = 0;
                bool was_lost = false;
                for (uint32_t number = 0; number < PACKETS; number++) {
                        bool is_lost = decide(&impair, number + 1, luck_of_segment(number)).is_lost;
                        lost += is_lost;
                        again += is_lost && was_lost;
                        was_lost = is_lost;
                }
                check_share(lost, PACKETS, 0.1, "lost by segment", (int)seed);
                /* Neighbours share one of each two, which adds to the variance. */
                check_near(again, (PACKETS - 1) * 0.01, PACKETS * (0.01 * 0.99 + 2 * (0.001 - 0.0001)),
                        "two in a row", (int)seed);
        }
}
END_TEST

/* Of some hosts, programs, connections, places, sendings and copies, text and ACKs. */
static struct segment_name name_of(uint32_t number)
{
        return (struct segment_name){
                .from = number % 5,
                .to = 5 + number / 5 % 2,
                .transfer = 1 + number / 10 % 5,
                .flow = 1 + number / 50 % 3,
                .is_ack = number / 150 % 2,
                .seq = 1 + number / 300 % 7,
                .offset = number / 300 % 7,
                .sending = (uint16_t)(1 + number / 2100 % 3),
                .copy = number / 6300 % 3,
                .adopted = 1 + number / (6300 * 3),
        };
}

#define NAMES (6300 * 3 * 3)

static int compare_lucks(const void *a, const void *b)
{
        const uint64_t *one = a;
        const uint64_t *other = b;
        return (*one > *other) - (*one < *other);
}

START_TEST(each_segment_has_luck_of_its_own)
{
        static uint64_t lucks[NAMES];
        for (uint32_t number = 0; number < NAMES; number++) {
                const struct segment_name name = name_of(number);
                lucks[number] = segment_name_luck(&name);
        }
        qsort(lucks, NAMES, sizeof lucks[0], compare_lucks);
        for (uint32_t i = 1; i < NAMES; i++)
                ck_assert_msg(lucks[i] != lucks[i - 1], "two of the %d names share their luck", NAMES);
}
END_TEST

/* What was recorded before is still found: the first time is nothing to tell. */
START_TEST(a_connection_taken_up_once_has_the_luck_that_it_had)
{
        struct segment_name name = name_of(1234);
        name.adopted = 0;
        uint64_t luck = segment_name_luck(&name);
        name.adopted = 1;
        ck_assert_uint_eq(segment_name_luck(&name), luck);
        name.adopted = 2;
        ck_assert_uint_ne(segment_name_luck(&name), luck);
}
END_TEST

/* ---- Gaps ---- */

START_TEST(behind_a_gap_the_next_is_chosen_by_luck)
{
        struct impair_config config = config_of(REORDERED, false);
        config.reorder = probability_of(30, 100);
        config.reorder_gap = 5;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct impair impair = impair_of(&config, seed);
                unsigned chosen = 0;
                uint64_t last = 0;
                for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                        if (!decide(&impair, ordinal, ordinal).is_delayed)
                                continue;
                        ck_assert_uint_ge(ordinal - last, 5);
                        last = ordinal;
                        chosen++;
                }
                check_near((double)last, chosen * (4 + 1 / 0.3), chosen * 0.7 / 0.09, "distance", (int)seed);
        }
}
END_TEST

/* ---- Bits ---- */

START_TEST(bits_flip_anywhere_alike)
{
        struct impair_config config = config_of(CORRUPTED, false);
        config.corrupt = probability_of(1, 1);
        config.corrupt_bits = 2;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct impair impair = impair_of(&config, seed);
                unsigned in_quarter[4] = { 0 };
                unsigned in_bit[8] = { 0 };
                for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                        struct impair_verdict verdict = decide(&impair, ordinal, ordinal);
                        ck_assert_uint_eq(verdict.flip_count, 2);
                        ck_assert_uint_ne(verdict.flips[0], verdict.flips[1]);
                        in_quarter[verdict.flips[0] / (PACKET_BITS / 4)]++;
                        in_bit[verdict.flips[1] % 8]++;
                }
                for (unsigned i = 0; i < 4; i++)
                        check_share(in_quarter[i], PACKETS, 1 / 4.0, "a quarter of the packet", (int)seed);
                for (unsigned i = 0; i < 8; i++)
                        check_share(in_bit[i], PACKETS, 1 / 8.0, "a bit of its byte", (int)seed);
        }
}
END_TEST

/* ---- Jitter that leans on what was before ---- */

START_TEST(correlated_jitter_is_an_autoregression)
{
        const struct impair_config config = {
                .jitter = MILLISECOND, .jitter_correlation = probability_of(25, 100), .keep_order = true
        };
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct impair impair = impair_of(&config, seed);
                double sum = 0, squares = 0, products = 0, last = 0;
                for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                        double x = (double)decide(&impair, ordinal, ordinal).extra_delay / MILLISECOND;
                        sum += x;
                        squares += x * x;
                        products += ordinal > 1 ? x * last : 0;
                        last = x;
                }
                double variance = (1 - LEAN) / (1 + LEAN) / 3;
                check_near(sum, 0, PACKETS / 3.0, "mean", (int)seed);
                check_near(squares / PACKETS / variance, 1,
                        2 * (1 + LEAN * LEAN) / (1 - LEAN * LEAN) / PACKETS, "variance", (int)seed);
                check_near(products / squares, LEAN, (1 - LEAN * LEAN) / PACKETS, "correlation", (int)seed);
        }
}
END_TEST

/* ---- Slots ---- */

static const struct {
        const char *name;
        struct slot_config config;
} slots[] = {
        { "uniform slots", { .least = 20 * MILLISECOND, .most = 30 * MILLISECOND } },
        { "slots uniform about their delay",
                { .has_distribution = true, .delay = 25 * MILLISECOND, .jitter = 5 * MILLISECOND } },
        { "normal slots", { .has_distribution = true,
                                  .table = &jitter_normal,
                                  .delay = 25 * MILLISECOND,
                                  .jitter = 5 * MILLISECOND } },
};

/* Of a table's quantiles, in deviations; the others are uniform. */
static double variance_of(const struct slot_config *config)
{
        double sum = 0;
        if (config->table == NULL)
                return 25 / 3.0;
        for (uint32_t i = 0; i < config->table->size; i++)
                sum += pow(config->table->quantiles[i] / (double)JITTER_SCALE, 2);
        return 25 * sum / config->table->size;
}

/* Milliseconds: a mean of 25, and half of all below it. */
START_TEST(slots_are_as_long_as_they_say)
{
        double variance = variance_of(&slots[_i].config), all = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct slot_gate gate = { .drawn = 0 };
                const struct rng_stream stream = rng_stream_named(seed, "link a: slot");
                double sum = 0, squares = 0, products = 0, last = 0;
                unsigned below = 0;
                slot_gate_init(&gate, &slots[_i].config, &stream, 0);
                for (unsigned slot = 1; slot <= PACKETS; slot++) {
                        double x = (double)slot_gate_draw(&gate) / MILLISECOND - 25;
                        slot_gate_begin(&gate, 0, 0);
                        sum += x;
                        squares += x * x;
                        products += x * last;
                        below += x < 0;
                        last = x;
                }
                check_near(sum, 0, PACKETS * variance, slots[_i].name, (int)seed);
                /* The fourth moment is at most three times the variance's square. */
                check_near(squares, PACKETS * variance, PACKETS * 2 * variance * variance, "variance",
                        (int)seed);
                check_near(products, 0, PACKETS * variance * variance, "one and the next", (int)seed);
                check_share(below, PACKETS, 0.5, "below the mean", (int)seed);
                all += sum;
        }
        check_near(all, 0, SEEDS * PACKETS * variance, "of all seeds together", SEEDS);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("luck_rates");
        TCase *cases = tcase_create("luck_rates");
        tcase_set_timeout(cases, 120);
        tcase_add_loop_test(cases, each_thing_happens_as_often_as_it_says, 0, G_N_ELEMENTS(rates));
        tcase_add_test(cases, things_happen_independently);
        tcase_add_test(cases, losses_and_copies_cancel_as_often_as_they_meet);
        tcase_add_test(cases, marks_are_as_frequent_as_the_losses_that_they_replace);
        tcase_add_test(cases, luck_by_segment_is_as_fair_as_luck_by_number);
        tcase_add_test(cases, each_segment_has_luck_of_its_own);
        tcase_add_test(cases, a_connection_taken_up_once_has_the_luck_that_it_had);
        tcase_add_test(cases, behind_a_gap_the_next_is_chosen_by_luck);
        tcase_add_test(cases, bits_flip_anywhere_alike);
        tcase_add_test(cases, correlated_jitter_is_an_autoregression);
        tcase_add_loop_test(cases, slots_are_as_long_as_they_say, 0, G_N_ELEMENTS(slots));
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
