/*
 * Records of the segments in flight, a ring in the order of their sequence numbers, threaded by a list in the
 * order of their last sending. RFC 6675 sections 3 to 5, RFC 8985 section 5; counted as Linux counts.
 *
 * An acknowledgement costs about what is new in it. Runs of sacked records are jumped over by `sacked_run`,
 * which is lengthened whenever a run has been walked; `loss_hint` and `retransmit_hint` stand where the last
 * search ended. The list's links are index + base, so that records leaving in front do not touch them.
 */
#include "tcp/scoreboard.h"

#include <glib.h>

struct sent_segment *scoreboard_at(const struct scoreboard *board, uint32_t index)
{
        return ring_at(&board->segments, sizeof(struct sent_segment), index);
}

/* Links go round before they could be taken for SCOREBOARD_NONE. */
#define LINK_MASK (UINT32_MAX >> 1)

static struct sent_segment *segment_of_link(const struct scoreboard *board, uint32_t link)
{
        return link == SCOREBOARD_NONE ? NULL : scoreboard_at(board, (link - board->base) & LINK_MASK);
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
        if (board->count == 0 || seq_before(seq, scoreboard_at(board, 0)->seq))
                return board->count;
        uint32_t low = 0;
        uint32_t high = board->count;
        while (high - low > 1) {
                uint32_t middle = low + (high - low) / 2;
                if (seq_before_or_at(scoreboard_at(board, middle)->seq, seq))
                        low = middle;
                else
                        high = middle;
        }
        return seq_before(seq, segment_end(scoreboard_at(board, low))) ? low : board->count;
}

/* A record found through a pointer into the ring. */
static uint32_t index_of(const struct scoreboard *board, const struct sent_segment *segment)
{
        uint32_t place = (uint32_t)(segment - (const struct sent_segment *)board->segments.items);
        return (place - board->segments.first) & (board->segments.capacity - 1);
}

static uint32_t link_of(const struct scoreboard *board, const struct sent_segment *segment)
{
        return (index_of(board, segment) + board->base) & LINK_MASK;
}

/* ---- The list by time of sending ---- */

void scoreboard_unlist(struct scoreboard *board, struct sent_segment *segment)
{
        if (!segment->is_listed)
                return;
        struct sent_segment *older = segment_of_link(board, segment->older);
        struct sent_segment *newer = segment_of_link(board, segment->newer);
        *(older != NULL ? &older->newer : &board->oldest) = segment->newer;
        *(newer != NULL ? &newer->older : &board->newest) = segment->older;
        segment->is_listed = false;
}

static void list_as_newest(struct scoreboard *board, struct sent_segment *segment)
{
        uint32_t link = link_of(board, segment);
        struct sent_segment *older = segment_of_link(board, board->newest);
        segment->older = board->newest;
        segment->newer = SCOREBOARD_NONE;
        *(older != NULL ? &older->newer : &board->oldest) = link;
        board->newest = link;
        segment->is_listed = true;
}

static void list_behind(struct scoreboard *board, struct sent_segment *segment, struct sent_segment *older)
{
        struct sent_segment *newer = segment_of_link(board, older->newer);
        segment->older = link_of(board, older);
        segment->newer = older->newer;
        older->newer = link_of(board, segment);
        *(newer != NULL ? &newer->older : &board->newest) = older->newer;
        segment->is_listed = true;
}

static void shift_link(const struct scoreboard *board, uint32_t *link, uint32_t index, int by)
{
        if (*link != SCOREBOARD_NONE && ((*link - board->base) & LINK_MASK) >= index)
                *link = (*link + (uint32_t)by) & LINK_MASK;
}

/* Records at `index` and behind it are moved. Rare: segments are cut when the MTU or the window shrinks. */
static void shift_links(struct scoreboard *board, uint32_t index, int by)
{
        for (uint32_t i = 0; i < board->count; i++) {
                shift_link(board, &scoreboard_at(board, i)->older, index, by);
                shift_link(board, &scoreboard_at(board, i)->newer, index, by);
        }
        shift_link(board, &board->oldest, index, by);
        shift_link(board, &board->newest, index, by);
}

struct sent_segment *scoreboard_longest_out(const struct scoreboard *board)
{
        return segment_of_link(board, board->oldest);
}

struct sent_segment *scoreboard_next_sent(const struct scoreboard *board, const struct sent_segment *segment)
{
        return segment_of_link(board, segment->newer);
}

/* ---- Coming and going ---- */

void scoreboard_init(struct scoreboard *board, BlockPool *blocks)
{
        *board =
                (struct scoreboard){ .blocks = blocks, .oldest = SCOREBOARD_NONE, .newest = SCOREBOARD_NONE };
}

