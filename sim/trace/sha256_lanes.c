/*
 * The compression of SHA-256 for two sums in turn, round by round. FIPS 180-4 section 6.2.2.
 *
 * Every round waits for the one before, so that one sum alone leaves the processor idle every other cycle: a
 * byte takes 0.50 ns, of two sums at once 0.33. Files are most of what a traced run sums, half a microsecond
 * of each packet-hop.
 */
#include "trace/sha256_lanes.h"

#include <glib.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define ROUNDS           64
#define LANE_CODE        __attribute__((target("sha,sse4.1")))
#define LANE_INLINE      LANE_CODE G_ALWAYS_INLINE static inline
#define CPUID_HAS_SHA    (1u << 29) /* leaf 7, EBX */
#define CPUID_HAS_SSE4_1 (1u << 19) /* leaf 1, ECX */

/* Section 4.2.2: of the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
        0x428a2f98,
        0x71374491,
        0xb5c0fbcf,
        0xe9b5dba5,
        0x3956c25b,
        0x59f111f1,
        0x923f82a4,
        0xab1c5ed5,
        0xd807aa98,
        0x12835b01,
        0x243185be,
        0x550c7dc3,
        0x72be5d74,
        0x80deb1fe,
        0x9bdc06a7,
        0xc19bf174,
        0xe49b69c1,
        0xefbe4786,
        0x0fc19dc6,
        0x240ca1cc,
        0x2de92c6f,
        0x4a7484aa,
        0x5cb0a9dc,
        0x76f988da,
        0x983e5152,
        0xa831c66d,
        0xb00327c8,
        0xbf597fc7,
        0xc6e00bf3,
        0xd5a79147,
        0x06ca6351,
        0x14292967,
        0x27b70a85,
        0x2e1b2138,
        0x4d2c6dfc,
        0x53380d13,
        0x650a7354,
        0x766a0abb,
        0x81c2c92e,
        0x92722c85,
        0xa2bfe8a1,
        0xa81a664b,
        0xc24b8b70,
        0xc76c51a3,
        0xd192e819,
        0xd6990624,
        0xf40e3585,
        0x106aa070,
        0x19a4c116,
        0x1e376c08,
        0x2748774c,
        0x34b0bcb5,
        0x391c0cb3,
        0x4ed8aa4a,
        0x5b9cca4f,
        0x682e6ff3,
        0x748f82ee,
        0x78a5636f,
        0x84c87814,
        0x8cc70208,
        0x90befffa,
        0xa4506ceb,
        0xbef9a3f7,
        0xc67178f2,
};

/* As the instructions want them: the working variables a, b, e, f and c, d, g, h, and the last sixteen words
 * of the schedule. */
struct lane {
        __m128i abef;
        __m128i cdgh;
        __m128i schedule[4];
};

LANE_INLINE void load(struct lane *lane, const uint32_t *words)
{
        __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xb1);
        __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0x1b);
        lane->abef = _mm_alignr_epi8(badc, hgfe, 8);
        lane->cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
}

LANE_INLINE void store(const struct lane *lane, uint32_t *words)
{
        __m128i feba = _mm_shuffle_epi32(lane->abef, 0x1b);
        __m128i dchg = _mm_shuffle_epi32(lane->cdgh, 0xb1);
        _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(feba, dchg, 0xf0));
        _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* Four words of the schedule: the block's own, big-endian, and from the sixteenth on made of those before. */
LANE_INLINE __m128i next_words(struct lane *lane, const uint8_t *block, unsigned four)
{
        const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
        __m128i *words = lane->schedule;
        unsigned i = four % 4;
        if (four < 4) {
                words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + i), swap);
        } else {
                __m128i last = words[(i + 3) % 4];
                __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(words[i], words[(i + 1) % 4]),
                        _mm_alignr_epi8(last, words[(i + 2) % 4], 4));
                words[i] = _mm_sha256msg2_epu32(sum, last);
        }
        return words[i];
}

LANE_INLINE void four_rounds(struct lane *lane, const uint8_t *block, unsigned four)
{
        __m128i words = _mm_add_epi32(
                next_words(lane, block, four), _mm_loadu_si128((const __m128i *)(constants + 4 * four)));
        lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, words);
        lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(words, 0x0e));
}

LANE_INLINE void add_before(struct lane *lane, const struct lane *before)
{
        lane->abef = _mm_add_epi32(lane->abef, before->abef);
        lane->cdgh = _mm_add_epi32(lane->cdgh, before->cdgh);
}

LANE_CODE void sha256_lanes_add(const struct sha256_lane lanes[2], size_t blocks)
{
        struct lane one, other;
        load(&one, lanes[0].words);
        load(&other, lanes[1].words);
        for (size_t i = 0; i < blocks; i++) {
                const struct lane one_before = one, other_before = other;
#pragma GCC unroll 16 /* ROUNDS / 4 */
                for (unsigned four = 0; four < ROUNDS / 4; four++) {
                        four_rounds(&one, lanes[0].bytes + i * SHA256_BLOCK_SIZE, four);
                        four_rounds(&other, lanes[1].bytes + i * SHA256_BLOCK_SIZE, four);
                }
                add_before(&one, &one_before);
                add_before(&other, &other_before);
        }
        store(&one, lanes[0].words);
        store(&other, lanes[1].words);
}

bool sha256_lanes_are_there(void)
{
        unsigned a, b, c, d;
        return __get_cpuid(1, &a, &b, &c, &d) && (c & CPUID_HAS_SSE4_1) &&
               __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & CPUID_HAS_SHA);
}

#else

bool sha256_lanes_are_there(void)
{
        return false;
}

void sha256_lanes_add(const struct sha256_lane lanes[2], size_t blocks)
{
        (void)lanes;
        (void)blocks;
        g_assert_not_reached();
}

#endif
