/*
 * Loss models against theory: rates, lengths of bursts, correlation. Chains of states have a variance of
 * their own, made from their autocovariance.
 */
#include "net/loss_model.h"

#include "correlated_theory.h"
#include "statistics.h"

#include <glib.h>
#include <string.h>

#define PACKETS    40000
#define STATES_MAX 4
#define LAGS       3000
#define LENGTHS    3 /* of bursts that are counted apart */

struct tally {
        unsigned lost;
        unsigned bursts;
        unsigned single; /* bursts of one packet */
        unsigned of_length[LENGTHS + 1];
        unsigned in_bursts; /* packets of bursts that are over */
};

static struct loss loss_of(const struct loss_config *config, uint64_t seed)
{
        struct rng_stream stream = rng_stream_named(seed, "link a: loss");
        struct loss loss;
        loss_model_init(&loss, config, &stream);
        return loss;
}

static struct tally count_losses(const struct loss_config *config, uint64_t seed)
{
        struct loss loss = loss_of(config, seed);
        struct tally tally = { 0 };
        unsigned length = 0;
        for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                if (loss_model_strikes(&loss, config, ordinal, ordinal)) {
                        tally.lost++;
                        length++;
                        continue;
                }
                tally.bursts += length > 0;
                tally.single += length == 1;
                if (length > 0 && length <= LENGTHS)
                        tally.of_length[length]++;
                tally.in_bursts += length;
                length = 0;
        }
        return tally;
}

/* ---- Chains of states ---- */

struct chain {
        unsigned states;
        double move[STATES_MAX][STATES_MAX];
        double loss[STATES_MAX]; /* of a packet in that state */
};

static void step(const struct chain *chain, double *shares)
{
        double next[STATES_MAX] = { 0 };
        for (unsigned i = 0; i < chain->states; i++)
                for (unsigned j = 0; j < chain->states; j++)
                        next[j] += shares[i] * chain->move[i][j];
        memcpy(shares, next, sizeof next);
}

static double loss_in(const struct chain *chain, const double *shares)
{
        double loss = 0;
        for (unsigned i = 0; i < chain->states; i++)
                loss += shares[i] * chain->loss[i];
        return loss;
}

static void settle(const struct chain *chain, double *shares)
{
        for (unsigned i = 0; i < STATES_MAX; i++)
                shares[i] = i < chain->states ? 1.0 / chain->states : 0;
        for (unsigned i = 0; i < 20 * LAGS; i++)
                step(chain, shares);
}

/* Of one packet, and of the number lost among many its share of the variance: v + 2 Σ covariance at lag k. */
static double rate_of(const struct chain *chain, double *spread)
{
        double shares[STATES_MAX];
        settle(chain, shares);
        double rate = loss_in(chain, shares);
        double variance = rate * (1 - rate);
        double carried[STATES_MAX];
        for (unsigned i = 0; i < STATES_MAX; i++)
                carried[i] = shares[i] * chain->loss[i];
        for (unsigned lag = 1; lag < LAGS; lag++) {
                step(chain, carried);
                variance += 2 * (loss_in(chain, carried) - rate * rate);
        }
        *spread = variance;
        return rate;
}

static void check_chain(
        const struct chain *chain, const struct loss_config *config, const char *what, uint64_t seed)
{
        double spread;
        double rate = rate_of(chain, &spread);
        struct tally tally = count_losses(config, seed);
        check_near(tally.lost, PACKETS * rate, PACKETS * spread, what, (int)seed);
}

/* Bursts whose every packet is the last with probability `end`. */
static void check_bursts(const struct tally *tally, double end, uint64_t seed)
{
        check_share(tally->single, tally->bursts, end, "bursts of one", (int)seed);
        check_near(tally->in_bursts, tally->bursts / end, tally->bursts * (1 - end) / (end * end),
                "length of bursts", (int)seed);
}

/* ---- Lengths of bursts, whatever the chain ---- */

/* Shares of states, of which one moves on and is lost, or is not. */
static void step_with(const struct chain *chain, double *shares, bool is_lost)
{
        step(chain, shares);
        for (unsigned i = 0; i < chain->states; i++)
                shares[i] *= is_lost ? chain->loss[i] : 1 - chain->loss[i];
}

static double mass(const double *shares)
{
        return shares[0] + shares[1] + shares[2] + shares[3];
}

