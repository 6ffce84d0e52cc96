/*
 * The link with an event for the end of each transmission: any queue discipline, any line, and a cable that
 * can be pulled.
 *
 * While it is down, what is offered, what is queued and what is in transmission is lost; what already
 * propagates arrives.
 */
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
        bool has_entry;
        struct impair entry; /* has_entry: luck before the queue */
        uint64_t entered;    /* packets that were offered */
        bool is_shaped;
        struct shaper shaper;   /* is_shaped: it says how long transmissions take */
        bool sees_every_packet; /* the queue, also those that need not wait */
        struct queue queue;
        struct packet *transmitting; /* NULL: the transmitter is free, and the queue empty */
        struct event end_of_transmission;
        bool is_cut; /* the link went down during this transmission */
        bool is_down;
        time_ns down_until;
        struct event up_again;
        struct timed_rule *timed;
        unsigned timed_count;
        struct line line;
};

static struct evented_link *evented_of(Link *link)
{
        return (struct evented_link *)link;
}

/* ---- Transmission ---- */

static void tell_departing(const Link *link, struct device_account *account)
{
        if (account != NULL && account->is_waiting && link->departing != NULL)
                link->departing(link->departing_data, account);
}

static enum drop_reason reason_named(const char *name)
{
        for (enum drop_reason reason = 0; reason < DROP_REASONS; reason++) {
                if (g_str_equal(drop_reason_name(reason), name))
                        return reason;
        }
        g_assert_not_reached();
}

static void drop_waiting(struct evented_link *evented, struct packet *packet, enum drop_reason reason)
{
        struct device_account *account = packet->account;
        link_uncharge(packet);
        link_drop(&evented->link, packet, reason, &hop_facts_plain);
        tell_departing(&evented->link, account);
}

/* What the discipline has lost, and what it has marked, while it was asked something else. */
static void drop_lost(struct evented_link *evented)
{
        struct queue *queue = &evented->queue;
        struct packet *packet;
        while ((packet = queue_next_dropped(queue)) != NULL)
                drop_waiting(evented, packet, reason_named(queue->drop_reason));
        evented->link.context->counts.marked += queue->marked;
        queue->marked = 0;
}

static void begin(struct evented_link *evented, struct packet *packet, time_ns now)
{
        Link *link = &evented->link;
        link_begin_transmission(link, packet, now);
        if (evented->is_shaped)
                packet->t_tx_end = shaper_send(&evented->shaper, link->rate, packet->size, now);
        evented->transmitting = packet;
        evented->is_cut = false;
        const struct event_key key = {
                .time = packet->t_tx_end,
                .owner = link->owner,
                .class = EVENT_LINK_END_OF_TRANSMISSION,
                .number = packet->ordinal,
        };
        event_queue_set(link->context->events, &evented->end_of_transmission, &key);
        tell_departing(link, packet->account);
}

static void end(struct evented_link *evented, time_ns now)
{
        struct packet *packet = evented->transmitting;
        bool is_lost = evented->is_cut || evented->is_down;
        event_queue_cancel(evented->link.context->events, &evented->end_of_transmission);
        evented->transmitting = NULL;
        link_end_transmission(&evented->link, packet);
        if (is_lost)
                line_break(&evented->line, packet);
        else
                line_carry(&evented->line, packet, now);
}

static void take_next(struct evented_link *evented, time_ns now)
{
        struct packet *next = queue_take(&evented->queue, now);
        drop_lost(evented);
        if (next != NULL)
                begin(evented, next, now);
}

static void settle(Link *link, time_ns now)
{
        struct evented_link *evented = evented_of(link);
        while (evented->transmitting != NULL && evented->transmitting->t_tx_end <= now) {
                time_ns t_end = evented->transmitting->t_tx_end;
                end(evented, t_end);
                take_next(evented, t_end);
        }
}

static void on_end_of_transmission(void *data)
{
        struct evented_link *evented = data;
        settle(&evented->link, event_queue_now(evented->link.context->events));
}

/* ---- Entry ---- */

static void enqueue(struct evented_link *evented, struct packet *packet, time_ns now)
{
        const char *refusal = queue_offer(&evented->queue, packet, now);
        if (refusal != NULL)
                link_drop(&evented->link, packet, reason_named(refusal), &hop_facts_plain);
        else
                link_charge(packet);
        drop_lost(evented);
}

