/*
 * Scripts allow a kernel 4 ms, so this process must neither wait for its turn nor begin at an unlucky moment.
 */
#include "drill/kernel_clock.h"

#include <glib.h>
#include <sys/prctl.h>
#include <time.h>

time_ns kernel_clock(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * SECOND + now.tv_nsec;
}

/* Timers of Linux's wheel end with the first tick that begins after their time, and ticks are at whole
 * multiples of their length: with 250 a second, by chance up to 4 ms late. Begun here, what follows at
 * multiples of a tick is half of one late, and what a script's steps
 * add to that matters only after as much again. */
time_ns kernel_clock_between_ticks(void)
{
        struct timespec resolution;
        clock_getres(CLOCK_MONOTONIC_COARSE, &resolution);
        duration_ns tick = MAX(resolution.tv_sec * SECOND + resolution.tv_nsec, 1);
        return (kernel_clock() / tick + 2) * tick - tick / 2;
}

static struct kernel_haste change_to(int policy, int priority)
{
        const struct sched_param parameters = { .sched_priority = priority };
        struct kernel_haste before = { .policy = sched_getscheduler(0) };
        sched_getparam(0, &before.parameters);
        before.was_changed = sched_setscheduler(0, policy, &parameters) == 0;
        return before;
}

struct kernel_haste kernel_haste_begin(void)
{
        prctl(PR_SET_TIMERSLACK, 1UL); /* where the other is not allowed: timers that end when they should */
        return change_to(SCHED_FIFO, 1);
}

struct kernel_haste kernel_haste_pause(void)
{
        return change_to(SCHED_OTHER, 0);
}

void kernel_haste_end(const struct kernel_haste *before)
{
        if (before->was_changed)
                sched_setscheduler(0, before->policy, &before->parameters);
}
