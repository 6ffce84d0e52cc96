/*
 * Payload: stored once, shared by reference, never changed, and summed once.
 */
#include "engine/rng.h"
#include "wire/checksum.h"
#include "wire/payload.h"

#include <check.h>
#include <string.h>

static PayloadPool *pool;
static uint8_t written[70000];

static void set_up(void)
{
        pool = payload_pool_new();
        for (size_t i = 0; i < sizeof written; i++)
                written[i] = (uint8_t)(i * 31 + i / 256);
}

static void tear_down(void)
{
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), 0);
        payload_pool_free(pool);
}

static void expect_bytes(const struct payload *payload, const void *bytes, size_t size)
{
        static uint8_t copy[sizeof written];
        ck_assert_uint_eq(payload->length, size);
        payload_copy_out(payload, 0, copy, size);
        ck_assert_mem_eq(copy, bytes, size);
        ck_assert_uint_eq(payload_sum_again(payload), checksum_sum(bytes, size));
}

/* Append `written` from `offset` on, as a slice of a chunk of its own. */
static void append_written(struct payload *payload, size_t offset, size_t size)
{
        struct payload_slice slice;
        ck_assert_uint_eq(payload_pool_store(pool, NULL, &slice, written + offset, size), size);
        payload_append(pool, payload, &slice);
        payload_slice_unref(&slice);
}

START_TEST(a_second_write_goes_on_behind_the_first)
{
        struct payload_slice tail, fresh = { 0 };
        ck_assert_uint_eq(payload_pool_store(pool, NULL, &tail, written, 100), 100);
        ck_assert_uint_eq(payload_pool_store(pool, &tail, &fresh, written + 100, 50), 50);
        ck_assert_ptr_null(fresh.chunk);
        ck_assert_uint_eq(tail.length, 150);
        ck_assert_mem_eq(payload_slice_bytes(&tail), written, 150);
        payload_slice_unref(&tail);
}
END_TEST

START_TEST(what_does_not_fit_behind_the_tail_goes_into_a_fresh_chunk)
{
        struct payload_slice tail, fresh = { 0 };
        payload_pool_store(pool, NULL, &tail, written, 200);
        size_t stored = payload_pool_store(pool, &tail, &fresh, written + 200, 1000);
        ck_assert_uint_gt(stored, 0);
        ck_assert_uint_lt(stored, 1000);
        ck_assert_ptr_null(fresh.chunk);
        ck_assert_uint_eq(payload_pool_store(pool, &tail, &fresh, written + 200 + stored, 1000 - stored),
                1000 - stored);
        ck_assert_ptr_ne(fresh.chunk, tail.chunk);
        ck_assert_mem_eq(payload_slice_bytes(&tail), written, tail.length);
        ck_assert_mem_eq(payload_slice_bytes(&fresh), written + tail.length, fresh.length);
        payload_slice_unref(&tail);
        payload_slice_unref(&fresh);
}
END_TEST

START_TEST(only_who_wrote_last_may_write_behind)
{
        struct payload_slice tail, fresh = { 0 };
        payload_pool_store(pool, NULL, &tail, written, 10);
        struct payload_slice older = tail;
        payload_pool_store(pool, &tail, &fresh, written + 10, 10);
        payload_pool_store(pool, &older, &fresh, written + 500, 10);
        ck_assert_ptr_ne(fresh.chunk, tail.chunk);
        ck_assert_uint_eq(older.length, 10);
        ck_assert_mem_eq(payload_slice_bytes(&tail), written, 20);
        payload_slice_unref(&tail);
        payload_slice_unref(&fresh);
}
END_TEST

START_TEST(small_writes_take_little_and_a_stream_of_them_gets_larger_chunks)
{
        struct payload_slice slices[64];
        size_t count = 0;
        for (size_t at = 0; at < 10000; at++) {
                struct payload_slice fresh = { 0 };
                payload_pool_store(pool, count > 0 ? &slices[count - 1] : NULL, &fresh, written + at, 1);
                if (fresh.chunk != NULL)
                        slices[count++] = fresh;
                if (at == 0)
                        ck_assert_uint_le(payload_pool_bytes_in_use(pool), 256);
        }
        ck_assert_uint_le(count, 4);
        for (size_t i = 0; i < count; i++)
                payload_slice_unref(&slices[i]);
}
END_TEST

START_TEST(a_chunk_that_came_back_is_used_again)
{
        for (int i = 0; i < 100; i++) {
                struct payload payload = payload_of_bytes(pool, written, 1448);
                payload_clear(&payload);
        }
        ck_assert_uint_eq(payload_pool_allocations(pool), 1);
}
END_TEST

START_TEST(a_copy_of_bytes_is_one_slice_of_any_size)
{
        static const size_t sizes[] = { 1, 255, 256, 257, 2048, 2049, 8193, 65535 };
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                struct payload payload = payload_of_bytes(pool, written, sizes[i]);
                ck_assert_uint_eq(payload.slice_count, 1);
                expect_bytes(&payload, written, sizes[i]);
                payload_clear(&payload);
        }
        struct payload empty = payload_of_bytes(pool, NULL, 0);
        ck_assert_uint_eq(empty.slice_count, 0);
        ck_assert_uint_eq(payload_sum(&empty), 0);
}
END_TEST

START_TEST(bytes_live_until_their_last_owner_is_gone)
{
        struct payload first = payload_of_bytes(pool, written, 500);
        struct payload second = payload_ref(&first);
        payload_clear(&first);
        ck_assert_uint_eq(first.length, 0);
        expect_bytes(&second, written, 500);
        payload_clear(&second);
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), 0);
}
END_TEST

