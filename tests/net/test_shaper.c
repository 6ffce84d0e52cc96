/*
 * Token buckets and delivery traces: when transmissions end.
 */
#include "net/shaper.h"

#include <check.h>
#include <glib.h>

#define RATE 8000000 /* a microsecond a byte */

static time_ns send(struct shaper *shaper, uint32_t size, time_ns now_us)
{
        return shaper_send(shaper, RATE, size, now_us * MICROSECOND) / MICROSECOND;
}

static struct shaper bucket_of(uint64_t burst_bytes, rate_bps peak)
{
        const struct shaper_config config = { .burst_bytes = burst_bytes, .peak = peak };
        struct shaper shaper;
        shaper_init(&shaper, &config);
        return shaper;
}

static const struct {
        const char *why;
        struct framing framing;
        uint32_t size;
        uint64_t framed;
} frames[] = {
        { "nothing around it", { 0, 0, 0 }, 1500, 1500 },
        { "Ethernet's header and check sum", { 18, 0, 0 }, 1500, 1518 },
        { "headers that are compressed", { -38, 0, 0 }, 1500, 1462 },
        { "more compressed than there is", { -60, 0, 0 }, 40, 0 },
        { "two cells of ATM, as tc-netem(8) has it", { 0, 48, 5 }, 50, 106 },
        { "just one cell", { 0, 48, 5 }, 48, 53 },
        { "an overhead that needs one more", { 1, 48, 5 }, 48, 106 },
        { "cells that shrink", { 0, 48, -40 }, 1500, 256 },
};

START_TEST(a_packet_takes_its_frame_of_the_line)
{
        ck_assert_msg(framing_size(&frames[_i].framing, frames[_i].size) == frames[_i].framed, "%s",
                frames[_i].why);
}
END_TEST

START_TEST(frames_take_their_time)
{
        const struct shaper_config config = { .framing = { 0, 48, 5 } };
        struct shaper shaper;
        ck_assert(!shaper_config_is_idle(&config));
        shaper_init(&shaper, &config);
        ck_assert_int_eq(shaper_send(&shaper, 8000000000, 50, 1000), 1106);
        ck_assert_int_eq(shaper_send(&shaper, 8000000000, 48, 1106), 1159);
}
END_TEST

START_TEST(frames_take_their_tokens)
{
        const struct shaper_config config = { .burst_bytes = 200, .framing = { 60, 0, 0 } };
        struct shaper shaper;
        shaper_init(&shaper, &config);
        ck_assert_int_eq(shaper_send(&shaper, 8000000000, 40, 1000), 1000);
        ck_assert_int_eq(shaper_send(&shaper, 8000000000, 40, 1000), 1000);
        ck_assert_int_eq(shaper_send(&shaper, 8000000000, 40, 1000), 1100);
}
END_TEST

START_TEST(a_full_bucket_lets_a_burst_pass_at_once)
{
        struct shaper shaper = bucket_of(3000, 0);
        ck_assert_int_eq(send(&shaper, 1000, 0), 0);
        ck_assert_int_eq(send(&shaper, 1000, 0), 0);
        ck_assert_int_eq(send(&shaper, 1000, 0), 0);
        ck_assert_msg(send(&shaper, 1000, 0) == 1000, "the next waits for its tokens");
        ck_assert_int_eq(send(&shaper, 500, 1000), 1500);
}
END_TEST

START_TEST(an_idle_bucket_fills_no_further_than_its_burst)
{
        struct shaper shaper = bucket_of(2000, 0);
        ck_assert_int_eq(send(&shaper, 2000, 0), 0);
        ck_assert_msg(send(&shaper, 1000, 500) == 1000, "half is there, half comes");
        ck_assert_int_eq(send(&shaper, 2000, 1000000), 1000000);
        ck_assert_int_eq(send(&shaper, 1, 1000000), 1000001);
}
END_TEST

START_TEST(a_peak_spreads_the_burst)
{
        struct shaper shaper = bucket_of(3000, 2 * RATE);
        ck_assert_int_eq(send(&shaper, 1000, 0), 500);
        ck_assert_int_eq(send(&shaper, 1000, 500), 1000);
}
END_TEST

