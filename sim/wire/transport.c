/*
 * Checksums and cuts that UDP, TCP and ICMPv6 have in common. RFC 9293 section 3.1, RFC 768, RFC 8200 section
 * 8.1.
 */
#include "wire/transport.h"

#include "wire/checksum.h"
#include "wire/ip_header.h"

#include <string.h>

#define USUAL_SIZE 32 /* TCP's header with timestamps: of a known size, it is summed without a loop */

uint16_t transport_sum(const struct ip_address *source, const struct ip_address *destination,
        uint8_t protocol, const uint8_t *bytes, size_t size, struct payload *payload)
{
        size_t whole_size = size + payload->length;
        g_assert(whole_size <= UINT16_MAX);
        uint64_t words = ip_pseudo_header_words(source, destination, protocol, (uint32_t)whole_size);
        if (size == USUAL_SIZE)
                return checksum_add(
                        checksum_fold(words + checksum_words(bytes, USUAL_SIZE)), payload_sum(payload));
        if (size % sizeof(uint32_t) == 0)
                return checksum_add(checksum_fold(words + checksum_words(bytes, size)), payload_sum(payload));
        uint16_t sum = checksum_add(checksum_fold(words), checksum_sum(bytes, size));
        return checksum_combine(sum, payload_sum(payload), size);
}

const uint8_t *transport_header(
        const uint8_t *bytes, size_t size, const struct payload *payload, size_t length, uint8_t *buffer)
{
        if (length <= size)
                return bytes;
        if (size > 0)
                memcpy(buffer, bytes, size);
        payload_copy_out(payload, 0, buffer + size, length - size);
        return buffer;
}

static void append_all(PayloadPool *pool, struct payload *payload, const struct payload *more)
{
        for (uint8_t i = 0; i < more->slice_count; i++)
                payload_append(pool, payload, &more->slices[i]);
}

struct payload transport_payload(
        const uint8_t *bytes, size_t size, const struct payload *payload, size_t length, PayloadPool *pool)
{
        if (length >= size) {
                uint32_t taken = (uint32_t)(length - size);
                return payload_cut(payload, taken, payload->length - taken);
        }
        struct payload whole = payload_of_bytes(pool, bytes + length, size - length);
        append_all(pool, &whole, payload);
        return whole;
}
