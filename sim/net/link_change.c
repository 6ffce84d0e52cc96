/*
 * A link that changes: down and up again, and any of its parameters, at a time or behind a packet.
 *
 * While it is down, what is offered, what is queued and what is in transmission is lost; what already
 * propagates arrives.
 */
#include "net/link_evented.h"

#include "net/queue_script.h"

/* ---- Down and up ---- */

/* What waits ends now, what is in transmission at its end. */
static void lose_all(struct evented_link *evented, enum drop_reason reason)
{
        struct packet *packet;
        if (evented->transmitting != NULL && !evented->is_cut) {
                evented->is_cut = true;
                evented->cut_by = reason;
        }
        while ((packet = queue_remove(&evented->queue)) != NULL)
                evented_link_drop_waiting(evented, packet, reason);
}

void link_change_lose_power(Link *link, time_ns now)
{
        (void)now;
        lose_all((struct evented_link *)link, DROP_HOST_DOWN);
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
        if (evented->down_until != TIME_NEVER)
                expect_up(evented);
        else
                event_queue_cancel(evented->link.context->events, &evented->up_again);
        lose_all(evented, DROP_LINK_DOWN);
}

static void go_up(struct evented_link *evented)
{
        evented->is_down = false;
        event_queue_cancel(evented->link.context->events, &evented->up_again);
}

/* ---- Other parameters ---- */

static void lose_at_change(struct evented_link *evented, struct packet *packet, const char *reason)
{
        queue_script_note(evented, PATH_AT_CHANGE, evented->changes, packet, reason);
        evented_link_drop_waiting(evented, packet, evented_link_reason(reason));
}

/* Those that wait are offered to the new queue, in the order in which the old one gives them up. */
static void change_queue(struct evented_link *evented, const struct queue_config *config, time_ns now)
{
        struct packet *waiting = NULL;
        struct packet **end = &waiting;
        struct packet *packet;
        while ((*end = queue_remove(&evented->queue)) != NULL)
                end = &(*end)->next;
        queue_close(&evented->queue);
        evented_link_set_queue(evented, config);
        link_set_queue_settings(&evented->link, config);
        evented->changes++;
        while (waiting != NULL) {
                packet = waiting;
                waiting = packet->next;
                const char *refusal = queue_offer(&evented->queue, packet, now);
                if (refusal != NULL)
                        lose_at_change(evented, packet, refusal);
        }
        if (evented->link.context->replay != NULL)
                queue_script_change(evented);
        while ((packet = queue_next_dropped(&evented->queue)) != NULL)
                lose_at_change(evented, packet, evented->queue.drop_reason);
        evented->queue.marked = 0; /* what was marked before is not marked by this queue */
}

static void change_mtu(Link *link, uint32_t mtu)
{
        link_set_mtu(link, mtu);
        if (link->mtu_changed != NULL)
                link->mtu_changed(link->mtu_changed_data);
}

/* What is in transmission goes on as it began. */
static void change_link(struct evented_link *evented, const struct link_change *change, time_ns now)
{
        const struct link_change_direction *values = &change->directions[evented->link.direction];
        if (change->mtu > 0)
                change_mtu(&evented->link, change->mtu);
        if (values->has_rate)
                evented_link_set_rate(evented, values->rate, &values->shape);
        if (values->has_delay)
                evented->link.delay = values->delay;
        if (values->has_queue)
                change_queue(evented, &values->queue, now);
        if (values->has_impair)
                evented_link_set_impair(evented, &values->impair);
}

static void on_change(void *data, const struct fault_action *action, time_ns now)
{
        struct evented_link *evented = data;
        evented_link_settle(evented, now);
        switch (action->kind) {
        case FAULT_LINK_DOWN:
                go_down(evented, action->duration, now);
                break;
        case FAULT_LINK_UP:
                go_up(evented);
                break;
        case FAULT_SET:
                change_link(evented, action->change, now);
                break;
        default:
                g_assert_not_reached();
        }
        link_tell(&evented->link, evented->is_down);
}

static void on_up_again(void *data)
{
        struct evented_link *evented = data;
        evented_link_settle(evented, evented->down_until);
        go_up(evented);
        link_tell(&evented->link, evented->is_down);
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

static void expect_rule(struct timed_rule *timed, time_ns at)
{
        const struct event_key key = {
                .time = at,
                .owner = timed->evented->link.owner,
                .class = EVENT_LINK_CHANGE,
                .number = timed->index,
        };
        event_queue_set(timed->evented->link.context->events, &timed->event, &key);
}

/* A link that is up cannot go up: a rule that only ever wanted that has done nothing. */
static bool does_something(const struct timed_rule *timed, const struct fault_rule *rule)
{
        return rule->action.kind != FAULT_LINK_UP || timed->evented->is_down;
}

static void on_timed_rule(void *data)
{
        struct timed_rule *timed = data;
        const Link *link = &timed->evented->link;
        time_ns now = event_queue_now(link->context->events);
        const struct fault_rule *rule = fault_script_rule(link->context->faults, timed->index);
        if (link->direction == 0 && does_something(timed, rule))
                report_timed(timed, now);
        if (rule->period > 0)
                expect_rule(timed, now + rule->period);
        on_change(timed->evented, &rule->action, now);
}

static void add_timed_rule(struct evented_link *evented, unsigned index)
{
        struct timed_rule *timed = &evented->timed[evented->timed_count++];
        *timed = (struct timed_rule){ .evented = evented, .index = index };
        event_init(&timed->event, on_timed_rule, timed);
        expect_rule(timed, fault_script_rule(evented->link.context->faults, index)->at);
}

void link_change_expect(struct evented_link *evented)
{
        event_init(&evented->up_again, on_up_again, evented);
        FaultScript *script = evented->link.context->faults;
        if (script == NULL || !fault_script_concerns(script, evented->link.number))
                return;
        fault_script_watch(script, evented->link.number, on_change, evented);
        unsigned count;
        const unsigned *rules = fault_script_rules_of(script, evented->link.number, &count);
        evented->timed = g_new0(struct timed_rule, count);
        for (unsigned i = 0; i < count; i++) {
                if (fault_script_rule(script, rules[i])->is_timed)
                        add_timed_rule(evented, rules[i]);
        }
}

void link_change_clear(struct evented_link *evented)
{
        EventQueue *events = evented->link.context->events;
        event_queue_cancel(events, &evented->up_again);
        for (unsigned i = 0; i < evented->timed_count; i++)
                event_queue_cancel(events, &evented->timed[i].event);
        g_free(evented->timed);
}
