/*
 * Routers and routes: longest prefix, fewest hops, and what ends at a router.
 */
#include "net_world.h"

#include "net/icmp_packet.h"
#include "net/router.h"

#include <check.h>

static struct net_world world;

static void set_up(void)
{
        net_world_init(&world);
}

static void tear_down(void)
{
        net_world_clear(&world);
}

static Link *some_link(uint32_t owner)
{
        struct link_config config = net_world_link(owner);
        struct packet_sink sink = net_world_sink(&world, 1000 + owner);
        return link_new(&world.context, &config, &sink);
}

/* ---- The table ---- */

static const struct {
        uint32_t destination;
        int link;
        const char *why;
} lookups[] = {
        { 0x0a010203, 3, "the host itself" },
        { 0x0a010204, 2, "its network of 24 bits" },
        { 0x0a01ff01, 1, "the one of 16" },
        { 0x0a020304, 0, "nothing but the default" },
        { 0xc0a80001, 4, "an odd length: 192.168.0.0/17" },
        { 0xc0a88001, 0, "the other half of it" },
};

START_TEST(the_longest_prefix_wins)
{
        g_autoptr(RouteTable) table = route_table_new();
        Link *links[5];
        for (uint32_t i = 0; i < G_N_ELEMENTS(links); i++)
                links[i] = some_link(i);
        struct ip_address host = ip_address_from_ipv4(0x0a010203);
        struct ip_address odd = ip_address_from_ipv4(0xc0a80000);
        route_table_add(table, &host, 96 + 16, links[1]);
        route_table_add(table, &host, 128, links[3]);
        route_table_add(table, &ip_address_any, 0, links[0]);
        route_table_add(table, &host, 96 + 24, links[2]);
        route_table_add(table, &odd, 96 + 17, links[4]);
        struct ip_address destination = ip_address_from_ipv4(lookups[_i].destination);
        ck_assert_msg(
                route_table_find(table, &destination) == links[lookups[_i].link], "%s", lookups[_i].why);
        for (unsigned i = 0; i < G_N_ELEMENTS(links); i++)
                link_free(links[i]);
}
END_TEST

START_TEST(an_empty_table_knows_no_way)
{
        g_autoptr(RouteTable) table = route_table_new();
        ck_assert_ptr_null(route_table_find(table, &ip_address_any));
}
END_TEST

START_TEST(a_later_route_replaces_the_earlier)
{
        g_autoptr(RouteTable) table = route_table_new();
        g_autoptr(Link) old = some_link(1);
        g_autoptr(Link) new = some_link(2);
        struct ip_address host = ip_address_from_ipv4(0x0a010203);
        route_table_add(table, &host, 128, old);
        route_table_add(table, &host, 128, new);
        ck_assert_ptr_eq(route_table_find(table, &host), new);
}
END_TEST

START_TEST(ten_thousand_hosts_are_all_found)
{
        g_autoptr(RouteTable) table = route_table_new();
        g_autoptr(Link) even = some_link(1);
        g_autoptr(Link) odd = some_link(2);
        for (uint32_t i = 0; i < 10000; i++) {
                struct ip_address host = ip_address_from_ipv4(0x0a000000 + i);
                route_table_add(table, &host, 128, i % 2 ? odd : even);
        }
        for (uint32_t i = 0; i < 10000; i++) {
                struct ip_address host = ip_address_from_ipv4(0x0a000000 + i);
                ck_assert_ptr_eq(route_table_find(table, &host), i % 2 ? odd : even);
        }
        struct ip_address stranger = ip_address_from_ipv4(0x0a000000 + 10000);
        ck_assert_ptr_null(route_table_find(table, &stranger));
}
END_TEST

/* ---- The router ---- */

static Router *router_with_route_to(uint32_t destination, Link *link)
{
        Router *router = router_new(&world.context, 5, &ip_address_any);
        struct ip_address address = ip_address_from_ipv4(destination);
        route_table_add(router_routes(router), &address, 128, link);
        return router;
}

