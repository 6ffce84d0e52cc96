/*
 * The HTTP server: what it answers to requests good, odd and hostile, over a link.
 */
#include "app/http_server.h"

#include <check.h>
#include <string.h>
#include "shop.h"

static struct shop shop;

static void set_up(void)
{
        shop_init(&shop);
        shop_open(&shop, false);
}

static void tear_down(void)
{
        shop_close(&shop);
}

/* The statuses of all responses in `text`, "200 404". */
static char *statuses(const GString *text)
{
        GString *found = g_string_new(NULL);
        const char *place = text->str;
        while ((place = strstr(place, "HTTP/1.1 "))) {
                place += strlen("HTTP/1.1 ");
                g_string_append_printf(found, "%s%.3s", found->len > 0 ? " " : "", place);
        }
        return g_string_free(found, FALSE);
}

#define HOST  "Host: h\r\n"
#define CLOSE "Connection: close\r\n"
#define ONE   "GET / HTTP/1.1\r\n" HOST "\r\n"

static const struct {
        const char *request;
        const char *expected;
        const char *why;
} cases_of_requests[] = {
        { ONE, "200", "the usual" },
        { "HEAD / HTTP/1.1\r\n" HOST "\r\n", "200", "HEAD" },
        { "GET /index.html HTTP/1.0\r\n\r\n", "200", "HTTP/1.0" },
        { "GET http://h/index.html HTTP/1.1\r\n" HOST "\r\n", "200", "the absolute form" },
        { "GET /?query HTTP/1.1\r\n" HOST "\r\n", "200", "a query" },
        { "GET /%69ndex.html HTTP/1.1\r\n" HOST "\r\n", "200", "an encoded letter" },
        { "\r\n\r\n" ONE, "200", "empty lines in front" },
        { ONE ONE ONE, "200 200 200", "pipelined requests" },
        { ONE "\r\n" ONE, "200 200", "an empty line between requests" },
        { "GET / HTTP/1.1\r\n" HOST CLOSE "\r\n" ONE, "200", "nothing is answered behind Connection: close" },
        { "GET / HTTP/1.0\r\n\r\n" ONE, "200", "nor behind HTTP/1.0" },
        { "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" ONE, "200 200", "unless asked to go on" },
        { "GET /none HTTP/1.1\r\n" HOST "\r\n" ONE, "404 200", "404 keeps the connection" },
        { "GET /index.html/ HTTP/1.1\r\n" HOST "\r\n", "404", "a file is no directory" },
        { "GET //index.html HTTP/1.1\r\n" HOST "\r\n", "404", "two slashes are another name" },
        { "GET /../../etc/passwd HTTP/1.1\r\n" HOST "\r\n", "404", "out of the root" },
        { "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" HOST "\r\n", "404", "out of the root, encoded" },
        { "GET /..%2f..%2fetc/passwd HTTP/1.1\r\n" HOST "\r\n", "400", "out of the root, slashes encoded" },
        { "GET /..%5c..%5cetc HTTP/1.1\r\n" HOST "\r\n", "404", "out of the root, as elsewhere" },
        { "GET /%252e%252e/ HTTP/1.1\r\n" HOST "\r\n", "404", "encoded twice is decoded once" },
        { "GET /index.html%00.png HTTP/1.1\r\n" HOST "\r\n", "400", "an encoded NUL" },
        { "GET /% HTTP/1.1\r\n" HOST "\r\n", "400", "a lone percent sign" },
        { "GET index.html HTTP/1.1\r\n" HOST "\r\n", "400", "no slash" },
        { "GET * HTTP/1.1\r\n" HOST "\r\n", "400", "an asterisk for GET" },
        { "GET https://h/ HTTP/1.1\r\n" HOST "\r\n", "400", "https in the absolute form" },
        { "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello" ONE, "405 200", "a body is skipped" },
        { "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n" ONE, "405 200", "an empty one, too" },
        { "PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" ONE,
                "405 200", "a chunked one, too" },
        { "PUT / HTTP/1.1\r\n" HOST
          "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n00\r\nTrailer: t\r\n\r\n" ONE,
                "405 200", "extensions and trailers are skipped" },
        { "GET / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc" ONE, "200 200",
                "even GET may have a body" },
        { "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", "100 405",
                "a body that waits to be asked for" },
        { "OPTIONS * HTTP/1.1\r\n" HOST "\r\n" ONE, "405 200", "OPTIONS is known" },
        { "CONNECT h:80 HTTP/1.1\r\n" HOST "\r\n", "405", "CONNECT is known" },
        { "BREW / HTTP/1.1\r\n" HOST "\r\n" ONE, "501 200", "an unknown method" },
        { "get / HTTP/1.1\r\n" HOST "\r\n", "501", "methods have a case" },
        { "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n" ONE, "501",
                "an unknown coding" },
        { "GET / HTTP/3.0\r\n" HOST "\r\n" ONE, "505", "another major version" },
        { "GET /\r\n\r\n" ONE, "400", "HTTP/0.9" },
        { "GET / HTTP/1.1\r\n\r\n" ONE, "400", "no Host" },
        { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" ONE, "400", "two Hosts" },
        { "GET / HTTP/1.1\r\n" HOST "X: y\r\n folded\r\n\r\n" ONE, "400", "a folded line" },
        { "GET / HTTP/1.1\r\n" HOST "X : y\r\n\r\n" ONE, "400", "a space before the colon" },
        { "GET / HTTP/1.1\r\n" HOST "X: y\rZ: w\r\n\r\n" ONE, "400", "a bare CR" },
        { "GET / HTTP/1.1\nHost: h\n\n" ONE, "400", "bare LFs" },
        { "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" ONE, "400",
                "two lengths" },
        { "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" ONE,
                "400", "a length and chunks: smuggling" },
        { "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nx\r\n" ONE, "400",
                "a chunk without a size" },
        { "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n" ONE, "400",
                "a chunk longer than it said" },
        { "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n" ONE, "400",
                "a chunk's line with a bare LF" },
        { "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" ONE, "400",
                "a chunk beyond all numbers" },
        { "POST / HTTP/1.1\r\n" HOST "Content-Length: 500\r\n\r\nhello", "400", "a body that ends early" },
        { "GET / HTTP/1.1\r\nHos", "400", "a head that ends early" },
        { "GET / HTTP/1.1\r\n" HOST, "400", "a head without its end" },
        { "\x16\x03\x01\x02\x01\x01\n\n", "400", "TLS" },
        { "\r\n", "", "an empty line is no request" },
};

START_TEST(a_request_gets_the_answer_it_deserves)
{
        const char *request = cases_of_requests[_i].request;
        GString *heard = shop_exchange(&shop, 80, request, strlen(request));
        g_autofree char *seen = statuses(heard);
        ck_assert_msg(
                g_str_equal(seen, cases_of_requests[_i].expected), "%s: %s", cases_of_requests[_i].why, seen);
        g_string_free(heard, TRUE);
}
END_TEST

START_TEST(the_answer_does_not_depend_on_how_the_request_is_cut)
{
        const char *request = cases_of_requests[_i].request;
        GString *heard = shop_exchange_slowly(&shop, 80, request, strlen(request), 1 + (size_t)_i % 3);
        g_autofree char *seen = statuses(heard);
        ck_assert_msg(
                g_str_equal(seen, cases_of_requests[_i].expected), "%s: %s", cases_of_requests[_i].why, seen);
        g_string_free(heard, TRUE);
}
END_TEST

static void ck_exchange(const char *request, const char *response)
{
        GString *heard = shop_exchange(&shop, 80, request, strlen(request));
        ck_assert_str_eq(heard->str, response);
        g_string_free(heard, TRUE);
}

START_TEST(a_response_is_exactly_this)
{
        ck_exchange(ONE, "HTTP/1.1 200 OK\r\nServer: inorder\r\nContent-Type: text/html; charset=utf-8\r\n"
                         "Content-Length: 24\r\n\r\n" SHOP_INDEX);
}
END_TEST

START_TEST(the_answer_to_head_is_the_head_of_get)
{
        ck_exchange("HEAD /big HTTP/1.1\r\n" HOST CLOSE "\r\n",
                "HTTP/1.1 200 OK\r\nServer: inorder\r\nContent-Type: application/octet-stream\r\n"
                "Content-Length: 1000000\r\nConnection: close\r\n\r\n");
}
END_TEST

START_TEST(an_error_to_head_has_no_body)
{
        ck_exchange("HEAD /none HTTP/1.1\r\n" HOST "\r\n",
                "HTTP/1.1 404 Not Found\r\nServer: inorder\r\nContent-Type: text/html; charset=utf-8\r\n"
                "Content-Length: 64\r\n\r\n");
}
END_TEST

START_TEST(a_refused_method_learns_what_is_allowed)
{
        ck_exchange("DELETE / HTTP/1.1\r\n" HOST "\r\n",
                "HTTP/1.1 405 Method Not Allowed\r\nServer: inorder\r\nContent-Type: text/html; "
                "charset=utf-8\r\n"
                "Content-Length: 82\r\nAllow: GET, HEAD\r\n\r\n<!DOCTYPE html>\n<title>405 Method Not "
                "Allowed</title>\n<h1>Method Not Allowed</h1>\n");
}
END_TEST

START_TEST(http_1_0_is_told_that_the_connection_stays)
{
        ck_exchange("GET /empty.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                "HTTP/1.1 200 OK\r\nServer: inorder\r\nContent-Type: text/plain; charset=utf-8\r\n"
                "Content-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}
END_TEST

/* A request whose head, the empty line included, has `size` bytes. */
static GString *request_of_size(size_t size)
{
        GString *request = g_string_new("GET / HTTP/1.1\r\n" HOST "X: ");
        while (request->len < size - 4)
                g_string_append_c(request, 'x');
        return g_string_append(request, "\r\n\r\n");
}

static void ck_head_size(size_t size, const char *expected)
{
        GString *request = request_of_size(size);
        GString *heard = shop_exchange(&shop, 80, request->str, request->len);
        g_autofree char *seen = statuses(heard);
        ck_assert_str_eq(seen, expected);
        g_string_free(heard, TRUE);
        g_string_free(request, TRUE);
}

START_TEST(a_head_may_have_64_kib)
{
        ck_head_size(65536, "200");
}
END_TEST

START_TEST(a_head_of_one_byte_more_is_refused)
{
        ck_head_size(65537, "400");
}
END_TEST

START_TEST(an_endless_head_is_refused_before_it_ends)
{
        g_autofree char *flood = g_strnfill(300000, 'x');
        GString *heard = shop_exchange(&shop, 80, flood, strlen(flood));
        g_autofree char *seen = statuses(heard);
        ck_assert_str_eq(seen, "400");
        g_string_free(heard, TRUE);
}
END_TEST

START_TEST(a_body_beyond_the_limit_is_refused)
{
        GString *request = g_string_new("POST / HTTP/1.1\r\n" HOST "Content-Length: 2000000\r\n\r\n");
        while (request->len < 2000100)
                g_string_append_c(request, 'x');
        GString *heard = shop_exchange(&shop, 80, request->str, request->len);
        g_autofree char *seen = statuses(heard);
        ck_assert_str_eq(seen, "413");
        g_string_free(heard, TRUE);
        g_string_free(request, TRUE);
}
END_TEST

START_TEST(a_whole_document_arrives)
{
        static const char request[] = "GET /big HTTP/1.1\r\n" HOST CLOSE "\r\n";
        uint8_t expected[1000];
        GString *heard = shop_exchange(&shop, 80, request, strlen(request));
        const char *body = strstr(heard->str, "\r\n\r\n") + 4;
        ck_assert_uint_eq(heard->str + heard->len - body, 1000000);
        document_fill_bytes(FILL_RANDOM, 1, "/big", 999000, expected, sizeof expected);
        ck_assert_mem_eq(body + 999000, expected, sizeof expected);
        g_string_free(heard, TRUE);
}
END_TEST

#define CLIENTS 50

static void count_good(Process *process, void *data)
{
        unsigned *good = data;
        struct endpoint server = server_end(80);
        char bytes[4096];
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_connect(process, fd, &server), 0);
        sock_write(process, fd, ONE, strlen(ONE));
        ssize_t size = sock_read(process, fd, bytes, sizeof bytes);
        *good += size > 0 && memmem(bytes, size, SHOP_INDEX, strlen(SHOP_INDEX)) != NULL;
        /* Nobody waits for anybody: all keep their connections until the last has come. */
        process_sleep_until(process, SECOND);
        sock_close(process, fd);
}

START_TEST(many_clients_are_served_at_once)
{
        unsigned good = 0;
        for (unsigned i = 0; i < CLIENTS; i++)
                two_hosts_start(shop.world.client, "client", count_good, &good);
        event_queue_run_until(shop.world.events, SECOND / 2);
        ck_assert_uint_eq(good, CLIENTS);
        ck_assert_uint_eq(host_connections(shop.world.server), CLIENTS);
        two_hosts_run(&shop.world);
        ck_assert_uint_eq(host_connections(shop.world.server), 0);
}
END_TEST

START_TEST(a_second_server_on_the_port_says_why_it_cannot)
{
        g_string_truncate(shop.steps, 0);
        struct http_server_config config = { .name = "second", .port = 80, .documents = shop.documents };
        http_server_start(shop.world.server, &config);
        two_hosts_run(&shop.world);
        ck_assert_ptr_nonnull(strstr(shop.steps->str, "EADDRINUSE"));
}
END_TEST

START_TEST(a_run_may_end_in_the_middle_of_a_response)
{
        shop_fetch(&shop, "http://10.0.0.2/big");
        event_queue_run_until(shop.world.events, 20 * MILLISECOND);
        ck_assert_int_eq(shop.transfer->outcome, TRANSFER_UNFINISHED);
        ck_assert_uint_gt(shop.transfer->bytes, 0);
        ck_assert_uint_lt(shop.transfer->bytes, 1000000);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("http_server");
        tcase_set_timeout(cases, 60);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, a_request_gets_the_answer_it_deserves, 0, G_N_ELEMENTS(cases_of_requests));
        tcase_add_loop_test(cases, the_answer_does_not_depend_on_how_the_request_is_cut, 0,
                G_N_ELEMENTS(cases_of_requests));
        tcase_add_test(cases, a_response_is_exactly_this);
        tcase_add_test(cases, the_answer_to_head_is_the_head_of_get);
        tcase_add_test(cases, an_error_to_head_has_no_body);
        tcase_add_test(cases, a_refused_method_learns_what_is_allowed);
        tcase_add_test(cases, http_1_0_is_told_that_the_connection_stays);
        tcase_add_test(cases, a_head_may_have_64_kib);
        tcase_add_test(cases, a_head_of_one_byte_more_is_refused);
        tcase_add_test(cases, an_endless_head_is_refused_before_it_ends);
        tcase_add_test(cases, a_body_beyond_the_limit_is_refused);
        tcase_add_test(cases, a_whole_document_arrives);
        tcase_add_test(cases, many_clients_are_served_at_once);
        tcase_add_test(cases, a_second_server_on_the_port_says_why_it_cannot);
        tcase_add_test(cases, a_run_may_end_in_the_middle_of_a_response);
        Suite *suite = suite_create("http_server");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
