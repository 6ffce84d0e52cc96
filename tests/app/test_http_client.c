/*
 * The HTTP client: its seven steps, its figures, and what it makes of servers good and bad.
 */
#include "app/http_client.h"

#include <check.h>
#include <openssl/evp.h>
#include <string.h>
#include "shop.h"

static struct shop shop;

static void set_up(void)
{
        shop_init(&shop);
}

static void tear_down(void)
{
        shop_close(&shop);
}

static void fetch(const char *url)
{
        shop_open(&shop, true);
        shop_fetch(&shop, url);
        two_hosts_run(&shop.world);
}

static void ck_done(int status, uint64_t bytes)
{
        const struct transfer *transfer = shop.transfer;
        ck_assert_ptr_null(transfer->failure);
        ck_assert_int_eq(transfer->outcome, TRANSFER_DONE);
        ck_assert_int_eq(transfer->status, status);
        ck_assert_uint_eq(transfer->bytes, bytes);
        ck_assert(transfer->has_sha256);
}

static void ck_failed(const char *failure)
{
        ck_assert_str_eq(shop.transfer->failure, failure);
        ck_assert_int_eq(shop.transfer->outcome, TRANSFER_FAILED);
        ck_assert_int_eq(shop.transfer->finished, TIME_NEVER);
}

START_TEST(a_fetch_tells_its_seven_steps)
{
        fetch("http://" SHOP_NAME ":80/");
        ck_done(200, strlen(SHOP_INDEX));
        /* The question's id is drawn by luck. */
        g_autoptr(GRegex) id = g_regex_new("id [0-9]+", 0, 0, NULL);
        g_autofree char *steps = g_regex_replace_literal(id, shop.steps->str, -1, 0, "id N", 0, NULL);
        ck_assert_str_eq(steps,
                "client url.host: the host name in http://www.joes-hardware.com:80/ is "
                "www.joes-hardware.com\n"
                "client dns.question: asks 10.0.0.2:53 for the address of www.joes-hardware.com (DNS, id N)\n"
                "client dns.answer: www.joes-hardware.com is 10.0.0.2\n"
                "client url.port: the port is 80, HTTP's own\n"
                "client tcp.connected: the TCP connection to 10.0.0.2:80 is open\n"
                "client http.request: GET / HTTP/1.1\n"
                "client http.response: 200 OK, text/html; charset=utf-8, bytes: 24\n"
                "client http.body: 24 bytes of body, SHA-256 "
                "267f33b0dfb971af467448f67f485557c8da9b14aa4b2236e245977ba0c59983\n"
                "client tcp.closed: the server has closed its side, and so has this one\n");
}
END_TEST

START_TEST(both_ends_make_the_textbook_calls)
{
        shop_open(&shop, false);
        shop_fetch(&shop, "http://10.0.0.2/");
        two_hosts_run(&shop.world);
        ck_assert_str_eq(shop.calls->str, "client socket\n"
                                          "server socket\n"
                                          "server setsockopt\n"
                                          "server bind\n"
                                          "server listen\n"
                                          "client connect\n"
                                          "client write\n"
                                          "server accept\n"
                                          "server read\n"
                                          "server write\n"
                                          "server write\n"
                                          "server shutdown\n"
                                          "client read\n"
                                          "client read\n"
                                          "client close\n"
                                          "server read\n"
                                          "server close\n");
}
END_TEST

START_TEST(a_big_body_comes_through_loss_verified)
{
        shop.world.line.impair.loss.model = LOSS_RANDOM;
        shop.world.line.impair.loss.probability = probability_of(2, 100);
        shop.world.line.seed = 5;
        fetch("http://" SHOP_NAME "/big");
        ck_done(200, 1000000);
        ck_assert_uint_gt(shop.world.net.counts.dropped[DROP_LOSS], 5);
        ck_assert(shop.transfer->has_source_sha256);
        ck_assert_mem_eq(shop.transfer->sha256, shop.transfer->source_sha256, 32);
}
END_TEST

START_TEST(the_sha256_is_of_the_body)
{
        uint8_t sha256[32];
        fetch("http://10.0.0.2/");
        EVP_Digest(SHOP_INDEX, strlen(SHOP_INDEX), sha256, NULL, EVP_sha256(), NULL);
        ck_assert_mem_eq(shop.transfer->sha256, sha256, sizeof sha256);
        ck_assert_mem_eq(shop.transfer->source_sha256, sha256, sizeof sha256);
}
END_TEST

START_TEST(an_empty_body_is_hashed_too)
{
        fetch("http://10.0.0.2/empty.txt");
        ck_done(200, 0);
        ck_assert_mem_eq(shop.transfer->sha256, shop.transfer->source_sha256, 32);
}
END_TEST

