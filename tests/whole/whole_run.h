/*
 * A scenario's text, brought to life and run to its end: what the tests of the whole look at.
 */
#ifndef INORDER_TESTS_WHOLE_RUN_H
#define INORDER_TESTS_WHOLE_RUN_H

#include "run/summary.h"
#include "trace/digest.h"

struct whole_run {
        Scenario *scenario;
        Trace *trace;
        Digest *digest; /* NULL: none was asked for */
        World *world;
        Summary *summary; /* after the run */
        enum run_end end;
        time_ns last_packet_at; /* the last packet's event that was traced */
};

/* What a test may want otherwise. All zero: with digest and SHA-256s, links as they come. */
struct whole_options {
        bool without_digest;
        bool without_sha256;
        bool one_event_a_packet;
};

/* Up to, not including, the first event: listeners may be added to the trace. A mistake in the text fails the
 * test. */
void whole_run_load(struct whole_run *run, const char *text, const struct whole_options *options);
/* What holds of every run is asserted. */
void whole_run_go(struct whole_run *run);
void whole_run_clear(struct whole_run *run);

/* The digest of a text's run. The caller frees. */
char *whole_run_digest(const char *text, const struct whole_options *options);

/* "tests/whole/NAME". The caller frees. */
char *whole_file(const char *name);

/* What is wrong with a run that should be perfect: it did not end by itself, or a transfer is not verified.
 * NULL: nothing. The caller frees. */
char *whole_run_complaint(const struct whole_run *run);

#endif
