/*
 * The Internet checksum in portable C that compilers turn into vector code. RFC 1071 section 2.
 *
 * Words of 32 bits are added in the machine's own byte order into 64 bits, and folded and swapped at the end:
 * the sum does not mind the order of bytes within words, as long as all agree. A folded sum is 0 when every
 * byte is 0 and never otherwise (what would be 0 is 0xffff), so two ways of summing the same bytes give the
 * same value.
 */
#include "wire/checksum.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include "wire/vector_clones.h"

/* Eight sums side by side, of two 32-bit halves each: a shape that gcc and clang both turn into vector code
 * (14 ns for 1460 hot bytes on an EPYC with AVX2; four sums took 18.5, and block by block into one variable
 * takes twice as long). */
#define LANES      8
#define BLOCK_SIZE (LANES * sizeof(uint64_t))

static inline void add_block(uint64_t lanes[LANES], const uint8_t *bytes)
{
        for (size_t i = 0; i < LANES; i++) {
                uint64_t word;
                memcpy(&word, bytes + i * sizeof word, sizeof word);
                lanes[i] += (uint32_t)word;
                lanes[i] += word >> 32;
        }
}

/* Fewer bytes than a block, padded with zeros to a whole word. */
static uint64_t sum_of_rest(const uint8_t *bytes, size_t size)
{
        uint64_t sum = 0;
        uint32_t word;
        for (; size >= sizeof word; size -= sizeof word, bytes += sizeof word) {
                memcpy(&word, bytes, sizeof word);
                sum += word;
        }
        if (size > 0) {
                word = 0;
                memcpy(&word, bytes, size);
                sum += word;
        }
        return sum;
}

static uint16_t fold(const uint64_t lanes[LANES], uint64_t rest)
{
        uint64_t sum = rest;
        for (size_t i = 0; i < LANES; i++)
                sum += lanes[i];
        return checksum_fold(sum);
}

VECTOR_CLONES uint16_t checksum_sum(const void *bytes, size_t size)
{
        const uint8_t *at = bytes;
        uint64_t lanes[LANES] = { 0 };
        for (; size >= BLOCK_SIZE; size -= BLOCK_SIZE, at += BLOCK_SIZE)
                add_block(lanes, at);
        return fold(lanes, sum_of_rest(at, size));
}

uint16_t checksum_combine(uint16_t sum, uint16_t next_sum, size_t size_before)
{
        bool is_odd = size_before % 2 == 1;
        return checksum_add(sum, is_odd ? GUINT16_SWAP_LE_BE(next_sum) : next_sum);
}
