/*
 * What was sent and is not yet acknowledged, a record a segment, and what is known of each: selectively
 * acknowledged, lost, sent again. RFC 6675 section 3; counted as Linux counts.
 *
 *     in flight = sent - sacked - assumed - lost + retransmitted
 *
 * Records are named by their index, from the oldest on; whatever adds or removes one moves the others.
 */
#ifndef INORDER_SCOREBOARD_H
#define INORDER_SCOREBOARD_H

#include <stdbool.h>
#include <stdint.h>
#include "tcp/ring.h"
#include "units.h"
#include "wire/seqnum.h"

#define SCOREBOARD_NONE UINT32_MAX
#define SCOREBOARD_EDGES 4 /* SACK blocks of an ACK */

/* What a delivery-rate sample needs to know of the moment of sending. */
struct delivery_mark {
        uint32_t delivered;
        time_ns delivered_at; /* -1: used already */
        time_ns first_sent_at;
        bool app_limited;
};

struct sent_segment {
        struct seqnum seq;
        uint32_t length; /* sequence numbers, the FIN counted */
        uint16_t sendings;
        bool is_sacked;
        bool is_lost;
        bool is_retransmitted; /* sent again as lost, and not known to be lost again */
        bool has_fin;
        bool has_push; /* a write ends here */
        bool is_listed; /* in the list by time of sending */
        uint32_t sacked_run; /* when is_sacked: this record and at least so many - 1 behind it are */
        uint32_t burst;      /* which it was part of: what Linux has in one buffer */
        uint32_t older;      /* its neighbours in the list by time of sending: index + base */
        uint32_t newer;
        time_ns first_sent_at;
        time_ns last_sent_at;
        struct delivery_mark mark;
};

struct scoreboard {
        BlockPool *blocks;
        struct ring segments; /* of sent_segment, by sequence number, without gaps */
        uint32_t base;        /* records that have left: index + base stays */
        uint32_t count;
        uint32_t sacked;
        uint32_t assumed; /* without SACK: duplicate ACKs, each of which stands for a segment that arrived */
        uint32_t lost;
        uint32_t retransmitted;
        uint32_t retransmit_hint; /* no segment before this index waits to be sent again */
        uint32_t loss_hint;       /* every segment before this index is sacked, or was marked by its SACKs */
        uint32_t oldest;          /* ends of the list by time of sending: index + base, or SCOREBOARD_NONE */
        uint32_t newest;
        struct seqnum highest_sacked_end; /* valid while sacked > 0 */
        uint32_t edges[SCOREBOARD_EDGES]; /* where SACK blocks began of late: index + base; perhaps nothing begins there now */
        uint32_t next_edge;               /* the one to be forgotten next */
};

void scoreboard_init(struct scoreboard *board, BlockPool *blocks);
void scoreboard_clear(struct scoreboard *board);

/* New numbers went out, behind all others. */
struct sent_segment *scoreboard_push(
        struct scoreboard *board, struct seqnum seq, uint32_t length, bool has_fin, time_ns now);
/* Once more: `as_lost`, or without a word of its loss (a probe). */
void scoreboard_retransmitted(
        struct scoreboard *board, struct sent_segment *segment, bool as_lost, time_ns now);

/* The oldest `gone` records leave; the next one is shortened when `una` lies within it. */
void scoreboard_drop(struct scoreboard *board, uint32_t gone, struct seqnum una);

/* ---- Looking ---- */

struct sent_segment *scoreboard_at(const struct scoreboard *board, uint32_t index);
/* The record that holds `seq`, NULL when none does; the oldest, and the newest. */
struct sent_segment *scoreboard_find(const struct scoreboard *board, struct seqnum seq);
struct sent_segment *scoreboard_first(const struct scoreboard *board);
struct sent_segment *scoreboard_last(const struct scoreboard *board);
/* The index of the first record that begins at `seq` or behind it; `count` when none does. */
uint32_t scoreboard_index_from(const struct scoreboard *board, struct seqnum seq);
/* The same where a SACK block begins, most of which begin where one of the last ACKs' did. */
uint32_t scoreboard_index_of_edge(struct scoreboard *board, struct seqnum seq);
/* The first record at `index` or behind it that is not sacked; `count` when all are. */
uint32_t scoreboard_next_not_sacked(const struct scoreboard *board, uint32_t index);
/* By time of sending, those that were neither sacked nor given up there: the longest out, and the next. NULL
 * at the end. */
struct sent_segment *scoreboard_longest_out(const struct scoreboard *board);
struct sent_segment *scoreboard_next_sent(
        const struct scoreboard *board, const struct sent_segment *segment);
/* The first record marked lost and not in flight again; NULL when there is none. It stays valid until the
 * next call that changes the scoreboard. */
struct sent_segment *scoreboard_next_lost(struct scoreboard *board);
/* The first record neither sacked nor lost below the highest one sacked: RFC 6675, NextSeg() rule (3). NULL
 * when there is none. */
struct sent_segment *scoreboard_next_hole(struct scoreboard *board);
/* One record above which so much was sacked, by RFC 6675's IsLost (so many segments, or more than (so many -
 * 1) * mss bytes), that it is lost, and neither marked so far nor looked at; NULL when there is none. */
struct sent_segment *scoreboard_next_lost_by_sack(struct scoreboard *board, uint32_t segments, uint32_t mss);

static inline uint32_t scoreboard_sacked_out(const struct scoreboard *board)
{
        return board->sacked + board->assumed;
}

/* What is not in the network any more, as far as one knows. */
static inline uint32_t scoreboard_left_out(const struct scoreboard *board)
{
        return board->sacked + board->assumed + board->lost;
}

static inline uint32_t scoreboard_in_flight(const struct scoreboard *board)
{
        return board->count - board->sacked - board->assumed - board->lost + board->retransmitted;
}

/* ---- Marking ---- */

void scoreboard_mark_sacked(struct scoreboard *board, struct sent_segment *segment);
/* Lost, or lost again. False when it was known already. */
bool scoreboard_mark_lost(struct scoreboard *board, struct sent_segment *segment);
/* The retransmission is not in the network any more. */
void scoreboard_clear_retransmitted(struct scoreboard *board, struct sent_segment *segment);
/* Out of the list by time of sending, until it is sent again. */
void scoreboard_unlist(struct scoreboard *board, struct sent_segment *segment);
/* The peer may have thrown its held data away. RFC 2018 section 8. */
void scoreboard_forget_sacks(struct scoreboard *board);
/* The losses were none. */
void scoreboard_unmark_lost(struct scoreboard *board);

/* ---- Cutting ---- */

/* Cut a record in two, so that its first part takes `length` numbers. */
struct sent_segment *scoreboard_split(
        struct scoreboard *board, struct sent_segment *segment, uint32_t length);
/* Join the record behind this one, which is not sacked, to it; returns where it is then. */
struct sent_segment *scoreboard_join_next(struct scoreboard *board, struct sent_segment *segment);

void scoreboard_check(const struct scoreboard *board);

#endif
