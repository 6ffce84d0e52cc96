/*
 * What duplicate ACKs, SACKs and the retransmission timer do. Figures by hand from RFC 5681, 6582, 6675, 3042
 * and 6298, with Reno: ssthresh is half of cwnd.
 *
 * Unless said otherwise ten segments are out, sent at 0 ms, and their answers come at 100 ms.
 */
#include "tcp/recovery.h"

#include <check.h>
#include <errno.h>

#include "sender_rig.h"
#include "tcp/sender.h"

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

static void start_with_sack(uint32_t iss)
{
        settings.recovery = TCP_RECOVERY_SACK;
        settings.tail_loss_probe = false;
        start_again(iss);
}

/* A window is out; the application has written so much in all. */
static void send_window(uint32_t bytes)
{
        rig_write(&rig, bytes);
        rig_expect(&rig, "0-10000/10");
        rig_wait(&rig, 100);
}

/* Recoveries must not care where the circle of sequence numbers begins again. */
static const uint32_t first_numbers[] = {
        1000, UINT32_MAX - 1, /* within the first segment */
        UINT32_MAX - 4500,    /* within the window */
        UINT32_MAX - 10000,   /* at the recovery point */
        INT32_MAX - 4500,     /* the sign of a difference taken wrongly */
};

/* ---- Duplicate ACKs ---- */

START_TEST(only_what_rfc_5681_calls_a_duplicate_counts_as_one)
{
        static const struct {
                uint32_t acked; /* before */
                uint32_t ack;
                uint16_t window;
                uint16_t flags;
                bool has_payload;
                uint64_t counted;
                const char *why;
        } cases[] = {
                { 0, 0, 65000, TCP_FLAG_ACK, false, 1, "a duplicate" },
                { 0, 0, 65001, TCP_FLAG_ACK, false, 0, "a window update" },
                { 0, 0, 64999, TCP_FLAG_ACK, false, 1, "no update: a smaller window, of no later moment" },
                { 0, 0, 65000, TCP_FLAG_ACK | TCP_FLAG_FIN, false, 0, "a FIN" },
                { 0, 0, 65000, TCP_FLAG_ACK, true, 0, "data" },
                { 0, 1000, 65000, TCP_FLAG_ACK, false, 0, "an ACK of new data" },
                { 2000, 1000, 65000, TCP_FLAG_ACK, false, 0, "an ACK overtaken by a later one" },
                { 2000, 2000, 65000, TCP_FLAG_ACK, false, 1, "a duplicate of a later ACK" },
                { 10000, 10000, 65000, TCP_FLAG_ACK, false, 0, "nothing is outstanding" },
        };
        send_window(10000);
        if (cases[_i].acked > 0)
                rig_ack(&rig, cases[_i].acked);
        struct tcp_segment segment = {
                .seq = rig.conn->rcv.nxt,
                .ack = seq_add(rig.conn->snd.iss, 1 + cases[_i].ack),
                .flags = cases[_i].flags,
                .window = cases[_i].window,
        };
        if (cases[_i].has_payload)
                segment.payload = payload_of_bytes(rig.pool, "x", 1);
        sender_on_ack(rig.conn, &segment, rig.now);
        payload_clear(&segment.payload);
        ck_assert_msg(rig.conn->counts.duplicate_acks_received == cases[_i].counted, "%s is counted wrongly",
                cases[_i].why);
}
END_TEST

START_TEST(two_duplicates_are_no_loss)
{
        send_window(10000);
        rig_acks(&rig, 0, 2);
        rig_expect(&rig, "");
        rig_ack(&rig, 3000);
        rig_acks(&rig, 3000, 2);
        rig_expect(&rig, "");
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
}
END_TEST

START_TEST(the_first_two_duplicates_let_out_a_new_segment_each)
{
        send_window(20000);
        rig_ack(&rig, 0);
        rig_expect(&rig, "limited-transmit 10000-11000");
        rig_ack(&rig, 0);
        rig_expect(&rig, "limited-transmit 11000-12000");
}
END_TEST

