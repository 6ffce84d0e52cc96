/*
 * What a drill tells: of each script, and of all.
 */
#ifndef INORDER_DRILL_REPORT_H
#define INORDER_DRILL_REPORT_H

#include "cli/drill_batch.h"

/* Passed: a line. Otherwise the place, what differs, both sides, and the exchange so far. Warnings go to stderr. */
void drill_report_one(const struct drill_item *item);
/* The exchange of one that passed, too; what nobody expected stands at its end. */
void drill_report_whole(const struct drill_item *item);
/* "12 passed, 1 failed, 0 not run". */
void drill_report_sum(const DrillBatch *batch);
/* One document on stdout. */
void drill_report_json(const DrillBatch *batch);

#endif
