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

/* From now on it comes before others, as far as it may; so do threads that it starts. Only for what sleeps soon. */
struct kernel_haste kernel_haste_begin(void);
/* It takes its turn like others: some writes to /proc/sys try again and again (restart_syscall() of Linux) until who
 * holds a lock has had a turn, which he would never get. */
struct kernel_haste kernel_haste_pause(void);
void kernel_haste_end(const struct kernel_haste *before);

#endif
