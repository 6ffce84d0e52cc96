/*
 * What goes out: the two windows, Nagle, silly-window avoidance, probes, PSH and FIN. Figures by hand from
 * RFC 9293, 5681, 6298 and 6928.
 */
#include "tcp/sender.h"

#include <check.h>
#include <errno.h>

#include "sender_rig.h"

static struct sender_rig rig;
static struct tcp_settings settings;

static void setup(void)
{
        settings = rig_settings();
        rig_init(&rig, &settings, 1000);
}

static void teardown(void)
{
        rig_clear(&rig);
}

static void start_again(uint32_t iss)
{
        rig_clear(&rig);
        rig_init(&rig, &settings, iss);
}

/* ---- The congestion window ---- */

START_TEST(the_initial_window_is_ten_segments)
{
        rig_write(&rig, 20000);
        rig_expect(&rig, "0-10000/10");
}
END_TEST

START_TEST(only_a_second_lost_syn_makes_the_initial_window_one_segment)
{
        static const uint32_t windows[] = { 10, 10, 1 };
        rig.conn->syn_repeats = (uint32_t)_i;
        sender_start(rig.conn, -1, 0);
        ck_assert_uint_eq(rig.conn->cong.cwnd, windows[_i]);
        /* RFC 6298 (5.7): no sample. */
        ck_assert_int_eq(rtt_rto(&rig.conn->rtt), 3 * SECOND);
}
END_TEST

START_TEST(slow_start_adds_a_segment_for_each_acknowledged)
{
        rig_write(&rig, 60000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "10000-12000/2");
        rig_ack(&rig, 2000);
        rig_expect(&rig, "12000-14000/2");
        /* A stretch ACK counts for all it acknowledges: cwnd is 20 now, and 4 are out. */
        rig_ack(&rig, 10000);
        rig_expect(&rig, "14000-30000/16");
}
END_TEST

START_TEST(congestion_avoidance_adds_a_segment_for_each_window)
{
        rig.conn->cong.ssthresh = 10;
        rig_write(&rig, 60000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
        for (uint32_t i = 1; i < 10; i++) {
                rig_ack(&rig, i * 1000);
                ck_assert_str_ne(rig_pump(&rig), "");
                ck_assert_uint_eq(rig.conn->cong.cwnd, 10);
        }
        rig_ack(&rig, 10000);
        rig_expect(&rig, "19000-21000/2");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 11);
}
END_TEST

/* Linux's tcp_is_cwnd_limited: in slow start the window may grow to twice what was out. */
START_TEST(a_window_that_is_not_used_does_not_grow)
{
        static const struct {
                uint32_t segments;
                uint32_t cwnd;
                const char *why;
        } cases[] = {
                { 2, 10, "far from used up" },
                { 5, 10, "just half" },
                { 6, 16, "more than half: 10 < 2 * 6" },
                { 10, 20, "all of it" },
        };
        rig_write(&rig, cases[_i].segments * 1000);
        rig_pump(&rig);
        rig_wait(&rig, 100);
        rig_ack(&rig, cases[_i].segments * 1000);
        ck_assert_msg(
                rig.conn->cong.cwnd == cases[_i].cwnd, "%s: cwnd is %u", cases[_i].why, rig.conn->cong.cwnd);
}
END_TEST

