/*
 * Worlds for fuzz targets: a scenario's text brought to life, and run only so far.
 */
#ifndef INORDER_TESTS_FUZZ_WORLD_H
#define INORDER_TESTS_FUZZ_WORLD_H

#include "run/summary.h"
#include "trace/digest.h"

/* A run that should have come to an end by itself long before. */
struct bounded_run {
        Scenario *scenario;
        Trace *trace;
        Digest *digest;
        World *world;
        enum run_end end; /* RUN_INTERRUPTED: the bound was reached */
        uint64_t packets; /* events of packets so far */
        uint64_t most;
        int interrupted;
};

/* Through a file in a directory that is empty but for it. `overrides` may be NULL. NULL: `*error` tells. */
Scenario *fuzz_scenario_load(
        const char *text, size_t size, const struct scenario_overrides *overrides, GError **error);

/* The world of a scenario, which it borrows; programs of the target's own may be added before the run. False:
 * it cannot be built. */
bool bounded_run_open(struct bounded_run *run, Scenario *scenario, const struct world_options *options,
        uint64_t most_packets);
/* What must hold of any run is asserted: conservation, no wrong byte, a reason for everything unfinished. */
void bounded_run_go(struct bounded_run *run);
void bounded_run_close(struct bounded_run *run);

/* The host of a name in the scenario. */
Host *bounded_run_host(const struct bounded_run *run, const char *name);

#endif
