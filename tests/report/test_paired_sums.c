/*
 * Whatever the order and the sizes of what is written, each file's sum is its own.
 */
#include "report/paired_sums.h"

#include <check.h>
#include <stdlib.h>

#define FILES      5
#define PIECE_MOST 70000 /* some are too long to wait, some too short */

static uint8_t bytes[PIECE_MOST];
static struct {
        Sha256 *sum;
        GChecksum *expected;
} files[FILES];

static void set_up(void)
{
        for (unsigned i = 0; i < PIECE_MOST; i++)
                bytes[i] = (uint8_t)(i * i * 2654435761u >> 24);
        for (unsigned i = 0; i < FILES; i++) {
                files[i].sum = sha256_new();
                files[i].expected = g_checksum_new(G_CHECKSUM_SHA256);
        }
}

static void tear_down(void)
{
        for (unsigned i = 0; i < FILES; i++) {
                sha256_free(files[i].sum);
                g_checksum_free(files[i].expected);
        }
}

/* As a caller's buffer is: other bytes are in it soon. */
static void add(PairedSums *pairs, unsigned file, size_t size)
{
        g_autofree uint8_t *piece = g_memdup2(bytes + PIECE_MOST - size, size);
        paired_sums_add(pairs, files[file].sum, piece, size);
        g_checksum_update(files[file].expected, piece, (gssize)size);
}

static void expect_sum(PairedSums *pairs, unsigned file)
{
        uint8_t hash[SHA256_SIZE];
        char text[SHA256_TEXT_SIZE];
        paired_sums_settle(pairs, files[file].sum);
        sha256_finish(files[file].sum, hash);
        ck_assert_str_eq(sha256_format(hash, text), g_checksum_get_string(files[file].expected));
}

/* What the pieces' sizes are made of, and how many of them in a hundred are the first file's. */
static const struct {
        const char *why;
        size_t size;
        unsigned share;
} cases[] = {
        { "all as writers give them", 65536, 50 },
        { "nearly all are one file's: more wait than may", 65536, 95 },
        { "none is the first one's", 65536, 0 },
        { "blocks, but of many sizes", 64, 50 },
        { "any size: sums stand between two blocks", 1, 50 },
};

START_TEST(each_file_has_the_sum_of_its_own_bytes)
{
        PairedSums *pairs = paired_sums_new();
        unsigned luck = 1;
        for (unsigned i = 0; i < 200; i++) {
                luck = luck * 1103515245 + 12345;
                unsigned file = luck / 65536 % 100 < cases[_i].share ? 0 : 1 + luck / 65536 % (FILES - 1);
                size_t size = cases[_i].size * (1 + i * 7919u % (PIECE_MOST / cases[_i].size));
                add(pairs, file, size);
        }
        for (unsigned i = 0; i < FILES; i++)
                expect_sum(pairs, i);
        paired_sums_free(pairs);
}
END_TEST

int main(void)
{
        TCase *group = tcase_create("paired_sums");
        tcase_add_checked_fixture(group, set_up, tear_down);
        tcase_add_loop_test(group, each_file_has_the_sum_of_its_own_bytes, 0, G_N_ELEMENTS(cases));
        Suite *suite = suite_create("paired_sums");
        suite_add_tcase(suite, group);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
