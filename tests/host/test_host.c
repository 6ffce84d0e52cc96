/*
 * Hosts: whole transfers through a bad line, many connections at once, the pump, readiness, the trace, the
 * end.
 */
#include "two_hosts.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PORT       80
#define MEGABYTE   1000000
#define MANY       100
#define SECONDS(n) ((n)*SECOND)

static struct two_hosts world;
static int finished;

static void set_up(void)
{
        two_hosts_init(&world);
        finished = 0;
}

static int listening(Process *process)
{
        struct endpoint local = { .port = PORT };
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_bind(process, fd, &local), 0);
        ck_assert_int_eq(sock_listen(process, fd, MANY), 0);
        return fd;
}

static int connected(Process *process)
{
        struct endpoint remote = server_end(PORT);
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        int result = sock_connect(process, fd, &remote);
        ck_assert_msg(result == 0, "connect: %s", strerrorname_np(errno));
        return fd;
}

/* ---- Transfers ---- */

static void send_stream(Process *process, void *data)
{
        uint8_t bytes[5000];
        int fd = connected(process);
        (void)data;
        for (uint64_t offset = 0; offset < MEGABYTE; offset += sizeof bytes) {
                for (size_t i = 0; i < sizeof bytes; i++)
                        bytes[i] = stream_byte(offset + i);
                ck_assert_int_eq(sock_write(process, fd, bytes, sizeof bytes), sizeof bytes);
        }
        ck_assert_int_eq(sock_close(process, fd), 0);
        finished++;
}

static bool is_stream(const uint8_t *bytes, size_t size, uint64_t offset)
{
        for (size_t i = 0; i < size; i++) {
                if (bytes[i] != stream_byte(offset + i))
                        return false;
        }
        return true;
}

static void receive_stream(Process *process, void *data)
{
        uint8_t bytes[3000];
        uint64_t offset = 0;
        ssize_t size;
        int fd = sock_accept(process, listening(process), NULL);
        struct transfer *transfer = sock_transfer(process, fd);
        (void)data;
        while ((size = sock_read(process, fd, bytes, sizeof bytes)) > 0) {
                ck_assert(is_stream(bytes, (size_t)size, offset));
                offset += (uint64_t)size;
                transfer_progress(transfer, (uint64_t)size, process_now(process));
        }
        ck_assert_int_eq(size, 0);
        ck_assert_uint_eq(offset, MEGABYTE);
        finished++;
}

/* Returns when it was over. */
static time_ns run_transfer(void)
{
        two_hosts_open(&world);
        struct process_config config = {
                .program = "send", .main = send_stream, .transfer = two_hosts_transfer(&world, "megabyte")
        };
        two_hosts_start(world.server, "receive", receive_stream, NULL);
        process_start(world.client, &config, 0);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 2);
        return event_queue_now(world.events);
}

static void make_line_bad(void)
{
        world.line.impair.loss.model = LOSS_RANDOM;
        world.line.impair.loss.probability = probability_of(5, 100);
        world.line.impair.corrupt = probability_of(1, 100);
        world.line.impair.duplicate = probability_of(2, 100);
        world.line.impair.reorder = probability_of(5, 100);
        world.line.impair.reorder_delay = 8 * MILLISECOND;
}

START_TEST(a_megabyte_crosses_a_bad_line_verified)
{
        struct proof_account account;
        uint8_t written[32], read[32];
        make_line_bad();
        run_transfer();
        ck_assert_uint_gt(world.net.counts.dropped[DROP_LOSS], 10);
        ck_assert_uint_gt(world.net.counts.dropped[DROP_CORRUPT], 1);
        proof_book_account(world.proofs, 1, &account);
        ck_assert_uint_eq(account.streams, 2);
        ck_assert_uint_eq(account.bytes_written, MEGABYTE);
        ck_assert_uint_eq(account.bytes_read, MEGABYTE);
        ck_assert(account.is_complete);
        ck_assert(proof_book_sha256(world.proofs, 1, written, read));
        ck_assert_mem_eq(written, read, 32);
        two_hosts_close(&world);
}
END_TEST

START_TEST(a_transfer_has_the_counts_of_both_ends)
{
        make_line_bad();
        run_transfer();
        const struct transfer *transfer = world.transfers->pdata[0];
        const struct tcp_counts *counts = &transfer->counts;
        ck_assert_uint_eq(transfer->bytes, MEGABYTE);
        ck_assert_uint_eq(counts->bytes_received, MEGABYTE);
        ck_assert_uint_gt(counts->retransmitted_segments, 10);
        ck_assert_uint_gt(counts->out_of_order_arrivals, 10);
        ck_assert_uint_gt(counts->held_bytes_max, 1000);
        ck_assert_int_gt(transfer->longest_stall, 2 * MILLISECOND);
        ck_assert_uint_eq(host_connections(world.client) + host_connections(world.server), 0);
        two_hosts_close(&world);
}
END_TEST

