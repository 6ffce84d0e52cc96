/*
 * The end of a line that delivers in slots: who waits there, and when they go.
 *
 * As netem_dequeue() of Linux's net/sched/sch_netem.c, which looks at the queue whenever a packet comes and
 * when its timer fires: a slot that is over before the first packet's delay is makes way for the next one.
 * netem knows when a packet will have been sent as soon as it comes; of one that waits here or is in
 * transmission it is enough that it will be later than now.
 */
#include "net/line_record.h"

#include "net/path_luck.h"

static struct in_flight *first_of(const struct line *line)
{
        return line->gathered.head != NULL ? line->gathered.head->data : NULL;
}

static void begin_slot(struct line *line, time_ns now)
{
        slot_gate_begin(&line->gate, path_luck_slot(line->link, &line->gate), now);
}

/* Something depends on when it opens: many make way for the next before that. */
static void use_slot(struct line *line)
{
        if (line->gate.is_used)
                return;
        line->gate.is_used = true;
        path_luck_note_slot(line->link, &line->gate);
}

/* Arrivals of one instant come in the order of their numbers: who comes behind a later one follows a
 * nanosecond after it. */
static time_ns delivery_time(struct line *line, const struct in_flight *record, time_ns now)
{
        const struct packet *packet = record->packet;
        uint64_t number = event_number_of_arrival(line->link->owner, packet->ordinal, record->copy);
        if (now < line->delivered_at)
                now = line->delivered_at;
        if (now == line->delivered_at && number < line->delivered_number)
                now++;
        line->delivered_at = now;
        line->delivered_number = number;
        return now;
}

static void deliver_first(struct line *line, time_ns now)
{
        struct in_flight *record = first_of(line);
        g_queue_unlink(&line->gathered, &record->place);
        record->packet->t_arrive = delivery_time(line, record, now);
        bool has_room = slot_gate_pass(&line->gate, record->packet->size);
        line_propagate(line, record);
        if (!has_room)
                begin_slot(line, now);
}

static void use_if_needed(struct line *line, const struct in_flight *first)
{
        if (line->gate.opens_at >= first->packet->t_arrive)
                use_slot(line);
}

/* Nobody waits, but somebody is on his way. */
static void look_ahead(struct line *line, time_ns now)
{
        if (line->link->ops->in_flight(line->link) == line_in_flight(line))
                return;
        if (line->gate.opens_at <= now)
                begin_slot(line, now);
        else
                use_slot(line);
}

static bool may_go(struct line *line, time_ns now)
{
        const struct in_flight *first = first_of(line);
        if (first == NULL) {
                look_ahead(line, now);
                return false;
        }
        if (line->gate.opens_at < first->packet->t_arrive)
                begin_slot(line, now);
        use_if_needed(line, first);
        return first->packet->t_arrive <= now && line->gate.opens_at <= now;
}

static void expect_next(struct line *line)
{
        EventQueue *events = line->link->context->events;
        const struct in_flight *first = first_of(line);
        if (first == NULL) {
                event_queue_cancel(events, &line->opening);
                return;
        }
        use_if_needed(line, first);
        const struct event_key key = {
                .time = MAX(first->packet->t_arrive, line->gate.opens_at),
                .owner = line->link->owner,
                .class = EVENT_LINK_SLOT,
        };
        event_queue_set(events, &line->opening, &key);
}

void line_slots_look(struct line *line, time_ns now)
{
        while (may_go(line, now))
                deliver_first(line, now);
        expect_next(line);
}

static void on_opening(void *data)
{
        struct line *line = data;
        line_slots_look(line, event_queue_now(line->link->context->events));
}

/* In the order in which their delays end; of equals who came first goes first. */
void line_slots_gather(struct line *line, struct in_flight *record)
{
        GList *before = line->gathered.tail;
        while (before != NULL &&
                ((const struct in_flight *)before->data)->packet->t_arrive > record->packet->t_arrive)
                before = before->prev;
        record->list = &line->gathered;
        if (before == NULL)
                g_queue_push_head_link(&line->gathered, &record->place);
        else
                g_queue_insert_after_link(&line->gathered, before, &record->place);
        expect_next(line);
}

static void let_all_go(struct line *line, time_ns now)
{
        while (line->gathered.head != NULL) {
                struct in_flight *record = first_of(line);
                g_queue_unlink(&line->gathered, &record->place);
                record->packet->t_arrive = delivery_time(line, record, MAX(now, record->packet->t_arrive));
                line_propagate(line, record);
        }
        event_queue_cancel(line->link->context->events, &line->opening);
}

void line_set_slots(struct line *line, const struct slot_config *config, const struct rng_stream *stream)
{
        time_ns now = event_queue_now(line->link->context->events);
        line->has_slots = !slot_config_is_idle(config);
        if (line->has_slots) {
                slot_gate_init(&line->gate, config, stream, now);
                line_slots_look(line, now); /* it is open, also to whom another kept waiting */
        } else {
                let_all_go(line, now);
        }
}

void line_slots_init(struct line *line)
{
        g_queue_init(&line->gathered);
        event_init(&line->opening, on_opening, line);
}
