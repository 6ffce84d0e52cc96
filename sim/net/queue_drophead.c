/*
 * Drop-head: who finds no room takes the place of those that have waited longest, so that the loss is heard
 * of sooner (Lakshman, Neidhardt, Ott, "The drop from front strategy in TCP and in TCP over ATM", INFOCOM
 * 1996).
 */
#include "net/queue.h"

static const char *offer(struct queue *queue, struct packet *packet, time_ns now G_GNUC_UNUSED)
{
        while (!queue_has_room(queue, packet->size)) {
                struct packet *oldest = queue_remove_head(queue);
                if (oldest == NULL)
                        return "queue-full"; /* it is larger than the whole queue */
                queue_lose(queue, oldest, "queue-full");
        }
        queue_append(queue, packet);
        return NULL;
}

static struct packet *take(struct queue *queue, time_ns now G_GNUC_UNUSED)
{
        return queue_remove_head(queue);
}

const struct queue_ops queue_drophead = {
        .name = "drophead",
        .defaults = { .limit_packets = 1000 },
        .offer = offer,
        .take = take,
};