START_TEST(limited_transmit_can_be_switched_off)
{
        settings.limited_transmit = false;
        start_again(1000);
        send_window(20000);
        rig_acks(&rig, 0, 2);
        rig_expect(&rig, "");
        start_with_sack(1000);
        send_window(20000);
        rig_sack(&rig, 0, "1000-2000");
        rig_sack(&rig, 0, "1000-3000");
        rig_expect(&rig, "");
}
END_TEST

/* ---- NewReno ---- */

/* cwnd 10: ssthresh 5, cwnd 5 + 3 = 8. With limited transmit 12 are out, of which the first was lost: 11
 * duplicates. */
START_TEST(newreno_repairs_a_single_loss)
{
        start_again(first_numbers[_i]);
        rig_want(&rig, 1 << TCP_NOTE_LOST | 1 << TCP_NOTE_RECOVERY_ENTERED | 1 << TCP_NOTE_RECOVERY_LEFT);
        send_window(30000);
        rig_acks(&rig, 0, 2);
        rig_expect(&rig, "limited-transmit 10000-12000/2");
        rig_ack(&rig, 0);
        rig_expect(&rig, "fast-retransmit 0-1000");
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        /* PRR: for two that arrive, one goes out. */
        rig_acks(&rig, 0, 4);
        rig_expect(&rig, "");
        rig_ack(&rig, 0);
        rig_expect(&rig, "12000-13000");
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "13000-16000/3");
        rig_wait(&rig, 200);
        /* Four are in flight: min(ssthresh, 4 + 1) = 5. */
        rig_ack(&rig, 12000);
        rig_expect(&rig, "16000-17000");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        /* It is over once something beyond is acknowledged: what may follow are duplicates of its own. */
        ck_assert(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY);
        rig_wait(&rig, 300);
        rig_ack(&rig, 17000);
        ck_assert(rig.conn->recovery.state == TCP_CONGESTION_OPEN);
        ck_assert_str_eq(rig_notes(&rig),
                "lost 0-1000 duplicate-acks, recovery-entered 0-12000 duplicate-acks, recovery-left");
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 1);
}
END_TEST

START_TEST(newreno_leaves_recovery_at_the_threshold)
{
        send_window(10000);
        rig_acks(&rig, 0, 9);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_wait(&rig, 200);
        rig_ack(&rig, 10000);
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        rig_write(&rig, 10000);
        rig_expect(&rig, "10000-15000/5");
}
END_TEST