/* RFC 2697's and tc-tbf's law: in any time t no more than rate t + burst goes. */
START_TEST(no_interval_has_more_than_its_rate_and_a_burst)
{
        struct shaper shaper = bucket_of(5000, 0);
        struct rng_draws {
                time_ns end;
                uint64_t sent;
        } sent[2000];
        time_ns now = 0;
        uint64_t total = 0;
        for (unsigned i = 0; i < G_N_ELEMENTS(sent); i++) {
                uint32_t size = 100 + i * 37 % 1400;
                now = send(&shaper, size, now + (i % 50 == 0 ? 4000 : 0));
                sent[i].end = now;
                sent[i].sent = total;
                total += size;
                bool is_law_kept = true;
                for (unsigned j = 0; j <= i; j++)
                        is_law_kept &= total - sent[j].sent <= (uint64_t)(now - sent[j].end) + 5000;
                ck_assert(is_law_kept);
        }
}
END_TEST

static const uint32_t at_ms[] = { 1, 1, 4, 10 };
static const struct delivery_trace trace = { .count = 4, .at_ms = at_ms };

static struct shaper shaper_of_trace(void)
{
        const struct shaper_config config = { .trace = &trace };
        struct shaper shaper;
        shaper_init(&shaper, &config);
        return shaper;
}

static const struct {
        uint32_t sizes[6];
        time_ns offered_ms[6];
        time_ns ends_ms[6];
        const char *why;
} deliveries[] = {
        { { 1504, 1504, 1504, 1504, 1504 }, { 0, 0, 0, 0, 0 }, { 1, 1, 4, 10, 11 },
                "a packet an opportunity; after the last all begins again" },
        { { 500, 500, 504, 1 }, { 0, 0, 0, 0 }, { 1, 1, 1, 1 }, "several small ones share it" },
        { { 1000, 1000, 1008 }, { 0, 0, 0 }, { 1, 1, 1 }, "one may end in the next" },
        { { 4000 }, { 0 }, { 4 }, "a large one takes several" },
        { { 1504, 1504, 1504 }, { 2, 2, 11 }, { 4, 10, 11 }, "who comes later finds the rest wasted" },
        { { 100, 1504 }, { 0, 3 }, { 1, 4 }, "what is left of one is not kept" },
        { { 1504, 1504 }, { 4000000000, 4000000000 }, { 4000000000, 4000000001 }, "long after" },
        { { 1504 }, { 4000000005 }, { 4000000010 }, "in the middle of a round, long after" },
};

START_TEST(opportunities_deliver_what_is_there)
{
        struct shaper shaper = shaper_of_trace();
        time_ns free_ms = 0;
        for (unsigned i = 0; i < 6 && deliveries[_i].sizes[i] > 0; i++) {
                time_ns offered_ms = MAX(free_ms, deliveries[_i].offered_ms[i]);
                free_ms = shaper_send(&shaper, 0, deliveries[_i].sizes[i], offered_ms * MILLISECOND) /
                          MILLISECOND;
                ck_assert_msg(free_ms == deliveries[_i].ends_ms[i], "%s: packet %u at %d ms",
                        deliveries[_i].why, i, (int)free_ms);
        }
}
END_TEST

START_TEST(a_traces_rate_is_its_mean)
{
        ck_assert_uint_eq(delivery_trace_rate(&trace), 4 * 1504 * 8 * 100);
}
END_TEST

static Suite *shaper_suite(void)
{
        Suite *suite = suite_create("shaper");
        TCase *cases = tcase_create("shaper");
        tcase_add_loop_test(cases, a_packet_takes_its_frame_of_the_line, 0, G_N_ELEMENTS(frames));
        tcase_add_test(cases, frames_take_their_time);
        tcase_add_test(cases, frames_take_their_tokens);
        tcase_add_test(cases, a_full_bucket_lets_a_burst_pass_at_once);
        tcase_add_test(cases, an_idle_bucket_fills_no_further_than_its_burst);
        tcase_add_test(cases, a_peak_spreads_the_burst);
        tcase_add_test(cases, no_interval_has_more_than_its_rate_and_a_burst);
        tcase_add_loop_test(cases, opportunities_deliver_what_is_there, 0, G_N_ELEMENTS(deliveries));
        tcase_add_test(cases, a_traces_rate_is_its_mean);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(shaper_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
