/*
 * The topology as routes see it: trees of nodes that have one neighbour, again and again, and the core that is
 * left. In a tree there is one way to everywhere, so only the core is searched.
 *
 * For shortest_paths.c alone.
 */
#ifndef INORDER_ROUTE_GRAPH_H
#define INORDER_ROUTE_GRAPH_H

#include "net/route_map.h"

/* A node, what hangs on it, and what it hangs on. */
struct route_branch {
        unsigned parent;    /* ROUTE_NOWHERE: the core's */
        unsigned edge_up;   /* the first in scenario order to the parent … */
        unsigned edge_down; /* … and from there */
        unsigned first_child;
        unsigned next_sibling;
        uint32_t first_number; /* its own, if it is a destination, then those of its children one by one */
        uint32_t count;        /* destinations on it, itself among them */
        bool is_stub;          /* a host that sends everything out of its one link */
};

/* Edges by one of their ends, in scenario order: those of node n stand at first[n] … first[n + 1]. */
struct route_edges_at {
        unsigned *first;
        unsigned *edges;
};

struct route_graph {
        const struct route_node *nodes;
        unsigned node_count;
        const struct route_edge *edges;
        unsigned edge_count;
        struct route_edges_at out;
        struct route_edges_at in; /* of the core's nodes, only those from the core */
        struct route_branch *branches;
        unsigned *hung; /* the nodes that hang on others, each before its parent */
        unsigned hung_count;
};

void route_graph_init(struct route_graph *graph, const struct route_node *nodes, unsigned node_count,
        const struct route_edge *edges, unsigned edge_count);
void route_graph_clear(struct route_graph *graph);

static inline bool route_graph_is_core(const struct route_graph *graph, unsigned node)
{
        return graph->branches[node].parent == ROUTE_NOWHERE;
}

/* The node after `node` of those that hang on `root`, parents before children; ROUTE_NOWHERE: that was the
 * last. */
unsigned route_graph_next_hung(const struct route_graph *graph, unsigned root, unsigned node);

#endif
