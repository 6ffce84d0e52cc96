/*
 * The largest, or the smallest, of the values of the last so-and-so long, by remembering three. Kathleen
 * Nichols' algorithm, as Linux (lib/win_minmax.c).
 */
#ifndef INORDER_WINDOWED_EXTREME_H
#define INORDER_WINDOWED_EXTREME_H

#include <stdint.h>

struct windowed_value {
        uint64_t at;
        uint32_t value;
};

struct windowed_extreme {
        struct windowed_value best[3]; /* the best, the best of those later, the best of those later still */
};

void windowed_reset(struct windowed_extreme *extreme, uint64_t at, uint32_t value);
/* `at` (a time, or a count of rounds) never goes back. */
uint32_t windowed_update_max(struct windowed_extreme *extreme, uint64_t window, uint64_t at, uint32_t value);
uint32_t windowed_update_min(struct windowed_extreme *extreme, uint64_t window, uint64_t at, uint32_t value);

static inline uint32_t windowed_get(const struct windowed_extreme *extreme)
{
        return extreme->best[0].value;
}

#endif
