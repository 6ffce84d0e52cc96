/*
 * Longest prefix match: a hash of prefixes for each prefix length in use, tried from the longest to the
 * shortest.
 *
 * The hash decides nothing but where a prefix stands; every prefix is there once.
 */
#include "net/router.h"

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

struct RouteTable {
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

/* Multiplicative: the high half of the product mixes every bit (Knuth 6.4). */
static uint32_t hash_of(const struct ip_address *prefix)
{
        uint64_t folded = read_be64(prefix->bytes) * 0x9e3779b97f4a7c15u ^ read_be64(prefix->bytes + 8);
        return (uint32_t)(folded * 0x9e3779b97f4a7c15u >> 32);
}

/* Where the prefix is, or the empty place where it belongs. */
static struct route *place_of(const struct route_length *length, const struct ip_address *prefix)
{
        uint32_t mask = length->capacity - 1;
        uint32_t at = hash_of(prefix) & mask;
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

Link *route_table_find(const RouteTable *table, const struct ip_address *destination)
{
        for (unsigned i = 0; i < table->count; i++) {
                struct ip_address prefix = prefix_of(destination, &table->lengths[i].mask);
                const struct route *place = place_of(&table->lengths[i], &prefix);
                if (place->link != NULL)
                        return place->link;
        }
        return NULL;
}
