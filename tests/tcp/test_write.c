/*
 * Writing: which blocks of the send queue a write makes, what it lets go while it goes on, and what holds it
 * up.
 */
#include "sender_rig.h"

#include <check.h>
#include <errno.h>

static struct sender_rig rig;
static struct tcp_settings settings;

static void setup(void)
{
        settings = rig_settings();
}

static void teardown(void)
{
        rig_clear(&rig);
}

/* A peer whose window has never been larger than this. */
static void begin(uint32_t window)
{
        rig_init(&rig, &settings, 1);
        rig.shows_flags = true;
        rig.window = rig.conn->snd.wnd = rig.conn->snd.wnd_max = window;
}

static ssize_t write_bytes(size_t size, unsigned flags)
{
        static uint8_t text[200000];
        ck_assert_uint_le(size, sizeof text);
        for (size_t i = 0; i < size; i++)
                text[i] = rig_byte(rig.written + i);
        ssize_t taken = tcp_conn_send(rig.conn, text, size, flags, rig.now);
        rig.written += (uint32_t)MAX(taken, 0);
        return taken;
}

/* Where blocks end that nothing has taken yet; a bar stands behind what a write has let go. */
static const char *blocks(void)
{
        static char text[1000];
        GString *list = g_string_new(NULL);
        const struct send_queue *queue = &rig.conn->send_queue;
        for (uint32_t i = queue->head; i < queue->block_count; i++) {
                if (i == queue->head + rig.conn->decided.blocks)
                        g_string_append(list, "| ");
                const struct send_block *block = send_queue_block(queue, i);
                g_string_append_printf(list, "%u%s%s ", (unsigned)block->end, block->has_push ? "P" : "",
                        block->ends_record ? "R" : "");
        }
        g_strlcpy(text, g_strchomp(list->str), sizeof text);
        g_string_free(list, TRUE);
        return text;
}

START_TEST(a_block_is_no_more_than_half_of_the_largest_window)
{
        settings.send_buffer = 400000;
        begin(65000);
        ck_assert_int_eq(write_bytes(80000, 0), 80000);
        rig_pump(&rig);
        /* What has gone of the first one has left room in it. */
        ck_assert_str_eq(blocks(), "| 42000P 74000P 80000P");
}
END_TEST

START_TEST(a_full_block_that_is_first_goes_while_the_write_goes_on_and_leaves_room)
{
        begin(20000);
        ck_assert_int_eq(write_bytes(10500, 0), 10500);
        /* A burst on this path is two segments. */
        ck_assert_str_eq(blocks(), "2000 | 10500P");
        rig_expect(&rig, "0-1000, 1000-2000 P, 2000-3000, 3000-4000 P, 4000-5000, 5000-6000 P, 6000-7000, "
                         "7000-8000 P, 8000-9000, 9000-10000 P");
}
END_TEST

START_TEST(half_of_a_window_pushes_all_that_waits)
{
        begin(10000);
        ck_assert_int_eq(write_bytes(24000, 0), 24000);
        rig_expect(&rig, "0-1000, 1000-2000 P, 2000-3000, 3000-4000 P, 4000-5000, 5000-7000/2 P, 7000-8000, "
                         "8000-9000 P, 9000-10000");
        ck_assert_str_eq(blocks(), "| 15000P 20000P 24000P");
}
END_TEST

START_TEST(what_a_write_has_decided_is_asked_about_anew_when_time_has_gone_on)
{
        begin(10000);
        write_bytes(24000, 0);
        rig_wait(&rig, 10);
        rig_ack_window(&rig, 0, 1500);
        rig_expect(&rig, "0-1000, 1000-1500 P");
}
END_TEST

START_TEST(a_write_that_follows_at_once_goes_behind_what_is_decided)
{
        begin(10000);
        write_bytes(5500, 0);
        ck_assert_str_eq(blocks(), "2000 | 5500P");
        write_bytes(4000, 0);
        ck_assert_str_eq(blocks(), "2000 4000 6000 | 9500P");
        rig_expect(&rig, "0-1000, 1000-2000 P, 2000-3000, 3000-4000 P, 4000-5000, 5000-6000 P, 6000-7000, "
                         "7000-8000 P, 8000-9000, 9000-9500 P");
}
END_TEST

