/*
 * What waits before a link's transmitter, and who is turned away. One discipline a file, each a `const struct
 * queue_ops`.
 */
#ifndef INORDER_QUEUE_H
#define INORDER_QUEUE_H

#include <stdbool.h>
#include "net/packet.h"

struct queue_config {
        const struct queue_ops *ops; /* queue_droptail */
        uint32_t limit_packets;      /* the packet being sent not counted; 0: no limit of this kind */
        uint64_t limit_bytes;        /* IP bytes; 0: no limit of this kind */
};

struct queue {
        struct queue_config config;
        struct packet *head;
        struct packet *tail;
        uint32_t packets;
        uint64_t bytes;
};

struct queue_ops {
        const char *name;
        /* Takes the packet, or answers why not ("queue-full") and leaves it with the caller. */
        const char *(*offer)(struct queue *queue, struct packet *packet, time_ns now);
        /* The next to be sent, NULL when none waits. */
        struct packet *(*take)(struct queue *queue, time_ns now);
};

extern const struct queue_ops queue_droptail;
const struct queue_ops *queue_ops_find(const char *name);

void queue_init(struct queue *queue, const struct queue_config *config);
const char *queue_offer(struct queue *queue, struct packet *packet, time_ns now);
struct packet *queue_take(struct queue *queue, time_ns now);

/* For disciplines: the list itself. */
void queue_append(struct queue *queue, struct packet *packet);
struct packet *queue_remove_head(struct queue *queue); /* NULL when none waits */

/* Whether one more packet of `size` bytes fits behind `packets` and `bytes` waiting: droptail's rule as a
 * pure function, for the link that computes its departures ahead. */
bool queue_droptail_has_room(
        const struct queue_config *config, uint32_t packets, uint64_t bytes, uint32_t size);

#endif
