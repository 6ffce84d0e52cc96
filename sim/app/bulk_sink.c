/*
 * A sink: reads what comes, at once or at its own pace. What a stream brings is counted for its sender's
 * transfer.
 */
#include "app/bulk.h"

#include <errno.h>
#include "app/failure.h"
#include "host/host_timer.h"
#include "host/socket.h"

#define BACKLOG    4096
#define PIECE_SIZE (16 * 1024)
/* A slow reader takes so much of its rate at a time. */
#define READS_PER_SECOND 100
#define BITS_PER_BYTE    8

struct sink {
        struct sink_config config;
        Host *host;
        struct host_ending ending;
        Socket *listener;
        GQueue streams; /* of struct stream */
};

/* One accepted connection. */
struct stream {
        GList link;
        struct sink *sink;
        Socket *socket;
        struct transfer *transfer; /* NULL: not named */
        HostTimer *timer;          /* NULL: it never waits */
        time_ns next_read;
        uint64_t bytes;
        bool has_stalled;
        bool has_shut_down;
};

static void stream_free(struct stream *stream)
{
        g_queue_unlink(&stream->sink->streams, &stream->link);
        host_timer_free(stream->timer);
        socket_close(stream->socket);
        block_pool_give_back(host_memory(stream->sink->host), stream, sizeof *stream);
}

/* ---- Pace ---- */

/* What may be read now, in one go. */
static size_t next_read_size(const struct stream *stream)
{
        const struct sink_config *config = &stream->sink->config;
        uint64_t size = PIECE_SIZE;
        if (config->read_rate > 0)
                size = CLAMP(config->read_rate / BITS_PER_BYTE / READS_PER_SECOND, 1, PIECE_SIZE);
        if (config->stall_after > stream->bytes)
                size = MIN(size, config->stall_after - stream->bytes);
        return size;
}

/* Set when the next read may be, after one of `size` bytes. */
static void wait_after_read(struct stream *stream, size_t size)
{
        const struct sink_config *config = &stream->sink->config;
        time_ns now = host_now(stream->sink->host);
        stream->next_read = now;
        if (config->read_rate > 0)
                stream->next_read +=
                        (duration_ns)(size * BITS_PER_BYTE * (uint64_t)SECOND / config->read_rate);
        if (config->stall_after > 0 && stream->bytes >= config->stall_after && !stream->has_stalled) {
                stream->has_stalled = true;
                stream->next_read += config->stall_for;
        }
        if (stream->next_read > now)
                host_timer_set(stream->timer, stream->next_read);
}

/* ---- Reading ---- */

/* Ends its own side before the far end does, if it was told to. */
static void shut_down_in_time(struct stream *stream)
{
        uint64_t after = stream->sink->config.shutdown_after;
        if (after == 0 || stream->bytes < after || stream->has_shut_down)
                return;
        stream->has_shut_down = true;
        socket_shutdown(stream->socket, SHUT_WR);
}

/* The stream's end: its figures are complete. */
static void finish(struct stream *stream)
{
        struct transfer *transfer = stream->transfer;
        const ProofBook *proofs = host_context(stream->sink->host)->proofs;
        if (transfer && transfer->outcome == TRANSFER_UNFINISHED) {
                transfer->outcome = TRANSFER_DONE;
                transfer->finished = host_now(stream->sink->host);
        }
        if (transfer && proofs)
                transfer->has_sha256 = transfer->has_source_sha256 = proof_book_sha256(
                        proofs, transfer->number, transfer->source_sha256, transfer->sha256);
        stream_free(stream);
}

static void read_on(struct stream *stream)
{
        uint8_t piece[PIECE_SIZE];
        while (stream->next_read <= host_now(stream->sink->host)) {
                ssize_t size = socket_read(stream->socket, piece, next_read_size(stream));
                if (size == -EAGAIN)
                        return;
                if (size == 0) {
                        finish(stream);
                        return;
                }
                if (size < 0) {
                        failure_note_call(stream->transfer, "read", (int)-size);
                        stream_free(stream);
                        return;
                }
                stream->bytes += (uint64_t)size;
                if (stream->transfer)
                        transfer_progress(stream->transfer, (uint64_t)size, host_now(stream->sink->host));
                shut_down_in_time(stream);
                wait_after_read(stream, (size_t)size);
        }
}

static void on_readable(void *data, unsigned events)
{
        (void)events;
        read_on(data);
}

static void on_time(void *data)
{
        read_on(data);
}

/* ---- Connections ---- */

static void take(struct sink *sink, Socket *socket)
{
        struct stream *stream = block_pool_take_zeroed(host_memory(sink->host), sizeof *stream);
        stream->link.data = stream;
        stream->sink = sink;
        stream->socket = socket;
        stream->transfer = socket_transfer(socket);
        transfer_set_server(stream->transfer, sink->config.transfer);
        if (sink->config.read_rate > 0 || sink->config.stall_after > 0)
                stream->timer = host_timer_new(sink->host, on_time, stream);
        g_queue_push_tail_link(&sink->streams, &stream->link);
        socket_watch(socket, POLLIN, on_readable, stream);
}

static void on_connection(void *data, unsigned events)
{
        struct sink *sink = data;
        Socket *socket;
        int error;
        (void)events;
        while ((socket = socket_accept(sink->listener, &error)))
                take(sink, socket);
}

static void on_end(void *data)
{
        struct sink *sink = data;
        while (sink->streams.head)
                stream_free(sink->streams.head->data);
        host_ending_remove(sink->host, &sink->ending);
        socket_close(sink->listener);
        g_free(sink);
}

void sink_start(Host *host, const struct sink_config *config)
{
        struct endpoint local = { ip_address_any, config->port };
        struct sink *sink = g_new0(struct sink, 1);
        sink->config = *config;
        sink->host = host;
        sink->ending = (struct host_ending){ .end = on_end, .data = sink };
        host_ending_add(host, &sink->ending);
        sink->listener = socket_new(host, SOCK_STREAM, config->transfer, config->tcp);
        int error = socket_bind(sink->listener, &local);
        if (error == 0)
                error = socket_listen(sink->listener, BACKLOG);
        if (error < 0)
                failure_note_call(config->transfer, "listen", -error);
        socket_watch(sink->listener, POLLIN, on_connection, sink);
}
