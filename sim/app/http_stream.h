/*
 * The bytes of an HTTP connection, read as heads and bodies. RFC 9112 sections 2.1, 6 and 7.
 */
#ifndef INORDER_HTTP_STREAM_H
#define INORDER_HTTP_STREAM_H

#include "app/http_message.h"
#include "host/process.h"

enum http_chunk_state {
        HTTP_CHUNK_LINE,
        HTTP_CHUNK_DATA,
        HTTP_CHUNK_DATA_END,
        HTTP_CHUNK_TRAILER,
};

/* Lies where its user wants it, on a process's stack, which is pooled and warm: so does the buffer's first
 * memory, and only a head that is longer takes more. Nobody else looks inside. */
struct http_stream {
        Process *process;
        int fd;
        struct transfer *transfer;
        char *buffer;
        char *grown; /* the buffer's memory, once the first was too small; else NULL */
        size_t capacity;
        size_t start;
        size_t end;
        enum http_framing framing; /* of the body being read */
        uint64_t left;             /* bytes of it, or of its chunk */
        enum http_chunk_state chunk_state;
        unsigned trailer_lines;
};

#define HTTP_STREAM_BUFFER (16 * 1024)

/* Why no more can be read. HTTP_ENDED: the far end stopped where a message may stop; HTTP_CUT: in the middle
 * of one; HTTP_FAILED: `errno` tells. */
enum http_reading { HTTP_MORE, HTTP_ENDED, HTTP_CUT, HTTP_MALFORMED, HTTP_TOO_LONG, HTTP_FAILED };

/* Borrows the descriptor, and `buffer`, of HTTP_STREAM_BUFFER bytes. `transfer`: gets told of progress; NULL:
 * none. */
void http_stream_init(
        struct http_stream *stream, Process *process, int fd, struct transfer *transfer, char *buffer);
void http_stream_clear(struct http_stream *stream);

/* HTTP_MORE: a head has come. It stays until the next call. Empty lines before it are skipped (RFC 9112
 * section 2.2). */
enum http_reading http_stream_read_head(struct http_stream *stream, const char **head, size_t *size);

/* The body behind the head. HTTP_MORE: the next 1 or more of its bytes, which stay until the process makes another
 * call, of any kind. HTTP_ENDED: it is whole, and the stream stands behind it. */
void http_stream_begin_body(struct http_stream *stream, const struct http_body *body);
enum http_reading http_stream_read_body(struct http_stream *stream, const char **bytes, size_t *size);

/* Reads on to the end of the connection and throws away. Returns how many bytes there were, -1 on an error.
 */
int64_t http_stream_drain(struct http_stream *stream);

#endif
