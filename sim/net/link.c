/*
 * Links: choosing the kind, and the stages of a packet's way that both kinds share.
 */
#include "net/link_private.h"

#include <string.h>

const struct hop_facts hop_facts_plain = { .rules = "-" };

static const char *const reason_names[DROP_REASONS] = {
        [DROP_LOSS] = "loss",
        [DROP_QUEUE_FULL] = "queue-full",
        [DROP_AQM] = "aqm",
        [DROP_FAULT] = "fault",
        [DROP_CORRUPT] = "corrupt",
        [DROP_TTL] = "ttl",
        [DROP_MTU] = "mtu",
        [DROP_NO_ROUTE] = "no-route",
        [DROP_NO_LISTENER] = "no-listener",
        [DROP_LINK_DOWN] = "link-down",
        [DROP_HOST_DOWN] = "host-down",
};

const char *drop_reason_name(enum drop_reason reason)
{
        g_assert(reason < DROP_REASONS);
        return reason_names[reason];
}

void net_drop(struct net_context *context, struct packet *packet, enum drop_reason reason)
{
        context->counts.dropped[reason]++;
        context->last_packet_at = event_queue_now(context->events);
        packet_free(context->packets, packet);
}

/* ---- Stages ---- */

void link_charge(struct packet *packet)
{
        struct device_account *account = packet->account;
        if (account == NULL)
                return;
        account->queued_bytes += packet->size;
        account->queued_packets++;
}

void link_uncharge(struct packet *packet)
{
        struct device_account *account = packet->account;
        if (account == NULL)
                return;
        g_assert(account->queued_bytes >= packet->size && account->queued_packets > 0);
        account->queued_bytes -= packet->size;
        account->queued_packets--;
        packet->account = NULL;
}

void link_begin_transmission(Link *link, struct packet *packet, time_ns now)
{
        packet->ordinal = ++link->last_ordinal;
        packet->t_tx = now;
        if (packet->size != link->last_size) {
                link->last_size = packet->size;
                link->last_transmission = link_transmission_time(link->rate, packet->size);
        }
        packet->t_tx_end = now + link->last_transmission;
}

void link_end_transmission(Link *link, struct packet *packet)
{
        link_uncharge(packet);
        link->context->counts.hops++;
}

struct event_key link_arrival_key(const Link *link, const struct packet *packet, uint32_t copy)
{
        return (struct event_key){
                .time = packet->t_arrive,
                .owner = link->sink.owner,
                .class = EVENT_ARRIVAL,
                .number = event_number_of_arrival(link->owner, packet->ordinal, copy),
        };
}

static void emit_hop(const Link *link, const struct packet *packet, const struct trace_hop *hop)
{
        struct trace_packet view;
        packet_describe(packet, &view);
        const struct trace_event event = {
                .kind = TRACE_HOP,
                .time = event_queue_now(link->context->events),
                .owner = link->owner,
                .transfer = packet->note.transfer,
                .packet = &view,
                .hop = *hop,
        };
        trace_emit(link->context->trace, &event);
}

static void trace_hop(const Link *link, const struct packet *packet, const struct hop_facts *facts,
        const char *drop, bool is_reordered)
{
        if (!trace_wants(link->context->trace, TRACE_HOP))
                return;
        const struct trace_hop hop = {
                .ordinal = packet->ordinal,
                .t_enqueue = packet->t_enqueue,
                .t_tx = packet->t_tx,
                .t_tx_end = packet->t_tx_end,
                .t_arrive = drop == NULL ? packet->t_arrive : TIME_NEVER,
                .drop = drop,
                .rule = facts->rules,
                .is_reordered = is_reordered,
                .is_duplicate = facts->is_duplicate,
                .is_entry_copy = facts->is_entry_copy || packet->is_entry_copy,
                .is_corrupted_here = facts->is_corrupted,
                .is_delayed = facts->is_delayed,
                .is_marked_here = facts->is_marked || packet->is_marked_here,
        };
        emit_hop(link, packet, &hop);
}

void link_deliver(Link *link, struct packet *packet, const struct hop_facts *facts)
{
        bool is_reordered = packet->ordinal < link->highest_arrived;
        if (is_reordered)
                link->context->counts.reordered++;
        else
                link->highest_arrived = packet->ordinal;
        link->context->last_packet_at = event_queue_now(link->context->events);
        trace_hop(link, packet, facts, NULL, is_reordered);
        packet->next = NULL;
        link->sink.deliver(link->sink.data, packet);
}

void link_drop(Link *link, struct packet *packet, enum drop_reason reason, const struct hop_facts *facts)
{
        trace_hop(link, packet, facts, drop_reason_name(reason), false);
        net_drop(link->context, packet, reason);
}

