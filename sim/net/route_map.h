/*
 * All destinations of a world, numbered so that those behind one link have numbers in a row: what a router
 * knows is a link for each run of numbers (interval routing: van Leeuwen and Tan, The Computer Journal 30(4),
 * 1987). A router with one link to the world and ten thousand hosts there needs one run, not ten thousand
 * prefixes; and of its own hosts it needs none, since the map says on which node each hangs.
 *
 * For shortest_paths.c, which makes it, and route_table.c.
 */
#ifndef INORDER_ROUTE_MAP_H
#define INORDER_ROUTE_MAP_H

#include "net/router.h"
#include "wire/byte_order.h"

#define ROUTE_NOWHERE UINT32_MAX

struct route_place {
        struct ip_address address; /* any: an empty place, … */
        uint32_t number;           /* … 0; the others' numbers are from 1 */
        uint32_t parent;           /* the node it hangs on like a leaf or a branch, by … */
        Link *link;                /* … this link of that; ROUTE_NOWHERE, NULL: on none */
};

/* Open addressing, at most half full. The hash decides nothing but where a place stands. */
struct RouteMap {
        struct route_place *places;
        uint32_t mask;
};

/* Multiplicative: the high half of the product mixes every bit (Knuth 6.4). */
static inline uint32_t address_hash(const struct ip_address *address)
{
        uint64_t folded = read_be64(address->bytes) * 0x9e3779b97f4a7c15u ^ read_be64(address->bytes + 8);
        return (uint32_t)(folded * 0x9e3779b97f4a7c15u >> 32);
}

/* For `count` places at most. */
RouteMap *route_map_new(unsigned count);
void route_map_add(RouteMap *map, const struct route_place *place);

/* Where the address is, or the empty place where it belongs. */
static inline struct route_place *route_map_find(const RouteMap *map, const struct ip_address *address)
{
        uint32_t at = address_hash(address) & map->mask;
        while (!ip_address_equal(&map->places[at].address, address) &&
                !ip_address_is_any(&map->places[at].address))
                at = (at + 1) & map->mask;
        return &map->places[at];
}

/* From now on the table is that of node `node` in the map. */
void route_table_join(RouteTable *table, const RouteMap *map, uint32_t node);
/* `count` destinations from number `first` on are reached by `link`. Runs are added in order. */
void route_table_add_run(RouteTable *table, uint32_t first, uint32_t count, Link *link);
/* So are all that `other` reaches by its runs, of the numbers from `first` to before `end`. */
void route_table_add_reached(
        RouteTable *table, const RouteTable *other, uint32_t first, uint32_t end, Link *link);

#endif
