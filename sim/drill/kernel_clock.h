/*
 * Real time for a stack under test: the clock, where its ticks are, and a thread that need not wait for its turn.
 */
#ifndef INORDER_KERNEL_CLOCK_H
#define INORDER_KERNEL_CLOCK_H

#include <sched.h>
#include <stdbool.h>
#include "units.h"

/* CLOCK_MONOTONIC. */
time_ns kernel_clock(void);
/* A good time to begin, soon: what is done at a multiple of a tick after it is done half of one before a tick. */
time_ns kernel_clock_between_ticks(void);

/* How the calling thread was scheduled. */
struct kernel_haste {
        int policy;
        struct sched_param parameters;
        bool was_changed;
};

/* From now on it comes before others, as far as it may; so do threads that it starts. */
struct kernel_haste kernel_haste_begin(void);
void kernel_haste_end(const struct kernel_haste *before);

#endif
