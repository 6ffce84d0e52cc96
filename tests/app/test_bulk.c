/*
 * Sender and sink, echo and request-response: what they move, when, and how they fail.
 */
#include "app/bulk.h"

#include <check.h>
#include <errno.h>
#include <string.h>
#include "two_hosts.h"

#define PORT 9000

static struct two_hosts world;
static struct transfer *transfer;

static void set_up(void)
{
        two_hosts_init(&world);
}

static void tear_down(void)
{
        two_hosts_close(&world);
}

static void open_world(void)
{
        two_hosts_open(&world);
        transfer = two_hosts_transfer(&world, "flow");
}

static void start_sink(struct sink_config config)
{
        config.name = "sink";
        config.port = PORT;
        sink_start(world.server, &config);
}

static void start_sender(struct sender_config config)
{
        config.name = "flow";
        config.to = server_end(PORT);
        config.transfer = transfer;
        sender_start_at(world.client, &config, MILLISECOND);
}

static void ck_done(uint64_t bytes)
{
        ck_assert_ptr_null(transfer->failure);
        ck_assert_int_eq(transfer->outcome, TRANSFER_DONE);
        ck_assert_uint_eq(transfer->bytes, bytes);
        ck_assert(transfer->has_sha256 && transfer->has_source_sha256);
        ck_assert_mem_eq(transfer->sha256, transfer->source_sha256, sizeof transfer->sha256);
        ck_assert_int_ge(transfer->finished, transfer->connected);
}

static void ck_failed(const char *failure)
{
        ck_assert_str_eq(transfer->failure, failure);
        ck_assert_int_eq(transfer->outcome, TRANSFER_FAILED);
}

/* ---- Sender and sink ---- */

static const uint64_t sizes[] = { 0, 1, 1460, 16384, 16385, 1000000 };

START_TEST(every_byte_arrives)
{
        open_world();
        start_sink((struct sink_config){ 0 });
        start_sender((struct sender_config){ .bytes = sizes[_i] });
        two_hosts_run(&world);
        ck_done(sizes[_i]);
        ck_assert_int_eq(transfer->started, MILLISECOND);
        ck_assert_uint_eq(host_connections(world.client) + host_connections(world.server), 0);
}
END_TEST

START_TEST(every_byte_arrives_through_loss_whatever_the_fill)
{
        world.line.impair.loss.model = LOSS_RANDOM;
        world.line.impair.loss.probability = probability_of(3, 100);
        open_world();
        start_sink((struct sink_config){ 0 });
        start_sender((struct sender_config){ .bytes = 1000000, .fill = _i, .seed = 4 });
        two_hosts_run(&world);
        ck_done(1000000);
        ck_assert_uint_gt(world.net.counts.dropped[DROP_LOSS], 10);
}
END_TEST

START_TEST(many_flows_keep_their_figures_apart)
{
        struct transfer *others[20];
        open_world();
        start_sink((struct sink_config){ 0 });
        for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
                others[i] = transfer = two_hosts_transfer(&world, "flow");
                start_sender((struct sender_config){ .bytes = 1000 + i });
        }
        two_hosts_run(&world);
        for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
                transfer = others[i];
                ck_done(1000 + i);
        }
}
END_TEST

START_TEST(a_sender_fills_a_fast_line)
{
        open_world();
        start_sink((struct sink_config){ 0 });
        start_sender((struct sender_config){ .bytes = 10000000 });
        two_hosts_run(&world);
        ck_done(10000000);
        /* 10 MB at 100 Mbit/s take 0.8 s, and headers their share. */
        ck_assert_int_lt(transfer->finished - transfer->started, 900 * MILLISECOND);
}
END_TEST

START_TEST(writes_come_in_their_time)
{
        open_world();
        start_sink((struct sink_config){ 0 });
        start_sender(
                (struct sender_config){ .bytes = 1050, .write_size = 100, .write_every = 100 * MILLISECOND });
        two_hosts_run(&world);
        ck_done(1050);
        ck_assert_int_ge(transfer->finished - transfer->connected, 1000 * MILLISECOND);
        ck_assert_int_lt(transfer->finished - transfer->connected, 1010 * MILLISECOND);
}
END_TEST

START_TEST(a_slow_sink_reads_at_its_rate)
{
        open_world();
        start_sink((struct sink_config){ .read_rate = 8000000 });
        start_sender((struct sender_config){ .bytes = 2000000 });
        two_hosts_run(&world);
        ck_done(2000000);
        ck_assert_int_ge(transfer->finished - transfer->started, 1980 * MILLISECOND);
        ck_assert_int_lt(transfer->finished - transfer->started, 2100 * MILLISECOND);
}
END_TEST

