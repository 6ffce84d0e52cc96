/*
 * A sender: keeps its socket's send buffer full until everything is written. No stack, and no memory but this
 * struct.
 */
#include "app/bulk.h"

#include <errno.h>
#include "app/failure.h"
#include "host/host_timer.h"
#include "host/socket.h"

#define PIECE_SIZE (16 * 1024)

struct sender {
        struct sender_config config;
        Host *host;
        HostTimer *timer; /* the start, then each write that waits for its time */
        struct host_ending ending;
        Socket *socket;
        bool is_connected;
        uint64_t written;
        uint64_t due; /* bytes whose time to be written has come */
};

static void sender_free(struct sender *sender)
{
        host_ending_remove(sender->host, &sender->ending);
        host_timer_free(sender->timer);
        if (sender->socket)
                socket_close(sender->socket);
        payload_source_unref(sender->config.source);
        g_free(sender);
}

static void on_end(void *data)
{
        sender_free(data);
}

static void fail(struct sender *sender, const char *call, int error)
{
        failure_note_call(sender->config.transfer, call, error);
        sender_free(sender);
}

/* ---- Writing ---- */

static bool is_paced(const struct sender *sender)
{
        return sender->config.write_every > 0 && sender->config.write_size > 0;
}

/* What the next socket_write is offered: no more than is due, fits, and belongs to one write of the program.
 */
static size_t next_piece(const struct sender *sender)
{
        uint64_t size = MIN(sender->due - sender->written, socket_room(sender->socket));
        uint32_t write_size = sender->config.write_size;
        if (write_size > 0)
                size = MIN(size, write_size - sender->written % write_size);
        return MIN(size, PIECE_SIZE);
}

/* Write all that is due and fits. 0, or the error as socket_write gives it. */
static int write_due(struct sender *sender)
{
        size_t size;
        while ((size = next_piece(sender)) > 0) {
                ssize_t taken =
                        socket_write_source(sender->socket, sender->config.source, sender->written, size);
                if (taken < 0)
                        return taken == -EAGAIN ? 0 : (int)taken;
                sender->written += (uint64_t)taken;
        }
        return 0;
}

static void go_on(struct sender *sender)
{
        int error = write_due(sender);
        if (error < 0)
                fail(sender, "write", -error);
        else if (sender->written == sender->config.bytes)
                sender_free(sender);
}

static void make_due(struct sender *sender)
{
        uint64_t left = sender->config.bytes - sender->due;
        sender->due += is_paced(sender) ? MIN(left, sender->config.write_size) : left;
        if (sender->due < sender->config.bytes)
                host_timer_set(sender->timer, host_now(sender->host) + sender->config.write_every);
}

/* ---- Connecting ---- */

static void on_connected(struct sender *sender)
{
        sender->is_connected = true;
        sender->config.transfer->connected = host_now(sender->host);
        make_due(sender);
        go_on(sender);
}

/* Asked again, connect tells how it went. */
static void learn_outcome(struct sender *sender)
{
        int error = socket_connect(sender->socket, &sender->config.to);
        if (error == 0 || error == -EISCONN)
                on_connected(sender);
        else if (error != -EALREADY && error != -EINPROGRESS)
                fail(sender, "connect", -error);
}

/* The connection's error, as a read tells it; 0: none. A reset may come while there is nothing to write. */
static int look_for_error(struct sender *sender)
{
        uint8_t byte;
        ssize_t result = socket_read(sender->socket, &byte, sizeof byte);
        return result < 0 && result != -EAGAIN ? (int)-result : 0;
}

static void on_ready(void *data, unsigned events)
{
        struct sender *sender = data;
        if (!sender->is_connected) {
                learn_outcome(sender);
                return;
        }
        int error = events & (POLLERR | POLLHUP) ? look_for_error(sender) : 0;
        if (error > 0)
                fail(sender, "write", error);
        else
                go_on(sender);
}

static struct tcp_settings settings_of(const struct sender *sender)
{
        const struct tcp_settings *given = sender->config.tcp;
        struct tcp_settings settings = given ? *given : *host_tcp_settings(sender->host);
        if (sender->config.end == SENDER_LINGER) {
                settings.linger = true;
                settings.linger_time = 0;
        }
        return settings;
}

static void begin(struct sender *sender)
{
        struct endpoint local = { ip_address_any, sender->config.local_port };
        struct tcp_settings settings = settings_of(sender);
        sender->config.transfer->started = host_now(sender->host);
        sender->socket = socket_new(sender->host, SOCK_STREAM, sender->config.transfer, &settings);
        int error = local.port > 0 ? socket_bind(sender->socket, &local) : 0;
        if (error < 0) {
                fail(sender, "bind", -error);
                return;
        }
        error = socket_connect(sender->socket, &sender->config.to);
        if (error < 0 && error != -EINPROGRESS)
                fail(sender, "connect", -error);
        else
                socket_watch(sender->socket, POLLOUT | POLLERR | POLLHUP, on_ready, sender);
}

static void on_time(void *data)
{
        struct sender *sender = data;
        if (!sender->socket) {
                begin(sender);
                return;
        }
        make_due(sender);
        go_on(sender);
}

void sender_start_at(Host *host, const struct sender_config *config, time_ns at)
{
        struct sender *sender = g_new0(struct sender, 1);
        sender->config = *config;
        if (config->source)
                payload_source_ref(config->source);
        else
                sender->config.source = document_source_new(config->fill, config->seed, "");
        sender->host = host;
        sender->timer = host_timer_new(host, on_time, sender);
        sender->ending = (struct host_ending){ .end = on_end, .data = sender };
        host_ending_add(host, &sender->ending);
        host_timer_set(sender->timer, at);
}
