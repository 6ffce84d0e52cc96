/*
 * Queues before a transmitter: the list of those waiting, and the table of disciplines.
 */
#include "net/queue.h"

#include <string.h>

static const struct queue_ops *const disciplines[] = {
        &queue_droptail,
};

const struct queue_ops *queue_ops_find(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(disciplines); i++) {
                if (strcmp(disciplines[i]->name, name) == 0)
                        return disciplines[i];
        }
        return NULL;
}

void queue_init(struct queue *queue, const struct queue_config *config)
{
        g_assert(config->ops != NULL);
        *queue = (struct queue){ .config = *config };
}

const char *queue_offer(struct queue *queue, struct packet *packet, time_ns now)
{
        return queue->config.ops->offer(queue, packet, now);
}

struct packet *queue_take(struct queue *queue, time_ns now)
{
        return queue->config.ops->take(queue, now);
}

void queue_append(struct queue *queue, struct packet *packet)
{
        packet->next = NULL;
        if (queue->tail != NULL)
                queue->tail->next = packet;
        else
                queue->head = packet;
        queue->tail = packet;
        queue->packets++;
        queue->bytes += packet->size;
}

struct packet *queue_remove_head(struct queue *queue)
{
        struct packet *packet = queue->head;
        if (packet == NULL)
                return NULL;
        queue->head = packet->next;
        if (queue->head == NULL)
                queue->tail = NULL;
        queue->packets--;
        queue->bytes -= packet->size;
        packet->next = NULL;
        return packet;
}
