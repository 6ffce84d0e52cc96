/*
 * Fast open between two hosts of ours: cookies, text in a SYN, and when there is none. RFC 7413. What Linux
 * answers to each segment stands in the dialogues of tests/dialogues/fast-open.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/tcp_conn.h"

#define MTU 1500

static PayloadPool *pool;
static TcpHost *client_host;
static TcpHost *server_host;
static struct tcp_settings settings;

/* Four words of Linux's tcp_fastopen_key: a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4. */
static void set_key(struct tcp_settings *of)
{
        static const uint8_t words[] = { 0xa1, 0xb2, 0xc3, 0xd4 };
        of->fast_open_key_count = 1;
        for (unsigned i = 0; i < TCP_FAST_OPEN_KEY_SIZE; i++)
                of->fast_open_keys[0][i] = words[i / 4];
}

static void setup(void)
{
        pool = payload_pool_new();
        client_host = tcp_host_new(pool, (const uint8_t *)"the client's key");
        server_host = tcp_host_new(pool, (const uint8_t *)"the server's key");
        settings = tcp_settings_default();
        settings.fast_open = true;
        settings.fast_open_queue = 8;
        set_key(&settings);
}

static void teardown(void)
{
        tcp_host_free(client_host);
        tcp_host_free(server_host);
        payload_pool_free(pool);
}

static struct endpoint endpoint_of(const char *address, uint16_t port)
{
        struct endpoint endpoint = { .port = port };
        ck_assert(ip_address_parse(address, &endpoint.address));
        return endpoint;
}

static struct four_tuple turned(const struct four_tuple *tuple)
{
        return (struct four_tuple){ .local = tuple->remote, .remote = tuple->local };
}

/* ---- Two ends and what goes between them, at once ---- */

struct ends {
        struct four_tuple tuple; /* as the client sees it */
        TcpListener *listener;
        TcpConn *client;
        TcpConn *child;
};

static void open_ends(struct ends *ends, uint16_t port)
{
        *ends = (struct ends){ .tuple = { endpoint_of("192.0.2.1", port), endpoint_of("192.168.0.1", 80) } };
        ends->listener = tcp_listener_new(server_host, &settings, &ends->tuple.remote, 8, MTU);
        ends->client = tcp_conn_new(client_host, &settings, MTU);
}

static void close_ends(struct ends *ends)
{
        tcp_conn_free(ends->client);
        tcp_conn_free(ends->child);
        tcp_listener_free(ends->listener);
}

/* The client's next segment reaches the server; false when it has none. */
static bool carry_to_server(struct ends *ends, struct tcp_segment *segment)
{
        struct four_tuple name = turned(&ends->tuple);
        struct tcp_sending sending;
        struct tcp_segment answer;
        bool has_answer;
        if (!tcp_conn_next_segment(ends->client, 0, segment, &sending))
                return false;
        if (ends->child == NULL)
                ends->child =
                        tcp_listener_on_segment(ends->listener, &name, segment, 0, &answer, &has_answer);
        else
                tcp_conn_on_segment(ends->child, segment, 0);
        payload_clear(&segment->payload);
        return true;
}

static bool carry_to_client(struct ends *ends, struct tcp_segment *segment)
{
        struct tcp_sending sending;
        if (!tcp_conn_next_segment(ends->child, 0, segment, &sending))
                return false;
        tcp_conn_on_segment(ends->client, segment, 0);
        payload_clear(&segment->payload);
        return true;
}

static void learn_cookie(uint16_t port)
{
        struct ends ends;
        struct tcp_segment segment;
        open_ends(&ends, port);
        ck_assert_uint_eq(tcp_conn_connect_fast(ends.client, &ends.tuple, "hello", 5, 0), 0);
        ck_assert(carry_to_server(&ends, &segment));
        ck_assert(segment.options.has_fast_open && segment.options.fast_open_size == 0);
        ck_assert(carry_to_client(&ends, &segment));
        ck_assert_int_eq(tcp_conn_state(ends.client), TCP_STATE_ESTABLISHED);
        close_ends(&ends);
}

/* ---- Cookies ---- */

static const struct cookie_case {
        const char *server;
        const char *client;
        uint8_t cookie[8];
        const char *why;
} cookie_cases[] = {
        { "192.168.0.1", "192.0.2.1", { 0x30, 0x21, 0xb9, 0xd8, 0x89, 0x01, 0x7e, 0xeb },
                "as Linux 6.18, IPv4" },
        { "fd3d:a0b:17d6:8888::1", "fd3d:fa7b:d17d:8888::1",
                { 0x9b, 0x2f, 0x0e, 0x5b, 0x41, 0xb6, 0x32, 0x51 }, "as Linux 6.18, IPv6" },
};

