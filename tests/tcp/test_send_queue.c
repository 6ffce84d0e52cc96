/*
 * The send queue: what is cut is what was written, wherever it lies.
 */
#include "tcp/send_queue.h"

#include "engine/rng.h"
#include "wire/checksum.h"

#include <check.h>

#define STREAM_SIZE (300 * 1024)

static uint8_t stream[STREAM_SIZE];
static PayloadPool *pool;
static struct send_queue queue;

static void setup(void)
{
        for (size_t i = 0; i < STREAM_SIZE; i++)
                stream[i] = (uint8_t)(i * 2654435761u >> 13);
        pool = payload_pool_new();
        send_queue_init(&queue, pool);
}

static void teardown(void)
{
        send_queue_clear(&queue);
        payload_pool_free(pool);
}

static void write_up_to(uint64_t end)
{
        send_queue_write(&queue, stream + queue.end, end - queue.end);
        send_queue_check(&queue);
}

/* Returns how many slices it has. */
static unsigned assert_cut(uint64_t offset, uint32_t length)
{
        static uint8_t copy[STREAM_SIZE];
        struct payload payload = send_queue_cut(&queue, offset, length);
        unsigned slices = payload.slice_count;
        ck_assert_uint_eq(payload.length, length);
        payload_copy_out(&payload, 0, copy, length);
        ck_assert_mem_eq(copy, stream + offset, length);
        ck_assert(payload.is_summed);
        ck_assert_uint_eq(payload.sum, checksum_sum(stream + offset, length));
        payload_clear(&payload);
        return slices;
}

START_TEST(a_cut_has_the_bytes_written_and_their_sum)
{
        write_up_to(10000);
        assert_cut(0, 1448);
        assert_cut(1448, 1448);
        assert_cut(9999, 1);
        assert_cut(0, 10000);
}
END_TEST

START_TEST(a_segment_of_one_large_write_is_one_slice)
{
        write_up_to(65536);
        for (uint64_t offset = 0; offset + 1448 <= 65536; offset += 1448)
                ck_assert_uint_eq(assert_cut(offset, 1448), 1);
}
END_TEST

START_TEST(small_writes_share_a_slice)
{
        for (uint64_t end = 10; end <= 200; end += 10)
                write_up_to(end);
        ck_assert_uint_eq(assert_cut(0, 200), 1);
}
END_TEST

START_TEST(a_cut_across_many_slices_is_gathered)
{
        write_up_to(60000);
        /* Somebody else's bytes behind each of ours: no slice can grow. */
        send_queue_clear(&queue);
        for (uint64_t end = 60100; end <= 61000; end += 100) {
                struct payload_slice ours = { 0 };
                struct payload_slice theirs = { 0 };
                write_up_to(end);
                struct payload payload = send_queue_cut(&queue, end - 1, 1);
                ours = payload.slices[0];
                payload_pool_store(pool, &ours, &theirs, "x", 1);
                payload_clear(&payload);
                if (theirs.chunk != NULL)
                        payload_slice_unref(&theirs);
        }
        ck_assert_uint_gt(queue.slice_count, 4);
        ck_assert_uint_le(assert_cut(60000, 1000), PAYLOAD_SLICES_MAX);
}
END_TEST

START_TEST(an_empty_cut_is_an_empty_payload)
{
        ck_assert_uint_eq(assert_cut(0, 0), 0);
        write_up_to(5);
        ck_assert_uint_eq(assert_cut(5, 0), 0);
}
END_TEST

START_TEST(a_cut_outlives_what_is_discarded)
{
        uint8_t copy[100];
        write_up_to(100);
        struct payload payload = send_queue_cut(&queue, 0, 100);
        send_queue_discard(&queue, 100);
        ck_assert_uint_eq(send_queue_size(&queue), 0);
        payload_copy_out(&payload, 0, copy, 100);
        ck_assert_mem_eq(copy, stream, 100);
        payload_clear(&payload);
}
END_TEST

START_TEST(what_is_acknowledged_gives_its_memory_back)
{
        write_up_to(200000);
        size_t before = payload_pool_bytes_in_use(pool);
        send_queue_discard(&queue, 150000);
        send_queue_check(&queue);
        ck_assert_uint_lt(payload_pool_bytes_in_use(pool), before);
        send_queue_discard(&queue, 200000);
        send_queue_check(&queue);
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), 0);
}
END_TEST

START_TEST(writing_goes_on_behind_a_cleared_queue)
{
        write_up_to(1000);
        send_queue_clear(&queue);
        ck_assert_uint_eq(send_queue_size(&queue), 0);
        write_up_to(2000);
        assert_cut(1000, 1000);
}
END_TEST

static uint64_t dice(uint64_t below)
{
        static uint64_t thrown;
        static struct rng_stream luck;
        if (thrown == 0)
                luck = rng_stream_named(1, "send queue");
        return rng_draw_below(&luck, thrown++, 0, 0, below);
}

/* Writes, acknowledgements, sendings in order and again, in any order and of any size. */
START_TEST(a_record_ends_where_it_was_ended)
{
        write_up_to(400);
        send_queue_end_record(&queue);
        send_queue_end_record(&queue);
        write_up_to(600);
        send_queue_end_record(&queue);
        write_up_to(1000);
        ck_assert_uint_eq(send_queue_record_end(&queue, 0), 400);
        ck_assert_uint_eq(send_queue_record_end(&queue, 399), 400);
        ck_assert_uint_eq(send_queue_record_end(&queue, 400), 600);
        ck_assert_uint_eq(send_queue_record_end(&queue, 600), 1000);
        ck_assert_uint_eq(send_queue_record_end(&queue, 1000), 1000);
        send_queue_discard(&queue, 400);
        ck_assert_uint_eq(queue.record_count, 1);
        ck_assert_uint_eq(send_queue_record_end(&queue, 400), 600);
}
END_TEST

START_TEST(any_order_of_writes_cuts_and_discards_keeps_the_stream)
{
        uint64_t next = 0;
        while (queue.first < STREAM_SIZE) {
                uint64_t unsent = queue.end - next;
                uint64_t length = dice(2000);
                length = MIN(length, unsent);
                uint64_t written = queue.end + dice(3) * dice(dice(2) ? 100 : 20000);
                write_up_to(MIN(written, STREAM_SIZE));
                assert_cut(next, (uint32_t)length);
                next += length;
                uint64_t resent = queue.first + dice(next - queue.first + 1);
                assert_cut(resent, (uint32_t)dice(MIN(next - resent, 3000) + 1));
                if (dice(4) == 0)
                        send_queue_discard(&queue, queue.first + dice(next - queue.first + 1));
                send_queue_check(&queue);
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("send_queue");
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_test(cases, a_cut_has_the_bytes_written_and_their_sum);
        tcase_add_test(cases, a_segment_of_one_large_write_is_one_slice);
        tcase_add_test(cases, small_writes_share_a_slice);
        tcase_add_test(cases, a_cut_across_many_slices_is_gathered);
        tcase_add_test(cases, an_empty_cut_is_an_empty_payload);
        tcase_add_test(cases, a_cut_outlives_what_is_discarded);
        tcase_add_test(cases, what_is_acknowledged_gives_its_memory_back);
        tcase_add_test(cases, writing_goes_on_behind_a_cleared_queue);
        tcase_add_test(cases, a_record_ends_where_it_was_ended);
        tcase_add_test(cases, any_order_of_writes_cuts_and_discards_keeps_the_stream);
        Suite *suite = suite_create("send_queue");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
