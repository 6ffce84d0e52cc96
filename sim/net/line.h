/*
 * The line behind a transmitter: fault rules, then loss, corruption, duplication, jitter and reordering; then
 * propagation. Every packet on it has an event of its own, since it may overtake others.
 *
 * For link*.c alone.
 */
#ifndef INORDER_LINE_H
#define INORDER_LINE_H

#include "net/link_private.h"

#define LINE_COPIES_IN_NAME 16 /* the kth copy made of a packet with copy c has 16 c + k */

struct line {
        Link *link;
        struct impair impair;
        GQueue propagating; /* struct in_flight */
        GQueue held;        /* the same: kept by fault rules, or until so many have passed */
        struct in_flight *unused;
        time_ns last_in_order; /* no packet that keeps order arrives before this */
};

/* Without luck; its owner gives it that. */
void line_init(struct line *line, Link *link);
/* Frees the packets on it. */
void line_clear(struct line *line);

/* Takes a packet whose transmission has just ended. */
void line_carry(struct line *line, struct packet *packet, time_ns now);
/* The same for one that a broken link drops: its luck is spent. */
void line_break(struct line *line, struct packet *packet, enum drop_reason reason);

/* Everything held goes on now. Returns how many. */
unsigned line_release_held(struct line *line, time_ns now);
uint64_t line_in_flight(const struct line *line);

#endif
