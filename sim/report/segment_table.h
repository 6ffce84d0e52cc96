/*
 * The packets of one transfer, put together again from segments.csv: each packet with all its hops.
 */
#ifndef INORDER_SEGMENT_TABLE_H
#define INORDER_SEGMENT_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "units.h"

/* One meaning, one mark in every picture. */
enum segment_kind {
        SEGMENT_DATAGRAM,
        SEGMENT_CONTROL, /* SYN, FIN or RST, and no data */
        SEGMENT_DATA,
        SEGMENT_RETRANSMISSION,
        SEGMENT_PROBE, /* into a closed window, or to see whether somebody is there */
        SEGMENT_ACK,
        SEGMENT_DUPLICATE_ACK,
        SEGMENT_KINDS,
};
/* "data", as the series of pictures call it. */
const char *segment_kind_name(enum segment_kind kind);

#define NO_HOP UINT_MAX

/* A packet on one link. Times that it did not reach are TIME_NEVER. */
struct segment_hop {
        const char *link;
        const char *near;
        const char *far;
        const char *drop; /* "-": it arrived */
        const char *rule; /* of the faults; "-": none */
        bool is_reordered;
        bool is_duplicate; /* a copy that this link made */
        bool is_corrupted;
        time_ns t_enqueue;
        time_ns t_tx;
        time_ns t_tx_end;
        time_ns t_arrive;
        unsigned next; /* where it went on; NO_HOP */
};

/* A packet, or a copy of it that was made on the way. Texts belong to the table; "-" is none. */
struct segment {
        enum segment_kind kind;
        const char *packet; /* "www#35" */
        int64_t copy;       /* 0: the original */
        const char *from;
        const char *to;
        int64_t from_port;
        int64_t to_port;
        int64_t connection; /* of the sending host */
        const char *flags;
        const char *why;
        const char *sack;
        bool is_dsack;
        int64_t seq; /* relative: the first byte of a stream is 1 */
        int64_t ack; /* -1: none */
        int64_t payload;
        int64_t window;
        int64_t duplicate_number; /* of a duplicate ACK: how many in a row, this one included */
        const char *refused;      /* a host or router threw it away: why */
        const char *refused_by;
        unsigned first_hop;
        unsigned last_hop;
};

/* What pictures write at it: "R" sent again, "R!" after a timeout, "P" a probe; NULL: nothing. */
const char *segment_letter(const struct segment *segment);

typedef struct SegmentTable SegmentTable;

/* Everything of `transfer` in the run's `directory`, in the order of sending. */
SegmentTable *segment_table_read(const char *directory, const char *transfer, GError **error);
void segment_table_free(SegmentTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SegmentTable, segment_table_free)

unsigned segment_table_count(const SegmentTable *table);
const struct segment *segment_table_at(const SegmentTable *table, unsigned index);
const struct segment_hop *segment_table_hop(const SegmentTable *table, unsigned hop);
const struct segment_hop *segment_first_hop(const SegmentTable *table, const struct segment *segment);
const struct segment_hop *segment_last_hop(const SegmentTable *table, const struct segment *segment);

/* When its first bit went out, or when it was refused the way. */
time_ns segment_sent(const SegmentTable *table, const struct segment *segment);
/* When it reached its host; TIME_NEVER: it did not. */
time_ns segment_arrived(const SegmentTable *table, const struct segment *segment);
/* Lost on a link, or thrown away by a host or router. */
bool segment_is_lost(const SegmentTable *table, const struct segment *segment);
bool segment_is_reordered(const SegmentTable *table, const struct segment *segment);

#endif
