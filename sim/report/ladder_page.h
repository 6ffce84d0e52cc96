/*
 * One page of a ladder: two life lines, time downward, an arrow for each packet and its words beside it.
 */
#ifndef INORDER_LADDER_PAGE_H
#define INORDER_LADDER_PAGE_H

#include "report/note_table.h"
#include "report/packet_path.h"
#include "report/plot_context.h"
#include "report/reassembly_table.h"

/* What all pages share. */
struct ladder {
        const struct plot_context *context;
        const PacketPaths *paths;
        const char *left;
        const char *right;
        const GArray *holes; /* struct hole */
        const NoteTable *notes;
};

/* Draw the packets `segments` (const struct segment *), in the order of sending, at least one. */
void ladder_page_draw(const struct ladder *ladder, const GPtrArray *segments, Picture *picture);

/* On which side the words of a packet stand: its sender's, unless that is neither of the two hosts. */
bool ladder_is_right(const struct ladder *ladder, const struct segment *segment);

#endif
