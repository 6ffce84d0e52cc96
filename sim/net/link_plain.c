/*
 * The link that computes its departures ahead: drop-tail, one rate, nothing but delay and loss behind it.
 *
 * Everything about a packet is known when it is offered. Those on their way stand in one list in order; marks
 * in it follow the clock: which have begun transmission, which have ended it. They may lag behind it until
 * somebody asks what depends on them, or the packet leaves. One event stands for the next arrival, and one
 * for the end of the next transmission whose packet is lost. W2: 0.92 of the time.
 */
#include "net/link_private.h"

struct plain_link {
        Link link;
        struct queue_config queue;
        struct packet *first; /* the next to arrive, or to be lost */
        struct packet *last;
        struct packet *ended;   /* the last whose transmission is over; NULL: none in the list */
        struct packet *ending;  /* the first whose transmission is not over; NULL: all are */
        struct packet *waiting; /* the first whose transmission has not begun; NULL: all have */
        uint32_t waiting_packets;
        uint64_t waiting_bytes;
        uint64_t in_flight;
        time_ns free_at;       /* when the transmitter has nothing left to do */
        struct event arrival;  /* of `first`, unless it is lost */
        struct impair *luck;   /* NULL: nothing is ever lost */
        struct packet *losing; /* the first that will be lost; NULL: none */
        struct event loss;     /* of `losing` */
};

/* Decided already, though it is still in the queue or the transmitter. */
static bool is_lost(const struct packet *packet)
{
        return packet->t_arrive == TIME_NEVER;
}

static struct plain_link *plain_of(Link *link)
{
        return (struct plain_link *)link;
}

/* Those behind a packet that will be lost arrive later than that. */
static void expect_arrival(struct plain_link *plain)
{
        if (plain->first == NULL || is_lost(plain->first))
                return;
        struct event_key key = link_arrival_key(&plain->link, plain->first, 0);
        event_queue_set(plain->link.context->events, &plain->arrival, &key);
}

static void expect_loss(struct plain_link *plain)
{
        EventQueue *events = plain->link.context->events;
        if (plain->losing == NULL) {
                event_queue_cancel(events, &plain->loss);
                return;
        }
        const struct event_key key = {
                .time = plain->losing->t_tx_end,
                .owner = plain->link.owner,
                .class = EVENT_LINK_END_OF_TRANSMISSION,
                .number = plain->losing->ordinal,
        };
        event_queue_set(events, &plain->loss, &key);
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

static struct packet *next_lost(struct packet *packet)
{
        while (packet != NULL && !is_lost(packet))
                packet = packet->next;
        return packet;
}

/* The packet whose transmission has just ended leaves the list. */
static void lose(struct plain_link *plain, struct packet *packet)
{
        if (plain->ended != NULL)
                plain->ended->next = packet->next;
        else
                plain->first = packet->next;
        if (plain->last == packet)
                plain->last = plain->ended;
        plain->in_flight--;
        plain->losing = next_lost(packet->next);
        if (plain->ended == NULL)
                expect_arrival(plain);
        expect_loss(plain);
        link_drop(&plain->link, packet, DROP_LOSS, &hop_facts_plain);
}

static void end_transmission(struct plain_link *plain)
{
        struct packet *packet = plain->ending;
        plain->ending = packet->next;
        link_end_transmission(&plain->link, packet);
        if (is_lost(packet))
                lose(plain, packet);
        else
                plain->ended = packet;
}

static void begin_transmission(struct plain_link *plain)
{
        plain->waiting_packets--;
        plain->waiting_bytes -= plain->waiting->size;
        plain->waiting = plain->waiting->next;
}

static void settle(Link *link, time_ns now)
{
        struct plain_link *plain = plain_of(link);
        while (plain->waiting != NULL && plain->waiting->t_tx <= now)
                begin_transmission(plain);
        while (plain->ending != NULL && plain->ending->t_tx_end <= now)
                end_transmission(plain);
}

static void on_loss(void *data)
{
        struct plain_link *plain = data;
        settle(&plain->link, event_queue_now(plain->link.context->events));
}

static bool takes_one_more(const struct plain_link *plain, uint32_t size)
{
        return queue_droptail_has_room(&plain->queue, plain->waiting_packets, plain->waiting_bytes, size);
}

/* While the marks lag, more seem to wait than do. */
static bool has_room(struct plain_link *plain, uint32_t size, time_ns now)
{
        if (plain->free_at <= now || takes_one_more(plain, size))
                return true;
        settle(&plain->link, now);
        return takes_one_more(plain, size);
}

static void decide_arrival(struct plain_link *plain, struct packet *packet)
{
        packet->t_arrive = packet->t_tx_end + plain->link.delay;
        if (plain->luck == NULL || !impair_loses(plain->luck, packet, packet->ordinal))
                return;
        packet->t_arrive = TIME_NEVER;
        if (plain->losing == NULL) {
                plain->losing = packet;
                expect_loss(plain);
        }
}

static void offer(Link *link, struct packet *packet, time_ns now)
{
        struct plain_link *plain = plain_of(link);
        /* What is lost at this very instant is lost before this one comes, whether or not its event has run.
         */
        if (plain->losing != NULL && plain->losing->t_tx_end <= now)
                settle(link, now);
        if (!has_room(plain, packet->size, now)) {
                link_drop(link, packet, DROP_QUEUE_FULL, &hop_facts_plain);
                return;
        }
        link_charge(packet);
        link_begin_transmission(link, packet, MAX(now, plain->free_at));
        decide_arrival(plain, packet);
        plain->free_at = packet->t_tx_end;
        append(plain, packet);
        if (plain->first == packet)
                expect_arrival(plain);
}

/* The first packet leaves the list, and no mark stays at it. */
static struct packet *take_first(struct plain_link *plain)
{
        struct packet *packet = plain->first;
        if (plain->waiting == packet)
                begin_transmission(plain);
        if (plain->ending == packet)
                end_transmission(plain);
        if (plain->ended == packet)
                plain->ended = NULL;
        plain->first = packet->next;
        plain->in_flight--;
        return packet;
}

/* The event of the next one is queued before this one is delivered: whatever that does finds the link in
 * order. */
static void arrive(void *data)
{
        struct plain_link *plain = data;
        struct packet *packet = take_first(plain);
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
        event_queue_cancel(link->context->events, &plain->loss);
        while (plain->first != NULL) {
                struct packet *packet = plain->first;
                plain->first = packet->next;
                packet_free(link->context->packets, packet);
        }
        g_free(plain->luck);
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
        event_init(&plain->loss, on_loss, plain);
        if (!impair_config_is_idle(&config->impair)) {
                plain->luck = g_new0(struct impair, 1);
                impair_init(plain->luck, &config->impair, config->seed, config->label);
        }
        return &plain->link;
}
