/*
 * The scoreboard: rules of RFC 6675, 2018 and 2883 one by one, and everything at once against a model that
 * keeps a flag for each number and counts from the start each time. Sequence numbers wrap in all of it.
 */
#include "tcp/scoreboard.h"

#include "engine/rng.h"

#include <check.h>
#include <glib.h>

#define MSS  1000
#define BASE (UINT32_MAX - 4 * MSS + 1) /* the circle closes behind the fourth segment */
static BlockPool *blocks;
static struct scoreboard board;

static struct seqnum number(uint32_t offset)
{
        return seq_add(seq_of(BASE), offset);
}

static void setup(void)
{
        blocks = block_pool_new();
        scoreboard_init(&board, blocks);
}

static void teardown(void)
{
        scoreboard_clear(&board);
        block_pool_free(blocks);
}

/* `count` segments of MSS, one each millisecond from 0 on. */
static void push(uint32_t count)
{
        for (uint32_t i = 0; i < count; i++)
                scoreboard_push(&board, number(i * MSS), MSS, false, i * MILLISECOND);
}

static struct sent_segment *segment(uint32_t index)
{
        return scoreboard_at(&board, index);
}

/* All records before `offset` leave. */
static void acknowledge(uint32_t offset)
{
        struct seqnum una = number(offset);
        uint32_t gone = 0;
        while (gone < board.count && !seq_after(seq_add(segment(gone)->seq, segment(gone)->length), una))
                gone++;
        scoreboard_drop(&board, gone, una);
        scoreboard_check(&board);
}

/* The records that lie wholly in it; returns how many were not sacked before. */
static unsigned sack(uint32_t left, uint32_t right)
{
        unsigned marked = 0;
        uint32_t first = scoreboard_index_of_edge(&board, number(left));
        ck_assert_uint_eq(first, scoreboard_index_from(&board, number(left)));
        uint32_t index = scoreboard_next_not_sacked(&board, first);
        while (index < board.count &&
                !seq_after(seq_add(segment(index)->seq, segment(index)->length), number(right))) {
                scoreboard_mark_sacked(&board, segment(index));
                marked++;
                index = scoreboard_next_not_sacked(&board, index + 1);
        }
        if (first < board.count)
                scoreboard_next_not_sacked(&board, first);
        scoreboard_check(&board);
        return marked;
}

static unsigned mark_lost_by_sack(uint32_t mss)
{
        unsigned marked = 0;
        struct sent_segment *lost;
        while ((lost = scoreboard_next_lost_by_sack(&board, 3, mss)) != NULL)
                marked += scoreboard_mark_lost(&board, lost);
        scoreboard_check(&board);
        return marked;
}

static void mark_all_lost(void)
{
        for (uint32_t i = 0; i < board.count; i++)
                scoreboard_mark_lost(&board, segment(i));
}

static void retransmit_next(uint32_t expected_offset, time_ns now)
{
        struct sent_segment *lost = scoreboard_next_lost(&board);
        ck_assert_ptr_nonnull(lost);
        ck_assert_uint_eq(lost->seq.value - BASE, expected_offset);
        scoreboard_retransmitted(&board, lost, true, now);
        scoreboard_check(&board);
}

/* ---- Sending and cumulative acknowledgement ---- */

START_TEST(what_was_pushed_is_in_flight)
{
        push(100);
        scoreboard_check(&board);
        ck_assert_uint_eq(board.count, 100);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 100);
        ck_assert_ptr_eq(scoreboard_find(&board, number(7 * MSS + 999)), segment(7));
        ck_assert_ptr_null(scoreboard_find(&board, number(100 * MSS)));
        ck_assert_ptr_null(scoreboard_find(&board, seq_sub(number(0), 1)));
}
END_TEST

START_TEST(an_empty_scoreboard_has_nothing)
{
        ck_assert_ptr_null(scoreboard_first(&board));
        ck_assert_ptr_null(scoreboard_find(&board, number(0)));
        ck_assert_ptr_null(scoreboard_next_lost(&board));
        ck_assert_ptr_null(scoreboard_longest_out(&board));
        ck_assert_ptr_null(scoreboard_next_lost_by_sack(&board, 3, MSS));
        acknowledge(0);
}
END_TEST