/* 20 segments, last sent at 100 ms. Linux: half for each RTO (300 ms) of idleness, not below IW. */
START_TEST(after_more_than_an_rto_of_silence_the_window_restarts)
{
        static const struct {
                int64_t sends_at;
                bool idle_restart;
                const char *out;
        } cases[] = {
                { 400, true, "20000-40000/20" },
                { 401, true, "20000-30000/10" },
                { 5000, true, "20000-30000/10" },
                { 5000, false, "20000-40000/20" },
        };
        settings.idle_restart = cases[_i].idle_restart;
        start_again(1000);
        rig_write(&rig, 20000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
        rig_ack(&rig, 10000);
        rig_expect(&rig, "10000-20000/10");
        rig_wait(&rig, 200);
        rig_ack(&rig, 20000);
        rig_expect(&rig, "");
        rig_wait(&rig, cases[_i].sends_at);
        rig_write(&rig, 40000);
        rig_expect(&rig, cases[_i].out);
}
END_TEST

/* ---- The peer's window ---- */

/* RFC 9293 section 3.8.6.2.1, as Linux: segments go whole; their size is at most half of the largest window.
 */
START_TEST(silly_segments_are_not_sent)
{
        static const struct {
                uint32_t window;
                uint32_t bytes;
                const char *out;
                const char *why;
        } cases[] = {
                { 2500, 5000, "0-2000/2", "what is left of the window is less than a segment" },
                { 2500, 2400, "0-2000/2, 2000-2400", "all there is fits" },
                { 3000, 5000, "0-3000/3", "full segments to the edge" },
                { 999, 5000, "", "a byte short of a full segment" },
                { 449, 449, "0-449", "all there is fits" },
                { 449, 450, "", "or does not" },
                { 0, 1, "", "closed" },
        };
        rig_ack_window(&rig, 0, cases[_i].window);
        rig_write(&rig, cases[_i].bytes);
        ck_assert_msg(g_str_equal(rig_pump(&rig), cases[_i].out), "%s: %s", cases[_i].why, rig.out);
}
END_TEST

START_TEST(an_older_segment_does_not_change_the_window)
{
        struct tcp_segment old = { .flags = TCP_FLAG_ACK, .window = 1, .ack = rig.conn->snd.una };
        rig.conn->snd.wl1 = seq_of(1);
        sender_on_ack(rig.conn, &old, 0);
        ck_assert_uint_eq(rig.conn->snd.wnd, 65000);
        /* Of the same moment: the larger one is later, or a closed one. */
        old.seq = seq_of(1);
        sender_on_ack(rig.conn, &old, 0);
        ck_assert_uint_eq(rig.conn->snd.wnd, 65000);
        old.window = 0;
        sender_on_ack(rig.conn, &old, 0);
        ck_assert_uint_eq(rig.conn->snd.wnd, 0);
        old.seq = seq_of(2);
        old.window = 1;
        sender_on_ack(rig.conn, &old, 0);
        ck_assert_uint_eq(rig.conn->snd.wnd, 1);
}
END_TEST

START_TEST(a_window_drawn_back_stops_what_is_new_and_keeps_what_is_old_to_its_edge)
{
        rig_write(&rig, 20000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
        rig_ack_window(&rig, 2000, 3000);
        rig_expect(&rig, "");
        rig_expire(&rig, 400);
        rig_expect(&rig, "timeout 2000-3000");
        rig_wait(&rig, 500);
        rig_ack_window(&rig, 3000, 3000);
        rig_expect(&rig, "timeout 3000-5000/2");
        /* cwnd is 4, but only one of them lies before the edge, 6000. */
        rig_ack_window(&rig, 5000, 1000);
        rig_expect(&rig, "timeout 5000-6000");
}
END_TEST

/* RFC 9293 section 3.8.6: data beyond an edge that was drawn back is no reason to time out. */
START_TEST(a_peer_that_answers_with_a_closed_window_is_not_given_up)
{
        settings.retries = 2;
        start_again(1000);
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        int64_t expires_at = RIG_RTO;
        for (int64_t rto = 2 * RIG_RTO; rto < 100000; rto *= 2) {
                rig_expire(&rig, expires_at);
                rig_expect(&rig, "timeout 0-1000");
                expires_at += rto;
                rig_wait(&rig, expires_at - 1);
                rig_ack_window(&rig, 0, 0);
        }
        ck_assert_int_eq(rig.conn->state, TCP_STATE_ESTABLISHED);
}
END_TEST

/* ---- Zero-window probes ---- */

static void close_the_window(void)
{
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        rig_wait(&rig, 100);
        rig_ack_window(&rig, 1000, 0);
        rig_write(&rig, 3000);
        rig_expect(&rig, "");
}

START_TEST(a_closed_window_is_probed_at_intervals_that_double)
{
        close_the_window();
        rig_expire(&rig, 100 + 300);
        rig_expect(&rig, "window-probe 999-999");
        /* The answer puts the next one off (Linux: tcp_ack_probe). */
        rig_wait(&rig, 500);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "");
        rig_expire(&rig, 500 + 600);
        rig_expect(&rig, "window-probe 999-999");
        rig_expire(&rig, 1100 + 1200);
        rig_expect(&rig, "window-probe 999-999");
        rig_wait(&rig, 2400);
        rig_ack_window(&rig, 1000, 5000);
        rig_expect(&rig, "1000-4000/3");
        /* The back-off was the probes'. */
        rig_expire(&rig, 2400 + 300);
        ck_assert_uint_eq(rig.conn->counts.window_probes, 3);
}
END_TEST

START_TEST(probes_without_an_answer_end_the_connection)
{
        settings.retries = 3;
        start_again(1000);
        close_the_window();
        static const int64_t probes[] = { 400, 400 + 600, 1000 + 1200 };
        for (size_t i = 0; i < G_N_ELEMENTS(probes); i++) {
                rig_expire(&rig, probes[i]);
                rig_expect(&rig, "window-probe 999-999");
        }
        rig_expire(&rig, 2200 + 2400);
        ck_assert_int_eq(rig.conn->state, TCP_STATE_CLOSED);
        ck_assert_int_eq(rig.conn->error, ETIMEDOUT);
        rig_expect(&rig, "");
}
END_TEST

START_TEST(answered_probes_go_on_for_ever)
{
        settings.retries = 2;
        settings.max_rto = 1 * SECOND;
        start_again(1000);
        close_the_window();
        int64_t at = 400;
        int64_t interval = 600;
        for (int i = 0; i < 20; i++) {
                rig_expire(&rig, at);
                rig_expect(&rig, "window-probe 999-999");
                rig_wait(&rig, at + 100);
                rig_ack(&rig, 1000);
                at += 100 + interval;
                interval = 1000;
        }
        ck_assert_int_eq(rig.conn->state, TCP_STATE_ESTABLISHED);
}
END_TEST

START_TEST(a_window_too_small_for_a_segment_is_probed_with_what_it_takes)
{
        close_the_window();
        rig_ack_window(&rig, 1000, 300);
        rig_expect(&rig, "");
        rig_expire(&rig, 400);
        rig_expect(&rig, "window-probe 1000-1300");
        rig_expire(&rig, 700);
        rig_expect(&rig, "timeout 1000-1300");
}
END_TEST

/* ---- Nagle, PSH, FIN ---- */

START_TEST(nagle_keeps_back_a_second_small_segment)
{
        settings.nagle = true;
        start_again(1000);
        rig_want(&rig, 1 << TCP_NOTE_LIMITED);
        rig_write(&rig, 300);
        rig_expect(&rig, "0-300");
        rig_write(&rig, 300);
        rig_expect(&rig, "");
        ck_assert_str_eq(rig_notes(&rig), "limited application, limited nagle");
        rig_write(&rig, 800);
        rig_expect(&rig, "300-1300");
        /* Minshall: a full segment without an ACK holds nothing back. */
        rig_wait(&rig, 100);
        rig_ack(&rig, 300);
        rig_expect(&rig, "1300-1400");
        rig_write(&rig, 100);
        rig_expect(&rig, "");
        rig_ack(&rig, 1300);
        rig_expect(&rig, "");
        rig_ack(&rig, 1400);
        rig_expect(&rig, "1400-1500");
}
END_TEST

START_TEST(without_nagle_small_segments_follow_each_other)
{
        rig_write(&rig, 300);
        rig_expect(&rig, "0-300");
        rig_write(&rig, 300);
        rig_expect(&rig, "300-600");
}
END_TEST

START_TEST(nagle_lets_the_last_bytes_go_with_their_fin)
{
        settings.nagle = true;
        start_again(1000);
        rig_write(&rig, 300);
        rig_expect(&rig, "0-300");
        rig_write(&rig, 300);
        rig_expect(&rig, "");
        rig_finish(&rig);
        rig_expect(&rig, "300-600 FIN");
}
END_TEST

START_TEST(push_goes_with_the_last_byte_written_and_the_end_of_a_burst)
{
        rig.shows_flags = true;
        rig_write(&rig, 2500);
        rig_expect(&rig, "0-1000, 1000-2000 P, 2000-2500 P");
        rig_write(&rig, 500);
        rig_finish(&rig);
        rig_expect(&rig, "2500-3000 P FIN");
}
END_TEST

START_TEST(a_fin_alone_takes_one_number)
{
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        rig_finish(&rig);
        rig_expect(&rig, "fin 1000-1000 FIN");
        rig_wait(&rig, 100);
        rig_ack(&rig, 1000);
        ck_assert(!sender_fin_is_acknowledged(rig.conn));
        rig_ack(&rig, 1001);
        ck_assert(sender_fin_is_acknowledged(rig.conn));
        ck_assert_int_eq(tcp_conn_deadline(rig.conn), TIME_NEVER);
        ck_assert_uint_eq(rig.conn->counts.bytes_acknowledged, 1000);
}
END_TEST

START_TEST(a_fin_waits_for_room_in_the_window)
{
        rig_ack_window(&rig, 0, 1000);
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        rig_finish(&rig);
        rig_wait(&rig, 100);
        rig_ack_window(&rig, 1000, 0);
        rig_expect(&rig, "");
        rig_expire(&rig, 400);
        rig_expect(&rig, "window-probe 999-999");
        rig_ack_window(&rig, 1000, 1);
        rig_expect(&rig, "fin 1000-1000 FIN");
}
END_TEST

START_TEST(a_lost_fin_is_sent_again_with_its_bytes)
{
        rig.shows_flags = true;
        rig_write(&rig, 1500);
        rig_finish(&rig);
        rig_expect(&rig, "0-1000, 1000-1500 P FIN");
        rig_wait(&rig, 100);
        rig_ack(&rig, 1000);
        rig_expire(&rig, 400);
        rig_expect(&rig, "timeout 1000-1500 P FIN");
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 1);
        ck_assert_uint_eq(rig.conn->counts.bytes_retransmitted, 500);
}
END_TEST