static void deliver(Router *router, struct packet *packet)
{
        struct packet_sink sink = router_sink(router);
        sink.deliver(sink.data, packet);
}

START_TEST(a_forwarded_packet_has_one_hop_less_to_live_and_a_right_checksum)
{
        g_autoptr(Link) link = some_link(9);
        g_autoptr(Router) router = router_with_route_to(0xc0000202, link);
        struct packet *packet = net_world_packet(&world, 1, 100);
        struct ipv4_header header;
        deliver(router, packet);
        ck_assert_uint_eq(link_in_flight(link), 1);
        ck_assert_int_eq(ipv4_parse(packet->header, 40, 140, &header), IPV4_OK);
        ck_assert_uint_eq(header.time_to_live, 63);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@10140");
}
END_TEST

static void expect_dropped(struct packet *packet, uint32_t known, enum drop_reason reason, const char *text)
{
        g_autoptr(Link) link = some_link(9);
        g_autoptr(Router) router = router_with_route_to(known, link);
        deliver(router, packet);
        ck_assert_uint_eq(world.context.counts.dropped[reason], 1);
        ck_assert_uint_eq(link_in_flight(link), 0);
        ck_assert_msg(g_str_has_prefix(world.log->str, text), "%s", world.log->str);
}

START_TEST(a_damaged_header_ends_at_the_router)
{
        struct packet *packet = net_world_packet(&world, 1, 100);
        packet_flip_bit(world.context.packets, packet, 64);
        expect_dropped(packet, 0xc0000202, DROP_CORRUPT, "dropped 0 owner=5 corrupt (bad checksum)");
}
END_TEST

/* IPv6 has no checksum: what was sent as IPv4 is known by its frame to be none. */
START_TEST(a_packet_of_the_other_version_ends_at_the_router)
{
        struct packet *packet = net_world_packet(&world, 1, 100);
        packet_flip_bit(world.context.packets, packet, 2); /* 4 becomes 6 */
        expect_dropped(packet, 0xc0000202, DROP_CORRUPT, "dropped 0 owner=5 corrupt (bad version)");
        packet = net_world_packet(&world, 1, 100);
        packet_flip_bit(world.context.packets, packet, 2);
        packet_flip_bit(world.context.packets, packet, 2);
        ck_assert(packet_check_ip(packet) == IP_OK);
        packet_free(world.context.packets, packet);
}
END_TEST

START_TEST(a_packet_that_has_lived_its_time_ends_at_the_router)
{
        struct packet *packet = net_world_packet(&world, 1, 100);
        for (unsigned i = 0; i < 63; i++)
                ck_assert(ipv4_decrement_ttl(packet->header));
        expect_dropped(packet, 0xc0000202, DROP_TTL, "dropped 0 owner=5 ttl (-)");
}
END_TEST

START_TEST(a_packet_to_nowhere_ends_at_the_router)
{
        expect_dropped(net_world_packet(&world, 1, 100), 0xc0000299, DROP_NO_ROUTE,
                "dropped 0 owner=5 no-route (-)");
}
END_TEST

START_TEST(a_damaged_payload_is_none_of_the_routers_business)
{
        g_autoptr(Link) link = some_link(9);
        g_autoptr(Router) router = router_with_route_to(0xc0000202, link);
        struct packet *packet = net_world_packet(&world, 1, 100);
        packet_flip_bit(world.context.packets, packet, 40 * 8);
        deliver(router, packet);
        ck_assert_uint_eq(link_in_flight(link), 1);
}
END_TEST

/* ---- What a router tells the sender ---- */

/* By the links' labels: the way back and the way on. */
struct crossing {
        Link *back;
        Link *on;
        Router *router;
};

