/*
 * Correlated draws: an autoregression of the first order, as tc-netem's get_crandom(). The sum of two uniform
 * numbers is not uniform: with a correlation, small probabilities happen less often than they say, as netem's
 * do.
 */
#include "net/correlated.h"

__extension__ typedef unsigned __int128 uint128;

/* Packets have ordinals from 1. */
#define BEFORE_THE_FIRST 0

void correlated_init(
        struct correlated *correlated, const struct rng_stream *stream, struct probability correlation)
{
        *correlated = (struct correlated){ .stream = *stream, .correlation = correlation };
        if (!probability_is_zero(correlation))
                correlated->last = rng_draw(stream, BEFORE_THE_FIRST, 0, 0);
}

uint64_t correlated_draw(struct correlated *correlated, uint64_t ordinal, uint32_t copy, uint32_t draw)
{
        struct probability correlation = correlated->correlation;
        if (correlation.is_certain)
                return correlated->last;
        uint64_t fresh = rng_draw(&correlated->stream, ordinal, copy, draw);
        if (correlation.threshold == 0)
                return fresh;
        uint64_t lean = correlation.threshold;
        uint128 fresh_part = (uint128)fresh * (((uint128)1 << 64) - lean);
        correlated->last = (uint64_t)((fresh_part >> 64) + ((uint128)correlated->last * lean >> 64));
        return correlated->last;
}

bool correlated_happens(struct correlated *correlated, struct probability probability, uint64_t ordinal,
        uint32_t copy, uint32_t draw)
{
        if (probability_is_zero(probability))
                return false;
        return probability_happens(probability, correlated_draw(correlated, ordinal, copy, draw));
}
