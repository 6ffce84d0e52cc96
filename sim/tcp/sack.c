/*
 * Selective acknowledgements: blocks checked, segments marked, duplicates and reordering noticed. RFC 2018,
 * 2883, 6675; as Linux (tcp_sacktag_write_queue).
 *
 * A segment that a block covers in part is not sacked: receivers hold what came whole.
 */
#include "tcp/sack.h"

#include "tcp/rack.h"
#include "tcp/rate_sample.h"

bool sack_is_used(const TcpConn *conn)
{
        return conn->sack_agreed && conn->settings.recovery >= TCP_RECOVERY_SACK;
}

struct seqnum sack_highest_end(const TcpConn *conn)
{
        return conn->scoreboard.sacked > 0 ? conn->scoreboard.highest_sacked_end : conn->snd.una;
}

void sack_note_reordering(TcpConn *conn, struct seqnum low, enum tcp_counter counter)
{
        struct seqnum end = sack_highest_end(conn);
        if (!seq_before(low, end) || !conn->settings.adaptive_reordering)
                return;
        uint32_t distance = end.value - low.value;
        uint32_t mss = conn->snd.mss;
        if (distance > conn->recovery.reordering * mss)
                conn->recovery.reordering = MIN((distance + mss - 1) / mss, conn->settings.max_reordering);
        conn->recovery.reordering_seen++;
        tcp_host_count(conn->host, counter);
}

/* ---- DSACK ---- */

/* RFC 2883 section 4: the first block reports a duplicate when it lies below the ACK, or inside the second.
 */
static bool looks_like_dsack(const struct tcp_options *options, struct seqnum ack)
{
        const struct sack_block *blocks = options->sack;
        if (seq_before(blocks[0].left, ack))
                return true;
        return options->sack_count > 1 && !seq_after(blocks[0].right, blocks[1].right) &&
               !seq_before(blocks[0].left, blocks[1].left);
}

static void note_dsack(TcpConn *conn, const struct sack_block *block)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_DSACK);
        if (note != NULL)
                note->range = (struct seq_range){ block->left, block->right };
}

/* The network may have made the second copy: nothing is counted as ours beyond what we sent again. */
static void count_spurious(TcpConn *conn, const struct sack_block *block, uint32_t segments)
{
        struct tcp_counts *counts = &conn->counts;
        if (seq_before(block->left, conn->snd.resent_end) &&
                counts->spurious_segments < counts->retransmitted_segments)
                counts->spurious_segments += segments;
        counts->spurious_segments = MIN(counts->spurious_segments, counts->retransmitted_segments);
}

/* How many segments came twice; 0 when they cannot have been ours. */
static uint32_t take_duplicates(TcpConn *conn, struct ack_event *event, const struct sack_block *block)
{
        uint32_t length = block->right.value - block->left.value;
        uint32_t segments = 1;
        if (!seq_before(block->left, block->right) || length > conn->snd.wnd_max)
                return 0;
        note_dsack(conn, block);
        if (length > conn->snd.mss)
                segments = (length + conn->snd.mss - 1) / conn->snd.mss;
        else if (conn->tail_probe.is_out && seq_equal(conn->tail_probe.high_seq, block->right))
                event->has_probe_dsack = true;
        conn->duplicates_reported += segments;
        count_spurious(conn, block, segments);
        if (conn->duplicates_reported > conn->counts.retransmitted_segments)
                return 0;
        /* A tail probe, or a path that never reordered: no reason to wait longer for what is late. */
        if (conn->recovery.reordering_seen > 0 && !event->has_probe_dsack)
                conn->rack.has_dsack = true;
        event->has_dsack = true;
        event->newly_sacked += segments;
        return segments;
}

static bool take_dsack(TcpConn *conn, struct ack_event *event)
{
        const struct tcp_options *options = &event->segment->options;
        const struct sack_block *block = &options->sack[0];
        struct recovery *recovery = &conn->recovery;
        if (!looks_like_dsack(options, event->segment->ack))
                return false;
        if (seq_before(block->left, event->segment->ack))
                tcp_host_count(conn->host, TCP_COUNTER_DSACK_RECEIVED);
        uint32_t segments = take_duplicates(conn, event, block);
        if (segments == 0)
                return false;
        /* Of data long forgotten: by their number. */
        if (recovery->has_undo_marker && recovery->undo_retrans > 0 &&
                !seq_after(block->right, event->prior_una) && seq_after(block->right, recovery->undo_marker))
                recovery->undo_retrans = MAX(0, recovery->undo_retrans - (int32_t)segments);
        return true;
}

/* ---- Blocks ---- */

/* A block of what is in flight; or, of a duplicate, of what this recovery has sent again. */
static bool is_possible(const TcpConn *conn, const struct sack_block *block, bool is_dsack)
{
        const struct recovery *recovery = &conn->recovery;
        if (seq_after(block->right, conn->snd.nxt) || !seq_before(block->left, block->right) ||
                !seq_before(block->left, conn->snd.nxt))
                return false;
        if (seq_after(block->left, conn->snd.una))
                return true;
        if (!is_dsack || !recovery->has_undo_marker || seq_after(block->right, conn->snd.una))
                return false;
        if (!seq_before(block->left, recovery->undo_marker))
                return true;
        return seq_after(block->right, recovery->undo_marker) &&
               !seq_before(block->left, seq_sub(block->right, conn->snd.wnd_max));
}

