/*
 * The link that computes its departures ahead: drop-tail, one rate, nothing but delay behind it.
 *
 * Everything about a packet is known when it is offered. Those on their way stand in one list in order; marks
 * in it follow the clock: which have begun transmission, which have ended it. One event stands for the next
 * arrival.
 */
#include "net/link_private.h"

struct plain_link {
        Link link;
        struct queue_config queue;
        struct packet *first; /* the next to arrive */
        struct packet *last;
        struct packet *ending;  /* the first whose transmission is not over; NULL: all are */
        struct packet *waiting; /* the first whose transmission has not begun; NULL: all have */
        uint32_t waiting_packets;
        uint64_t waiting_bytes;
        uint64_t in_flight;
        time_ns free_at;      /* when the transmitter has nothing left to do */
        struct event arrival; /* of `first` */
};

static struct plain_link *plain_of(Link *link)
{
        return (struct plain_link *)link;
}

static void expect_arrival(struct plain_link *plain)
{
        struct event_key key = link_arrival_key(&plain->link, plain->first, 0);
        event_queue_set(plain->link.context->events, &plain->arrival, &key);
}

static void append(struct plain_link *plain, struct packet *packet)
{
        packet->next = NULL;
        if (plain->first == NULL)
                plain->first = packet;
        else
                plain->last->next = packet;
        plain->last = packet;
        if (plain->ending == NULL)
                plain->ending = packet;
        if (plain->waiting == NULL)
                plain->waiting = packet;
        plain->waiting_packets++;
        plain->waiting_bytes += packet->size;
        plain->in_flight++;
}

static void settle(Link *link, time_ns now)
{
        struct plain_link *plain = plain_of(link);
        while (plain->waiting != NULL && plain->waiting->t_tx <= now) {
                plain->waiting_packets--;
                plain->waiting_bytes -= plain->waiting->size;
                plain->waiting = plain->waiting->next;
        }
        while (plain->ending != NULL && plain->ending->t_tx_end <= now) {
                link_end_transmission(link, plain->ending);
                plain->ending = plain->ending->next;
        }
}

static bool has_room(const struct plain_link *plain, uint32_t size, time_ns now)
{
        if (plain->free_at <= now)
                return true;
        return queue_droptail_has_room(&plain->queue, plain->waiting_packets, plain->waiting_bytes, size);
}

static void offer(Link *link, struct packet *packet, time_ns now)
{
        struct plain_link *plain = plain_of(link);
        if (!has_room(plain, packet->size, now)) {
                link_drop(link, packet, DROP_QUEUE_FULL, &hop_facts_plain);
                return;
        }
        link_charge(packet);
        link_begin_transmission(link, packet, MAX(now, plain->free_at));
        packet->t_arrive = packet->t_tx_end + link->delay;
        plain->free_at = packet->t_tx_end;
        append(plain, packet);
        settle(link, now);
        if (plain->first == packet)
                expect_arrival(plain);
}

/* The event of the next one is queued before this one is delivered: whatever that does finds the link in
 * order. */
static void arrive(void *data)
{
        struct plain_link *plain = data;
        struct packet *packet = plain->first;
        settle(&plain->link, packet->t_arrive);
        plain->first = packet->next;
        plain->in_flight--;
        if (plain->first != NULL)
                expect_arrival(plain);
        if (packet->next != NULL && packet->next->next != NULL)
                packet_will_be_used(packet->next->next);
        link_deliver(&plain->link, packet, &hop_facts_plain);
}

static time_ns room_time(const Link *link, const struct device_account *account, uint32_t limit)
{
        const struct plain_link *plain = (const struct plain_link *)link;
        uint32_t left = account->queued_bytes;
        for (const struct packet *packet = plain->ending; packet != NULL; packet = packet->next) {
                if (packet->account != account)
                        continue;
                left -= packet->size;
                if (left <= limit)
                        return packet->t_tx_end;
        }
        g_assert_not_reached();
}

static void forget_account(Link *link, const struct device_account *account)
{
        for (struct packet *packet = plain_of(link)->ending; packet != NULL; packet = packet->next) {
                if (packet->account == account)
                        packet->account = NULL;
        }
}

static unsigned release_held(Link *link, time_ns now)
{
        (void)link;
        (void)now;
        return 0;
}

static uint64_t in_flight(const Link *link)
{
        return ((const struct plain_link *)link)->in_flight;
}

static void free_link(Link *link)
{
        struct plain_link *plain = plain_of(link);
        event_queue_cancel(link->context->events, &plain->arrival);
        while (plain->first != NULL) {
                struct packet *packet = plain->first;
                plain->first = packet->next;
                packet_free(link->context->packets, packet);
        }
        g_free(plain);
}

static const struct link_ops plain_ops = {
        .name = "plain",
        .offer = offer,
        .settle = settle,
        .room_time = room_time,
        .forget_account = forget_account,
        .release_held = release_held,
        .in_flight = in_flight,
        .free = free_link,
};

Link *plain_link_new(const Link *common, const struct link_config *config)
{
        struct plain_link *plain = g_new0(struct plain_link, 1);
        plain->link = *common;
        plain->link.ops = &plain_ops;
        plain->queue = config->queue;
        event_init(&plain->arrival, arrive, plain);
        return &plain->link;
}
