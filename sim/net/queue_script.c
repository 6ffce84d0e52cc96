/*
 * Queues by the book.
 */
#include "net/queue_script.h"

/* What a log says of one packet at its queue. */
struct word {
        struct evented_link *evented; /* NULL: nothing is done yet */
        struct packet *packet;
        const char *refusal;
        const char *fate;
};

static void each_word(const struct evented_link *evented, const struct packet *packet,
        void (*visit)(void *data, const struct path_event *event), struct word *word)
{
        const Link *link = &evented->link;
        path_log_each(link->context->replay, link->number, link->direction, PATH_QUEUE, packet->ordinal,
                packet, visit, word);
}

static void hear_fate(void *data, const struct path_event *event)
{
        struct word *word = data;
        if (event->kind == PATH_AT_HEAD)
                word->fate = event->reason;
}

/* Why the packet that has come to its queue's head goes no further. */
static const char *fate_at_head(const void *data, const struct packet *packet)
{
        struct word word = { 0 };
        each_word(data, packet, hear_fate, &word);
        return word.fate;
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

static void hear_at_entry(void *data, const struct path_event *event)
{
        struct word *word = data;
        if (event->kind == PATH_REFUSAL)
                word->refusal = event->reason;
        else if (event->kind == PATH_MARK)
                mark(word->evented, word->packet);
}

const char *queue_script_refusal(struct evented_link *evented, struct packet *packet)
{
        struct word word = { .evented = evented, .packet = packet };
        each_word(evented, packet, hear_at_entry, &word);
        return word.refusal;
}

void queue_script_push_out(struct evented_link *evented, enum path_event_kind kind, uint64_t number)
{
        const Link *link = &evented->link;
        unsigned count;
        const struct path_event name = { .stage = PATH_QUEUE, .number = number };
        const struct path_event *events =
                path_log_find(link->context->replay, link->number, link->direction, &name, &count);
        for (unsigned i = 0; i < count; i++) {
                struct packet *victim = NULL;
                if (events[i].kind == kind)
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
                .victim = packet->ordinal,
                .reason = reason,
        };
        if (link->context->record != NULL)
                path_log_add(link->context->record, link->number, link->direction, &event, packet);
}
