/*
 * Draws by counter: Philox4x64-10 and SHA-256, and probabilities that are compared as integers.
 */
#include "engine/rng.h"

#include <glib.h>
#include <openssl/evp.h>
#include <Random123/philox.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

/* The first 8 bytes of the name's SHA-256, big-endian. */
static uint64_t hash_of_name(const char *name)
{
        uint8_t digest[EVP_MAX_MD_SIZE];
        int is_made = EVP_Digest(name, strlen(name), digest, NULL, EVP_sha256(), NULL);
        g_assert(is_made == 1);
        uint64_t hash;
        memcpy(&hash, digest, sizeof hash);
        return GUINT64_FROM_BE(hash);
}

struct rng_stream rng_stream_named(uint64_t seed, const char *name)
{
        return (struct rng_stream){ .key = { seed, hash_of_name(name) } };
}

uint64_t rng_draw(const struct rng_stream *stream, uint64_t ordinal, uint32_t copy, uint32_t draw)
{
        philox4x64_ctr_t counter = { { ordinal, copy, draw, 0 } };
        philox4x64_key_t key = { { stream->key[0], stream->key[1] } };
        return philox4x64_R(10, counter, key).v[0];
}

uint64_t rng_draw_below(
        const struct rng_stream *stream, uint64_t ordinal, uint32_t copy, uint32_t draw, uint64_t bound)
{
        return (uint64_t)((uint128)rng_draw(stream, ordinal, copy, draw) * bound >> 64);
}

struct probability probability_of(uint64_t parts, uint64_t whole)
{
        g_assert(parts <= whole && whole > 0);
        if (parts == whole)
                return (struct probability){ .is_certain = true };
        return (struct probability){ .threshold = (uint64_t)(((uint128)parts << 64) / whole) };
}
