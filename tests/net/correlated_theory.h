/*
 * How often netem's correlated draws, each of which leans towards the one before, fall below a probability.
 */
#ifndef INORDER_TESTS_CORRELATED_THEORY_H
#define INORDER_TESTS_CORRELATED_THEORY_H

#include <math.h>
#include <string.h>

#define CELLS 2000

/* The share below `edge` of x' = (1 - lean) u + lean x, when it has settled: the density moves on, cell by
 * cell. */
static inline double settled_share(double lean, double edge)
{
        static double shares[CELLS], below[CELLS + 1];
        for (unsigned i = 0; i < CELLS; i++)
                shares[i] = 1.0 / CELLS;
        for (unsigned round = 0; round < 14; round++) {
                memset(below, 0, sizeof below);
                for (unsigned k = 0; k <= CELLS; k++)
                        for (unsigned i = 0; i < CELLS; i++) {
                                double u = ((double)k / CELLS - lean * (i + 0.5) / CELLS) / (1 - lean);
                                below[k] += shares[i] * fmax(0, fmin(1, u));
                        }
                for (unsigned i = 0; i < CELLS; i++)
                        shares[i] = below[i + 1] - below[i];
        }
        return below[(unsigned)(edge * CELLS)];
}

#endif
