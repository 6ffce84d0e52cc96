/*
 * CoDel's control law, for one queue or for each of FQ-CoDel's. RFC 8289 section 4 and 5.
 */
#ifndef INORDER_CODEL_H
#define INORDER_CODEL_H

#include "net/packet.h"

struct queue;

struct codel {
        time_ns first_above; /* when the delay will have been above target for an interval; 0: it is not */
        time_ns drop_next;
        uint32_t count; /* drops since dropping began */
        uint32_t last_count;
        bool is_dropping;
        uint32_t largest; /* bytes of the largest packet so far: less than that is no queue */
};

/* Where CoDel's packets are. */
struct codel_source {
        struct queue *queue; /* whose parameters count, and who loses packets */
        struct packet *(*take)(void *list); /* the oldest; NULL: none */
        void *list;
        const uint64_t *bytes; /* that are left there */
};

void codel_note_size(struct codel *codel, uint32_t size);
/* The next to be sent, after those before it that were dropped; NULL: none. */
struct packet *codel_take(struct codel *codel, const struct codel_source *source, time_ns now);

/* interval / sqrt(count), rounded down. */
duration_ns codel_step(duration_ns interval, uint32_t count);

#endif
