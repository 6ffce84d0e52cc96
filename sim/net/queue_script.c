/*
 * Queues by the book.
 */
#include "net/queue_script.h"

/* Why the packet that has come to its queue's head goes no further. */
static const char *fate_at_head(const void *data, const struct packet *packet)
{
        const struct evented_link *evented = data;
        const Link *link = &evented->link;
        unsigned count;
        const struct path_event *events = path_log_find(
                link->context->replay, link->number, link->direction, PATH_QUEUE, packet->ordinal, &count);
        for (unsigned i = 0; i < count; i++) {
                if (events[i].kind == PATH_AT_HEAD)
                        return events[i].reason;
        }
        return NULL;
}

void queue_script_disarm(const struct evented_link *evented, struct queue_config *config)
{
        if (evented->link.context->replay == NULL)
                return;
        bool has_turns_or_codel = config->ops == &queue_codel || config->ops == &queue_fq_codel;
        if (!has_turns_or_codel)
                config->ops = &queue_droptail;
        config->limit_packets = 0;
        config->limit_bytes = 0;
        config->fate_at_head = fate_at_head;
        config->fate_data = evented;
}

static void mark(struct evented_link *evented, struct packet *packet)
{
        if (!packet_mark_ce(packet))
                return;
        evented->link.context->counts.marked++;
        queue_script_note(evented, PATH_MARK, packet->ordinal, packet, NULL);
}

const char *queue_script_refusal(struct evented_link *evented, struct packet *packet)
{
        const Link *link = &evented->link;
        const char *refusal = NULL;
        unsigned count;
        const struct path_event *events = path_log_find(
                link->context->replay, link->number, link->direction, PATH_QUEUE, packet->ordinal, &count);
        for (unsigned i = 0; i < count; i++) {
                if (events[i].kind == PATH_REFUSAL)
                        refusal = events[i].reason;
                else if (events[i].kind == PATH_MARK)
                        mark(evented, packet);
        }
        return refusal;
}

void queue_script_push_out(struct evented_link *evented, uint64_t offered)
{
        const Link *link = &evented->link;
        unsigned count;
        const struct path_event *events = path_log_find(
                link->context->replay, link->number, link->direction, PATH_QUEUE, offered, &count);
        for (unsigned i = 0; i < count; i++) {
                struct packet *victim = NULL;
                if (events[i].kind == PATH_PUSHED_OUT)
                        victim = queue_extract(&evented->queue, events[i].victim);
                if (victim != NULL)
                        queue_lose(&evented->queue, victim, events[i].reason);
        }
}

void queue_script_note(const struct evented_link *evented, enum path_event_kind kind, uint64_t number,
        const struct packet *packet, const char *reason)
{
        const Link *link = &evented->link;
        const struct path_event event = {
                .kind = kind,
                .stage = PATH_QUEUE,
                .number = number,
                .victim = kind == PATH_PUSHED_OUT ? packet->ordinal : 0,
                .reason = reason,
        };
        if (link->context->record != NULL)
                path_log_add(link->context->record, link->number, link->direction, &event, packet);
}
