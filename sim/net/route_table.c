/*
 * Longest prefix match: first whole addresses, if the table is part of a map (route_map.h), then a hash of
 * prefixes for each prefix length in use, tried from the longest to the shortest.
 *
 * The hash decides nothing but where a prefix stands; every prefix is there once.
 */
#include "net/route_map.h"

#include "wire/byte_order.h"

#define ADDRESS_BITS   128
#define FIRST_CAPACITY 2 /* a power of two: most tables are a host's, with its default route */

struct route {
        struct ip_address prefix;
        Link *link; /* NULL: an empty place */
};

/* All prefixes of one length; open addressing, at most half full. */
struct route_length {
        unsigned prefix_bits;
        struct ip_address mask;
        struct route *places;
        uint32_t capacity;
        uint32_t count;
};

/* Destinations of the map with numbers in a row that are reached by one link. */
struct route_run {
        uint32_t first;
        uint32_t count;
        Link *link;
};

struct RouteTable {
        const RouteMap *map; /* NULL: none */
        uint32_t node;       /* of the map: whose table this is */
        uint32_t run_count;
        struct route_run *runs;       /* in order */
        struct route_length *lengths; /* longest first */
        unsigned count;
};

RouteTable *route_table_new(void)
{
        return g_new0(RouteTable, 1);
}

void route_table_free(RouteTable *table)
{
        if (table == NULL)
                return;
        for (unsigned i = 0; i < table->count; i++)
                g_free(table->lengths[i].places);
        g_free(table->lengths);
        g_free(table->runs);
        g_free(table);
}

static uint64_t high_bits(unsigned count)
{
        return count == 0 ? 0 : UINT64_MAX << (64 - count);
}

static struct ip_address mask_of(unsigned bits)
{
        struct ip_address mask;
        write_be64(mask.bytes, high_bits(MIN(bits, 64)));
        write_be64(mask.bytes + 8, high_bits(bits > 64 ? bits - 64 : 0));
        return mask;
}

static struct ip_address prefix_of(const struct ip_address *address, const struct ip_address *mask)
{
        struct ip_address prefix;
        write_be64(prefix.bytes, read_be64(address->bytes) & read_be64(mask->bytes));
        write_be64(prefix.bytes + 8, read_be64(address->bytes + 8) & read_be64(mask->bytes + 8));
        return prefix;
}

/* Where the prefix is, or the empty place where it belongs. */
static struct route *place_of(const struct route_length *length, const struct ip_address *prefix)
{
        uint32_t mask = length->capacity - 1;
        uint32_t at = address_hash(prefix) & mask;
        while (length->places[at].link != NULL && !ip_address_equal(&length->places[at].prefix, prefix))
                at = (at + 1) & mask;
        return &length->places[at];
}

static void grow(struct route_length *length)
{
        struct route_length larger = *length;
        larger.capacity = length->capacity > 0 ? length->capacity * 2 : FIRST_CAPACITY;
        larger.places = g_new0(struct route, larger.capacity);
        for (uint32_t i = 0; i < length->capacity; i++) {
                if (length->places[i].link != NULL)
                        *place_of(&larger, &length->places[i].prefix) = length->places[i];
        }
        g_free(length->places);
        *length = larger;
}

static struct route_length *length_for(RouteTable *table, unsigned prefix_bits)
{
        unsigned at = 0;
        while (at < table->count && table->lengths[at].prefix_bits > prefix_bits)
                at++;
        if (at < table->count && table->lengths[at].prefix_bits == prefix_bits)
                return &table->lengths[at];
        table->lengths = g_renew(struct route_length, table->lengths, table->count + 1);
        for (unsigned i = table->count; i > at; i--)
                table->lengths[i] = table->lengths[i - 1];
        table->lengths[at] =
                (struct route_length){ .prefix_bits = prefix_bits, .mask = mask_of(prefix_bits) };
        table->count++;
        return &table->lengths[at];
}

void route_table_add(RouteTable *table, const struct ip_address *prefix, unsigned prefix_bits, Link *link)
{
        g_assert(prefix_bits <= ADDRESS_BITS && link != NULL);
        struct route_length *length = length_for(table, prefix_bits);
        if (length->count * 2 >= length->capacity)
                grow(length);
        struct route route = { prefix_of(prefix, &length->mask), link };
        struct route *place = place_of(length, &route.prefix);
        length->count += place->link == NULL;
        *place = route;
}

/* ---- Of a map ---- */

void route_table_join(RouteTable *table, const RouteMap *map, uint32_t node)
{
        table->map = map;
        table->node = node;
}

static bool is_power_of_two(uint32_t count)
{
        return (count & (count - 1)) == 0;
}

void route_table_add_run(RouteTable *table, uint32_t first, uint32_t count, Link *link)
{
        struct route_run *last = table->run_count > 0 ? &table->runs[table->run_count - 1] : NULL;
        g_assert(last == NULL || first - last->first >= last->count);
        if (count == 0)
                return;
        if (last != NULL && last->link == link && first - last->first == last->count) {
                last->count += count;
                return;
        }
        if (is_power_of_two(table->run_count)) /* it is full: 1, 2, 4 … have room */
                table->runs = g_renew(struct route_run, table->runs, MAX(table->run_count * 2, 1));
        table->runs[table->run_count++] = (struct route_run){ first, count, link };
}

void route_table_add_reached(
        RouteTable *table, const RouteTable *other, uint32_t first, uint32_t end, Link *link)
{
        for (uint32_t i = 0; i < other->run_count; i++) {
                const struct route_run *run = &other->runs[i];
                uint32_t run_first = MAX(run->first, first);
                uint32_t run_end = MIN(run->first + run->count, end);
                if (run_first < run_end)
                        route_table_add_run(table, run_first, run_end - run_first, link);
        }
}

/* The last run that does not begin behind the number, by halving. */
static Link *link_of_number(const RouteTable *table, uint32_t number)
{
        const struct route_run *run = table->runs;
        for (uint32_t count = table->run_count; count > 1; count -= count / 2)
                run += run[count / 2].first <= number ? count / 2 : 0;
        return table->run_count > 0 && number - run->first < run->count ? run->link : NULL;
}

static Link *find_in_map(const RouteTable *table, const struct ip_address *destination)
{
        const struct route_place *place = route_map_find(table->map, destination);
        return place->parent == table->node ? place->link : link_of_number(table, place->number);
}

static Link *find_by_prefix(const RouteTable *table, const struct ip_address *destination)
{
        for (unsigned i = 0; i < table->count; i++) {
                struct ip_address prefix = prefix_of(destination, &table->lengths[i].mask);
                const struct route *place = place_of(&table->lengths[i], &prefix);
                if (place->link != NULL)
                        return place->link;
        }
        return NULL;
}

Link *route_table_find(const RouteTable *table, const struct ip_address *destination)
{
        Link *link = table->map != NULL ? find_in_map(table, destination) : NULL;
        return link != NULL ? link : find_by_prefix(table, destination);
}
