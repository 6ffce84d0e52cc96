/*
 * SHA-256 against GLib's, alone and two at once.
 */
#include "trace/sha256.h"
#include "trace/sha256_lanes.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define BYTES 20000

static uint8_t bytes[BYTES];

static void set_up(void)
{
        for (unsigned i = 0; i < BYTES; i++)
                bytes[i] = (uint8_t)(i * i * 2654435761u >> 24);
}

static void expect_sum(Sha256 *sum, const GChecksum *expected)
{
        uint8_t hash[SHA256_SIZE];
        char text[SHA256_TEXT_SIZE];
        sha256_finish(sum, hash);
        ck_assert_str_eq(sha256_format(hash, text), g_checksum_get_string((GChecksum *)expected));
}

/* FIPS 180-4's example, and what another program made of a million. */
START_TEST(the_sums_are_the_standard_s)
{
        static const struct {
                const char *text;
                unsigned times;
                const char *hash;
        } cases[] = {
                { "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
                { "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
                { "aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
        };
        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(Sha256) sum = sha256_new();
                uint8_t hash[SHA256_SIZE];
                char text[SHA256_TEXT_SIZE];
                for (unsigned time = 0; time < cases[i].times; time++)
                        sha256_add(sum, cases[i].text, strlen(cases[i].text));
                sha256_finish(sum, hash);
                ck_assert_str_eq(sha256_format(hash, text), cases[i].hash);
        }
}
END_TEST

/* Pieces of all sizes, whole blocks of equal number, more of one than of the other, and none; at a block's
 * beginning or not. */
START_TEST(two_at_once_have_the_sums_of_each_alone)
{
        static const size_t sizes[] = { 0, 1, 63, 64, 65, 128, 4096, 9000 };
        for (unsigned i = 0; i < G_N_ELEMENTS(sizes) * G_N_ELEMENTS(sizes); i++) {
                g_autoptr(Sha256) one = sha256_new();
                g_autoptr(Sha256) other = sha256_new();
                g_autoptr(GChecksum) one_expected = g_checksum_new(G_CHECKSUM_SHA256);
                g_autoptr(GChecksum) other_expected = g_checksum_new(G_CHECKSUM_SHA256);
                for (unsigned piece = 0; piece < 4; piece++) {
                        const struct sha256_piece a = { one, bytes + piece, sizes[i % 8] };
                        const struct sha256_piece b = { other, bytes + 10000 + 3 * piece, sizes[i / 8] };
                        sha256_add_both(&a, &b);
                        g_checksum_update(one_expected, a.bytes, (gssize)a.size);
                        g_checksum_update(other_expected, b.bytes, (gssize)b.size);
                }
                expect_sum(one, one_expected);
                expect_sum(other, other_expected);
        }
}
END_TEST

/* Where the processor has them. */
START_TEST(the_processor_s_instructions_make_the_same_words)
{
        static const uint32_t first[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
        static const uint32_t abc[8] = { 0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3,
                0x96177a9c, 0xb410ff61, 0xf20015ad };
        uint8_t block[SHA256_BLOCK_SIZE] = { 'a', 'b', 'c', 0x80, [63] = 24 }; /* padded, section 5.1.1 */
        uint32_t words[2][8];
        memcpy(words[0], first, sizeof first);
        memcpy(words[1], first, sizeof first);
        if (!sha256_lanes_are_there())
                return;
        sha256_lanes_add((const struct sha256_lane[2]){ { words[0], block }, { words[1], block } }, 1);
        ck_assert_mem_eq(words[0], abc, sizeof abc);
        ck_assert_mem_eq(words[1], abc, sizeof abc);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("sha256");
        tcase_add_checked_fixture(cases, set_up, NULL);
        tcase_add_test(cases, the_sums_are_the_standard_s);
        tcase_add_test(cases, two_at_once_have_the_sums_of_each_alone);
        tcase_add_test(cases, the_processor_s_instructions_make_the_same_words);
        Suite *suite = suite_create("sha256");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