void scoreboard_clear(struct scoreboard *board)
{
        ring_clear(&board->segments, board->blocks, sizeof(struct sent_segment));
        scoreboard_init(board, board->blocks);
}

struct sent_segment *scoreboard_push(
        struct scoreboard *board, struct seqnum seq, uint32_t length, bool has_fin, time_ns now)
{
        g_assert(length > 0);
        g_assert(board->count == 0 || seq_equal(segment_end(scoreboard_last(board)), seq));
        ring_reserve(&board->segments, board->blocks, sizeof(struct sent_segment), board->count);
        struct sent_segment *segment = scoreboard_at(board, board->count++);
        *segment = (struct sent_segment){
                .seq = seq,
                .length = length,
                .sendings = 1,
                .has_fin = has_fin,
                .first_sent_at = now,
                .last_sent_at = now,
        };
        list_as_newest(board, segment);
        return segment;
}

void scoreboard_retransmitted(
        struct scoreboard *board, struct sent_segment *segment, bool as_lost, time_ns now)
{
        g_assert(!segment->is_sacked || !as_lost);
        if (segment->sendings < UINT16_MAX)
                segment->sendings++;
        segment->last_sent_at = now;
        scoreboard_unlist(board, segment);
        if (!segment->is_sacked)
                list_as_newest(board, segment);
        if (!as_lost)
                return;
        board->retransmitted += !segment->is_retransmitted;
        segment->is_retransmitted = true;
}

static void clear_lost(struct scoreboard *board, struct sent_segment *segment)
{
        board->lost -= segment->is_lost;
        segment->is_lost = false;
}

void scoreboard_clear_retransmitted(struct scoreboard *board, struct sent_segment *segment)
{
        board->retransmitted -= segment->is_retransmitted;
        segment->is_retransmitted = false;
}

static void forget_segment(struct scoreboard *board, struct sent_segment *segment)
{
        clear_lost(board, segment);
        scoreboard_clear_retransmitted(board, segment);
        scoreboard_unlist(board, segment);
        board->sacked -= segment->is_sacked;
}

static void shorten_first(struct scoreboard *board, struct seqnum una)
{
        if (board->count == 0 || seq_after_or_at(scoreboard_at(board, 0)->seq, una))
                return;
        struct sent_segment *segment = scoreboard_at(board, 0);
        segment->length -= una.value - segment->seq.value;
        segment->seq = una;
}

void scoreboard_drop(struct scoreboard *board, uint32_t gone, struct seqnum una)
{
        for (uint32_t i = 0; i < gone; i++)
                forget_segment(board, scoreboard_at(board, i));
        if (gone > 0)
                ring_drop_front(&board->segments, gone);
        board->base = (board->base + gone) & LINK_MASK;
        board->count -= gone;
        if (board->count == 0)
                ring_rest(&board->segments, board->blocks, sizeof(struct sent_segment));
        board->retransmit_hint -= MIN(board->retransmit_hint, gone);
        board->loss_hint -= MIN(board->loss_hint, gone);
        shorten_first(board, una);
}

/* ---- Looking ---- */

struct sent_segment *scoreboard_find(const struct scoreboard *board, struct seqnum seq)
{
        uint32_t index = find_index(board, seq);
        return index < board->count ? scoreboard_at(board, index) : NULL;
}

struct sent_segment *scoreboard_first(const struct scoreboard *board)
{
        return board->count > 0 ? scoreboard_at(board, 0) : NULL;
}

struct sent_segment *scoreboard_last(const struct scoreboard *board)
{
        return board->count > 0 ? scoreboard_at(board, board->count - 1) : NULL;
}

uint32_t scoreboard_index_from(const struct scoreboard *board, struct seqnum seq)
{
        if (board->count == 0 || seq_before_or_at(seq, scoreboard_at(board, 0)->seq))
                return 0;
        uint32_t index = find_index(board, seq);
        if (index < board->count && seq_before(scoreboard_at(board, index)->seq, seq))
                index++;
        return index;
}

uint32_t scoreboard_index_of_edge(struct scoreboard *board, struct seqnum seq)
{
        for (uint32_t i = 0; i < SCOREBOARD_EDGES; i++) {
                uint32_t index = (board->edges[i] - board->base) & LINK_MASK;
                if (index < board->count && seq_equal(scoreboard_at(board, index)->seq, seq))
                        return index;
        }
        uint32_t index = scoreboard_index_from(board, seq);
        board->edges[board->next_edge++ % SCOREBOARD_EDGES] = (index + board->base) & LINK_MASK;
        return index;
}

uint32_t scoreboard_next_not_sacked(const struct scoreboard *board, uint32_t index)
{
        uint32_t next = index;
        while (next < board->count && scoreboard_at(board, next)->is_sacked)
                next += scoreboard_at(board, next)->sacked_run;
        if (next > index)
                scoreboard_at(board, index)->sacked_run = next - index;
        return next;
}

