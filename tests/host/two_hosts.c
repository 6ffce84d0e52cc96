/*
 * Two hosts and a link between them.
 */
#include "two_hosts.h"

#include <check.h>

#include "wire/byte_order.h"
#include "wire/tcp_segment.h"

#define CLIENT_ADDRESS 0x0a000001
#define SERVER_ADDRESS 0x0a000002
#define MTU            1500

void two_hosts_init(struct two_hosts *world)
{
        *world = (struct two_hosts){ 0 };
        world->line = (struct link_config){ .label = "line",
                .rate = 100000000,
                .delay = MILLISECOND,
                .mtu = MTU,
                .queue = { .ops = &queue_droptail, .limit_packets = 1000 },
                .seed = 1 };
        world->config = (struct host_config){ .tcp = tcp_settings_default(),
                .limit_output = MILLISECOND,
                .ephemeral_first = 32768,
                .ephemeral_last = 60999 };
}

/* 10.0.0.1 has 2001:db8::a00:1, too. */
static struct ip_address ipv6_of(uint32_t address)
{
        struct ip_address ipv6 = { { 0x20, 0x01, 0x0d, 0xb8 } };
        write_be32(ipv6.bytes + 12, address);
        return ipv6;
}

static Host *make_host(struct two_hosts *world, const char *name, uint32_t owner, uint32_t address)
{
        struct host_config config = world->config;
        config.name = name;
        config.owner = owner;
        config.address = ip_address_from_ipv4(address);
        config.address6 = ipv6_of(address);
        return host_new(&world->context, &config);
}

/* Owners 2 and 3: the directions away from the client and from the server. */
static Link *make_direction(struct two_hosts *world, unsigned direction, Host *from, Host *to)
{
        struct link_config config = world->line;
        struct packet_sink sink = host_sink(to);
        config.owner = 2 + direction;
        config.direction = direction;
        if (direction == 1 && world->back_rate > 0)
                config.rate = world->back_rate;
        config.label = direction == 0 ? "line to server" : "line to client";
        Link *link = link_new(&world->net, &config, &sink);
        host_add_device(from, link);
        route_table_add(host_routes(from), &ip_address_any, 0, link);
        return link;
}

void two_hosts_open(struct two_hosts *world)
{
        world->events = event_queue_new();
        world->payloads = payload_pool_new();
        world->packets = packet_pool_new(world->payloads);
        world->net = (struct net_context){ .events = world->events,
                .packets = world->packets,
                .trace = world->trace,
                .one_event_a_packet = world->one_event_a_packet };
        world->proofs = proof_book_new(payload_pool_blocks(world->payloads), true);
        world->transfers = g_ptr_array_new();
        world->hosts = g_ptr_array_new();
        world->context = (struct host_context){ .net = &world->net,
                .payloads = world->payloads,
                .proofs = world->proofs,
                .transfers = world->transfers,
                .hosts = world->hosts,
                .seed = 7 };
        world->client = make_host(world, "client", 0, CLIENT_ADDRESS);
        world->server = make_host(world, "server", 1, SERVER_ADDRESS);
        world->links[0] = make_direction(world, 0, world->client, world->server);
        world->links[1] = make_direction(world, 1, world->server, world->client);
}

void two_hosts_close(struct two_hosts *world)
{
        host_free(world->client);
        host_free(world->server);
        link_free(world->links[0]);
        link_free(world->links[1]);
        for (unsigned i = 0; i < world->transfers->len; i++) {
                transfer_clear(world->transfers->pdata[i]);
                g_free(world->transfers->pdata[i]);
        }
        g_ptr_array_free(world->transfers, TRUE);
        g_ptr_array_free(world->hosts, TRUE);
        proof_book_free(world->proofs);
        packet_pool_free(world->packets);
        payload_pool_free(world->payloads);
        event_queue_free(world->events);
}

struct transfer *two_hosts_transfer(struct two_hosts *world, const char *name)
{
        struct transfer *transfer = g_new(struct transfer, 1);
        transfer_init(transfer, world->transfers->len + 1, name);
        g_ptr_array_add(world->transfers, transfer);
        return transfer;
}

void two_hosts_start(Host *host, const char *program, process_main main, void *data)
{
        struct process_config config = { .program = program, .main = main, .data = data };
        process_start(host, &config, 0);
}

void two_hosts_run(struct two_hosts *world)
{
        event_queue_run_until(world->events, TIME_NEVER - 1);
        ck_assert_ptr_null(proof_book_mismatch(world->proofs));
        two_hosts_check_conservation(world);
}

void two_hosts_check_conservation(const struct two_hosts *world)
{
        const struct packet_counts *counts = &world->net.counts;
        uint64_t ended = counts->delivered;
        for (unsigned i = 0; i < DROP_REASONS; i++)
                ended += counts->dropped[i];
        ended += link_in_flight(world->links[0]) + link_in_flight(world->links[1]);
        ck_assert_uint_eq(counts->sent + counts->duplicated, ended);
}

struct endpoint server_end(uint16_t port)
{
        return (struct endpoint){ ip_address_from_ipv4(SERVER_ADDRESS), port };
}

struct endpoint client_end(uint16_t port)
{
        return (struct endpoint){ ip_address_from_ipv4(CLIENT_ADDRESS), port };
}

struct endpoint server_end6(uint16_t port)
{
        return (struct endpoint){ ipv6_of(SERVER_ADDRESS), port };
}

struct endpoint client_end6(uint16_t port)
{
        return (struct endpoint){ ipv6_of(CLIENT_ADDRESS), port };
}

uint8_t stream_byte(uint64_t offset)
{
        return (uint8_t)(offset * 2654435761u >> 13);
}
