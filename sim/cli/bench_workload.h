/*
 * The workloads that are measured: scenarios kept inside the program, and the counts that show whether a run
 * did the work that was asked for.
 */
#ifndef INORDER_BENCH_WORKLOAD_H
#define INORDER_BENCH_WORKLOAD_H

#include "run/scenario.h"

/* Both ends included. */
struct bench_range {
        uint64_t least;
        uint64_t most;
};

struct bench_workload {
        const char *name;
        uint64_t segments;     /* full ones, of 1448 bytes, delivered */
        uint64_t stream_bytes; /* read by programs in all, requests included */
        struct bench_range data_packets;
        struct bench_range packets;
        struct bench_range hops;
        struct bench_range losses;
        unsigned flows;      /* in progress at once */
        bool is_left_out;    /* unless it is asked for: it takes minutes */
};

/* NULL: none of that name. */
const struct bench_workload *bench_workload_find(const char *name);
/* In order; NULL behind the last. */
const struct bench_workload *bench_workload_at(unsigned index);
/* `sets`: what is changed in it, "PATH=VALUE", NULL-terminated; may be NULL. */
Scenario *bench_workload_load(const struct bench_workload *workload, char **sets, GError **error);

#endif
