/*
 * The bytes of an HTTP connection, read as heads and bodies. RFC 9112 sections 2.1, 6 and 7.
 */
#ifndef INORDER_HTTP_STREAM_H
#define INORDER_HTTP_STREAM_H

#include "app/http_message.h"
#include "host/process.h"

typedef struct HttpStream HttpStream;

/* Why no more can be read. HTTP_ENDED: the far end stopped where a message may stop; HTTP_CUT: in the middle
 * of one; HTTP_FAILED: `errno` tells. */
enum http_reading { HTTP_MORE, HTTP_ENDED, HTTP_CUT, HTTP_MALFORMED, HTTP_TOO_LONG, HTTP_FAILED };

/* Borrows the descriptor. `transfer`: gets told of progress; NULL: none. */
HttpStream *http_stream_new(Process *process, int fd, struct transfer *transfer);
void http_stream_free(HttpStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpStream, http_stream_free)

/* HTTP_MORE: a head has come. It stays until the next call. Empty lines before it are skipped (RFC 9112
 * section 2.2). */
enum http_reading http_stream_read_head(HttpStream *stream, const char **head, size_t *size);

/* The body behind the head. HTTP_MORE: the next 1 or more of its bytes, which stay until the next call.
 * HTTP_ENDED: it is whole, and the stream stands behind it. */
void http_stream_begin_body(HttpStream *stream, const struct http_body *body);
enum http_reading http_stream_read_body(HttpStream *stream, const char **bytes, size_t *size);

/* Reads on to the end of the connection and throws away. Returns how many bytes there were, -1 on an error.
 */
int64_t http_stream_drain(HttpStream *stream);

#endif