/* All the ways of going on so many times as it takes, and then otherwise. */
static void until(const struct chain *chain, double *shares, bool goes_on_lost)
{
        double ended[STATES_MAX] = { 0 };
        for (unsigned i = 0; i < 5 * LAGS && mass(shares) > 1e-14; i++) {
                double end[STATES_MAX];
                memcpy(end, shares, sizeof end);
                step_with(chain, end, !goes_on_lost);
                step_with(chain, shares, goes_on_lost);
                for (unsigned k = 0; k < STATES_MAX; k++)
                        ended[k] += end[k];
        }
        memcpy(shares, ended, sizeof ended);
}

/* From bursts' first packets to those behind their last, of bursts of just that length; 0: of any. */
static void end_burst(const struct chain *chain, double *shares, unsigned length)
{
        if (length == 0) {
                until(chain, shares, true);
                return;
        }
        for (unsigned i = 1; i < length; i++)
                step_with(chain, shares, true);
        step_with(chain, shares, false);
}

/* And from there to the first packets of the next. */
static void to_next_burst(const struct chain *chain, double *shares)
{
        until(chain, shares, false);
}

/* The number of bursts of a length among `bursts`: each has its share, and what it has tells something of the
 * next. */
static void check_length(const struct chain *chain, const struct tally *tally, unsigned length, uint64_t seed)
{
        double shares[STATES_MAX];
        settle(chain, shares);
        step_with(chain, shares, false);
        for (unsigned i = 0; i < 50; i++) {
                to_next_burst(chain, shares);
                end_burst(chain, shares, 0);
        }
        to_next_burst(chain, shares);
        double all = mass(shares);
        for (unsigned i = 0; i < STATES_MAX; i++)
                shares[i] /= all;
        double carried[STATES_MAX];
        memcpy(carried, shares, sizeof carried);
        end_burst(chain, carried, length);
        double share = mass(carried);
        double variance = share * (1 - share);
        for (unsigned lag = 1; lag < 20; lag++) {
                double both[STATES_MAX];
                to_next_burst(chain, carried);
                memcpy(both, carried, sizeof both);
                end_burst(chain, both, length);
                variance += 2 * (mass(both) - share * share);
                end_burst(chain, carried, 0);
        }
        check_near(tally->of_length[length], tally->bursts * share, tally->bursts * variance,
                "bursts of a length", (int)seed);
}

static void check_lengths(const struct chain *chain, const struct loss_config *config, uint64_t seed)
{
        struct tally tally = count_losses(config, seed);
        for (unsigned length = 1; length <= LENGTHS; length++)
                check_length(chain, &tally, length, seed);
}

/* ---- Tests ---- */

START_TEST(independent_losses_come_at_their_rate_and_stand_alone)
{
        const struct loss_config config = { .model = LOSS_RANDOM, .probability = probability_of(2, 100) };
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct tally tally = count_losses(&config, seed);
                check_share(tally.lost, PACKETS, 0.02, "rate", (int)seed);
                check_bursts(&tally, 0.98, seed);
        }
}
END_TEST

START_TEST(gemodel_of_one_number_is_bernoullis_also_in_bursts)
{
        const struct loss_config config = { .model = LOSS_GEMODEL,
                .gemodel = { probability_of(5, 100), probability_of(95, 100), probability_of(1, 1), { 0 } } };
        const struct chain chain = { 2, { { 0.95, 0.05 }, { 0.95, 0.05 } }, { 0, 1 } };
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                check_chain(&chain, &config, "Bernoulli", seed);
                check_lengths(&chain, &config, seed);
        }
}
END_TEST

START_TEST(gemodel_of_two_is_gilberts_with_geometric_bursts)
{
        const struct loss_config config = { .model = LOSS_GEMODEL,
                .gemodel = { probability_of(2, 100), probability_of(25, 100), probability_of(1, 1), { 0 } } };
        const struct chain chain = { 2, { { 0.98, 0.02 }, { 0.25, 0.75 } }, { 0, 1 } };
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct tally tally = count_losses(&config, seed);
                check_chain(&chain, &config, "Gilbert", seed);
                check_lengths(&chain, &config, seed);
                check_bursts(&tally, 0.25, seed);
        }
}
END_TEST

START_TEST(gemodel_of_four_is_elliotts_also_in_bursts)
{
        const struct loss_config config = { .model = LOSS_GEMODEL,
                .gemodel = { probability_of(1, 100), probability_of(10, 100), probability_of(50, 100),
                        probability_of(1, 100) } };
        const struct chain chain = { 2, { { 0.99, 0.01 }, { 0.10, 0.90 } }, { 0.01, 0.50 } };
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                check_chain(&chain, &config, "Gilbert-Elliott", seed);
                check_lengths(&chain, &config, seed);
        }
}
END_TEST