/* The first and the fifth are lost: eight duplicates, one hole a round trip. */
START_TEST(newreno_repairs_one_hole_a_round_trip)
{
        settings.limited_transmit = false;
        start_again(first_numbers[_i]);
        send_window(30000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_acks(&rig, 0, 5);
        rig_expect(&rig, "10000-13000/3");
        rig_wait(&rig, 200);
        /* 13 - 4 + 1 = 10 may be out, and 9 are. */
        rig_ack(&rig, 4000);
        rig_expect(&rig, "recovery 4000-5000, 13000-14000");
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        rig_acks(&rig, 4000, 3);
        rig_expect(&rig, "14000-17000/3");
        rig_wait(&rig, 300);
        rig_ack(&rig, 13000);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        rig_expect(&rig, "17000-18000");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
}
END_TEST

START_TEST(newreno_deflates_by_what_a_partial_ack_covers_even_when_duplicates_were_lost)
{
        send_window(10000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_wait(&rig, 200);
        rig_ack(&rig, 6000);
        rig_expect(&rig, "recovery 6000-7000");
}
END_TEST

/* The first and the fifth are lost: what was sent in the recovery brings three duplicates of the fifth. */
START_TEST(reno_retransmits_fast_once_a_window_and_then_waits_for_the_timer)
{
        settings.limited_transmit = false;
        settings.recovery = TCP_RECOVERY_RENO;
        start_again(first_numbers[_i]);
        send_window(30000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_acks(&rig, 0, 5);
        rig_expect(&rig, "10000-13000/3");
        rig_wait(&rig, 200);
        rig_ack(&rig, 4000);
        ck_assert(rig.conn->recovery.state == TCP_CONGESTION_OPEN);
        rig_expect(&rig, "");
        rig_wait(&rig, 300);
        rig_acks(&rig, 4000, 3);
        rig_expect(&rig, "");
        rig_expire(&rig, 500);
        rig_expect(&rig, "timeout 4000-5000");
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
        rig_ack(&rig, 13000);
        ck_assert(!rig.conn->recovery.left_early);
}
END_TEST

/* RFC 6582 section 3.2 (2), its step for duplicates that do not cover `recover`. */
START_TEST(duplicates_of_a_needless_timeout_start_no_recovery)
{
        rig_write(&rig, 40000);
        rig_expect(&rig, "0-10000/10");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 310);
        rig_ack(&rig, 10000);
        ck_assert_str_ne(rig_pump(&rig), "");
        rig_acks(&rig, 10000, 5);
        rig_expect(&rig, "");
        /* What was sent after the timeout is another matter. */
        rig_ack(&rig, 11000);
        rig_pump(&rig);
        rig_acks(&rig, 11000, 3);
        ck_assert(g_str_has_prefix(rig_pump(&rig), "fast-retransmit 11000-12000"));
}
END_TEST

START_TEST(a_hole_that_is_filled_gives_no_round_trip)
{
        send_window(10000);
        rig_acks(&rig, 0, 3);
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_wait(&rig, 250);
        rig_ack(&rig, 10000);
        ck_assert_int_eq(rig.conn->rtt.latest, 100 * MILLISECOND);
}
END_TEST

/* ---- SACK ---- */

/* Pipe: 12 out, 3 sacked, 1 lost and sent again: 9. ssthresh 5: each further SACK takes one out of it. */
START_TEST(sack_repairs_a_single_loss)
{
        start_with_sack(first_numbers[_i]);
        rig_want(&rig, 1 << TCP_NOTE_LOST | 1 << TCP_NOTE_RECOVERY_ENTERED | 1 << TCP_NOTE_RECOVERY_LEFT |
                               1 << TCP_NOTE_SACKED);
        send_window(30000);
        rig_sack(&rig, 0, "1000-2000");
        rig_expect(&rig, "limited-transmit 10000-11000");
        rig_sack(&rig, 0, "1000-3000");
        rig_expect(&rig, "limited-transmit 11000-12000");
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
        ck_assert_str_eq(rig_notes(&rig),
                "sacked 1000-2000, sacked 2000-3000, sacked 3000-4000, lost 0-1000 sack, "
                "recovery-entered 0-12000 sack");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 9);
        rig_sack(&rig, 0, "1000-5000");
        rig_sack(&rig, 0, "1000-6000");
        rig_sack(&rig, 0, "1000-7000");
        rig_sack(&rig, 0, "1000-8000");
        rig_expect(&rig, "");
        rig_sack(&rig, 0, "1000-9000");
        rig_expect(&rig, "12000-13000");
        rig_sack(&rig, 0, "1000-12000");
        rig_expect(&rig, "13000-16000/3");
        rig_wait(&rig, 200);
        rig_ack(&rig, 12000);
        rig_expect(&rig, "16000-17000");
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
}
END_TEST

/* The first and the fifth are lost: both go out in the round trip that found them. */
START_TEST(sack_repairs_two_losses_in_a_round_trip)
{
        start_with_sack(first_numbers[_i]);
        send_window(10000);
        rig_sack(&rig, 0, "1000-2000");
        rig_sack(&rig, 0, "1000-3000");
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_sack(&rig, 0, "5000-6000 1000-4000");
        rig_sack(&rig, 0, "5000-7000 1000-4000");
        rig_expect(&rig, "");
        rig_sack(&rig, 0, "5000-8000 1000-4000");
        rig_expect(&rig, "recovery 4000-5000");
        rig_sack(&rig, 0, "5000-10000 1000-4000");
        rig_wait(&rig, 200);
        rig_ack(&rig, 4000);
        rig_expect(&rig, "");
        rig_ack(&rig, 10000);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 2);
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
}
END_TEST

