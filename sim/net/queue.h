/*
 * What waits before a link's transmitter, who is turned away, and who is marked. One discipline a file, each a
 * `const struct queue_ops`.
 *
 * A discipline may lose packets whenever it is asked something: those stand in a list of its own until the
 * link takes them from there.
 */
#ifndef INORDER_QUEUE_H
#define INORDER_QUEUE_H

#include <stdbool.h>
#include "engine/rng.h"
#include "net/codel.h"
#include "net/packet.h"

/* Of which packets a limit is. */
enum queue_count {
        QUEUE_COUNTS_WAITING,
        QUEUE_COUNTS_LINK, /* also those in transmission and on the line, as netem's */
};

struct queue_config {
        const struct queue_ops *ops; /* queue_droptail */
        uint32_t limit_packets;      /* the packet being sent not counted; 0: no limit of this kind */
        uint64_t limit_bytes;        /* IP bytes; 0: no limit of this kind */
        enum queue_count counts;     /* droptail */
        uint32_t limit_thousandth_bdp; /* until the scenario's link is known; 0: as above */
        bool ecn;                    /* mark, where that is defined, packets that ask for it */
        duration_ns target;          /* CoDel, FQ-CoDel, PIE: the delay that may stay */
        duration_ns interval;        /* CoDel, FQ-CoDel: the worst round trip; PIE: between updates */
        uint32_t flows;              /* FQ-CoDel */
        uint32_t quantum;            /* FQ-CoDel: bytes */
        uint32_t least;              /* RED: packets on average from which on some are dropped … */
        uint32_t most;               /* … and this many, `probability` of them */
        struct probability probability; /* RED */
        struct probability weight;      /* RED: of the newest length in the average */
        bool gentle;                    /* RED: from `most` to its double the probability grows to 1 */
        bool hard_drop;                 /* RED: beyond `most` even what could be marked is dropped */
        uint32_t alpha;                 /* PIE: sixteenths a second */
        uint32_t beta;
        duration_ns burst;             /* PIE: what may pass unharmed after a calm */
        struct probability ecn_most;   /* PIE: above this probability packets are dropped all the same */
        /* The link's. */
        const char *(*fate_at_head)(const void *data, const struct packet *packet); /* NULL: CoDel decides */
        const void *fate_data;
        rate_bps rate;
        struct rng_stream luck;
};

/* RED. */
struct red {
        uint64_t average; /* packets, 32 bits of them behind the point */
        uint64_t count;   /* packets since the last drop */
        time_ns idle_since;
        bool is_idle;
};

/* PIE. */
struct pie {
        uint64_t probability; /* 2^56 is 1 */
        uint64_t accumulated;
        duration_ns delay;
        duration_ns old_delay;
        duration_ns burst_left;
        time_ns next_update;
};

struct fq_codel;

struct queue {
        struct queue_config config;
        struct packet *head;
        struct packet *tail;
        uint32_t packets;
        uint64_t bytes;
        uint64_t offered;        /* packets so far: names their luck */
        uint64_t marked;         /* so far */
        struct packet *dropped;  /* lost since the link last asked … */
        const char *drop_reason; /* … for this reason */
        union {
                struct red red;
                struct codel codel;
                struct pie pie;
                struct fq_codel *fq_codel;
        };
};

/* Whether a packet is the one. */
typedef bool (*queue_picks)(const void *data, const struct packet *packet);

struct queue_ops {
        const char *name;
        struct queue_config defaults; /* of the parameters; ops is not filled in */
        bool takes_turns; /* not first in, first out */
        void (*init)(struct queue *queue);  /* NULL: nothing to do */
        void (*clear)(struct queue *queue); /* the same; no packet is left */
        /* Takes the packet, or answers why not ("queue-full", "aqm") and leaves it with the caller. */
        const char *(*offer)(struct queue *queue, struct packet *packet, time_ns now);
        /* The next to be sent, NULL when none waits. */
        struct packet *(*take)(struct queue *queue, time_ns now);
        /* Where packets are not all in the queue's own list; NULL: they are. */
        struct packet *(*remove)(struct queue *queue);
        struct packet *(*extract)(struct queue *queue, queue_picks is_meant, const void *data);
        void (*forget_account)(struct queue *queue, const struct device_account *account);
};

extern const struct queue_ops queue_droptail;
extern const struct queue_ops queue_drophead;
extern const struct queue_ops queue_red;
extern const struct queue_ops queue_codel;
extern const struct queue_ops queue_fq_codel;
extern const struct queue_ops queue_pie;
/* All of them, NULL at the end. */
extern const struct queue_ops *const queue_disciplines[];
const struct queue_ops *queue_ops_find(const char *name);

void queue_init(struct queue *queue, const struct queue_config *config);
/* Nothing is in it any more. */
void queue_close(struct queue *queue);
const char *queue_offer(struct queue *queue, struct packet *packet, time_ns now);
struct packet *queue_take(struct queue *queue, time_ns now);
/* Any packet, whatever the discipline; NULL when none waits. */
struct packet *queue_remove(struct queue *queue);
/* The first that is meant; NULL: it does not wait. */
struct packet *queue_extract(struct queue *queue, queue_picks is_meant, const void *data);
/* One that the discipline lost; NULL: none. */
struct packet *queue_next_dropped(struct queue *queue);
void queue_forget_account(struct queue *queue, const struct device_account *account);

/* For disciplines: the list itself. */
void queue_append(struct queue *queue, struct packet *packet);
struct packet *queue_remove_head(struct queue *queue); /* NULL when none waits */
/* Whether one more of `size` bytes is within both limits. */
bool queue_has_room(const struct queue *queue, uint32_t size);
void queue_lose(struct queue *queue, struct packet *packet, const char *reason);
/* Mark it when the queue marks and the packet can be. */
bool queue_mark(struct queue *queue, struct packet *packet);

/* Whether one more packet of `size` bytes fits behind `packets` and `bytes` waiting: droptail's rule as a
 * pure function, for the link that computes its departures ahead. */
bool queue_droptail_has_room(
        const struct queue_config *config, uint32_t packets, uint64_t bytes, uint32_t size);

#endif
