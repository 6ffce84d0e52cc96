/*
 * Taking a topology apart: leaves are taken off as long as there are any (which leaves its 2-core).
 *
 * A node is a leaf if all its edges lead to one neighbour and back, and if that forwards: behind a host
 * nobody is reached, so what hangs on one stays in the core, where the search knows.
 */
#include "net/route_graph.h"

/* How many neighbours a node has that are not yet taken off, and the sum (exclusive or) of their numbers,
 * which is the last one's number in the end. */
struct degree {
        unsigned neighbours;
        unsigned sum;
        bool is_one_way; /* an edge leads to a neighbour from where none leads back, or to the node itself */
};

/* ---- Edges by their ends ---- */

static void sort_edges(const struct route_graph *graph, struct route_edges_at *at, bool by_from)
{
        at->first = g_new0(unsigned, graph->node_count + 1);
        at->edges = g_new(unsigned, graph->edge_count);
        for (unsigned e = 0; e < graph->edge_count; e++)
                at->first[by_from ? graph->edges[e].from : graph->edges[e].to]++;
        for (unsigned n = 1; n <= graph->node_count; n++)
                at->first[n] += at->first[n - 1];
        for (unsigned e = graph->edge_count; e-- > 0;)
                at->edges[--at->first[by_from ? graph->edges[e].from : graph->edges[e].to]] = e;
}

static unsigned count_at(const struct route_edges_at *at, unsigned node)
{
        return at->first[node + 1] - at->first[node];
}

static bool is_stub(const struct route_graph *graph, unsigned n)
{
        if (graph->nodes[n].forwards || count_at(&graph->out, n) != 1 || count_at(&graph->in, n) != 1)
                return false;
        unsigned out = graph->out.edges[graph->out.first[n]];
        unsigned in = graph->in.edges[graph->in.first[n]];
        return graph->edges[in].from == graph->edges[out].to;
}

/* ---- Leaves ---- */

static void count_neighbour(struct degree *degree, unsigned *seen, unsigned node, unsigned neighbour)
{
        if (seen[neighbour] == node)
                return;
        seen[neighbour] = node;
        degree->neighbours++;
        degree->sum ^= neighbour;
}

/* `out_to` and `in_from` remember for each node whose neighbour it was last. */
static void count_neighbours(const struct route_graph *graph, struct degree *degree, unsigned node,
        unsigned *out_to, unsigned *in_from)
{
        struct degree in = { 0 };
        for (unsigned k = graph->out.first[node]; k < graph->out.first[node + 1]; k++)
                count_neighbour(degree, out_to, node, graph->edges[graph->out.edges[k]].to);
        for (unsigned k = graph->in.first[node]; k < graph->in.first[node + 1]; k++) {
                unsigned from = graph->edges[graph->in.edges[k]].from;
                degree->is_one_way |= out_to[from] != node || from == node;
                count_neighbour(&in, in_from, node, from);
        }
        degree->is_one_way |= in.neighbours != degree->neighbours;
}

static struct degree *count_degrees(const struct route_graph *graph)
{
        struct degree *degrees = g_new0(struct degree, graph->node_count);
        g_autofree unsigned *out_to = g_new(unsigned, graph->node_count);
        g_autofree unsigned *in_from = g_new(unsigned, graph->node_count);
        for (unsigned n = 0; n < graph->node_count; n++)
                out_to[n] = in_from[n] = ROUTE_NOWHERE;
        for (unsigned n = 0; n < graph->node_count; n++)
                count_neighbours(graph, &degrees[n], n, out_to, in_from);
        return degrees;
}

static unsigned first_edge_to(const struct route_graph *graph, unsigned from, unsigned to)
{
        unsigned k = graph->out.first[from];
        while (graph->edges[graph->out.edges[k]].to != to)
                k++;
        return graph->out.edges[k];
}

static unsigned first_edge_from(const struct route_graph *graph, unsigned from, unsigned to)
{
        unsigned k = graph->in.first[to];
        while (graph->edges[graph->in.edges[k]].from != from)
                k++;
        return graph->in.edges[k];
}

static bool is_leaf(const struct route_graph *graph, const struct degree *degree)
{
        return degree->neighbours == 1 && !degree->is_one_way && graph->nodes[degree->sum].forwards;
}