static void hash_packet(void *data, const struct trace_event *event)
{
        GChecksum *checksum = data;
        struct {
                int64_t time;
                uint64_t owner;
                uint64_t kind;
        } words = { event->time, event->owner, event->kind };
        g_checksum_update(checksum, (const guchar *)&words, sizeof words);
        g_checksum_update(checksum, event->packet->header.bytes, (gssize)event->packet->header.size);
}

static char *digest_of_transfer(bool one_event_a_packet)
{
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        g_autoptr(Trace) trace = trace_new();
        trace_listen(trace, TRACE_BIT(TRACE_SENT) | TRACE_BIT(TRACE_RECEIVED), hash_packet, checksum);
        finished = 0;
        world.trace = trace;
        world.one_event_a_packet = one_event_a_packet;
        run_transfer();
        two_hosts_close(&world);
        world.trace = NULL;
        return g_strdup(g_checksum_get_string(checksum));
}

START_TEST(the_same_run_twice_is_the_same)
{
        make_line_bad();
        g_autofree char *first = digest_of_transfer(false);
        g_autofree char *second = digest_of_transfer(false);
        ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(the_pump_is_the_same_on_both_kinds_of_link)
{
        world.line.rate = 10000000;
        world.line.queue.limit_packets = 20;
        g_autofree char *ahead = digest_of_transfer(false);
        g_autofree char *with_events = digest_of_transfer(true);
        ck_assert_str_eq(ahead, with_events);
}
END_TEST

START_TEST(a_host_does_not_overflow_its_own_device)
{
        world.line.rate = 10000000;
        world.line.queue.limit_packets = 3;
        run_transfer();
        ck_assert_uint_eq(world.net.counts.dropped[DROP_QUEUE_FULL], 0);
        two_hosts_close(&world);
}
END_TEST

START_TEST(without_a_limit_it_does)
{
        world.line.rate = 10000000;
        world.line.queue.limit_packets = 3;
        world.config.limit_output = 0;
        run_transfer();
        ck_assert_uint_gt(world.net.counts.dropped[DROP_QUEUE_FULL], 0);
        two_hosts_close(&world);
}
END_TEST

#define EACH_WAY 100000

static void write_then_read(Process *process, int fd)
{
        static const uint8_t zeros[EACH_WAY];
        uint8_t bytes[5000];
        size_t written = 0;
        ssize_t size;
        while (written < EACH_WAY) {
                size = sock_write(process, fd, zeros, EACH_WAY - written);
                ck_assert_int_gt(size, 0);
                written += (size_t)size;
        }
        ck_assert_int_eq(sock_shutdown(process, fd, SHUT_WR), 0);
        do {
                size = sock_read(process, fd, bytes, sizeof bytes);
        } while (size > 0);
        ck_assert_int_eq(size, 0);
        finished++;
}

static void talk(Process *process, void *data)
{
        (void)data;
        write_then_read(process, connected(process));
}

static void talk_back(Process *process, void *data)
{
        (void)data;
        write_then_read(process, sock_accept(process, listening(process), NULL));
}

/* While the client's own text fills its device: 100 kB take 800 ms. */
static void count_pure_acks(void *data, const struct trace_event *event)
{
        unsigned *count = data;
        if (event->owner == 0 && event->packet->payload_size == 0 && event->time > 100 * MILLISECOND &&
                event->time < 500 * MILLISECOND)
                (*count)++;
}

START_TEST(acknowledgements_do_not_wait_behind_text)
{
        unsigned count = 0;
        g_autoptr(Trace) trace = trace_new();
        trace_listen(trace, TRACE_BIT(TRACE_SENT), count_pure_acks, &count);
        world.trace = trace;
        world.line.rate = 1000000;
        world.back_rate = 10000000;
        world.config.tcp.delayed_ack = 0;
        two_hosts_open(&world);
        two_hosts_start(world.server, "server", talk_back, NULL);
        two_hosts_start(world.client, "client", talk, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 2);
        ck_assert_uint_gt(count, 10);
        two_hosts_close(&world);
        world.trace = NULL;
}
END_TEST

/* ---- Many connections ---- */

static void serve_one(Process *process, void *data)
{
        char byte;
        int fd = GPOINTER_TO_INT(data);
        while (sock_read(process, fd, &byte, 1) == 1)
                ck_assert_int_eq(sock_write(process, fd, &byte, 1), 1);
        sock_close(process, fd);
}

static void serve_many(Process *process, void *data)
{
        int listener = listening(process);
        (void)data;
        for (;;) {
                int fd = sock_accept(process, listener, NULL);
                if (fd < 0)
                        return;
                process_spawn(process, serve_one, GINT_TO_POINTER(fd), NULL);
        }
}

static void ask_once(Process *process, void *data)
{
        uint8_t byte = (uint8_t)GPOINTER_TO_INT(data);
        uint8_t answer;
        int fd = connected(process);
        ck_assert_int_eq(sock_write(process, fd, &byte, 1), 1);
        ck_assert_int_eq(sock_read(process, fd, &answer, 1), 1);
        ck_assert_uint_eq(answer, byte);
        sock_close(process, fd);
        finished++;
}

START_TEST(a_server_serves_many_clients_at_once)
{
        two_hosts_open(&world);
        two_hosts_start(world.server, "server", serve_many, NULL);
        for (int i = 0; i < MANY; i++)
                two_hosts_start(world.client, "client", ask_once, GINT_TO_POINTER(i));
        two_hosts_run(&world);
        ck_assert_int_eq(finished, MANY);
        ck_assert_uint_eq(host_connections(world.server), 0);
        two_hosts_close(&world);
}
END_TEST

static void serve_on(Process *process, uint16_t port)
{
        struct endpoint local = { .port = port };
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_bind(process, fd, &local), 0);
        ck_assert_int_eq(sock_listen(process, fd, 1), 0);
}