START_TEST(every_cut_of_three_slices_has_the_right_bytes)
{
        struct payload whole = { 0 };
        append_written(&whole, 0, 5);
        append_written(&whole, 5, 3);
        append_written(&whole, 8, 7);
        for (uint32_t offset = 0; offset <= 15; offset++) {
                for (uint32_t length = 0; length <= 15 - offset; length++) {
                        struct payload cut = payload_cut(&whole, offset, length);
                        expect_bytes(&cut, written + offset, length);
                        payload_clear(&cut);
                }
        }
        payload_clear(&whole);
}
END_TEST

START_TEST(the_sum_goes_along_with_the_whole_and_with_no_part)
{
        struct payload whole = payload_of_bytes(pool, written, 99);
        uint16_t sum = payload_sum(&whole);
        struct payload same = payload_cut(&whole, 0, 99);
        struct payload part = payload_cut(&whole, 0, 98);
        ck_assert(same.is_summed);
        ck_assert_uint_eq(same.sum, sum);
        ck_assert(!part.is_summed);
        ck_assert_uint_eq(payload_sum(&part), checksum_sum(written, 98));
        payload_clear(&whole);
        payload_clear(&same);
        payload_clear(&part);
}
END_TEST

START_TEST(slices_that_continue_each_other_become_one)
{
        struct payload whole = payload_of_bytes(pool, written, 1000);
        struct payload front = payload_cut(&whole, 0, 400);
        struct payload back = payload_cut(&whole, 400, 600);
        payload_sum(&front);
        payload_append(pool, &front, &back.slices[0]);
        ck_assert_uint_eq(front.slice_count, 1);
        ck_assert(!front.is_summed);
        expect_bytes(&front, written, 1000);
        payload_clear(&whole);
        payload_clear(&front);
        payload_clear(&back);
}
END_TEST

START_TEST(more_than_three_slices_are_gathered)
{
        struct payload payload = { 0 };
        size_t length = 0;
        for (size_t size = 1; size <= 40; size++) {
                append_written(&payload, length, size);
                length += size;
                ck_assert_uint_le(payload.slice_count, PAYLOAD_SLICES_MAX);
                expect_bytes(&payload, written, length);
        }
        payload_clear(&payload);
}
END_TEST

START_TEST(a_private_copy_leaves_the_shared_bytes_alone_and_voids_the_sum)
{
        struct payload shared = { 0 };
        append_written(&shared, 0, 10);
        append_written(&shared, 10, 10);
        struct payload damaged = payload_ref(&shared);
        payload_sum(&damaged);
        uint8_t *bytes = payload_make_private(pool, &damaged);
        ck_assert_uint_eq(damaged.slice_count, 1);
        ck_assert(!damaged.is_summed);
        expect_bytes(&damaged, written, 20);
        bytes[15] ^= 0x10;
        expect_bytes(&shared, written, 20);
        ck_assert_uint_ne(payload_sum(&damaged), payload_sum(&shared));
        payload_clear(&shared);
        payload_clear(&damaged);
}
END_TEST

START_TEST(nothing_has_no_private_bytes)
{
        struct payload empty = { 0 };
        ck_assert_ptr_null(payload_make_private(pool, &empty));
}
END_TEST

/* Write behind `*tail`, or make the fresh slice the new tail; the new bytes go to the end of `payload`. */
static size_t write_and_append(
        struct payload *payload, struct payload_slice *tail, const uint8_t *bytes, size_t size)
{
        struct payload_slice fresh = { 0 };
        struct payload_slice added = *tail;
        bool has_tail = tail->chunk != NULL;
        size_t stored = payload_pool_store(pool, has_tail ? tail : NULL, &fresh, bytes, size);
        if (fresh.chunk == NULL) {
                added.offset += added.length;
                added.length = (uint32_t)stored;
                payload_append(pool, payload, &added);
                return stored;
        }
        if (has_tail)
                payload_slice_unref(tail);
        *tail = fresh;
        payload_append(pool, payload, tail);
        return stored;
}

START_TEST(a_stream_in_random_pieces_comes_out_whole)
{
        struct rng_stream luck = rng_stream_named(1, "test: payload");
        for (uint64_t round = 0; round < 50; round++) {
                struct payload payload = { 0 };
                struct payload_slice tail = { 0 };
                size_t at = 0;
                for (uint32_t piece = 0; piece < 20; piece++) {
                        size_t size = 1 + rng_draw_below(&luck, round, 0, piece, 700);
                        at += write_and_append(&payload, &tail, written + at, size);
                }
                expect_bytes(&payload, written, at);
                payload_slice_unref(&tail);
                payload_clear(&payload);
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("payload");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_second_write_goes_on_behind_the_first);
        tcase_add_test(cases, what_does_not_fit_behind_the_tail_goes_into_a_fresh_chunk);
        tcase_add_test(cases, only_who_wrote_last_may_write_behind);
        tcase_add_test(cases, small_writes_take_little_and_a_stream_of_them_gets_larger_chunks);
        tcase_add_test(cases, a_chunk_that_came_back_is_used_again);
        tcase_add_test(cases, a_copy_of_bytes_is_one_slice_of_any_size);
        tcase_add_test(cases, bytes_live_until_their_last_owner_is_gone);
        tcase_add_test(cases, every_cut_of_three_slices_has_the_right_bytes);
        tcase_add_test(cases, the_sum_goes_along_with_the_whole_and_with_no_part);
        tcase_add_test(cases, slices_that_continue_each_other_become_one);
        tcase_add_test(cases, more_than_three_slices_are_gathered);
        tcase_add_test(cases, a_private_copy_leaves_the_shared_bytes_alone_and_voids_the_sum);
        tcase_add_test(cases, nothing_has_no_private_bytes);
        tcase_add_test(cases, a_stream_in_random_pieces_comes_out_whole);
        Suite *suite = suite_create("payload");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
