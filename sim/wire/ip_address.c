/*
 * Addresses, endpoints and four-tuples: compared, hashed, and as text.
 */
#include "wire/ip_address.h"

#include <arpa/inet.h>

const struct ip_address ip_address_any = { { 0 } };

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

const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE])
{
        char address[IP_ADDRESS_TEXT_SIZE];
        ip_address_format(&endpoint->address, address);
        const char *form = ip_address_is_ipv4(&endpoint->address) ? "%s:%u" : "[%s]:%u";
        g_snprintf(text, ENDPOINT_TEXT_SIZE, form, address, endpoint->port);
        return text;
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
