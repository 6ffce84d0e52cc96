/*
 * Two SHA-256 sums at once: the blocks of each, where the processor has instructions for it.
 */
#ifndef INORDER_SHA256_LANES_H
#define INORDER_SHA256_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK_SIZE 64

/* One sum's eight words, and what comes next. */
struct sha256_lane {
        uint32_t *words;
        const uint8_t *bytes;
};

bool sha256_lanes_are_there(void);
/* As many blocks of each; only where they are there. */
void sha256_lanes_add(const struct sha256_lane lanes[2], size_t blocks);

#endif