struct sent_segment *scoreboard_next_lost(struct scoreboard *board)
{
        if (board->lost == 0)
                return NULL;
        uint32_t index = scoreboard_next_not_sacked(board, board->retransmit_hint);
        while (index < board->count && !waits_to_be_sent(scoreboard_at(board, index)))
                index = scoreboard_next_not_sacked(board, index + 1);
        board->retransmit_hint = index;
        return index < board->count ? scoreboard_at(board, index) : NULL;
}

struct sent_segment *scoreboard_next_hole(struct scoreboard *board)
{
        if (board->sacked == 0)
                return NULL;
        uint32_t index = scoreboard_next_not_sacked(board, board->loss_hint);
        while (index < board->count && scoreboard_at(board, index)->is_lost)
                index = scoreboard_next_not_sacked(board, index + 1);
        if (index == board->count ||
                seq_after_or_at(scoreboard_at(board, index)->seq, board->highest_sacked_end))
                return NULL;
        return scoreboard_at(board, index);
}

/* The highest sacked record that has enough sacked at and above it, so that all below it that is not sacked
 * is lost; 0 when there is none. The walk is short: it ends with the third sacked record from above. */
static uint32_t loss_boundary(const struct scoreboard *board, uint32_t threshold, uint32_t mss)
{
        uint32_t segments = 0;
        uint64_t bytes = 0;
        uint32_t index = find_index(board, seq_sub(board->highest_sacked_end, 1)) + 1;
        while (index > 0 && segments < board->sacked) {
                const struct sent_segment *segment = scoreboard_at(board, --index);
                if (!segment->is_sacked)
                        continue;
                segments++;
                bytes += segment->length;
                if (segments >= threshold || bytes > (uint64_t)(threshold - 1) * mss)
                        return index;
        }
        return 0;
}

struct sent_segment *scoreboard_next_lost_by_sack(struct scoreboard *board, uint32_t segments, uint32_t mss)
{
        if (board->sacked == 0)
                return NULL;
        uint32_t boundary = loss_boundary(board, segments, mss);
        uint32_t index = scoreboard_next_not_sacked(board, board->loss_hint);
        while (index < boundary && scoreboard_at(board, index)->is_lost)
                index = scoreboard_next_not_sacked(board, index + 1);
        board->loss_hint = MAX(board->loss_hint, MIN(index, boundary));
        return index < boundary ? scoreboard_at(board, index) : NULL;
}

/* ---- Marking ---- */

void scoreboard_mark_sacked(struct scoreboard *board, struct sent_segment *segment)
{
        g_assert(!segment->is_sacked);
        /* Of a resending that nothing says to be lost, it is believed that it is still under way. */
        if (segment->is_lost)
                scoreboard_clear_retransmitted(board, segment);
        clear_lost(board, segment);
        scoreboard_unlist(board, segment);
        segment->is_sacked = true;
        segment->sacked_run = 1;
        if (board->sacked == 0 || seq_after(segment_end(segment), board->highest_sacked_end))
                board->highest_sacked_end = segment_end(segment);
        board->sacked++;
}

bool scoreboard_mark_lost(struct scoreboard *board, struct sent_segment *segment)
{
        if (segment->is_sacked || waits_to_be_sent(segment))
                return false;
        if (segment->is_lost)
                scoreboard_clear_retransmitted(board, segment);
        board->lost += !segment->is_lost;
        segment->is_lost = true;
        board->retransmit_hint = MIN(board->retransmit_hint, index_of(board, segment));
        return true;
}

static void forget_sack(struct scoreboard *board, struct sent_segment *segment)
{
        if (!segment->is_sacked)
                return;
        segment->is_sacked = false;
        board->sacked--;
}

void scoreboard_forget_sacks(struct scoreboard *board)
{
        for (uint32_t i = 0; i < board->count; i++)
                forget_sack(board, scoreboard_at(board, i));
        board->loss_hint = 0;
}

/* What was sent again may still be under way, beside the first sending: it stays counted. */
void scoreboard_unmark_lost(struct scoreboard *board)
{
        for (uint32_t i = 0; i < board->count && board->lost > 0; i++)
                clear_lost(board, scoreboard_at(board, i));
        board->loss_hint = 0;
        board->retransmit_hint = 0;
}

/* ---- Cutting ---- */

/* Both parts keep what is known of the whole; the FIN is the last number of the second. */
static void halve(struct sent_segment *head, struct sent_segment *tail, uint32_t length)
{
        *tail = *head;
        tail->seq = seq_add(head->seq, length);
        tail->length = head->length - length;
        tail->is_listed = false;
        head->length = length;
        head->has_fin = false;
        head->has_push = false;
}

