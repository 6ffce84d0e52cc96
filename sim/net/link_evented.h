/*
 * The inside of the link that has an event for each transmission. For link_evented.c and link_change.c alone.
 */
#ifndef INORDER_LINK_EVENTED_H
#define INORDER_LINK_EVENTED_H

#include "net/line.h"

struct evented_link;

/* A rule of the scenario that acts on this link at its time. */
struct timed_rule {
        struct evented_link *evented;
        unsigned index;
        struct event event;
};

struct evented_link {
        Link link;
        char *label; /* names its luck, with the seed */
        uint64_t seed;
        bool has_entry;
        struct impair entry; /* has_entry: luck before the queue */
        uint64_t entered;    /* packets that came to the entry … */
        uint64_t offered;    /* … and to the queue */
        uint64_t changes;    /* of the queue, by rules */
        bool is_shaped;
        struct shaper shaper;   /* is_shaped: it says how long transmissions take */
        bool sees_every_packet; /* the queue, also those that need not wait */
        struct queue queue;
        struct packet *transmitting; /* NULL: the transmitter is free, and the queue empty */
        struct event end_of_transmission;
        bool is_cut; /* the link went down during this transmission, or its owner lost power … */
        enum drop_reason cut_by; /* … whichever was first */
        bool is_down;
        time_ns down_until;
        struct event up_again;
        struct timed_rule *timed;
        unsigned timed_count;
        struct line line;
};

/* Everything that is over at `now` has happened. */
void evented_link_settle(struct evented_link *evented, time_ns now);
/* One that waited, or would have, ends here. */
void evented_link_drop_waiting(struct evented_link *evented, struct packet *packet, enum drop_reason reason);
/* What a discipline calls it. */
enum drop_reason evented_link_reason(const char *name);

/* What it is made of. A queue that is replaced is empty. */
void evented_link_set_rate(struct evented_link *evented, rate_bps rate, const struct shaper_config *shape);
void evented_link_set_queue(struct evented_link *evented, const struct queue_config *config);
void evented_link_set_impair(struct evented_link *evented, const struct impair_config *impair);

/* The rules of the scenario that act on this link at a time, and those that do so behind a packet. */
void link_change_expect(struct evented_link *evented);
void link_change_clear(struct evented_link *evented);
void link_change_lose_power(Link *link, time_ns now);

#endif
