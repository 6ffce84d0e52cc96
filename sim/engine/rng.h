/*
 * Luck, without state: Philox4x64-10 of Random123 (Salmon et al., "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011). The key is the seed and the first 8 bytes of the SHA-256 of the stream's name; the counter
 * says which draw is meant. So adding a host, a link, a rule or a draw elsewhere changes no other luck.
 */
#ifndef INORDER_RNG_H
#define INORDER_RNG_H

#include <stdbool.h>
#include <stdint.h>
#include "units.h"

/* A stream of draws, named for its purpose: "link core → right: loss". */
struct rng_stream {
        uint64_t key[2];
};

struct rng_stream rng_stream_named(uint64_t seed, const char *name);

/* 64 uniform bits for draw number `draw` about copy `copy` of packet `ordinal`. */
uint64_t rng_draw(const struct rng_stream *stream, uint64_t ordinal, uint32_t copy, uint32_t draw);

/* Uniform in 0 … bound-1 (Lemire's multiplication, without its rejection step: the bias is below bound /
 * 2^64). */
uint64_t rng_draw_below(
        const struct rng_stream *stream, uint64_t ordinal, uint32_t copy, uint32_t draw, uint64_t bound);

/* A probability as a 64-bit threshold. 0 and 1 are cases of their own, so that 100 % is certain. */
struct probability {
        uint64_t threshold; /* happens when a draw is below */
        bool is_certain;
};

/* `parts` of `whole`, parts <= whole: probability_of(1, 100) is 1 %. */
struct probability probability_of(uint64_t parts, uint64_t whole);
static inline bool probability_is_zero(struct probability probability)
{
        return !probability.is_certain && probability.threshold == 0;
}
static inline bool probability_happens(struct probability probability, uint64_t draw)
{
        return probability.is_certain || draw < probability.threshold;
}

#endif
