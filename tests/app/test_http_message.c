/*
 * Heads of requests and responses: what is refused, and how long the bodies behind the good ones are.
 */
#include "app/http_message.h"

#include <check.h>
#include <string.h>

#define LENGTH(number)                                                                                       \
        {                                                                                                    \
                HTTP_FRAMING_LENGTH, number                                                                  \
        }
#define CHUNKED                                                                                              \
        {                                                                                                    \
                HTTP_FRAMING_CHUNKED, 0                                                                      \
        }
#define TO_CLOSE                                                                                             \
        {                                                                                                    \
                HTTP_FRAMING_CLOSE, 0                                                                        \
        }
#define NONE                                                                                                 \
        {                                                                                                    \
                HTTP_FRAMING_NONE, 0                                                                         \
        }

static const struct {
        const char *text;
        unsigned status;
        struct http_body body;
        const char *why;
} requests[] = {
        { "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 200, NONE, "the usual" },
        { "GET / HTTP/1.0\r\n\r\n", 200, NONE, "HTTP/1.0 needs no Host" },
        { "GET / HTTP/1.9\r\nHost: h\r\n\r\n", 200, NONE, "a later minor version is read as ours" },
        { "GET / HTTP/1.1\r\n\r\n", 400, NONE, "no Host" },
        { "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, NONE, "two Hosts, equal or not" },
        { "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400, NONE, "two Hosts in HTTP/1.0" },
        { "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, NONE, "an empty Host" },
        { "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, NONE, "a Host with a blank" },
        { "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400, NONE, "a list of Hosts" },
        { "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, NONE, "a Host with a path" },
        { "GET / HTTP/1.1\r\nHOST: [2001:db8::1]:80\r\n\r\n", 200, NONE,
                "names have no case; IPv6 is a host" },
        { "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505, NONE, "another major version" },
        { "GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505, NONE, "the first major version" },
        { "GET /\r\n\r\n", 400, NONE, "HTTP/0.9 had no version" },
        { "GET / HTTP/1\r\nHost: h\r\n\r\n", 400, NONE, "half a version" },
        { "GET / HTTP/1.10\r\nHost: h\r\n\r\n", 400, NONE, "minor versions are one digit" },
        { "GET / http/1.1\r\nHost: h\r\n\r\n", 400, NONE, "the version has a case" },
        { "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400, NONE, "two spaces" },
        { "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400, NONE, "a space at the end" },
        { " GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400, NONE, "a space at the beginning" },
        { "GET\t/\tHTTP/1.1\r\nHost: h\r\n\r\n", 400, NONE, "tabs are not spaces" },
        { "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400, NONE, "a space in the target" },
        { "GET /\x7f HTTP/1.1\r\nHost: h\r\n\r\n", 400, NONE, "a control character in the target" },
        { "G@T / HTTP/1.1\r\nHost: h\r\n\r\n", 400, NONE, "a method is a token" },
        { "get / HTTP/1.1\r\nHost: h\r\n\r\n", 200, NONE, "a well-formed method, though unknown" },
        { "GET / HTTP/1.1\nHost: h\n\n", 400, NONE, "bare LFs" },
        { "GET / HTTP/1.1\r\nHost: h\n\r\n", 400, NONE, "one bare LF" },
        { "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400, NONE, "a bare CR" },
        { "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", 400, NONE, "a doubled CR" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n", 400, NONE, "a space before the colon" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n z\r\n\r\n", 400, NONE, "a folded line" },
        { "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400, NONE, "a blank before the first field" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n", 400, NONE, "a field without a colon" },
        { "GET / HTTP/1.1\r\nHost: h\r\n: y\r\n\r\n", 400, NONE, "a field without a name" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX(): y\r\n\r\n", 400, NONE, "a name is a token" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX: a\x01"
          "b\r\n\r\n",
                400, NONE, "a control character in a value" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX: a\tb\xe9\r\n\r\n", 200, NONE,
                "tabs and obs-text may stand in values" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX:\r\n\r\n", 200, NONE, "a value may be empty" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n", 200, LENGTH(5), "a body" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 200, LENGTH(0), "an empty body" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 200, LENGTH(5),
                "the same length twice" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\n", 200, LENGTH(5),
                "the same in a list" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400, LENGTH(5),
                "differing lengths" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 6\r\n\r\n", 400, LENGTH(5),
                "differing in a list" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400, NONE, "a negative length" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\n", 400, NONE, "a sign" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\n", 400, NONE, "hexadecimal" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5 5\r\n\r\n", 400, NONE, "two numbers" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", 400, NONE, "no number" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 400, NONE,
                "too large" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n", 200, CHUNKED, "chunks" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400,
                CHUNKED, "chunks and a length" },
        { "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 400, CHUNKED,
                "chunks in HTTP/1.0" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, CHUNKED,
                "another coding" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 501, CHUNKED,
                "a coding of old" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400, CHUNKED,
                "chunked not last" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400, CHUNKED,
                "chunked twice" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 501, CHUNKED,
                "not quite chunked" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n\r\n", 400, CHUNKED,
                "a coding without a name" },
};

START_TEST(a_request_deserves_its_status)
{
        struct http_head head;
        unsigned status = http_request_parse(requests[_i].text, strlen(requests[_i].text), &head);
        ck_assert_msg(status == requests[_i].status, "%s: %u", requests[_i].why, status);
        if (status == 200) {
                ck_assert_int_eq(head.body.framing, requests[_i].body.framing);
                ck_assert_uint_eq(head.body.size, requests[_i].body.size);
        }
        http_head_clear(&head);
}
END_TEST

START_TEST(a_nul_anywhere_is_refused)
{
        static const char text[] = "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n";
        for (size_t i = 0; i < strlen(text) - 4; i++) {
                struct http_head head;
                char copy[sizeof text];
                memcpy(copy, text, sizeof text);
                copy[i] = '\0';
                ck_assert_uint_eq(http_request_parse(copy, strlen(text), &head), 400);
                http_head_clear(&head);
        }
}
END_TEST

START_TEST(every_cut_of_a_head_is_refused)
{
        static const char text[] = "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n";
        for (size_t size = 1; size < strlen(text); size++) {
                struct http_head head;
                g_autofree char *cut = g_memdup2(text, size);
                ck_assert_uint_eq(http_request_parse(cut, size, &head), 400);
                http_head_clear(&head);
        }
}
END_TEST

static const struct {
        const char *method;
        const char *text;
        bool is_good;
        unsigned status;
        struct http_body body;
        const char *why;
} responses[] = {
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, 200, LENGTH(5), "the usual" },
        { "GET", "HTTP/1.1 200 OK\r\n\r\n", true, 200, TO_CLOSE, "to the end of the connection" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true, 200, CHUNKED, "chunks" },
        { "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, 200, NONE, "HEAD has no body" },
        { "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", true, 304, NONE, "304 has none" },
        { "GET", "HTTP/1.1 204 No Content\r\n\r\n", true, 204, NONE, "204 has none" },
        { "GET", "HTTP/1.1 100 Continue\r\n\r\n", true, 100, NONE, "interim responses have none" },
        { "GET", "HTTP/1.1 404 \r\n\r\n", true, 404, TO_CLOSE, "the reason may be empty" },
        { "GET", "HTTP/1.1 200\r\n\r\n", true, 200, TO_CLOSE, "and its space may be missing" },
        { "GET", "HTTP/1.1 20 OK\r\n\r\n", false, 0, NONE, "two digits" },
        { "GET", "HTTP/1.1 2000 OK\r\n\r\n", false, 0, NONE, "four digits" },
        { "GET", "HTTP/1.1 2x0 OK\r\n\r\n", false, 0, NONE, "a letter" },
        { "GET", "HTTP/1.1 099 Low\r\n\r\n", false, 0, NONE, "below 100" },
        { "GET", "HTTP/1.1 600 High\r\n\r\n", false, 0, NONE, "above 599" },
        { "GET", "HTTP/2.0 200 OK\r\n\r\n", false, 0, NONE, "another major version" },
        { "GET", "SSH-2.0-server\r\n\r\n", false, 0, NONE, "another protocol" },
        { "GET", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", false, 0, NONE, "a space before the colon" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", false, 0, NONE,
                "differing lengths" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", false, 0, NONE,
                "a length and chunks" },
};

START_TEST(a_response_tells_its_status_and_its_body)
{
        struct http_head head;
        bool is_good = http_response_parse(
                responses[_i].text, strlen(responses[_i].text), responses[_i].method, &head);
        ck_assert_msg(is_good == responses[_i].is_good, "%s", responses[_i].why);
        if (is_good) {
                ck_assert_uint_eq(head.status, responses[_i].status);
                ck_assert_int_eq(head.body.framing, responses[_i].body.framing);
                if (head.body.framing == HTTP_FRAMING_LENGTH)
                        ck_assert_uint_eq(head.body.size, responses[_i].body.size);
        }
        http_head_clear(&head);
}
END_TEST

static const struct {
        const char *text;
        bool keeps_alive;
        const char *why;
} connections[] = {
        { "GET / HTTP/1.1\r\nHost: h\r\n\r\n", true, "HTTP/1.1 goes on" },
        { "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false, "unless told" },
        { "GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, CLOSE\r\n\r\n", false,
                "somewhere in a list, in any case" },
        { "GET / HTTP/1.1\r\nHost: h\r\nConnection: foo\r\nConnection: close\r\n\r\n", false,
                "on a second line" },
        { "GET / HTTP/1.1\r\nHost: h\r\nConnection: closed\r\n\r\n", true, "a longer word is another" },
        { "GET / HTTP/1.0\r\nHost: h\r\n\r\n", false, "HTTP/1.0 does not" },
        { "GET / HTTP/1.0\r\nHost: h\r\nConnection: Keep-Alive\r\n\r\n", true, "unless asked" },
        { "GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive, close\r\n\r\n", false, "close wins" },
};

START_TEST(a_head_says_whether_the_connection_goes_on)
{
        struct http_head head;
        ck_assert_uint_eq(http_request_parse(connections[_i].text, strlen(connections[_i].text), &head), 200);
        ck_assert_msg(http_head_keeps_alive(&head) == connections[_i].keeps_alive, "%s", connections[_i].why);
        http_head_clear(&head);
}
END_TEST

static const struct {
        const char *text;
        size_t size;
        const char *why;
} ends[] = {
        { "a\r\n\r\n", 5, "the usual" },
        { "a\r\nb: c\r\n\r\nrest", 11, "more behind it" },
        { "a\n\nrest", 3, "bare LFs, so that they can be answered" },
        { "a\r\n\nrest", 4, "mixed" },
        { "a\n\r\nrest", 4, "mixed the other way" },
        { "\r\n", 0, "not yet" },
        { "a\r\n\r", 0, "not yet, by one byte" },
        { "a\r\nb\r\n", 0, "no empty line" },
        { "", 0, "nothing" },
};

START_TEST(the_end_of_a_head_is_found_however_it_comes)
{
        size_t size = strlen(ends[_i].text);
        for (size_t from = 0; from <= size; from++) {
                /* `from` bytes were seen before, and had no end. */
                if (http_head_size(ends[_i].text, from, 0) > 0)
                        break;
                ck_assert_msg(http_head_size(ends[_i].text, size, from) == ends[_i].size, "%s, from %zu",
                        ends[_i].why, from);
        }
}
END_TEST

static const struct {
        const char *line;
        bool is_good;
        uint64_t size;
        const char *why;
} chunks[] = {
        { "5", true, 5, "the usual" },
        { "0", true, 0, "the last" },
        { "000000000000000000001aF", true, 0x1af, "zeros in front, any case" },
        { "5;name=value", true, 5, "an extension" },
        { "5 ;name", true, 5, "blanks before it" },
        { "7fffffffffffffff", true, 0x7fffffffffffffff, "the largest" },
        { "ffffffffffffffff0", false, 0, "too large" },
        { "10000000000000000", false, 0, "too large by one digit" },
        { "", false, 0, "nothing" },
        { ";x", false, 0, "an extension only" },
        { "5 ", false, 0, "a blank at the end" },
        { " 5", false, 0, "a blank at the beginning" },
        { "0x5", false, 0, "hexadecimal has no prefix here" },
        { "-5", false, 0, "a sign" },
        { "5g", false, 0, "no digit" },
};

START_TEST(a_chunk_line_tells_its_size)
{
        uint64_t size = 0;
        bool is_good = http_chunk_size(chunks[_i].line, strlen(chunks[_i].line), &size);
        ck_assert_msg(is_good == chunks[_i].is_good, "%s", chunks[_i].why);
        if (is_good)
                ck_assert_uint_eq(size, chunks[_i].size);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("http_message");
        tcase_add_loop_test(cases, a_request_deserves_its_status, 0, G_N_ELEMENTS(requests));
        tcase_add_test(cases, a_nul_anywhere_is_refused);
        tcase_add_test(cases, every_cut_of_a_head_is_refused);
        tcase_add_loop_test(cases, a_response_tells_its_status_and_its_body, 0, G_N_ELEMENTS(responses));
        tcase_add_loop_test(cases, a_head_says_whether_the_connection_goes_on, 0, G_N_ELEMENTS(connections));
        tcase_add_loop_test(cases, the_end_of_a_head_is_found_however_it_comes, 0, G_N_ELEMENTS(ends));
        tcase_add_loop_test(cases, a_chunk_line_tells_its_size, 0, G_N_ELEMENTS(chunks));
        Suite *suite = suite_create("http_message");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