START_TEST(the_moments_of_a_fetch_come_in_order)
{
        fetch("http://" SHOP_NAME "/big");
        const struct transfer *transfer = shop.transfer;
        ck_assert_int_eq(transfer->started, 0);
        ck_assert_int_ge(transfer->dns, transfer->started + 2 * MILLISECOND);
        ck_assert_int_ge(transfer->connected, transfer->dns + 2 * MILLISECOND);
        ck_assert_int_ge(transfer->first_byte, transfer->connected + 2 * MILLISECOND);
        ck_assert_int_gt(transfer->finished, transfer->first_byte);
        ck_assert_int_lt(transfer->finished, SECOND);
        ck_assert_str_eq(transfer->url, "http://" SHOP_NAME "/big");
}
END_TEST

START_TEST(a_status_of_the_servers_is_no_failure)
{
        fetch("http://10.0.0.2/none");
        ck_done(404, 64);
        ck_assert(!shop.transfer->has_source_sha256);
}
END_TEST

static void fetch_as(struct http_client_config config)
{
        shop_open(&shop, true);
        shop_fetch_as(&shop, &config);
        two_hosts_run(&shop.world);
}

START_TEST(head_brings_no_body)
{
        fetch_as((struct http_client_config){
                .url = "http://10.0.0.2/big", .method = "HEAD", .repeat = 1, .parallel = 1 });
        ck_done(200, 0);
}
END_TEST

START_TEST(the_local_port_may_be_chosen)
{
        fetch_as((struct http_client_config){
                .url = "http://10.0.0.2/", .method = "GET", .repeat = 1, .parallel = 1, .local_port = 4711 });
        ck_done(200, strlen(SHOP_INDEX));
        ck_assert_ptr_nonnull(strstr(shop.calls->str, "client bind\n"));
}
END_TEST

static unsigned count(const char *text, const char *part)
{
        unsigned found = 0;
        while ((text = strstr(text, part))) {
                found++;
                text += strlen(part);
        }
        return found;
}

START_TEST(parallel_workers_share_the_fetches)
{
        fetch_as((struct http_client_config){
                .url = "http://10.0.0.2/", .method = "GET", .repeat = 10, .parallel = 4 });
        ck_done(200, 10 * strlen(SHOP_INDEX));
        ck_assert_uint_eq(count(shop.steps->str, "http.body"), 10);
        /* Four connect before the first has its answer. */
        const char *first_answer = strstr(shop.steps->str, "http.response");
        g_autofree char *before = g_strndup(shop.steps->str, first_answer - shop.steps->str);
        ck_assert_uint_eq(count(before, "tcp.connected"), 4);
}
END_TEST

START_TEST(more_workers_than_fetches_do_no_more)
{
        fetch_as((struct http_client_config){
                .url = "http://10.0.0.2/", .method = "GET", .repeat = 2, .parallel = 9 });
        ck_done(200, 2 * strlen(SHOP_INDEX));
}
END_TEST

START_TEST(a_closed_port_refuses)
{
        fetch("http://10.0.0.2:81/");
        ck_failed("connect: ECONNREFUSED");
}
END_TEST

START_TEST(an_unknown_name_is_a_failure)
{
        fetch("http://www.nowhere.example/");
        ck_failed("dns: no such name");
}
END_TEST

START_TEST(without_a_name_server_names_mean_nothing)
{
        shop.world.config.resolver = ip_address_any;
        fetch("http://" SHOP_NAME "/");
        ck_failed("dns: no name server");
}
END_TEST

static const struct {
        const char *answer;
        const char *failure; /* NULL: none */
        uint64_t bytes;
        const char *why;
} answers[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", NULL, 5, "a length" },
        { "HTTP/1.1 200 OK\r\n\r\nhello", NULL, 5, "to the end of the connection" },
        { "HTTP/1.0 200 OK\r\n\r\n", NULL, 0, "an empty body to the end" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\nT: t\r\n\r\n",
                NULL, 5, "chunks" },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 200 "
          "OK\r\nContent-Length: "
          "0\r\n\r\n",
                NULL, 0, "interim responses go by" },
        { "HTTP/1.1 204 No Content\r\n\r\n", NULL, 0, "a status without a body" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "response ended after 5 of 9 bytes", 5,
                "cut short" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "response ended after 0 of 9 bytes", 0,
                "no body at all" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhello", "2 bytes behind the end of the response", 3,
                "too much" },
        { "HTTP/1.1 204 No Content\r\n\r\nx", "1 bytes behind the end of the response", 0,
                "a body where none may be" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
                "the connection ended within the response body", 3, "no last chunk" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
                "malformed response body", 3, "a chunk of the wrong size" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "malformed response head",
                0, "two lengths" },
        { "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "malformed response head", 0, "a space before the colon" },
        { "SSH-2.0-x\r\n\r\n", "malformed response head", 0, "another protocol" },
        { "HTTP/1.1 200 OK\r\n", "the connection ended within the response head", 0, "a cut head" },
        { "", "the connection ended within the response head", 0, "nothing" },
};

