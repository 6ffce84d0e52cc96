/*
 * Who can send to whom: over a link they share, or over routers, since only those forward. Groups count as
 * one.
 */
#ifndef INORDER_SCENARIO_REACH_H
#define INORDER_SCENARIO_REACH_H

#include "run/scenario.h"

typedef struct Reach Reach;

/* The scenario's links lead to hosts that exist; it outlives this. */
Reach *reach_new(const Scenario *scenario);
void reach_free(Reach *reach);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reach, reach_free)

bool reach_leads(const Reach *reach, const struct scenario_host *from, const struct scenario_host *to);

#endif
