/*
 * Quantities as text, both ways: times, rates, sizes, packets, probabilities, counts, switches.
 *
 * Exact: a decimal becomes an integer number of the smallest unit or is refused; nothing is rounded.
 * Formatting gives the shortest usual text, and parsing that gives the same value. k, M, G are powers of
 * 1000; Ki, Mi, Gi of 1024.
 */
#ifndef INORDER_QUANTITY_H
#define INORDER_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>
#include "engine/rng.h"
#include "units.h"

enum quantity_result {
        QUANTITY_OK,
        QUANTITY_MALFORMED,
        QUANTITY_NO_UNIT,
        QUANTITY_WRONG_UNIT,
        QUANTITY_NOT_WHOLE, /* more decimals than the smallest unit has */
        QUANTITY_TOO_LARGE,
        QUANTITY_RESULTS,
};

/* Parse: `value` is touched only when the result is QUANTITY_OK. Format: the caller frees. */
struct quantity_kind {
        const char *noun;     /* "a time" */
        const char *examples; /* "30ms, 1.5s, 2m" */
        const char *smallest; /* "nanoseconds"; NULL: it has no name */
        enum quantity_result (*parse)(const char *text, uint64_t *value);
        char *(*format)(uint64_t value);
};

extern const struct quantity_kind quantity_time;    /* nanoseconds */
extern const struct quantity_kind quantity_rate;    /* bits a second */
extern const struct quantity_kind quantity_size;    /* bytes */
extern const struct quantity_kind quantity_packets; /* packets */
extern const struct quantity_kind quantity_count;   /* a bare number */

/* "'7.5sec' has an unknown unit": what is said of `text` when it was not accepted. The caller frees. */
char *quantity_complaint(const struct quantity_kind *kind, const char *text, enum quantity_result result);

/* "1%", "0.01%", "0.05" (only below 1: a bare 1 could mean either). */
enum quantity_result probability_parse(const char *text, struct probability *probability);
char *probability_format(struct probability probability);
/* What is left of 100 %, exactly as it would be written. Of one that was written. */
struct probability probability_rest(struct probability probability);

/* on, yes, true; off, no, false. False: neither. */
bool switch_parse(const char *text, bool *is_on);

#endif
