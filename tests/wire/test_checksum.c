/*
 * The Internet checksum against RFC 1071's example and against its definition, word by word.
 */
#include "engine/rng.h"
#include "wire/checksum.h"

#include <check.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define SIZE_MAX_TESTED 300
#define ALIGNMENTS      8

static uint8_t bytes[70000];

static void fill_with_luck(const char *name, size_t size)
{
        struct rng_stream luck = rng_stream_named(1, name);
        for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)rng_draw(&luck, i, 0, 0);
}

static uint16_t sum_by_definition(const uint8_t *from, size_t size)
{
        uint32_t sum = 0;
        for (size_t i = 0; i < size; i++) {
                sum += i % 2 == 0 ? (uint32_t)from[i] << 8 : from[i];
                sum = (sum & 0xffff) + (sum >> 16);
        }
        return (uint16_t)sum;
}

START_TEST(the_example_of_rfc_1071_section_3)
{
        static const uint8_t example[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
        ck_assert_uint_eq(checksum_sum(example, sizeof example), 0xddf2);
        ck_assert_uint_eq(checksum_finish(0xddf2), 0x220d);
}
END_TEST

START_TEST(every_size_at_every_alignment_sums_as_defined)
{
        fill_with_luck("test: checksum", SIZE_MAX_TESTED + ALIGNMENTS);
        for (size_t at = 0; at < ALIGNMENTS; at++) {
                for (size_t size = 0; size <= SIZE_MAX_TESTED; size++)
                        ck_assert_uint_eq(
                                checksum_sum(bytes + at, size), sum_by_definition(bytes + at, size));
        }
}
END_TEST

START_TEST(the_largest_packet_of_ones_does_not_overflow)
{
        memset(bytes, 0xff, sizeof bytes);
        ck_assert_uint_eq(checksum_sum(bytes, sizeof bytes), 0xffff);
        ck_assert_uint_eq(checksum_sum(bytes, 65535), sum_by_definition(bytes, 65535));
}
END_TEST

START_TEST(parts_combine_to_the_sum_of_the_whole_at_odd_distances_too)
{
        size_t whole = 100;
        fill_with_luck("test: combine", whole);
        for (size_t first = 0; first <= whole; first++) {
                uint16_t sum = checksum_sum(bytes, first);
                uint16_t rest = checksum_sum(bytes + first, whole - first);
                ck_assert_uint_eq(checksum_combine(sum, rest, first), checksum_sum(bytes, whole));
        }
}
END_TEST

static const struct {
        uint16_t a, b, sum;
        const char *why;
} additions[] = {
        { 0, 0, 0, "zero comes of zeros only" },
        { 0xffff, 0, 0xffff, "the other zero stays" },
        { 0xffff, 0xffff, 0xffff, "twice the other zero" },
        { 0xfffe, 1, 0xffff, "what is divisible by 0xffff becomes 0xffff, never 0" },
        { 0xffff, 1, 1, "the carry comes round" },
        { 0x8000, 0x8000, 1, "the carry comes round" },
};

START_TEST(the_carry_comes_round)
{
        ck_assert_msg(
                checksum_add(additions[_i].a, additions[_i].b) == additions[_i].sum, "%s", additions[_i].why);
}
END_TEST

START_TEST(a_sum_is_0_for_zeros_and_0xffff_for_what_only_amounts_to_zero)
{
        static const uint8_t zeros[64] = { 0 };
        static const uint8_t amounts_to_zero[] = { 0x12, 0x34, 0xed, 0xcb };
        ck_assert_uint_eq(checksum_sum(zeros, sizeof zeros), 0);
        ck_assert_uint_eq(checksum_sum(amounts_to_zero, sizeof amounts_to_zero), 0xffff);
}
END_TEST

START_TEST(what_a_sender_emits_sums_to_0xffff)
{
        for (uint32_t sum = 0; sum <= 0xffff; sum++)
                ck_assert_uint_eq(checksum_add((uint16_t)sum, checksum_finish((uint16_t)sum)), 0xffff);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("checksum");
        tcase_add_test(cases, the_example_of_rfc_1071_section_3);
        tcase_add_test(cases, every_size_at_every_alignment_sums_as_defined);
        tcase_add_test(cases, the_largest_packet_of_ones_does_not_overflow);
        tcase_add_test(cases, parts_combine_to_the_sum_of_the_whole_at_odd_distances_too);
        tcase_add_loop_test(cases, the_carry_comes_round, 0, G_N_ELEMENTS(additions));
        tcase_add_test(cases, a_sum_is_0_for_zeros_and_0xffff_for_what_only_amounts_to_zero);
        tcase_add_test(cases, what_a_sender_emits_sums_to_0xffff);
        Suite *suite = suite_create("checksum");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
