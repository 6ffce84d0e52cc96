/*
 * Internet addresses, and the endpoints and four-tuples made of them.
 *
 * Sixteen bytes from the first day: an IPv4 address is kept as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
 */
#ifndef INORDER_IP_ADDRESS_H
#define INORDER_IP_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "wire/byte_order.h"

#define IPV4_OFFSET 12      /* of the four bytes in an IPv4-mapped address ... */
#define IPV4_MAPPED 0xffffu /* ... and what stands in the four before them */

struct ip_address {
        uint8_t bytes[16];
};

/* One end of a transport conversation. */
struct endpoint {
        struct ip_address address;
        uint16_t port;
};

/* The four numbers that name a connection, as seen by one of its ends. */
struct four_tuple {
        struct endpoint local;
        struct endpoint remote;
};

/* Room for any address as text, with its NUL; and for "[address]:port". */
#define IP_ADDRESS_TEXT_SIZE 46
#define ENDPOINT_TEXT_SIZE   54

/* The unspecified address, "any": all bytes zero. It is the same for both families: IPv4's 0.0.0.0 becomes
 * this one, and it counts as an IPv4 address. */
extern const struct ip_address ip_address_any;

/* `ipv4` is in host byte order: 0xc0000201 is 192.0.2.1. */
static inline struct ip_address ip_address_from_ipv4(uint32_t ipv4)
{
        struct ip_address address = { { 0 } };
        if (ipv4 == 0)
                return address;
        write_be32(address.bytes + 8, IPV4_MAPPED);
        write_be32(address.bytes + IPV4_OFFSET, ipv4);
        return address;
}
static inline uint32_t ip_address_to_ipv4(const struct ip_address *address)
{
        return read_be32(address->bytes + IPV4_OFFSET);
}
/* As two words, since compilers call memcmp() for sixteen bytes: every packet is compared half a dozen times. */
static inline bool ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
        uint64_t one[2], other[2];
        memcpy(one, a->bytes, sizeof one);
        memcpy(other, b->bytes, sizeof other);
        return ((one[0] ^ other[0]) | (one[1] ^ other[1])) == 0;
}
static inline bool ip_address_is_any(const struct ip_address *address)
{
        return ip_address_equal(address, &ip_address_any);
}
static inline bool ip_address_is_ipv4(const struct ip_address *address)
{
        uint64_t high;
        memcpy(&high, address->bytes, sizeof high);
        uint32_t middle = read_be32(address->bytes + 8);
        return high == 0 && (middle == IPV4_MAPPED || (middle | read_be32(address->bytes + IPV4_OFFSET)) == 0);
}
/* `steps` further in its last 32 bits, without carrying out of them. */
struct ip_address ip_address_plus(const struct ip_address *address, uint32_t steps);
int ip_address_compare(const struct ip_address *a, const struct ip_address *b);

/* Dotted quads of four decimal numbers without leading zeros, or IPv6's text (RFC 4291 section 2.2) without a
 * zone; false when `text` is anything else. */
bool ip_address_parse(const char *text, struct ip_address *address);
/* RFC 5952's form. */
const char *ip_address_format(const struct ip_address *address, char text[IP_ADDRESS_TEXT_SIZE]);

static inline bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
        return ip_address_equal(&a->address, &b->address) && a->port == b->port;
}
/* "192.0.2.1:80", "[2001:db8::1]:80". */
const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE]);

static inline bool four_tuple_equal(const struct four_tuple *a, const struct four_tuple *b)
{
        return endpoint_equal(&a->remote, &b->remote) && endpoint_equal(&a->local, &b->local);
}
/* The same on every machine: ports and flow labels are chosen by it. */
uint32_t four_tuple_hash(const struct four_tuple *tuple);
/* For hash tables, at a quarter of the cost. Multilinear hashing (Lemire and Kaser, "Strongly universal string hashing
 * is fast", 2014): the high half of a sum of products by random odd numbers. */
static inline uint32_t four_tuple_place(const struct four_tuple *tuple)
{
        uint64_t ports = (uint64_t)tuple->local.port << 16 | tuple->remote.port;
        uint64_t sum = ports * 0x9e3779b97f4a7c15u;
        sum += read_be64(tuple->local.address.bytes) * 0xbf58476d1ce4e5b9u;
        sum += read_be64(tuple->local.address.bytes + 8) * 0x94d049bb133111ebu;
        sum += read_be64(tuple->remote.address.bytes) * 0xd6e8feb86659fd93u;
        sum += read_be64(tuple->remote.address.bytes + 8) * 0xa0761d6478bd642fu;
        return (uint32_t)(sum >> 32);
}

#endif
