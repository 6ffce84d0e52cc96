/*
 * Units that every module shares: points and distances in simulated time, and bit rates.
 *
 * All of them are integers: nothing that reaches a trace is decided by floating point.
 */
#ifndef INORDER_UNITS_H
#define INORDER_UNITS_H

#include <stdint.h>

/* A point of simulated time: nanoseconds since the run began. Never negative. */
typedef int64_t time_ns;

/* A distance between two points, in nanoseconds. */
typedef int64_t duration_ns;

/* Bits a second. 0 means "without limit". */
typedef uint64_t rate_bps;

/* Later than everything that can happen: "no deadline". */
#define TIME_NEVER INT64_MAX

#define MICROSECOND ((duration_ns)1000)
#define MILLISECOND (1000 * MICROSECOND)
#define SECOND      (1000 * MILLISECOND)

#endif
