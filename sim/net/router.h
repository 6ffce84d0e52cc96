/*
 * A router: longest prefix match, hop limit, MTU, and on to the next link; or an ICMP error back. RFC 1812
 * sections 4.3, 5.2 and 5.3; RFC 4443.
 *
 * Routes over the fewest hops are computed from the whole scenario by route_all().
 */
#ifndef INORDER_ROUTER_H
#define INORDER_ROUTER_H

#include "net/link.h"
#include "wire/ip_address.h"

/* Prefix → link, or a node's part of a RouteMap. Hosts have one too. */
typedef struct RouteTable RouteTable;
RouteTable *route_table_new(void);
void route_table_free(RouteTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RouteTable, route_table_free)
/* `prefix_bits` of the 128: an IPv4 /32 is 128. A later route for the same prefix replaces the earlier. */
void route_table_add(RouteTable *table, const struct ip_address *prefix, unsigned prefix_bits, Link *link);
Link *route_table_find(const RouteTable *table, const struct ip_address *destination);

typedef struct Router Router;
/* `address`: of either family, or any; its ICMP comes from there. */
Router *router_new(struct net_context *context, uint32_t owner, const struct ip_address *address);
void router_free(Router *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Router, router_free)
RouteTable *router_routes(Router *router);
/* For the links that lead here. Packets with a bad IP checksum, no hops left, no route, or too big
 * for the next link end here, traced; but of those with a bad checksum their senders are told. */
struct packet_sink router_sink(Router *router);

/* The topology as a graph, to compute routes from. Nodes and links in scenario order. */
struct route_node {
        RouteTable *table;
        bool forwards;             /* a router; hosts do not carry others' packets */
        struct ip_address address; /* any: not a destination */
};
struct route_edge {
        unsigned from; /* node indices */
        unsigned to;
        Link *link;
};
/* Where all destinations are, which the tables of all nodes share. */
typedef struct RouteMap RouteMap;
/* Fewest hops, ties by scenario order of the first edge that differs. Linear in what hangs on the network like
 * a tree, destinations times edges at worst in the rest. A stub, a host with one link, gets a default route. The
 * map outlives the tables' use. */
RouteMap *route_all(const struct route_node *nodes, unsigned node_count, const struct route_edge *edges,
        unsigned edge_count);
void route_map_free(RouteMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RouteMap, route_map_free)

#endif