static void serve_on_two_ports(Process *process, void *data)
{
        (void)data;
        serve_on(process, PORT);
        serve_on(process, PORT + 1);
        process_sleep(process, SECONDS(100));
}

/* Three of the four values equal, and then all of them. */
static void share_a_port(Process *process, void *data)
{
        struct endpoint local = client_end(5000);
        struct endpoint remotes[] = { server_end(PORT), server_end(PORT + 1), server_end(PORT) };
        int one = 1;
        (void)data;
        for (int i = 0; i < 3; i++) {
                int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
                sock_setsockopt(process, fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
                ck_assert_int_eq(sock_bind(process, fd, &local), 0);
                int result = sock_connect(process, fd, &remotes[i]);
                ck_assert_int_eq(result, i < 2 ? 0 : -1);
        }
        ck_assert_int_eq(errno, EADDRNOTAVAIL);
        finished++;
}

START_TEST(connections_may_share_three_values_and_never_four)
{
        two_hosts_open(&world);
        two_hosts_start(world.server, "server", serve_on_two_ports, NULL);
        two_hosts_start(world.client, "client", share_a_port, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 1);
        two_hosts_close(&world);
}
END_TEST

static void use_up_ports(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        struct endpoint other = server_end(PORT + 1);
        (void)data;
        int fds[4];
        for (int i = 0; i < 4; i++)
                fds[i] = connected(process);
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_connect(process, fd, &remote), -1);
        ck_assert_int_eq(errno, EADDRNOTAVAIL);
        ck_assert_int_eq(sock_connect(process, fd, &other), 0);
        struct linger abort = { 1, 0 };
        sock_setsockopt(process, fds[2], SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
        sock_close(process, fds[2]);
        process_sleep(process, SECOND);
        connected(process);
        finished++;
}

static void serve_four(Process *process, void *data)
{
        (void)data;
        listening(process);
        serve_on(process, PORT + 1);
        process_sleep(process, SECONDS(100));
}

START_TEST(ephemeral_ports_run_out_per_destination_and_come_back)
{
        world.config.ephemeral_first = 40000;
        world.config.ephemeral_last = 40003;
        two_hosts_open(&world);
        two_hosts_start(world.server, "server", serve_four, NULL);
        two_hosts_start(world.client, "client", use_up_ports, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 1);
        two_hosts_close(&world);
}
END_TEST

/* ---- Without processes ---- */

struct echo {
        Socket *listener;
        Socket *socket;
        unsigned calls;
};

static void echo_ready(void *data, unsigned events)
{
        struct echo *echo = data;
        char bytes[100];
        ssize_t size;
        ck_assert_uint_ne(events, 0);
        echo->calls++;
        while ((size = socket_read(echo->socket, bytes, sizeof bytes)) > 0)
                ck_assert_int_eq(socket_write(echo->socket, bytes, (size_t)size), size);
        if (size == 0) {
                socket_close(g_steal_pointer(&echo->socket));
                finished++;
        }
}

static void listener_ready(void *data, unsigned events)
{
        struct echo *echo = data;
        int error;
        ck_assert_uint_eq(events, POLLIN);
        echo->socket = socket_accept(echo->listener, &error);
        ck_assert_ptr_nonnull(echo->socket);
        ck_assert_uint_gt(socket_room(echo->socket), 0);
        socket_watch(echo->socket, POLLIN, echo_ready, echo);
}

static void ask_slowly(Process *process, void *data)
{
        char answer;
        int fd = connected(process);
        (void)data;
        for (int i = 0; i < 3; i++) {
                ck_assert_int_eq(sock_write(process, fd, "x", 1), 1);
                ck_assert_int_eq(sock_read(process, fd, &answer, 1), 1);
        }
        sock_close(process, fd);
        finished++;
}

START_TEST(a_watcher_is_told_each_time_something_becomes_ready)
{
        struct endpoint local = { .port = PORT };
        struct echo echo = { 0 };
        two_hosts_open(&world);
        echo.listener = socket_new(world.server, SOCK_STREAM, NULL, NULL);
        ck_assert_int_eq(socket_bind(echo.listener, &local), 0);
        ck_assert_int_eq(socket_listen(echo.listener, 1), 0);
        socket_watch(echo.listener, POLLIN, listener_ready, &echo);
        two_hosts_start(world.client, "client", ask_slowly, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 2);
        ck_assert_uint_eq(echo.calls, 4);
        ck_assert_ptr_null(echo.socket);
        two_hosts_close(&world);
}
END_TEST

/* ---- The trace ---- */

static void tell_call(void *data, const struct trace_event *event)
{
        GString *text = data;
        g_string_append_printf(text, "%u %s(%d, %s) = %d %s\n", event->owner, event->call.name,
                event->call.fd, event->call.arguments, (int)event->call.result,
                event->call.error ? event->call.error : "-");
}

static void two_calls(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        (void)data;
        sock_connect(process, sock_socket(process, AF_INET, SOCK_STREAM, 0), &remote);
}

START_TEST(calls_are_traced_when_they_return)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(Trace) trace = trace_new();
        trace_listen(trace, TRACE_BIT(TRACE_SOCKET_CALL), tell_call, text);
        world.trace = trace;
        two_hosts_open(&world);
        two_hosts_start(world.client, "client", two_calls, NULL);
        two_hosts_run(&world);
        ck_assert_str_eq(text->str, "0 socket(-1, stream) = 3 -\n"
                                    "0 connect(3, 10.0.0.2:80) = -1 ECONNREFUSED\n");
        two_hosts_close(&world);
}
END_TEST

