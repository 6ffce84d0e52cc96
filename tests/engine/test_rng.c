/*
 * Draws: the published answers of Philox4x64-10, streams by name, probabilities.
 */
#include "engine/rng.h"

#include <check.h>
#include <glib.h>
#include <Random123/philox.h>
#include <string.h>

/* From kat_vectors of the Random123 distribution. */
static const struct known_answer {
        uint64_t counter[4];
        uint64_t key[2];
        uint64_t answer[4];
        const char *why;
} known_answers[] = {
        { { 0 }, { 0 }, { 0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b },
                "all zero" },
        { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX }, { UINT64_MAX, UINT64_MAX },
                { 0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0 },
                "all ones" },
        { { 0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89 },
                { 0x452821e638d01377, 0xbe5466cf34e90c6c },
                { 0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6 },
                "digits of pi" },
};

START_TEST(the_library_gives_the_published_answers)
{
        const struct known_answer *known = &known_answers[_i];
        philox4x64_ctr_t counter;
        philox4x64_key_t key;
        memcpy(counter.v, known->counter, sizeof counter.v);
        memcpy(key.v, known->key, sizeof key.v);
        philox4x64_ctr_t answer = philox4x64_R(10, counter, key);
        for (int i = 0; i < 4; i++)
                ck_assert_msg(answer.v[i] == known->answer[i], "%s, word %d", known->why, i);
}
END_TEST

START_TEST(a_draw_is_word_0_at_the_counter_ordinal_copy_draw_0)
{
        struct rng_stream zero = { { 0, 0 } };
        ck_assert_uint_eq(rng_draw(&zero, 0, 0, 0), known_answers[0].answer[0]);

        struct rng_stream stream = { { 0x452821e638d01377, 0xbe5466cf34e90c6c } };
        philox4x64_ctr_t counter = { { 0x243f6a8885a308d3, 7, 9, 0 } };
        philox4x64_key_t key = { { stream.key[0], stream.key[1] } };
        uint64_t expected = philox4x64_R(10, counter, key).v[0];
        ck_assert_uint_eq(rng_draw(&stream, 0x243f6a8885a308d3, 7, 9), expected);
}
END_TEST

START_TEST(a_stream_is_keyed_by_the_seed_and_the_sha256_of_its_name)
{
        /* FIPS 180-2 appendix B.1: SHA-256 of "abc" begins ba7816bf 8f01cfea. */
        struct rng_stream stream = rng_stream_named(42, "abc");
        ck_assert_uint_eq(stream.key[0], 42);
        ck_assert_uint_eq(stream.key[1], 0xba7816bf8f01cfea);
}
END_TEST

START_TEST(names_seeds_ordinals_copies_and_draws_each_give_other_luck)
{
        struct rng_stream loss = rng_stream_named(1, "link core → right: loss");
        struct rng_stream jitter = rng_stream_named(1, "link core → right: jitter");
        struct rng_stream other_seed = rng_stream_named(2, "link core → right: loss");
        uint64_t draw = rng_draw(&loss, 3, 0, 0);
        ck_assert_uint_eq(draw, rng_draw(&loss, 3, 0, 0));
        ck_assert_uint_ne(draw, rng_draw(&jitter, 3, 0, 0));
        ck_assert_uint_ne(draw, rng_draw(&other_seed, 3, 0, 0));
        ck_assert_uint_ne(draw, rng_draw(&loss, 4, 0, 0));
        ck_assert_uint_ne(draw, rng_draw(&loss, 3, 1, 0));
        ck_assert_uint_ne(draw, rng_draw(&loss, 3, 0, 1));
}
END_TEST

START_TEST(two_streams_agree_in_half_of_their_bits)
{
        struct rng_stream a = rng_stream_named(1, "a");
        struct rng_stream b = rng_stream_named(1, "b");
        int agreeing = 0;
        for (uint64_t i = 0; i < 1000; i++)
                agreeing += __builtin_popcountll(~(rng_draw(&a, i, 0, 0) ^ rng_draw(&b, i, 0, 0)));
        /* 64000 fair coins: the standard deviation is 126. */
        ck_assert_int_gt(agreeing, 32000 - 5 * 126);
        ck_assert_int_lt(agreeing, 32000 + 5 * 126);
}
END_TEST

START_TEST(a_bounded_draw_reaches_every_value_below_the_bound_and_no_other)
{
        struct rng_stream stream = rng_stream_named(1, "dice");
        int seen[6] = { 0 };
        for (uint64_t i = 0; i < 6000; i++) {
                uint64_t value = rng_draw_below(&stream, i, 0, 0, 6);
                ck_assert_uint_lt(value, 6);
                seen[value]++;
        }
        for (int i = 0; i < 6; i++) {
                ck_assert_int_gt(seen[i], 850);
                ck_assert_int_lt(seen[i], 1150);
        }
        ck_assert_uint_eq(rng_draw_below(&stream, 0, 0, 0, 1), 0);
        ck_assert_uint_eq(rng_draw_below(&stream, 0, 0, 0, 0), 0);
}
END_TEST

static const struct {
        uint64_t parts, whole, draw;
        bool happens;
        const char *why;
} chances[] = {
        { 0, 1, 0, false, "0 % never, even at the smallest draw" },
        { 1, 1, UINT64_MAX, true, "100 % always, even at the largest draw" },
        { 7, 7, UINT64_MAX, true, "the whole is certain however it is written" },
        { 1, 2, ((uint64_t)1 << 63) - 1, true, "just below a half" },
        { 1, 2, (uint64_t)1 << 63, false, "a half is not below a half" },
        { 1, 4, (uint64_t)1 << 62, false, "a quarter" },
        { 1, UINT64_MAX, 0, true, "the smallest chance is not impossible" },
        { UINT64_MAX - 1, UINT64_MAX, UINT64_MAX, false, "the largest but one is not certain" },
};

START_TEST(a_probability_is_a_threshold)
{
        struct probability probability = probability_of(chances[_i].parts, chances[_i].whole);
        ck_assert_msg(probability_happens(probability, chances[_i].draw) == chances[_i].happens, "%s",
                chances[_i].why);
        ck_assert_int_eq(probability_is_zero(probability), chances[_i].parts == 0);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("rng");
        tcase_add_loop_test(cases, the_library_gives_the_published_answers, 0, G_N_ELEMENTS(known_answers));
        tcase_add_test(cases, a_draw_is_word_0_at_the_counter_ordinal_copy_draw_0);
        tcase_add_test(cases, a_stream_is_keyed_by_the_seed_and_the_sha256_of_its_name);
        tcase_add_test(cases, names_seeds_ordinals_copies_and_draws_each_give_other_luck);
        tcase_add_test(cases, two_streams_agree_in_half_of_their_bits);
        tcase_add_test(cases, a_bounded_draw_reaches_every_value_below_the_bound_and_no_other);
        tcase_add_loop_test(cases, a_probability_is_a_threshold, 0, G_N_ELEMENTS(chances));
        Suite *suite = suite_create("rng");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
