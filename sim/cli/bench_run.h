/*
 * One run of a workload, measured, in a process of its own, so that its peak of memory is its own.
 *
 * The proof of order is on; SHA-256, digest and trace are off.
 */
#ifndef INORDER_BENCH_RUN_H
#define INORDER_BENCH_RUN_H

#include "cli/bench_workload.h"

#define BENCH_FAULT_SIZE 160

struct bench_figures {
        uint64_t cpu_ns; /* from the first event to the end: the world was built before */
        uint64_t data_packets;
        uint64_t packets;
        uint64_t hops;
        uint64_t events;
        time_ns simulated;
        uint64_t peak_kib;
        bool has_allocations; /* they can be counted here */
        uint64_t allocations; /* after the first tenth of the data packets */
        bool is_interrupted;
        char fault[BENCH_FAULT_SIZE]; /* what is wrong with the run; empty: its counts are as they should be */
};

/* False: no process, or it died. */
bool bench_run(const struct bench_workload *workload, char **sets, const volatile int *interrupted,
        struct bench_figures *figures, GError **error);

#endif
