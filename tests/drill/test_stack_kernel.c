/*
 * This machine's kernel as a stack under test: a handshake by hand, a call that waits, settings and counters.
 * Skipped, and said so, where the privilege is missing.
 */
#include "script/script.h"
#include "drill/stack.h"
#include "drill/sysctls.h"
#include "wire/ip_header.h"
#include "wire/tcp_segment.h"

#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#define PORT        8080
#define REMOTE_PORT 40000
#define REMOTE_ISN  1000

static const struct stack_ops *const ops = &stack_kernel;

/* The loop index of each case. */
static const struct family {
        const char *local;
        const char *remote;
        unsigned prefix;
        uint32_t mtu;
        int domain;
} families[] = {
        { "192.168.0.1", "192.0.2.1", 16, 1500, AF_INET },
        { "fd3d:a0b:17d6::1", "fd3d:fa7b:d17d::1", 48, 1520, AF_INET6 },
        { "192.168.0.1", "192.0.2.1", 16, 1500, AF_INET6 }, /* mapped */
};

static struct stack_config config;
static Sysctls *profile;
static Stack *stack;
static int domain;

static void set_up(const struct family *family)
{
        profile = sysctls_new_profile();
        config = (struct stack_config){
                .prefix = family->prefix, .mtu = family->mtu, .sysctls = profile, .name = "test"
        };
        ip_address_parse(family->local, &config.local);
        ip_address_parse(family->remote, &config.remote);
        domain = family->domain;
        GError *error = NULL;
        stack = ops->open(&config, &error);
        ck_assert_msg(stack != NULL, "%s", error == NULL ? "no error" : error->message);
}

static void tear_down(void)
{
        ops->close(stack, NULL);
        sysctls_free(profile);
}

/* ---- Packets ---- */

static struct tcp_segment from_remote(uint16_t flags, uint32_t seq, uint32_t ack)
{
        return (struct tcp_segment){ .source_port = REMOTE_PORT,
                .destination_port = PORT,
                .seq = seq_of(seq),
                .ack = seq_of(ack),
                .flags = flags,
                .window = 20000 };
}

static void inject(struct tcp_segment segment)
{
        uint8_t bytes[200];
        uint8_t version = ip_version_of(&config.local);
        size_t size = ip_header_size(version);
        size += tcp_segment_emit(&config.remote, &config.local, &segment, bytes + size);
        const struct ip_header header = { .version = version,
                .source = config.remote,
                .destination = config.local,
                .size = size,
                .hop_limit = 64,
                .protocol = IP_PROTOCOL_TCP };
        ip_header_emit(&header, bytes);
        ck_assert(ops->inject(stack, bytes, size, NULL));
}

/* The header of the next packet, which must come within 100 ms. */
static struct tcp_segment expect(uint16_t flags)
{
        struct captured_packet packet;
        ck_assert(ops->capture(stack, ops->now(stack) + 100 * MILLISECOND, &packet));
        struct ip_header ip;
        struct tcp_segment segment;
        ck_assert_int_eq(ip_header_parse(packet.bytes, packet.size, packet.size, &ip), IP_OK);
        ck_assert_int_eq(
                tcp_header_parse(packet.bytes + ip.header_size, packet.size - ip.header_size, &segment),
                TCP_PARSE_OK);
        ck_assert_uint_eq(segment.flags, flags);
        ck_assert_int_le(packet.time, ops->now(stack));
        g_free(packet.bytes);
        return segment;
}

static void expect_silence(void)
{
        struct captured_packet packet;
        ck_assert(!ops->capture(stack, ops->now(stack) + 20 * MILLISECOND, &packet));
}

/* ---- Errands ---- */

struct listening {
        int fd;
};

static void open_listener(Caller *caller, void *data)
{
        struct listening *listening = data;
        const struct endpoint local = { .address = config.local, .port = PORT };
        listening->fd = ops->sockets->socket(caller, domain, SOCK_STREAM, IPPROTO_TCP);
        ck_assert_int_ge(listening->fd, 0);
        ck_assert_int_eq(ops->sockets->bind(caller, listening->fd, &local), 0);
        ck_assert_int_eq(ops->sockets->listen(caller, listening->fd, 8), 0);
}

struct accepting {
        int listener;
        int child;
        int error;
        struct endpoint remote;
};

static void accept_child(Caller *caller, void *data)
{
        struct accepting *accepting = data;
        accepting->child = ops->sockets->accept(caller, accepting->listener, &accepting->remote, 0);
        accepting->error = errno;
}

struct reading {
        int fd;
        ssize_t size;
};

static void read_bytes(Caller *caller, void *data)
{
        struct reading *reading = data;
        char bytes[100];
        reading->size = ops->sockets->read(caller, reading->fd, bytes, sizeof bytes);
}

static void close_socket(Caller *caller, void *data)
{
        ck_assert_int_eq(ops->sockets->close(caller, ((struct reading *)data)->fd), 0);
}

static void run(void (*main)(Caller *caller, void *data), void *data)
{
        struct errand errand = { .main = main, .data = data };
        ops->start(stack, &errand);
        ck_assert(ops->finish(stack, &errand, ops->now(stack) + SECOND));
        ck_assert_int_le(errand.started, errand.ended);
}

