/*
 * Datagram sockets: boundaries, bounded queues, names, and whose traffic an answer is.
 */
#include "two_hosts.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#define PORT 53

static struct two_hosts world;
static int answered;

static void set_up(void)
{
        two_hosts_init(&world);
        answered = 0;
}

static int open_bound(Process *process, int type, const struct endpoint *local)
{
        int fd = sock_socket(process, AF_INET, type, 0);
        ck_assert_int_eq(sock_bind(process, fd, local), 0);
        return fd;
}

/* Answers so many datagrams with their own bytes. */
static void echo(Process *process, void *data)
{
        char bytes[2000];
        struct endpoint local = { .port = PORT };
        struct endpoint from;
        int fd = open_bound(process, SOCK_DGRAM, &local);
        for (int i = 0; i < GPOINTER_TO_INT(data); i++) {
                ssize_t size = sock_recvfrom(process, fd, bytes, sizeof bytes, 0, &from);
                ck_assert_int_eq(sock_sendto(process, fd, bytes, (size_t)size, 0, &from), size);
                answered++;
        }
}

static void ask_twice(Process *process, void *data)
{
        char bytes[100];
        struct endpoint server = server_end(PORT);
        struct endpoint from;
        (void)data;
        int fd = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        ck_assert_int_eq(sock_sendto(process, fd, "one", 3, 0, &server), 3);
        ck_assert_int_eq(sock_sendto(process, fd, "", 0, 0, &server), 0);
        ck_assert_int_eq(sock_recvfrom(process, fd, bytes, sizeof bytes, 0, &from), 3);
        ck_assert_mem_eq(bytes, "one", 3);
        ck_assert(endpoint_equal(&from, &server));
        ck_assert_int_eq(sock_recvfrom(process, fd, bytes, sizeof bytes, 0, NULL), 0);
}

