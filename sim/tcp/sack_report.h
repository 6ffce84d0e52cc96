/*
 * The SACK blocks that we send. RFC 2018 section 4: the first names the segment that has just come, the others
 * repeat the last ones sent; RFC 2883: before them, what came twice. As Linux keeps them (tcp_sack_new_ofo_skb).
 *
 * Numbers are sequence numbers, those of FINs included.
 */
#ifndef INORDER_SACK_REPORT_H
#define INORDER_SACK_REPORT_H

#include <stdbool.h>
#include "wire/tcp_segment.h"

#define SACK_REPORT_BLOCKS 4

struct sack_report {
        struct sack_block blocks[SACK_REPORT_BLOCKS]; /* the latest first; older ones are forgotten */
        unsigned count;
        bool has_duplicate;
        struct sack_block duplicate; /* reported once */
};

/* A segment behind a hole has come. */
void sack_report_add(struct sack_report *report, struct seqnum left, struct seqnum right);
/* RCV.NXT has moved to `next`; `holds_more`: something is still held. */
void sack_report_advance(struct sack_report *report, struct seqnum next, bool holds_more);
/* Came twice: the first range, or one more of the same segment. */
void sack_report_set_duplicate(struct sack_report *report, struct seqnum left, struct seqnum right);
void sack_report_extend_duplicate(struct sack_report *report, struct seqnum left, struct seqnum right);

/* The furthest right edge reported; false when nothing is. RFC 5961 section 3.2 as Linux extends it. */
bool sack_report_right_edge(const struct sack_report *report, struct seqnum *edge);

/* Fill in at most `room` blocks, after which the duplicate has been reported. */
void sack_report_fill(struct sack_report *report, struct tcp_options *options, unsigned room);

#endif
