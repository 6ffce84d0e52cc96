/*
 * What a request's head leads to: the document it asks for, how the connection goes on, and the response's
 * head.
 *
 * The last answer is kept with the bytes that it answers. When the same bytes come again, from whichever
 * client, they are compared instead of read: a server's clients mostly ask alike.
 */
#ifndef INORDER_HTTP_ANSWER_H
#define INORDER_HTTP_ANSWER_H

#include "app/documents.h"
#include "app/http_message.h"

typedef struct HttpAnswers HttpAnswers;

/* Shared by all who answer so; nobody changes it. */
struct http_answer {
        struct http_head request;
        bool is_well_formed; /* the head: a body may follow */
        bool keeps_alive;
        unsigned status;
        const struct document *document; /* NULL unless the status is 200 */
        GString *head;                   /* of the response with the document */
        GBytes *bytes;                   /* of the request's head */
};

/* `documents` outlive it. */
HttpAnswers *http_answers_new(const Documents *documents);
void http_answers_free(HttpAnswers *answers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpAnswers, http_answers_free)

/* The answer to a head that ends with its empty line. The reference is the caller's. */
struct http_answer *http_answers_find(HttpAnswers *answers, const char *bytes, size_t size);
/* Of NULL, nothing. */
void http_answer_unref(struct http_answer *answer);

/* A response's head. `minor`: of the request's version, since HTTP/1.0 has to be told that the connection
 * stays. */
GString *http_response_head(
        unsigned status, const char *type, uint64_t size, bool keeps_alive, unsigned minor);

/* HEAD wants no body. */
bool http_answer_is_for_head(const struct http_answer *answer);

#endif
