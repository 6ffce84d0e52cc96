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
        void (*visit)(void *data, struct path_event *event), struct word *word)
{
        const Link *link = &evented->link;
        path_log_each(link->context->replay, link->number, link->direction, PATH_QUEUE, packet->ordinal,
                packet, visit, word);
}

static void hear_fate(void *data, struct path_event *event)
{
        struct word *word = data;
        if (event->kind != PATH_AT_HEAD)
                return;
        word->fate = event->reason;
        event->is_met = true;
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
        if (config->ops != &queue_fq_codel) /* takes turns; the others keep to the order */
                config->ops = &queue_codel; /* which asks for everyone's fate */
        config->limit_packets = 0;
        config->limit_bytes = 0;
        config->fate_at_head = fate_at_head;
        config->fate_data = evented;
}

static bool mark(struct evented_link *evented, struct packet *packet)
{
        if (!packet_mark_ce(packet))
                return false;
        evented->link.context->counts.marked++;
        queue_script_note(evented, PATH_MARK, packet->ordinal, packet, NULL);
        return true;
}

static void hear_at_entry(void *data, struct path_event *event)
{
        struct word *word = data;
        if (event->kind == PATH_REFUSAL)
                word->refusal = event->reason;
        event->is_met |= event->kind == PATH_REFUSAL ||
                         (event->kind == PATH_MARK && mark(word->evented, word->packet));
}

const char *queue_script_refusal(struct evented_link *evented, struct packet *packet)
{
        struct word word = { .evented = evented, .packet = packet };
        each_word(evented, packet, hear_at_entry, &word);
        return word.refusal;
}

static bool is_victim(const void *data, const struct packet *packet)
{
        const struct path_event *event = data;
        struct segment_name name;
        if (!event->is_victim_by_meaning)
                return packet->ordinal == event->victim;
        return segment_name_of(packet, &name) && segment_name_luck(&name) == event->victim;
}

/* An occasion at which others leave the queue. */
struct occasion {
        struct evented_link *evented;
        enum path_event_kind kind;
};

static void push_out(void *data, struct path_event *event)
{
        const struct occasion *occasion = data;
        struct queue *queue = &occasion->evented->queue;
        struct packet *victim = NULL;
        if (event->kind == occasion->kind)
                victim = queue_extract(queue, is_victim, event);
        if (victim == NULL)
                return;
        event->is_met = true;
        queue_lose(queue, victim, event->reason);
}

void queue_script_push_out(struct evented_link *evented, const struct packet *pusher)
{
        const Link *link = &evented->link;
        struct occasion occasion = { evented, PATH_PUSHED_OUT };
        path_log_each(link->context->replay, link->number, link->direction, PATH_QUEUE, pusher->ordinal,
                pusher, push_out, &occasion);
}

void queue_script_change(struct evented_link *evented)
{
        const Link *link = &evented->link;
        const struct path_event name = { .stage = PATH_QUEUE, .number = evented->changes };
        struct occasion occasion = { evented, PATH_AT_CHANGE };
        unsigned count;
        struct path_event *events =
                path_log_find(link->context->replay, link->number, link->direction, &name, &count);
        for (unsigned i = 0; i < count; i++)
                push_out(&occasion, &events[i]);
}

static void note(const struct evented_link *evented, struct path_event event, const struct packet *packet)
{
        const Link *link = &evented->link;
        event.stage = PATH_QUEUE;
        event.victim = packet->ordinal;
        if (link->context->record != NULL)
                path_log_add(link->context->record, link->number, link->direction, &event, packet);
}

void queue_script_note(const struct evented_link *evented, enum path_event_kind kind, uint64_t number,
        const struct packet *packet, const char *reason)
{
        const struct path_event event = { .kind = kind, .number = number, .reason = reason };
        note(evented, event, packet);
}

struct queue_pusher queue_script_pusher(const struct evented_link *evented, const struct packet *packet)
{
        struct queue_pusher pusher = { .number = packet->ordinal };
        if (evented->link.context->record != NULL)
                pusher.has_name = segment_name_of(packet, &pusher.name);
        return pusher;
}

void queue_script_note_pushed(const struct evented_link *evented, const struct queue_pusher *pusher,
        const struct packet *packet, const char *reason)
{
        const struct path_event event = { .kind = PATH_PUSHED_OUT,
                .number = pusher->number,
                .has_pusher = pusher->has_name,
                .pusher = pusher->name,
                .reason = reason };
        note(evented, event, packet);
}
