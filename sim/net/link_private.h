/*
 * What the two kinds of link share. For link*.c and line.c alone.
 */
#ifndef INORDER_LINK_PRIVATE_H
#define INORDER_LINK_PRIVATE_H

#include "net/link.h"

struct link_ops {
        const char *name;
        void (*offer)(Link *link, struct packet *packet, time_ns now);
        /* Everything that is over at `now` has happened, whether or not its event has run. */
        void (*settle)(Link *link, time_ns now);
        time_ns (*room_time)(const Link *link, const struct device_account *account, uint32_t limit);
        void (*forget_account)(Link *link, const struct device_account *account);
        void (*lose_power)(Link *link, time_ns now); /* NULL: it never does */
        unsigned (*release_held)(Link *link, time_ns now);
        uint64_t (*in_flight)(const Link *link);
        void (*free)(Link *link);
};

/* The first member of either kind. */
struct Link {
        const struct link_ops *ops;
        struct net_context *context;
        struct packet_sink sink;
        uint32_t owner;
        uint32_t number;
        unsigned direction;
        uint32_t mtu;
        rate_bps rate;
        duration_ns delay;
        uint64_t last_ordinal;
        uint32_t last_size; /* of the packet that went last, and how long that took: two divisions saved on the next */
        duration_ns last_transmission;
        uint64_t highest_arrived; /* ordinal */
        void (*departing)(void *data, struct device_account *account);
        void *departing_data;
        void (*mtu_changed)(void *data);
        void *mtu_changed_data;
        struct trace_link settings; /* what the trace tells of it; rate, delay and MTU are above */
};

/* What a hop's record tells of the line. */
struct hop_facts {
        const char *rules; /* of those that fired; "-" none */
        bool is_duplicate;
        bool is_entry_copy;
        bool is_marked;
        bool is_corrupted;
        bool is_delayed;
};
extern const struct hop_facts hop_facts_plain;

/* The two kinds; link_new() chooses. `common` is copied into the new link. */
Link *plain_link_new(const Link *common, const struct link_config *config);
Link *evented_link_new(const Link *common, const struct link_config *config);

/* The one place where a size becomes a time: rounded up, so that a rate is never exceeded. */
static inline duration_ns link_transmission_time(rate_bps rate, uint64_t size)
{
        if (rate == 0)
                return 0;
        uint64_t bits_and_seconds = size * 8 * SECOND;
        return (duration_ns)(bits_and_seconds / rate + (bits_and_seconds % rate != 0));
}

/* Of the scenario's queue: a log that is replayed needs another. */
void link_set_queue_settings(Link *link, const struct queue_config *queue);

/* The stages of a packet's way, in order. */
void link_charge(struct packet *packet);
void link_uncharge(struct packet *packet);
void link_begin_transmission(Link *link, struct packet *packet, time_ns now);
void link_end_transmission(Link *link, struct packet *packet);
struct event_key link_arrival_key(const Link *link, const struct packet *packet, uint32_t copy);
void link_deliver(Link *link, struct packet *packet, const struct hop_facts *facts);
/* Or its end on this link. */
void link_drop(Link *link, struct packet *packet, enum drop_reason reason, const struct hop_facts *facts);

#endif