START_TEST(four_states_lose_as_their_chain_says_also_in_bursts)
{
        const struct loss_config config = { .model = LOSS_STATE,
                .state = { .p13 = probability_of(2, 100),
                        .p31 = probability_of(20, 100),
                        .p32 = probability_of(10, 100),
                        .p23 = probability_of(30, 100),
                        .p14 = probability_of(1, 100) } };
        const struct chain chain = { 4,
                { { 0.97, 0, 0.02, 0.01 }, { 0, 0.70, 0.30, 0 }, { 0.20, 0.10, 0.70, 0 }, { 1, 0, 0, 0 } },
                { 0, 0, 1, 1 } };
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                check_chain(&chain, &config, "four states", seed);
                check_lengths(&chain, &config, seed);
        }
}
END_TEST

START_TEST(without_single_losses_four_states_have_geometric_bursts)
{
        const struct loss_config config = { .model = LOSS_STATE,
                .state = { .p13 = probability_of(3, 100),
                        .p31 = probability_of(30, 100),
                        .p32 = probability_of(20, 100),
                        .p23 = probability_of(1, 1) } };
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct tally tally = count_losses(&config, seed);
                check_bursts(&tally, 0.5, seed);
        }
}
END_TEST

/* ---- Many seeds together ---- */

#define MANY 100

static const struct {
        const char *name;
        struct chain chain;
} pooled[] = {
        { "loss of 20 %", { 1, { { 1 } }, { 0.2 } } },
        { "Gilbert's", { 2, { { 0.80, 0.20 }, { 0.30, 0.70 } }, { 0, 1 } } },
        { "Elliott's", { 2, { { 0.80, 0.20 }, { 0.30, 0.70 } }, { 0.20, 0.50 } } },
        { "much in 1 and 3",
                { 3, { { 0.80, 0, 0.20 }, { 0, 0.50, 0.50 }, { 0.20, 0.20, 0.60 } }, { 0, 0, 1 } } },
        { "gemodel of one number", { 2, { { 0.80, 0.20 }, { 0.80, 0.20 } }, { 0, 1 } } },
        { "many lost alone", { 4,
                                     { { 0.70, 0, 0.10, 0.20 }, { 0, 0.70, 0.30, 0 }, { 0.20, 0.10, 0.70, 0 },
                                             { 1, 0, 0, 0 } },
                                     { 0, 0, 1, 1 } } },
        { "much in 2", { 3, { { 0.60, 0, 0.40 }, { 0, 0.90, 0.10 }, { 0.40, 0.50, 0.10 } }, { 0, 0, 1 } } },
};

static struct probability percent(double share)
{
        return probability_of((uint64_t)(share * 100 + 0.5), 100);
}

static struct loss_config config_of(const struct chain *chain)
{
        if (chain->states == 1)
                return (struct loss_config){ .model = LOSS_RANDOM, .probability = percent(chain->loss[0]) };
        if (chain->states == 2)
                return (struct loss_config){ .model = LOSS_GEMODEL,
                        .gemodel = { percent(chain->move[0][1]), percent(chain->move[1][0]),
                                percent(chain->loss[1]), percent(chain->loss[0]) } };
        return (struct loss_config){ .model = LOSS_STATE,
                .state = { .p13 = percent(chain->move[0][2]),
                        .p31 = percent(chain->move[2][0]),
                        .p32 = percent(chain->move[2][1]),
                        .p23 = percent(chain->move[1][2]),
                        .p14 = percent(chain->states > 3 ? chain->move[0][3] : 0) } };
}

/* Bounds of about 1 %: a parameter that is 5 % off is noticed. */
START_TEST(many_seeds_together_lose_what_their_chain_does)
{
        const struct chain *chain = &pooled[_i].chain;
        const struct loss_config config = config_of(chain);
        double spread;
        double rate = rate_of(chain, &spread);
        double lost = 0;
        for (uint64_t seed = 1; seed <= MANY; seed++)
                lost += count_losses(&config, seed).lost;
        check_near(lost, MANY * PACKETS * rate, MANY * PACKETS * spread, pooled[_i].name, MANY);
}
END_TEST

/* ---- Correlation ---- */

