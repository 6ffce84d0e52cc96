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
#define NOTHING                                                                                              \
        (struct scoreboard_outcome)                                                                          \
        {                                                                                                    \
                .rtt_sample = -1, .newest_delivered_sent_at = -1                                             \
        }

static struct scoreboard board;
static struct scoreboard_outcome outcome;
static unsigned marked; /* calls of on_lost */
static uint32_t last_marked;

static struct seqnum number(uint32_t offset)
{
        return seq_add(seq_of(BASE), offset);
}

static void on_lost(void *data, const struct sent_segment *segment)
{
        ck_assert_ptr_eq(data, &board);
        ck_assert(segment->is_lost && !segment->is_retransmitted);
        last_marked = segment->seq.value - BASE;
        marked++;
}

static void setup(void)
{
        scoreboard_init(&board);
        marked = 0;
}

static void teardown(void)
{
        scoreboard_clear(&board);
}

/* `count` segments of MSS, one each millisecond from 0 on. */
static void push(uint32_t count)
{
        for (uint32_t i = 0; i < count; i++)
                scoreboard_push(&board, number(i * MSS), MSS, false, i * MILLISECOND);
}

static void acknowledge(uint32_t offset, time_ns now)
{
        outcome = NOTHING;
        scoreboard_acknowledge(&board, number(offset), now, &outcome);
        scoreboard_check(&board);
}

static struct seqnum una(void)
{
        return board.count > 0 ? scoreboard_first(&board)->seq : number(0);
}

static struct seqnum nxt(void)
{
        if (board.count == 0)
                return number(0);
        const struct sent_segment *last = ring_at(&board.segments, sizeof *last, board.count - 1);
        return seq_add(last->seq, last->length);
}

static void sack_at(const uint32_t (*blocks)[2], unsigned count, struct seqnum ack, time_ns now)
{
        struct sack_block values[TCP_SACK_BLOCKS_MAX];
        outcome = NOTHING;
        for (unsigned i = 0; i < count; i++)
                values[i] = (struct sack_block){ number(blocks[i][0]), number(blocks[i][1]) };
        scoreboard_sack(&board, values, count, ack, una(), nxt(), now, &outcome);
        scoreboard_check(&board);
}

static void sack(uint32_t left, uint32_t right)
{
        sack_at((const uint32_t[][2]){ { left, right } }, 1, una(), 0);
}

static uint32_t mark_lost_by_sack(void)
{
        uint32_t count = scoreboard_mark_lost_by_sack(&board, 3, MSS, on_lost, &board);
        scoreboard_check(&board);
        return count;
}

static const struct sent_segment *segment(uint32_t index)
{
        return ring_at(&board.segments, sizeof(struct sent_segment), index);
}

static void retransmit_next(uint32_t expected_offset, time_ns now)
{
        struct sent_segment *lost = scoreboard_next_lost(&board);
        ck_assert_ptr_nonnull(lost);
        ck_assert_uint_eq(lost->seq.value - BASE, expected_offset);
        scoreboard_retransmitted(&board, lost, now);
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
        ck_assert_ptr_null(scoreboard_next_hole(&board));
        sack_at(NULL, 0, number(0), 0);
        ck_assert(!outcome.has_dsack);
        ck_assert_uint_eq(mark_lost_by_sack(), 0);
        ck_assert(!scoreboard_mark_first_lost(&board, on_lost, &board));
        acknowledge(0, 0);
        ck_assert_uint_eq(outcome.acked_segments, 0);
}
END_TEST

START_TEST(an_acknowledgement_takes_whole_segments_and_shortens_the_next)
{
        push(5);
        acknowledge(2 * MSS + 300, 50 * MILLISECOND);
        ck_assert_uint_eq(outcome.acked_segments, 2);
        ck_assert_uint_eq(outcome.newly_delivered, 2);
        ck_assert_uint_eq(board.count, 3);
        ck_assert(seq_equal(una(), number(2 * MSS + 300)));
        ck_assert_uint_eq(segment(0)->length, 700);
}
END_TEST

START_TEST(the_sample_is_of_the_latest_segment_that_arrived)
{
        push(5);
        acknowledge(3 * MSS, 50 * MILLISECOND);
        ck_assert_int_eq(outcome.rtt_sample, 48 * MILLISECOND);
        ck_assert_int_eq(outcome.newest_delivered_sent_at, 2 * MILLISECOND);
        ck_assert(!outcome.acked_retransmitted);
        sack_at((const uint32_t[][2]){ { 4 * MSS, 5 * MSS } }, 1, una(), 60 * MILLISECOND);
        ck_assert_int_eq(outcome.rtt_sample, 56 * MILLISECOND);
}
END_TEST

