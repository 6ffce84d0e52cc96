/*
 * Hosts of two families, and ICMP: whom an error reaches and as what, what is answered, what is remembered.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "host/host_private.h"
#include "two_hosts.h"
#include "host/connection.h"
#include "wire/byte_order.h"
#include "wire/icmp.h"
#include "wire/udp.h"

#define PORT      80
#define SIZE      100000
#define RETURN_AT (100 * MILLISECOND)

static struct two_hosts world;
static int finished;
static struct endpoint (*server)(uint16_t port);

static void set_up(void)
{
        two_hosts_init(&world);
        finished = 0;
        server = server_end;
}

static bool is_ipv6(void)
{
        return server == server_end6;
}

static int family(void)
{
        return is_ipv6() ? AF_INET6 : AF_INET;
}

/* ---- Transfers ---- */

static void send_stream(Process *process, void *data)
{
        static const uint8_t bytes[SIZE];
        struct endpoint remote = server(PORT);
        (void)data;
        int fd = sock_socket(process, family(), SOCK_STREAM, 0);
        ck_assert_int_eq(sock_connect(process, fd, &remote), 0);
        for (size_t sent = 0; sent < SIZE;) {
                ssize_t size = sock_write(process, fd, bytes, SIZE - sent);
                ck_assert_int_gt(size, 0);
                sent += (size_t)size;
        }
        ck_assert_int_eq(sock_close(process, fd), 0);
        finished++;
}

static void receive_stream(Process *process, void *data)
{
        uint8_t bytes[3000];
        struct endpoint local = { .port = PORT };
        struct endpoint remote;
        size_t got = 0;
        ssize_t size;
        (void)data;
        int listener = sock_socket(process, family(), SOCK_STREAM, 0);
        ck_assert_int_eq(sock_bind(process, listener, &local), 0);
        ck_assert_int_eq(sock_listen(process, listener, 5), 0);
        int fd = sock_accept(process, listener, &remote);
        while ((size = sock_read(process, fd, bytes, sizeof bytes)) > 0)
                got += (size_t)size;
        ck_assert_uint_eq(got, SIZE);
        ck_assert(ip_address_is_ipv4(&remote.address) != is_ipv6());
        finished++;
}

START_TEST(the_same_segments_cross_by_either_family)
{
        uint64_t sent[2];
        for (int i = 0; i < 2; i++) {
                set_up();
                server = i == 0 ? server_end : server_end6;
                world.config.tcp.mss = 1000;
                two_hosts_open(&world);
                two_hosts_start(world.server, "receive", receive_stream, NULL);
                two_hosts_start(world.client, "send", send_stream, NULL);
                two_hosts_run(&world);
                ck_assert_int_eq(finished, 2);
                sent[i] = world.net.counts.sent;
                two_hosts_close(&world);
        }
        ck_assert_uint_eq(sent[0], sent[1]);
}
END_TEST

START_TEST(a_host_without_an_address_of_the_family_cannot_send)
{
        struct endpoint remote = server_end6(PORT);
        struct host_config config = world.config;
        two_hosts_open(&world);
        config.name = "old";
        config.owner = 9;
        config.address = ip_address_from_ipv4(0x0a000009);
        Host *host = host_new(&world.context, &config);
        route_table_add(host_routes(host), &ip_address_any, 0, world.links[0]);
        ck_assert_ptr_null(host_device_towards(host, &remote.address));
        ck_assert_ptr_nonnull(host_device_towards(host, &(struct ip_address){ { [10] = 0xff, 0xff, 10 } }));
        ck_assert(!host_has_address(host, &ip_address_any));
        host_free(host);
        two_hosts_close(&world);
}
END_TEST

/* ---- Errors ---- */

static struct packet *error_about(
        const struct four_tuple *tuple, uint32_t seq, uint8_t type, uint8_t code, uint32_t mtu)
{
        uint8_t quoted[IPV6_HEADER_SIZE + 8] = { 0 };
        uint8_t version = ip_version_of(&tuple->remote.address);
        size_t ip_size = ip_header_size(version);
        const struct ip_header header = { .source = tuple->local.address,
                .destination = tuple->remote.address,
                .size = 1500,
                .version = version,
                .protocol = IP_PROTOCOL_TCP };
        ip_header_emit(&header, quoted);
        write_be16(quoted + ip_size, tuple->local.port);
        write_be16(quoted + ip_size + 2, tuple->remote.port);
        write_be32(quoted + ip_size + 4, seq);
        struct icmp_message message = { .version = version,
                .type = type,
                .code = code,
                .body = payload_of_bytes(world.payloads, quoted, ip_size + 8) };
        icmp_set_mtu(&message, mtu);
        return icmp_packet_new(world.packets, &tuple->remote.address, &tuple->local.address, &message);
}

