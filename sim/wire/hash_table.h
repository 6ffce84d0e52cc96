/*
 * Things found by a hash of their names: open addressing, linear probing.
 *
 * The names stay with the things: who looks for one says how to compare. Several of one name are allowed, and the
 * newest is found. Memory is a block of a pool, which grows and never shrinks: what comes and goes asks for none.
 */
#ifndef INORDER_HASH_TABLE_H
#define INORDER_HASH_TABLE_H

#include <stdbool.h>
#include "wire/block_pool.h"

struct hash_place {
        void *thing; /* NULL: nobody's place */
        uint32_t hash;
};

/* All zero: empty. Never walked, so that nothing depends on the order of places. */
struct hash_table {
        struct hash_place *places;
        uint32_t count;
        uint32_t size; /* places, a power of two; 0: none yet */
};

typedef bool hash_table_is(const void *thing, const void *name);

/* The newest thing of that name; NULL: there is none. Inline, and so is `is`, where things are looked for often. */
static inline void *hash_table_find(
        const struct hash_table *table, uint32_t hash, hash_table_is *is, const void *name)
{
        if (table->count == 0)
                return NULL;
        const struct hash_place *place;
        for (uint32_t at = hash; (place = &table->places[at & (table->size - 1)])->thing != NULL; at++) {
                if (place->hash == hash && is(place->thing, name))
                        return place->thing;
        }
        return NULL;
}

void hash_table_add(struct hash_table *table, BlockPool *pool, uint32_t hash, void *thing);
/* Nothing happens when it is not in the table. */
void hash_table_remove(struct hash_table *table, uint32_t hash, const void *thing);
/* Whatever is in it. */
void hash_table_clear(struct hash_table *table, BlockPool *pool);

#endif
