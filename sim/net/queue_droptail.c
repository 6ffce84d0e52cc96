/*
 * Drop-tail: first come, first served; who finds no room is turned away.
 */
#include "net/queue.h"

bool queue_droptail_has_room(
        const struct queue_config *config, uint32_t packets, uint64_t bytes, uint32_t size)
{
        if (config->limit_packets != 0 && packets >= config->limit_packets)
                return false;
        return config->limit_bytes == 0 || bytes + size <= config->limit_bytes;
}

static const char *offer(struct queue *queue, struct packet *packet, time_ns now)
{
        (void)now;
        if (!queue_droptail_has_room(&queue->config, queue->packets, queue->bytes, packet->size))
                return "queue-full";
        queue_append(queue, packet);
        return NULL;
}

static struct packet *take(struct queue *queue, time_ns now)
{
        (void)now;
        return queue_remove_head(queue);
}

const struct queue_ops queue_droptail = {
        .name = "droptail",
        .defaults = { .limit_packets = 1000 },
        .offer = offer,
        .take = take,
};
