/*
 * RED: the longer the queue on average, the likelier a packet is dropped or marked as it comes. Floyd and
 * Jacobson, "Random early detection gateways for congestion avoidance", IEEE/ACM Transactions on Networking
 * 1(4), 1993, with its names; gentle: Floyd, "Recommendation on using the gentle variant of RED", 2000.
 */
#include "net/queue.h"

__extension__ typedef unsigned __int128 uint128;

#define POINT         32 /* bits behind the point: of averages and probabilities */
#define ONE           (1ull << POINT)
#define TYPICAL_BYTES 1000 /* of the packets that could have been sent while the queue was empty */

static uint64_t share_of(uint64_t value, uint64_t threshold)
{
        return (uint64_t)((uint128)value * threshold >> 64);
}

/* avg ← (1 - w) avg + w q. */
static void average_in(struct queue *queue, uint64_t length)
{
        struct red *red = &queue->red;
        uint64_t weight = queue->config.weight.threshold;
        uint64_t now = length << POINT;
        if (queue->config.weight.is_certain)
                red->average = now;
        else if (now >= red->average)
                red->average += share_of(now - red->average, weight);
        else
                red->average -= share_of(red->average - now, weight);
}

/* avg ← (1 - w)^m avg: as if m packets had found the queue empty. By squaring. */
static void age_average(struct queue *queue, uint64_t packets)
{
        struct red *red = &queue->red;
        uint64_t factor = 0 - queue->config.weight.threshold;
        if (queue->config.weight.is_certain || packets > ONE)
                red->average = 0;
        for (; packets > 0 && red->average > 0; packets >>= 1) {
                if (packets & 1)
                        red->average = share_of(red->average, factor);
                factor = share_of(factor, factor);
        }
}

static uint64_t packets_in(const struct queue *queue, duration_ns idle)
{
        uint128 bits = (uint128)(uint64_t)idle * queue->config.rate / SECOND;
        return (uint64_t)(bits / (8 * TYPICAL_BYTES));
}

static void update_average(struct queue *queue, time_ns now)
{
        struct red *red = &queue->red;
        if (red->is_idle)
                age_average(queue, packets_in(queue, now - red->idle_since));
        red->is_idle = false;
        average_in(queue, queue->packets);
}

/* How likely the average alone makes a drop: p_b. */
static uint64_t base_probability(const struct queue *queue)
{
        const struct queue_config *config = &queue->config;
        uint64_t average = queue->red.average;
        uint64_t least = (uint64_t)config->least << POINT;
        uint64_t most = (uint64_t)config->most << POINT;
        uint64_t at_most = config->probability.is_certain ? ONE : config->probability.threshold >> POINT;
        if (average < most)
                return (uint64_t)((uint128)at_most * (average - least) / (most - least));
        if (!config->gentle || average >= 2 * most)
                return ONE;
        return at_most + (uint64_t)((uint128)(ONE - at_most) * (average - most) / most);
}

/* p_a = p_b / (1 - count p_b): the gaps between drops are uniform, not geometric. */
static bool is_chosen(const struct queue *queue, uint64_t base)
{
        uint128 spent = (uint128)queue->red.count * base;
        if (base >= ONE || spent >= ONE || ONE - (uint64_t)spent <= base)
                return true;
        return rng_draw_below(&queue->config.luck, queue->offered, 0, 0, ONE - (uint64_t)spent) < base;
}

/* The paper's figure counts a packet before it asks about it, its text (method 2) after it: so does this,
 * since it gives the uniform gaps that the text derives. */
static bool is_early(struct queue *queue)
{
        struct red *red = &queue->red;
        if (red->average < (uint64_t)queue->config.least << POINT) {
                red->count = 0;
                return false;
        }
        bool is_early = is_chosen(queue, base_probability(queue));
        red->count = is_early ? 0 : red->count + 1;
        return is_early;
}

/* RFC 3168 section 7 would have packets dropped beyond the thresholds even if they ask for marks.
 * Differs: only with `harddrop`, as Linux, whose DCTCP lives on a threshold beyond which all is marked. */
static bool may_mark(const struct queue *queue, const struct packet *packet)
{
        bool is_hard = queue->config.hard_drop && queue->red.average >= (uint64_t)queue->config.most << POINT;
        return queue->config.ecn && !is_hard && packet_is_ecn_capable(packet);
}

/* Who finds no room leaves no mark. */
static const char *offer(struct queue *queue, struct packet *packet, time_ns now)
{
        update_average(queue, now);
        bool is_chosen_early = is_early(queue);
        if (is_chosen_early && !may_mark(queue, packet))
                return "aqm";
        if (!queue_has_room(queue, packet->size))
                return "queue-full";
        if (is_chosen_early)
                queue_mark(queue, packet);
        queue_append(queue, packet);
        return NULL;
}

static struct packet *take(struct queue *queue, time_ns now)
{
        struct packet *packet = queue_remove_head(queue);
        if (packet == NULL && !queue->red.is_idle) {
                queue->red.is_idle = true;
                queue->red.idle_since = now;
        }
        return packet;
}

const struct queue_ops queue_red = {
        .name = "red",
        .defaults = { .limit_packets = 1000,
                .least = 5,
                .most = 15,
                .probability = { .threshold = UINT64_MAX / 10 },
                .weight = { .threshold = UINT64_MAX / 500 },
                .gentle = true },
        .offer = offer,
        .take = take,
};