/* IsLost(): one ACK can say enough. */
START_TEST(one_sack_of_three_segments_is_a_loss)
{
        start_with_sack(1000);
        send_window(10000);
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
}
END_TEST

START_TEST(with_sack_an_ack_that_reports_nothing_new_is_no_duplicate)
{
        start_with_sack(1000);
        send_window(20000);
        rig_sack(&rig, 0, "1000-2000");
        rig_expect(&rig, "limited-transmit 10000-11000");
        for (int i = 0; i < 5; i++)
                rig_sack(&rig, 0, "1000-2000");
        rig_expect(&rig, "");
        ck_assert_uint_eq(rig.conn->counts.duplicate_acks_received, 1);
}
END_TEST

/* RFC 6675 section 4, NextSeg() rule (3): the ninth has only one sacked above it. */
START_TEST(sack_sends_an_uncertain_hole_when_nothing_else_is_left)
{
        start_with_sack(1000);
        send_window(10000);
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_sack(&rig, 0, "1000-8000");
        rig_expect(&rig, "");
        rig_sack(&rig, 0, "9000-10000 1000-8000");
        rig_expect(&rig, "recovery 8000-9000");
}
END_TEST

/* RFC 5681 section 3.2 (3), RFC 6675 section 5 (4.3): the first hole goes out at once, what follows when cwnd
 * has room: of ten, three and the hole are gone, so that six and what was sent again are in flight; five may
 * be. */
START_TEST(without_prr_the_first_hole_goes_out_at_once_and_the_rest_waits_for_half_of_the_window)
{
        static const char *const blocks[] = { "1000-4000", "1000-5000", "1000-6000", "1000-7000" };
        settings.limited_transmit = settings.tail_loss_probe = settings.prr = false;
        settings.recovery = _i == 0 ? TCP_RECOVERY_NEWRENO : TCP_RECOVERY_SACK;
        start_again(1000);
        send_window(30000);
        rig_acks(&rig, 0, _i == 0 ? 2 : 0);
        rig_sack(&rig, 0, _i == 0 ? "" : blocks[0]);
        rig_expect(&rig, "fast-retransmit 0-1000");
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        for (int i = 1; i <= 2; i++) {
                rig_sack(&rig, 0, _i == 0 ? "" : blocks[i]);
                rig_expect(&rig, "");
        }
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
        rig_sack(&rig, 0, _i == 0 ? "" : blocks[3]);
        rig_expect(&rig, "10000-11000");
}
END_TEST

/* It is resent at once; that it was lost after the window had been reduced reduces it once more. */
START_TEST(a_loss_of_what_a_recovery_sent_begins_another)
{
        start_with_sack(1000);
        send_window(30000);
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000, 10000-11000");
        rig_sack(&rig, 0, "1000-10000");
        rig_expect(&rig, "11000-14000/3");
        rig_wait(&rig, 200);
        rig_sack(&rig, 0, "11000-14000 1000-10000");
        rig_expect(&rig, "recovery 10000-11000, 14000-17000/3");
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 1);
        rig_ack(&rig, 10000);
        rig_expect(&rig, "17000-18000");
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 2);
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 2);
        rig_wait(&rig, 300);
        rig_ack(&rig, 14000);
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        rig_ack(&rig, 18000);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 2);
}
END_TEST

START_TEST(a_dsack_is_counted_against_what_was_sent_again)
{
        start_with_sack(1000);
        rig_want(&rig, 1 << TCP_NOTE_DSACK);
        send_window(10000);
        /* The network's own duplicate. */
        rig_sack(&rig, 2000, "0-1000");
        ck_assert_uint_eq(rig.conn->counts.spurious_segments, 0);
        rig_expire(&rig, 400);
        rig_expect(&rig, "timeout 2000-3000");
        rig_wait(&rig, 410);
        rig_sack(&rig, 10000, "2000-3000");
        ck_assert_uint_eq(rig.conn->counts.spurious_segments, 1);
        ck_assert_str_eq(rig_notes(&rig), "dsack 0-1000, dsack 2000-3000");
}
END_TEST

