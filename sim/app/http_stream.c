/*
 * One buffer between the socket and whoever reads messages from it.
 *
 * Between calls, `start` to `end` of the buffer is what has been read from the socket and not yet handed out.
 */
#include "app/http_stream.h"

#include <errno.h>
#include <string.h>
#include "host/socket.h"

#define LINE_SIZE_MAX     4096 /* of a chunk's line, or one of the trailer */
#define TRAILER_LINES_MAX 100

void http_stream_init(
        struct http_stream *stream, Process *process, int fd, struct transfer *transfer, char *buffer)
{
        *stream = (struct http_stream){
                .process = process,
                .fd = fd,
                .transfer = transfer,
                .buffer = buffer,
                .capacity = HTTP_STREAM_BUFFER,
        };
}

void http_stream_clear(struct http_stream *stream)
{
        g_clear_pointer(&stream->grown, g_free);
        stream->buffer = NULL;
}

static void grow(struct http_stream *stream)
{
        bool is_first = stream->grown == NULL;
        stream->capacity *= 2;
        stream->grown = g_realloc(stream->grown, stream->capacity);
        if (is_first)
                memcpy(stream->grown, stream->buffer, stream->end);
        stream->buffer = stream->grown;
}

/* Make room at the buffer's end: move what is left to the front, or grow. */
static void make_room(struct http_stream *stream)
{
        if (stream->start > 0) {
                memmove(stream->buffer, stream->buffer + stream->start, stream->end - stream->start);
                stream->end -= stream->start;
                stream->start = 0;
        } else if (stream->end == stream->capacity) {
                grow(stream);
        }
}

/* One read from the socket. HTTP_ENDED: there is no more. */
static enum http_reading fill(struct http_stream *stream)
{
        make_room(stream);
        ssize_t size = sock_read(
                stream->process, stream->fd, stream->buffer + stream->end, stream->capacity - stream->end);
        if (size < 0)
                return HTTP_FAILED;
        if (size == 0)
                return HTTP_ENDED;
        stream->end += size;
        /* The first byte of anything counts as the response's first. */
        if (stream->transfer)
                transfer_progress(stream->transfer, 0, process_now(stream->process));
        return HTTP_MORE;
}

/* The far end has stopped where it may not. */
static enum http_reading fill_inside(struct http_stream *stream)
{
        enum http_reading reading = fill(stream);
        return reading == HTTP_ENDED ? HTTP_CUT : reading;
}

static size_t available(const struct http_stream *stream)
{
        return stream->end - stream->start;
}

/* ---- Heads ---- */

static void skip_empty_lines(struct http_stream *stream)
{
        while (available(stream) >= 2 && memcmp(stream->buffer + stream->start, "\r\n", 2) == 0)
                stream->start += 2;
}

enum http_reading http_stream_read_head(struct http_stream *stream, const char **head, size_t *size)
{
        size_t scanned = 0;
        for (;;) {
                if (scanned == 0)
                        skip_empty_lines(stream);
                *size = http_head_size(stream->buffer + stream->start, available(stream), scanned);
                if (*size > 0 && *size <= HTTP_HEAD_SIZE_MAX)
                        break;
                scanned = available(stream) > 1 ? available(stream) : 0;
                if (scanned > HTTP_HEAD_SIZE_MAX)
                        return HTTP_TOO_LONG;
                enum http_reading reading = available(stream) > 0 ? fill_inside(stream) : fill(stream);
                if (reading != HTTP_MORE)
                        return reading;
        }
        *head = stream->buffer + stream->start;
        stream->start += *size;
        return HTTP_MORE;
}

/* ---- Bodies ---- */

void http_stream_begin_body(struct http_stream *stream, const struct http_body *body)
{
        stream->framing = body->framing;
        stream->left = body->size;
        stream->chunk_state = HTTP_CHUNK_LINE;
        stream->trailer_lines = 0;
}

/* The same with an empty buffer. What is handed out at once need not lie in it, and mostly that is all: no
 * other memory is as cold as the buffers of many clients, each read into once a round trip. */
static enum http_reading read_past_buffer(struct http_stream *stream, const char **bytes, size_t *size)
{
        void *where;
        ssize_t result =
                sock_read_anywhere(stream->process, stream->fd, stream->buffer, stream->capacity, &where);
        if (result <= 0)
                return result < 0 ? HTTP_FAILED : HTTP_ENDED;
        *bytes = where;
        *size = MIN((size_t)result, stream->left);
        stream->start = *size;
        stream->end = (size_t)result;
        if (where != stream->buffer)
                memcpy(stream->buffer + stream->start, *bytes + stream->start, available(stream));
        return HTTP_MORE;
}

