/*
 * A fuzzer's bytes, taken from the front as numbers. When none are left, everything is 0: a short input is a
 * small case.
 */
#ifndef INORDER_TESTS_FUZZ_BYTES_H
#define INORDER_TESTS_FUZZ_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_bytes {
        const uint8_t *at;
        size_t left;
};

/* What libFuzzer and the replay of a corpus call: once for each input, in one process. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline uint8_t fuzz_8(struct fuzz_bytes *bytes)
{
        if (bytes->left == 0)
                return 0;
        bytes->left--;
        return *bytes->at++;
}

static inline uint16_t fuzz_16(struct fuzz_bytes *bytes)
{
        uint8_t high = fuzz_8(bytes);
        return (uint16_t)(high << 8 | fuzz_8(bytes));
}

static inline uint32_t fuzz_32(struct fuzz_bytes *bytes)
{
        uint32_t high = fuzz_16(bytes);
        return high << 16 | fuzz_16(bytes);
}

/* 0 … bound-1, of as few bytes as that takes. */
static inline uint32_t fuzz_below(struct fuzz_bytes *bytes, uint32_t bound)
{
        if (bound <= 0x100)
                return fuzz_8(bytes) % bound;
        return (bound <= 0x10000 ? fuzz_16(bytes) : fuzz_32(bytes)) % bound;
}

static inline bool fuzz_flag(struct fuzz_bytes *bytes)
{
        return fuzz_8(bytes) & 1;
}

/* 0 … 255 << 22, any scale as likely as any other. */
static inline uint32_t fuzz_of_any_scale(struct fuzz_bytes *bytes)
{
        uint8_t mantissa = fuzz_8(bytes);
        return (uint32_t)mantissa << fuzz_below(bytes, 23);
}

#endif
