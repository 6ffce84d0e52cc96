/*
 * Jitter against theory: shares below quantiles of each distribution, and the tables' moments.
 */
#include "net/jitter.h"

#include "statistics.h"

#include <glib.h>

#define DRAWS  40000
#define JITTER 1000000

static double normal_share(double x)
{
        return erfc(-x / sqrt(2)) / 2;
}

/* Of shape 3 and least value 1, moved to mean 0 and stretched to deviation 1. */
static double pareto_share(double x)
{
        double value = x * sqrt(0.75) + 1.5;
        return value <= 1 ? 0 : 1 - 1 / (value * value * value);
}

static double uniform_share(double x)
{
        return fmax(0, fmin(1, (x + 1) / 2));
}

/* The mixture is of quantiles: found by halving. */
static double quantile(double (*share)(double), double wanted)
{
        double low = -10, high = 100;
        for (int i = 0; i < 60; i++) {
                double middle = (low + high) / 2;
                if (share(middle) < wanted)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

static double paretonormal_share(double x)
{
        double low = 0, high = 1;
        for (int i = 0; i < 50; i++) {
                double middle = (low + high) / 2;
                if (0.25 * quantile(normal_share, middle) + 0.75 * quantile(pareto_share, middle) < x)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

static const struct {
        const struct jitter_table *table;
        double (*share)(double x);
        const char *name;
} distributions[] = {
        { NULL, uniform_share, "uniform" },
        { &jitter_normal, normal_share, "normal" },
        { &jitter_pareto, pareto_share, "pareto" },
        { &jitter_paretonormal, paretonormal_share, "paretonormal" },
};

static const double edges[] = { -1.0, -0.5, -0.1, 0.3, 0.9, 1.7, 3.0 };

/* The table's steps add their own width, half a step on either side, to the bound's. */
static void check_edge(int which, double edge, uint64_t seed)
{
        struct rng_stream stream = rng_stream_named(seed, "jitter");
        double expected = distributions[which].share(edge);
        unsigned below = 0;
        for (uint64_t ordinal = 1; ordinal <= DRAWS; ordinal++)
                below += jitter_of_draw(distributions[which].table, JITTER,
                                 rng_draw(&stream, ordinal, 0, 0)) < edge * JITTER;
        double step = DRAWS / (double)JITTER_TABLE_SIZE / DEVIATIONS;
        check_near(below, DRAWS * expected, DRAWS * expected * (1 - expected) + step * step,
                distributions[which].name, (int)seed);
}

START_TEST(shares_below_quantiles_are_the_distributions)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(edges); i++)
                for (uint64_t seed = 1; seed <= SEEDS; seed++)
                        check_edge(_i, edges[i], seed);
}
END_TEST

static double moment(const struct jitter_table *table, int power)
{
        double sum = 0;
        for (uint32_t i = 0; i < table->size; i++)
                sum += pow(table->quantiles[i] / (double)JITTER_SCALE, power);
        return sum / table->size;
}

START_TEST(tables_grow_and_have_mean_0_and_deviation_1)
{
        ck_assert_double_eq_tol(moment(&jitter_normal, 1), 0, 1e-4);
        ck_assert_double_eq_tol(moment(&jitter_normal, 2), 1, 1e-2);
        /* Cut off at four deviations, Pareto's tail loses 0.04 of its mean: 3/2 t^-2 of what lies beyond. */
        ck_assert_double_eq_tol(moment(&jitter_pareto, 1), 0, 0.04);
        for (int which = 1; which < 4; which++) {
                const struct jitter_table *table = distributions[which].table;
                ck_assert_uint_eq(table->size, JITTER_TABLE_SIZE);
                for (uint32_t i = 1; i < table->size; i++)
                        ck_assert_int_ge(table->quantiles[i], table->quantiles[i - 1]);
        }
}
END_TEST

START_TEST(tables_are_found_by_netems_names)
{
        ck_assert_ptr_eq(jitter_table_find("normal"), &jitter_normal);
        ck_assert_ptr_eq(jitter_table_find("pareto"), &jitter_pareto);
        ck_assert_ptr_eq(jitter_table_find("paretonormal"), &jitter_paretonormal);
        ck_assert_ptr_null(jitter_table_find("uniform"));
}
END_TEST

static const int16_t three[] = { -8192, 0, 12288 };
static const struct jitter_table of_three = { .name = "three", .size = 3, .quantiles = three };

static const struct {
        const struct jitter_table *table;
        duration_ns jitter;
        uint64_t draw;
        duration_ns delay;
        const char *why;
} cases_of_draw[] = {
        { &of_three, 1000, 0, -1000, "the first quantile" },
        { &of_three, 1000, UINT64_MAX / 2, 0, "the middle" },
        { &of_three, 1000, UINT64_MAX, 1500, "the last" },
        { &of_three, 1, UINT64_MAX, 2, "one and a half is rounded away from zero" },
        { &of_three, 8760 * 3600 * SECOND, UINT64_MAX, 8760 * 3600 * SECOND / 2 * 3, "a year" },
        { NULL, 1000, 0, -1000, "uniform: the least" },
        { NULL, 1000, UINT64_MAX, 1000, "uniform: the most" },
};

START_TEST(a_draw_picks_a_quantile)
{
        ck_assert_msg(jitter_of_draw(cases_of_draw[_i].table, cases_of_draw[_i].jitter,
                              cases_of_draw[_i].draw) == cases_of_draw[_i].delay,
                "%s", cases_of_draw[_i].why);
}
END_TEST

static Suite *jitter_suite(void)
{
        Suite *suite = suite_create("jitter");
        TCase *cases = tcase_create("jitter");
        tcase_set_timeout(cases, 120);
        tcase_add_loop_test(
                cases, shares_below_quantiles_are_the_distributions, 0, G_N_ELEMENTS(distributions));
        tcase_add_test(cases, tables_grow_and_have_mean_0_and_deviation_1);
        tcase_add_test(cases, tables_are_found_by_netems_names);
        tcase_add_loop_test(cases, a_draw_picks_a_quantile, 0, G_N_ELEMENTS(cases_of_draw));
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(jitter_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
