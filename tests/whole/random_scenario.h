/*
 * Scenarios drawn by lot: a fetch one way and a sender the other, at the same time, over the worst of lines.
 */
#ifndef INORDER_TESTS_RANDOM_SCENARIO_H
#define INORDER_TESTS_RANDOM_SCENARIO_H

#include <stdint.h>

/* The scenario number `seed`, as text. The caller frees. */
char *random_scenario(uint64_t seed);

#endif
