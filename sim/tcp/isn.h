/*
 * Numbers that an outsider must not guess, made from a connection's name and a secret. RFC 6528, RFC 7323
 * section 5.4.
 */
#ifndef INORDER_ISN_H
#define INORDER_ISN_H

#include "tcp/siphash.h"
#include "units.h"
#include "wire/ip_address.h"
#include "wire/seqnum.h"

/* The initial sequence number of a connection that begins now. */
struct seqnum isn_choose(const uint8_t secret[SIPHASH_KEY_SIZE], const struct four_tuple *tuple, time_ns now);

/* What is added to the clock for timestamps; the same for all connections of one name, so that theirs only
 * grow. */
uint32_t isn_timestamp_offset(const uint8_t secret[SIPHASH_KEY_SIZE], const struct four_tuple *tuple);

#endif