/* Into the client, as if a link had brought it. */
static void deliver(struct packet *packet)
{
        struct packet_sink sink = host_sink(world.client);
        packet->id = (struct trace_packet_id){ 1, 1000 };
        world.net.counts.sent++;
        sink.deliver(sink.data, packet);
}

static struct connection *only_connection(Host *host)
{
        ck_assert_uint_eq(host->connections.length, 1);
        return host->connections.head->data;
}

struct report {
        uint8_t type, code;
        uint32_t mtu;
        uint32_t seq_ahead; /* beyond the SYN's */
};

static void inject(void *data)
{
        const struct report *report = data;
        const struct connection *connection = only_connection(world.client);
        uint32_t seq = tcp_conn_iss(connection->tcp).value + report->seq_ahead;
        deliver(error_about(&connection->tuple, seq, report->type, report->code, report->mtu));
}

static void connect_to_silence(Process *process, void *data)
{
        struct endpoint remote = server(PORT);
        int expected = *(const int *)data;
        int fd = sock_socket(process, family(), SOCK_STREAM, 0);
        ck_assert_int_eq(sock_connect(process, fd, &remote), -1);
        ck_assert_msg(errno == expected, "%s, not %s", strerrorname_np(errno), strerrorname_np(expected));
        finished = process_now(process) == RETURN_AT ? 1 : 2;
}

/* As answered by Linux's tables icmp_err_convert and icmpv6_err_convert; 0: the connection does not hear of
 * it, and gives up by itself. */
static const struct {
        struct report report;
        bool is_ipv6;
        int error;
        const char *why;
} errors[] = {
        { { ICMP_UNREACHABLE, ICMP_NET_UNREACHABLE, 0, 0 }, false, ENETUNREACH, "net unreachable" },
        { { ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0, 0 }, false, EHOSTUNREACH, "host unreachable" },
        { { ICMP_UNREACHABLE, ICMP_PROTOCOL_UNREACHABLE, 0, 0 }, false, ENOPROTOOPT, "protocol unreachable" },
        { { ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, 0, 0 }, false, ECONNREFUSED, "port unreachable" },
        { { ICMP_UNREACHABLE, ICMP_SOURCE_ROUTE_FAILED, 0, 0 }, false, EOPNOTSUPP, "source route failed" },
        { { ICMP_UNREACHABLE, ICMP_HOST_UNKNOWN, 0, 0 }, false, EHOSTDOWN, "host unknown" },
        { { ICMP_UNREACHABLE, ICMP_SOURCE_HOST_ISOLATED, 0, 0 }, false, ENONET, "source host isolated" },
        { { ICMP_UNREACHABLE, ICMP_PRECEDENCE_CUTOFF, 0, 0 }, false, EHOSTUNREACH, "precedence cutoff" },
        { { ICMP_UNREACHABLE, 16, 0, 0 }, false, 0, "a code nobody knows" },
        { { ICMP_TIME_EXCEEDED, 0, 0, 0 }, false, EHOSTUNREACH, "time exceeded" },
        { { ICMP_TIME_EXCEEDED, 1, 0, 0 }, false, 0, "time exceeded in reassembly" },
        { { ICMP_PARAMETER_PROBLEM, 0, 0, 0 }, false, EPROTO, "parameter problem" },
        { { ICMP_SOURCE_QUENCH, 0, 0, 0 }, false, 0, "source quench" },
        { { ICMP_REDIRECT, 0, 0, 0 }, false, 0, "redirect" },
        { { ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, 0, 9 }, false, 0, "about a number never sent" },
        { { ICMPV6_UNREACHABLE, ICMPV6_NO_ROUTE, 0, 0 }, true, ENETUNREACH, "no route" },
        { { ICMPV6_UNREACHABLE, ICMPV6_ADMIN_PROHIBITED, 0, 0 }, true, EACCES, "prohibited" },
        { { ICMPV6_UNREACHABLE, ICMPV6_NOT_NEIGHBOUR, 0, 0 }, true, EHOSTUNREACH, "not a neighbour" },
        { { ICMPV6_UNREACHABLE, ICMPV6_PORT_UNREACHABLE, 0, 0 }, true, ECONNREFUSED, "port unreachable" },
        { { ICMPV6_UNREACHABLE, 77, 0, 0 }, true, EPROTO, "a code nobody knows" },
        { { ICMPV6_TIME_EXCEEDED, 0, 0, 0 }, true, EHOSTUNREACH, "hop limit exceeded" },
        { { ICMPV6_PARAMETER_PROBLEM, 0, 0, 0 }, true, EPROTO, "parameter problem" },
};