START_TEST(cookies_are_those_of_linux)
{
        const struct cookie_case *test = &cookie_cases[_i];
        struct four_tuple tuple = { endpoint_of(test->server, 80), endpoint_of(test->client, 1000) };
        struct tcp_segment syn = { .flags = TCP_FLAG_SYN, .options = { .has_fast_open = true } };
        struct tcp_segment answer;
        struct tcp_sending sending;
        bool has_answer;
        TcpListener *listener = tcp_listener_new(server_host, &settings, &tuple.local, 8, MTU);
        TcpConn *child = tcp_listener_on_segment(listener, &tuple, &syn, 0, &answer, &has_answer);
        ck_assert(tcp_conn_next_segment(child, 0, &answer, &sending));
        ck_assert_msg(
                answer.options.fast_open_size == 8 && memcmp(answer.options.fast_open, test->cookie, 8) == 0,
                "%s", test->why);
        tcp_conn_free(child);
        tcp_listener_free(listener);
}
END_TEST

/* ---- Text in a SYN ---- */

START_TEST(with_a_cookie_the_first_text_arrives_with_the_syn)
{
        struct ends ends;
        struct tcp_segment segment;
        char bytes[8] = "";
        learn_cookie(1000);
        ck_assert(tcp_host_may_open_fast(client_host, &settings,
                &(struct ip_address){
                        .bytes = { [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 168, [15] = 1 } }));
        open_ends(&ends, 1001);
        ck_assert_uint_eq(tcp_conn_connect_fast(ends.client, &ends.tuple, "hello", 5, 0), 5);
        ck_assert(carry_to_server(&ends, &segment));
        ck_assert_ptr_eq(tcp_listener_accept(ends.listener), ends.child);
        ck_assert(!tcp_conn_is_opening(ends.child));
        ck_assert_int_eq(tcp_conn_read(ends.child, bytes, sizeof bytes, 0), 5);
        ck_assert_str_eq(bytes, "hello");
        ck_assert_int_eq(tcp_conn_write(ends.child, "world", 5, 0), 5);
        ck_assert(carry_to_client(&ends, &segment));
        ck_assert(carry_to_client(&ends, &segment));
        ck_assert_uint_eq(tcp_conn_unacknowledged(ends.client), 0);
        ck_assert_int_eq(tcp_conn_read(ends.client, bytes, sizeof bytes, 0), 5);
        ck_assert_str_eq(bytes, "world");
        close_ends(&ends);
}
END_TEST

START_TEST(text_that_a_server_leaves_out_of_its_syn_ack_is_sent_again)
{
        struct ends ends;
        struct tcp_segment segment;
        char bytes[8] = "";
        learn_cookie(1000);
        settings.fast_open_flags &= ~(uint32_t)TCP_FAST_OPEN_SERVER;
        open_ends(&ends, 1001);
        ck_assert_uint_eq(tcp_conn_connect_fast(ends.client, &ends.tuple, "hello", 5, 0), 5);
        ck_assert(carry_to_server(&ends, &segment));
        ck_assert_ptr_null(tcp_listener_accept(ends.listener));
        ck_assert(carry_to_client(&ends, &segment));
        ck_assert(carry_to_server(&ends, &segment));
        ck_assert_int_eq(tcp_conn_read(ends.child, bytes, sizeof bytes, 0), 5);
        close_ends(&ends);
}
END_TEST

START_TEST(without_the_mechanism_a_server_tells_no_cookie)
{
        struct ends ends;
        struct tcp_segment segment;
        open_ends(&ends, 1000);
        tcp_listener_free(ends.listener);
        settings.fast_open = false;
        ends.listener = tcp_listener_new(server_host, &settings, &ends.tuple.remote, 8, MTU);
        tcp_conn_connect_fast(ends.client, &ends.tuple, "hello", 5, 0);
        ck_assert(carry_to_server(&ends, &segment));
        ck_assert(carry_to_client(&ends, &segment));
        ck_assert(!segment.options.has_fast_open);
        close_ends(&ends);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("tcp/fast_open");
        TCase *cases = tcase_create("fast_open");
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_loop_test(cases, cookies_are_those_of_linux, 0, G_N_ELEMENTS(cookie_cases));
        tcase_add_test(cases, with_a_cookie_the_first_text_arrives_with_the_syn);
        tcase_add_test(cases, text_that_a_server_leaves_out_of_its_syn_ack_is_sent_again);
        tcase_add_test(cases, without_the_mechanism_a_server_tells_no_cookie);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
