/*
 * The heads of HTTP messages: parsed strictly, and how long the body behind each is. RFC 9112, RFC 9110.
 *
 * libsoup splits the fields and knows their grammar; what it forgives and two parsers might read differently
 * (a bare CR, a space before the colon, folded lines, differing lengths, no Host) is refused here first.
 */
#ifndef INORDER_HTTP_MESSAGE_H
#define INORDER_HTTP_MESSAGE_H

#include <libsoup/soup.h>
#include <stdbool.h>
#include <stdint.h>

#define HTTP_HEAD_SIZE_MAX 65536

/* How the end of a body is found. */
enum http_framing { HTTP_FRAMING_NONE, HTTP_FRAMING_LENGTH, HTTP_FRAMING_CHUNKED, HTTP_FRAMING_CLOSE };

struct http_body {
        enum http_framing framing;
        uint64_t size; /* LENGTH only */
};

struct http_head {
        unsigned minor; /* HTTP/1.0: 0; HTTP/1.1 and later: 1 */
        char *method;   /* requests */
        char *target;
        unsigned status; /* responses */
        SoupMessageHeaders *fields;
        struct http_body body;
};

/* `bytes` end with the empty line. 200, or the status that the request deserves: 400, 501 (a transfer coding
 * we do not have) or 505 (not HTTP/1). To be cleared in any case. */
unsigned http_request_parse(const char *bytes, size_t size, struct http_head *head);
/* `method`: the request's. False: malformed. To be cleared in any case. */
bool http_response_parse(const char *bytes, size_t size, const char *method, struct http_head *head);
void http_head_clear(struct http_head *head);

/* Whether the sender of this head will go on with the connection. RFC 9112 section 9.3. */
bool http_head_keeps_alive(const struct http_head *head);
/* The field's value; NULL: none. */
const char *http_head_field(const struct http_head *head, const char *name);

/* Up to and including the empty line; 0: it is not there yet. `from`: so far has been looked at before. Lines
 * that end with a bare LF count, so that what is wrong with them can be answered. */
size_t http_head_size(const char *bytes, size_t size, size_t from);

/* A method of RFC 9110, RFC 5789 or WebDAV, which a server knows and may refuse. */
bool http_method_is_known(const char *method);

/* RFC 9112 section 7.1: the size that a chunk's line (without its CRLF) announces; false when it is
 * malformed. */
bool http_chunk_size(const char *line, size_t size, uint64_t *chunk);

#endif
