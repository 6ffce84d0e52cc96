/*
 * One queue under CoDel. RFC 8289.
 */
#include "net/queue.h"

static const char *offer(struct queue *queue, struct packet *packet, time_ns now G_GNUC_UNUSED)
{
        if (!queue_has_room(queue, packet->size))
                return "queue-full";
        codel_note_size(&queue->codel, packet->size);
        queue_append(queue, packet);
        return NULL;
}

static struct packet *take_head(void *list)
{
        return queue_remove_head(list);
}

static struct packet *take(struct queue *queue, time_ns now)
{
        const struct codel_source source = { queue, take_head, queue, &queue->bytes };
        return codel_take(&queue->codel, &source, now);
}

const struct queue_ops queue_codel = {
        .name = "codel",
        .defaults = { .limit_packets = 1000, .target = 5 * MILLISECOND, .interval = 100 * MILLISECOND },
        .offer = offer,
        .take = take,
};
