/*
 * What every picture of one transfer is made from.
 */
#ifndef INORDER_PLOT_CONTEXT_H
#define INORDER_PLOT_CONTEXT_H

#include "report/picture.h"
#include "report/run_facts.h"
#include "report/stream.h"

struct plot_context {
        const char *directory; /* the run's */
        const struct run_facts *facts;
        const struct transfer_facts *transfer;
        const SegmentTable *segments;
        struct stream stream; /* the one to be shown */
        const char *stem;     /* of file names: the transfer's name */
        time_ns from;         /* what is outside is not shown */
        time_ns to;
};

/* Pictures of one kind: `draw` adds to `pictures` (Picture) what it makes. False with `error`: a file could
 * not be read. Nothing to be shown is no error. */
struct plot_kind {
        const char *name; /* "ladder": of its template and its files */
        bool (*draw)(const struct plot_context *context, GPtrArray *pictures, GError **error);
};
extern const struct plot_kind plot_ladder;
extern const struct plot_kind plot_seq;
extern const struct plot_kind plot_reasm;
extern const struct plot_kind plot_cc;

bool plot_is_within(const struct plot_context *context, time_ns time);

/* More marks than this are thinned. */
#define PLOT_MARKS_MAX 4000

/* A name as part of a file's: nothing but letters, digits, "-", "_" and "." inside. The caller frees. */
char *plot_file_stem(const char *name);

/* The three lines above a picture: a question to the scenario, what happened, whose run it was; `remark`: more, or
 * NULL. */
void plot_title(Picture *picture, const struct run_facts *facts, const char *question, const char *detail,
        const char *remark);

/* Begin a picture: its titles ask `question` and tell scenario, seed and what happened; `remark`: more, or
 * NULL. */
Picture *plot_begin(
        const struct plot_context *context, const char *kind, const char *question, const char *remark);

#endif
