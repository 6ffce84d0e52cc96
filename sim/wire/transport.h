/*
 * What UDP, TCP and ICMP do alike: the checksum over pseudo-header, header and payload, and a header whose end is
 * not where the packet was cut.
 *
 * A packet is some header bytes and a payload; its sender cut it just behind the transport header. Damage or
 * a reassembly may leave another cut, so that the header ends within the payload, or the payload begins among
 * the header bytes. All functions take the packet as `bytes`, of which `size` are there, and `payload` behind
 * them.
 */
#ifndef INORDER_TRANSPORT_H
#define INORDER_TRANSPORT_H

#include "wire/ip_address.h"
#include "wire/payload.h"

/* The sum of the whole and its pseudo-header: 0xffff when the checksum in it is right. Sums the payload if it
 * is not summed yet. */
uint16_t transport_sum(const struct ip_address *source, const struct ip_address *destination,
        uint8_t protocol, const uint8_t *bytes, size_t size, struct payload *payload);

/* The first `length` bytes, in one piece: `bytes` itself, or `buffer` when some must be fetched from the
 * payload. */
const uint8_t *transport_header(
        const uint8_t *bytes, size_t size, const struct payload *payload, size_t length, uint8_t *buffer);

/* What follows the first `length` bytes, as a new owner. */
struct payload transport_payload(
        const uint8_t *bytes, size_t size, const struct payload *payload, size_t length, PayloadPool *pool);

#endif
