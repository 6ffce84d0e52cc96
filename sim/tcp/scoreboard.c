/*
 * Records of the segments in flight, a ring in the order of their sequence numbers. RFC 6675 sections 3 to 5;
 * SACK as in RFC 2018, DSACK as in RFC 2883; counted as Linux counts.
 *
 * An acknowledgement costs about what is new in it. Runs of sacked records are jumped over by `sacked_run`,
 * which is lengthened whenever a run has been walked; `loss_hint` and `retransmit_hint` stand where the last
 * search ended. Records are named by their index from the oldest on; whoever adds or removes one moves the
 * hints along.
 */
#include "tcp/scoreboard.h"

#include <glib.h>

static struct sent_segment *segment_at(const struct scoreboard *board, uint32_t index)
{
        return ring_at(&board->segments, sizeof(struct sent_segment), index);
}

static struct seqnum segment_end(const struct sent_segment *segment)
{
        return seq_add(segment->seq, segment->length);
}

static bool waits_to_be_sent(const struct sent_segment *segment)
{
        return segment->is_lost && !segment->is_retransmitted;
}

/* The index of the record that holds `seq`; `count` when none does. */
static uint32_t find_index(const struct scoreboard *board, struct seqnum seq)
{
        if (board->count == 0 || seq_before(seq, segment_at(board, 0)->seq))
                return board->count;
        uint32_t low = 0;
        uint32_t high = board->count;
        while (high - low > 1) {
                uint32_t middle = low + (high - low) / 2;
                if (seq_before_or_at(segment_at(board, middle)->seq, seq))
                        low = middle;
                else
                        high = middle;
        }
        return seq_before(seq, segment_end(segment_at(board, low))) ? low : board->count;
}

/* A record found through a pointer into the ring. */
static uint32_t index_of(const struct scoreboard *board, const struct sent_segment *segment)
{
        uint32_t place = (uint32_t)(segment - (const struct sent_segment *)board->segments.items);
        return (place - board->segments.first) & (board->segments.capacity - 1);
}

/* The first record at `index` or behind it that is not sacked; `count` when all are. */
static uint32_t next_not_sacked(const struct scoreboard *board, uint32_t index)
{
        uint32_t next = index;
        while (next < board->count && segment_at(board, next)->is_sacked)
                next += segment_at(board, next)->sacked_run;
        if (next > index)
                segment_at(board, index)->sacked_run = next - index;
        return next;
}

static void clear_lost(struct scoreboard *board, struct sent_segment *segment)
{
        board->lost -= segment->is_lost;
        segment->is_lost = false;
}

static void clear_retransmitted(struct scoreboard *board, struct sent_segment *segment)
{
        board->retransmitted -= segment->is_retransmitted;
        segment->is_retransmitted = false;
}

/* A record has arrived, cumulatively or selectively. Of a record sent once, the time says how long its way
 * was (Karn). */
static void note_delivered(
        const struct sent_segment *segment, time_ns now, struct scoreboard_outcome *outcome)
{
        duration_ns age = now - segment->last_sent_at;
        outcome->newly_delivered++;
        outcome->newest_delivered_sent_at = MAX(outcome->newest_delivered_sent_at, segment->last_sent_at);
        if (segment->sendings == 1 && (outcome->rtt_sample < 0 || age < outcome->rtt_sample))
                outcome->rtt_sample = age;
}

static void forget_segment(struct scoreboard *board, struct sent_segment *segment)
{
        clear_lost(board, segment);
        clear_retransmitted(board, segment);
        board->sacked -= segment->is_sacked;
}

static void drop_front(struct scoreboard *board, uint32_t gone)
{
        if (gone == 0)
                return;
        ring_drop_front(&board->segments, gone);
        board->count -= gone;
        board->retransmit_hint -= MIN(board->retransmit_hint, gone);
        board->loss_hint -= MIN(board->loss_hint, gone);
}

void scoreboard_init(struct scoreboard *board)
{
        *board = (struct scoreboard){ 0 };
}

void scoreboard_clear(struct scoreboard *board)
{
        ring_clear(&board->segments);
        scoreboard_init(board);
}

