/*
 * Routes over the fewest hops. Where the topology is a tree there is nothing to compare: each node sends what
 * is on its own branches down and all else up. In the core, one breadth-first search backwards from each node
 * that is a destination or has some hanging on it; so a dumbbell of any size takes none.
 *
 * A stub, a host of one link, sends everything out of that by a default route.
 */
#include "net/route_graph.h"

#define DEFAULT_BITS 0

/* From every node of the core to one of them. */
struct search {
        unsigned *hops;
        unsigned *next_edge; /* the first edge of the way there */
        unsigned *reached;   /* nodes in order of discovery */
        unsigned reached_count;
};

/* ---- The search ---- */

static void search_init(struct search *search, unsigned node_count)
{
        *search = (struct search){
                .hops = g_new(unsigned, node_count),
                .next_edge = g_new(unsigned, node_count),
                .reached = g_new(unsigned, node_count),
        };
        for (unsigned n = 0; n < node_count; n++)
                search->hops[n] = ROUTE_NOWHERE;
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
                search->hops[search->reached[i]] = ROUTE_NOWHERE;
        search->reached[0] = destination;
        search->reached_count = 1;
        search->hops[destination] = 0;
        search->next_edge[destination] = ROUTE_NOWHERE;
}

/* Of several shortest ways the one whose edge comes first in the scenario: all nodes one hop nearer have
 * their say before this one's own neighbours are looked at. */
static void reach(struct search *search, unsigned from, unsigned hops, unsigned edge)
{
        if (search->hops[from] == ROUTE_NOWHERE) {
                search->hops[from] = hops;
                search->next_edge[from] = edge;
                search->reached[search->reached_count++] = from;
        } else if (search->hops[from] == hops && edge < search->next_edge[from]) {
                search->next_edge[from] = edge;
        }
}

static void search_from(struct search *search, const struct route_graph *graph, unsigned destination)
{
        search_restart(search, destination);
        for (unsigned i = 0; i < search->reached_count; i++) {
                unsigned at = search->reached[i];
                if (at != destination && !graph->nodes[at].forwards)
                        continue;
                for (unsigned k = graph->in.first[at]; k < graph->in.first[at + 1]; k++) {
                        unsigned edge = graph->in.edges[k];
                        reach(search, graph->edges[edge].from, search->hops[at] + 1, edge);
                }
        }
}

/* ---- Routes ---- */

static void add_run(
        const struct route_graph *graph, unsigned node, const struct route_branch *to, unsigned edge)
{
        route_table_add_run(graph->nodes[node].table, to->first_number, to->count, graph->edges[edge].link);
}

/* Down: not for leaves, since the map says on which node those hang. */
static void add_branches(const struct route_graph *graph, unsigned node)
{
        for (unsigned child = graph->branches[node].first_child; child != ROUTE_NOWHERE;
                child = graph->branches[child].next_sibling) {
                const struct route_branch *branch = &graph->branches[child];
                if (branch->count > 0 && branch->first_child != ROUTE_NOWHERE)
                        add_run(graph, node, branch, branch->edge_down);
        }
}

static void add_core_routes(const struct route_graph *graph)
{
        struct search search;
        search_init(&search, graph->node_count);
        for (unsigned n = 0; n < graph->node_count; n++) {
                const struct route_branch *branch = &graph->branches[n];
                if (!route_graph_is_core(graph, n) || branch->count == 0)
                        continue;
                add_branches(graph, n);
                search_from(&search, graph, n);
                for (unsigned i = 1; i < search.reached_count; i++)
                        add_run(graph, search.reached[i], branch, search.next_edge[search.reached[i]]);
        }
        search_clear(&search);
}

/* Up: what the root of the tree reaches, and the tree itself, but not what is down from here. */
static void add_tree_routes(const struct route_graph *graph, unsigned node, const RouteTable *reached)
{
        const struct route_branch *branch = &graph->branches[node];
        RouteTable *table = graph->nodes[node].table;
        Link *up = graph->edges[branch->edge_up].link;
        route_table_add_reached(table, reached, 0, branch->first_number, up);
        add_branches(graph, node);
        route_table_add_reached(table, reached, branch->first_number + branch->count, UINT32_MAX, up);
}

static void add_routes_of_tree(const struct route_graph *graph, unsigned root)
{
        const struct route_branch *tree = &graph->branches[root];
        const RouteTable *table = graph->nodes[root].table;
        g_autoptr(RouteTable) reached = route_table_new();
        Link *any = graph->edges[graph->branches[tree->first_child].edge_up].link;
        route_table_add_reached(reached, table, 0, tree->first_number, any);
        route_table_add_run(reached, tree->first_number, tree->count, any);
        route_table_add_reached(reached, table, tree->first_number + tree->count, UINT32_MAX, any);
        for (unsigned node = route_graph_next_hung(graph, root, root); node != ROUTE_NOWHERE;
                node = route_graph_next_hung(graph, root, node)) {
                if (!graph->branches[node].is_stub)
                        add_tree_routes(graph, node, reached);
        }
}

static void add_default_routes(const struct route_graph *graph)
{
        for (unsigned n = 0; n < graph->node_count; n++) {
                if (graph->branches[n].is_stub)
                        route_table_add(graph->nodes[n].table, &ip_address_any, DEFAULT_BITS,
                                graph->edges[graph->out.edges[graph->out.first[n]]].link);
        }
}

/* ---- The map ---- */

static void add_place(const struct route_graph *graph, RouteMap *map, unsigned node)
{
        const struct route_branch *branch = &graph->branches[node];
        struct route_place place = { graph->nodes[node].address, branch->first_number, branch->parent, NULL };
        if (!route_graph_is_core(graph, node))
                place.link = graph->edges[branch->edge_down].link;
        if (!ip_address_is_any(&place.address))
                route_map_add(map, &place);
}

static RouteMap *make_map(const struct route_graph *graph)
{
        RouteMap *map = route_map_new(graph->node_count);
        for (unsigned n = 0; n < graph->node_count; n++) {
                add_place(graph, map, n);
                if (!graph->branches[n].is_stub)
                        route_table_join(graph->nodes[n].table, map, n);
        }
        return map;
}

RouteMap *route_all(const struct route_node *nodes, unsigned node_count, const struct route_edge *edges,
        unsigned edge_count)
{
        struct route_graph graph;
        route_graph_init(&graph, nodes, node_count, edges, edge_count);
        RouteMap *map = make_map(&graph);
        add_default_routes(&graph);
        add_core_routes(&graph);
        for (unsigned n = 0; n < node_count; n++) {
                if (route_graph_is_core(&graph, n) && graph.branches[n].first_child != ROUTE_NOWHERE)
                        add_routes_of_tree(&graph, n);
        }
        route_graph_clear(&graph);
        return map;
}