static int new_listener(void)
{
        struct listening listening;
        run(open_listener, &listening);
        return listening.fd;
}

/* The local side's first data byte. */
static uint32_t shake_hands(void)
{
        struct tcp_segment syn = from_remote(TCP_FLAG_SYN, REMOTE_ISN, 0);
        syn.options = (struct tcp_options){ .has_mss = true, .mss = 1460 };
        inject(syn);
        struct tcp_segment answer = expect(TCP_FLAG_SYN | TCP_FLAG_ACK);
        ck_assert_uint_eq(answer.ack.value, REMOTE_ISN + 1);
        ck_assert_uint_eq(answer.options.mss, 1460);
        inject(from_remote(TCP_FLAG_ACK, REMOTE_ISN + 1, answer.seq.value + 1));
        return answer.seq.value + 1;
}

static void ask_congestion(Caller *caller, void *data)
{
        socklen_t size = 16;
        int fd = ops->sockets->socket(caller, domain, SOCK_STREAM, IPPROTO_TCP);
        ck_assert_int_eq(ops->sockets->getsockopt(caller, fd, IPPROTO_TCP, TCP_CONGESTION, data, &size), 0);
        ck_assert_int_eq(ops->sockets->close(caller, fd), 0);
}

/* ---- Cases ---- */

START_TEST(a_listener_answers_a_handshake_and_the_child_reads_the_end)
{
        set_up(&families[_i]);
        struct accepting accepting = { .listener = new_listener() };
        uint32_t next = shake_hands();
        run(accept_child, &accepting);
        ck_assert_int_ge(accepting.child, 0);
        ck_assert(ip_address_equal(&accepting.remote.address, &config.remote));
        ck_assert_uint_eq(accepting.remote.port, REMOTE_PORT);

        inject(from_remote(TCP_FLAG_FIN | TCP_FLAG_ACK, REMOTE_ISN + 1, next));
        expect(TCP_FLAG_ACK);
        struct reading reading = { .fd = accepting.child };
        run(read_bytes, &reading);
        ck_assert_int_eq(reading.size, 0);
        run(close_socket, &reading);
        ck_assert_uint_eq(expect(TCP_FLAG_FIN | TCP_FLAG_ACK).seq.value, next);
        tear_down();
}
END_TEST

START_TEST(an_accept_that_waits_returns_when_the_handshake_is_done)
{
        set_up(&families[_i]);
        struct accepting accepting = { .listener = new_listener() };
        struct errand errand = { .main = accept_child, .data = &accepting };
        ops->start(stack, &errand);
        ck_assert(!errand.has_ended);
        ck_assert(!ops->finish(stack, &errand, ops->now(stack) + 30 * MILLISECOND));
        shake_hands();
        ck_assert(ops->finish(stack, &errand, ops->now(stack) + SECOND));
        ck_assert_int_ge(accepting.child, 0);
        ck_assert_int_ge(errand.ended - errand.started, 30 * MILLISECOND);
        tear_down();
}
END_TEST

START_TEST(calls_go_on_while_one_waits)
{
        set_up(&families[0]);
        struct accepting accepting = { .listener = new_listener() };
        struct errand waits = { .main = accept_child, .data = &accepting };
        ops->start(stack, &waits);
        struct reading closing = { .fd = accepting.listener };
        struct reading reading = { .fd = -1 };
        run(read_bytes, &reading);
        ck_assert_int_eq(reading.size, -1);
        run(close_socket, &closing);
        ck_assert(!waits.has_ended);
        tear_down(); /* which interrupts it */
        ck_assert(waits.has_ended);
        ck_assert_int_eq(accepting.child, -1);
        ck_assert_int_eq(accepting.error, EINTR);
}
END_TEST

START_TEST(a_wait_ends_at_its_time)
{
        set_up(&families[0]);
        time_ns at = ops->now(stack) + 25 * MILLISECOND;
        ops->wait_until(stack, at);
        ck_assert_int_ge(ops->now(stack), at);
        expect_silence();
        tear_down();
}
END_TEST

START_TEST(counters_count_from_the_start)
{
        set_up(&families[0]);
        int64_t value = -1;
        ck_assert(ops->counter(stack, "TcpPassiveOpens", &value));
        ck_assert_int_eq(value, 0);
        new_listener();
        shake_hands();
        ck_assert(ops->counter(stack, "TcpPassiveOpens", &value));
        ck_assert_int_eq(value, 1);
        ck_assert(ops->counter(stack, "TcpExtTCPLossProbes", &value));
        ck_assert(ops->counter(stack, "IpInReceives", &value));
        ck_assert(ops->counter(stack, "Ip6InReceives", &value));
        ck_assert(!ops->counter(stack, "TcpExtNoSuchCounter", &value));
        tear_down();
}
END_TEST

