/*
 * What the runs of a workload come to, for people and for programs.
 */
#ifndef INORDER_BENCH_REPORT_H
#define INORDER_BENCH_REPORT_H

#include "cli/bench_run.h"

/* A workload and its runs: one at least. */
struct bench_result {
        const struct bench_workload *workload;
        GArray *runs; /* struct bench_figures */
};

bool bench_result_is_good(const struct bench_result *result);

/* For people: what is measured, then each workload as it is done, then what several tell together. */
void bench_report_begin(void);
void bench_report_one(const struct bench_result *result);
void bench_report_end(const GArray *results);
/* For programs; what is wrong with a workload's runs goes to stderr. */
void bench_report_fault(const struct bench_result *result);
bool bench_report_json(const GArray *results);

#endif
