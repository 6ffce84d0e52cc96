/*
 * Jitter from uniform draws.
 */
#include "net/jitter.h"

#include <glib.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;
__extension__ typedef __int128 int128;

const struct jitter_table *jitter_table_find(const char *name)
{
        static const struct jitter_table *const tables[] = { &jitter_normal, &jitter_pareto,
                &jitter_paretonormal };
        for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
                if (strcmp(tables[i]->name, name) == 0)
                        return tables[i];
        }
        return NULL;
}

/* Which of `count` equal parts of the circle a draw is in. */
static uint64_t part_of(uint64_t draw, uint64_t count)
{
        return (uint64_t)((uint128)draw * count >> 64);
}

duration_ns jitter_of_draw(const struct jitter_table *table, duration_ns jitter, uint64_t draw)
{
        if (table == NULL)
                return (duration_ns)part_of(draw, 2 * (uint64_t)jitter + 1) - jitter;
        int128 product = (int128)jitter * table->quantiles[part_of(draw, table->size)];
        int128 half = product < 0 ? -JITTER_SCALE / 2 : JITTER_SCALE / 2;
        return (duration_ns)((product + half) / JITTER_SCALE);
}
