/*
 * SYN cookies: what a listener must know of a connection is in the numbers of its SYN-ACK, and comes back with the last
 * ACK of the handshake. RFC 4987 section 3.6; as Linux (net/ipv4/syncookies.c).
 */
#ifndef INORDER_SYN_COOKIE_H
#define INORDER_SYN_COOKIE_H

#include "tcp/siphash.h"
#include "units.h"
#include "wire/ip_address.h"
#include "wire/tcp_segment.h"

/* A cookie is believed so long, from its minute on. */
#define SYN_COOKIE_VALID (120 * SECOND)

/* The initial number of the SYN-ACK to a peer that takes segments of `*mss`, which becomes what the cookie says. */
struct seqnum syn_cookie_make(const uint8_t secret[SIPHASH_KEY_SIZE], const struct four_tuple *tuple,
        struct seqnum peer_first, uint32_t *mss, time_ns now);

/* What the cookie that the peer acknowledges says of its segments; 0: it is none of ours, or too old. */
uint32_t syn_cookie_mss(const uint8_t secret[SIPHASH_KEY_SIZE], const struct four_tuple *tuple,
        struct seqnum peer_first, struct seqnum cookie, time_ns now);

/* What was agreed, in the lowest bits of a timestamp that is no younger than `stamp`. */
uint32_t syn_cookie_stamp(uint32_t stamp, const struct tcp_options *agreed, bool has_ecn);
void syn_cookie_read_stamp(uint32_t stamp, struct tcp_options *agreed, bool *has_ecn);

#endif
