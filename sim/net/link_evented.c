/*
 * The link with an event for the end of each transmission: any queue discipline, any line, and a cable that
 * can be pulled.
 *
 * While it is down, what is offered, what is queued and what is in transmission is lost; what already
 * propagates arrives.
 */
#include "net/link_evented.h"

#include "net/path_luck.h"
#include "net/queue_script.h"

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

enum drop_reason evented_link_reason(const char *name)
{
        for (enum drop_reason reason = 0; reason < DROP_REASONS; reason++) {
                if (g_str_equal(drop_reason_name(reason), name))
                        return reason;
        }
        g_assert_not_reached();
}

void evented_link_drop_waiting(struct evented_link *evented, struct packet *packet, enum drop_reason reason)
{
        struct device_account *account = packet->account;
        link_uncharge(packet);
        packet->ordinal = 0; /* it never began transmission */
        link_drop(&evented->link, packet, reason, &hop_facts_plain);
        tell_departing(&evented->link, account);
}

/* What the discipline has lost while it was asked something else: for the pusher, NULL: at a taking. */
static void drop_lost(struct evented_link *evented, const struct queue_pusher *pusher)
{
        struct queue *queue = &evented->queue;
        struct packet *packet;
        while ((packet = queue_next_dropped(queue)) != NULL) {
                if (pusher != NULL)
                        queue_script_note_pushed(evented, pusher, packet, queue->drop_reason);
                else
                        queue_script_note(evented, PATH_AT_HEAD, packet->ordinal, packet, queue->drop_reason);
                evented_link_drop_waiting(evented, packet, evented_link_reason(queue->drop_reason));
        }
}

/* A discipline marks no one but the packet that it was given or gives. */
static void count_marks(struct evented_link *evented, const struct packet *packet)
{
        struct queue *queue = &evented->queue;
        if (queue->marked == 0)
                return;
        queue_script_note(evented, PATH_MARK, packet->ordinal, packet, NULL);
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
        enum drop_reason reason = evented->is_cut ? evented->cut_by : DROP_LINK_DOWN;
        event_queue_cancel(evented->link.context->events, &evented->end_of_transmission);
        evented->transmitting = NULL;
        link_end_transmission(&evented->link, packet);
        if (is_lost)
                line_break(&evented->line, packet, reason);
        else
                line_carry(&evented->line, packet, now);
}

static void take_next(struct evented_link *evented, time_ns now)
{
        struct packet *next = queue_take(&evented->queue, now);
        drop_lost(evented, NULL);
        if (next == NULL)
                return;
        count_marks(evented, next);
        begin(evented, next, now);
}

void evented_link_settle(struct evented_link *evented, time_ns now)
{
        while (evented->transmitting != NULL && evented->transmitting->t_tx_end <= now) {
                time_ns t_end = evented->transmitting->t_tx_end;
                end(evented, t_end);
                take_next(evented, t_end);
        }
}

static void settle(Link *link, time_ns now)
{
        evented_link_settle(evented_of(link), now);
}

static void on_end_of_transmission(void *data)
{
        struct evented_link *evented = data;
        evented_link_settle(evented, event_queue_now(evented->link.context->events));
}

/* ---- Entry ---- */

static void refuse(struct evented_link *evented, struct packet *packet, const char *refusal)
{
        queue_script_note(evented, PATH_REFUSAL, packet->ordinal, packet, refusal);
        packet->ordinal = 0;
        link_drop(&evented->link, packet, evented_link_reason(refusal), &hop_facts_plain);
}

static void enqueue(struct evented_link *evented, struct packet *packet, time_ns now)
{
        struct queue_pusher pusher = queue_script_pusher(evented, packet);
        const char *refusal = queue_offer(&evented->queue, packet, now);
        if (refusal != NULL) {
                evented->queue.marked = 0; /* what is marked and turned away tells no one */
                refuse(evented, packet, refusal);
        } else {
                count_marks(evented, packet);
                link_charge(packet);
        }
        if (evented->link.context->replay != NULL && refusal == NULL)
                queue_script_push_out(evented, packet);
        drop_lost(evented, &pusher);
}

/* Whether a log that is replayed lets the packet into the queue. */
static bool is_let_in(struct evented_link *evented, struct packet *packet)
{
        const char *refusal = NULL;
        if (evented->link.context->replay != NULL)
                refusal = queue_script_refusal(evented, packet);
        if (refusal != NULL)
                refuse(evented, packet, refusal);
        return refusal == NULL;
}

