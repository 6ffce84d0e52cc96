/*
 * Internet addresses, and the endpoints and four-tuples made of them.
 *
 * Sixteen bytes from the first day: an IPv4 address is kept as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
 */
#ifndef INORDER_IP_ADDRESS_H
#define INORDER_IP_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

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
struct ip_address ip_address_from_ipv4(uint32_t ipv4);
uint32_t ip_address_to_ipv4(const struct ip_address *address);
bool ip_address_is_ipv4(const struct ip_address *address);
bool ip_address_is_any(const struct ip_address *address);
bool ip_address_equal(const struct ip_address *a, const struct ip_address *b);
/* `steps` further in its last 32 bits, without carrying out of them. */
struct ip_address ip_address_plus(const struct ip_address *address, uint32_t steps);
int ip_address_compare(const struct ip_address *a, const struct ip_address *b);

/* Dotted quads of four decimal numbers without leading zeros, or IPv6's text (RFC 4291 section 2.2) without a
 * zone; false when `text` is anything else. */
bool ip_address_parse(const char *text, struct ip_address *address);
/* RFC 5952's form. */
const char *ip_address_format(const struct ip_address *address, char text[IP_ADDRESS_TEXT_SIZE]);

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
/* "192.0.2.1:80", "[2001:db8::1]:80". */
const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE]);

bool four_tuple_equal(const struct four_tuple *a, const struct four_tuple *b);
/* For hash tables. The same on every machine. */
uint32_t four_tuple_hash(const struct four_tuple *tuple);

#endif
