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
        { { .has_mss = true, .mss = 1460, .sack_permitted = true, .has_fast_open = true }, 12,
                { 2, 4, 0x05, 0xb4, 1, 1, 4, 2, 34, 2, 1, 1 }, "asking for a fast open cookie" },
        { { .has_fast_open = true, .fast_open_size = 8, .fast_open = { 1, 2, 3, 4, 5, 6, 7, 8 } }, 12,
                { 34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1 }, "a cookie" },
        { { .has_fast_open = true,
                  .is_fast_open_experimental = true,
                  .fast_open_size = 4,
                  .fast_open = { 1, 2, 3, 4 } },
                8, { 254, 8, 0xf9, 0x89, 1, 2, 3, 4 }, "a cookie of the experiment" },
        { { .has_accecn = true, .is_accecn_order_1 = true, .accecn_count = 3, .accecn = { 1, 2, 0x030405 } },
                12, { 174, 11, 0, 0, 1, 0, 0, 2, 3, 4, 5, 1 }, "accurate ECN's three counters" },
        { { .has_accecn = true, .accecn_count = 2, .accecn = { 1, 2 } }, 8, { 172, 8, 0, 0, 1, 0, 0, 2 },
                "two fill their words" },
        { { .has_accecn = true, .accecn_count = 1, .accecn = { 9 } }, 8, { 172, 5, 0, 0, 9, 1, 1, 1 },
                "one leaves a byte over" },
        { { .has_accecn = true, .accecn_count = 1, .accecn = { 9 }, .has_window_scale = true }, 8,
                { 172, 5, 0, 0, 9, 3, 3, 0 }, "which takes the place of a NOP" },
        { { .has_accecn = true, .sack_count = 1, .sack = { { { 1 }, { 2 } } } }, 12,
                { 172, 2, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2 }, "no counter takes the place of two" },
        { { .has_accecn = true, .has_window_scale = true }, 8, { 1, 3, 3, 0, 172, 2, 1, 1 },
                "and not that of one" },
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
        tcp_options_parse(bytes, size, &got);
        ck_assert_uint_eq(tcp_options_size(&got), size);
        tcp_options_emit(&got, again);
        ck_assert_msg(memcmp(again, bytes, size) == 0, "%s", layouts[_i].why);
}
END_TEST

/* Every list has SACK-permitted behind the doubtful option: it is read unless the list ends there. Of the
 * others it says what is read. A SYN with each of those that say "Linux" was answered so by Linux 6.18. */
static const struct {
        size_t size;
        uint8_t bytes[OPTIONS_SIZE_MAX];
        bool reads_on;
        bool reads_option;
        const char *why;
} lists[] = {
        { 4, { 1, 1, 4, 2 }, true, false, "NOPs" },
        { 4, { 0, 0, 4, 2 }, false, false, "what follows the end of the list is not read (Linux)" },
        { 6, { 254, 4, 1, 2, 4, 2 }, true, false, "an experimental kind is skipped" },
        { 4, { 19, 2, 4, 2 }, true, false, "an MD5 signature is skipped" },
        { 4, { 4, 2, 1, 2 }, true, false, "a kind without its length ends it (Linux)" },
        { 4, { 254, 0, 4, 2 }, false, false, "length 0 would never end (Linux)" },
        { 4, { 254, 1, 4, 2 }, false, false, "length 1 is less than kind and length (Linux)" },
        { 4, { 254, 5, 4, 2 }, false, false, "an unknown kind beyond the header (Linux)" },
        { 6, { 2, 4, 5, 0xb4, 4, 2 }, true, true, "the MSS" },
        { 6, { 2, 4, 0, 0, 4, 2 }, true, false, "an MSS of nothing (Linux)" },
        { 5, { 2, 3, 5, 4, 2 }, true, false, "a short MSS (Linux)" },
        { 7, { 2, 5, 1, 2, 3, 4, 2 }, true, false, "a long MSS" },
        { 4, { 3, 2, 4, 2 }, true, false, "a short window scale (Linux)" },
        { 6, { 3, 4, 1, 1, 4, 2 }, true, false, "a long window scale (Linux)" },
        { 5, { 4, 3, 1, 1, 1 }, false, false, "a long SACK-permitted (Linux)" },
        { 4, { 5, 2, 4, 2 }, true, false, "SACK without a block" },
        { 8, { 5, 6, 1, 2, 3, 4, 4, 2 }, true, false, "half a SACK block" },
        { 36, { 5, 34, [34] = 4, 2 }, true, true, "four SACK blocks" },
        { 11, { 8, 9, [9] = 4, 2 }, true, false, "short timestamps (Linux)" },
        { 13, { 8, 11, [11] = 4, 2 }, true, false, "long timestamps" },
        { 8, { 8, 10, 1, 2, 3, 4, 4, 2 }, false, false, "timestamps beyond the header" },
        { 4, { 34, 2, 4, 2 }, true, true, "fast open's request" },
        { 6, { 34, 4, 1, 2, 4, 2 }, true, false, "a cookie of two bytes" },
        { 9, { 34, 7, 1, 2, 3, 4, 5, 4, 2 }, true, false, "a cookie of five bytes" },
        { 20, { 34, 18, [18] = 4, 2 }, true, true, "a cookie of sixteen bytes" },
        { 22, { 34, 20, [20] = 4, 2 }, true, false, "a cookie of eighteen bytes" },
        { 6, { 254, 4, 0xf9, 0x89, 4, 2 }, true, true, "the experiment's request" },
        { 5, { 254, 3, 0xf9, 4, 2 }, true, false, "half a magic number" },
        { 4, { 172, 2, 4, 2 }, true, true, "accurate ECN without a counter" },
        { 15, { 174, 13, [13] = 4, 2 }, true, true, "accurate ECN with two bytes too many" },
};

START_TEST(a_malformed_option_is_left_out_and_an_impossible_length_ends_the_list)
{
        uint8_t *exact = g_memdup2(lists[_i].bytes, lists[_i].size);
        struct tcp_options options;
        tcp_options_parse(exact, lists[_i].size, &options);
        bool is_read = options.has_mss || options.has_window_scale || options.sack_count > 0 ||
                       options.has_timestamps || options.has_fast_open || options.has_accecn;
        ck_assert_msg(options.sack_permitted == lists[_i].reads_on, "%s", lists[_i].why);
        ck_assert_msg(is_read == lists[_i].reads_option, "%s", lists[_i].why);
        g_free(exact);
}
END_TEST

START_TEST(of_an_option_that_comes_twice_the_last_one_counts)
{
        static const uint8_t bytes[] = { 2, 4, 0, 1, 2, 4, 0, 2, 3, 3, 1, 3, 3, 9, 1, 1 };
        struct tcp_options options;
        tcp_options_parse(bytes, sizeof bytes, &options);
        ck_assert_uint_eq(options.mss, 2);
        ck_assert_uint_eq(options.window_scale, 9);
}
END_TEST

START_TEST(a_window_scale_over_14_is_kept_as_sent)
{
        static const uint8_t bytes[] = { 1, 3, 3, 200 };
        struct tcp_options options;
        tcp_options_parse(bytes, sizeof bytes, &options);
        ck_assert_uint_eq(options.window_scale, 200);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("tcp_options");
        tcase_add_loop_test(
                cases, options_are_laid_out_as_linux_does_and_read_back, 0, G_N_ELEMENTS(layouts));
        tcase_add_loop_test(cases, a_malformed_option_is_left_out_and_an_impossible_length_ends_the_list, 0,
                G_N_ELEMENTS(lists));
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