START_TEST(settings_reach_the_kernel)
{
        set_up(&families[0]);
        ck_assert(ops->set_mtu(stack, 1200, NULL));
        new_listener();
        struct tcp_segment syn = from_remote(TCP_FLAG_SYN, REMOTE_ISN, 0);
        syn.options = (struct tcp_options){ .has_mss = true, .mss = 1460, .sack_permitted = true };
        ck_assert(ops->set_sysctl(stack, "tcp_sack", "0", NULL));
        inject(syn);
        struct tcp_segment answer = expect(TCP_FLAG_SYN | TCP_FLAG_ACK);
        ck_assert_uint_eq(answer.options.mss, 1160);
        ck_assert(!answer.options.sack_permitted);
        tear_down();
}
END_TEST

START_TEST(sockets_have_the_congestion_control_of_the_profile)
{
        set_up(&families[0]);
        char algorithm[16];
        run(ask_congestion, algorithm);
        ck_assert_str_eq(algorithm, "cubic");
        ck_assert(ops->set_sysctl(stack, "tcp_congestion_control", "reno", NULL));
        run(ask_congestion, algorithm);
        ck_assert_str_eq(algorithm, "reno");
        GError *error = NULL;
        ck_assert(!ops->set_sysctl(stack, "tcp_congestion_control", "nosuch", &error));
        ck_assert(g_error_matches(error, SCRIPT_ERROR, SCRIPT_ERROR_REFUSED));
        g_clear_error(&error);
        tear_down();
}
END_TEST

START_TEST(a_device_queue_without_room_drops)
{
        set_up(&families[0]);
        new_listener();
        ck_assert(ops->set_queue_limit(stack, 0, NULL));
        inject(from_remote(TCP_FLAG_SYN, REMOTE_ISN, 0));
        expect_silence();
        ck_assert(ops->set_queue_limit(stack, 10, NULL));
        inject(from_remote(TCP_FLAG_SYN, REMOTE_ISN, 0));
        expect(TCP_FLAG_SYN | TCP_FLAG_ACK);
        tear_down();
}
END_TEST

START_TEST(a_setting_that_the_kernel_has_not_or_refuses_is_an_error)
{
        set_up(&families[0]);
        GError *error = NULL;
        ck_assert(!ops->set_sysctl(stack, "tcp_no_such_thing", "1", &error));
        ck_assert_ptr_null(error);
        ck_assert(!ops->set_sysctl(stack, "net.ipv4.tcp_sack", "never", &error));
        ck_assert_ptr_nonnull(strstr(error->message, "never"));
        g_clear_error(&error);
        ck_assert(!ops->set_mtu(stack, 20, &error));
        ck_assert_ptr_nonnull(strstr(error->message, "cannot set the MTU of tun0 to 20"));
        g_clear_error(&error);
        tear_down();
}
END_TEST

START_TEST(stacks_beside_each_other_do_not_meet)
{
        set_up(&families[0]);
        Stack *first = stack;
        Sysctls *first_profile = profile;
        new_listener();
        set_up(&families[0]);
        new_listener();
        shake_hands();
        int64_t value;
        ck_assert(ops->counter(first, "TcpPassiveOpens", &value));
        ck_assert_int_eq(value, 0);
        tear_down();
        ops->close(first, NULL);
        sysctls_free(first_profile);
}
END_TEST

static Suite *kernel_suite(void)
{
        Suite *suite = suite_create("stack_kernel");
        TCase *cases = tcase_create("a namespace");
        tcase_add_loop_test(
                cases, a_listener_answers_a_handshake_and_the_child_reads_the_end, 0, G_N_ELEMENTS(families));
        tcase_add_loop_test(
                cases, an_accept_that_waits_returns_when_the_handshake_is_done, 0, G_N_ELEMENTS(families));
        tcase_add_test(cases, calls_go_on_while_one_waits);
        tcase_add_test(cases, a_wait_ends_at_its_time);
        tcase_add_test(cases, counters_count_from_the_start);
        tcase_add_test(cases, settings_reach_the_kernel);
        tcase_add_test(cases, sockets_have_the_congestion_control_of_the_profile);
        tcase_add_test(cases, a_device_queue_without_room_drops);
        tcase_add_test(cases, a_setting_that_the_kernel_has_not_or_refuses_is_an_error);
        tcase_add_test(cases, stacks_beside_each_other_do_not_meet);
        suite_add_tcase(suite, cases);
        return suite;
}

/* NULL: there is what it needs. */
static char *what_is_missing(void)
{
        GError *error = NULL;
        const struct family *family = &families[0];
        profile = sysctls_new_profile();
        config = (struct stack_config){ .prefix = family->prefix, .mtu = family->mtu, .sysctls = profile };
        ip_address_parse(family->local, &config.local);
        ip_address_parse(family->remote, &config.remote);
        ops->close(ops->open(&config, &error), NULL);
        sysctls_free(profile);
        bool is_missing = g_error_matches(error, STACK_ERROR, STACK_ERROR_UNAVAILABLE);
        char *what = is_missing ? g_strdup(error->message) : NULL;
        g_clear_error(&error);
        return what;
}

int main(void)
{
        g_autofree char *missing = what_is_missing();
        if (missing != NULL) {
                printf("skipped: %s\n", missing);
                return 77;
        }
        SRunner *runner = srunner_create(kernel_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
