/*
 * Real time for a stack under test: the clock, and where its ticks are.
 */
#ifndef INORDER_KERNEL_CLOCK_H
#define INORDER_KERNEL_CLOCK_H

#include "units.h"

/* CLOCK_MONOTONIC. */
time_ns kernel_clock(void);
/* A good time to begin, soon: what is done at a multiple of a tick after it is done half of one before a tick. */
time_ns kernel_clock_between_ticks(void);

#endif
