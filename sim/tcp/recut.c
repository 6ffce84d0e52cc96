/*
 * Segments that were sent together and have had the same fate since are in one buffer on Linux, which keeps
 * bytes and a size only: what of it is sent again, and its rest, are cut by the segment size of now
 * (tcp_fragment, tcp_set_skb_tso_segs). So a size that has changed meanwhile, for the path or for SACK blocks
 * to tell, and an acknowledgement in the middle of a segment, change the segments behind.
 */
#include "tcp/recut.h"

#include <glib.h>

static uint32_t payload_length(const struct sent_segment *record)
{
        return record->length - record->has_fin;
}

static bool are_one(const struct sent_segment *record, const struct sent_segment *other)
{
        return record->burst == other->burst && record->is_sacked == other->is_sacked &&
               record->is_lost == other->is_lost && record->is_retransmitted == other->is_retransmitted;
}

uint32_t recut_buffer_end(const struct scoreboard *board, uint32_t index)
{
        const struct sent_segment *record = scoreboard_at(board, index);
        do {
                index++;
        } while (index < board->count && are_one(record, scoreboard_at(board, index)));
        return index;
}

static bool is_cut_right(const struct scoreboard *board, uint32_t index, uint32_t end, uint32_t mss)
{
        for (; index + 1 < end; index++) {
                if (payload_length(scoreboard_at(board, index)) != mss)
                        return false;
        }
        return payload_length(scoreboard_at(board, index)) <= mss;
}

static void cut(struct scoreboard *board, uint32_t index, uint32_t end, uint32_t mss)
{
        struct sent_segment *record = scoreboard_at(board, index);
        for (uint32_t i = index + 1; i < end; i++)
                record = scoreboard_join_next(board, record);
        while (payload_length(record) > mss) {
                scoreboard_split(board, record, mss);
                record = scoreboard_at(board, ++index);
        }
}

void recut_from(struct scoreboard *board, uint32_t index, uint32_t mss)
{
        uint32_t end = recut_buffer_end(board, index);
        if (!scoreboard_at(board, index)->is_sacked && !is_cut_right(board, index, end, mss))
                cut(board, index, end, mss);
}

uint32_t recut_last(struct scoreboard *board, uint32_t mss)
{
        uint32_t last = board->count - 1;
        uint32_t first = last;
        while (first > 0 && are_one(scoreboard_at(board, last), scoreboard_at(board, first - 1)))
                first--;
        if (first < last)
                recut_from(board, first, mss);
        return MIN(last, board->count - 1);
}