static void hang(struct route_graph *graph, unsigned node, unsigned parent)
{
        struct route_branch *branch = &graph->branches[node];
        branch->parent = parent;
        branch->edge_up = first_edge_to(graph, node, parent);
        branch->edge_down = first_edge_from(graph, parent, node);
        branch->next_sibling = graph->branches[parent].first_child;
        graph->branches[parent].first_child = node;
        graph->branches[parent].count += branch->count;
        graph->hung[graph->hung_count++] = node;
}

/* From one leaf on, what becomes one by its going. */
static void take_off(struct route_graph *graph, struct degree *degrees, unsigned leaf)
{
        while (is_leaf(graph, &degrees[leaf])) {
                unsigned parent = degrees[leaf].sum;
                degrees[leaf].neighbours = 0;
                degrees[parent].neighbours--;
                degrees[parent].sum ^= leaf;
                hang(graph, leaf, parent);
                leaf = parent;
        }
}

static void take_leaves_off(struct route_graph *graph)
{
        g_autofree struct degree *degrees = count_degrees(graph);
        for (unsigned n = 0; n < graph->node_count; n++)
                take_off(graph, degrees, n);
}

/* ---- The core ---- */

/* Numbers of all that hangs on a node follow its own. Parents come first: backwards in the order of their
 * going. */
static void number_destinations(struct route_graph *graph)
{
        g_autofree uint32_t *next = g_new(uint32_t, graph->node_count);
        uint32_t number = 1;
        for (unsigned n = 0; n < graph->node_count; n++) {
                struct route_branch *branch = &graph->branches[n];
                if (!route_graph_is_core(graph, n))
                        continue;
                branch->first_number = number;
                next[n] = branch->first_number + !ip_address_is_any(&graph->nodes[n].address);
                number += branch->count;
        }
        for (unsigned i = graph->hung_count; i-- > 0;) {
                unsigned n = graph->hung[i];
                struct route_branch *branch = &graph->branches[n];
                branch->first_number = next[branch->parent];
                next[branch->parent] += branch->count;
                next[n] = branch->first_number + !ip_address_is_any(&graph->nodes[n].address);
        }
}

/* Of edges into nodes, those from stubs lead no search on, and those to or from branches are not the core's.
 */
static void keep_core_edges(struct route_graph *graph)
{
        unsigned kept = 0;
        for (unsigned n = 0; n < graph->node_count; n++) {
                unsigned first = graph->in.first[n];
                graph->in.first[n] = kept;
                for (unsigned k = first; k < graph->in.first[n + 1]; k++) {
                        unsigned from = graph->edges[graph->in.edges[k]].from;
                        bool is_kept = route_graph_is_core(graph, n) && route_graph_is_core(graph, from) &&
                                       !graph->branches[from].is_stub;
                        if (is_kept)
                                graph->in.edges[kept++] = graph->in.edges[k];
                }
        }
        graph->in.first[graph->node_count] = kept;
}

void route_graph_init(struct route_graph *graph, const struct route_node *nodes, unsigned node_count,
        const struct route_edge *edges, unsigned edge_count)
{
        *graph = (struct route_graph){
                .nodes = nodes, .node_count = node_count, .edges = edges, .edge_count = edge_count
        };
        sort_edges(graph, &graph->out, true);
        sort_edges(graph, &graph->in, false);
        graph->branches = g_new0(struct route_branch, node_count);
        graph->hung = g_new(unsigned, node_count);
        for (unsigned n = 0; n < node_count; n++)
                graph->branches[n] = (struct route_branch){
                        .parent = ROUTE_NOWHERE,
                        .first_child = ROUTE_NOWHERE,
                        .next_sibling = ROUTE_NOWHERE,
                        .count = !ip_address_is_any(&nodes[n].address),
                        .is_stub = is_stub(graph, n),
                };
        take_leaves_off(graph);
        number_destinations(graph);
        keep_core_edges(graph);
}

void route_graph_clear(struct route_graph *graph)
{
        g_free(graph->out.first);
        g_free(graph->out.edges);
        g_free(graph->in.first);
        g_free(graph->in.edges);
        g_free(graph->branches);
        g_free(graph->hung);
}

unsigned route_graph_next_hung(const struct route_graph *graph, unsigned root, unsigned node)
{
        if (graph->branches[node].first_child != ROUTE_NOWHERE)
                return graph->branches[node].first_child;
        while (node != root && graph->branches[node].next_sibling == ROUTE_NOWHERE)
                node = graph->branches[node].parent;
        return node != root ? graph->branches[node].next_sibling : ROUTE_NOWHERE;
}