START_TEST(a_sink_stalls_once_and_goes_on)
{
        open_world();
        start_sink((struct sink_config){ .stall_after = 200000, .stall_for = 3 * SECOND });
        start_sender((struct sender_config){ .bytes = 1000000 });
        event_queue_run_until(world.events, 2 * SECOND);
        ck_assert_uint_eq(transfer->bytes, 200000);
        two_hosts_run(&world);
        ck_done(1000000);
        ck_assert_int_ge(transfer->longest_stall, 3 * SECOND);
        ck_assert_int_lt(transfer->finished - transfer->started, 4 * SECOND);
}
END_TEST

START_TEST(a_stall_beyond_the_stream_never_comes)
{
        open_world();
        start_sink((struct sink_config){ .stall_after = 2000, .stall_for = 3 * SECOND });
        start_sender((struct sender_config){ .bytes = 1999 });
        two_hosts_run(&world);
        ck_done(1999);
        ck_assert_int_lt(transfer->finished, SECOND);
}
END_TEST

/* TIME-WAIT is with the end that closed first. */
START_TEST(a_sink_may_end_its_own_side_first_and_reads_on)
{
        open_world();
        start_sink((struct sink_config){ .shutdown_after = 1 });
        start_sender(
                (struct sender_config){ .bytes = 1000, .write_size = 100, .write_every = 10 * MILLISECOND });
        event_queue_run_until(world.events, 2 * SECOND);
        ck_done(1000);
        ck_assert_uint_eq(host_time_waits(world.client), 0);
        ck_assert_uint_eq(host_time_waits(world.server), 1);
        two_hosts_run(&world);
}
END_TEST

START_TEST(without_a_sink_the_connection_is_refused)
{
        open_world();
        start_sender((struct sender_config){ .bytes = 1000 });
        two_hosts_run(&world);
        ck_failed("connect: ECONNREFUSED");
}
END_TEST

START_TEST(a_taken_local_port_is_a_failure)
{
        open_world();
        start_sink((struct sink_config){ 0 });
        struct sink_config other = { .name = "other", .port = 4711 };
        sink_start(world.client, &other);
        start_sender((struct sender_config){ .bytes = 1000, .local_port = 4711 });
        two_hosts_run(&world);
        ck_failed("bind: EADDRINUSE");
}
END_TEST

START_TEST(a_lingering_end_resets_the_connection)
{
        open_world();
        start_sink((struct sink_config){ 0 });
        start_sender((struct sender_config){ .bytes = 1000000, .end = SENDER_LINGER });
        two_hosts_run(&world);
        ck_failed("read: ECONNRESET");
        ck_assert_uint_eq(host_connections(world.client) + host_connections(world.server), 0);
}
END_TEST

/* Reads a little, then slams the door. */
static void slam(Process *process, void *data)
{
        struct endpoint local = server_end(PORT);
        char bytes[100];
        (void)data;
        int listener = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_bind(process, listener, &local), 0);
        ck_assert_int_eq(sock_listen(process, listener, 1), 0);
        int fd = sock_accept(process, listener, NULL);
        ck_assert_int_gt(sock_read(process, fd, bytes, sizeof bytes), 0);
        sock_close(process, fd);
}

START_TEST(a_sender_notices_that_its_reader_has_gone)
{
        open_world();
        two_hosts_start(world.server, "slam", slam, NULL);
        start_sender((struct sender_config){ .bytes = 10000000 });
        two_hosts_run(&world);
        ck_failed("write: ECONNRESET");
}
END_TEST

START_TEST(a_waiting_sender_notices_it_too)
{
        open_world();
        two_hosts_start(world.server, "slam", slam, NULL);
        start_sender((struct sender_config){ .bytes = 2000, .write_size = 1000, .write_every = 10 * SECOND });
        event_queue_run_until(world.events, SECOND);
        ck_failed("write: ECONNRESET");
        two_hosts_run(&world);
}
END_TEST

START_TEST(a_run_may_end_in_the_middle)
{
        open_world();
        start_sink((struct sink_config){ .read_rate = 800000 });
        start_sender((struct sender_config){ .bytes = 1000000 });
        event_queue_run_until(world.events, (time_ns)_i * 2 * MILLISECOND);
        ck_assert_int_eq(transfer->outcome, TRANSFER_UNFINISHED);
}
END_TEST

/* ---- Echo and request-response ---- */

static const struct {
        uint32_t request;
        uint32_t writes;
        uint32_t echo_request;
        uint32_t echo_response;
        uint32_t response;
        uint32_t count;
        const char *why;
} dialogues[] = {
        { 200, 1, 0, 0, 200, 5, "whatever arrives comes back" },
        { 200, 3, 0, 0, 200, 5, "in whatever pieces" },
        { 200, 1, 200, 0, 200, 5, "a whole request comes back" },
        { 200, 7, 200, 50000, 50000, 3, "a small question, a long answer" },
        { 50000, 2, 50000, 1, 1, 3, "a long question, a small answer" },
        { 5, 9, 5, 5, 5, 2, "more pieces than bytes" },
        { 100, 0, 100, 100, 100, 1, "no number of pieces: one" },
};