START_TEST(a_response_is_believed_as_far_as_it_is_right)
{
        shop_open(&shop, true);
        shop_answer(&shop, answers[_i].answer, strlen(answers[_i].answer));
        shop_fetch(&shop, "http://10.0.0.2:8080/");
        two_hosts_run(&shop.world);
        ck_assert_msg(g_strcmp0(shop.transfer->failure, answers[_i].failure) == 0, "%s: %s", answers[_i].why,
                shop.transfer->failure);
        ck_assert_uint_eq(shop.transfer->bytes, answers[_i].bytes);
        ck_assert_int_eq(shop.transfer->outcome, answers[_i].failure ? TRANSFER_FAILED : TRANSFER_DONE);
}
END_TEST

START_TEST(an_endless_head_is_given_up)
{
        shop_open(&shop, true);
        g_autofree char *flood = g_strnfill(200000, 'x');
        shop_answer(&shop, flood, strlen(flood));
        shop_fetch(&shop, "http://10.0.0.2:8080/");
        two_hosts_run(&shop.world);
        ck_failed("response head too long");
}
END_TEST

START_TEST(one_failed_fetch_of_many_is_a_failure)
{
        shop_open(&shop, true);
        shop_answer(&shop, "HTTP/1.0 200 OK\r\n\r\nx", 20);
        struct http_client_config config = {
                .url = "http://10.0.0.2:8080/", .method = "GET", .repeat = 2, .parallel = 1
        };
        shop_fetch_as(&shop, &config);
        two_hosts_run(&shop.world);
        ck_failed("connect: ECONNREFUSED");
        ck_assert_uint_eq(shop.transfer->bytes, 1);
}
END_TEST

START_TEST(a_run_may_end_at_any_step)
{
        shop_open(&shop, true);
        shop_fetch(&shop, "http://" SHOP_NAME "/big");
        event_queue_run_until(shop.world.events, (time_ns)_i * MILLISECOND / 2);
        ck_assert_int_eq(shop.transfer->outcome, TRANSFER_UNFINISHED);
        ck_assert_ptr_null(shop.transfer->failure);
}
END_TEST

START_TEST(without_hashes_nothing_is_hashed)
{
        shop_open(&shop, true);
        proof_book_free(shop.world.proofs);
        shop.world.proofs = shop.world.context.proofs =
                proof_book_new(payload_pool_blocks(shop.world.payloads), false);
        shop_fetch(&shop, "http://10.0.0.2/");
        two_hosts_run(&shop.world);
        ck_assert_int_eq(shop.transfer->outcome, TRANSFER_DONE);
        ck_assert(!shop.transfer->has_sha256);
        ck_assert(!shop.transfer->has_source_sha256);
        ck_assert_ptr_null(strstr(shop.steps->str, "SHA"));
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("http_client");
        tcase_set_timeout(cases, 60);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_fetch_tells_its_seven_steps);
        tcase_add_test(cases, both_ends_make_the_textbook_calls);
        tcase_add_test(cases, a_big_body_comes_through_loss_verified);
        tcase_add_test(cases, the_sha256_is_of_the_body);
        tcase_add_test(cases, an_empty_body_is_hashed_too);
        tcase_add_test(cases, the_moments_of_a_fetch_come_in_order);
        tcase_add_test(cases, a_status_of_the_servers_is_no_failure);
        tcase_add_test(cases, head_brings_no_body);
        tcase_add_test(cases, the_local_port_may_be_chosen);
        tcase_add_test(cases, parallel_workers_share_the_fetches);
        tcase_add_test(cases, more_workers_than_fetches_do_no_more);
        tcase_add_test(cases, a_closed_port_refuses);
        tcase_add_test(cases, an_unknown_name_is_a_failure);
        tcase_add_test(cases, without_a_name_server_names_mean_nothing);
        tcase_add_loop_test(cases, a_response_is_believed_as_far_as_it_is_right, 0, G_N_ELEMENTS(answers));
        tcase_add_test(cases, an_endless_head_is_given_up);
        tcase_add_test(cases, one_failed_fetch_of_many_is_a_failure);
        tcase_add_loop_test(cases, a_run_may_end_at_any_step, 0, 20);
        tcase_add_test(cases, without_hashes_nothing_is_hashed);
        Suite *suite = suite_create("http_client");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
