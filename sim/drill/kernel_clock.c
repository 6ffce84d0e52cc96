/*
 * Scripts allow a kernel 4 ms, so they must not begin at an unlucky moment.
 */
#include "drill/kernel_clock.h"

#include <glib.h>
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
