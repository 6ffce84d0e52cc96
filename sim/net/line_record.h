/*
 * Packets on a line, and what line.c and line_slots.c do with them. For these two alone.
 */
#ifndef INORDER_LINE_RECORD_H
#define INORDER_LINE_RECORD_H

#include "net/line.h"

/* A packet on the line, held there, or waiting for a slot. */
struct in_flight {
        struct event arrival;
        struct line *line;
        struct packet *packet;
        struct hop_facts facts;
        uint32_t copy;      /* among those of this hop */
        int hold_rule;      /* held until this rule releases it … */
        bool hold_for_next; /* … or the next packet comes */
        uint32_t lets_pass; /* held until so many more have passed, or its time has come; 0: it is not so */
        bool is_early;      /* it waits for no slot */
        GQueue *list;       /* propagating, held or gathered … */
        GList place;        /* … and there */
        struct in_flight *next_unused;
};

/* At packet->t_arrive, whatever slots there are. */
void line_propagate(struct line *line, struct in_flight *record);

/* Its delay ends at packet->t_arrive, and then it waits for a slot. */
void line_slots_gather(struct line *line, struct in_flight *record);
void line_slots_init(struct line *line);

#endif
