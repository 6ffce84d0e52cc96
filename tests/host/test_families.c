/*
 * Sockets of AF_INET6: alone, or for IPv4's traffic too. RFC 3493 section 5.3, IPV6_V6ONLY; every answer is
 * Linux 6.18's.
 */
#include "two_hosts.h"

#include <check.h>
#include <errno.h>

#define PORT 80

static struct two_hosts world;
static int finished;

static int open_socket(Process *process, int domain, int is_ipv6_only)
{
        int fd = sock_socket(process, domain, SOCK_STREAM, 0);
        if (domain == AF_INET6)
                sock_setsockopt(process, fd, IPPROTO_IPV6, IPV6_V6ONLY, &is_ipv6_only, sizeof is_ipv6_only);
        return fd;
}

/* ---- Binding ---- */

struct bound {
        int domain;
        int is_ipv6_only;
        const char *address;
};

static const struct pair {
        struct bound first;
        struct bound second;
        int error; /* of the second */
} pairs[] = {
        { { AF_INET6, 0, "::" }, { AF_INET, 0, "0.0.0.0" }, EADDRINUSE },
        { { AF_INET6, 0, "::" }, { AF_INET, 0, "10.0.0.1" }, EADDRINUSE },
        { { AF_INET6, 0, "::" }, { AF_INET6, 1, "::" }, EADDRINUSE },
        { { AF_INET6, 1, "::" }, { AF_INET, 0, "0.0.0.0" }, 0 },
        { { AF_INET6, 1, "::" }, { AF_INET6, 0, "::" }, EADDRINUSE },
        { { AF_INET, 0, "0.0.0.0" }, { AF_INET6, 0, "::" }, EADDRINUSE },
        { { AF_INET, 0, "0.0.0.0" }, { AF_INET6, 1, "::" }, 0 },
        { { AF_INET6, 1, "::" }, { AF_INET6, 1, "::ffff:10.0.0.1" }, EINVAL },
        { { AF_INET, 0, "0.0.0.0" }, { AF_INET, 0, "2001:db8::1" }, EAFNOSUPPORT },
};

static int bind_as(Process *process, const struct bound *bound)
{
        struct endpoint local = { .port = PORT };
        int fd = open_socket(process, bound->domain, bound->is_ipv6_only);
        ck_assert(ip_address_parse(bound->address, &local.address));
        return sock_bind(process, fd, &local) == 0 ? fd : -1;
}

static void bind_pairs(Process *process, void *data)
{
        (void)data;
        for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
                int first = bind_as(process, &pairs[i].first);
                ck_assert_int_ge(first, 3);
                errno = 0;
                int second = bind_as(process, &pairs[i].second);
                ck_assert_msg(errno == pairs[i].error, "row %zu: %s", i, strerrorname_np(errno));
                sock_close(process, first);
                if (second >= 0)
                        sock_close(process, second);
        }
        finished++;
}

START_TEST(any_of_both_families_overlaps_with_any_of_one)
{
        two_hosts_start(world.client, "binds", bind_pairs, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 1);
}
END_TEST

/* ---- Connections ---- */

static int listen_as(Process *process, int domain, int is_ipv6_only)
{
        struct endpoint local = { .port = PORT };
        int fd = open_socket(process, domain, is_ipv6_only);
        ck_assert_int_eq(sock_bind(process, fd, &local), 0);
        ck_assert_int_eq(sock_listen(process, fd, 5), 0);
        return fd;
}

static int family_of(Process *process, int fd)
{
        int family = 0;
        socklen_t size = sizeof family;
        sock_getsockopt(process, fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
        return family;
}

static void accept_both(Process *process, void *data)
{
        struct endpoint peer;
        (void)data;
        int listener = listen_as(process, AF_INET6, 0);
        int fd = sock_accept(process, listener, &peer);
        ck_assert(ip_address_is_ipv4(&peer.address));
        ck_assert_int_eq(family_of(process, fd), AF_INET6);
        fd = sock_accept(process, listener, &peer);
        ck_assert(!ip_address_is_ipv4(&peer.address));
        finished++;
}

static void connect_twice(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        struct endpoint remote6 = server_end6(PORT);
        (void)data;
        ck_assert_int_eq(sock_connect(process, open_socket(process, AF_INET6, 0), &remote), 0);
        ck_assert_int_eq(sock_connect(process, open_socket(process, AF_INET6, 1), &remote6), 0);
        ck_assert_int_eq(sock_connect(process, open_socket(process, AF_INET6, 1), &remote), -1);
        ck_assert_int_eq(errno, ENETUNREACH);
        ck_assert_int_eq(sock_connect(process, open_socket(process, AF_INET, 0), &remote6), -1);
        ck_assert_int_eq(errno, EAFNOSUPPORT);
        finished++;
}

START_TEST(a_socket_of_both_families_takes_both_connections)
{
        two_hosts_start(world.server, "server", accept_both, NULL);
        two_hosts_start(world.client, "client", connect_twice, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 2);
}
END_TEST

static void accept_apart(Process *process, void *data)
{
        struct endpoint peer;
        (void)data;
        int only6 = listen_as(process, AF_INET6, 1);
        process_sleep(process, 10 * MILLISECOND);
        int only4 = listen_as(process, AF_INET, 0);
        sock_accept(process, only4, &peer);
        ck_assert(ip_address_is_ipv4(&peer.address));
        struct pollfd poll = { .fd = only6, .events = POLLIN };
        ck_assert_int_eq(sock_poll(process, &poll, 1, 0), 0);
        finished++;
}

static void connect_before_and_after(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        (void)data;
        ck_assert_int_eq(sock_connect(process, open_socket(process, AF_INET, 0), &remote), -1);
        ck_assert_int_eq(errno, ECONNREFUSED);
        process_sleep(process, 10 * MILLISECOND);
        ck_assert_int_eq(sock_connect(process, open_socket(process, AF_INET, 0), &remote), 0);
        finished++;
}

START_TEST(a_socket_of_ipv6_alone_takes_no_connection_of_ipv4)
{
        two_hosts_start(world.server, "server", accept_apart, NULL);
        two_hosts_start(world.client, "client", connect_before_and_after, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 2);
}
END_TEST

static void set_up(void)
{
        two_hosts_init(&world);
        two_hosts_open(&world);
        finished = 0;
}

static void tear_down(void)
{
        two_hosts_close(&world);
}

int main(void)
{
        Suite *suite = suite_create("host/families");
        TCase *cases = tcase_create("families");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, any_of_both_families_overlaps_with_any_of_one);
        tcase_add_test(cases, a_socket_of_both_families_takes_both_connections);
        tcase_add_test(cases, a_socket_of_ipv6_alone_takes_no_connection_of_ipv4);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