/* Karn; and what was sent once may have waited for it. */
START_TEST(an_acknowledgement_of_a_retransmission_gives_no_sample)
{
        push(3);
        scoreboard_mark_first_lost(&board, on_lost, &board);
        retransmit_next(0, 40 * MILLISECOND);
        acknowledge(3 * MSS, 50 * MILLISECOND);
        ck_assert(outcome.acked_retransmitted);
        ck_assert_int_eq(outcome.rtt_sample, -1);
        ck_assert_int_eq(outcome.newest_delivered_sent_at, 40 * MILLISECOND);
        ck_assert_uint_eq(outcome.newly_delivered, 3);
}
END_TEST

/* ---- Selective acknowledgement ---- */

START_TEST(sacked_segments_are_not_in_flight_and_are_delivered_once)
{
        push(10);
        sack(3 * MSS, 6 * MSS);
        ck_assert_uint_eq(outcome.newly_sacked, 3);
        ck_assert_uint_eq(outcome.newly_delivered, 3);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 7);
        sack(3 * MSS, 7 * MSS);
        ck_assert_uint_eq(outcome.newly_sacked, 1);
        acknowledge(8 * MSS, 0);
        ck_assert_uint_eq(outcome.acked_segments, 8);
        ck_assert_uint_eq(outcome.newly_delivered, 4);
        ck_assert_uint_eq(board.sacked, 0);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 2);
}
END_TEST

START_TEST(a_block_that_covers_a_segment_in_part_splits_it)
{
        push(10);
        sack(2 * MSS + 400, 4 * MSS + 300);
        ck_assert_uint_eq(board.count, 12);
        ck_assert_uint_eq(board.sacked, 3);
        ck_assert_uint_eq(segment(2)->length, 400);
        ck_assert_uint_eq(segment(3)->length, 600);
        ck_assert_uint_eq(segment(5)->length, 300);
        ck_assert_uint_eq(segment(6)->length, 700);
        ck_assert(!segment(2)->is_sacked && segment(3)->is_sacked && segment(5)->is_sacked &&
                  !segment(6)->is_sacked);
}
END_TEST

START_TEST(a_block_within_one_segment_splits_it_in_three)
{
        push(4);
        sack(2 * MSS + 400, 2 * MSS + 500);
        ck_assert_uint_eq(board.count, 6);
        ck_assert_uint_eq(board.sacked, 1);
        ck_assert_uint_eq(segment(3)->length, 100);
        ck_assert_int_eq(segment(4)->last_sent_at, 2 * MILLISECOND);
}
END_TEST

START_TEST(the_fin_stays_at_the_end_of_a_split_segment)
{
        push(2);
        scoreboard_push(&board, number(2 * MSS), 500, true, 0);
        sack(2 * MSS + 100, 2 * MSS + 500);
        ck_assert(!segment(2)->has_fin);
        ck_assert(segment(3)->has_fin);
}
END_TEST

static const struct {
        uint32_t blocks[2][2];
        unsigned count;
        uint32_t newly_sacked;
        bool has_dsack;
        const char *why;
} blocks[] = {
        { { { 6 * MSS, 8 * MSS } }, 1, 2, false, "a good one" },
        { { { 9 * MSS, 10 * MSS } }, 1, 1, false, "up to the last number sent" },
        { { { 8 * MSS, 6 * MSS } }, 1, 0, false, "right before left" },
        { { { 6 * MSS, 6 * MSS } }, 1, 0, false, "empty" },
        { { { 9 * MSS, 11 * MSS } }, 1, 0, false, "never sent" },
        { { { 20 * MSS, 21 * MSS } }, 1, 0, false, "wholly never sent" },
        { { { 4 * MSS, 6 * MSS } }, 1, 0, false, "reaches below the acknowledgement" },
        { { { 5 * MSS, 6 * MSS } }, 1, 0, false, "what the peer says it misses" },
        { { { 2 * MSS, 3 * MSS } }, 1, 0, true, "DSACK: below the acknowledgement" },
        { { { 4 * MSS, 5 * MSS } }, 1, 0, true, "DSACK: just below it" },
        { { { 3 * MSS, 2 * MSS } }, 1, 0, false, "below it, but the wrong way round" },
        { { { 7 * MSS, 8 * MSS }, { 6 * MSS, 9 * MSS } }, 2, 3, true, "DSACK: inside the second block" },
        { { { 6 * MSS, 9 * MSS }, { 6 * MSS, 9 * MSS } }, 2, 3, true, "DSACK: the whole second block" },
        { { { 2 * MSS, 3 * MSS }, { 6 * MSS, 9 * MSS } }, 2, 3, true, "DSACK below, and a block" },
        { { { 8 * MSS, 9 * MSS }, { 6 * MSS, 7 * MSS } }, 2, 2, false, "two blocks" },
        { { { 8 * MSS, 9 * MSS }, { 2 * MSS, 3 * MSS } }, 2, 1, false, "only the first can be a DSACK" },
};