static void admit(struct evented_link *evented, struct packet *packet, time_ns now)
{
        bool is_free = evented->transmitting == NULL;
        if (!is_free || evented->sees_every_packet)
                enqueue(evented, packet, now);
        if (!is_free)
                return;
        if (evented->sees_every_packet) {
                take_next(evented, now);
        } else {
                link_charge(packet);
                begin(evented, packet, now);
        }
        settle(&evented->link, now);
}

/* A copy queues behind its original. */
static void admit_twice(struct evented_link *evented, struct packet *packet, time_ns now)
{
        struct net_context *context = evented->link.context;
        struct packet *copy = packet_copy(context->packets, packet);
        copy->copy = packet->copy * LINE_COPIES_IN_NAME + 1;
        context->counts.duplicated++;
        admit(evented, packet, now);
        admit(evented, copy, now);
}

/* Luck before the queue, by the count of those offered: a packet that is lost here uses no slot. */
static void enter(struct evented_link *evented, struct packet *packet, time_ns now)
{
        struct net_context *context = evented->link.context;
        struct impair_verdict verdict;
        impair_look(&evented->entry, packet, ++evented->entered, false, &verdict);
        if (verdict.is_lost) {
                link_drop(&evented->link, packet, DROP_LOSS, &hop_facts_plain);
                return;
        }
        if (impair_damage(&evented->entry, context->packets, &verdict, packet))
                context->counts.corrupted++;
        if (verdict.is_duplicated)
                admit_twice(evented, packet, now);
        else
                admit(evented, packet, now);
}

static void offer(Link *link, struct packet *packet, time_ns now)
{
        struct evented_link *evented = evented_of(link);
        if (evented->is_down)
                link_drop(link, packet, DROP_LINK_DOWN, &hop_facts_plain);
        else if (evented->has_entry)
                enter(evented, packet, now);
        else
                admit(evented, packet, now);
}

/* ---- Down and up ---- */

static void drop_queued(struct evented_link *evented)
{
        struct packet *packet;
        while ((packet = queue_remove(&evented->queue)) != NULL)
                drop_waiting(evented, packet, DROP_LINK_DOWN);
}

static void expect_up(struct evented_link *evented)
{
        Link *link = &evented->link;
        const struct event_key key = {
                .time = evented->down_until,
                .owner = link->owner,
                .class = EVENT_LINK_CHANGE,
                .number = fault_script_count(link->context->faults), /* after every rule of that time */
        };
        event_queue_set(link->context->events, &evented->up_again, &key);
}

/* Of outages that overlap the one that ends last counts. */
static void go_down(struct evented_link *evented, duration_ns duration, time_ns now)
{
        time_ns until = duration > 0 ? now + duration : TIME_NEVER;
        evented->down_until = evented->is_down ? MAX(evented->down_until, until) : until;
        evented->is_down = true;
        evented->is_cut = evented->transmitting != NULL;
        if (evented->down_until != TIME_NEVER)
                expect_up(evented);
        else
                event_queue_cancel(evented->link.context->events, &evented->up_again);
        drop_queued(evented);
}

static void go_up(struct evented_link *evented)
{
        evented->is_down = false;
        event_queue_cancel(evented->link.context->events, &evented->up_again);
}

static void on_change(void *data, const struct fault_action *action, time_ns now)
{
        struct evented_link *evented = data;
        g_assert(action->kind == FAULT_LINK_DOWN || action->kind == FAULT_LINK_UP);
        settle(&evented->link, now);
        if (action->kind == FAULT_LINK_DOWN)
                go_down(evented, action->duration, now);
        else
                go_up(evented);
}

static void on_up_again(void *data)
{
        struct evented_link *evented = data;
        settle(&evented->link, evented->down_until);
        go_up(evented);
}

/* Both directions change by an event of their own, the first of them tells it. */
static void report_timed(const struct timed_rule *timed, time_ns now)
{
        const Link *link = &timed->evented->link;
        const struct fault_rule *rule = fault_script_rule(link->context->faults, timed->index);
        const struct trace_event event = {
                .kind = TRACE_FAULT,
                .time = now,
                .owner = link->owner,
                .fault = { rule->name, fault_action_name(rule->action.kind) },
        };
        fault_script_count_firing(link->context->faults, timed->index);
        if (trace_wants(link->context->trace, TRACE_FAULT))
                trace_emit(link->context->trace, &event);
}

static void on_timed_rule(void *data)
{
        const struct timed_rule *timed = data;
        const Link *link = &timed->evented->link;
        time_ns now = event_queue_now(link->context->events);
        if (link->direction == 0)
                report_timed(timed, now);
        on_change(timed->evented, &fault_script_rule(link->context->faults, timed->index)->action, now);
}

