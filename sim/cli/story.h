/*
 * The story of a run, as it happened: the seven steps of a fetch, the socket calls of both ends, what the
 * line did to which packets, and how TCP repaired it. One line each, in simulated time.
 */
#ifndef INORDER_STORY_H
#define INORDER_STORY_H

#include <stdio.h>
#include "trace/trace.h"

typedef struct Story Story;

/* Listens to `trace` and prints to `out`. After `line_limit` lines it goes on silently and says at the end
 * how many it left out. */
Story *story_new(Trace *trace, FILE *out, unsigned line_limit);
/* Prints what is still being gathered. */
void story_finish(Story *story);
void story_free(Story *story);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Story, story_free)

#endif
