/*
 * Bounds for what luck brings: wide enough that a sound generator leaves them once in a million runs of a test.
 *
 * A test looks at 20 seeds, so each may fail once in twenty million: 5.45 standard deviations of a normal
 * variable on both sides. Tests take enough packets for sums to be as good as normal; floating point decides
 * nothing but whether a test passes.
 */
#ifndef INORDER_TESTS_STATISTICS_H
#define INORDER_TESTS_STATISTICS_H

#include <check.h>
#include <math.h>

#define SEEDS      20
#define DEVIATIONS 5.45

/* `value` is that of a variable of this mean and variance. */
static inline void check_near(double value, double mean, double variance, const char *what, int seed)
{
        double bound = DEVIATIONS * sqrt(variance);
        ck_assert_msg(fabs(value - mean) <= bound, "%s, seed %d: %g is not %g ± %g", what, seed, value, mean,
                bound);
}

/* `count` of `n` independent trials succeeded. */
static inline void check_share(double count, double n, double probability, const char *what, int seed)
{
        check_near(count, n * probability, n * probability * (1 - probability), what, seed);
}

#endif