static struct crossing crossing_of(const struct ip_address *own, uint32_t next_mtu)
{
        struct link_config config = net_world_link(9);
        struct packet_sink sink = net_world_sink(&world, 1009);
        config.mtu = next_mtu;
        struct crossing crossing = { some_link(8), link_new(&world.context, &config, &sink),
                router_new(&world.context, 5, own) };
        struct ip_address sender = ip_address_from_ipv4(0xc0000201);
        struct ip_address receiver = ip_address_from_ipv4(0xc0000202);
        route_table_add(router_routes(crossing.router), &sender, 128, crossing.back);
        route_table_add(router_routes(crossing.router), &receiver, 128, crossing.on);
        return crossing;
}

static void crossing_free(struct crossing *crossing)
{
        link_free(crossing->back);
        link_free(crossing->on);
        router_free(crossing->router);
}

static const struct {
        uint32_t own;
        uint32_t next_mtu;
        unsigned hops_gone;
        const char *event;
        const char *why;
} told[] = {
        { 0x0a000001, 139, 0, "icmp-too-big", "larger than the next link's MTU by one byte" },
        { 0x0a000001, 140, 0, NULL, "as large as the next link carries" },
        { 0x0a000001, 1500, 63, "icmp-last-hop", "no hops left" },
        { 0, 1500, 63, "icmp-last-hop", "from 192.0.0.8, of a router without an address" },
};

START_TEST(a_sender_is_told_why_its_packet_ended)
{
        struct ip_address own = ip_address_from_ipv4(told[_i].own);
        struct crossing crossing = crossing_of(&own, told[_i].next_mtu);
        struct packet *packet = net_world_packet(&world, 1, 100);
        for (unsigned i = 0; i < told[_i].hops_gone; i++)
                ck_assert(ipv4_decrement_ttl(packet->header));
        deliver(crossing.router, packet);
        bool is_told = told[_i].event != NULL;
        ck_assert_msg(link_in_flight(crossing.back) == is_told, "%s", told[_i].why);
        ck_assert_msg(link_in_flight(crossing.on) == !is_told, "%s", told[_i].why);
        net_world_run(&world);
        ck_assert_msg(world.context.counts.sent == 1u + is_told, "%s", told[_i].why);
        crossing_free(&crossing);
}
END_TEST

START_TEST(nobody_is_told_of_an_error_that_got_lost)
{
        struct ip_address sender = ip_address_from_ipv4(0xc0000201);
        struct ip_address receiver = ip_address_from_ipv4(0xc0000202);
        struct packet *about = net_world_packet(&world, 1, 100);
        struct packet *report = icmp_report_new(world.context.packets, about, &receiver, ICMP_REPORT_PORT, 0);
        ck_assert_ptr_nonnull(report);
        ck_assert_ptr_null(icmp_report_new(world.context.packets, report, &sender, ICMP_REPORT_LAST_HOP, 0));
        struct ip_header header;
        ck_assert_int_eq(ip_header_parse(report->header, report->header_size, report->size, &header), IP_OK);
        ck_assert(ip_address_equal(&header.destination, &sender));
        ck_assert_uint_eq(report->size, 20 + 8 + 140);
        packet_free(world.context.packets, about);
        packet_free(world.context.packets, report);
}
END_TEST

START_TEST(fifty_errors_may_be_sent_at_once_and_one_each_millisecond)
{
        struct icmp_ration ration = { 0 };
        unsigned count = 0;
        for (int i = 0; i < 100; i++)
                count += icmp_ration_take(&ration, SECOND);
        ck_assert_uint_eq(count, 50);
        ck_assert(!icmp_ration_take(&ration, SECOND + MILLISECOND - 1));
        ck_assert(icmp_ration_take(&ration, SECOND + MILLISECOND));
        ck_assert(!icmp_ration_take(&ration, SECOND + MILLISECOND));
}
END_TEST

/* ---- Computing routes ---- */

#define NODES_MAX 16
#define EDGES_MAX 32

/* A topology of tests: capital letters are routers, small ones hosts; "aB" is a link between the two, both
 * ways. */
struct topology {
        struct route_node nodes[NODES_MAX];
        char names[NODES_MAX];
        unsigned node_count;
        struct route_edge edges[EDGES_MAX];
        unsigned edge_count;
        RouteMap *map;
};