START_TEST(an_acknowledgement_takes_whole_segments_and_shortens_the_next)
{
        push(10);
        acknowledge(3 * MSS + 400);
        ck_assert_uint_eq(board.count, 7);
        ck_assert_uint_eq(segment(0)->length, 600);
        ck_assert(seq_equal(segment(0)->seq, number(3 * MSS + 400)));
}
END_TEST

START_TEST(only_what_is_wholly_covered_is_sacked)
{
        push(10);
        ck_assert_uint_eq(sack(2 * MSS + 1, 6 * MSS - 1), 2);
        ck_assert(!segment(2)->is_sacked && segment(3)->is_sacked && segment(4)->is_sacked);
        ck_assert(!segment(5)->is_sacked);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 8);
        ck_assert_uint_eq(sack(2 * MSS, 6 * MSS), 2);
        ck_assert_uint_eq(sack(2 * MSS, 6 * MSS), 0);
        ck_assert(seq_equal(board.highest_sacked_end, number(6 * MSS)));
}
END_TEST

/* It was remembered by its place, which others have taken since. */
START_TEST(a_blocks_edge_is_found_after_records_have_left_or_been_cut)
{
        push(8);
        sack(3 * MSS, 4 * MSS);
        sack(6 * MSS, 7 * MSS);
        acknowledge(2 * MSS);
        ck_assert_uint_eq(scoreboard_index_of_edge(&board, number(3 * MSS)), 1);
        ck_assert_uint_eq(scoreboard_index_of_edge(&board, number(6 * MSS)), 4);
        scoreboard_split(&board, segment(0), MSS / 2);
        ck_assert_uint_eq(scoreboard_index_of_edge(&board, number(3 * MSS)), 2);
        ck_assert_uint_eq(scoreboard_index_of_edge(&board, number(6 * MSS)), 5);
        acknowledge(8 * MSS);
        ck_assert_uint_eq(scoreboard_index_of_edge(&board, number(8 * MSS)), 0);
}
END_TEST

START_TEST(three_segments_sacked_above_say_that_those_below_are_lost)
{
        push(10);
        sack(2 * MSS, 4 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(MSS), 0);
        sack(5 * MSS, 6 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(MSS), 2);
        ck_assert(segment(0)->is_lost && segment(1)->is_lost && !segment(4)->is_lost);
        ck_assert_uint_eq(mark_lost_by_sack(MSS), 0);
        sack(6 * MSS, 8 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(MSS), 1);
        ck_assert(segment(4)->is_lost);
}
END_TEST

START_TEST(a_retransmission_is_in_flight_until_it_is_marked_lost_again)
{
        push(4);
        mark_all_lost();
        ck_assert_uint_eq(scoreboard_in_flight(&board), 0);
        retransmit_next(0, 10 * MILLISECOND);
        retransmit_next(MSS, 11 * MILLISECOND);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 2);
        ck_assert(scoreboard_mark_lost(&board, segment(0)));
        ck_assert(!scoreboard_mark_lost(&board, segment(0)));
        ck_assert_uint_eq(scoreboard_in_flight(&board), 1);
        retransmit_next(0, 12 * MILLISECOND);
        ck_assert_uint_eq(segment(0)->sendings, 3);
        retransmit_next(2 * MSS, 12 * MILLISECOND);
}
END_TEST

START_TEST(a_probe_is_sent_again_without_being_lost)
{
        push(4);
        scoreboard_retransmitted(&board, segment(3), false, 100 * MILLISECOND);
        ck_assert_uint_eq(segment(3)->sendings, 2);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 4);
        scoreboard_check(&board);
}
END_TEST

/* RFC 8985 looks at segments by the time of their last sending. */
START_TEST(segments_are_listed_by_their_last_sending)
{
        static const uint32_t order[] = { 1, 3, 4, 2, 0 };
        push(6);
        sack(5 * MSS, 6 * MSS);
        scoreboard_mark_lost(&board, segment(2));
        scoreboard_mark_lost(&board, segment(0));
        scoreboard_retransmitted(&board, segment(2), true, 100 * MILLISECOND);
        scoreboard_retransmitted(&board, segment(0), true, 101 * MILLISECOND);
        struct sent_segment *at = scoreboard_longest_out(&board);
        for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
                ck_assert_ptr_eq(at, segment(order[i]));
                at = scoreboard_next_sent(&board, at);
        }
        ck_assert_ptr_null(at);
}
END_TEST

