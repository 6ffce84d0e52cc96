/*
 * Requests in, documents out, one after another on each connection.
 *
 * No Date field: an origin server without a clock must not generate one (RFC 9110 section 6.6.1), and a wall
 * clock would make two runs differ. No time limits either: a client that stays keeps its connection for as
 * long as TCP does.
 */
#include "app/http_server.h"

#include "app/body_hash.h"
#include "app/http_answer.h"
#include "app/http_stream.h"
#include "app/service.h"
#include "host/socket.h"

#define PIECE_SIZE       (16 * 1024)
#define REQUEST_BODY_MAX (1024 * 1024)

/* One client's connection, one request at a time. */
struct exchange {
        Process *process;
        int fd;
        HttpAnswers *answers;
        struct http_stream stream;
        struct http_answer *answer; /* NULL: no whole head has come */
        bool keeps_alive;
};

static bool write_text(const struct exchange *exchange, const GString *text)
{
        return sock_write(exchange->process, exchange->fd, text->str, text->len) == (ssize_t)text->len;
}

/* ---- Responses ---- */

static bool write_error(const struct exchange *exchange, unsigned status)
{
        const struct http_answer *answer = exchange->answer;
        g_autofree char *body = g_strdup_printf("<!DOCTYPE html>\n<title>%u %s</title>\n<h1>%s</h1>\n",
                status, soup_status_get_phrase(status), soup_status_get_phrase(status));
        GString *response = http_response_head(status, "text/html; charset=utf-8", strlen(body),
                exchange->keeps_alive, answer ? answer->request.minor : 0);
        if (!answer || !http_answer_is_for_head(answer))
                g_string_append(response, body);
        bool is_written = write_text(exchange, response);
        g_string_free(response, TRUE);
        return is_written;
}

/* Told before the last piece is written: its reader may well be done before the writer runs again. */
static void tell_source(struct transfer *transfer, EVP_MD_CTX *hash)
{
        transfer->has_source_sha256 = EVP_DigestFinal_ex(hash, transfer->source_sha256, NULL) == 1;
}

static bool write_body(const struct exchange *exchange, const struct document *document)
{
        struct transfer *transfer = sock_transfer(exchange->process, exchange->fd);
        EVP_MD_CTX *hash = transfer ? body_hash_new(exchange->process) : NULL;
        uint8_t piece[PIECE_SIZE];
        uint64_t offset = 0;
        bool is_written = true;
        do {
                size_t size = MIN(document->size - offset, PIECE_SIZE);
                if (hash)
                        EVP_DigestUpdate(hash, piece, document_read(document, offset, piece, size));
                if (hash && offset + size == document->size)
                        tell_source(transfer, hash);
                is_written = size == 0 || sock_write_source(exchange->process, exchange->fd, document->source,
                                                  offset, size) == (ssize_t)size;
                offset += size;
        } while (is_written && offset < document->size);
        EVP_MD_CTX_free(hash);
        return is_written;
}

static bool write_document(const struct exchange *exchange)
{
        const struct http_answer *answer = exchange->answer;
        return write_text(exchange, answer->head) &&
               (http_answer_is_for_head(answer) || write_body(exchange, answer->document));
}

/* ---- Requests ---- */

/* A client that asked to be told before it sends its body. RFC 9110 section 10.1.1. */
static bool invite_body(const struct exchange *exchange)
{
        static const char invitation[] = "HTTP/1.1 100 Continue\r\n\r\n";
        const struct http_head *request = &exchange->answer->request;
        if (request->body.framing == HTTP_FRAMING_NONE || request->minor == 0)
                return true;
        const char *expect = http_head_field(request, "Expect");
        if (!expect || g_ascii_strcasecmp(expect, "100-continue") != 0)
                return true;
        return sock_write(exchange->process, exchange->fd, invitation, strlen(invitation)) > 0;
}

/* Read the request's body and forget it. 200: it was whole; 0: nobody is left to answer. */
static unsigned discard_body(struct exchange *exchange)
{
        const char *bytes;
        size_t size;
        uint64_t total = 0;
        enum http_reading reading;
        if (!invite_body(exchange))
                return 0;
        http_stream_begin_body(&exchange->stream, &exchange->answer->request.body);
        while ((reading = http_stream_read_body(&exchange->stream, &bytes, &size)) == HTTP_MORE) {
                total += size;
                if (total > REQUEST_BODY_MAX)
                        return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
        }
        if (reading == HTTP_ENDED)
                return SOUP_STATUS_OK;
        return reading == HTTP_FAILED ? 0 : SOUP_STATUS_BAD_REQUEST;
}

/* Read one request. 200: whole and well formed, whatever it asks for; 0: the client is gone. */
static unsigned read_request(struct exchange *exchange)
{
        const char *head;
        size_t size;
        enum http_reading reading = http_stream_read_head(&exchange->stream, &head, &size);
        if (reading == HTTP_ENDED || reading == HTTP_FAILED)
                return 0;
        if (reading != HTTP_MORE)
                return SOUP_STATUS_BAD_REQUEST;
        exchange->answer = http_answers_find(exchange->answers, head, size);
        return exchange->answer->is_well_formed ? discard_body(exchange) : exchange->answer->status;
}

/* False: the connection is not to be used again. */
static bool serve_request(struct exchange *exchange)
{
        unsigned status = read_request(exchange);
        exchange->keeps_alive = status == SOUP_STATUS_OK && exchange->answer->keeps_alive;
        if (status == SOUP_STATUS_OK)
                status = exchange->answer->status;
        bool is_written = false;
        if (status == SOUP_STATUS_OK)
                is_written = write_document(exchange);
        else if (status != 0)
                is_written = write_error(exchange, status);
        g_clear_pointer(&exchange->answer, http_answer_unref);
        /* RFC 9112 section 9.6: close only the writing side first, or a reset might destroy the response. */
        if (is_written && !exchange->keeps_alive &&
                sock_shutdown(exchange->process, exchange->fd, SHUT_WR) == 0)
                http_stream_drain(&exchange->stream);
        return is_written && exchange->keeps_alive;
}

static void serve(Process *process, int fd, void *data)
{
        char buffer[HTTP_STREAM_BUFFER];
        struct exchange exchange = { .process = process, .fd = fd, .answers = data };
        http_stream_init(&exchange.stream, process, fd, NULL, buffer);
        while (serve_request(&exchange))
                ;
        http_stream_clear(&exchange.stream);
}

static void free_answers(void *data)
{
        http_answers_free(data);
}

void http_server_start(Host *host, const struct http_server_config *config)
{
        struct service_config service = {
                .name = config->name,
                .port = config->port,
                .tcp = config->tcp,
                .transfer = config->transfer,
                .serve = serve,
                .data = http_answers_new(config->documents),
                .free_data = free_answers,
        };
        service_start(host, &service);
}