/* The path allows larger bursts: blocks that were cut for small ones grow over each other. */
START_TEST(what_windows_have_made_void_since_stays_void)
{
        begin(10000);
        write_bytes(9500, 0);
        ck_assert_str_eq(blocks(), "2000 4000 6000 7000P | 9500P");
        rig.conn->settings.least_burst = 5;
        rig_ack_window(&rig, 0, 1500);
        rig_expect(&rig, "0-1000, 1000-1500 P");
        ck_assert_str_eq(blocks(), "| 6000 7000P 9500P");
        rig_ack_window(&rig, 0, 10000);
        rig_expect(&rig, "1500-5500/4, 5500-6500 P, 6500-8500/2, 8500-9500 P");
}
END_TEST

START_TEST(more_that_follows_is_not_pushed_and_a_record_ends_its_block)
{
        begin(20000);
        rig.conn->cong.cwnd = 1;
        write_bytes(1000, 0);
        rig_expect(&rig, "0-1000 P");
        write_bytes(100, TCP_WRITE_MORE);
        ck_assert_str_eq(blocks(), "| 1100");
        write_bytes(100, TCP_WRITE_RECORD);
        write_bytes(100, 0);
        write_bytes(100, 0);
        ck_assert_str_eq(blocks(), "| 1200PR 1400P");
}
END_TEST

START_TEST(urgent_data_lie_in_blocks_of_one_segment_and_nothing_goes_before_the_end)
{
        begin(20000);
        write_bytes(2500, TCP_WRITE_URGENT);
        ck_assert_str_eq(blocks(), "| 1000 2000 2500P");
}
END_TEST

START_TEST(a_write_goes_on_until_a_block_is_needed_and_no_memory_is_left)
{
        settings.send_buffer = 30000;
        begin(20000);
        rig.conn->cong.cwnd = 1;
        ck_assert_int_eq(write_bytes(100000, 0), 31000);
        rig_expect(&rig, "0-1000");
        ck_assert_str_eq(blocks(), "| 11000P 21000 31000P");
        ck_assert_int_eq(write_bytes(1, 0), -EAGAIN);
}
END_TEST

START_TEST(each_block_takes_the_memory_of_a_packet_more)
{
        begin(20000);
        rig.conn->cong.cwnd = 1;
        write_bytes(1, TCP_WRITE_RECORD);
        write_bytes(1, TCP_WRITE_RECORD);
        ck_assert_uint_eq(send_memory_used(rig.conn), 2 * (832 + 1));
}
END_TEST

START_TEST(no_block_is_begun_while_enough_is_not_sent)
{
        settings.unsent_low_water = 4000;
        begin(4000);
        rig.conn->cong.cwnd = 1;
        ck_assert_int_eq(write_bytes(10000, 0), 5000);
        ck_assert_int_eq(write_bytes(1, 0), -EAGAIN);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("write");
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_test(cases, a_block_is_no_more_than_half_of_the_largest_window);
        tcase_add_test(cases, a_full_block_that_is_first_goes_while_the_write_goes_on_and_leaves_room);
        tcase_add_test(cases, half_of_a_window_pushes_all_that_waits);
        tcase_add_test(cases, what_a_write_has_decided_is_asked_about_anew_when_time_has_gone_on);
        tcase_add_test(cases, a_write_that_follows_at_once_goes_behind_what_is_decided);
        tcase_add_test(cases, what_windows_have_made_void_since_stays_void);
        tcase_add_test(cases, more_that_follows_is_not_pushed_and_a_record_ends_its_block);
        tcase_add_test(cases, urgent_data_lie_in_blocks_of_one_segment_and_nothing_goes_before_the_end);
        tcase_add_test(cases, a_write_goes_on_until_a_block_is_needed_and_no_memory_is_left);
        tcase_add_test(cases, each_block_takes_the_memory_of_a_packet_more);
        tcase_add_test(cases, no_block_is_begun_while_enough_is_not_sent);
        Suite *suite = suite_create("write");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