void scoreboard_push(struct scoreboard *board, struct seqnum seq, uint32_t length, bool has_fin, time_ns now)
{
        g_assert(length > 0);
        g_assert(board->count == 0 || seq_equal(segment_end(segment_at(board, board->count - 1)), seq));
        ring_reserve(&board->segments, sizeof(struct sent_segment), board->count);
        *segment_at(board, board->count++) = (struct sent_segment){
                .seq = seq,
                .length = length,
                .sendings = 1,
                .has_fin = has_fin,
                .first_sent_at = now,
                .last_sent_at = now,
        };
}

static void shorten_front(struct scoreboard *board, struct seqnum una)
{
        if (board->count == 0 || seq_after_or_at(segment_at(board, 0)->seq, una))
                return;
        struct sent_segment *segment = segment_at(board, 0);
        segment->length -= una.value - segment->seq.value;
        segment->seq = una;
}

void scoreboard_acknowledge(
        struct scoreboard *board, struct seqnum una, time_ns now, struct scoreboard_outcome *outcome)
{
        uint32_t gone = 0;
        duration_ns sample_before = outcome->rtt_sample;
        while (gone < board->count && seq_before_or_at(segment_end(segment_at(board, gone)), una)) {
                struct sent_segment *segment = segment_at(board, gone++);
                outcome->acked_segments++;
                outcome->acked_retransmitted |= segment->sendings > 1;
                if (!segment->is_sacked)
                        note_delivered(segment, now, outcome);
                forget_segment(board, segment);
        }
        /* What was sent once may have waited at the receiver for what was sent again. */
        if (outcome->acked_retransmitted)
                outcome->rtt_sample = sample_before;
        drop_front(board, gone);
        shorten_front(board, una);
}

static void mark_sacked(struct scoreboard *board, struct sent_segment *segment, time_ns now,
        struct scoreboard_outcome *outcome)
{
        clear_lost(board, segment);
        clear_retransmitted(board, segment);
        segment->is_sacked = true;
        segment->sacked_run = 1;
        if (board->sacked == 0 || seq_after(segment_end(segment), board->highest_sacked_end))
                board->highest_sacked_end = segment_end(segment);
        board->sacked++;
        outcome->newly_sacked++;
        note_delivered(segment, now, outcome);
        if (outcome->on_sacked != NULL)
                outcome->on_sacked(outcome->data, segment);
}

/* Cut the record at `index` so that one begins at `seq`, if that lies within it. True when there are two now.
 */
static bool cut_at(struct scoreboard *board, uint32_t index, struct seqnum seq)
{
        struct sent_segment *segment = segment_at(board, index);
        if (!seq_before(segment->seq, seq) || !seq_before(seq, segment_end(segment)))
                return false;
        scoreboard_split(board, segment, seq.value - segment->seq.value);
        return true;
}

static void sack_block(struct scoreboard *board, const struct sack_block *block, time_ns now,
        struct scoreboard_outcome *outcome)
{
        uint32_t first = find_index(board, block->left);
        if (first == board->count)
                return;
        if (!segment_at(board, first)->is_sacked && cut_at(board, first, block->left))
                first++;
        uint32_t index = next_not_sacked(board, first);
        while (index < board->count && seq_before(segment_at(board, index)->seq, block->right)) {
                cut_at(board, index, block->right);
                mark_sacked(board, segment_at(board, index), now, outcome);
                index = next_not_sacked(board, index + 1);
        }
        next_not_sacked(board, first);
}

/* RFC 2883 section 4: the first block reports a duplicate when it lies below the ACK, or inside the second.
 */
static bool is_dsack(const struct sack_block *blocks, unsigned count, struct seqnum ack)
{
        if (count == 0 || !seq_before(blocks[0].left, blocks[0].right))
                return false;
        if (seq_before_or_at(blocks[0].right, ack))
                return true;
        return count > 1 && seq_after_or_at(blocks[0].left, blocks[1].left) &&
               seq_before_or_at(blocks[0].right, blocks[1].right);
}

/* A block of what is in flight. The first number missing at the receiver cannot be in one; after an ACK that
 * came late, older blocks may lie below `una`. */
static bool is_possible(const struct sack_block *block, struct seqnum una, struct seqnum nxt)
{
        return seq_before(block->left, block->right) && seq_after(block->left, una) &&
               seq_before_or_at(block->right, nxt);
}

