/*
 * Addresses, endpoints and four-tuples: compared, hashed, and as text.
 */
#include "wire/ip_address.h"

#include "wire/byte_order.h"

#include <arpa/inet.h>

/* None of these has padding, so that one memcmp() compares them whole. */
_Static_assert(sizeof(struct endpoint) == 18, "an endpoint is an address and a port");
_Static_assert(sizeof(struct four_tuple) == 36, "a four-tuple is two endpoints");

#define IPV4_OFFSET 12 /* of the four bytes in an IPv4-mapped address */

static const uint8_t ipv4_mapped_prefix[IPV4_OFFSET] = { [10] = 0xff, [11] = 0xff };

const struct ip_address ip_address_any = { { 0 } };

struct ip_address ip_address_from_ipv4(uint32_t ipv4)
{
        struct ip_address address = ip_address_any;
        if (ipv4 == 0)
                return address;
        memcpy(address.bytes, ipv4_mapped_prefix, sizeof ipv4_mapped_prefix);
        write_be32(address.bytes + IPV4_OFFSET, ipv4);
        return address;
}

uint32_t ip_address_to_ipv4(const struct ip_address *address)
{
        return read_be32(address->bytes + IPV4_OFFSET);
}

bool ip_address_is_ipv4(const struct ip_address *address)
{
        return memcmp(address->bytes, ipv4_mapped_prefix, sizeof ipv4_mapped_prefix) == 0 ||
               ip_address_is_any(address);
}

bool ip_address_is_any(const struct ip_address *address)
{
        return ip_address_equal(address, &ip_address_any);
}

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
        return ip_address_compare(a, b) == 0;
}

struct ip_address ip_address_plus(const struct ip_address *address, uint32_t steps)
{
        struct ip_address sum = *address;
        write_be32(sum.bytes + IPV4_OFFSET, read_be32(sum.bytes + IPV4_OFFSET) + steps);
        return sum;
}

int ip_address_compare(const struct ip_address *a, const struct ip_address *b)
{
        return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

/* ::ffff:0.0.0.0 is the unspecified address, too. */
static struct ip_address with_one_unspecified(const struct ip_address *address)
{
        return ip_address_is_ipv4(address) ? ip_address_from_ipv4(ip_address_to_ipv4(address)) : *address;
}

bool ip_address_parse(const char *text, struct ip_address *address)
{
        uint8_t ipv4[4];
        struct ip_address ipv6;
        if (inet_pton(AF_INET, text, ipv4) == 1)
                *address = ip_address_from_ipv4(read_be32(ipv4));
        else if (inet_pton(AF_INET6, text, ipv6.bytes) == 1)
                *address = with_one_unspecified(&ipv6);
        else
                return false;
        return true;
}

const char *ip_address_format(const struct ip_address *address, char text[IP_ADDRESS_TEXT_SIZE])
{
        if (ip_address_is_ipv4(address))
                return inet_ntop(AF_INET, address->bytes + IPV4_OFFSET, text, IP_ADDRESS_TEXT_SIZE);
        return inet_ntop(AF_INET6, address->bytes, text, IP_ADDRESS_TEXT_SIZE);
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
        return memcmp(a, b, sizeof *a) == 0;
}

const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE])
{
        char address[IP_ADDRESS_TEXT_SIZE];
        ip_address_format(&endpoint->address, address);
        const char *form = ip_address_is_ipv4(&endpoint->address) ? "%s:%u" : "[%s]:%u";
        g_snprintf(text, ENDPOINT_TEXT_SIZE, form, address, endpoint->port);
        return text;
}

bool four_tuple_equal(const struct four_tuple *a, const struct four_tuple *b)
{
        return memcmp(a, b, sizeof *a) == 0;
}

/* The finishing steps of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): every bit in reaches every bit out. */
static uint64_t mix(uint64_t value)
{
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
        value = (value ^ value >> 27) * 0x94d049bb133111ebu;
        return value ^ value >> 31;
}

static uint64_t mix_endpoint(uint64_t hash, const struct endpoint *endpoint)
{
        hash = mix(hash + read_be64(endpoint->address.bytes));
        hash = mix(hash + read_be64(endpoint->address.bytes + 8));
        return hash + endpoint->port;
}

uint32_t four_tuple_hash(const struct four_tuple *tuple)
{
        uint64_t hash = mix_endpoint(mix_endpoint(0, &tuple->local), &tuple->remote);
        return (uint32_t)(mix(hash) >> 32);
}
