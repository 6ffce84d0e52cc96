/*
 * A stream of draws of which each may lean towards the one before: tc-netem's correlation.
 *
 * Without correlation a draw is named by its packet alone. With it there is memory, and draws go by the order
 * in which they are asked for.
 */
#ifndef INORDER_CORRELATED_H
#define INORDER_CORRELATED_H

#include "engine/rng.h"

struct correlated {
        struct rng_stream stream;
        struct probability correlation;
        uint64_t last;
};

void correlated_init(
        struct correlated *correlated, const struct rng_stream *stream, struct probability correlation);
/* 64 bits about draw number `draw` of copy `copy` of packet `ordinal`. */
uint64_t correlated_draw(struct correlated *correlated, uint64_t ordinal, uint32_t copy, uint32_t draw);
/* Whether what has this probability happens; of 0 % nothing is drawn. */
bool correlated_happens(struct correlated *correlated, struct probability probability, uint64_t ordinal,
        uint32_t copy, uint32_t draw);

#endif
