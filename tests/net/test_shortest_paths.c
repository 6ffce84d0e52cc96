/*
 * Routes, against the plain way to compute them: of every pair of nodes, the hops, and then the first edge
 * that is a hop nearer.
 */
#include "engine/rng.h"
#include "net/router.h"

#include <check.h>

#define NODES_MAX 40
#define EDGES_MAX 400
#define FAR       1000u

struct network {
        struct route_node nodes[NODES_MAX];
        unsigned node_count;
        struct route_edge edges[EDGES_MAX];
        unsigned edge_count;
        unsigned hops[NODES_MAX][NODES_MAX];
        RouteMap *map;
};

static struct network network;
static char names_of_links[EDGES_MAX]; /* nothing is sent, so a link is but an address here */

/* ---- Networks of many kinds ---- */

/* Shares are in a hundred. */
static const struct kind {
        unsigned routers;
        unsigned chain;   /* nodes that hang on the one before, not on any */
        unsigned shared;  /* nodes that hang on a router, if there is one before */
        unsigned apart;   /* nodes that hang on nothing */
        unsigned more;    /* further links, in a hundred of the nodes */
        unsigned one_way; /* of these */
        unsigned nameless;
        const char *why;
} kinds[] = {
        { 50, 0, 100, 0, 0, 0, 100, "trees of routers and hosts" },
        { 50, 90, 100, 0, 0, 0, 0, "chains of routers that have addresses" },
        { 20, 10, 90, 0, 10, 0, 50, "hubs with many hosts, some of which have two links" },
        { 60, 20, 90, 0, 20, 0, 50, "trees with a ring or two" },
        { 60, 20, 90, 15, 10, 0, 50, "several networks, joined by hosts here and there" },
        { 90, 10, 50, 0, 200, 0, 30, "meshes, full of ties" },
        { 40, 10, 50, 10, 100, 0, 30, "hosts among hosts" },
        { 70, 30, 80, 5, 60, 50, 30, "links that lead one way only" },
};

static struct rng_stream stream;
static uint32_t draws;

static unsigned draw_below(unsigned limit)
{
        return (unsigned)rng_draw_below(&stream, 0, 0, draws++, limit);
}

static bool happens(unsigned share)
{
        return draw_below(100) < share;
}

static Link *link_of(unsigned edge)
{
        return (Link *)(void *)(&names_of_links[edge]);
}

static void add_edge(unsigned from, unsigned to)
{
        unsigned e = network.edge_count++;
        network.edges[e] = (struct route_edge){ from, to, link_of(e) };
}

static void add_link(unsigned a, unsigned b)
{
        add_edge(a, b);
        add_edge(b, a);
}

static unsigned neighbour_for(const struct kind *kind, unsigned n)
{
        unsigned first = happens(kind->chain) ? n - 1 : draw_below(n);
        if (!happens(kind->shared))
                return first;
        for (unsigned i = 0; i < n; i++) {
                unsigned candidate = (first + n - i) % n;
                if (network.nodes[candidate].forwards)
                        return candidate;
        }
        return first;
}

static void add_more_links(const struct kind *kind)
{
        for (unsigned i = 0; i < network.node_count * kind->more / 100; i++) {
                unsigned a = draw_below(network.node_count);
                unsigned b = draw_below(network.node_count);
                if (a != b && happens(kind->one_way))
                        add_edge(a, b);
                else if (a != b)
                        add_link(a, b);
        }
}

/* Links are written in any order: those of the scenario's first nodes do not come first. */
static void shuffle_edges(void)
{
        for (unsigned e = network.edge_count; e > 1; e--) {
                unsigned other = draw_below(e);
                struct route_edge edge = network.edges[e - 1];
                network.edges[e - 1] = network.edges[other];
                network.edges[other] = edge;
        }
}

static void make_network(const struct kind *kind, unsigned seed)
{
        g_autofree char *name = g_strdup_printf("%s %u", kind->why, seed);
        network = (struct network){ .node_count = 2 + seed % (NODES_MAX - 1) };
        stream = rng_stream_named(1, name);
        draws = 0;
        for (unsigned n = 0; n < network.node_count; n++) {
                bool forwards = happens(kind->routers);
                bool is_nameless = forwards && happens(kind->nameless);
                network.nodes[n] = (struct route_node){
                        .table = route_table_new(),
                        .forwards = forwards,
                        .address = is_nameless ? ip_address_any : ip_address_from_ipv4(0x0a000000 + n),
                };
                if (n > 0 && !happens(kind->apart))
                        add_link(n, neighbour_for(kind, n));
        }
        add_more_links(kind);
        shuffle_edges();
        network.map = route_all(network.nodes, network.node_count, network.edges, network.edge_count);
}

static void free_network(void)
{
        for (unsigned n = 0; n < network.node_count; n++)
                route_table_free(network.nodes[n].table);
        route_map_free(network.map);
}

/* ---- The plain way ---- */

/* One hop is any edge; more lead through routers. */
static bool shorten(const struct route_edge *edge, unsigned to)
{
        bool may_pass = edge->to == to || network.nodes[edge->to].forwards;
        unsigned hops = may_pass ? network.hops[edge->to][to] + 1 : FAR;
        if (hops >= network.hops[edge->from][to])
                return false;
        network.hops[edge->from][to] = hops;
        return true;
}

