/*
 * Routers that links connect make an area (a disjoint-set forest, Galler and Fischer, CACM 7(5), 1964); a
 * host is in the areas of the routers next to it.
 */
#include "run/scenario_reach.h"

struct reach_node {
        const struct scenario_host *host;
        struct reach_node *parent; /* in the forest of routers; itself: a root */
        GPtrArray *neighbours;     /* of struct reach_node */
};

struct Reach {
        GHashTable *nodes; /* by host, for looking up only */
};

static void free_node(gpointer data)
{
        struct reach_node *node = data;
        g_ptr_array_unref(node->neighbours);
        g_free(node);
}

static struct reach_node *find_root(struct reach_node *node)
{
        while (node->parent != node) {
                node->parent = node->parent->parent;
                node = node->parent;
        }
        return node;
}

static void join(struct reach_node *a, struct reach_node *b)
{
        g_ptr_array_add(a->neighbours, b);
        g_ptr_array_add(b->neighbours, a);
        if (a->host->forwards && b->host->forwards)
                find_root(a)->parent = find_root(b);
}

static struct reach_node *node_named(const Reach *reach, const Scenario *scenario, const char *name)
{
        int member;
        return g_hash_table_lookup(reach->nodes, scenario_find_host(scenario, name, &member));
}

Reach *reach_new(const Scenario *scenario)
{
        Reach *reach = g_new0(Reach, 1);
        reach->nodes = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_node);
        for (unsigned i = 0; i < scenario->hosts->len; i++) {
                struct reach_node *node = g_new0(struct reach_node, 1);
                node->host = g_ptr_array_index(scenario->hosts, i);
                node->parent = node;
                node->neighbours = g_ptr_array_new();
                g_hash_table_insert(reach->nodes, (gpointer)node->host, node);
        }
        for (unsigned i = 0; i < scenario->links->len; i++) {
                const struct scenario_link *link = g_ptr_array_index(scenario->links, i);
                join(node_named(reach, scenario, link->ends[0]), node_named(reach, scenario, link->ends[1]));
        }
        return reach;
}

void reach_free(Reach *reach)
{
        if (!reach)
                return;
        g_hash_table_unref(reach->nodes);
        g_free(reach);
}

static bool is_in_area(struct reach_node *node, const struct reach_node *area)
{
        if (node->host->forwards)
                return find_root(node) == area;
        for (unsigned i = 0; i < node->neighbours->len; i++) {
                struct reach_node *neighbour = g_ptr_array_index(node->neighbours, i);
                if (neighbour->host->forwards && find_root(neighbour) == area)
                        return true;
        }
        return false;
}

bool reach_leads(const Reach *reach, const struct scenario_host *from, const struct scenario_host *to)
{
        struct reach_node *source = g_hash_table_lookup(reach->nodes, from);
        struct reach_node *target = g_hash_table_lookup(reach->nodes, to);
        if (source == target || (from->forwards && is_in_area(target, find_root(source))))
                return true;
        for (unsigned i = 0; i < source->neighbours->len; i++) {
                struct reach_node *neighbour = g_ptr_array_index(source->neighbours, i);
                if (neighbour == target ||
                        (neighbour->host->forwards && is_in_area(target, find_root(neighbour))))
                        return true;
        }
        return false;
}
