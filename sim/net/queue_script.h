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
/* Those that go for the `number`th packet that is offered (PATH_PUSHED_OUT) or queue that is made (PATH_AT_CHANGE). */
void queue_script_push_out(struct evented_link *evented, enum path_event_kind kind, uint64_t number);

/* For the record. */
void queue_script_note(const struct evented_link *evented, enum path_event_kind kind, uint64_t number,
        const struct packet *packet, const char *reason);

#endif