static unsigned node_of(struct topology *topology, char name)
{
        for (unsigned n = 0; n < topology->node_count; n++) {
                if (topology->names[n] == name)
                        return n;
        }
        topology->names[topology->node_count] = name;
        topology->nodes[topology->node_count] = (struct route_node){
                .table = route_table_new(),
                .forwards = g_ascii_isupper(name),
                .address = ip_address_from_ipv4(0x0a000000 + (uint32_t)name),
        };
        return topology->node_count++;
}

static void add_edge(struct topology *topology, char from, char to)
{
        struct route_edge edge = {
                .from = node_of(topology, from),
                .to = node_of(topology, to),
                .link = some_link(topology->edge_count),
        };
        topology->edges[topology->edge_count++] = edge;
}

static void topology_init(struct topology *topology, const char *links)
{
        *topology = (struct topology){ 0 };
        g_auto(GStrv) pairs = g_strsplit(links, " ", -1);
        for (unsigned i = 0; pairs[i] != NULL; i++) {
                add_edge(topology, pairs[i][0], pairs[i][1]);
                add_edge(topology, pairs[i][1], pairs[i][0]);
        }
        topology->map =
                route_all(topology->nodes, topology->node_count, topology->edges, topology->edge_count);
}

static void topology_clear(struct topology *topology)
{
        for (unsigned n = 0; n < topology->node_count; n++)
                route_table_free(topology->nodes[n].table);
        for (unsigned e = 0; e < topology->edge_count; e++)
                link_free(topology->edges[e].link);
        route_map_free(topology->map);
}

/* The way from one node to another as names, by links' numbers where two nodes share several; "…x" when it
 * ends. */
static char *way(struct topology *topology, char from, char to)
{
        GString *names = g_string_new(NULL);
        char at = from;
        g_string_append_c(names, at);
        while (at != to && names->len < 2 * NODES_MAX) {
                const struct route_node *node = &topology->nodes[node_of(topology, at)];
                Link *link = route_table_find(node->table, &topology->nodes[node_of(topology, to)].address);
                bool may_send = node->forwards || at == from;
                if (link == NULL || !may_send) {
                        g_string_append_c(names, 'x');
                        break;
                }
                at = topology->names[topology->edges[link_owner(link)].to];
                g_string_append_c(names, at);
        }
        return g_string_free(names, FALSE);
}

static const struct {
        const char *links;
        const char *way;
        const char *why;
} ways[] = {
        { "ab", "ab", "two hosts and a cable" },
        { "aX Xb", "aXb", "one router" },
        { "aX Xb", "aX", "to the router itself" },
        { "aX XY Yb", "aXYb", "two of them" },
        { "aX XY Yb", "bYXa", "and back" },
        { "aX XY YZ Zb XZ", "aXZb", "the short cut" },
        { "aX XY YD XZ ZD Db", "aXYDb", "two ways of one length: the first in the scenario" },
        { "aX XZ ZD XY YD Db", "aXZDb", "the same the other way round" },
        { "aX Xh hY Yb XP PQ QY", "aXPQYb", "a host with two links does not forward" },
        { "aX Xh hY Yb XP PQ QY", "hYb", "and sends by the shorter of its ways" },
        { "aX Xh hY Yb XP PQ QY", "aXh", "and is reached by the nearer of its links" },
        { "aX Yb", "aXx", "no way: known at the first router" },
        { "ah hb", "ahx", "behind a host there is nobody" },
        { "ah hX Xb", "hXb", "a host with a host behind it" },
        { "ah hX Xb", "ha", "and its neighbour" },
};

START_TEST(packets_take_the_fewest_hops)
{
        struct topology topology;
        topology_init(&topology, ways[_i].links);
        const char *expected = ways[_i].way;
        size_t length = strlen(expected);
        char to = expected[length - 1] == 'x' ? 'b' : expected[length - 1];
        g_autofree char *taken = way(&topology, expected[0], to);
        ck_assert_msg(g_str_equal(taken, expected), "%s: %s instead of %s", ways[_i].why, taken, expected);
        topology_clear(&topology);
}
END_TEST

