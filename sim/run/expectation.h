/*
 * Whether a figure is what the scenario expects of it.
 */
#ifndef INORDER_EXPECTATION_H
#define INORDER_EXPECTATION_H

#include "run/summary.h"

/* An unknown or null figure holds nothing, but `= null` and `: null` hold for a null one. */
bool expectation_holds(const struct scenario_expect *expect, struct figure figure);

/* "200", "1.5s", "yes", "null": as one would write it in the scenario. The caller frees. */
char *figure_format(struct figure figure);

#endif
