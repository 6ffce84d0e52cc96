/*
 * What run.json and transfers.csv say of a run: what the titles of its pictures tell.
 */
#ifndef INORDER_RUN_FACTS_H
#define INORDER_RUN_FACTS_H

#include <glib.h>
#include <stdbool.h>
#include "units.h"

#define RUN_FACTS_ERROR (run_facts_error_quark())
enum run_facts_error {
        RUN_FACTS_ERROR_NOT_A_RUN, /* no run.json that inorder wrote */
        RUN_FACTS_ERROR_NO_TRACE,  /* the run kept no tables */
};
GQuark run_facts_error_quark(void);

struct transfer_facts {
        char *name;
        char *outcome; /* "done", "failed", "unfinished" */
        bool is_verified;
        int64_t bytes;
        time_ns started;
        time_ns finished; /* TIME_NEVER: it did not */
        int64_t retransmitted;
        int64_t timeouts;
        int64_t duplicate_acks;
        int64_t out_of_order;
};

struct run_facts {
        char *scenario;
        char *title; /* the scenario's; its name if it has none */
        char *version;
        char *ended; /* "done", "stopped" … */
        int64_t seed;
        GPtrArray *transfers; /* struct transfer_facts */
};

struct run_facts *run_facts_read(const char *directory, GError **error);
void run_facts_free(struct run_facts *facts);
typedef struct run_facts RunFacts;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunFacts, run_facts_free)

/* NULL: none has that name. */
const struct transfer_facts *run_facts_transfer(const struct run_facts *facts, const char *name);

/* 1234567 as "1,234,567", 0.1234567 s as "123.5 ms". The caller frees. */
char *count_words(int64_t count);
char *duration_words(duration_ns duration);

#endif