START_TEST(impossible_blocks_are_ignored_and_duplicates_told)
{
        push(10);
        acknowledge(5 * MSS, 0);
        sack_at(blocks[_i].blocks, blocks[_i].count, una(), 0);
        ck_assert_msg(outcome.newly_sacked == blocks[_i].newly_sacked, "%s", blocks[_i].why);
        ck_assert_msg(outcome.has_dsack == blocks[_i].has_dsack, "%s", blocks[_i].why);
        if (blocks[_i].has_dsack)
                ck_assert(seq_equal(outcome.dsack.first, number(blocks[_i].blocks[0][0])));
}
END_TEST

START_TEST(blocks_of_a_late_acknowledgement_are_no_duplicates)
{
        push(10);
        acknowledge(5 * MSS, 0);
        sack_at((const uint32_t[][2]){ { 2 * MSS, 4 * MSS } }, 1, number(MSS), 0);
        ck_assert(!outcome.has_dsack);
        ck_assert_uint_eq(outcome.newly_sacked, 0);
}
END_TEST

/* ---- Losses ---- */

static const struct {
        uint32_t blocks[3][2]; /* in hundredths of a segment */
        unsigned count;
        uint32_t lost;
        const char *why;
} is_lost[] = {
        { { { 100, 300 } }, 1, 0, "two segments above say nothing" },
        { { { 100, 400 } }, 1, 1, "three do" },
        { { { 300, 600 } }, 1, 3, "all that lies below" },
        { { { 100, 200 }, { 300, 400 }, { 500, 600 } }, 3, 1,
                "three in pieces: only what is below all of them" },
        { { { 100, 200 }, { 300, 600 } }, 2, 2, "each with three above it" },
        { { { 150, 400 } }, 1, 2, "more than two segments' bytes" },
};

START_TEST(three_segments_sacked_above_say_that_one_is_lost)
{
        push(10);
        for (unsigned i = 0; i < is_lost[_i].count; i++)
                sack(is_lost[_i].blocks[i][0] * (MSS / 100), is_lost[_i].blocks[i][1] * (MSS / 100));
        ck_assert_msg(mark_lost_by_sack() == is_lost[_i].lost, "%s", is_lost[_i].why);
        ck_assert_uint_eq(board.lost, is_lost[_i].lost);
        ck_assert_uint_eq(marked, is_lost[_i].lost);
        ck_assert_uint_eq(mark_lost_by_sack(), 0);
}
END_TEST

START_TEST(marking_goes_on_where_it_ended)
{
        push(20);
        sack(2 * MSS, 5 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(), 2);
        retransmit_next(0, SECOND);
        retransmit_next(MSS, SECOND);
        ck_assert_ptr_null(scoreboard_next_lost(&board));
        sack(6 * MSS, 9 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(), 1);
        ck_assert_uint_eq(last_marked, 5 * MSS);
        acknowledge(2 * MSS, SECOND);
        sack(10 * MSS, 13 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(), 1);
        retransmit_next(5 * MSS, SECOND);
        retransmit_next(9 * MSS, SECOND);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 18 - 9);
}
END_TEST

START_TEST(a_retransmission_is_in_flight_until_it_is_marked_lost_again)
{
        push(4);
        scoreboard_mark_first_lost(&board, on_lost, &board);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 3);
        retransmit_next(0, SECOND);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 4);
        ck_assert_uint_eq(segment(0)->sendings, 2);
        scoreboard_mark_all_lost(&board, on_lost, &board);
        scoreboard_check(&board);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 0);
        ck_assert_uint_eq(marked, 5);
        retransmit_next(0, 2 * SECOND);
        ck_assert_uint_eq(segment(0)->sendings, 3);
        ck_assert_int_eq(segment(0)->first_sent_at, 0);
        ck_assert_int_eq(segment(0)->last_sent_at, 2 * SECOND);
}
END_TEST

START_TEST(a_timeout_marks_all_that_is_not_sacked)
{
        push(6);
        sack(2 * MSS, 4 * MSS);
        scoreboard_mark_all_lost(&board, on_lost, &board);
        scoreboard_check(&board);
        ck_assert_uint_eq(board.lost, 4);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 0);
        retransmit_next(0, SECOND);
        retransmit_next(MSS, SECOND);
        retransmit_next(4 * MSS, SECOND);
}
END_TEST