START_TEST(of_parallel_links_the_first_is_used)
{
        struct topology topology;
        topology_init(&topology, "aX XY XY Yb");
        struct ip_address address = topology.nodes[node_of(&topology, 'b')].address;
        Link *link = route_table_find(topology.nodes[node_of(&topology, 'X')].table, &address);
        ck_assert_uint_eq(link_owner(link), 2);
        topology_clear(&topology);
}
END_TEST

/* A dumbbell: `pairs` clients at one router, as many servers at the other. */
START_TEST(a_dumbbell_of_many_thousands_is_routed_at_once)
{
        enum { PAIRS = 50000, NODES = 2 * PAIRS + 2, EDGES = 2 * (2 * PAIRS + 1) };
        g_autoptr(Link) link = some_link(1); /* the same everywhere: which way is not the question here */
        struct route_node *nodes = g_new0(struct route_node, NODES);
        struct route_edge *edges = g_new0(struct route_edge, EDGES);
        for (unsigned n = 0; n < NODES; n++) {
                nodes[n].table = route_table_new();
                nodes[n].forwards = n < 2;
                nodes[n].address = ip_address_from_ipv4(0x0a000000 + n);
        }
        for (unsigned e = 0; e < EDGES; e += 2) {
                unsigned router = e == 0 ? 0 : e / 2 % 2;
                unsigned other = e == 0 ? 1 : 1 + e / 2;
                edges[e] = (struct route_edge){ router, other, link };
                edges[e + 1] = (struct route_edge){ other, router, link };
        }
        RouteMap *map = route_all(nodes, NODES, edges, EDGES);
        for (unsigned n = 0; n < NODES; n++) {
                const struct ip_address *farthest = &nodes[NODES - 1 - n].address;
                ck_assert_ptr_eq(route_table_find(nodes[n].table, farthest), link);
        }
        struct ip_address stranger = ip_address_from_ipv4(0x0b000000);
        ck_assert_ptr_null(route_table_find(nodes[0].table, &stranger));
        for (unsigned n = 0; n < NODES; n++)
                route_table_free(nodes[n].table);
        route_map_free(map);
        g_free(nodes);
        g_free(edges);
}
END_TEST

static Suite *router_suite(void)
{
        Suite *suite = suite_create("router");
        TCase *cases = tcase_create("router");
        tcase_set_timeout(cases, 60);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, the_longest_prefix_wins, 0, G_N_ELEMENTS(lookups));
        tcase_add_test(cases, an_empty_table_knows_no_way);
        tcase_add_test(cases, a_later_route_replaces_the_earlier);
        tcase_add_test(cases, ten_thousand_hosts_are_all_found);
        tcase_add_test(cases, a_forwarded_packet_has_one_hop_less_to_live_and_a_right_checksum);
        tcase_add_test(cases, a_damaged_header_ends_at_the_router);
        tcase_add_test(cases, a_packet_of_the_other_version_ends_at_the_router);
        tcase_add_test(cases, a_packet_that_has_lived_its_time_ends_at_the_router);
        tcase_add_test(cases, a_packet_to_nowhere_ends_at_the_router);
        tcase_add_test(cases, a_damaged_payload_is_none_of_the_routers_business);
        tcase_add_loop_test(cases, a_sender_is_told_why_its_packet_ended, 0, G_N_ELEMENTS(told));
        tcase_add_test(cases, nobody_is_told_of_an_error_that_got_lost);
        tcase_add_test(cases, fifty_errors_may_be_sent_at_once_and_one_each_millisecond);
        tcase_add_loop_test(cases, packets_take_the_fewest_hops, 0, G_N_ELEMENTS(ways));
        tcase_add_test(cases, of_parallel_links_the_first_is_used);
        tcase_add_test(cases, a_dumbbell_of_many_thousands_is_routed_at_once);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(router_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
