/*
 * The figures of a run: printed, written to run.json, and looked up by `expect:`.
 */
#ifndef INORDER_SUMMARY_H
#define INORDER_SUMMARY_H

#include "run/scenario.h"
#include "run/world.h"
#include "trace/json_writer.h"

typedef struct Summary Summary;

/* Takes the figures out of a world that has ended; scenario and world outlive it. `digest`: hexadecimal,
 * NULL: none. */
Summary *summary_new(const Scenario *scenario, const World *world, enum run_end end, const char *digest);
void summary_free(Summary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Summary, summary_free)

/* One figure: "price-list.status", "packets.dropped.loss". */
enum figure_type {
        FIGURE_UNKNOWN, /* no figure has this path */
        FIGURE_COUNT,
        FIGURE_TIME, /* ns; a point or a distance */
        FIGURE_RATE, /* bit/s */
        FIGURE_FLAG, /* 0 or 1 */
        FIGURE_TEXT,
};
struct figure {
        enum figure_type type;
        bool is_null; /* it did not come to be: a fetch that failed has no finished_s */
        int64_t number;
        const char *text;
};

/* Every expectation held, and every transfer finished and verified but those whose `verified: no` was
 * expected. */
bool summary_is_good(const Summary *summary);
/* Verified, or the scenario itself expects `verified: no` of it. */
bool summary_transfer_is_good(const Summary *summary, const struct transfer *transfer);
/* Finished, and every byte once, in order, equal to what was written. */
bool summary_is_verified(const Summary *summary, const struct transfer *transfer);

/* What became of one `expect:` line. */
struct expectation {
        const struct scenario_expect *expect;
        bool held;
        char *seen; /* the figure as text, for the message */
};
const GArray *summary_expectations(const Summary *summary); /* struct expectation */

enum run_end summary_end(const Summary *summary);
/* Names of fault rules that did nothing, in file order, and whatever else was added of the kind. */
void summary_add_unfired(Summary *summary, const char *name);
const GPtrArray *summary_unfired_faults(const Summary *summary);

/* The members of the summary, from "inorder" to "unfired_faults", into an open object. */
void summary_write_json(const Summary *summary, JsonWriter *writer);
/* transfers.csv, whole. */
void summary_append_csv(const Summary *summary, GString *text);

#endif
