/*
 * FQ-CoDel: a queue for each flow, as far as a hash tells them apart, each under CoDel; they take turns by
 * bytes, and new flows go first. RFC 8290.
 */
#include "net/queue.h"

#include "net/mix.h"
#include "wire/byte_order.h"

#define BATCH_MOST 64 /* RFC 8290 section 4.1 */

enum place { NOWHERE, AMONG_NEW, AMONG_OLD };

struct flow {
        struct queue *queue; /* of all flows */
        struct packet *head;
        struct packet *tail;
        uint64_t bytes;
        uint32_t packets;
        int64_t deficit;
        enum place place;
        struct codel codel;
        GList link; /* in the list of new or old ones */
};

struct fq_codel {
        struct flow *flows;
        GQueue new_flows;
        GQueue old_flows;
};

/* ---- Flows ---- */

/* Ports that hosts chose by luck must not decide who shares a queue: a replay under another seed has others.
 * So a program's connections are told apart by their number, and by what damage has made of their ports. */
static uint64_t ports_of(const struct packet_note *note, uint32_t ports)
{
        if (note->transfer == 0)
                return ports;
        uint32_t damage = ports ^ ((uint32_t)note->source_port << 16 | note->destination_port);
        uint64_t flow = (uint64_t)note->transfer << 32 | (note->flow > 1 ? note->flow : 0);
        return mix(mix(flow, 0), damage);
}

/* Addresses, protocol and ports; damage makes another flow. RFC 8290 section 4.1.1. */
static uint64_t number_of(const struct packet *packet)
{
        struct ip_header ip;
        if (ip_header_parse(packet->header, packet->header_size, packet->size, &ip) != IP_OK)
                return 0;
        uint64_t sum = ip.protocol;
        uint64_t words[4];
        memcpy(words, ip.source.bytes, sizeof ip.source.bytes);
        memcpy(words + 2, ip.destination.bytes, sizeof ip.destination.bytes);
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                sum = mix(sum, GUINT64_FROM_BE(words[i]));
        bool has_ports = ip.protocol == IP_PROTOCOL_TCP || ip.protocol == IP_PROTOCOL_UDP;
        const uint8_t *ports = packet->header + ip.header_size;
        if (has_ports && packet->header_size >= ip.header_size + 4u)
                sum = mix(sum, ports_of(&packet->note, read_be32(ports)));
        return sum;
}

static struct flow *flow_of(struct queue *queue, const struct packet *packet)
{
        uint64_t number = number_of(packet);
        return &queue->fq_codel
                        ->flows[rng_draw_below(&queue->config.luck, number, 0, 0, queue->config.flows)];
}

static void flow_append(struct flow *flow, struct packet *packet)
{
        packet->next = NULL;
        if (flow->tail != NULL)
                flow->tail->next = packet;
        else
                flow->head = packet;
        flow->tail = packet;
        flow->bytes += packet->size;
        flow->packets++;
        flow->queue->bytes += packet->size;
        flow->queue->packets++;
}

static struct packet *flow_remove_head(void *list)
{
        struct flow *flow = list;
        struct packet *packet = flow->head;
        if (packet == NULL)
                return NULL;
        flow->head = packet->next;
        if (flow->head == NULL)
                flow->tail = NULL;
        flow->bytes -= packet->size;
        flow->packets--;
        flow->queue->bytes -= packet->size;
        flow->queue->packets--;
        packet->next = NULL;
        return packet;
}

static void move(struct queue *queue, struct flow *flow, enum place place)
{
        GQueue *lists[] = { NULL, &queue->fq_codel->new_flows, &queue->fq_codel->old_flows };
        if (flow->place != NOWHERE)
                g_queue_unlink(lists[flow->place], &flow->link);
        flow->place = place;
        if (place != NOWHERE)
                g_queue_push_tail_link(lists[place], &flow->link);
}

/* ---- Entry ---- */

static struct flow *fattest(struct queue *queue)
{
        struct flow *fattest = queue->fq_codel->flows;
        for (uint32_t i = 1; i < queue->config.flows; i++) {
                if (queue->fq_codel->flows[i].bytes > fattest->bytes)
                        fattest = &queue->fq_codel->flows[i];
        }
        return fattest;
}

/* Half of the fattest flow's packets, from its head. */
static void make_room(struct queue *queue)
{
        struct flow *flow = fattest(queue);
        uint32_t count = MIN((flow->packets + 1) / 2, BATCH_MOST);
        for (uint32_t i = 0; i < count; i++)
                queue_lose(queue, flow_remove_head(flow), "queue-full");
}