static void tell_transfer(void *data, const struct trace_event *event)
{
        GString *text = data;
        if (event->owner == 1)
                g_string_append_printf(
                        text, "%s %u:%u ", event->call.name, event->connection, event->transfer);
}

START_TEST(a_servers_calls_name_the_transfer_they_serve)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(Trace) trace = trace_new();
        trace_listen(trace, TRACE_BIT(TRACE_SOCKET_CALL), tell_transfer, text);
        world.trace = trace;
        two_hosts_open(&world);
        struct process_config config = {
                .program = "ask", .main = ask_once, .transfer = two_hosts_transfer(&world, "question")
        };
        two_hosts_start(world.server, "server", serve_many, NULL);
        process_start(world.client, &config, 0);
        two_hosts_run(&world);
        ck_assert_str_eq(text->str,
                "socket 0:0 bind 0:0 listen 0:0 accept 1:1 read 1:1 write 1:1 read 1:1 close 1:1 ");
        two_hosts_close(&world);
}
END_TEST

static void tell_cause(void *data, const struct trace_event *event)
{
        GString *text = data;
        if (event->kind == TRACE_TCP_STATE)
                g_string_append_printf(text, "%u %s > %s", event->owner, event->state.from, event->state.to);
        else
                g_string_append_printf(text, "%u sends %s", event->owner, event->packet->why);
        if (event->cause.kind == TRACE_CAUSE_PACKET)
                g_string_append_printf(
                        text, " (packet %u:%u)", event->cause.packet.host, event->cause.packet.number);
        if (event->cause.name != NULL)
                g_string_append_printf(text, " (%s)", event->cause.name);
        g_string_append_c(text, '\n');
}

static void accept_one(Process *process, void *data)
{
        (void)data;
        int fd = sock_accept(process, listening(process), NULL);
        process_sleep(process, SECOND);
        sock_close(process, fd);
}

