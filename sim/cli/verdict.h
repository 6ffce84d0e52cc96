/*
 * The last lines of a run's story: what came of each transfer, what was expected and did not happen, where
 * the files are.
 */
#ifndef INORDER_VERDICT_H
#define INORDER_VERDICT_H

#include <stdio.h>
#include "cli/session.h"

/* For people, on `out`. */
void verdict_print(FILE *out, const Summary *summary, const World *world, const char *directory, enum trace_level level);

/* On stderr: failed expectations, mismatch, who waits for what, unfired faults. */
void verdict_complain(const Scenario *scenario, const Summary *summary, const World *world, bool is_strict);

#endif
