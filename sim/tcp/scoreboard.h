/*
 * What was sent and is not yet acknowledged, a record a segment, and what is known of each: selectively
 * acknowledged, lost, sent again. RFC 6675 section 3; counted as Linux counts.
 *
 *     in flight = sent - sacked - lost + retransmitted
 */
#ifndef INORDER_SCOREBOARD_H
#define INORDER_SCOREBOARD_H

#include <stdbool.h>
#include <stdint.h>
#include "tcp/ring.h"
#include "tcp/tcp_note.h"
#include "units.h"
#include "wire/seqnum.h"
#include "wire/tcp_segment.h"

struct sent_segment {
        struct seqnum seq;
        uint32_t length; /* sequence numbers, the FIN counted */
        uint16_t sendings;
        bool is_sacked;
        bool is_lost;
        bool is_retransmitted; /* sent again since it was last marked lost, and in flight */
        bool has_fin;
        uint32_t sacked_run; /* when is_sacked: this record and at least so many - 1 behind it are */
        time_ns first_sent_at;
        time_ns last_sent_at;
};

struct scoreboard {
        struct ring segments; /* of sent_segment, by sequence number, without gaps */
        uint32_t count;
        uint32_t sacked;
        uint32_t lost;
        uint32_t retransmitted;
        uint32_t retransmit_hint; /* no segment before this index waits to be sent again */
        uint32_t loss_hint;       /* every segment before this index is sacked, or was marked by its SACKs */
        struct seqnum highest_sacked_end; /* valid while sacked > 0 */
};

/* Told of a record: newly sacked, or newly marked lost. */
typedef void (*scoreboard_tell)(void *data, const struct sent_segment *segment);

/* What an acknowledgement brought; begins with the two times -1 and everything else 0. */
struct scoreboard_outcome {
        uint32_t acked_segments;  /* cumulatively: records that left, sacked ones included */
        uint32_t newly_delivered; /* records that arrived by what we just learned, cumulatively or selectively
                                   */
        uint32_t newly_sacked;
        bool acked_retransmitted; /* one of the records that left had been sent more than once */
        bool has_dsack;
        struct seq_range dsack;
        duration_ns rtt_sample; /* of the latest-sent record newly delivered and sent only once; -1: none */
        time_ns newest_delivered_sent_at; /* when the latest-sent record newly delivered was last sent; -1:
                                             none */
        scoreboard_tell on_sacked;        /* NULL, or what the caller wants to be told with */
        void *data;                       /* for on_sacked */
};

void scoreboard_init(struct scoreboard *board);
void scoreboard_clear(struct scoreboard *board);

/* New numbers went out, behind all others. */
void scoreboard_push(struct scoreboard *board, struct seqnum seq, uint32_t length, bool has_fin, time_ns now);

/* Everything before `una` has arrived. A record it cuts in two is shortened. Adds to `outcome`. */
void scoreboard_acknowledge(
        struct scoreboard *board, struct seqnum una, time_ns now, struct scoreboard_outcome *outcome);

/* The blocks of an acceptable ACK up to `ack`, between `una` and `nxt`; impossible blocks are ignored. The
 * first block may be a DSACK (RFC 2883 section 4). A record that a block covers in part is split. Adds to
 * `outcome`. */
void scoreboard_sack(struct scoreboard *board, const struct sack_block *blocks, unsigned count,
        struct seqnum ack, struct seqnum una, struct seqnum nxt, time_ns now,
        struct scoreboard_outcome *outcome);

/* Marking calls `on_lost` for each record newly marked. RFC 6675's IsLost: three segments, or more than (3 -
 * 1) * mss bytes, sacked above. Returns how many were marked. */
uint32_t scoreboard_mark_lost_by_sack(struct scoreboard *board, uint32_t duplicate_threshold, uint32_t mss,
        scoreboard_tell on_lost, void *data);
/* The first record that is not sacked, whatever has happened to it: RFC 6582's next hole. False when there is
 * none. */
bool scoreboard_mark_first_lost(struct scoreboard *board, scoreboard_tell on_lost, void *data);
/* The timer has fired: all that is not sacked. */
void scoreboard_mark_all_lost(struct scoreboard *board, scoreboard_tell on_lost, void *data);
/* This one, which is not sacked. */
void scoreboard_mark_lost(
        struct scoreboard *board, struct sent_segment *segment, scoreboard_tell on_lost, void *data);
/* The peer may have thrown its held data away. RFC 2018 section 8. */
void scoreboard_forget_sacks(struct scoreboard *board);
/* The losses were none. */
void scoreboard_unmark_lost(struct scoreboard *board);

/* The first record neither sacked nor lost below the highest one sacked: RFC 6675, NextSeg() rule (3). NULL
 * when there is none. */
struct sent_segment *scoreboard_next_hole(struct scoreboard *board);
/* The first record marked lost and not in flight again; NULL when there is none. It stays valid until the
 * next call that changes the scoreboard. */
struct sent_segment *scoreboard_next_lost(struct scoreboard *board);
/* Cut a record in two, so that its first part takes `length` numbers. */
struct sent_segment *scoreboard_split(
        struct scoreboard *board, struct sent_segment *segment, uint32_t length);
void scoreboard_retransmitted(struct scoreboard *board, struct sent_segment *segment, time_ns now);

/* The record that holds `seq`, NULL when none does; and the oldest. */
struct sent_segment *scoreboard_find(const struct scoreboard *board, struct seqnum seq);
struct sent_segment *scoreboard_first(const struct scoreboard *board);

static inline uint32_t scoreboard_in_flight(const struct scoreboard *board)
{
        return board->count - board->sacked - board->lost + board->retransmitted;
}

void scoreboard_check(const struct scoreboard *board);

#endif
