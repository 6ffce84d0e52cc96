/*
 * A host that crashes: what is on it is gone, its peer hears nothing, and it comes back knowing nothing.
 */
#include "two_hosts.h"

#include <check.h>
#include <errno.h>

#define PORT 80

static struct two_hosts world;
static int client_errno;
static unsigned accepted;

static void serve(Process *process, void *data G_GNUC_UNUSED)
{
        struct endpoint local = { .port = PORT };
        uint8_t bytes[4000];
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_bind(process, fd, &local), 0);
        ck_assert_int_eq(sock_listen(process, fd, 5), 0);
        for (int client; (client = sock_accept(process, fd, NULL)) >= 0;) {
                accepted++;
                while (sock_read(process, client, bytes, sizeof bytes) > 0)
                        ;
        }
        ck_assert_int_eq(errno, ECANCELED);
}

static void write_for_ever(Process *process, void *data G_GNUC_UNUSED)
{
        static const uint8_t bytes[1000];
        struct endpoint remote = server_end(PORT);
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_connect(process, fd, &remote), 0);
        while (sock_write(process, fd, bytes, sizeof bytes) > 0 && process_sleep(process, 10 * MILLISECOND))
                ;
        client_errno = errno;
}

static void start_at(Host *host, const char *program, process_main main, time_ns at)
{
        const struct process_config config = { .program = program, .main = main };
        process_start(host, &config, at);
}

static void start_at_rate(rate_bps rate)
{
        client_errno = 0;
        accepted = 0;
        two_hosts_init(&world);
        world.line.may_lose_power = true;
        world.line.rate = rate;
        two_hosts_open(&world);
        start_at(world.server, "server", serve, 0);
        start_at(world.client, "client", write_for_ever, 0);
}

static void start(void)
{
        start_at_rate(100000000);
}

START_TEST(a_host_that_is_down_loses_what_arrives_and_says_nothing)
{
        start();
        event_queue_run_until(world.events, SECOND);
        uint64_t delivered = world.net.counts.delivered;
        ck_assert_uint_eq(accepted, 1);
        host_crash(world.server);
        ck_assert(host_is_down(world.server));
        ck_assert_uint_eq(host_connections(world.server), 0);
        event_queue_run_until(world.events, 5 * SECOND);
        ck_assert_uint_gt(world.net.counts.dropped[DROP_HOST_DOWN], 2);
        ck_assert_uint_le(world.net.counts.delivered - delivered, 3); /* what was on its way to the client */
        ck_assert_msg(client_errno == 0, "the client does not know yet");
        two_hosts_close(&world);
}
END_TEST

START_TEST(a_restarted_host_resets_whom_it_does_not_know)
{
        start();
        event_queue_run_until(world.events, SECOND);
        host_crash(world.server);
        event_queue_run_until(world.events, 2 * SECOND);
        host_restart(world.server);
        event_queue_run_until(world.events, 10 * SECOND);
        ck_assert_int_eq(client_errno, ECONNRESET);
        start_at(world.server, "server", serve, 10 * SECOND);
        start_at(world.client, "client", write_for_ever, 10 * SECOND);
        event_queue_run_until(world.events, 12 * SECOND);
        ck_assert_msg(accepted == 2, "its programs serve again");
        two_hosts_close(&world);
}
END_TEST

/* At 200 kbit/s a packet takes 40 ms: there is always one in transmission, and with it others that wait. */
START_TEST(what_waits_in_a_crashed_hosts_device_is_lost)
{
        start_at_rate(200000);
        event_queue_run_until(world.events, 500 * MILLISECOND);
        uint64_t dropped = world.net.counts.dropped[DROP_HOST_DOWN];
        ck_assert_uint_gt(link_in_flight(world.links[0]), 1);
        host_crash(world.client);
        ck_assert_uint_gt(world.net.counts.dropped[DROP_HOST_DOWN], dropped);
        ck_assert_msg(link_in_flight(world.links[0]) <= 1, "the one in transmission ends when that does");
        uint64_t hops = world.net.counts.hops;
        event_queue_run_until(world.events, 2 * SECOND);
        ck_assert_uint_eq(link_in_flight(world.links[0]), 0);
        ck_assert_uint_le(world.net.counts.hops - hops, 3); /* and ACKs of what was on its way */
        two_hosts_close(&world);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("crash");
        TCase *cases = tcase_create("crash");
        tcase_add_test(cases, a_host_that_is_down_loses_what_arrives_and_says_nothing);
        tcase_add_test(cases, a_restarted_host_resets_whom_it_does_not_know);
        tcase_add_test(cases, what_waits_in_a_crashed_hosts_device_is_lost);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