static void count_hops(unsigned to)
{
        for (unsigned n = 0; n < network.node_count; n++)
                network.hops[n][to] = n == to ? 0 : FAR;
        for (bool is_shorter = true; is_shorter;) {
                is_shorter = false;
                for (unsigned e = 0; e < network.edge_count; e++)
                        is_shorter |= shorten(&network.edges[e], to);
        }
}

static Link *plain_route(unsigned from, unsigned to)
{
        for (unsigned e = 0; from != to && e < network.edge_count; e++) {
                const struct route_edge *edge = &network.edges[e];
                bool may_pass = edge->to == to || network.nodes[edge->to].forwards;
                if (edge->from == from && may_pass && network.hops[from][to] < FAR &&
                        network.hops[edge->to][to] + 1 == network.hops[from][to])
                        return edge->link;
        }
        return NULL;
}

/* A host with one neighbour and one link there sends everything out of it. */
static Link *only_link(unsigned host)
{
        const struct route_edge *out = NULL;
        const struct route_edge *in = NULL;
        unsigned edges = 0;
        for (unsigned e = 0; e < network.edge_count; e++) {
                const struct route_edge *edge = &network.edges[e];
                out = edge->from == host ? edge : out;
                in = edge->to == host ? edge : in;
                edges += (edge->from == host) + (edge->to == host);
        }
        bool is_only = edges == 2 && out != NULL && in != NULL && out->to == in->from;
        return is_only && !network.nodes[host].forwards ? out->link : NULL;
}

static void compare(unsigned from, const struct ip_address *address, Link *plain)
{
        Link *only = only_link(from);
        ck_assert_ptr_eq(route_table_find(network.nodes[from].table, address), only != NULL ? only : plain);
}

START_TEST(every_route_is_that_of_the_plain_way)
{
        for (unsigned seed = 0; seed < 120; seed++) {
                struct ip_address stranger = ip_address_from_ipv4(0x0b000000);
                make_network(&kinds[_i], seed);
                for (unsigned to = 0; to < network.node_count; to++) {
                        const struct ip_address *address = &network.nodes[to].address;
                        count_hops(to);
                        for (unsigned from = 0; from < network.node_count; from++)
                                compare(from, address,
                                        ip_address_is_any(address) ? NULL : plain_route(from, to));
                        compare(to, &stranger, NULL);
                }
                free_network();
        }
}
END_TEST

/* ---- As large as files are ---- */

#define LONG_CHAIN 20000 /* routers, each before a host and behind the last router: node 2 n and 2 n + 1 */

static void hang_on(struct route_edge *edges, unsigned node, unsigned on, unsigned edge)
{
        edges[edge] = (struct route_edge){ node, on, link_of(0) };
        edges[edge + 1] = (struct route_edge){ on, node, link_of(1) };
}

static struct route_node *make_chain(struct route_edge *edges)
{
        struct route_node *nodes = g_new0(struct route_node, 2 * LONG_CHAIN);
        for (unsigned n = 0; n < 2 * LONG_CHAIN; n++) {
                nodes[n].table = route_table_new();
                nodes[n].forwards = n % 2 == 0;
                nodes[n].address = n % 2 == 0 ? ip_address_any : ip_address_from_ipv4(0x0a000000 + n);
                if (n > 0)
                        hang_on(edges, n, n % 2 == 0 ? n - 2 : n - 1, 2 * (n - 1));
        }
        return nodes;
}

/* An entry of each router for each host would be 400 million. */
START_TEST(a_chain_of_twenty_thousand_routers_is_routed_at_once)
{
        enum { EDGES = 2 * (2 * LONG_CHAIN - 1) };
        g_autofree struct route_edge *edges = g_new0(struct route_edge, EDGES);
        g_autofree struct route_node *nodes = make_chain(edges);
        RouteMap *map = route_all(nodes, 2 * LONG_CHAIN, edges, EDGES);
        for (unsigned n = 2; n < 2 * LONG_CHAIN - 2; n += 2) {
                ck_assert_ptr_eq(route_table_find(nodes[n].table, &nodes[1].address), link_of(0));
                ck_assert_ptr_eq(route_table_find(nodes[n].table, &nodes[n - 1].address), link_of(0));
                ck_assert_ptr_eq(route_table_find(nodes[n].table, &nodes[n + 1].address), link_of(1));
                ck_assert_ptr_eq(
                        route_table_find(nodes[n].table, &nodes[2 * LONG_CHAIN - 1].address), link_of(1));
        }
        for (unsigned n = 0; n < 2 * LONG_CHAIN; n++)
                route_table_free(nodes[n].table);
        route_map_free(map);
}
END_TEST

static Suite *shortest_paths_suite(void)
{
        Suite *suite = suite_create("shortest_paths");
        TCase *cases = tcase_create("shortest_paths");
        tcase_set_timeout(cases, 60);
        tcase_add_loop_test(cases, every_route_is_that_of_the_plain_way, 0, G_N_ELEMENTS(kinds));
        tcase_add_test(cases, a_chain_of_twenty_thousand_routers_is_routed_at_once);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(shortest_paths_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