START_TEST(a_hole_lies_below_what_is_sacked_and_is_not_lost_yet)
{
        push(6);
        ck_assert_ptr_null(scoreboard_next_hole(&board));
        sack(2 * MSS, 3 * MSS);
        ck_assert_ptr_eq(scoreboard_next_hole(&board), segment(0));
        scoreboard_mark_lost(&board, segment(0));
        ck_assert_ptr_eq(scoreboard_next_hole(&board), segment(1));
        scoreboard_mark_lost(&board, segment(1));
        ck_assert_ptr_null(scoreboard_next_hole(&board));
}
END_TEST

START_TEST(a_lost_segment_that_is_sacked_after_all_is_lost_no_more)
{
        push(4);
        mark_all_lost();
        retransmit_next(0, 10 * MILLISECOND);
        ck_assert_uint_eq(sack(0, 2 * MSS), 2);
        ck_assert_uint_eq(board.lost, 2);
        ck_assert_uint_eq(board.retransmitted, 0);
}
END_TEST

/* Nothing says that the resending was lost: it is believed to be under way. */
START_TEST(a_resending_not_known_as_lost_outlives_the_sack)
{
        push(4);
        mark_all_lost();
        retransmit_next(0, 10 * MILLISECOND);
        scoreboard_unmark_lost(&board);
        sack(0, MSS);
        ck_assert_uint_eq(board.retransmitted, 1);
        scoreboard_clear_retransmitted(&board, segment(0));
        ck_assert_uint_eq(scoreboard_in_flight(&board), 3);
}
END_TEST

START_TEST(forgotten_sacks_are_in_flight_and_can_be_lost)
{
        push(4);
        sack(MSS, 4 * MSS);
        scoreboard_forget_sacks(&board);
        scoreboard_check(&board);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 4);
        mark_all_lost();
        ck_assert_uint_eq(board.lost, 4);
}
END_TEST

START_TEST(a_split_segment_is_counted_as_two)
{
        push(3);
        mark_all_lost();
        retransmit_next(0, 10 * MILLISECOND);
        scoreboard_split(&board, segment(0), 300);
        scoreboard_check(&board);
        ck_assert_uint_eq(board.count, 4);
        ck_assert_uint_eq(board.lost, 4);
        ck_assert_uint_eq(board.retransmitted, 2);
        ck_assert_uint_eq(segment(1)->length, 700);
}
END_TEST

START_TEST(the_fin_stays_at_the_end)
{
        scoreboard_push(&board, number(0), MSS, false, 0);
        scoreboard_push(&board, number(MSS), 501, true, 0);
        scoreboard_split(&board, segment(1), 200);
        ck_assert(!segment(1)->has_fin && segment(2)->has_fin);
        scoreboard_join_next(&board, segment(1));
        scoreboard_join_next(&board, segment(0));
        scoreboard_check(&board);
        ck_assert_uint_eq(board.count, 1);
        ck_assert_uint_eq(segment(0)->length, MSS + 501);
        ck_assert(segment(0)->has_fin);
}
END_TEST

START_TEST(joined_segments_are_counted_as_one)
{
        push(4);
        mark_all_lost();
        retransmit_next(0, 10 * MILLISECOND);
        retransmit_next(MSS, 10 * MILLISECOND);
        scoreboard_join_next(&board, segment(1));
        scoreboard_check(&board);
        ck_assert_uint_eq(board.count, 3);
        ck_assert_uint_eq(board.lost, 3);
        ck_assert_uint_eq(board.retransmitted, 2);
        retransmit_next(3 * MSS, 11 * MILLISECOND);
}
END_TEST

START_TEST(a_cleared_scoreboard_can_be_used_again)
{
        push(20);
        sack(4 * MSS, 7 * MSS);
        scoreboard_clear(&board);
        scoreboard_check(&board);
        push(2);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 2);
}
END_TEST

/* ---- Against a model of numbers ---- */

#define NUMBERS 40000

static struct {
        bool is_sacked[NUMBERS];
        bool is_lost[NUMBERS];
        bool is_again[NUMBERS]; /* retransmitted and in flight */
        bool begins[NUMBERS];   /* a record begins here */
        uint32_t una;
        uint32_t nxt;
} model;

