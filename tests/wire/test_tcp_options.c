/*
 * TCP options: Linux's layouts byte for byte, and every way in which a list of options can be malformed.
 */
#include "wire/tcp_options.h"

#include <check.h>
#include <string.h>

#define OPTIONS_SIZE_MAX 40

static const struct {
        struct tcp_options options;
        size_t size;
        uint8_t bytes[OPTIONS_SIZE_MAX];
        const char *why;
} layouts[] = {
        { { 0 }, 0, { 0 }, "no options" },
        { { .has_mss = true,
                  .mss = 1460,
                  .sack_permitted = true,
                  .has_timestamps = true,
                  .timestamp_value = 0x01020304,
                  .timestamp_echo = 0x05060708,
                  .has_window_scale = true,
                  .window_scale = 7 },
                20, { 2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7 },
                "a SYN of a current Linux: mss,sackOK,TS,nop,wscale" },
        { { .has_mss = true,
                  .mss = 1460,
                  .sack_permitted = true,
                  .has_window_scale = true,
                  .window_scale = 7 },
                12, { 2, 4, 0x05, 0xb4, 1, 1, 4, 2, 1, 3, 3, 7 },
                "without timestamps: mss,nop,nop,sackOK,nop,wscale" },
        { { .has_mss = true,
                  .mss = 536,
                  .has_timestamps = true,
                  .timestamp_value = 1,
                  .has_window_scale = true,
                  .window_scale = 14 },
                20, { 2, 4, 0x02, 0x18, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 14 },
                "without SACK: mss,nop,nop,TS,nop,wscale" },
        { { .has_mss = true, .mss = 1460, .has_window_scale = true, .window_scale = 0 }, 8,
                { 2, 4, 0x05, 0xb4, 1, 3, 3, 0 }, "only window scale: mss,nop,wscale" },
        { { .has_mss = true, .mss = 65535 }, 4, { 2, 4, 0xff, 0xff }, "only the MSS" },
        { { .has_timestamps = true, .timestamp_value = 0xffffffff, .timestamp_echo = 9 }, 12,
                { 1, 1, 8, 10, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 9 }, "any later segment: nop,nop,TS" },
        { { .sack_count = 1, .sack = { { { 16 }, { 32 } } } }, 12, { 1, 1, 5, 10, 0, 0, 0, 16, 0, 0, 0, 32 },
                "one SACK block: nop,nop,sack" },
        { { .has_timestamps = true,
                  .sack_count = 3,
                  .sack = { { { 1 }, { 2 } }, { { 3 }, { 4 } }, { { 5 }, { 6 } } } },
                40,
                { 1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 5, 26, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0,
                        0, 4, 0, 0, 0, 5, 0, 0, 0, 6 },
                "timestamps leave room for three blocks" },
        { { .sack_count = 4,
                  .sack = { { { 1 }, { 2 } }, { { 3 }, { 4 } }, { { 5 }, { 6 } }, { { 7 }, { 8 } } } },
                36,
                { 1, 1, 5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0,
                        0, 7, 0, 0, 0, 8 },
                "without them there is room for four" },
};

START_TEST(options_are_laid_out_as_linux_does_and_read_back)
{
        uint8_t bytes[OPTIONS_SIZE_MAX];
        uint8_t again[OPTIONS_SIZE_MAX];
        struct tcp_options got;
        size_t size = layouts[_i].size;
        ck_assert_msg(tcp_options_size(&layouts[_i].options) == size, "%s", layouts[_i].why);
        tcp_options_emit(&layouts[_i].options, bytes);
        ck_assert_msg(memcmp(bytes, layouts[_i].bytes, size) == 0, "%s", layouts[_i].why);
        ck_assert_msg(tcp_options_parse(bytes, size, &got), "%s", layouts[_i].why);
        ck_assert_uint_eq(tcp_options_size(&got), size);
        tcp_options_emit(&got, again);
        ck_assert_msg(memcmp(again, bytes, size) == 0, "%s", layouts[_i].why);
}
END_TEST

static const struct {
        size_t size;
        uint8_t bytes[OPTIONS_SIZE_MAX];
        bool is_whole;
        const char *why;
} lists[] = {
        { 4, { 1, 1, 1, 1 }, true, "nothing but NOPs" },
        { 4, { 0, 2, 99, 99 }, true, "what follows the end of the list is not read" },
        { 4, { 254, 4, 1, 2 }, true, "an experimental kind is skipped" },
        { 4, { 34, 2, 1, 1 }, true, "fast open, unknown here, is skipped" },
        { 4, { 1, 1, 1, 2 }, false, "a kind without its length" },
        { 4, { 254, 0, 1, 1 }, false, "length 0 would never end" },
        { 4, { 254, 1, 1, 1 }, false, "length 1 is less than kind and length" },
        { 4, { 254, 5, 1, 1 }, false, "an unknown kind beyond the header" },
        { 4, { 2, 4, 5, 0xb4 }, true, "the MSS" },
        { 4, { 2, 3, 5, 1 }, false, "a short MSS" },
        { 8, { 2, 5, 1, 2, 3, 1, 1, 1 }, false, "a long MSS" },
        { 4, { 3, 2, 1, 1 }, false, "a short window scale" },
        { 4, { 3, 4, 1, 1 }, false, "a long window scale" },
        { 4, { 4, 3, 1, 1 }, false, "a long SACK-permitted" },
        { 4, { 5, 2, 1, 1 }, false, "SACK without a block" },
        { 8, { 5, 6, 1, 2, 3, 4, 1, 1 }, false, "half a SACK block" },
        { 40, { 5, 34 }, true, "four SACK blocks, and the end" },
        { 12, { 8, 9 }, false, "short timestamps" },
        { 12, { 8, 11 }, false, "long timestamps" },
        { 8, { 8, 10, 1, 2, 3, 4, 5, 6 }, false, "timestamps beyond the header" },
};

START_TEST(malformed_lengths_fail_the_whole_list)
{
        uint8_t *exact = g_memdup2(lists[_i].bytes, lists[_i].size);
        struct tcp_options options;
        ck_assert_msg(tcp_options_parse(exact, lists[_i].size, &options) == lists[_i].is_whole, "%s",
                lists[_i].why);
        g_free(exact);
}
END_TEST

START_TEST(of_an_option_that_comes_twice_the_last_one_counts)
{
        static const uint8_t bytes[] = { 2, 4, 0, 1, 2, 4, 0, 2, 3, 3, 1, 3, 3, 9, 1, 1 };
        struct tcp_options options;
        ck_assert(tcp_options_parse(bytes, sizeof bytes, &options));
        ck_assert_uint_eq(options.mss, 2);
        ck_assert_uint_eq(options.window_scale, 9);
}
END_TEST

START_TEST(a_window_scale_over_14_is_kept_as_sent)
{
        static const uint8_t bytes[] = { 1, 3, 3, 200 };
        struct tcp_options options;
        ck_assert(tcp_options_parse(bytes, sizeof bytes, &options));
        ck_assert_uint_eq(options.window_scale, 200);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("tcp_options");
        tcase_add_loop_test(
                cases, options_are_laid_out_as_linux_does_and_read_back, 0, G_N_ELEMENTS(layouts));
        tcase_add_loop_test(cases, malformed_lengths_fail_the_whole_list, 0, G_N_ELEMENTS(lists));
        tcase_add_test(cases, of_an_option_that_comes_twice_the_last_one_counts);
        tcase_add_test(cases, a_window_scale_over_14_is_kept_as_sent);
        Suite *suite = suite_create("tcp_options");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
