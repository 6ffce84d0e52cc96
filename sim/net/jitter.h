/*
 * How much longer or shorter a packet's delay is, by luck: uniform, or from a table of a distribution, as
 * tc-netem's.
 *
 * A table holds quantiles in steps of equal probability, in units of 1/8192 of `jitter`; it is all integers, so
 * that every machine draws the same. A table's mean is about 0 and its standard deviation about 1.
 */
#ifndef INORDER_JITTER_H
#define INORDER_JITTER_H

#include "net/correlated.h"

#define JITTER_SCALE           8192
#define JITTER_TABLE_SIZE      4096 /* of our own tables */
#define JITTER_TABLE_SIZE_MOST 65536

struct jitter_table {
        const char *name; /* "normal"; of a file, its path */
        const char *kept; /* of a file, the name under which a run's directory keeps it; NULL: our own */
        uint32_t size;
        const int16_t *quantiles;
};

/* Made by jitter_tables.py when the project is built. */
extern const struct jitter_table jitter_normal;
extern const struct jitter_table jitter_pareto;
extern const struct jitter_table jitter_paretonormal;
/* NULL: none is named so. */
const struct jitter_table *jitter_table_find(const char *name);

/* What 64 uniform bits come to. `table` NULL: uniform in plus or minus `jitter`. Else rounded to the nearest
 * nanosecond, halves away from zero. */
duration_ns jitter_of_draw(const struct jitter_table *table, duration_ns jitter, uint64_t draw);

#endif