static unsigned marked;

static uint64_t dice(uint64_t below)
{
        static uint64_t thrown;
        static struct rng_stream luck;
        if (thrown == 0)
                luck = rng_stream_named(3, "scoreboard");
        return rng_draw_below(&luck, thrown++, 0, 0, below);
}

static uint32_t record_end(uint32_t begin)
{
        uint32_t end = begin + 1;
        while (end < model.nxt && !model.begins[end])
                end++;
        return end;
}

static bool is_same(const struct sent_segment *record, uint32_t begin, uint32_t end)
{
        return record->seq.value - BASE == begin && record->length == end - begin &&
               record->is_sacked == model.is_sacked[begin] && record->is_lost == model.is_lost[begin] &&
               record->is_retransmitted == model.is_again[begin];
}

static void assert_same(void)
{
        uint32_t index = 0;
        bool are_same = true;
        for (uint32_t begin = model.una; begin < model.nxt && are_same; index++) {
                uint32_t end = record_end(begin);
                are_same = index < board.count && is_same(segment(index), begin, end);
                begin = end;
        }
        ck_assert(are_same);
        ck_assert_uint_eq(index, board.count);
        scoreboard_check(&board);
}

static void try_push(time_ns now)
{
        uint32_t length = 1 + (uint32_t)dice(2 * MSS / 10);
        if (model.nxt + length > NUMBERS)
                return;
        scoreboard_push(&board, number(model.nxt), length, false, now);
        model.begins[model.nxt] = true;
        model.nxt += length;
}

static void try_acknowledge(void)
{
        uint32_t to = model.una + (uint32_t)dice((model.nxt - model.una) / 4 + 1);
        acknowledge(to);
        model.una = to;
        if (to < model.nxt)
                model.begins[to] = true;
}

static void set_flags(bool *flags, uint32_t begin, bool value)
{
        uint32_t end = record_end(begin);
        for (uint32_t i = begin; i < end; i++)
                flags[i] = value;
}

/* Records that are covered whole. */
static void model_sack(uint32_t left, uint32_t right)
{
        for (uint32_t i = model.una; i < model.nxt; i = record_end(i)) {
                if (i < left || record_end(i) > right || model.is_sacked[i])
                        continue;
                set_flags(model.is_sacked, i, true);
                if (model.is_lost[i])
                        set_flags(model.is_again, i, false);
                set_flags(model.is_lost, i, false);
        }
}

static uint32_t record_begin(uint32_t at)
{
        while (at > model.una && !model.begins[at])
                at--;
        return at;
}

static void try_sack(void)
{
        uint32_t size = model.nxt - model.una;
        if (size < 3)
                return;
        uint32_t left = model.una + 1 + (uint32_t)dice(size - 1);
        uint32_t right = left + 1 + (uint32_t)dice(MSS);
        right = MIN(right, model.nxt);
        /* Receivers report what they got: mostly whole segments, sometimes not. */
        if (dice(4) > 0) {
                left = record_begin(left);
                right = record_end(record_begin(right - 1));
        }
        if (left <= model.una || left >= right)
                return;
        sack(left, right);
        model_sack(left, right);
}

/* RFC 6675 section 4, as it stands there, for the record that begins at `begin`. */
static bool model_is_lost(uint32_t begin)
{
        uint32_t records = 0;
        uint32_t bytes = 0;
        for (uint32_t i = begin; i < model.nxt; i = record_end(i)) {
                records += model.is_sacked[i];
                bytes += model.is_sacked[i] ? record_end(i) - i : 0;
        }
        return records >= 3 || bytes > 2 * MSS / 10;
}

static void try_mark_by_sack(void)
{
        uint32_t expected = 0;
        for (uint32_t i = model.una; i < model.nxt; i = record_end(i)) {
                if (model.is_sacked[i] || model.is_lost[i] || !model_is_lost(i))
                        continue;
                set_flags(model.is_lost, i, true);
                expected++;
        }
        ck_assert_uint_eq(mark_lost_by_sack(MSS / 10), expected);
        marked += expected;
}

