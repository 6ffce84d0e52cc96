/*
 * OpenSSL's sum, whose words are known, so that two can be made at once.
 *
 * Differs from OpenSSL's advice, which is EVP since 3.0: EVP hides the words.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "trace/sha256.h"

#include "trace/sha256_lanes.h"

#include <openssl/sha.h>

struct Sha256 {
        SHA256_CTX context;
};

Sha256 *sha256_new(void)
{
        Sha256 *sum = g_new(Sha256, 1);
        SHA256_Init(&sum->context);
        return sum;
}

void sha256_free(Sha256 *sum)
{
        g_free(sum);
}

void sha256_add(Sha256 *sum, const void *bytes, size_t size)
{
        SHA256_Update(&sum->context, bytes, size);
}

/* Whole blocks that were summed elsewhere. */
static void count_blocks(Sha256 *sum, size_t blocks)
{
        uint64_t bits = ((uint64_t)sum->context.Nh << 32 | sum->context.Nl) + blocks * SHA256_BLOCK_SIZE * 8;
        sum->context.Nl = (uint32_t)bits;
        sum->context.Nh = (uint32_t)(bits >> 32);
}

/* Nothing waits for a block to be filled. */
static bool is_at_a_block(const Sha256 *sum)
{
        return sum->context.num == 0;
}

void sha256_add_both(const struct sha256_piece *one, const struct sha256_piece *other)
{
        static gsize has_lanes; /* 1: no, 2: yes */
        if (g_once_init_enter(&has_lanes))
                g_once_init_leave(&has_lanes, sha256_lanes_are_there() ? 2 : 1);
        size_t blocks = 0;
        g_assert(one->sum != other->sum);
        if (has_lanes == 2 && is_at_a_block(one->sum) && is_at_a_block(other->sum)) {
                const struct sha256_lane lanes[2] = { { one->sum->context.h, one->bytes },
                        { other->sum->context.h, other->bytes } };
                blocks = MIN(one->size, other->size) / SHA256_BLOCK_SIZE;
                sha256_lanes_add(lanes, blocks);
                count_blocks(one->sum, blocks);
                count_blocks(other->sum, blocks);
        }
        size_t done = blocks * SHA256_BLOCK_SIZE;
        sha256_add(one->sum, one->bytes + done, one->size - done);
        sha256_add(other->sum, other->bytes + done, other->size - done);
}

void sha256_finish(Sha256 *sum, uint8_t hash[SHA256_SIZE])
{
        SHA256_Final(hash, &sum->context);
}

const char *sha256_format(const uint8_t hash[SHA256_SIZE], char text[SHA256_TEXT_SIZE])
{
        static const char digits[] = "0123456789abcdef";
        for (unsigned i = 0; i < SHA256_SIZE; i++) {
                text[2 * i] = digits[hash[i] >> 4];
                text[2 * i + 1] = digits[hash[i] & 0xf];
        }
        text[2 * SHA256_SIZE] = '\0';
        return text;
}