static void inject_later(struct event *event, const struct report *report)
{
        struct event_key key = { .time = RETURN_AT, .owner = 0, .class = EVENT_ARRIVAL, .number = 1 };
        event_init(event, inject, (void *)report);
        event_queue_set(world.events, event, &key);
}

START_TEST(an_error_ends_the_opening_of_the_connection_it_quotes)
{
        struct event event;
        int expected = errors[_i].error != 0 ? errors[_i].error : ETIMEDOUT;
        server = errors[_i].is_ipv6 ? server_end6 : server_end;
        world.line.impair.loss.model = LOSS_RANDOM;
        world.line.impair.loss.probability = probability_of(1, 1);
        two_hosts_open(&world);
        inject_later(&event, &errors[_i].report);
        two_hosts_start(world.client, "connect", connect_to_silence, &expected);
        two_hosts_run(&world);
        ck_assert_msg(finished == (errors[_i].error != 0 ? 1 : 2), "%s", errors[_i].why);
        two_hosts_close(&world);
}
END_TEST

START_TEST(a_path_mtu_is_remembered_for_the_next_connection_to_the_same_host)
{
        static const struct report too_big[] = { { ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, 1000, 0 },
                { ICMPV6_PACKET_TOO_BIG, 0, 1300, 0 } };
        struct event event;
        int expected = ETIMEDOUT;
        server = _i == 1 ? server_end6 : server_end;
        struct endpoint remote = server(PORT);
        struct endpoint other = client_end(PORT);
        world.line.impair.loss.model = LOSS_RANDOM;
        world.line.impair.loss.probability = probability_of(1, 1);
        two_hosts_open(&world);
        inject_later(&event, &too_big[_i]);
        two_hosts_start(world.client, "connect", connect_to_silence, &expected);
        event_queue_run_until(world.events, SECOND);
        ck_assert_uint_eq(host_path_mtu_towards(world.client, &remote.address), too_big[_i].mtu);
        ck_assert_uint_eq(host_path_mtu_towards(world.client, &other.address), 1500);
        two_hosts_run(&world);
        two_hosts_close(&world);
}
END_TEST

/* ---- Answers ---- */

static struct icmp_message last_heard;

/* A wire's end that reads the ICMP that comes. */
static void hear(void *data, struct packet *packet)
{
        struct ip_header header;
        (void)data;
        ck_assert_int_eq(ip_header_parse(packet->header, packet->header_size, packet->size, &header), IP_OK);
        ck_assert_int_eq(icmp_parse(&header, packet->header + header.header_size,
                                 packet->header_size - header.header_size, &packet->payload, world.payloads,
                                 &last_heard),
                ICMP_OK);
        payload_clear(&last_heard.body);
        world.net.counts.delivered++;
        packet_free(world.packets, packet);
        finished++;
}

static Link *wire_from_client(void)
{
        struct link_config config = world.line;
        struct packet_sink sink = { hear, NULL, 1 };
        config.owner = 7;
        config.label = "ear";
        Link *link = link_new(&world.net, &config, &sink);
        host_add_device(world.client, link);
        route_table_add(host_routes(world.client), &ip_address_any, 0, link);
        return link;
}

