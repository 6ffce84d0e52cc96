/*
 * A queue whose decisions are read from a log, or written to one.
 *
 * While packets wait, their ordinal is the number under which they were offered.
 */
#ifndef INORDER_QUEUE_SCRIPT_H
#define INORDER_QUEUE_SCRIPT_H

#include "net/link_evented.h"

/* What a queue of a world with a replay is: its order without its decisions. */
void queue_script_disarm(const struct evented_link *evented, struct queue_config *config);
/* The replay's word on a packet that is offered: why it is refused, NULL when it is not. It may be marked. */
const char *queue_script_refusal(struct evented_link *evented, struct packet *packet);
/* Those that go for this packet, and those that go when a rule has made another queue. */
void queue_script_push_out(struct evented_link *evented, const struct packet *pusher);
void queue_script_change(struct evented_link *evented);

/* For the record. */
void queue_script_note(const struct evented_link *evented, enum path_event_kind kind, uint64_t number,
        const struct packet *packet, const char *reason);

/* Who comes, while he is still there; and who goes for him. */
struct queue_pusher {
        uint64_t number;
        bool has_name;
        struct segment_name name;
};
struct queue_pusher queue_script_pusher(const struct evented_link *evented, const struct packet *packet);
void queue_script_note_pushed(const struct evented_link *evented, const struct queue_pusher *pusher,
        const struct packet *packet, const char *reason);

#endif
