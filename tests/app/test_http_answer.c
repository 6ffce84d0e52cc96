/*
 * Answers to requests: the last is kept for whoever asks alike, and stays with those who hold it.
 */
#include "app/http_answer.h"

#include <check.h>
#include <string.h>

#define HOME   "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define CLOSED "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

static Documents *documents;
static HttpAnswers *answers;

static void set_up(void)
{
        g_autoptr(GBytes) bytes = g_bytes_new_static("home", 4);
        documents = documents_new();
        documents_add_bytes(documents, "/index.html", bytes);
        answers = http_answers_new(documents);
}

static void tear_down(void)
{
        http_answers_free(answers);
        documents_free(documents);
}

static struct http_answer *find(const char *request)
{
        return http_answers_find(answers, request, strlen(request));
}

static void ck_closes(const char *request, bool closes)
{
        struct http_answer *answer = find(request);
        ck_assert_uint_eq(answer->status, 200);
        ck_assert_int_eq(strstr(answer->head->str, "\r\nConnection: close\r\n") != NULL, closes);
        ck_assert_int_eq(answer->keeps_alive, !closes);
        http_answer_unref(answer);
}

START_TEST(the_same_request_gets_the_same_answer)
{
        struct http_answer *one = find(HOME);
        struct http_answer *other = find(HOME);
        ck_assert_ptr_eq(one, other);
        http_answer_unref(one);
        http_answer_unref(other);
}
END_TEST

START_TEST(requests_in_turn_get_their_own_answers)
{
        for (unsigned i = 0; i < 3; i++) {
                ck_closes(HOME, false);
                ck_closes(CLOSED, true);
        }
}
END_TEST

START_TEST(a_request_that_begins_alike_is_another)
{
        struct http_answer *whole = find(HOME);
        struct http_answer *part = http_answers_find(answers, HOME, strlen(HOME) - 2);
        ck_assert_uint_eq(whole->status, 200);
        ck_assert_uint_eq(part->status, 400);
        http_answer_unref(whole);
        http_answer_unref(part);
}
END_TEST

START_TEST(an_answer_stays_with_those_who_hold_it)
{
        struct http_answer *held = find(HOME);
        ck_closes(CLOSED, true);
        ck_assert(held->keeps_alive);
        ck_assert_str_eq(held->request.method, "GET");
        http_answer_unref(held);
}
END_TEST

START_TEST(what_is_malformed_is_so_again)
{
        for (unsigned i = 0; i < 2; i++) {
                struct http_answer *answer = find("GET / HTTP/1.1\r\n\r\n");
                ck_assert_uint_eq(answer->status, 400);
                ck_assert(!answer->is_well_formed);
                ck_assert_ptr_null(answer->document);
                http_answer_unref(answer);
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("http_answer");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, the_same_request_gets_the_same_answer);
        tcase_add_test(cases, requests_in_turn_get_their_own_answers);
        tcase_add_test(cases, a_request_that_begins_alike_is_another);
        tcase_add_test(cases, an_answer_stays_with_those_who_hold_it);
        tcase_add_test(cases, what_is_malformed_is_so_again);
        Suite *suite = suite_create("http_answer");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