START_TEST(a_dsack_beyond_all_that_was_sent_again_is_of_the_networks_copy)
{
        start_with_sack(1000);
        send_window(10000);
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 400);
        rig_sack(&rig, 10000, "1000-2000");
        ck_assert_uint_eq(rig.conn->counts.spurious_segments, 0);
        rig_sack(&rig, 10000, "0-1000");
        ck_assert_uint_eq(rig.conn->counts.spurious_segments, 1);
}
END_TEST

/* ---- The retransmission timer ---- */

START_TEST(the_timeout_doubles_each_time)
{
        rig_write(&rig, 3000);
        rig_expect(&rig, "0-3000/3");
        static const int64_t times[] = { 300, 300 + 600, 900 + 1200, 2100 + 2400, 4500 + 4800 };
        for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
                rig_expire(&rig, times[i]);
                rig_expect(&rig, "timeout 0-1000");
                ck_assert_uint_eq(rig.conn->cong.cwnd, 1);
                /* RFC 5681 (4): "the value of ssthresh is held constant". */
                ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        }
        ck_assert_uint_eq(rig.conn->counts.timeouts, 5);
        ck_assert_uint_eq(rig.conn->counts.retransmitted_segments, 5);
}
END_TEST

START_TEST(the_timeout_stops_doubling_at_its_ceiling)
{
        settings.max_rto = 1 * SECOND;
        start_again(1000);
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        static const int64_t times[] = { 300, 300 + 600, 900 + 1000, 1900 + 1000 };
        for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
                rig_expire(&rig, times[i]);
                rig_expect(&rig, "timeout 0-1000");
        }
}
END_TEST

START_TEST(so_many_retries_and_the_connection_is_given_up)
{
        settings.retries = 3;
        start_again(1000);
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        static const int64_t times[] = { 300, 900, 2100 };
        for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
                rig_expire(&rig, times[i]);
                rig_expect(&rig, "timeout 0-1000");
        }
        rig_expire(&rig, 2100 + 2400);
        ck_assert_int_eq(rig.conn->state, TCP_STATE_CLOSED);
        ck_assert_int_eq(rig.conn->error, ETIMEDOUT);
}
END_TEST

START_TEST(progress_gives_all_retries_back)
{
        settings.retries = 2;
        start_again(1000);
        rig_write(&rig, 2000);
        rig_expect(&rig, "0-2000/2");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_expire(&rig, 900);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 1000);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "timeout 1000-2000");
        /* Karn: the ACK of what was sent three times measures nothing; the RTO stays at 4 * 300 ms. */
        rig_expire(&rig, 1000 + 1200);
        ck_assert_int_eq(rig.conn->state, TCP_STATE_ESTABLISHED);
}
END_TEST

START_TEST(back_off_ends_with_the_next_round_trip_measured)
{
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 400);
        rig_ack(&rig, 1000);
        ck_assert_int_eq(rtt_rto(&rig.conn->rtt), 600 * MILLISECOND);
        rig_write(&rig, 1000);
        rig_expect(&rig, "1000-2000");
        rig_wait(&rig, 500);
        rig_ack(&rig, 2000);
        ck_assert_int_eq(rtt_rto(&rig.conn->rtt), 300 * MILLISECOND);
}
END_TEST

/* RFC 7323 section 4: the echo tells which of two sendings was answered. */
START_TEST(with_timestamps_resent_data_measures_the_round_trip)
{
        rig.conn->timestamps_agreed = true;
        rig_write(&rig, 1000);
        rig_expect(&rig, "0-1000");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 380);
        rig.echo = 300;
        rig_ack(&rig, 1000);
        ck_assert_int_eq(rig.conn->rtt.latest, 80 * MILLISECOND);
        ck_assert_uint_eq(rig.conn->rtt.backoffs, 0);
}
END_TEST

