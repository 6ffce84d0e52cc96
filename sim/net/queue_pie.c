/*
 * PIE: a controller moves the probability of a drop by how far the delay is from its target and where it is
 * going. RFC 8033, with section 5's refinements; the delay is that of the last packet that left, by its time
 * stamp (section 5.2's alternative, and Linux's default).
 *
 * The update comes at multiples of its interval. Between two packets nothing changes that it looks at, so it
 * is made up for when the next comes or goes.
 */
#include "net/queue.h"

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#define POINT      56
#define ONE        (1ull << POINT)
#define PERCENT(n) (ONE / 100 * (n))
#define FEW_BYTES  3000 /* two packets: RFC 8033 section 5.1 */

/* ---- The controller: RFC 8033 section 4.2 ---- */

/* The smaller the probability, the smaller the steps. */
static int128 tuned(int128 step, uint64_t probability)
{
        static const struct {
                uint64_t below;
                int divisor;
        } ranges[] = {
                { ONE / 1000000, 2048 },
                { ONE / 100000, 512 },
                { ONE / 10000, 128 },
                { ONE / 1000, 32 },
                { ONE / 100, 8 },
                { ONE / 10, 2 },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
                if (probability < ranges[i].below)
                        return step / ranges[i].divisor;
        }
        return step;
}

static int128 step_of(const struct queue_config *config, const struct pie *pie)
{
        int128 away = (int128)(pie->delay - config->target) * config->alpha;
        int128 growth = (int128)(pie->delay - pie->old_delay) * config->beta;
        int128 step = tuned((away + growth) * (int64_t)(ONE / 16) / SECOND, pie->probability);
        if (pie->probability >= ONE / 10 && step > (int64_t)PERCENT(2))
                step = PERCENT(2); /* section 5.5 */
        return step;
}

static void update(const struct queue_config *config, struct pie *pie)
{
        int128 probability = pie->probability + step_of(config, pie);
        pie->probability = (uint64_t)CLAMP(probability, 0, (int128)ONE);
        if (pie->delay == 0 && pie->old_delay == 0)
                pie->probability -= (pie->probability + 49) / 50;
        bool is_calm = pie->delay < config->target / 2 && pie->old_delay < config->target / 2;
        if (pie->probability == 0 && is_calm)
                pie->burst_left = config->burst;
        else
                pie->burst_left = MAX(pie->burst_left - config->interval, 0);
        pie->old_delay = pie->delay;
}

/* Nothing is left to change. */
static bool is_at_rest(const struct queue_config *config, const struct pie *pie)
{
        return pie->probability == 0 && pie->delay == 0 && pie->old_delay == 0 &&
               pie->burst_left == config->burst;
}

static void make_up(struct queue *queue, time_ns now)
{
        struct pie *pie = &queue->pie;
        duration_ns interval = queue->config.interval;
        while (pie->next_update <= now && !is_at_rest(&queue->config, pie)) {
                update(&queue->config, pie);
                pie->next_update += interval;
        }
        if (pie->next_update <= now)
                pie->next_update += ((now - pie->next_update) / interval + 1) * interval;
}

/* ---- Packets ---- */

/* Section 5.4 keeps drops from coming in bunches, or staying away for long. */
static bool is_unlucky(struct queue *queue)
{
        struct pie *pie = &queue->pie;
        if (pie->probability == 0)
                pie->accumulated = 0;
        pie->accumulated += pie->probability;
        if (pie->accumulated < PERCENT(85))
                return false;
        bool is_due = pie->accumulated >= PERCENT(850);
        if (!is_due && rng_draw_below(&queue->config.luck, queue->offered, 0, 0, ONE) >= pie->probability)
                return false;
        pie->accumulated = 0;
        return true;
}

static bool is_early(struct queue *queue)
{
        const struct pie *pie = &queue->pie;
        if (pie->burst_left > 0 || queue->bytes <= FEW_BYTES)
                return false;
        if (pie->old_delay < queue->config.target / 2 && pie->probability < PERCENT(20))
                return false;
        return is_unlucky(queue);
}

static bool may_mark(const struct queue *queue)
{
        struct probability most = queue->config.ecn_most;
        return most.is_certain || queue->pie.probability <= most.threshold >> (64 - POINT);
}

static const char *offer(struct queue *queue, struct packet *packet, time_ns now)
{
        make_up(queue, now);
        if (!queue_has_room(queue, packet->size))
                return "queue-full";
        if (is_early(queue) && !(may_mark(queue) && queue_mark(queue, packet)))
                return "aqm";
        queue_append(queue, packet);
        return NULL;
}

static struct packet *take(struct queue *queue, time_ns now)
{
        make_up(queue, now);
        struct packet *packet = queue_remove_head(queue);
        if (packet != NULL)
                queue->pie.delay = queue->packets > 0 ? now - packet->t_enqueue : 0;
        return packet;
}

static void init(struct queue *queue)
{
        queue->pie.burst_left = queue->config.burst;
        queue->pie.next_update = queue->config.interval;
}

const struct queue_ops queue_pie = {
        .name = "pie",
        .defaults = { .limit_packets = 1000,
                .target = 15 * MILLISECOND,
                .interval = 15 * MILLISECOND,
                .alpha = 2,
                .beta = 20,
                .burst = 150 * MILLISECOND,
                .ecn_most = { .threshold = UINT64_MAX / 10 } },
        .init = init,
        .offer = offer,
        .take = take,
};