static void connect_and_stay(Process *process, void *data)
{
        (void)data;
        connected(process);
        process_sleep(process, SECONDS(3));
}

START_TEST(notes_and_packets_have_their_cause)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(Trace) trace = trace_new();
        trace_listen(trace, TRACE_BIT(TRACE_SENT) | TRACE_BIT(TRACE_TCP_STATE), tell_cause, text);
        world.trace = trace;
        two_hosts_open(&world);
        two_hosts_start(world.server, "server", accept_one, NULL);
        two_hosts_start(world.client, "client", connect_and_stay, NULL);
        two_hosts_run(&world);
        const char *expected = "0 CLOSED > SYN-SENT (connect)\n"
                               "0 sends syn (connect)\n"
                               "1 LISTEN > SYN-RECEIVED (packet 0:1)\n"
                               "1 sends syn-ack (packet 0:1)\n"
                               "0 SYN-SENT > ESTABLISHED (packet 1:1)\n"
                               "0 sends ack (packet 1:1)\n"
                               "1 SYN-RECEIVED > ESTABLISHED (packet 0:2)\n";
        ck_assert_msg(g_str_has_prefix(text->str, expected), "%s", text->str);
        ck_assert_ptr_nonnull(strstr(text->str, "1 ESTABLISHED > FIN-WAIT-1 (close)\n1 sends fin (close)\n"));
        ck_assert_ptr_nonnull(strstr(text->str, "(time-wait)"));
        two_hosts_close(&world);
}
END_TEST

/* ---- The end ---- */

START_TEST(a_world_may_end_in_the_middle_of_everything)
{
        make_line_bad();
        world.config.tcp.send_buffer = 4 * MEGABYTE;
        for (int i = 1; i < 20; i++) {
                two_hosts_open(&world);
                two_hosts_transfer(&world, "megabyte");
                two_hosts_start(world.server, "receive", serve_many, NULL);
                two_hosts_start(world.client, "send", send_stream, NULL);
                two_hosts_start(world.client, "ask", ask_once, GINT_TO_POINTER(i));
                event_queue_run_until(world.events, i * 9 * MILLISECOND);
                two_hosts_check_conservation(&world);
                host_collect_counts(world.client);
                two_hosts_close(&world);
        }
}
END_TEST

START_TEST(counts_of_living_connections_are_collected)
{
        world.config.tcp.send_buffer = 4 * MEGABYTE;
        two_hosts_open(&world);
        struct process_config config = {
                .program = "send", .main = send_stream, .transfer = two_hosts_transfer(&world, "megabyte")
        };
        two_hosts_start(world.server, "keep", accept_one, NULL);
        process_start(world.client, &config, 0);
        event_queue_run_until(world.events, 20 * MILLISECOND);
        const struct transfer *transfer = world.transfers->pdata[0];
        ck_assert_uint_eq(transfer->counts.segments_sent, 0);
        host_collect_counts(world.client);
        host_collect_counts(world.server);
        ck_assert_uint_gt(transfer->counts.segments_sent, 10);
        ck_assert_uint_eq(transfer->counts.segments_sent, world.net.counts.sent);
        two_hosts_close(&world);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/host");
        TCase *cases = tcase_create("host");
        tcase_set_timeout(cases, 60);
        tcase_add_checked_fixture(cases, set_up, NULL);
        tcase_add_test(cases, a_megabyte_crosses_a_bad_line_verified);
        tcase_add_test(cases, a_transfer_has_the_counts_of_both_ends);
        tcase_add_test(cases, the_same_run_twice_is_the_same);
        tcase_add_test(cases, the_pump_is_the_same_on_both_kinds_of_link);
        tcase_add_test(cases, a_host_does_not_overflow_its_own_device);
        tcase_add_test(cases, without_a_limit_it_does);
        tcase_add_test(cases, acknowledgements_do_not_wait_behind_text);
        tcase_add_test(cases, a_server_serves_many_clients_at_once);
        tcase_add_test(cases, connections_may_share_three_values_and_never_four);
        tcase_add_test(cases, ephemeral_ports_run_out_per_destination_and_come_back);
        tcase_add_test(cases, a_watcher_is_told_each_time_something_becomes_ready);
        tcase_add_test(cases, calls_are_traced_when_they_return);
        tcase_add_test(cases, a_servers_calls_name_the_transfer_they_serve);
        tcase_add_test(cases, notes_and_packets_have_their_cause);
        tcase_add_test(cases, a_world_may_end_in_the_middle_of_everything);
        tcase_add_test(cases, counts_of_living_connections_are_collected);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
