/*
 * What a ladder writes beside a packet, in a few words: "R 2897:4345 (1448)  fast retransmit".
 */
#ifndef INORDER_LADDER_TEXT_H
#define INORDER_LADDER_TEXT_H

#include "report/segment_table.h"

/* No longer than this, so that it stays on the page. */
#define LADDER_TEXT_CHARACTERS 62

/* What it is, and what became of it if that was not to arrive in order. The caller frees. */
char *ladder_text(const SegmentTable *table, const struct segment *segment);
/* Which of the template's inks it has: "data", "lost" … */
const char *ladder_ink(const SegmentTable *table, const struct segment *segment);

#endif