/* RFC 6298 (5.2) and (5.3). */
START_TEST(the_timer_runs_from_the_last_ack_of_new_data)
{
        send_window(10000);
        rig_ack(&rig, 4000);
        ck_assert_int_eq(tcp_conn_deadline(rig.conn), (100 + 300) * MILLISECOND);
        rig_wait(&rig, 150);
        rig_ack(&rig, 4000);
        ck_assert_int_eq(tcp_conn_deadline(rig.conn), (100 + 300) * MILLISECOND);
        rig_wait(&rig, 160);
        rig_ack(&rig, 10000);
        ck_assert_int_eq(tcp_conn_deadline(rig.conn), TIME_NEVER);
}
END_TEST

/* cwnd 1, then slow start: one, two, four. */
START_TEST(after_a_timeout_all_is_sent_again_in_slow_start)
{
        rig_want(&rig, 1 << TCP_NOTE_LOST | 1 << TCP_NOTE_RECOVERY_ENTERED | 1 << TCP_NOTE_RECOVERY_LEFT);
        rig_write(&rig, 4000);
        rig_expect(&rig, "0-4000/4");
        rig_expire(&rig, 300);
        ck_assert_str_eq(rig_notes(&rig),
                "lost 0-1000 timeout, lost 1000-2000 timeout, lost 2000-3000 timeout, "
                "lost 3000-4000 timeout, recovery-entered 0-4000 timeout");
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 400);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "timeout 1000-3000/2");
        rig_wait(&rig, 500);
        rig_ack(&rig, 3000);
        rig_expect(&rig, "timeout 3000-4000");
        rig_ack(&rig, 4000);
        ck_assert_uint_eq(rig.conn->cong.cwnd, 5);
}
END_TEST

START_TEST(what_was_sacked_is_not_sent_again_after_a_timeout)
{
        start_with_sack(first_numbers[_i]);
        send_window(10000);
        rig_sack(&rig, 0, "2000-3000");
        rig_expire(&rig, 300);
        rig_expect(&rig, "timeout 0-1000");
        rig_wait(&rig, 400);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "timeout 1000-2000, timeout 3000-4000");
}
END_TEST

/* RFC 2018 section 8: it had sacked 1000-2000, and now it misses just that. */
START_TEST(a_peer_that_throws_away_what_it_sacked_gets_it_again)
{
        start_with_sack(1000);
        rig_write(&rig, 3000);
        rig_expect(&rig, "0-3000/3");
        rig_wait(&rig, 100);
        rig_sack(&rig, 0, "1000-2000");
        rig_ack(&rig, 1000);
        /* Half of a round trip is enough to make sure. */
        rig_expire(&rig, 150);
        rig_expect(&rig, "timeout 1000-2000");
}
END_TEST

/* Its timer runs from when it was sent. Of the same window of data: ssthresh is not halved again. */
START_TEST(a_lost_retransmission_waits_for_the_timer)
{
        start_with_sack(first_numbers[_i]);
        send_window(10000);
        rig_sack(&rig, 0, "1000-4000");
        rig_expect(&rig, "fast-retransmit 0-1000");
        rig_sack(&rig, 0, "1000-10000");
        rig_expect(&rig, "");
        rig_expire(&rig, 100 + 300);
        rig_expect(&rig, "timeout 0-1000");
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_LOSS));
        ck_assert_uint_eq(rig.conn->cong.ssthresh, 5);
        rig_wait(&rig, 500);
        rig_ack(&rig, 10000);
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_LOSS));
}
END_TEST