START_TEST(an_echo_request_comes_back_with_its_data)
{
        two_hosts_open(&world);
        Link *ear = wire_from_client();
        struct endpoint from = _i == 1 ? server_end6(0) : server_end(0);
        struct endpoint to = _i == 1 ? client_end6(0) : client_end(0);
        struct icmp_message message = { .version = _i == 1 ? 6 : 4,
                .type = _i == 1 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO_REQUEST,
                .rest = 0x00070008,
                .body = payload_of_bytes(world.payloads, "hello", 5) };
        deliver(icmp_packet_new(world.packets, &from.address, &to.address, &message));
        event_queue_run_until(world.events, SECOND);
        ck_assert_int_eq(finished, 1);
        ck_assert_uint_eq(last_heard.type, _i == 1 ? ICMPV6_ECHO_REPLY : ICMP_ECHO_REPLY);
        ck_assert_uint_eq(last_heard.rest, 0x00070008);
        ck_assert_uint_eq(last_heard.body.length, 0); /* cleared once read */
        link_free(ear);
        two_hosts_close(&world);
}
END_TEST

static struct packet *datagram_for_nobody(const struct endpoint *from, const struct endpoint *to)
{
        uint8_t bytes[IPV6_HEADER_SIZE + UDP_HEADER_SIZE];
        uint8_t version = ip_version_of(&to->address);
        size_t ip_size = ip_header_size(version);
        struct udp_datagram datagram = { .source_port = from->port, .destination_port = to->port };
        const struct ip_header header = { .source = from->address,
                .destination = to->address,
                .size = (uint32_t)(ip_size + UDP_HEADER_SIZE),
                .version = version,
                .hop_limit = 64,
                .protocol = IP_PROTOCOL_UDP };
        ip_header_emit(&header, bytes);
        udp_emit(&from->address, &to->address, &datagram, bytes + ip_size);
        return packet_of_bytes(world.packets, world.payloads, bytes, header.size);
}

START_TEST(a_datagram_for_a_closed_port_is_reported)
{
        two_hosts_open(&world);
        Link *ear = wire_from_client();
        struct endpoint from = _i == 1 ? server_end6(1000) : server_end(1000);
        struct endpoint to = _i == 1 ? client_end6(2000) : client_end(2000);
        deliver(datagram_for_nobody(&from, &to));
        event_queue_run_until(world.events, SECOND);
        ck_assert_int_eq(finished, 1);
        ck_assert_uint_eq(last_heard.type, _i == 1 ? ICMPV6_UNREACHABLE : ICMP_UNREACHABLE);
        ck_assert_uint_eq(last_heard.code, _i == 1 ? ICMPV6_PORT_UNREACHABLE : ICMP_PORT_UNREACHABLE);
        ck_assert_uint_eq(world.net.counts.dropped[DROP_NO_LISTENER], 1);
        link_free(ear);
        two_hosts_close(&world);
}
END_TEST

START_TEST(damaged_and_unknown_messages_end_in_silence)
{
        two_hosts_open(&world);
        Link *ear = wire_from_client();
        struct endpoint from = server_end(0);
        struct endpoint to = client_end(0);
        struct icmp_message damaged = { .version = 4, .type = ICMP_ECHO_REQUEST };
        struct icmp_message unknown = { .version = 4, .type = ICMP_TIMESTAMP_REQUEST };
        struct packet *packet = icmp_packet_new(world.packets, &from.address, &to.address, &damaged);
        packet->header[IPV4_HEADER_SIZE + 4] ^= 1;
        deliver(packet);
        deliver(icmp_packet_new(world.packets, &from.address, &to.address, &unknown));
        event_queue_run_until(world.events, SECOND);
        ck_assert_int_eq(finished, 0);
        ck_assert_uint_eq(world.net.counts.dropped[DROP_CORRUPT], 1);
        ck_assert_uint_eq(world.net.counts.delivered, 1);
        link_free(ear);
        two_hosts_close(&world);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("icmp");
        tcase_add_checked_fixture(cases, set_up, NULL);
        tcase_add_test(cases, the_same_segments_cross_by_either_family);
        tcase_add_test(cases, a_host_without_an_address_of_the_family_cannot_send);
        tcase_add_loop_test(
                cases, an_error_ends_the_opening_of_the_connection_it_quotes, 0, G_N_ELEMENTS(errors));
        tcase_add_loop_test(cases, a_path_mtu_is_remembered_for_the_next_connection_to_the_same_host, 0, 2);
        tcase_add_loop_test(cases, an_echo_request_comes_back_with_its_data, 0, 2);
        tcase_add_loop_test(cases, a_datagram_for_a_closed_port_is_reported, 0, 2);
        tcase_add_test(cases, damaged_and_unknown_messages_end_in_silence);
        Suite *suite = suite_create("host/icmp");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