START_TEST(the_first_hole_is_marked_once)
{
        push(3);
        ck_assert(scoreboard_mark_first_lost(&board, on_lost, &board));
        ck_assert(scoreboard_mark_first_lost(&board, on_lost, &board));
        ck_assert_uint_eq(marked, 1);
        retransmit_next(0, SECOND);
        ck_assert(scoreboard_mark_first_lost(&board, on_lost, &board));
        ck_assert_uint_eq(marked, 2);
        retransmit_next(0, SECOND);
        scoreboard_check(&board);
}
END_TEST

START_TEST(one_segment_is_marked_until_it_waits)
{
        push(6);
        scoreboard_mark_lost(&board, scoreboard_find(&board, number(3 * MSS)), on_lost, &board);
        scoreboard_mark_lost(&board, scoreboard_find(&board, number(3 * MSS)), on_lost, &board);
        ck_assert_uint_eq(marked, 1);
        retransmit_next(3 * MSS, SECOND);
        ck_assert_ptr_null(scoreboard_next_lost(&board));
        scoreboard_mark_lost(&board, scoreboard_find(&board, number(0)), on_lost, &board);
        retransmit_next(0, SECOND);
        ck_assert_uint_eq(marked, 2);
}
END_TEST

/* RFC 6675 section 4, NextSeg() rule (3): not sacked, not lost, below the highest sacked. */
START_TEST(a_hole_lies_below_what_is_sacked_and_is_not_lost_yet)
{
        push(10);
        ck_assert_ptr_null(scoreboard_next_hole(&board));
        sack(3 * MSS, 6 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(), 3);
        ck_assert_ptr_null(scoreboard_next_hole(&board));
        sack(8 * MSS, 9 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(), 0);
        ck_assert_ptr_eq(scoreboard_next_hole(&board), segment(6));
        scoreboard_mark_lost(&board, scoreboard_next_hole(&board), on_lost, &board);
        ck_assert_ptr_eq(scoreboard_next_hole(&board), segment(7));
        scoreboard_mark_lost(&board, scoreboard_next_hole(&board), on_lost, &board);
        ck_assert_ptr_null(scoreboard_next_hole(&board));
}
END_TEST

static void count_sacked(void *data, const struct sent_segment *record)
{
        unsigned *count = data;
        ck_assert(record->is_sacked);
        ++*count;
}

START_TEST(each_segment_newly_sacked_is_told)
{
        unsigned count = 0;
        struct sack_block block = { number(2 * MSS), number(6 * MSS) };
        struct scoreboard_outcome told = NOTHING;
        told.on_sacked = count_sacked;
        told.data = &count;
        push(10);
        sack(3 * MSS, 4 * MSS);
        scoreboard_sack(&board, &block, 1, una(), una(), nxt(), SECOND, &told);
        ck_assert_uint_eq(count, 3);
        ck_assert_uint_eq(told.newly_sacked, 3);
}
END_TEST

START_TEST(a_lost_segment_that_is_sacked_after_all_is_lost_no_more)
{
        push(8);
        sack(4 * MSS, 7 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(), 4);
        retransmit_next(0, SECOND);
        retransmit_next(MSS, SECOND);
        sack(MSS, 3 * MSS);
        ck_assert_uint_eq(board.lost, 2);
        ck_assert_uint_eq(board.retransmitted, 1);
        retransmit_next(3 * MSS, SECOND);
}
END_TEST

START_TEST(forgotten_sacks_are_in_flight_and_can_be_lost)
{
        push(6);
        sack(MSS, 5 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(), 1);
        scoreboard_forget_sacks(&board);
        scoreboard_check(&board);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 5);
        scoreboard_mark_all_lost(&board, on_lost, &board);
        ck_assert_uint_eq(board.lost, 6);
}
END_TEST

START_TEST(unmarked_losses_leave_both_sendings_in_flight)
{
        push(6);
        sack(2 * MSS, 5 * MSS);
        ck_assert_uint_eq(mark_lost_by_sack(), 2);
        retransmit_next(0, SECOND);
        scoreboard_unmark_lost(&board);
        scoreboard_check(&board);
        ck_assert_ptr_null(scoreboard_next_lost(&board));
        ck_assert_uint_eq(scoreboard_in_flight(&board), 4);
        acknowledge(MSS, 0);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 2);
}
END_TEST

