/*
 * The figures of a run: printed, written to run.json, and looked up by `expect:`.
 */
#ifndef INORDER_SUMMARY_H
#define INORDER_SUMMARY_H

#include "run/scenario.h"
#include "run/world.h"
#include "trace/json_writer.h"

/* One figure: "price-list.status", "packets.dropped.loss". Expectations may name any. */
enum figure_type {
        FIGURE_NONE,
        FIGURE_COUNT,
        FIGURE_TIME,
        FIGURE_DURATION,
        FIGURE_RATE,
        FIGURE_FLAG,
        FIGURE_TEXT
};
struct figure {
        enum figure_type type; /* NONE: the figure does not exist (null) */
        int64_t number;        /* ns, bit/s, or a count; FLAG: 0 or 1 */
        const char *text;
};

/* What became of one `expect:` line. */
struct expectation {
        const struct scenario_expect *expect;
        bool held;
        char *seen; /* the figure as text, for the message */
};

typedef struct Summary Summary;

/* Takes the figures out of a world that has ended. `digest`: hexadecimal, NULL: none. */
Summary *summary_new(const Scenario *scenario, const World *world, enum run_end end, const char *digest);
void summary_free(Summary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Summary, summary_free)

/* False when no figure can have this path; `nearest` is the closest that can. Known from the scenario alone,
 * so that `check` finds a misspelt expectation. */
bool summary_knows_path(const Scenario *scenario, const char *path, const char **nearest);
struct figure summary_figure(const Summary *summary, const char *path);

const GArray *summary_expectations(const Summary *summary); /* struct expectation */
/* Every expectation held, and every transfer finished and verified. */
bool summary_is_good(const Summary *summary);

/* The members of contract's summary object, from "inorder" to "unfired_faults", into an open object. */
void summary_write_json(const Summary *summary, JsonWriter *writer);

#endif
