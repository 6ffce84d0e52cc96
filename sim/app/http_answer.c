/*
 * Answers to requests, the last of them kept. RFC 9110, RFC 9112.
 */
#include "app/http_answer.h"

#include <string.h>

#include "app/http_url.h"

#define ALLOWED_METHODS "GET, HEAD"

struct HttpAnswers {
        const Documents *documents;
        struct http_answer *last; /* NULL: nobody has asked yet */
};

GString *http_response_head(
        unsigned status, const char *type, uint64_t size, bool keeps_alive, unsigned minor)
{
        GString *head = g_string_new(NULL);
        g_string_append_printf(
                head, "HTTP/1.1 %u %s\r\nServer: inorder\r\n", status, soup_status_get_phrase(status));
        g_string_append_printf(
                head, "Content-Type: %s\r\nContent-Length: %" G_GUINT64_FORMAT "\r\n", type, size);
        if (status == SOUP_STATUS_METHOD_NOT_ALLOWED)
                g_string_append(head, "Allow: " ALLOWED_METHODS "\r\n");
        if (!keeps_alive)
                g_string_append(head, "Connection: close\r\n");
        else if (minor == 0)
                g_string_append(head, "Connection: keep-alive\r\n");
        return g_string_append(head, "\r\n");
}

bool http_answer_is_for_head(const struct http_answer *answer)
{
        return g_strcmp0(answer->request.method, "HEAD") == 0;
}

/* 200, or why not; what is served is found on the way. */
static unsigned find_document(const Documents *documents, struct http_answer *answer)
{
        const struct http_head *request = &answer->request;
        if (!http_method_is_known(request->method))
                return SOUP_STATUS_NOT_IMPLEMENTED;
        if (!g_str_equal(request->method, "GET") && !http_answer_is_for_head(answer))
                return SOUP_STATUS_METHOD_NOT_ALLOWED;
        g_autofree char *path = http_target_path(request->target);
        if (!path)
                return SOUP_STATUS_BAD_REQUEST;
        answer->document = documents_find(documents, path);
        return answer->document ? SOUP_STATUS_OK : SOUP_STATUS_NOT_FOUND;
}

static struct http_answer *answer_new(const Documents *documents, const char *bytes, size_t size)
{
        struct http_answer *answer = g_rc_box_new0(struct http_answer);
        answer->bytes = g_bytes_new(bytes, size);
        answer->status = http_request_parse(bytes, size, &answer->request);
        answer->is_well_formed = answer->status == SOUP_STATUS_OK;
        if (!answer->is_well_formed)
                return answer;
        answer->keeps_alive = http_head_keeps_alive(&answer->request);
        answer->status = find_document(documents, answer);
        if (answer->document)
                answer->head = http_response_head(SOUP_STATUS_OK, answer->document->content_type,
                        answer->document->size, answer->keeps_alive, answer->request.minor);
        return answer;
}

static void answer_clear(void *data)
{
        struct http_answer *answer = data;
        http_head_clear(&answer->request);
        g_bytes_unref(answer->bytes);
        if (answer->head)
                g_string_free(answer->head, TRUE);
}

void http_answer_unref(struct http_answer *answer)
{
        if (answer)
                g_rc_box_release_full(answer, answer_clear);
}

HttpAnswers *http_answers_new(const Documents *documents)
{
        HttpAnswers *answers = g_new0(HttpAnswers, 1);
        answers->documents = documents;
        return answers;
}

void http_answers_free(HttpAnswers *answers)
{
        if (!answers)
                return;
        http_answer_unref(answers->last);
        g_free(answers);
}

static bool answers_these(const struct http_answer *answer, const char *bytes, size_t size)
{
        gsize answered_size;
        const void *answered = g_bytes_get_data(answer->bytes, &answered_size);
        return answered_size == size && memcmp(answered, bytes, size) == 0;
}

struct http_answer *http_answers_find(HttpAnswers *answers, const char *bytes, size_t size)
{
        if (!answers->last || !answers_these(answers->last, bytes, size)) {
                http_answer_unref(answers->last);
                answers->last = answer_new(answers->documents, bytes, size);
        }
        return g_rc_box_acquire(answers->last);
}
