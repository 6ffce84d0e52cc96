/*
 * SYN cookies: what they tell, how long, and to whom. RFC 4987 section 3.6.
 */
#include <check.h>
#include <stdlib.h>

#include "tcp/syn_cookie.h"

static const uint8_t secret[SIPHASH_KEY_SIZE] = { 1, 2, 3 };
static const uint8_t another_secret[SIPHASH_KEY_SIZE] = { 1, 2, 4 };

static struct four_tuple name_with(uint16_t remote_port)
{
        return (struct four_tuple){
                .local = { ip_address_from_ipv4(0xc0000201), 80 },
                .remote = { ip_address_from_ipv4(0xc0000202), remote_port },
        };
}

static struct seqnum make(uint16_t port, uint32_t first, uint32_t mss, time_ns now)
{
        const struct four_tuple name = name_with(port);
        return syn_cookie_make(secret, &name, seq_of(first), &mss, now);
}

static uint32_t told(uint16_t port, uint32_t first, struct seqnum cookie, time_ns now)
{
        const struct four_tuple name = name_with(port);
        return syn_cookie_mss(secret, &name, seq_of(first), cookie, now);
}

static const struct {
        uint32_t mss;
        uint32_t told;
} sizes[] = {
        { 100, 536 },
        { 536, 536 },
        { 1299, 536 },
        { 1300, 1300 },
        { 1439, 1300 },
        { 1440, 1440 },
        { 1459, 1440 },
        { 1460, 1460 },
        { 8960, 1460 },
};

START_TEST(a_cookie_tells_the_largest_of_four_sizes_that_the_peer_takes)
{
        uint32_t mss = sizes[_i].mss;
        const struct four_tuple name = name_with(1000);
        struct seqnum cookie = syn_cookie_make(secret, &name, seq_of(77), &mss, SECOND);
        ck_assert_uint_eq(mss, sizes[_i].told);
        ck_assert_uint_eq(told(1000, 77, cookie, SECOND), sizes[_i].told);
}
END_TEST

START_TEST(a_cookie_is_believed_in_its_minute_and_the_next)
{
        struct seqnum cookie = make(1000, 77, 1460, 59 * SECOND);
        ck_assert_uint_eq(told(1000, 77, cookie, 60 * SECOND), 1460);
        ck_assert_uint_eq(told(1000, 77, cookie, 119 * SECOND), 1460);
        ck_assert_uint_eq(told(1000, 77, cookie, 120 * SECOND), 0);
}
END_TEST

START_TEST(a_cookie_is_for_one_name_one_number_and_one_secret)
{
        struct seqnum cookie = make(1000, 77, 1460, SECOND);
        const struct four_tuple name = name_with(1000);
        ck_assert_uint_eq(told(1001, 77, cookie, SECOND), 0);
        ck_assert_uint_eq(told(1000, 1077, cookie, SECOND), 0);
        ck_assert_uint_eq(told(1000, 77, seq_add(cookie, 1), SECOND), 0);
        ck_assert_uint_eq(syn_cookie_mss(another_secret, &name, seq_of(77), cookie, SECOND), 0);
}
END_TEST

START_TEST(the_same_secret_makes_the_same_cookie)
{
        ck_assert(seq_equal(make(1000, 77, 1460, SECOND), make(1000, 77, 1460, 2 * SECOND)));
}
END_TEST

static const struct {
        struct tcp_options agreed;
        bool has_ecn;
} agreements[] = {
        { { .sack_permitted = false }, false },
        { { .sack_permitted = true }, true },
        { { .has_window_scale = true, .window_scale = 0 }, false },
        { { .sack_permitted = true, .has_window_scale = true, .window_scale = 14 }, true },
};

START_TEST(a_stamp_brings_back_what_was_agreed)
{
        bool has_ecn;
        struct tcp_options options = { 0 };
        uint32_t stamp = syn_cookie_stamp(100000, &agreements[_i].agreed, agreements[_i].has_ecn);
        syn_cookie_read_stamp(stamp, &options, &has_ecn);
        ck_assert_int_eq(options.sack_permitted, agreements[_i].agreed.sack_permitted);
        ck_assert_int_eq(options.has_window_scale, agreements[_i].agreed.has_window_scale);
        ck_assert_uint_eq(options.window_scale, agreements[_i].agreed.window_scale);
        ck_assert_int_eq(has_ecn, agreements[_i].has_ecn);
}
END_TEST

START_TEST(a_stamp_is_never_of_the_future)
{
        for (uint32_t now = 100000; now < 100128; now++) {
                uint32_t stamp = syn_cookie_stamp(now, &agreements[3].agreed, true);
                ck_assert_uint_le(stamp, now);
                ck_assert_uint_lt(now - stamp, 64);
        }
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("syn_cookie");
        TCase *cases = tcase_create("syn_cookie");
        tcase_add_loop_test(cases, a_cookie_tells_the_largest_of_four_sizes_that_the_peer_takes, 0,
                sizeof sizes / sizeof *sizes);
        tcase_add_test(cases, a_cookie_is_believed_in_its_minute_and_the_next);
        tcase_add_test(cases, a_cookie_is_for_one_name_one_number_and_one_secret);
        tcase_add_test(cases, the_same_secret_makes_the_same_cookie);
        tcase_add_loop_test(
                cases, a_stamp_brings_back_what_was_agreed, 0, sizeof agreements / sizeof *agreements);
        tcase_add_test(cases, a_stamp_is_never_of_the_future);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
