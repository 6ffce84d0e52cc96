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

/* Where blocks end, with P and R for what is said of them; those behind the bar are not taken. */
static void assert_blocks(const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);
        for (uint32_t i = 0; i <= queue.block_count; i++) {
                if (i == queue.head)
                        g_string_append(text, "| ");
                if (i == queue.block_count)
                        break;
                const struct send_block *block = send_queue_block(&queue, i);
                g_string_append_printf(text, "%u%s%s ", (unsigned)block->end, block->has_push ? "P" : "",
                        block->ends_record ? "R" : "");
        }
        ck_assert_str_eq(g_strchomp(text->str), expected);
        send_queue_check(&queue);
}

static void open_up_to(uint64_t end)
{
        send_queue_open_block(&queue);
        write_up_to(end);
}

START_TEST(what_is_written_joins_the_last_block)
{
        assert_blocks("|");
        write_up_to(400);
        write_up_to(600);
        assert_blocks("| 600");
        open_up_to(1000);
        assert_blocks("| 600 1000");
}
END_TEST

START_TEST(nothing_joins_a_block_that_was_taken_or_ends_a_record)
{
        write_up_to(400);
        send_queue_take(&queue, 0, 400);
        write_up_to(600);
        assert_blocks("400 | 600");
        send_queue_last_block(&queue)->ends_record = true;
        write_up_to(700);
        assert_blocks("400 | 600R 700");
        ck_assert(send_queue_ends_record(&queue, 600));
        ck_assert(!send_queue_ends_record(&queue, 599));
        ck_assert(!send_queue_ends_record(&queue, 700));
        ck_assert(!send_queue_ends_record(&queue, 800));
}
END_TEST

START_TEST(of_a_block_that_is_cut_the_rest_keeps_what_was_said_of_its_end)
{
        write_up_to(1000);
        *send_queue_last_block(&queue) =
                (struct send_block){ .end = 1000, .has_push = true, .ends_record = true };
        send_queue_cut_block(&queue, 0, 400);
        assert_blocks("| 400 1000PR");
}
END_TEST

START_TEST(a_block_grows_from_the_next_one_and_keeps_its_push)
{
        write_up_to(1000);
        send_queue_last_block(&queue)->has_push = true;
        open_up_to(2000);
        send_queue_last_block(&queue)->ends_record = true;
        open_up_to(3000);
        send_queue_grow_block(&queue, 0, 300);
        assert_blocks("| 1300P 2000R 3000");
        send_queue_grow_block(&queue, 0, 5000);
        assert_blocks("| 2000PR 3000");
        send_queue_grow_block(&queue, 0, 5000);
        assert_blocks("| 2000PR 3000");
}
END_TEST

START_TEST(a_block_that_takes_all_of_the_next_is_pushed_as_that_was)
{
        write_up_to(1000);
        open_up_to(2000);
        send_queue_last_block(&queue)->has_push = true;
        send_queue_grow_block(&queue, 0, 1000);
        assert_blocks("| 2000P");
        send_queue_grow_block(&queue, 0, 1000);
        assert_blocks("| 2000P");
}
END_TEST

START_TEST(a_burst_is_one_block)
{
        write_up_to(5000);
        send_queue_take(&queue, 0, 2000);
        assert_blocks("2000 | 5000");
        send_queue_take(&queue, 2000, 3000);
        assert_blocks("2000 5000 |");
}
END_TEST

START_TEST(of_a_burst_that_was_stopped_the_rest_is_taken_anew)
{
        write_up_to(5000);
        send_queue_take(&queue, 0, 4000);
        send_queue_take(&queue, 1000, 2000);
        assert_blocks("1000 3000 | 4000 5000");
        send_queue_discard(&queue, 1000);
        send_queue_take(&queue, 3000, 1000);
        send_queue_discard(&queue, 3000);
        send_queue_take(&queue, 3000, 500);
        assert_blocks("3500 | 4000 5000");
}
END_TEST

START_TEST(a_part_that_is_sent_again_is_a_block_and_so_is_what_is_joined)
{
        write_up_to(4000);
        send_queue_last_block(&queue)->has_push = true;
        send_queue_take(&queue, 0, 4000);
        write_up_to(5000);
        send_queue_cut_sent(&queue, 0);
        send_queue_cut_sent(&queue, 1000);
        send_queue_cut_sent(&queue, 3000);
        send_queue_cut_sent(&queue, 4000);
        assert_blocks("1000 3000 4000P | 5000");
        send_queue_cut_sent(&queue, 4500);
        send_queue_join_sent(&queue, 4000);
        send_queue_join_sent(&queue, 2000);
        assert_blocks("1000 3000 4000P | 5000");
        send_queue_join_sent(&queue, 1000);
        assert_blocks("3000 4000P | 5000");
        send_queue_discard(&queue, 500);
        send_queue_cut_sent(&queue, 500);
        send_queue_join_sent(&queue, 3000);
        assert_blocks("4000P | 5000");
}
END_TEST

START_TEST(blocks_are_forgotten_with_their_last_byte)
{
        write_up_to(1000);
        open_up_to(2000);
        send_queue_take(&queue, 0, 1000);
        send_queue_discard(&queue, 999);
        assert_blocks("1000 | 2000");
        send_queue_discard(&queue, 1000);
        assert_blocks("| 2000");
        send_queue_clear(&queue);
        assert_blocks("|");
}
END_TEST

static void fill_from_stream(const void *data, uint64_t offset, uint8_t *bytes, size_t size)
{
        memcpy(bytes, (const uint8_t *)data + offset, size);
}

START_TEST(bytes_of_a_source_lie_beside_written_ones)
{
        g_autoptr(PayloadSource) source = payload_source_new(fill_from_stream, stream, NULL);
        write_up_to(100);
        send_queue_write_source(&queue, source, 100, 70000);
        send_queue_write_source(&queue, source, 70100, 30000);
        send_queue_check(&queue);
        ck_assert_uint_eq(queue.end, 100100);
        ck_assert_uint_eq(queue.slice_count, 3);
        write_up_to(101000);
        assert_cut(0, 1448);
        assert_cut(65000, 1448);
        assert_cut(100000, 1000);
        send_queue_discard(&queue, 70000);
        assert_cut(70000, 1448);
        send_queue_clear(&queue);
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), 0);
}
END_TEST

/* Writes, acknowledgements, sendings in order and again, in any order and of any size. */
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
        tcase_add_test(cases, what_is_written_joins_the_last_block);
        tcase_add_test(cases, nothing_joins_a_block_that_was_taken_or_ends_a_record);
        tcase_add_test(cases, of_a_block_that_is_cut_the_rest_keeps_what_was_said_of_its_end);
        tcase_add_test(cases, a_block_grows_from_the_next_one_and_keeps_its_push);
        tcase_add_test(cases, a_block_that_takes_all_of_the_next_is_pushed_as_that_was);
        tcase_add_test(cases, a_burst_is_one_block);
        tcase_add_test(cases, of_a_burst_that_was_stopped_the_rest_is_taken_anew);
        tcase_add_test(cases, a_part_that_is_sent_again_is_a_block_and_so_is_what_is_joined);
        tcase_add_test(cases, blocks_are_forgotten_with_their_last_byte);
        tcase_add_test(cases, bytes_of_a_source_lie_beside_written_ones);
        tcase_add_test(cases, any_order_of_writes_cuts_and_discards_keeps_the_stream);
        Suite *suite = suite_create("send_queue");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
