/*
 * A world: a scenario brought to life, run from its first event to its end.
 *
 * Owners are numbered in scenario order: hosts (groups unfolded), routers, then each link's two directions.
 */
#ifndef INORDER_WORLD_H
#define INORDER_WORLD_H

#include "host/host.h"
#include "run/scenario.h"

typedef struct World World;

struct world_options {
        bool with_sha256;        /* hash what programs write and read */
        bool one_event_a_packet; /* see net/link.h */
        bool with_record;        /* of what luck and queues do: see world_record() */
        PathLog *replay;         /* NULL: they do it; outlives the world, which says what of it happens again */
};

/* The scenario outlives the world. Owners and transfers are told to `trace` (NULL: none), whose listeners may
 * be added before or after, but before the run. */
World *world_new(const Scenario *scenario, Trace *trace, const struct world_options *options, GError **error);
/* Packets still under way end here; nothing more is traced. */
void world_free(World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

enum run_end {
        RUN_DONE,     /* nothing is left but idle listeners and TIME-WAIT */
        RUN_STOPPED,  /* at `stop:` */
        RUN_STUCK,    /* nothing can happen any more, and somebody waits */
        RUN_MISMATCH, /* a wrong byte was read */
        RUN_INTERRUPTED,
};
const char *run_end_name(enum run_end end); /* "done" */

/* Run to the end. `*interrupted`, set by a signal, ends it early; may be NULL. */
enum run_end world_run(World *world, const volatile int *interrupted);

/* Who looks at a world from time to time while it runs. */
struct world_watch {
        duration_ns every; /* of simulated time */
        void (*look)(void *data);
        void *data;
};
enum run_end world_run_watched(
        World *world, const volatile int *interrupted, const struct world_watch *watch);

/* What the run has come to. */
const struct packet_counts *world_packet_counts(const World *world);
uint64_t world_in_flight(const World *world);
uint64_t world_events(const World *world);
time_ns world_last_packet_at(const World *world);     /* the last packet's event */
const GPtrArray *world_transfers(const World *world); /* struct transfer */
const ProofBook *world_proofs(const World *world);
/* Whether the scenario's fault number `fault` (from 0) ever did anything. */
/* NULL: none was asked for. */
const PathLog *world_record(const World *world);
bool world_fault_fired(const World *world, unsigned fault);
unsigned world_released(const World *world); /* packets that fault rules still held at the end */
/* Who waits for what, a line each. */
char *world_describe_waits(const World *world);

/* Malloc calls of the pools so far. */
uint64_t world_pool_allocations(const World *world);

#endif