/* ---- Path MTU ---- */

START_TEST(a_smaller_mss_sends_what_was_too_large_again_in_pieces)
{
        rig_write(&rig, 2300);
        rig_expect(&rig, "0-2000/2, 2000-2300");
        sender_set_mss(rig.conn, 400, rig.now);
        rig_expect(&rig, "recovery 0-2000/5");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 10);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, CONG_SSTHRESH_NOT_SET);
        rig_wait(&rig, 100);
        rig_ack(&rig, 2300);
        rig_write(&rig, 500);
        rig_expect(&rig, "2300-2700, 2700-2800");
}
END_TEST

/* ---- Numbers ---- */

START_TEST(stream_offsets_do_not_wrap_with_the_sequence_numbers)
{
        start_again(UINT32_MAX - 4500);
        rig_write(&rig, 20000);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
        rig_ack(&rig, 10000);
        rig_expect(&rig, "10000-20000/10");
        ck_assert_uint_eq(rig.conn->snd.nxt.value, 20000 - 4500);
        ck_assert_uint_eq(sender_stream_offset(rig.conn, rig.conn->snd.nxt), 20000);
        ck_assert_uint_eq(sender_stream_offset(rig.conn, seq_of(UINT32_MAX)), 4499);
}
END_TEST

START_TEST(congestion_is_noted_once_for_each_change)
{
        rig_want(&rig, 1 << TCP_NOTE_CONGESTION | 1 << TCP_NOTE_ACK | 1 << TCP_NOTE_WINDOW_UPDATE);
        rig_write(&rig, 2000);
        rig_expect(&rig, "0-2000/2");
        ck_assert_str_eq(rig_notes(&rig), "congestion, congestion");
        rig_wait(&rig, 100);
        rig_ack(&rig, 2000);
        ck_assert_str_eq(rig_notes(&rig), "ack 0-2000, congestion");
        rig_ack(&rig, 2000);
        ck_assert_str_eq(rig_notes(&rig), "");
        rig_ack_window(&rig, 2000, 5000);
        ck_assert_str_eq(rig_notes(&rig), "window-update, congestion");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("sender");
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_test(cases, the_initial_window_is_ten_segments);
        tcase_add_loop_test(cases, only_a_second_lost_syn_makes_the_initial_window_one_segment, 0, 3);
        tcase_add_test(cases, slow_start_adds_a_segment_for_each_acknowledged);
        tcase_add_test(cases, congestion_avoidance_adds_a_segment_for_each_window);
        tcase_add_loop_test(cases, a_window_that_is_not_used_does_not_grow, 0, 4);
        tcase_add_loop_test(cases, after_more_than_an_rto_of_silence_the_window_restarts, 0, 4);
        tcase_add_loop_test(cases, silly_segments_are_not_sent, 0, 7);
        tcase_add_test(cases, an_older_segment_does_not_change_the_window);
        tcase_add_test(cases, a_window_drawn_back_stops_what_is_new_and_keeps_what_is_old_to_its_edge);
        tcase_add_test(cases, a_peer_that_answers_with_a_closed_window_is_not_given_up);
        tcase_add_test(cases, a_closed_window_is_probed_at_intervals_that_double);
        tcase_add_test(cases, probes_without_an_answer_end_the_connection);
        tcase_add_test(cases, answered_probes_go_on_for_ever);
        tcase_add_test(cases, a_window_too_small_for_a_segment_is_probed_with_what_it_takes);
        tcase_add_test(cases, nagle_keeps_back_a_second_small_segment);
        tcase_add_test(cases, without_nagle_small_segments_follow_each_other);
        tcase_add_test(cases, nagle_lets_the_last_bytes_go_with_their_fin);
        tcase_add_test(cases, push_goes_with_the_last_byte_written_and_the_end_of_a_burst);
        tcase_add_test(cases, a_fin_alone_takes_one_number);
        tcase_add_test(cases, a_fin_waits_for_room_in_the_window);
        tcase_add_test(cases, a_lost_fin_is_sent_again_with_its_bytes);
        tcase_add_test(cases, a_smaller_mss_sends_what_was_too_large_again_in_pieces);
        tcase_add_test(cases, stream_offsets_do_not_wrap_with_the_sequence_numbers);
        tcase_add_test(cases, congestion_is_noted_once_for_each_change);
        Suite *suite = suite_create("sender");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