struct sent_segment *scoreboard_split(struct scoreboard *board, struct sent_segment *segment, uint32_t length)
{
        g_assert(length > 0 && length < segment->length && !segment->is_sacked);
        uint32_t index = index_of(board, segment);
        shift_links(board, index + 1, 1);
        ring_open(&board->segments, board->blocks, sizeof(struct sent_segment), board->count, index + 1);
        board->count++;
        segment = scoreboard_at(board, index);
        struct sent_segment *tail = scoreboard_at(board, index + 1);
        halve(segment, tail, length);
        if (segment->is_listed)
                list_behind(board, tail, segment);
        board->lost += segment->is_lost;
        board->retransmitted += segment->is_retransmitted;
        board->loss_hint += index < board->loss_hint;
        board->retransmit_hint += index < board->retransmit_hint;
        return segment;
}

struct sent_segment *scoreboard_join_next(struct scoreboard *board, struct sent_segment *segment)
{
        uint32_t index = index_of(board, segment);
        struct sent_segment *next = scoreboard_at(board, index + 1);
        g_assert(index + 1 < board->count && !segment->is_sacked && !next->is_sacked);
        segment->length += next->length;
        segment->has_fin = next->has_fin;
        segment->has_push |= next->has_push;
        segment->sendings = MAX(segment->sendings, next->sendings);
        forget_segment(board, next);
        ring_close(&board->segments, sizeof(struct sent_segment), board->count, index + 1);
        board->count--;
        shift_links(board, index + 1, -1);
        board->loss_hint -= index + 1 < board->loss_hint;
        board->retransmit_hint -= index + 1 < board->retransmit_hint;
        /* It takes all of the joined from now on to be done with either. */
        board->loss_hint = MIN(board->loss_hint, index);
        board->retransmit_hint = MIN(board->retransmit_hint, index);
        return scoreboard_at(board, index);
}

/* ---- Checks ---- */

static void check_segment(const struct scoreboard *board, uint32_t index)
{
        const struct sent_segment *segment = scoreboard_at(board, index);
        g_assert(segment->length > 0 && segment->sendings > 0);
        g_assert(segment->first_sent_at <= segment->last_sent_at);
        g_assert(!segment->is_sacked || (!segment->is_lost && !segment->is_listed));
        g_assert(!segment->is_sacked || seq_before_or_at(segment_end(segment), board->highest_sacked_end));
        g_assert(index >= board->retransmit_hint || !waits_to_be_sent(segment));
        g_assert(!segment->has_fin || index + 1 == board->count);
        if (index + 1 < board->count)
                g_assert(seq_equal(segment_end(segment), scoreboard_at(board, index + 1)->seq));
}

static void check_counts(const struct scoreboard *board)
{
        uint32_t sacked = 0;
        uint32_t lost = 0;
        uint32_t retransmitted = 0;
        for (uint32_t i = 0; i < board->count; i++) {
                sacked += scoreboard_at(board, i)->is_sacked;
                lost += scoreboard_at(board, i)->is_lost;
                retransmitted += scoreboard_at(board, i)->is_retransmitted;
        }
        g_assert(sacked == board->sacked && lost == board->lost && retransmitted == board->retransmitted);
        g_assert(board->sacked == 0 || board->assumed == 0);
        g_assert(scoreboard_left_out(board) <= board->count);
}

/* All that a run jumps over is sacked. */
static void check_runs(const struct scoreboard *board)
{
        uint32_t run_end = 0;
        for (uint32_t i = 0; i < board->count; i++) {
                const struct sent_segment *segment = scoreboard_at(board, i);
                g_assert(i >= run_end || segment->is_sacked);
                if (segment->is_sacked)
                        run_end = MAX(run_end, i + segment->sacked_run);
        }
        g_assert(run_end <= board->count);
}

/* Nobody in it was sent before the one in front; it holds all that say so. */
static void check_list(const struct scoreboard *board)
{
        uint32_t listed = 0;
        const struct sent_segment *last = NULL;
        const struct sent_segment *segment = scoreboard_longest_out(board);
        for (; segment != NULL; segment = scoreboard_next_sent(board, segment)) {
                g_assert(segment->is_listed && ++listed <= board->count);
                g_assert(last == NULL || last->last_sent_at <= segment->last_sent_at);
                last = segment;
        }
        g_assert(segment_of_link(board, board->newest) == last);
        for (uint32_t i = 0; i < board->count; i++)
                listed -= scoreboard_at(board, i)->is_listed;
        g_assert(listed == 0);
}

void scoreboard_check(const struct scoreboard *board)
{
        g_assert(board->count <= board->segments.capacity);
        g_assert(board->retransmit_hint <= board->count && board->loss_hint <= board->count);
        for (uint32_t i = 0; i < board->count; i++)
                check_segment(board, i);
        check_counts(board);
        check_runs(board);
        check_list(board);
}