void scoreboard_sack(struct scoreboard *board, const struct sack_block *blocks, unsigned count,
        struct seqnum ack, struct seqnum una, struct seqnum nxt, time_ns now,
        struct scoreboard_outcome *outcome)
{
        unsigned first = is_dsack(blocks, count, ack) ? 1 : 0;
        if (first > 0) {
                outcome->has_dsack = true;
                outcome->dsack = (struct seq_range){ blocks[0].left, blocks[0].right };
        }
        for (unsigned i = first; i < count; i++) {
                if (is_possible(&blocks[i], una, nxt))
                        sack_block(board, &blocks[i], now, outcome);
        }
}

/* Lost, and not yet waiting to be sent again. */
static void mark_lost(struct scoreboard *board, uint32_t index, scoreboard_tell on_lost, void *data)
{
        struct sent_segment *segment = segment_at(board, index);
        g_assert(!segment->is_sacked);
        clear_retransmitted(board, segment);
        board->lost += !segment->is_lost;
        segment->is_lost = true;
        board->retransmit_hint = MIN(board->retransmit_hint, index);
        on_lost(data, segment);
}

/* The highest sacked record that has enough sacked at and above it, so that all below it that is not sacked
 * is lost; 0 when there is none. The walk is short: it ends with the third sacked record from above. */
static uint32_t loss_boundary(const struct scoreboard *board, uint32_t duplicate_threshold, uint32_t mss)
{
        uint32_t segments = 0;
        uint64_t bytes = 0;
        uint32_t index = find_index(board, seq_sub(board->highest_sacked_end, 1)) + 1;
        while (index > 0 && segments < board->sacked) {
                const struct sent_segment *segment = segment_at(board, --index);
                if (!segment->is_sacked)
                        continue;
                segments++;
                bytes += segment->length;
                if (segments >= duplicate_threshold || bytes > (uint64_t)(duplicate_threshold - 1) * mss)
                        return index;
        }
        return 0;
}

uint32_t scoreboard_mark_lost_by_sack(struct scoreboard *board, uint32_t duplicate_threshold, uint32_t mss,
        scoreboard_tell on_lost, void *data)
{
        if (board->sacked == 0)
                return 0;
        uint32_t marked = 0;
        uint32_t boundary = loss_boundary(board, duplicate_threshold, mss);
        uint32_t index = next_not_sacked(board, board->loss_hint);
        for (; index < boundary; index = next_not_sacked(board, index + 1)) {
                if (segment_at(board, index)->is_lost)
                        continue;
                mark_lost(board, index, on_lost, data);
                marked++;
        }
        board->loss_hint = MAX(board->loss_hint, boundary);
        return marked;
}

bool scoreboard_mark_first_lost(struct scoreboard *board, scoreboard_tell on_lost, void *data)
{
        uint32_t index = next_not_sacked(board, 0);
        if (index == board->count)
                return false;
        if (!waits_to_be_sent(segment_at(board, index)))
                mark_lost(board, index, on_lost, data);
        return true;
}

void scoreboard_mark_all_lost(struct scoreboard *board, scoreboard_tell on_lost, void *data)
{
        uint32_t index = next_not_sacked(board, 0);
        for (; index < board->count; index = next_not_sacked(board, index + 1)) {
                if (!waits_to_be_sent(segment_at(board, index)))
                        mark_lost(board, index, on_lost, data);
        }
}

void scoreboard_mark_lost(
        struct scoreboard *board, struct sent_segment *segment, scoreboard_tell on_lost, void *data)
{
        if (!waits_to_be_sent(segment))
                mark_lost(board, index_of(board, segment), on_lost, data);
}

void scoreboard_forget_sacks(struct scoreboard *board)
{
        for (uint32_t i = 0; i < board->count; i++)
                segment_at(board, i)->is_sacked = false;
        board->sacked = 0;
        board->loss_hint = 0;
}

/* What was sent again may still be under way, beside the first sending: it stays counted. */
void scoreboard_unmark_lost(struct scoreboard *board)
{
        for (uint32_t i = 0; i < board->count; i++)
                clear_lost(board, segment_at(board, i));
        board->loss_hint = 0;
}

struct sent_segment *scoreboard_next_hole(struct scoreboard *board)
{
        if (board->sacked == 0)
                return NULL;
        uint32_t index = next_not_sacked(board, board->loss_hint);
        while (index < board->count && segment_at(board, index)->is_lost)
                index = next_not_sacked(board, index + 1);
        if (index == board->count ||
                seq_after_or_at(segment_at(board, index)->seq, board->highest_sacked_end))
                return NULL;
        return segment_at(board, index);
}

