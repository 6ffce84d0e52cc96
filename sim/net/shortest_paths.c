/*
 * Routes over the fewest hops: one breadth-first search backwards from each place where destinations are.
 *
 * Most nodes are stubs: a host with one link in and one out, both to the same neighbour. A stub sends
 * everything out of its link, and the way to it is the way to its neighbour; so searches go from neighbours,
 * over the core that is left without the stubs, and a dumbbell of any size takes two.
 */
#include "net/router.h"

#define NOWHERE      UINT_MAX
#define DEFAULT_BITS 0
#define HOST_BITS    128

struct graph {
        const struct route_node *nodes;
        unsigned node_count;
        const struct route_edge *edges;
        unsigned edge_count;
        unsigned *out_degree;
        unsigned *in_degree;
        unsigned *an_edge_out; /* the last one in scenario order, which is the only one of a stub */
        bool *is_stub;
        /* Edges by the node they lead to, in scenario order: those into node n stand at first_in[n] …
         * first_in[n + 1]. */
        unsigned *first_in;
        unsigned *edges_in;
};

/* From every node of the core to one destination. */
struct search {
        unsigned *hops;
        unsigned *next_edge; /* the first edge of the way there */
        unsigned *reached;   /* nodes in order of discovery */
        unsigned reached_count;
};

/* ---- The graph ---- */

static void count_degrees(struct graph *graph)
{
        for (unsigned e = 0; e < graph->edge_count; e++) {
                const struct route_edge *edge = &graph->edges[e];
                g_assert(edge->from < graph->node_count && edge->to < graph->node_count);
                graph->out_degree[edge->from]++;
                graph->in_degree[edge->to]++;
                graph->an_edge_out[edge->from] = e;
        }
}

static void sort_edges_in(struct graph *graph)
{
        for (unsigned n = 0; n < graph->node_count; n++)
                graph->first_in[n + 1] = graph->first_in[n] + graph->in_degree[n];
        g_autofree unsigned *filled = g_new0(unsigned, graph->node_count);
        for (unsigned e = 0; e < graph->edge_count; e++) {
                unsigned to = graph->edges[e].to;
                graph->edges_in[graph->first_in[to] + filled[to]++] = e;
        }
}

static unsigned neighbour_of_stub(const struct graph *graph, unsigned stub)
{
        return graph->edges[graph->an_edge_out[stub]].to;
}

static bool is_stub(const struct graph *graph, unsigned n)
{
        if (graph->nodes[n].forwards || graph->out_degree[n] != 1 || graph->in_degree[n] != 1)
                return false;
        return graph->edges[graph->edges_in[graph->first_in[n]]].from == neighbour_of_stub(graph, n);
}

static void graph_init(struct graph *graph, const struct route_node *nodes, unsigned node_count,
        const struct route_edge *edges, unsigned edge_count)
{
        *graph = (struct graph){
                .nodes = nodes,
                .node_count = node_count,
                .edges = edges,
                .edge_count = edge_count,
                .out_degree = g_new0(unsigned, node_count),
                .in_degree = g_new0(unsigned, node_count),
                .an_edge_out = g_new0(unsigned, node_count),
                .is_stub = g_new0(bool, node_count),
                .first_in = g_new0(unsigned, node_count + 1),
                .edges_in = g_new0(unsigned, edge_count),
        };
        count_degrees(graph);
        sort_edges_in(graph);
        for (unsigned n = 0; n < node_count; n++)
                graph->is_stub[n] = is_stub(graph, n);
}

static void graph_clear(struct graph *graph)
{
        g_free(graph->out_degree);
        g_free(graph->in_degree);
        g_free(graph->an_edge_out);
        g_free(graph->is_stub);
        g_free(graph->first_in);
        g_free(graph->edges_in);
}

/* ---- The search ---- */

static void search_init(struct search *search, unsigned node_count)
{
        *search = (struct search){
                .hops = g_new(unsigned, node_count),
                .next_edge = g_new(unsigned, node_count),
                .reached = g_new(unsigned, node_count),
        };
        for (unsigned n = 0; n < node_count; n++)
                search->hops[n] = NOWHERE;
}