/* ---- The link ---- */

/* With a delay of zero a packet arrives at the instant at which its transmission ends, in an event that must
 * not be there before: computed ahead, it would come before other events of that instant. */
static bool can_compute_ahead(const struct net_context *context, const struct link_config *config)
{
        if (context->one_event_a_packet || config->may_lose_power || config->queue.ops != &queue_droptail ||
                config->queue.counts != QUEUE_COUNTS_WAITING)
                return false;
        if (!shaper_config_is_idle(&config->shape) || (config->delay == 0 && config->rate != 0))
                return false;
        if (context->faults != NULL && fault_script_concerns(context->faults, config->number))
                return false;
        return impair_config_is_idle(&config->impair) ||
               (impair_config_loses_at_most(&config->impair) && config->delay > 0 && config->rate != 0);
}

static uint32_t in_billionths(struct probability probability)
{
        const uint64_t certain = 1000000000;
        if (probability.is_certain)
                return (uint32_t)certain;
        return (uint32_t)((probability.threshold >> 32) * certain >> 32);
}

void link_set_queue_settings(Link *link, const struct queue_config *queue)
{
        link->settings = (struct trace_link){
                .queue = queue->ops->name,
                .limit_packets = queue->limit_packets,
                .limit_bytes = queue->limit_bytes,
                .target = queue->target,
                .interval = queue->interval,
                .least = queue->least,
                .most = queue->most,
                .weight_ppb = queue->ops == &queue_red ? in_billionths(queue->weight) : 0,
                .ecn = queue->ecn,
        };
}

Link *link_new(struct net_context *context, const struct link_config *config, const struct packet_sink *sink)
{
        Link common = {
                .context = context,
                .sink = *sink,
                .owner = config->owner,
                .number = config->number,
                .direction = config->direction,
                .mtu = config->mtu,
                .rate = config->rate,
                .delay = config->delay,
        };
        link_set_queue_settings(&common, &config->queue);
        if (can_compute_ahead(context, config))
                return plain_link_new(&common, config);
        return evented_link_new(&common, config);
}

void link_free(Link *link)
{
        if (link != NULL)
                link->ops->free(link);
}

void link_send(Link *link, struct packet *packet)
{
        time_ns now = event_queue_now(link->context->events);
        if (INORDER_CHECKED)
                packet_check(packet);
        packet->ordinal = 0;
        packet->t_enqueue = now;
        packet->t_tx = packet->t_tx_end = packet->t_arrive = TIME_NEVER;
        if (packet->size > link->mtu) {
                link_drop(link, packet, DROP_MTU, &hop_facts_plain);
                return;
        }
        link->ops->offer(link, packet, now);
}

unsigned link_release_held(Link *link, time_ns end)
{
        link->ops->settle(link, end);
        return link->ops->release_held(link, end);
}

uint64_t link_in_flight(const Link *link)
{
        return link->ops->in_flight(link);
}

uint32_t link_owner(const Link *link)
{
        return link->owner;
}

uint32_t link_mtu(const Link *link)
{
        return link->mtu;
}

void link_set_mtu(Link *link, uint32_t mtu)
{
        link->mtu = mtu;
}

void link_on_mtu_changed(Link *link, void (*changed)(void *data), void *data)
{
        link->mtu_changed = changed;
        link->mtu_changed_data = data;
}

void link_tell(const Link *link, bool is_down)
{
        struct trace_event event = {
                .kind = TRACE_LINK,
                .time = event_queue_now(link->context->events),
                .owner = link->owner,
                .link = link->settings,
        };
        event.link.is_down = is_down;
        event.link.rate = link->rate;
        event.link.delay = link->delay;
        event.link.mtu = link->mtu;
        if (trace_wants(link->context->trace, TRACE_LINK))
                trace_emit(link->context->trace, &event);
}

rate_bps link_rate(const Link *link)
{
        return link->rate;
}

time_ns link_room_time(Link *link, const struct device_account *account, uint32_t limit)
{
        time_ns now = event_queue_now(link->context->events);
        link->ops->settle(link, now);
        if (account->queued_bytes <= limit)
                return now;
        return link->ops->room_time(link, account, limit);
}

void link_on_departing(Link *link, void (*departing)(void *data, struct device_account *account), void *data)
{
        link->departing = departing;
        link->departing_data = data;
}

void link_forget_account(Link *link, const struct device_account *account)
{
        link->ops->forget_account(link, account);
}

void link_lose_power(Link *link)
{
        time_ns now = event_queue_now(link->context->events);
        g_assert(link->ops->lose_power != NULL);
        link->ops->settle(link, now);
        link->ops->lose_power(link, now);
}