static void try_timeout(void)
{
        for (uint32_t i = model.una; i < model.nxt; i++) {
                if (model.is_sacked[i])
                        continue;
                if (model.is_lost[i])
                        model.is_again[i] = false;
                model.is_lost[i] = true;
        }
        mark_all_lost();
}

static void try_retransmit(time_ns now)
{
        struct sent_segment *next = scoreboard_next_lost(&board);
        uint32_t expected = model.una;
        while (expected < model.nxt && (!model.is_lost[expected] || model.is_again[expected]))
                expected++;
        ck_assert_int_eq(next != NULL, expected < model.nxt);
        if (next == NULL)
                return;
        ck_assert_uint_eq(next->seq.value - BASE, expected);
        if (next->length > 50) {
                next = scoreboard_split(&board, next, 50);
                model.begins[expected + 50] = true;
        }
        scoreboard_retransmitted(&board, next, true, now);
        set_flags(model.is_again, expected, true);
}

static void try_forget(void)
{
        scoreboard_forget_sacks(&board);
        memset(model.is_sacked, 0, sizeof model.is_sacked);
}

static void try_unmark(void)
{
        scoreboard_unmark_lost(&board);
        memset(model.is_lost, 0, sizeof model.is_lost);
}

/* Neighbours that are no longer worth two. */
static void try_join(void)
{
        uint32_t index = (uint32_t)dice(board.count + 1);
        if (index + 1 >= board.count || segment(index)->is_sacked || segment(index + 1)->is_sacked ||
                segment(index)->is_lost != segment(index + 1)->is_lost ||
                segment(index)->is_retransmitted != segment(index + 1)->is_retransmitted)
                return;
        model.begins[segment(index + 1)->seq.value - BASE] = false;
        scoreboard_join_next(&board, segment(index));
}

static void try_something(time_ns now)
{
        uint64_t what = dice(400);
        if (what < 120)
                try_push(now);
        else if (what < 150)
                try_acknowledge();
        else if (what < 270)
                try_sack();
        else if (what < 320)
                try_mark_by_sack();
        else if (what < 386)
                try_retransmit(now);
        else if (what < 396)
                try_join();
        else if (what < 398)
                try_timeout();
        else if (what < 399)
                try_forget();
        else
                try_unmark();
}

START_TEST(any_history_agrees_with_a_count_from_the_start)
{
        memset(&model, 0, sizeof model);
        int rounds = 0;
        for (; rounds < 20000 && model.una < NUMBERS - 3 * MSS; rounds++) {
                try_something(rounds);
                assert_same();
        }
        ck_assert_int_gt(rounds, 500);
        ck_assert_uint_gt(marked, 100);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("scoreboard");
        tcase_set_timeout(cases, 60);
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_test(cases, what_was_pushed_is_in_flight);
        tcase_add_test(cases, an_empty_scoreboard_has_nothing);
        tcase_add_test(cases, an_acknowledgement_takes_whole_segments_and_shortens_the_next);
        tcase_add_test(cases, only_what_is_wholly_covered_is_sacked);
        tcase_add_test(cases, a_blocks_edge_is_found_after_records_have_left_or_been_cut);
        tcase_add_test(cases, three_segments_sacked_above_say_that_those_below_are_lost);
        tcase_add_test(cases, a_retransmission_is_in_flight_until_it_is_marked_lost_again);
        tcase_add_test(cases, a_probe_is_sent_again_without_being_lost);
        tcase_add_test(cases, segments_are_listed_by_their_last_sending);
        tcase_add_test(cases, a_hole_lies_below_what_is_sacked_and_is_not_lost_yet);
        tcase_add_test(cases, a_lost_segment_that_is_sacked_after_all_is_lost_no_more);
        tcase_add_test(cases, a_resending_not_known_as_lost_outlives_the_sack);
        tcase_add_test(cases, forgotten_sacks_are_in_flight_and_can_be_lost);
        tcase_add_test(cases, a_split_segment_is_counted_as_two);
        tcase_add_test(cases, the_fin_stays_at_the_end);
        tcase_add_test(cases, joined_segments_are_counted_as_one);
        tcase_add_test(cases, a_cleared_scoreboard_can_be_used_again);
        tcase_add_test(cases, any_history_agrees_with_a_count_from_the_start);
        Suite *suite = suite_create("scoreboard");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