static bool is_too_full(const struct queue *queue)
{
        const struct queue_config *config = &queue->config;
        if (config->limit_packets != 0 && queue->packets > config->limit_packets)
                return true;
        return config->limit_bytes != 0 && queue->bytes > config->limit_bytes;
}

static const char *offer(struct queue *queue, struct packet *packet, time_ns now G_GNUC_UNUSED)
{
        struct flow *flow = flow_of(queue, packet);
        codel_note_size(&flow->codel, packet->size);
        flow_append(flow, packet);
        if (flow->place == NOWHERE) {
                flow->deficit = queue->config.quantum;
                move(queue, flow, AMONG_NEW);
        }
        while (is_too_full(queue))
                make_room(queue);
        return NULL;
}

/* ---- Taking turns: RFC 8290 section 4.2 ---- */

static struct flow *next_flow(const struct queue *queue)
{
        GList *place = queue->fq_codel->new_flows.head;
        if (place == NULL)
                place = queue->fq_codel->old_flows.head;
        return place != NULL ? place->data : NULL;
}

/* "This step prevents starvation": an empty new flow goes behind the old ones first. */
static void leave(struct queue *queue, struct flow *flow)
{
        bool waits_once_more = flow->place == AMONG_NEW && queue->fq_codel->old_flows.length > 0;
        move(queue, flow, waits_once_more ? AMONG_OLD : NOWHERE);
}

static struct packet *take(struct queue *queue, time_ns now)
{
        struct flow *flow;
        while ((flow = next_flow(queue)) != NULL) {
                if (flow->deficit <= 0) {
                        flow->deficit += queue->config.quantum;
                        move(queue, flow, AMONG_OLD);
                        continue;
                }
                const struct codel_source source = { queue, flow_remove_head, flow, &flow->bytes };
                struct packet *packet = codel_take(&flow->codel, &source, now);
                if (packet != NULL) {
                        flow->deficit -= packet->size;
                        return packet;
                }
                leave(queue, flow);
        }
        return NULL;
}

/* ---- The rest ---- */

static struct packet *remove_any(struct queue *queue)
{
        struct flow *flow;
        while ((flow = next_flow(queue)) != NULL) {
                struct packet *packet = flow_remove_head(flow);
                if (packet != NULL)
                        return packet;
                move(queue, flow, NOWHERE);
        }
        return NULL;
}

/* Only heads are ever pushed out. */
static struct packet *extract(struct queue *queue, queue_picks is_meant, const void *data)
{
        for (uint32_t i = 0; i < queue->config.flows; i++) {
                struct flow *flow = &queue->fq_codel->flows[i];
                if (flow->head != NULL && is_meant(data, flow->head))
                        return flow_remove_head(flow);
        }
        return NULL;
}

static void forget_account(struct queue *queue, const struct device_account *account)
{
        for (uint32_t i = 0; i < queue->config.flows; i++) {
                struct packet *packet = queue->fq_codel->flows[i].head;
                for (; packet != NULL; packet = packet->next) {
                        if (packet->account == account)
                                packet->account = NULL;
                }
        }
}

static void init(struct queue *queue)
{
        struct fq_codel *fq_codel = g_new0(struct fq_codel, 1);
        fq_codel->flows = g_new0(struct flow, queue->config.flows);
        for (uint32_t i = 0; i < queue->config.flows; i++) {
                fq_codel->flows[i].queue = queue;
                fq_codel->flows[i].link.data = &fq_codel->flows[i];
        }
        g_queue_init(&fq_codel->new_flows);
        g_queue_init(&fq_codel->old_flows);
        queue->fq_codel = fq_codel;
}

static void clear(struct queue *queue)
{
        g_free(queue->fq_codel->flows);
        g_free(queue->fq_codel);
}

const struct queue_ops queue_fq_codel = {
        .name = "fq-codel",
        .defaults = { .limit_packets = 10240,
                .ecn = true,
                .target = 5 * MILLISECOND,
                .interval = 100 * MILLISECOND,
                .flows = 1024,
                .quantum = 1514 },
        .takes_turns = true,
        .init = init,
        .clear = clear,
        .offer = offer,
        .take = take,
        .remove = remove_any,
        .extract = extract,
        .forget_account = forget_account,
};