struct sent_segment *scoreboard_next_lost(struct scoreboard *board)
{
        uint32_t index = next_not_sacked(board, board->retransmit_hint);
        while (index < board->count && !waits_to_be_sent(segment_at(board, index)))
                index = next_not_sacked(board, index + 1);
        board->retransmit_hint = index;
        return index < board->count ? segment_at(board, index) : NULL;
}

/* Both parts keep what is known of the whole; the FIN is the last number of the second. */
static void halve(struct sent_segment *head, struct sent_segment *tail, uint32_t length)
{
        *tail = *head;
        tail->seq = seq_add(head->seq, length);
        tail->length = head->length - length;
        head->length = length;
        head->has_fin = false;
}

struct sent_segment *scoreboard_split(struct scoreboard *board, struct sent_segment *segment, uint32_t length)
{
        g_assert(length > 0 && length < segment->length && !segment->is_sacked);
        uint32_t index = index_of(board, segment);
        ring_open(&board->segments, sizeof(struct sent_segment), board->count, index + 1);
        board->count++;
        segment = segment_at(board, index);
        halve(segment, segment_at(board, index + 1), length);
        board->lost += segment->is_lost;
        board->retransmitted += segment->is_retransmitted;
        board->loss_hint += index < board->loss_hint;
        board->retransmit_hint += index < board->retransmit_hint;
        return segment;
}

void scoreboard_retransmitted(struct scoreboard *board, struct sent_segment *segment, time_ns now)
{
        g_assert(!segment->is_sacked);
        if (segment->sendings < UINT16_MAX)
                segment->sendings++;
        segment->last_sent_at = now;
        board->retransmitted += !segment->is_retransmitted;
        segment->is_retransmitted = true;
}

struct sent_segment *scoreboard_find(const struct scoreboard *board, struct seqnum seq)
{
        uint32_t index = find_index(board, seq);
        return index < board->count ? segment_at(board, index) : NULL;
}

struct sent_segment *scoreboard_first(const struct scoreboard *board)
{
        return board->count > 0 ? segment_at(board, 0) : NULL;
}

static void check_segment(const struct scoreboard *board, uint32_t index)
{
        const struct sent_segment *segment = segment_at(board, index);
        g_assert(segment->length > 0 && segment->sendings > 0);
        g_assert(segment->first_sent_at <= segment->last_sent_at);
        g_assert(!segment->is_sacked || (!segment->is_lost && !segment->is_retransmitted));
        g_assert(!segment->is_sacked || seq_before_or_at(segment_end(segment), board->highest_sacked_end));
        g_assert(index >= board->retransmit_hint || !waits_to_be_sent(segment));
        g_assert(index >= board->loss_hint || segment->is_sacked || segment->is_lost);
        g_assert(!segment->has_fin || index + 1 == board->count);
        if (index + 1 < board->count)
                g_assert(seq_equal(segment_end(segment), segment_at(board, index + 1)->seq));
}

static void check_counts(const struct scoreboard *board)
{
        uint32_t sacked = 0;
        uint32_t lost = 0;
        uint32_t retransmitted = 0;
        for (uint32_t i = 0; i < board->count; i++) {
                sacked += segment_at(board, i)->is_sacked;
                lost += segment_at(board, i)->is_lost;
                retransmitted += segment_at(board, i)->is_retransmitted;
        }
        g_assert(sacked == board->sacked && lost == board->lost && retransmitted == board->retransmitted);
}

/* All that a run jumps over is sacked. */
static void check_runs(const struct scoreboard *board)
{
        uint32_t run_end = 0;
        for (uint32_t i = 0; i < board->count; i++) {
                const struct sent_segment *segment = segment_at(board, i);
                g_assert(i >= run_end || segment->is_sacked);
                if (segment->is_sacked)
                        run_end = MAX(run_end, i + segment->sacked_run);
        }
        g_assert(run_end <= board->count);
}

void scoreboard_check(const struct scoreboard *board)
{
        g_assert(board->count <= board->segments.capacity);
        g_assert(board->retransmit_hint <= board->count && board->loss_hint <= board->count);
        for (uint32_t i = 0; i < board->count; i++)
                check_segment(board, i);
        check_counts(board);
        check_runs(board);
}
