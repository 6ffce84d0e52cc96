/*
 * The UDP header. RFC 768.
 */
#ifndef INORDER_UDP_H
#define INORDER_UDP_H

#include "wire/ip_address.h"
#include "wire/payload.h"

#define UDP_HEADER_SIZE 8

struct udp_datagram {
        uint16_t source_port;
        uint16_t destination_port;
        struct payload payload; /* owned by whoever holds the datagram */
};

enum udp_parse { UDP_OK, UDP_TRUNCATED, UDP_BAD_LENGTH, UDP_BAD_CHECKSUM };

/* Read the datagram whose header begins at `bytes` (`size` of them are header bytes of the packet) and whose
 * payload is `payload`. `*datagram`, with its own reference, is written only when the answer is UDP_OK. */
enum udp_parse udp_parse(const struct ip_address *source, const struct ip_address *destination,
        const uint8_t *bytes, size_t size, const struct payload *payload, PayloadPool *pool,
        struct udp_datagram *datagram);

const char *udp_parse_name(enum udp_parse result);

/* Write the header, checksum made (never 0 on the wire). Sums the payload if it is not summed yet. */
void udp_emit(const struct ip_address *source, const struct ip_address *destination,
        struct udp_datagram *datagram, uint8_t bytes[UDP_HEADER_SIZE]);

#endif