static void take_buffered(struct http_stream *stream, const char **bytes, size_t *size)
{
        *size = MIN(available(stream), stream->left);
        *bytes = stream->buffer + stream->start;
        stream->start += *size;
}

/* Hand out what there is, at most `left`. */
static enum http_reading take(struct http_stream *stream, const char **bytes, size_t *size)
{
        enum http_reading reading = HTTP_MORE;
        if (available(stream) > 0)
                take_buffered(stream, bytes, size);
        else
                reading = read_past_buffer(stream, bytes, size);
        if (reading != HTTP_MORE)
                return reading;
        stream->left -= *size;
        if (stream->transfer)
                transfer_progress(stream->transfer, *size, process_now(stream->process));
        return HTTP_MORE;
}

static enum http_reading take_inside(struct http_stream *stream, const char **bytes, size_t *size)
{
        enum http_reading reading = take(stream, bytes, size);
        return reading == HTTP_ENDED ? HTTP_CUT : reading;
}

/* A line of the chunked coding, without its CRLF. */
static enum http_reading read_line(struct http_stream *stream, const char **line, size_t *size)
{
        const char *newline;
        while (!(newline = memchr(stream->buffer + stream->start, '\n', available(stream)))) {
                if (available(stream) > LINE_SIZE_MAX)
                        return HTTP_TOO_LONG;
                enum http_reading reading = fill_inside(stream);
                if (reading != HTTP_MORE)
                        return reading;
        }
        *line = stream->buffer + stream->start;
        *size = newline - *line;
        stream->start += *size + 1;
        if (*size == 0 || (*line)[*size - 1] != '\r' || memchr(*line, '\r', *size - 1))
                return HTTP_MALFORMED;
        *size -= 1;
        return HTTP_MORE;
}

/* The line before a chunk's data, behind it, or of the trailer. HTTP_MORE: go on in the state that follows.
 */
static enum http_reading read_chunk_line(struct http_stream *stream)
{
        const char *line;
        size_t size;
        enum http_reading reading = read_line(stream, &line, &size);
        if (reading != HTTP_MORE)
                return reading;
        switch (stream->chunk_state) {
        case HTTP_CHUNK_LINE:
                if (!http_chunk_size(line, size, &stream->left))
                        return HTTP_MALFORMED;
                stream->chunk_state = stream->left > 0 ? HTTP_CHUNK_DATA : HTTP_CHUNK_TRAILER;
                return HTTP_MORE;
        case HTTP_CHUNK_DATA_END:
                stream->chunk_state = HTTP_CHUNK_LINE;
                return size == 0 ? HTTP_MORE : HTTP_MALFORMED;
        default:
                if (size == 0)
                        return HTTP_ENDED;
                return ++stream->trailer_lines > TRAILER_LINES_MAX ? HTTP_TOO_LONG : HTTP_MORE;
        }
}

static enum http_reading read_chunked(struct http_stream *stream, const char **bytes, size_t *size)
{
        if (stream->chunk_state == HTTP_CHUNK_DATA && stream->left == 0)
                stream->chunk_state = HTTP_CHUNK_DATA_END;
        while (stream->chunk_state != HTTP_CHUNK_DATA) {
                enum http_reading reading = read_chunk_line(stream);
                if (reading != HTTP_MORE)
                        return reading;
        }
        return take_inside(stream, bytes, size);
}

enum http_reading http_stream_read_body(struct http_stream *stream, const char **bytes, size_t *size)
{
        switch (stream->framing) {
        case HTTP_FRAMING_NONE:
                return HTTP_ENDED;
        case HTTP_FRAMING_LENGTH:
                return stream->left == 0 ? HTTP_ENDED : take_inside(stream, bytes, size);
        case HTTP_FRAMING_CHUNKED:
                return read_chunked(stream, bytes, size);
        case HTTP_FRAMING_CLOSE:
                stream->left = UINT64_MAX;
                return take(stream, bytes, size);
        }
        g_assert_not_reached();
}

int64_t http_stream_drain(struct http_stream *stream)
{
        int64_t drained = 0;
        enum http_reading reading;
        do {
                drained += available(stream);
                stream->start = stream->end;
                reading = fill(stream);
        } while (reading == HTTP_MORE);
        return reading == HTTP_ENDED ? drained : -1;
}