static bool is_covered(const struct sent_segment *segment, const struct sack_block *block)
{
        return !seq_after(seq_add(segment->seq, segment->length), block->right);
}

static void note_sacked(TcpConn *conn, const struct sent_segment *segment)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_SACKED);
        if (note != NULL)
                note->range = (struct seq_range){ segment->seq, seq_add(segment->seq, segment->length) };
}

/* It was sent once: below what is sacked it was late, and its sending is a sample of the round trip. */
static void take_original(TcpConn *conn, struct ack_event *event, const struct sent_segment *segment)
{
        if (seq_before(segment->seq, sack_highest_end(conn)))
                event->reordered_from = seq_earlier_of(event->reordered_from, segment->seq);
        if (!seq_after(seq_add(segment->seq, segment->length), conn->recovery.high_seq))
                event->acked_original = true;
        if (event->first_sacked_sent_at == NO_TIME)
                event->first_sacked_sent_at = segment->last_sent_at;
        event->last_sacked_sent_at = segment->last_sent_at;
}

static void mark(TcpConn *conn, struct ack_event *event, struct sent_segment *segment)
{
        rack_advance(conn, segment, event->now);
        if (segment->sendings == 1)
                take_original(conn, event, segment);
        scoreboard_mark_sacked(&conn->scoreboard, segment);
        rate_sample_take(conn, event, segment);
        event->has_sacked = true;
        event->newly_sacked++;
        note_sacked(conn, segment);
}

static void take_block(TcpConn *conn, struct ack_event *event, const struct sack_block *block)
{
        struct scoreboard *board = &conn->scoreboard;
        uint32_t first = scoreboard_index_of_edge(board, block->left);
        uint32_t index = scoreboard_next_not_sacked(board, first);
        while (index < board->count && is_covered(scoreboard_at(board, index), block)) {
                mark(conn, event, scoreboard_at(board, index));
                index = scoreboard_next_not_sacked(board, index + 1);
        }
        if (first < board->count)
                scoreboard_next_not_sacked(board, first);
}

/* What came twice and is still on the scoreboard. */
static void take_duplicate(TcpConn *conn, struct ack_event *event, struct sent_segment *segment)
{
        struct recovery *recovery = &conn->recovery;
        struct seqnum end = seq_add(segment->seq, segment->length);
        if (segment->sendings > 1) {
                if (recovery->has_undo_marker && recovery->undo_retrans > 0 &&
                        seq_after(end, recovery->undo_marker))
                        recovery->undo_retrans--;
                if (segment->is_sacked)
                        event->reordered_from = seq_earlier_of(event->reordered_from, segment->seq);
        }
        if (!seq_after(end, conn->snd.una))
                return; /* the same ACK takes it away */
        if (!segment->is_sacked)
                mark(conn, event, segment);
        scoreboard_clear_retransmitted(&conn->scoreboard, segment);
}

static void take_duplicate_block(TcpConn *conn, struct ack_event *event, const struct sack_block *block)
{
        struct scoreboard *board = &conn->scoreboard;
        uint32_t index = scoreboard_index_from(board, block->left);
        for (; index < board->count && is_covered(scoreboard_at(board, index), block); index++)
                take_duplicate(conn, event, scoreboard_at(board, index));
}

/* In the order of their numbers, the first one first where it is a duplicate's: it lies in the second. */
static unsigned sort(const struct ack_event *event, bool has_dsack, const TcpConn *conn,
        struct sack_block blocks[TCP_SACK_BLOCKS_MAX])
{
        const struct tcp_options *options = &event->segment->options;
        unsigned count = 0;
        for (unsigned i = has_dsack ? 1 : 0; i < options->sack_count; i++) {
                if (!is_possible(conn, &options->sack[i], false) ||
                        !seq_after(options->sack[i].right, event->prior_una))
                        continue;
                unsigned place = count++;
                for (; place > 0 && seq_after(blocks[place - 1].left, options->sack[i].left); place--)
                        blocks[place] = blocks[place - 1];
                blocks[place] = options->sack[i];
        }
        return count;
}

static void take_blocks(TcpConn *conn, struct ack_event *event, bool has_dsack)
{
        struct sack_block blocks[TCP_SACK_BLOCKS_MAX];
        const struct sack_block *first = &event->segment->options.sack[0];
        unsigned count = sort(event, has_dsack, conn, blocks);
        if (has_dsack && is_possible(conn, first, true) && seq_after(first->right, event->prior_una))
                take_duplicate_block(conn, event, first);
        for (unsigned i = 0; i < count; i++)
                take_block(conn, event, &blocks[i]);
}

void sack_take(TcpConn *conn, struct ack_event *event)
{
        if (event->segment->options.sack_count == 0 || !sack_is_used(conn))
                return;
        event->reordered_from = conn->snd.nxt;
        bool has_dsack = take_dsack(conn, event);
        if (conn->scoreboard.count == 0)
                return;
        take_blocks(conn, event, has_dsack);
        if (conn->recovery.state != TCP_CONGESTION_LOSS || conn->recovery.has_undo_marker)
                sack_note_reordering(conn, event->reordered_from, TCP_COUNTER_SACK_REORDER);
}
