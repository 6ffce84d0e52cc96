/*
 * Adding and removing in a hash table with linear probing. Knuth, The Art of Computer Programming,
 * section 6.4, algorithms L and R.
 */
#include "wire/hash_table.h"

#define PLACES_MIN 8

static struct hash_place *place_at(const struct hash_table *table, uint32_t at)
{
        return &table->places[at & (table->size - 1)];
}

/* At its own place: whoever is there goes one further, and so on to the next place that is free. So the
 * newest of several with one name comes first. */
static void put_in_front(struct hash_table *table, struct hash_place newcomer)
{
        for (uint32_t at = newcomer.hash; newcomer.thing != NULL; at++) {
                struct hash_place moved = *place_at(table, at);
                *place_at(table, at) = newcomer;
                newcomer = moved;
        }
}

static uint32_t free_place(const struct hash_table *table)
{
        uint32_t at = 0;
        while (place_at(table, at)->thing != NULL)
                at++;
        return at;
}

/* Backwards from a free place: of one name, the oldest comes first. */
static void put_all(struct hash_table *table, const struct hash_table *from)
{
        uint32_t end = free_place(from);
        for (uint32_t i = 1; i < from->size; i++) {
                const struct hash_place *place = place_at(from, end - i);
                if (place->thing != NULL)
                        put_in_front(table, *place);
        }
}

static void grow(struct hash_table *table, BlockPool *pool)
{
        struct hash_table larger = { .count = table->count, .size = MAX(2 * table->size, PLACES_MIN) };
        larger.places = block_pool_take_zeroed(pool, larger.size * sizeof *larger.places);
        if (table->size > 0)
                put_all(&larger, table);
        hash_table_clear(table, pool);
        *table = larger;
}

void hash_table_add(struct hash_table *table, BlockPool *pool, uint32_t hash, void *thing)
{
        g_assert(thing != NULL);
        /* With a quarter free, two or three places are looked at for what is found. */
        if (table->count >= table->size / 4 * 3)
                grow(table, pool);
        table->count++;
        put_in_front(table, (struct hash_place){ thing, hash });
}

/* Those behind the hole that may stand nearer to their own place do. */
static void close_hole(struct hash_table *table, uint32_t hole)
{
        const struct hash_place *place;
        for (uint32_t at = hole + 1; (place = place_at(table, at))->thing != NULL; at++) {
                uint32_t from_home = (at - place->hash) & (table->size - 1);
                if (from_home < at - hole)
                        continue;
                *place_at(table, hole) = *place;
                hole = at;
        }
        place_at(table, hole)->thing = NULL;
}

void hash_table_remove(struct hash_table *table, uint32_t hash, const void *thing)
{
        if (table->count == 0)
                return;
        const struct hash_place *place;
        for (uint32_t at = hash; (place = place_at(table, at))->thing != NULL; at++) {
                if (place->thing != thing)
                        continue;
                table->count--;
                close_hole(table, at);
                return;
        }
}

void hash_table_clear(struct hash_table *table, BlockPool *pool)
{
        block_pool_give_back(pool, table->places, table->size * sizeof *table->places);
        *table = (struct hash_table){ 0 };
}
