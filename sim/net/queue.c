/*
 * Queues before a transmitter: the list of those waiting, and the table of disciplines.
 */
#include "net/queue.h"

#include <string.h>

const struct queue_ops *const queue_disciplines[] = {
        &queue_droptail,
        &queue_drophead,
        &queue_red,
        &queue_codel,
        &queue_fq_codel,
        &queue_pie,
        NULL,
};

const struct queue_ops *queue_ops_find(const char *name)
{
        for (size_t i = 0; queue_disciplines[i] != NULL; i++) {
                if (strcmp(queue_disciplines[i]->name, name) == 0)
                        return queue_disciplines[i];
        }
        return NULL;
}

void queue_init(struct queue *queue, const struct queue_config *config)
{
        g_assert(config->ops != NULL);
        memset(queue, 0, sizeof *queue);
        queue->config = *config;
        if (config->ops->init != NULL)
                config->ops->init(queue);
}

void queue_close(struct queue *queue)
{
        g_assert(queue->packets == 0 && queue->dropped == NULL);
        if (queue->config.ops->clear != NULL)
                queue->config.ops->clear(queue);
}

const char *queue_offer(struct queue *queue, struct packet *packet, time_ns now)
{
        queue->offered++;
        return queue->config.ops->offer(queue, packet, now);
}

struct packet *queue_take(struct queue *queue, time_ns now)
{
        return queue->config.ops->take(queue, now);
}

struct packet *queue_remove(struct queue *queue)
{
        return queue->config.ops->remove != NULL ? queue->config.ops->remove(queue)
                                                 : queue_remove_head(queue);
}

struct packet *queue_extract(struct queue *queue, queue_picks is_meant, const void *data)
{
        if (queue->config.ops->extract != NULL)
                return queue->config.ops->extract(queue, is_meant, data);
        struct packet *before = NULL;
        struct packet *packet = queue->head;
        while (packet != NULL && !is_meant(data, packet)) {
                before = packet;
                packet = packet->next;
        }
        if (before == NULL || packet == NULL)
                return packet != NULL ? queue_remove_head(queue) : NULL;
        before->next = packet->next;
        if (queue->tail == packet)
                queue->tail = before;
        queue->packets--;
        queue->bytes -= packet->size;
        packet->next = NULL;
        return packet;
}

struct packet *queue_next_dropped(struct queue *queue)
{
        struct packet *packet = queue->dropped;
        if (packet == NULL)
                return NULL;
        queue->dropped = packet->next;
        packet->next = NULL;
        return packet;
}

void queue_forget_account(struct queue *queue, const struct device_account *account)
{
        if (queue->config.ops->forget_account != NULL)
                queue->config.ops->forget_account(queue, account);
        for (struct packet *packet = queue->head; packet != NULL; packet = packet->next) {
                if (packet->account == account)
                        packet->account = NULL;
        }
}

/* ---- For disciplines ---- */

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

bool queue_has_room(const struct queue *queue, uint32_t size)
{
        return queue_droptail_has_room(&queue->config, queue->packets, queue->bytes, size);
}

void queue_lose(struct queue *queue, struct packet *packet, const char *reason)
{
        struct packet **end = &queue->dropped;
        while (*end != NULL)
                end = &(*end)->next;
        packet->next = NULL;
        *end = packet;
        queue->drop_reason = reason;
}

bool queue_mark(struct queue *queue, struct packet *packet)
{
        if (!queue->config.ecn || !packet_mark_ce(packet))
                return false;
        queue->marked++;
        return true;
}
