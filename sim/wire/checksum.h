/*
 * The Internet checksum: ones'-complement sums of 16-bit words. RFC 1071.
 *
 * A partial sum is folded to 16 bits and not complemented. Words are summed in network byte order, so 0x1234
 * on the wire adds 0x1234.
 */
#ifndef INORDER_CHECKSUM_H
#define INORDER_CHECKSUM_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The partial sum of `size` bytes; an odd last byte is padded with zero. */
uint16_t checksum_sum(const void *bytes, size_t size);

/* The sum of two parts, the second of which begins `size_before` bytes after the first: an odd distance swaps
 * its bytes (RFC 1071 section 2, "byte order independence"). */
uint16_t checksum_combine(uint16_t sum, uint16_t next_sum, size_t size_before);

/* a + b with end-around carry. */
static inline uint16_t checksum_add(uint16_t a, uint16_t b)
{
        uint32_t sum = (uint32_t)a + b;
        return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/* For headers, whose parts are few: `size` bytes, a multiple of four, not folded yet and in the machine's own byte
 * order. What several parts, each at an even distance, give is added up and folded once. */
static inline uint64_t checksum_words(const void *bytes, size_t size)
{
        uint64_t sum = 0;
        for (size_t i = 0; i < size; i += sizeof(uint32_t)) {
                uint32_t word;
                memcpy(&word, (const uint8_t *)bytes + i, sizeof word);
                sum += word;
        }
        return sum;
}

static inline uint16_t checksum_fold(uint64_t sum)
{
        sum = (sum & 0xffffffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return GUINT16_FROM_BE((uint16_t)sum);
}

/* The same of a sum of numbers: of words that were read, or will be written, in network byte order. */
static inline uint16_t checksum_fold_numbers(uint64_t sum)
{
        return GUINT16_TO_BE(checksum_fold(sum));
}

/* What goes into the packet. */
static inline uint16_t checksum_finish(uint16_t sum)
{
        return (uint16_t)~sum;
}

#endif
