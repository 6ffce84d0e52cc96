/*
 * Cookies: 24 bits hide which of four segment sizes the peer takes, and 8 say in which minute, on top of a
 * hash of the names and the peer's number. RFC 4987; as Linux, with its tables.
 */
#include "tcp/syn_cookie.h"

#include <glib.h>
#include <string.h>

#include "wire/byte_order.h"

#define PERIOD      (60 * SECOND)
#define PERIODS     2 /* of which a cookie may be */
#define COOKIE_BITS 24
#define COOKIE_MASK ((1u << COOKIE_BITS) - 1)
#define PERIOD_MASK (UINT32_MAX >> COOKIE_BITS)

/* The lowest bits of a timestamp. */
#define STAMP_BITS    6
#define STAMP_MASK    ((1u << STAMP_BITS) - 1)
#define STAMP_SCALE   0xfu
#define NO_SCALE      0xfu
#define STAMP_SACK    0x10u
#define STAMP_ECN     0x20u

#define ENDPOINT_SIZE (sizeof(struct ip_address) + 2)
#define PURPOSE       3 /* beside those of isn.c */

static const uint16_t ipv4_sizes[] = { 536, 1300, 1440, 1460 };
static const uint16_t ipv6_sizes[] = { 1220, 1420, 1440, 8940 };
G_STATIC_ASSERT(G_N_ELEMENTS(ipv4_sizes) == G_N_ELEMENTS(ipv6_sizes));

static const uint16_t *sizes_for(const struct four_tuple *tuple)
{
        return ip_address_is_ipv4(&tuple->remote.address) ? ipv4_sizes : ipv6_sizes;
}

/* ---- The number ---- */

static uint8_t *put_endpoint(uint8_t *to, const struct endpoint *endpoint)
{
        memcpy(to, endpoint->address.bytes, sizeof endpoint->address.bytes);
        write_be16(to + sizeof endpoint->address.bytes, endpoint->port);
        return to + ENDPOINT_SIZE;
}

static uint32_t hash(const uint8_t *secret, const struct four_tuple *tuple, uint32_t period, uint8_t layer)
{
        uint8_t message[2 * ENDPOINT_SIZE + sizeof period + 2];
        uint8_t *end = put_endpoint(message, &tuple->local);
        end = put_endpoint(end, &tuple->remote);
        write_be32(end, period);
        end[sizeof period] = layer;
        end[sizeof period + 1] = PURPOSE;
        return (uint32_t)siphash(secret, message, sizeof message);
}

/* secure_tcp_syn_cookie */
struct seqnum syn_cookie_make(const uint8_t secret[SIPHASH_KEY_SIZE], const struct four_tuple *tuple,
        struct seqnum peer_first, uint32_t *mss, time_ns now)
{
        const uint16_t *sizes = sizes_for(tuple);
        uint32_t period = (uint32_t)(now / PERIOD);
        uint32_t index = G_N_ELEMENTS(ipv4_sizes) - 1;
        while (index > 0 && *mss < sizes[index])
                index--;
        *mss = sizes[index];
        uint32_t hidden = (hash(secret, tuple, period, 1) + index) & COOKIE_MASK;
        return seq_of(hash(secret, tuple, 0, 0) + peer_first.value + (period << COOKIE_BITS) + hidden);
}

/* check_tcp_syn_cookie */
uint32_t syn_cookie_mss(const uint8_t secret[SIPHASH_KEY_SIZE], const struct four_tuple *tuple,
        struct seqnum peer_first, struct seqnum cookie, time_ns now)
{
        uint32_t period = (uint32_t)(now / PERIOD);
        uint32_t bare = cookie.value - hash(secret, tuple, 0, 0) - peer_first.value;
        uint32_t age = (period - (bare >> COOKIE_BITS)) & PERIOD_MASK;
        if (age >= PERIODS)
                return 0;
        uint32_t index = (bare - hash(secret, tuple, period - age, 1)) & COOKIE_MASK;
        return index < G_N_ELEMENTS(ipv4_sizes) ? sizes_for(tuple)[index] : 0;
}

/* ---- The timestamp ---- */

/* cookie_init_timestamp */
uint32_t syn_cookie_stamp(uint32_t stamp, const struct tcp_options *agreed, bool has_ecn)
{
        uint32_t bits = agreed->has_window_scale ? agreed->window_scale : NO_SCALE;
        bits |= agreed->sack_permitted ? STAMP_SACK : 0;
        bits |= has_ecn ? STAMP_ECN : 0;
        uint32_t marked = (stamp & ~STAMP_MASK) | bits;
        return marked > stamp ? marked - (1u << STAMP_BITS) : marked;
}

/* cookie_timestamp_decode */
void syn_cookie_read_stamp(uint32_t stamp, struct tcp_options *agreed, bool *has_ecn)
{
        agreed->sack_permitted = stamp & STAMP_SACK;
        agreed->has_window_scale = (stamp & STAMP_SCALE) != NO_SCALE;
        agreed->window_scale = agreed->has_window_scale ? stamp & STAMP_SCALE : 0;
        *has_ecn = stamp & STAMP_ECN;
}