static void start_dialogue(struct request_response_config config)
{
        config.name = "flow";
        config.to = server_end(PORT);
        config.transfer = transfer;
        request_response_start(world.client, &config, MILLISECOND);
}

START_TEST(each_request_gets_its_response)
{
        open_world();
        struct echo_config echo = { .name = "echo",
                .port = PORT,
                .request = dialogues[_i].echo_request,
                .response = dialogues[_i].echo_response };
        echo_start(world.server, &echo);
        start_dialogue((struct request_response_config){ .count = dialogues[_i].count,
                .request = dialogues[_i].request,
                .response = dialogues[_i].response,
                .writes = dialogues[_i].writes });
        two_hosts_run(&world);
        ck_done((uint64_t)dialogues[_i].response * dialogues[_i].count);
        /* Each waits for the one before: a round trip of 2 ms each. */
        ck_assert_int_ge(transfer->finished - transfer->connected, dialogues[_i].count * 2 * MILLISECOND);
}
END_TEST

/* The second piece goes when the first is acknowledged: two round trips of 2 ms. */
START_TEST(a_request_in_two_pieces_waits_for_nagles_algorithm)
{
        open_world();
        echo_start(world.server, &(struct echo_config){ .name = "echo", .port = PORT, .request = 200 });
        start_dialogue(
                (struct request_response_config){ .count = 5, .request = 200, .response = 200, .writes = 2 });
        two_hosts_run(&world);
        ck_done(1000);
        ck_assert_int_ge(transfer->finished - transfer->connected, 5 * 4 * MILLISECOND);
}
END_TEST

START_TEST(a_missing_echo_is_told)
{
        open_world();
        start_dialogue((struct request_response_config){ .count = 1, .request = 1, .response = 1 });
        two_hosts_run(&world);
        ck_failed("connect: ECONNREFUSED");
}
END_TEST

START_TEST(an_answer_too_long_is_told)
{
        open_world();
        struct echo_config echo = { .name = "echo", .port = PORT, .request = 10, .response = 20 };
        echo_start(world.server, &echo);
        start_dialogue((struct request_response_config){ .count = 1, .request = 10, .response = 10 });
        two_hosts_run(&world);
        ck_failed("bytes behind the last response");
}
END_TEST

START_TEST(an_answer_too_short_leaves_the_dialogue_unfinished)
{
        open_world();
        struct echo_config echo = { .name = "echo", .port = PORT, .request = 10, .response = 5 };
        echo_start(world.server, &echo);
        start_dialogue((struct request_response_config){ .count = 1, .request = 10, .response = 10 });
        two_hosts_run(&world);
        ck_assert_int_eq(transfer->outcome, TRANSFER_UNFINISHED);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("bulk");
        tcase_set_timeout(cases, 60);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, every_byte_arrives, 0, G_N_ELEMENTS(sizes));
        tcase_add_loop_test(
                cases, every_byte_arrives_through_loss_whatever_the_fill, FILL_COUNTER, FILL_RANDOM + 1);
        tcase_add_test(cases, many_flows_keep_their_figures_apart);
        tcase_add_test(cases, a_sender_fills_a_fast_line);
        tcase_add_test(cases, writes_come_in_their_time);
        tcase_add_test(cases, a_slow_sink_reads_at_its_rate);
        tcase_add_test(cases, a_sink_stalls_once_and_goes_on);
        tcase_add_test(cases, a_stall_beyond_the_stream_never_comes);
        tcase_add_test(cases, a_sink_may_end_its_own_side_first_and_reads_on);
        tcase_add_test(cases, without_a_sink_the_connection_is_refused);
        tcase_add_test(cases, a_taken_local_port_is_a_failure);
        tcase_add_test(cases, a_lingering_end_resets_the_connection);
        tcase_add_test(cases, a_sender_notices_that_its_reader_has_gone);
        tcase_add_test(cases, a_waiting_sender_notices_it_too);
        tcase_add_loop_test(cases, a_run_may_end_in_the_middle, 0, 20);
        tcase_add_loop_test(cases, each_request_gets_its_response, 0, G_N_ELEMENTS(dialogues));
        tcase_add_test(cases, a_request_in_two_pieces_waits_for_nagles_algorithm);
        tcase_add_test(cases, a_missing_echo_is_told);
        tcase_add_test(cases, an_answer_too_long_is_told);
        tcase_add_test(cases, an_answer_too_short_leaves_the_dialogue_unfinished);
        Suite *suite = suite_create("bulk");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
