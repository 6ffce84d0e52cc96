/*
 * Requests in, documents out, one after another on each connection.
 *
 * No Date field: an origin server without a clock must not generate one (RFC 9110 section 6.6.1), and a wall
 * clock would make two runs differ. No time limits either: a client that stays keeps its connection for as
 * long as TCP does.
 */
#include "app/http_server.h"

#include "app/body_hash.h"
#include "app/http_stream.h"
#include "app/http_url.h"
#include "app/service.h"
#include "host/socket.h"

#define PIECE_SIZE       (16 * 1024)
#define REQUEST_BODY_MAX (1024 * 1024)
#define ALLOWED_METHODS  "GET, HEAD"

/* One client's connection, one request at a time. */
struct exchange {
        Process *process;
        int fd;
        const Documents *documents;
        HttpStream *stream;
        struct http_head request;
        bool keeps_alive;
};

static bool write_text(const struct exchange *exchange, const GString *text)
{
        return sock_write(exchange->process, exchange->fd, text->str, text->len) == (ssize_t)text->len;
}

/* ---- Responses ---- */

static GString *response_head(
        const struct exchange *exchange, unsigned status, const char *type, uint64_t size)
{
        GString *head = g_string_new(NULL);
        g_string_append_printf(
                head, "HTTP/1.1 %u %s\r\nServer: inorder\r\n", status, soup_status_get_phrase(status));
        g_string_append_printf(
                head, "Content-Type: %s\r\nContent-Length: %" G_GUINT64_FORMAT "\r\n", type, size);
        if (status == SOUP_STATUS_METHOD_NOT_ALLOWED)
                g_string_append(head, "Allow: " ALLOWED_METHODS "\r\n");
        if (!exchange->keeps_alive)
                g_string_append(head, "Connection: close\r\n");
        else if (exchange->request.minor == 0)
                g_string_append(head, "Connection: keep-alive\r\n");
        return g_string_append(head, "\r\n");
}

static bool is_head_request(const struct exchange *exchange)
{
        return g_strcmp0(exchange->request.method, "HEAD") == 0;
}

static bool write_error(const struct exchange *exchange, unsigned status)
{
        g_autofree char *body = g_strdup_printf("<!DOCTYPE html>\n<title>%u %s</title>\n<h1>%s</h1>\n",
                status, soup_status_get_phrase(status), soup_status_get_phrase(status));
        GString *response = response_head(exchange, status, "text/html; charset=utf-8", strlen(body));
        if (!is_head_request(exchange))
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

static bool write_document(const struct exchange *exchange, const struct document *document)
{
        GString *head = response_head(exchange, SOUP_STATUS_OK, document->content_type, document->size);
        bool is_written = write_text(exchange, head);
        g_string_free(head, TRUE);
        return is_written && (is_head_request(exchange) || write_body(exchange, document));
}

/* ---- Requests ---- */

/* 200, or why not; what is served is found on the way. */
static unsigned find_document(const struct exchange *exchange, const struct document **document)
{
        const struct http_head *request = &exchange->request;
        if (!http_method_is_known(request->method))
                return SOUP_STATUS_NOT_IMPLEMENTED;
        if (!g_str_equal(request->method, "GET") && !is_head_request(exchange))
                return SOUP_STATUS_METHOD_NOT_ALLOWED;
        g_autofree char *path = http_target_path(request->target);
        if (!path)
                return SOUP_STATUS_BAD_REQUEST;
        *document = documents_find(exchange->documents, path);
        return *document ? SOUP_STATUS_OK : SOUP_STATUS_NOT_FOUND;
}

/* A client that asked to be told before it sends its body. RFC 9110 section 10.1.1. */
static bool invite_body(const struct exchange *exchange)
{
        static const char invitation[] = "HTTP/1.1 100 Continue\r\n\r\n";
        const char *expect = http_head_field(&exchange->request, "Expect");
        if (exchange->request.body.framing == HTTP_FRAMING_NONE || exchange->request.minor == 0 || !expect ||
                g_ascii_strcasecmp(expect, "100-continue") != 0)
                return true;
        return sock_write(exchange->process, exchange->fd, invitation, strlen(invitation)) > 0;
}

/* Read the request's body and forget it. 200: it was whole; 0: nobody is left to answer. */
static unsigned discard_body(const struct exchange *exchange)
{
        const char *bytes;
        size_t size;
        uint64_t total = 0;
        enum http_reading reading;
        if (!invite_body(exchange))
                return 0;
        http_stream_begin_body(exchange->stream, &exchange->request.body);
        while ((reading = http_stream_read_body(exchange->stream, &bytes, &size)) == HTTP_MORE) {
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
        enum http_reading reading = http_stream_read_head(exchange->stream, &head, &size);
        if (reading == HTTP_ENDED || reading == HTTP_FAILED)
                return 0;
        if (reading != HTTP_MORE)
                return SOUP_STATUS_BAD_REQUEST;
        unsigned status = http_request_parse(head, size, &exchange->request);
        return status == SOUP_STATUS_OK ? discard_body(exchange) : status;
}

/* False: the connection is not to be used again. */
static bool serve_request(struct exchange *exchange)
{
        const struct document *document;
        unsigned status = read_request(exchange);
        exchange->keeps_alive = status == SOUP_STATUS_OK && http_head_keeps_alive(&exchange->request);
        if (status == SOUP_STATUS_OK)
                status = find_document(exchange, &document);
        bool is_written = false;
        if (status == SOUP_STATUS_OK)
                is_written = write_document(exchange, document);
        else if (status != 0)
                is_written = write_error(exchange, status);
        http_head_clear(&exchange->request);
        /* RFC 9112 section 9.6: close only the writing side first, or a reset might destroy the response. */
        if (is_written && !exchange->keeps_alive &&
                sock_shutdown(exchange->process, exchange->fd, SHUT_WR) == 0)
                http_stream_drain(exchange->stream);
        return is_written && exchange->keeps_alive;
}

static void serve(Process *process, int fd, const void *data)
{
        struct exchange exchange = {
                .process = process,
                .fd = fd,
                .documents = data,
                .stream = http_stream_new(process, fd, NULL),
        };
        while (serve_request(&exchange))
                exchange.request = (struct http_head){ 0 };
        http_stream_free(exchange.stream);
}

void http_server_start(Host *host, const struct http_server_config *config)
{
        struct service_config service = {
                .name = config->name,
                .port = config->port,
                .tcp = config->tcp,
                .transfer = config->transfer,
                .serve = serve,
                .data = (void *)config->documents,
        };
        service_start(host, &service);
}
