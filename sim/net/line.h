/*
 * The line behind a transmitter: fault rules, then loss, corruption, duplication, jitter and reordering; then
 * propagation. Every packet on it has an event of its own, since it may overtake others; where it delivers in
 * slots, those whose delay is over gather for one.
 *
 * For link*.c alone.
 */
#ifndef INORDER_LINE_H
#define INORDER_LINE_H

#include "net/link_private.h"

struct line {
        Link *link;
        struct impair impair;
        GQueue propagating; /* struct in_flight */
        GQueue held;        /* the same: kept by fault rules, or until so many have passed */
        GQueue gathered;    /* the same: their delay ends at t_arrive, in that order, and then they wait */
        struct in_flight *unused;
        time_ns last_in_order; /* no packet that keeps order arrives before this */
        bool has_slots;
        struct slot_gate gate; /* has_slots */
        struct event opening;  /* when the first of those gathered may go, or a slot must be found for it */
        time_ns delivered_at;  /* by a slot, the last time; and the number of that arrival */
        uint64_t delivered_number;
};

/* Without luck; its owner gives it that. */
void line_init(struct line *line, Link *link);
/* Frees the packets on it. */
void line_clear(struct line *line);

/* Takes a packet whose transmission has just ended. */
void line_carry(struct line *line, struct packet *packet, time_ns now);
/* The same for one that a broken link drops: its luck is spent. */
void line_break(struct line *line, struct packet *packet, enum drop_reason reason);

/* Slots as they are from now on; none: whoever waits for one goes when its delay is over. */
void line_set_slots(struct line *line, const struct slot_config *config, const struct rng_stream *stream);
/* has_slots: a packet has come to the link. */
void line_slots_look(struct line *line, time_ns now);

/* Everything held goes on now. Returns how many. */
unsigned line_release_held(struct line *line, time_ns now);
uint64_t line_in_flight(const struct line *line);

#endif