START_TEST(datagrams_keep_their_boundaries)
{
        two_hosts_open(&world);
        two_hosts_start(world.server, "echo", echo, GINT_TO_POINTER(2));
        two_hosts_start(world.client, "ask", ask_twice, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(answered, 2);
        ck_assert_uint_eq(world.net.counts.delivered, 4);
        two_hosts_close(&world);
}
END_TEST

static void expect_errors(Process *process, void *data)
{
        static uint8_t large[70000];
        struct endpoint server = server_end(PORT);
        struct endpoint no_port = server_end(0);
        struct endpoint own;
        char byte;
        (void)data;
        int fd = sock_socket(process, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP);
        ck_assert(sock_write(process, fd, "x", 1) == -1 && errno == EDESTADDRREQ);
        ck_assert(sock_sendto(process, fd, "x", 1, 0, &no_port) == -1 && errno == EINVAL);
        ck_assert(sock_sendto(process, fd, large, sizeof large, 0, &server) == -1 && errno == EMSGSIZE);
        ck_assert(sock_sendto(process, fd, large, 1473, 0, &server) == -1 && errno == EMSGSIZE);
        ck_assert(sock_sendto(process, fd, "x", 1, MSG_OOB, &server) == -1 && errno == EOPNOTSUPP);
        ck_assert(sock_recvfrom(process, fd, &byte, 1, 0, NULL) == -1 && errno == EAGAIN);
        ck_assert(sock_shutdown(process, fd, SHUT_WR) == -1 && errno == ENOTCONN);
        ck_assert(sock_getpeername(process, fd, &own) == -1 && errno == ENOTCONN);
        ck_assert(sock_listen(process, fd, 1) == -1 && errno == EOPNOTSUPP);
        ck_assert(sock_accept(process, fd, NULL) == -1 && errno == EOPNOTSUPP);
        ck_assert_int_eq(sock_connect(process, fd, &server), 0);
        ck_assert_int_eq(sock_getpeername(process, fd, &own), 0);
        ck_assert(endpoint_equal(&own, &server));
        ck_assert_int_eq(sock_getsockname(process, fd, &own), 0);
        ck_assert_uint_ge(own.port, 32768);
        ck_assert(sock_bind(process, fd, &own) == -1 && errno == EINVAL);
        int other = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        ck_assert(sock_bind(process, other, &own) == -1 && errno == EADDRINUSE);
        ck_assert_int_eq(sock_shutdown(process, fd, SHUT_WR), 0);
        ck_assert(sock_write(process, fd, "x", 1) == -1 && errno == EPIPE);
        answered = 1;
}

START_TEST(mistakes_have_their_errors)
{
        two_hosts_open(&world);
        two_hosts_start(world.client, "errors", expect_errors, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(answered, 1);
        two_hosts_close(&world);
}
END_TEST

static void flood(Process *process, void *data)
{
        struct endpoint server = server_end(PORT);
        int fd = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        for (int i = 0; i < GPOINTER_TO_INT(data); i++)
                sock_sendto(process, fd, "0123456789", 10, 0, &server);
}

static void read_late(Process *process, void *data)
{
        char bytes[4];
        struct endpoint local = server_end(PORT);
        int fd = open_bound(process, SOCK_DGRAM | SOCK_NONBLOCK, &local);
        int room = 3 * (10 + 512); /* Linux doubles it */
        (void)data;
        sock_setsockopt(process, fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        process_sleep(process, SECOND);
        while (sock_read(process, fd, bytes, sizeof bytes) == 4)
                answered++;
        ck_assert_int_eq(errno, EAGAIN);
}

START_TEST(a_full_receive_buffer_drops)
{
        two_hosts_open(&world);
        two_hosts_start(world.server, "reader", read_late, NULL);
        two_hosts_start(world.client, "flood", flood, GINT_TO_POINTER(9));
        two_hosts_run(&world);
        ck_assert_int_eq(answered, 6);
        ck_assert_uint_eq(world.net.counts.dropped[DROP_QUEUE_FULL], 3);
        two_hosts_close(&world);
}
END_TEST

START_TEST(a_datagram_for_nobody_is_dropped)
{
        two_hosts_open(&world);
        two_hosts_start(world.client, "flood", flood, GINT_TO_POINTER(1));
        two_hosts_run(&world);
        ck_assert_uint_eq(world.net.counts.dropped[DROP_NO_LISTENER], 1);
        two_hosts_close(&world);
}
END_TEST

static void hear_from_peer_only(Process *process, void *data)
{
        char byte;
        struct endpoint local = server_end(PORT);
        struct endpoint peer = client_end(1000);
        (void)data;
        int fd = open_bound(process, SOCK_DGRAM, &local);
        ck_assert_int_eq(sock_connect(process, fd, &peer), 0);
        ck_assert_int_eq(sock_read(process, fd, &byte, 1), 1);
        ck_assert_int_eq(byte, 'p');
        answered++;
}

static void speak_as_two(Process *process, void *data)
{
        struct endpoint server = server_end(PORT);
        struct endpoint stranger = client_end(999);
        struct endpoint peer = client_end(1000);
        (void)data;
        sock_sendto(process, open_bound(process, SOCK_DGRAM, &stranger), "s", 1, 0, &server);
        sock_sendto(process, open_bound(process, SOCK_DGRAM, &peer), "p", 1, 0, &server);
}

START_TEST(a_connected_socket_hears_its_peer_only)
{
        two_hosts_open(&world);
        two_hosts_start(world.server, "hear", hear_from_peer_only, NULL);
        two_hosts_start(world.client, "speak", speak_as_two, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(answered, 1);
        ck_assert_uint_eq(world.net.counts.dropped[DROP_NO_LISTENER], 1);
        two_hosts_close(&world);
}
END_TEST

static void hear_packet(void *data, const struct trace_event *event)
{
        GString *text = data;
        g_string_append_printf(text, "%u:%u,%s ", event->owner, event->packet->transfer, event->packet->why);
}

START_TEST(an_answer_belongs_to_the_transfer_of_its_question)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(Trace) trace = trace_new();
        trace_listen(trace, TRACE_BIT(TRACE_SENT), hear_packet, text);
        world.trace = trace;
        two_hosts_open(&world);
        two_hosts_transfer(&world, "first");
        struct process_config config = {
                .program = "ask", .main = ask_twice, .transfer = two_hosts_transfer(&world, "second")
        };
        two_hosts_start(world.server, "echo", echo, GINT_TO_POINTER(2));
        process_start(world.client, &config, 0);
        two_hosts_run(&world);
        ck_assert_str_eq(text->str, "0:2,datagram 0:2,datagram 1:2,datagram 1:2,datagram ");
        two_hosts_close(&world);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/datagram");
        TCase *cases = tcase_create("datagram");
        tcase_add_checked_fixture(cases, set_up, NULL);
        tcase_add_test(cases, datagrams_keep_their_boundaries);
        tcase_add_test(cases, mistakes_have_their_errors);
        tcase_add_test(cases, a_full_receive_buffer_drops);
        tcase_add_test(cases, a_datagram_for_nobody_is_dropped);
        tcase_add_test(cases, a_connected_socket_hears_its_peer_only);
        tcase_add_test(cases, an_answer_belongs_to_the_transfer_of_its_question);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