/* netem's queue holds also what is being sent and delayed. */
static bool is_link_full(const struct evented_link *evented)
{
        const struct queue_config *config = &evented->queue.config;
        return config->counts == QUEUE_COUNTS_LINK && config->limit_packets > 0 &&
               evented->link.ops->in_flight(&evented->link) >= config->limit_packets;
}

static void admit(struct evented_link *evented, struct packet *packet, time_ns now)
{
        bool is_free = evented->transmitting == NULL;
        packet->ordinal = ++evented->offered;
        if (!is_let_in(evented, packet))
                return;
        if (is_link_full(evented)) {
                refuse(evented, packet, drop_reason_name(DROP_QUEUE_FULL));
                return;
        }
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
        evented_link_settle(evented, now);
}

/* A copy queues behind its original. */
static void admit_twice(struct evented_link *evented, struct packet *packet, time_ns now)
{
        struct net_context *context = evented->link.context;
        struct packet *copy = packet_copy(context->packets, packet);
        copy->is_entry_copy = true;
        context->counts.duplicated++;
        admit(evented, packet, now);
        admit(evented, copy, now);
}

/* Luck before the queue, by the count of those offered: a packet that is lost here uses no slot. */
static void enter(struct evented_link *evented, struct packet *packet, time_ns now)
{
        struct net_context *context = evented->link.context;
        struct impair_verdict verdict;
        path_luck_look(
                &evented->link, &evented->entry, PATH_ENTRY, ++evented->entered, packet, false, &verdict);
        path_luck_note(&evented->link, &evented->entry, PATH_ENTRY, evented->entered, 0, packet, &verdict);
        if (verdict.is_lost) {
                link_drop(&evented->link, packet, DROP_LOSS, &hop_facts_plain);
                return;
        }
        if (verdict.is_marked && packet_mark_ce(packet))
                context->counts.marked++;
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
        evented_link_settle(evented, now);
        if (evented->is_down)
                link_drop(link, packet, DROP_LINK_DOWN, &hop_facts_plain);
        else if (evented->has_entry)
                enter(evented, packet, now);
        else
                admit(evented, packet, now);
        if (evented->line.has_slots)
                line_slots_look(&evented->line, now);
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
        link_change_clear(evented);
        free_packets(evented);
        g_free(evented->label);
        g_free(evented);
}

static const struct link_ops evented_ops = {
        .name = "evented",
        .offer = offer,
        .settle = settle,
        .room_time = room_time,
        .forget_account = forget_account,
        .lose_power = link_change_lose_power,
        .release_held = release_held,
        .in_flight = in_flight,
        .free = free_link,
};

/* ---- What it is made of; each may change later ---- */

void evented_link_set_rate(struct evented_link *evented, rate_bps rate, const struct shaper_config *shape)
{
        evented->link.rate = rate;
        evented->link.last_size = 0;
        evented->is_shaped = !shaper_config_is_idle(shape);
        shaper_init(&evented->shaper, shape);
}

void evented_link_set_queue(struct evented_link *evented, const struct queue_config *config)
{
        g_autofree char *name = g_strdup_printf("link %s: queue", evented->label);
        struct queue_config queue = *config;
        queue.rate = evented->link.rate;
        queue.luck = rng_stream_named(evented->seed, name);
        queue_script_disarm(evented, &queue);
        evented->sees_every_packet = queue.ops != &queue_droptail;
        queue_init(&evented->queue, &queue);
}

void evented_link_set_impair(struct evented_link *evented, const struct impair_config *impair)
{
        struct impair_config entry;
        struct impair_config line;
        impair_config_split(impair, &entry, &line);
        evented->has_entry = impair->at_entry;
        impair_init(&evented->entry, &entry, evented->seed, evented->label);
        impair_init(&evented->line.impair, &line, evented->seed, evented->label);
        const struct rng_stream slots = impair_slot_stream(impair, evented->seed, evented->label);
        line_set_slots(&evented->line, &impair->slot, &slots);
        if (evented->link.context->replay != NULL) /* a log's bits are the whole packet's */
                evented->entry.config.corrupt_area = evented->line.impair.config.corrupt_area = AREA_ANY;
}

Link *evented_link_new(const Link *common, const struct link_config *config)
{
        struct evented_link *evented = g_new0(struct evented_link, 1);
        evented->link = *common;
        evented->link.ops = &evented_ops;
        evented->label = g_strdup(config->label);
        evented->seed = config->seed;
        line_init(&evented->line, &evented->link);
        evented_link_set_rate(evented, config->rate, &config->shape);
        evented_link_set_queue(evented, &config->queue);
        evented_link_set_impair(evented, &config->impair);
        event_init(&evented->end_of_transmission, on_end_of_transmission, evented);
        link_change_expect(evented);
        return &evented->link;
}