START_TEST(correlated_draws_have_the_moments_of_an_autoregression)
{
        const double lean = 0.25;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct rng_stream stream = rng_stream_named(seed, "luck");
                struct correlated luck;
                correlated_init(&luck, &stream, probability_of(25, 100));
                double sum = 0, squares = 0, products = 0, last = 0;
                for (uint64_t ordinal = 1; ordinal <= PACKETS; ordinal++) {
                        double x = ldexp((double)correlated_draw(&luck, ordinal, 0, 0), -64) - 0.5;
                        sum += x;
                        squares += x * x;
                        products += ordinal > 1 ? x * last : 0;
                        last = x;
                }
                /* The mean's variance is a twelfth of 1/n, whatever the lean. */
                double variance = (1 - lean) / (1 + lean) / 12;
                check_near(sum, 0, PACKETS / 12.0, "mean", (int)seed);
                check_near(squares / PACKETS / variance, 1,
                        2 * (1 + lean * lean) / (1 - lean * lean) / PACKETS, "variance", (int)seed);
                check_near(products / squares, lean, (1 - lean * lean) / PACKETS, "correlation", (int)seed);
        }
}
END_TEST

START_TEST(correlated_losses_come_at_the_rate_that_netems_do)
{
        const double lean = 0.25;
        double rate = settled_share(lean, 0.1);
        ck_assert_msg(rate > 0.017 && rate < 0.018, "far less often than they say: %g", rate);
        const struct loss_config config = { .model = LOSS_RANDOM,
                .probability = probability_of(10, 100),
                .correlation = probability_of(25, 100) };
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                double variance = PACKETS * rate * (1 - rate) * (1 + lean) / (1 - lean);
                check_near(count_losses(&config, seed).lost, PACKETS * rate, variance, "rate", (int)seed);
        }
}
END_TEST

START_TEST(full_correlation_never_changes_its_mind)
{
        const struct loss_config config = {
                .model = LOSS_RANDOM, .probability = probability_of(1, 2), .correlation = probability_of(1, 1)
        };
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
                ck_assert_uint_eq(count_losses(&config, seed).lost % PACKETS, 0);
}
END_TEST

/* ---- By number ---- */

static const struct loss_range some[] = { { 2, 2 }, { 5, 7 }, { 12, 12 } };

static const struct {
        struct loss_config config;
        const char *lost; /* of the first twelve */
        const char *why;
} numbered[] = {
        { { .model = LOSS_NONE }, "............", "none" },
        { { .model = LOSS_PERIODIC, .every = 4, .first = 4 }, "...x...x...x", "every fourth" },
        { { .model = LOSS_PERIODIC, .every = 5, .first = 2 }, ".x....x....x", "every fifth from the second" },
        { { .model = LOSS_PERIODIC, .every = 1, .first = 10 }, ".........xxx", "all from the tenth" },
        { { .model = LOSS_LIST, .range_count = 3, .ranges = some }, ".x..xxx....x", "a list" },
};

START_TEST(periodic_and_listed_packets_are_lost_and_no_others)
{
        struct loss loss = loss_of(&numbered[_i].config, 1);
        for (uint64_t ordinal = 1; ordinal <= 12; ordinal++)
                ck_assert_msg(loss_model_strikes(&loss, &numbered[_i].config, ordinal, ordinal) ==
                                      (numbered[_i].lost[ordinal - 1] == 'x'),
                        "%s: %d", numbered[_i].why, (int)ordinal);
}
END_TEST

static Suite *loss_suite(void)
{
        Suite *suite = suite_create("loss_model");
        TCase *cases = tcase_create("loss_model");
        tcase_set_timeout(cases, 120);
        tcase_add_test(cases, independent_losses_come_at_their_rate_and_stand_alone);
        tcase_add_test(cases, gemodel_of_one_number_is_bernoullis_also_in_bursts);
        tcase_add_test(cases, gemodel_of_two_is_gilberts_with_geometric_bursts);
        tcase_add_test(cases, gemodel_of_four_is_elliotts_also_in_bursts);
        tcase_add_test(cases, four_states_lose_as_their_chain_says_also_in_bursts);
        tcase_add_test(cases, without_single_losses_four_states_have_geometric_bursts);
        tcase_add_loop_test(cases, many_seeds_together_lose_what_their_chain_does, 0, G_N_ELEMENTS(pooled));
        tcase_add_test(cases, correlated_draws_have_the_moments_of_an_autoregression);
        tcase_add_test(cases, correlated_losses_come_at_the_rate_that_netems_do);
        tcase_add_test(cases, full_correlation_never_changes_its_mind);
        tcase_add_loop_test(
                cases, periodic_and_listed_packets_are_lost_and_no_others, 0, G_N_ELEMENTS(numbered));
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(loss_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
