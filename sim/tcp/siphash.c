/*
 * SipHash-2-4: two rounds for each 8 bytes of the message, four at the end. Numbers are little-endian.
 */
#include "tcp/siphash.h"

struct sip_state {
        uint64_t v0;
        uint64_t v1;
        uint64_t v2;
        uint64_t v3;
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
        return word << bits | word >> (64 - bits);
}

static void sip_round(struct sip_state *state)
{
        state->v0 += state->v1;
        state->v1 = rotate(state->v1, 13) ^ state->v0;
        state->v0 = rotate(state->v0, 32);
        state->v2 += state->v3;
        state->v3 = rotate(state->v3, 16) ^ state->v2;
        state->v0 += state->v3;
        state->v3 = rotate(state->v3, 21) ^ state->v0;
        state->v2 += state->v1;
        state->v1 = rotate(state->v1, 17) ^ state->v2;
        state->v2 = rotate(state->v2, 32);
}

static uint64_t read_le64(const uint8_t *bytes, size_t size)
{
        uint64_t word = 0;
        for (size_t i = 0; i < size; i++)
                word |= (uint64_t)bytes[i] << (8 * i);
        return word;
}

static void absorb(struct sip_state *state, uint64_t word)
{
        state->v3 ^= word;
        sip_round(state);
        sip_round(state);
        state->v0 ^= word;
}

static uint64_t finish(struct sip_state *state)
{
        state->v2 ^= 0xff;
        for (int i = 0; i < 4; i++)
                sip_round(state);
        return state->v0 ^ state->v1 ^ state->v2 ^ state->v3;
}

uint64_t siphash(const uint8_t key[SIPHASH_KEY_SIZE], const void *message, size_t size)
{
        const uint8_t *bytes = message;
        uint64_t k0 = read_le64(key, 8);
        uint64_t k1 = read_le64(key + 8, 8);
        struct sip_state state = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                k1 ^ 0x7465646279746573 };
        size_t words = size / 8;
        for (size_t i = 0; i < words; i++)
                absorb(&state, read_le64(bytes + 8 * i, 8));
        absorb(&state, read_le64(bytes + 8 * words, size % 8) | (uint64_t)size << 56);
        return finish(&state);
}