START_TEST(a_split_segment_is_counted_as_two)
{
        push(4);
        scoreboard_mark_all_lost(&board, on_lost, &board);
        struct sent_segment *head = scoreboard_split(&board, scoreboard_next_lost(&board), 600);
        scoreboard_check(&board);
        ck_assert_uint_eq(head->length, 600);
        ck_assert_uint_eq(board.lost, 5);
        scoreboard_retransmitted(&board, head, SECOND);
        retransmit_next(600, SECOND);
        retransmit_next(MSS, SECOND);
        ck_assert_uint_eq(scoreboard_in_flight(&board), 3);
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

static void try_acknowledge(time_ns now)
{
        uint32_t to = model.una + (uint32_t)dice((model.nxt - model.una) / 4 + 1);
        acknowledge(to, now);
        model.una = to;
        if (to < model.nxt)
                model.begins[to] = true;
}

/* Where nothing is sacked yet, a block's edges cut records. */
static void model_sack(uint32_t left, uint32_t right)
{
        if (!model.is_sacked[left])
                model.begins[left] = true;
        if (right < model.nxt && !model.is_sacked[right])
                model.begins[right] = true;
        for (uint32_t i = left; i < right; i++) {
                model.is_sacked[i] = true;
                model.is_lost[i] = model.is_again[i] = false;
        }
}

static uint32_t record_begin(uint32_t at)
{
        while (at > model.una && !model.begins[at])
                at--;
        return at;
}

static void try_sack(time_ns now)
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
        sack_at((const uint32_t[][2]){ { left, right } }, 1, una(), now);
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

static void set_flags(bool *flags, uint32_t begin, bool value)
{
        uint32_t end = record_end(begin);
        for (uint32_t i = begin; i < end; i++)
                flags[i] = value;
}

static void try_mark_by_sack(void)
{
        uint32_t expected = 0;
        for (uint32_t i = model.una; i < model.nxt; i = record_end(i)) {
                if (model.is_sacked[i] || model.is_lost[i] || !model_is_lost(i))
                        continue;
                set_flags(model.is_lost, i, true);
                set_flags(model.is_again, i, false);
                expected++;
        }
        ck_assert_uint_eq(scoreboard_mark_lost_by_sack(&board, 3, MSS / 10, on_lost, &board), expected);
}

static void try_timeout(void)
{
        for (uint32_t i = model.una; i < model.nxt; i++) {
                model.is_lost[i] = !model.is_sacked[i];
                model.is_again[i] = false;
        }
        scoreboard_mark_all_lost(&board, on_lost, &board);
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
        scoreboard_retransmitted(&board, next, now);
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

static void try_something(time_ns now)
{
        uint64_t what = dice(400);
        if (what < 120)
                try_push(now);
        else if (what < 150)
                try_acknowledge(now);
        else if (what < 270)
                try_sack(now);
        else if (what < 320)
                try_mark_by_sack();
        else if (what < 396)
                try_retransmit(now);
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
        tcase_add_test(cases, the_sample_is_of_the_latest_segment_that_arrived);
        tcase_add_test(cases, an_acknowledgement_of_a_retransmission_gives_no_sample);
        tcase_add_test(cases, sacked_segments_are_not_in_flight_and_are_delivered_once);
        tcase_add_test(cases, a_block_that_covers_a_segment_in_part_splits_it);
        tcase_add_test(cases, a_block_within_one_segment_splits_it_in_three);
        tcase_add_test(cases, the_fin_stays_at_the_end_of_a_split_segment);
        tcase_add_loop_test(
                cases, impossible_blocks_are_ignored_and_duplicates_told, 0, G_N_ELEMENTS(blocks));
        tcase_add_test(cases, blocks_of_a_late_acknowledgement_are_no_duplicates);
        tcase_add_loop_test(
                cases, three_segments_sacked_above_say_that_one_is_lost, 0, G_N_ELEMENTS(is_lost));
        tcase_add_test(cases, marking_goes_on_where_it_ended);
        tcase_add_test(cases, a_retransmission_is_in_flight_until_it_is_marked_lost_again);
        tcase_add_test(cases, a_timeout_marks_all_that_is_not_sacked);
        tcase_add_test(cases, the_first_hole_is_marked_once);
        tcase_add_test(cases, one_segment_is_marked_until_it_waits);
        tcase_add_test(cases, a_hole_lies_below_what_is_sacked_and_is_not_lost_yet);
        tcase_add_test(cases, each_segment_newly_sacked_is_told);
        tcase_add_test(cases, a_lost_segment_that_is_sacked_after_all_is_lost_no_more);
        tcase_add_test(cases, forgotten_sacks_are_in_flight_and_can_be_lost);
        tcase_add_test(cases, unmarked_losses_leave_both_sendings_in_flight);
        tcase_add_test(cases, a_split_segment_is_counted_as_two);
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