static void search_clear(struct search *search)
{
        g_free(search->hops);
        g_free(search->next_edge);
        g_free(search->reached);
}

/* Forget the last search; only what it reached has to be undone. */
static void search_restart(struct search *search, unsigned destination)
{
        for (unsigned i = 0; i < search->reached_count; i++)
                search->hops[search->reached[i]] = NOWHERE;
        search->reached[0] = destination;
        search->reached_count = 1;
        search->hops[destination] = 0;
        search->next_edge[destination] = NOWHERE;
}

/* Of several shortest ways the one whose edge comes first in the scenario: all nodes one hop nearer have
 * their say before this one's own neighbours are looked at. */
static void reach(struct search *search, unsigned from, unsigned hops, unsigned edge)
{
        if (search->hops[from] == NOWHERE) {
                search->hops[from] = hops;
                search->next_edge[from] = edge;
                search->reached[search->reached_count++] = from;
        } else if (search->hops[from] == hops && edge < search->next_edge[from]) {
                search->next_edge[from] = edge;
        }
}

static void search_from(struct search *search, const struct graph *graph, unsigned destination)
{
        search_restart(search, destination);
        for (unsigned i = 0; i < search->reached_count; i++) {
                unsigned at = search->reached[i];
                if (at != destination && !graph->nodes[at].forwards)
                        continue;
                for (unsigned k = graph->first_in[at]; k < graph->first_in[at + 1]; k++) {
                        unsigned edge = graph->edges_in[k];
                        unsigned from = graph->edges[edge].from;
                        if (!graph->is_stub[from])
                                reach(search, from, search->hops[at] + 1, edge);
                }
        }
}

/* ---- Routes ---- */

/* Everyone the search reached learns the way to `address`, which is where it began or a stub behind that. */
static void add_routes(
        const struct graph *graph, const struct search *search, const struct ip_address *address)
{
        if (ip_address_is_any(address))
                return;
        for (unsigned i = 1; i < search->reached_count; i++) {
                unsigned node = search->reached[i];
                route_table_add(graph->nodes[node].table, address, HOST_BITS,
                        graph->edges[search->next_edge[node]].link);
        }
}

/* `stub` hangs on the node where the search began. */
static void add_stub(const struct graph *graph, const struct search *search, unsigned stub)
{
        const struct route_edge *edge = &graph->edges[graph->edges_in[graph->first_in[stub]]];
        const struct ip_address *address = &graph->nodes[stub].address;
        if (ip_address_is_any(address))
                return;
        route_table_add(graph->nodes[edge->from].table, address, HOST_BITS, edge->link);
        if (graph->nodes[edge->from].forwards)
                add_routes(graph, search, address);
}

static void add_destinations_at(const struct graph *graph, struct search *search, unsigned node)
{
        search_from(search, graph, node);
        add_routes(graph, search, &graph->nodes[node].address);
        for (unsigned k = graph->first_in[node]; k < graph->first_in[node + 1]; k++) {
                unsigned from = graph->edges[graph->edges_in[k]].from;
                if (graph->is_stub[from])
                        add_stub(graph, search, from);
        }
}

static void add_default_routes(const struct graph *graph)
{
        for (unsigned n = 0; n < graph->node_count; n++) {
                if (graph->is_stub[n])
                        route_table_add(graph->nodes[n].table, &ip_address_any, DEFAULT_BITS,
                                graph->edges[graph->an_edge_out[n]].link);
        }
}

void route_all(const struct route_node *nodes, unsigned node_count, const struct route_edge *edges,
        unsigned edge_count)
{
        struct graph graph;
        struct search search;
        graph_init(&graph, nodes, node_count, edges, edge_count);
        search_init(&search, node_count);
        add_default_routes(&graph);
        for (unsigned n = 0; n < node_count; n++) {
                if (!graph.is_stub[n])
                        add_destinations_at(&graph, &search, n);
        }
        search_clear(&search);
        graph_clear(&graph);
}