/* RFC 6675 section 5.1. */
START_TEST(no_recovery_begins_before_all_sent_before_a_timeout_is_acknowledged)
{
        settings.frto = false;
        start_with_sack(1000);
        send_window(30000);
        rig_ack(&rig, 1000);
        rig_expect(&rig, "10000-12000/2");
        rig_expire(&rig, 400);
        rig_expect(&rig, "timeout 1000-2000");
        rig_wait(&rig, 500);
        rig_sack(&rig, 1000, "3000-9000");
        ck_assert(!(rig.conn->recovery.state == TCP_CONGESTION_RECOVERY));
        ck_assert((rig.conn->recovery.state == TCP_CONGESTION_LOSS));
        ck_assert_uint_eq(rig.conn->counts.fast_recoveries, 0);
}
END_TEST

static void add_sequences(TCase *cases)
{
        const int sequences = G_N_ELEMENTS(first_numbers);
        tcase_add_loop_test(cases, newreno_repairs_a_single_loss, 0, sequences);
        tcase_add_loop_test(cases, newreno_repairs_one_hole_a_round_trip, 0, sequences);
        tcase_add_loop_test(
                cases, reno_retransmits_fast_once_a_window_and_then_waits_for_the_timer, 0, sequences);
        tcase_add_loop_test(cases, sack_repairs_a_single_loss, 0, sequences);
        tcase_add_loop_test(cases, sack_repairs_two_losses_in_a_round_trip, 0, sequences);
        tcase_add_loop_test(cases, what_was_sacked_is_not_sent_again_after_a_timeout, 0, sequences);
        tcase_add_loop_test(cases, a_lost_retransmission_waits_for_the_timer, 0, sequences);
}

int main(void)
{
        TCase *cases = tcase_create("recovery");
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_loop_test(cases, only_what_rfc_5681_calls_a_duplicate_counts_as_one, 0, 9);
        tcase_add_test(cases, two_duplicates_are_no_loss);
        tcase_add_test(cases, the_first_two_duplicates_let_out_a_new_segment_each);
        tcase_add_test(cases, limited_transmit_can_be_switched_off);
        add_sequences(cases);
        tcase_add_test(cases, newreno_leaves_recovery_at_the_threshold);
        tcase_add_test(cases, newreno_deflates_by_what_a_partial_ack_covers_even_when_duplicates_were_lost);
        tcase_add_test(cases, duplicates_of_a_needless_timeout_start_no_recovery);
        tcase_add_test(cases, a_hole_that_is_filled_gives_no_round_trip);
        tcase_add_test(cases, one_sack_of_three_segments_is_a_loss);
        tcase_add_test(cases, with_sack_an_ack_that_reports_nothing_new_is_no_duplicate);
        tcase_add_test(cases, sack_sends_an_uncertain_hole_when_nothing_else_is_left);
        tcase_add_loop_test(cases,
                without_prr_the_first_hole_goes_out_at_once_and_the_rest_waits_for_half_of_the_window, 0, 2);
        tcase_add_test(cases, a_loss_of_what_a_recovery_sent_begins_another);
        tcase_add_test(cases, a_dsack_is_counted_against_what_was_sent_again);
        tcase_add_test(cases, a_dsack_beyond_all_that_was_sent_again_is_of_the_networks_copy);
        tcase_add_test(cases, the_timeout_doubles_each_time);
        tcase_add_test(cases, the_timeout_stops_doubling_at_its_ceiling);
        tcase_add_test(cases, so_many_retries_and_the_connection_is_given_up);
        tcase_add_test(cases, progress_gives_all_retries_back);
        tcase_add_test(cases, back_off_ends_with_the_next_round_trip_measured);
        tcase_add_test(cases, with_timestamps_resent_data_measures_the_round_trip);
        tcase_add_test(cases, the_timer_runs_from_the_last_ack_of_new_data);
        tcase_add_test(cases, after_a_timeout_all_is_sent_again_in_slow_start);
        tcase_add_test(cases, a_peer_that_throws_away_what_it_sacked_gets_it_again);
        tcase_add_test(cases, no_recovery_begins_before_all_sent_before_a_timeout_is_acknowledged);
        Suite *suite = suite_create("recovery");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
