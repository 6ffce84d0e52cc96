/*
 * What the tests of one queue discipline share: a world, the queue, and an end that leaves no packet behind.
 */
#ifndef INORDER_TESTS_QUEUE_FIXTURE_H
#define INORDER_TESTS_QUEUE_FIXTURE_H

#include "net_world.h"

/* The one under test. */
static struct net_world world;
static struct queue queue;

static void set_up(void)
{
        net_world_init(&world);
}

static void lose_all(void)
{
        struct packet *packet;
        while ((packet = queue_remove(&queue)) != NULL)
                packet_free(world.context.packets, packet);
        while ((packet = queue_next_dropped(&queue)) != NULL)
                packet_free(world.context.packets, packet);
}

static void tear_down(void)
{
        lose_all();
        queue_close(&queue);
        net_world_clear(&world);
}

#endif