static void expect_timed_rule(struct evented_link *evented, struct timed_rule *timed, unsigned index)
{
        const struct event_key key = {
                .time = fault_script_rule(evented->link.context->faults, index)->at,
                .owner = evented->link.owner,
                .class = EVENT_LINK_CHANGE,
                .number = index,
        };
        *timed = (struct timed_rule){ .evented = evented, .index = index };
        event_init(&timed->event, on_timed_rule, timed);
        event_queue_set(evented->link.context->events, &timed->event, &key);
}

static void expect_timed_rules(struct evented_link *evented)
{
        FaultScript *script = evented->link.context->faults;
        if (script == NULL || !fault_script_concerns(script, evented->link.number))
                return;
        fault_script_watch(script, evented->link.number, on_change, evented);
        evented->timed = g_new0(struct timed_rule, fault_script_count(script));
        for (unsigned i = 0; i < fault_script_count(script); i++) {
                const struct fault_rule *rule = fault_script_rule(script, i);
                if (rule->link == evented->link.number && rule->is_timed)
                        expect_timed_rule(evented, &evented->timed[evented->timed_count++], i);
        }
}

/* ---- The rest of the link's operations ---- */

/* How long a packet waits is the discipline's to decide; of the one in transmission the end is known. */
static time_ns room_time(const Link *link, const struct device_account *account, uint32_t limit)
{
        const struct packet *packet = ((const struct evented_link *)link)->transmitting;
        if (packet == NULL || packet->account != account || account->queued_bytes - packet->size > limit)
                return TIME_NEVER;
        return packet->t_tx_end;
}

static void forget_account(Link *link, const struct device_account *account)
{
        struct evented_link *evented = evented_of(link);
        if (evented->transmitting != NULL && evented->transmitting->account == account)
                evented->transmitting->account = NULL;
        queue_forget_account(&evented->queue, account);
}

static unsigned release_held(Link *link, time_ns now)
{
        return line_release_held(&evented_of(link)->line, now);
}

static uint64_t in_flight(const Link *link)
{
        const struct evented_link *evented = (const struct evented_link *)link;
        return evented->queue.packets + (evented->transmitting != NULL) + line_in_flight(&evented->line);
}

static void free_packets(struct evented_link *evented)
{
        struct net_context *context = evented->link.context;
        struct packet *packet;
        if (evented->transmitting != NULL)
                packet_free(context->packets, evented->transmitting);
        while ((packet = queue_remove(&evented->queue)) != NULL)
                packet_free(context->packets, packet);
        queue_close(&evented->queue);
        line_clear(&evented->line);
}

static void free_link(Link *link)
{
        struct evented_link *evented = evented_of(link);
        EventQueue *events = link->context->events;
        event_queue_cancel(events, &evented->end_of_transmission);
        event_queue_cancel(events, &evented->up_again);
        for (unsigned i = 0; i < evented->timed_count; i++)
                event_queue_cancel(events, &evented->timed[i].event);
        free_packets(evented);
        g_free(evented->timed);
        g_free(evented);
}

static const struct link_ops evented_ops = {
        .name = "evented",
        .offer = offer,
        .settle = settle,
        .room_time = room_time,
        .forget_account = forget_account,
        .release_held = release_held,
        .in_flight = in_flight,
        .free = free_link,
};

static void init_queue(struct evented_link *evented, const struct link_config *config)
{
        g_autofree char *name = g_strdup_printf("link %s: queue", config->label);
        struct queue_config queue = config->queue;
        queue.rate = config->rate;
        queue.luck = rng_stream_named(config->seed, name);
        queue_init(&evented->queue, &queue);
}

Link *evented_link_new(const Link *common, const struct link_config *config)
{
        struct evented_link *evented = g_new0(struct evented_link, 1);
        evented->link = *common;
        evented->link.ops = &evented_ops;
        evented->sees_every_packet = config->queue.ops != &queue_droptail;
        init_queue(evented, config);
        line_init(&evented->line, &evented->link, config);
        evented->is_shaped = !shaper_config_is_idle(&config->shape);
        shaper_init(&evented->shaper, &config->shape);
        evented->has_entry = config->impair.at_entry;
        if (evented->has_entry)
                impair_init(&evented->entry, &config->impair, config->seed, config->label);
        event_init(&evented->end_of_transmission, on_end_of_transmission, evented);
        event_init(&evented->up_again, on_up_again, evented);
        expect_timed_rules(evented);
        return &evented->link;
}
