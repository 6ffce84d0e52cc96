/*
 * One run of a scenario: a world, the writers that listen to it, and the directory that they write.
 */
#ifndef INORDER_SESSION_H
#define INORDER_SESSION_H

#include <stdio.h>
#include "report/run_dir.h"
#include "run/summary.h"

/* How much of what happened is kept. */
enum trace_level {
        TRACE_LEVEL_SUMMARY,  /* run.json, transfers.csv, scenario.yaml and inputs/ */
        TRACE_LEVEL_SEGMENTS, /* and the packets, in trace.ndjson and segments.csv */
        TRACE_LEVEL_FULL,     /* and everything else, and the captures */
};
/* "full"; false: no such level. */
bool trace_level_parse(const char *text, enum trace_level *level);
const char *trace_level_name(enum trace_level level);

struct session_options {
        const char *out; /* the directory */
        bool force;
        enum trace_level level;
        uint32_t snap; /* bytes of each packet in the captures; 0: all */
        bool record;   /* faults.yaml and delays.csv too … */
        bool by_meaning; /* … with segments named by what they carry */
        const char *faults_file; /* to be replayed; NULL: luck is drawn */
        FILE *story;   /* NULL: nobody reads it */
        const volatile int *interrupted;
};

typedef struct Session Session;

/* The scenario outlives the session. NULL: the directory cannot be made, or the scenario makes no world. */
Session *session_new(const Scenario *scenario, const struct session_options *options, GError **error);
/* Without a commit nothing is left of it. */
void session_free(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)

/* Run to the end and write every file, run.json last. False: something could not be written. */
bool session_run(Session *session, GError **error);
bool session_commit(Session *session, GError **error);

const Summary *session_summary(const Session *session);
const World *session_world(const Session *session);
/* Where run.json and the others are until the commit. */
const char *session_work_path(const Session *session);

#endif
