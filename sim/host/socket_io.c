/*
 * The calls that move bytes: read, write and their relatives. POSIX.1-2017; Linux's flags and answers.
 *
 * All are one of two: a message is received, or sent. Several pieces of memory are gathered in one.
 */
#include <errno.h>
#include <limits.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "host/call_wait.h"
#include "host/process_private.h"
#include "host/socket_errors.h"

/* ---- Receiving ---- */

/* How much a stream's call waits for: MSG_WAITALL, SO_RCVLOWAT. */
static size_t read_target(const Socket *socket, const struct socket_reading *reading)
{
        if (socket->ops != &socket_stream || (reading->flags & MSG_OOB) != 0)
                return 0;
        size_t wanted = reading->flags & MSG_WAITALL ? reading->size : socket->low_water;
        return CLAMP(wanted, 1, MAX(reading->size, 1));
}

/* Whether a call that has something already gets no more: the end or an error is left for the next call. */
static bool has_ended(Socket *socket)
{
        int readable = 0;
        if (!socket_has_failed(socket) && (socket_ready(socket) & POLLRDHUP) == 0)
                return false;
        socket->ops->ioctl(socket, SIOCINQ, &readable);
        return readable == 0;
}

/* A call that has something already stops at the mark. */
static bool is_at_mark(const Socket *socket, size_t peeked)
{
        return socket->ops == &socket_stream && socket->connection != NULL &&
               tcp_conn_is_at_mark(socket->connection->tcp, peeked);
}

/* As Linux, a stream's urgent byte is never waited for. */
static time_ns read_deadline(const struct call *call, const Socket *socket, int flags)
{
        bool is_urgent = socket->ops == &socket_stream && (flags & MSG_OOB) != 0;
        return is_urgent ? call->started : call_read_deadline(call, socket, flags);
}

static void advance(struct socket_reading *rest, size_t size, size_t *taken)
{
        *taken += size;
        rest->bytes = (uint8_t *)rest->bytes + size;
        rest->size -= size;
}

static ssize_t read_waiting(const struct call *call, Socket *socket, struct socket_reading *reading)
{
        struct socket_reading rest = *reading;
        time_ns deadline = read_deadline(call, socket, reading->flags);
        size_t target = read_target(socket, reading);
        size_t taken = 0;
        ssize_t result;
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        do {
                if (taken > 0 && (has_ended(socket) || is_at_mark(socket, 0)))
                        break;
                result = socket->ops->read(socket, &rest);
                if (result > 0 && (reading->flags & MSG_PEEK))
                        taken = (size_t)result;
                else if (result > 0)
                        advance(&rest, (size_t)result, &taken);
                if (result > 0 && taken < target &&
                        !is_at_mark(socket, reading->flags & MSG_PEEK ? taken : 0))
                        result = -EAGAIN;
        } while (call_try_again(call, socket, &result, WAIT_TO_READ, deadline));
        reading->from = rest.from;
        reading->message_flags = rest.message_flags;
        reading->control = rest.control;
        if (taken > 0 && result != -ECANCELED)
                result = (ssize_t)taken;
        if (result >= 0 && socket->ops->tell != NULL)
                socket->ops->tell(socket, reading);
        return result;
}

static ssize_t receive(const struct call *call, struct socket_reading *reading, int flags)
{
        Socket *socket = call_socket(call);
        if (socket == NULL)
                return call_no_socket(call);
        reading->flags = flags;
        if (flags & MSG_ERRQUEUE)
                return socket_read_notice(socket, reading);
        return read_waiting(call, socket, reading);
}

/* read(2) and write(2) are for other descriptors, too; but ours can do neither. */
static ssize_t as_file_call(ssize_t result)
{
        return result == -ENOTSOCK ? -EINVAL : result;
}

static ssize_t read_into(struct call *call, void *bytes, size_t size)
{
        struct socket_reading reading = { .bytes = bytes, .size = size };
        call_tell(call, "%zu bytes", size);
        if (size == 0 && call_socket(call) != NULL)
                return call_end(call, 0);
        return call_end(call, as_file_call(receive(call, &reading, 0)));
}

ssize_t sock_read(Process *process, int fd, void *bytes, size_t size)
{
        struct call call = call_begin(process, "read", fd);
        return read_into(&call, bytes, size);
}

/* Who waits with a part of the bytes needs memory of its own. */
static bool reads_at_once(const struct call *call, size_t size)
{
        const Socket *socket = call_socket(call);
        return socket != NULL && socket->low_water <= 1 && size <= HOST_READING_SIZE;
}

ssize_t sock_read_anywhere(Process *process, int fd, void *own, size_t size, void **bytes)
{
        struct call call = call_begin(process, "read", fd);
        *bytes = reads_at_once(&call, size) ? process->host->context->shared->reading : own;
        return read_into(&call, *bytes, size);
}

ssize_t sock_recv(Process *process, int fd, void *bytes, size_t size, int flags)
{
        struct call call = call_begin(process, "recv", fd);
        struct socket_reading reading = { .bytes = bytes, .size = size };
        call_tell(&call, "%zu bytes", size);
        return call_end(&call, receive(&call, &reading, flags));
}

ssize_t sock_recvfrom(Process *process, int fd, void *bytes, size_t size, int flags, struct endpoint *remote)
{
        struct call call = call_begin(process, "recvfrom", fd);
        struct socket_reading reading = { .bytes = bytes, .size = size };
        char text[ENDPOINT_TEXT_SIZE];
        ssize_t result = receive(&call, &reading, flags);
        if (result >= 0 && remote != NULL)
                *remote = reading.from;
        if (call.is_traced)
                call_tell(&call, "%zu bytes from %s", size,
                        result >= 0 ? endpoint_format(&reading.from, text) : "anyone");
        return call_end(&call, result);
}

static bool total_size(const struct iovec *pieces, size_t count, size_t *size)
{
        *size = 0;
        for (size_t i = 0; i < count; i++) {
                if (!g_size_checked_add(size, *size, pieces[i].iov_len))
                        return false;
        }
        return *size <= SSIZE_MAX && count <= IOV_MAX;
}

static void scatter(const uint8_t *bytes, size_t size, const struct iovec *pieces)
{
        for (size_t done = 0; done < size; pieces++) {
                size_t part = MIN(size - done, pieces->iov_len);
                if (part > 0)
                        memcpy(pieces->iov_base, bytes + done, part);
                done += part;
        }
}

static ssize_t receive_message(struct call *call, struct sock_message *message, int flags)
{
        struct socket_reading reading = { .control = { .bytes = message->control,
                                                  .room = message->control_size } };
        if (!total_size(message->pieces, message->piece_count, &reading.size))
                return message->piece_count > IOV_MAX ? -EMSGSIZE : -EINVAL;
        call_tell(call, "%zu bytes", reading.size);
        bool is_one = message->piece_count == 1;
        g_autofree uint8_t *gathered = is_one ? NULL : g_malloc(reading.size);
        reading.bytes = is_one ? message->pieces->iov_base : gathered;
        ssize_t result = receive(call, &reading, flags);
        if (result < 0)
                return result;
        if (!is_one)
                scatter(gathered, (flags & MSG_TRUNC) != 0 ? 0 : MIN((size_t)result, reading.size),
                        message->pieces);
        if (message->name != NULL)
                *message->name = reading.from;
        message->flags = reading.message_flags | (reading.control.is_cut ? MSG_CTRUNC : 0);
        message->control_size = reading.control.used;
        return result;
}

ssize_t sock_recvmsg(Process *process, int fd, struct sock_message *message, int flags)
{
        struct call call = call_begin(process, "recvmsg", fd);
        return call_end(&call, receive_message(&call, message, flags));
}

/* ---- Sending ---- */

/* Until the connection is open; 0 or a negative errno. */
static ssize_t wait_until_open(const struct call *call, Socket *socket, time_ns deadline)
{
        ssize_t result;
        do {
                result = socket->ops->connect(socket, NULL);
                if (result == -EALREADY)
                        result = -EAGAIN;
        } while (call_try_again(call, socket, &result, WAIT_TO_CONNECT, deadline));
        return result == -EAGAIN ? -EINPROGRESS : result;
}

/* Fast open, RFC 7413: the call connects first. 0: it is done, and what was not taken is to be written; else
 * the call is over. */
static ssize_t open_first(const struct call *call, Socket *socket, const struct socket_writing *writing,
        time_ns deadline, size_t *taken)
{
        ssize_t result = socket_open_fast(socket, writing, taken);
        if (result != -EINPROGRESS)
                return result;
        if (*taken < writing->size && deadline > process_now(call->process))
                tcp_conn_expect_text(socket->connection->tcp);
        result = wait_until_open(call, socket, deadline);
        return result == -EINPROGRESS && *taken > 0 ? (ssize_t)*taken : result;
}

/* What has been taken counts; an error that comes later is left for the next call. */
static ssize_t write_waiting(const struct call *call, Socket *socket, const struct socket_writing *writing)
{
        struct socket_writing rest = *writing;
        time_ns deadline = call_write_deadline(call, socket, writing->flags);
        size_t written = 0;
        ssize_t result;
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        if (socket_opens_fast(socket, writing)) {
                result = open_first(call, socket, writing, deadline, &written);
                if (result != 0 || written == writing->size)
                        return result != 0 ? result : (ssize_t)written;
                rest.flags &= ~MSG_FASTOPEN;
        }
        do {
                if (written > 0 && socket_has_failed(socket))
                        break;
                if (written > 0 && writing->source == NULL)
                        rest.bytes = (const uint8_t *)writing->bytes + written;
                rest.offset = writing->offset + written;
                rest.size = writing->size - written;
                result = socket->ops->write(socket, &rest);
                if (result > 0)
                        written += (size_t)result;
                if (result > 0 && written < writing->size)
                        result = -EAGAIN;
        } while (call_try_again(call, socket, &result, WAIT_TO_WRITE, deadline));
        if (written == 0 || result == -ECANCELED)
                return result;
        if (socket->ops->on_written != NULL)
                socket->ops->on_written(socket);
        return (ssize_t)written;
}

/* Nobody gets a SIGPIPE here: MSG_NOSIGNAL asks for nothing. */
static ssize_t send_bytes(const struct call *call, struct socket_writing *writing, int flags)
{
        Socket *socket = call_socket(call);
        if (socket == NULL)
                return call_no_socket(call);
        writing->flags = flags;
        return write_waiting(call, socket, writing);
}

ssize_t sock_write(Process *process, int fd, const void *bytes, size_t size)
{
        struct call call = call_begin(process, "write", fd);
        struct socket_writing writing = { .bytes = bytes, .size = size };
        call_tell(&call, "%zu bytes", size);
        return call_end(&call, as_file_call(send_bytes(&call, &writing, 0)));
}

/* What goes with a SYN has to be there in one piece; and only a stream carries a source's bytes as they are.
 */
static bool takes_sources(const struct call *call, const struct socket_writing *writing)
{
        const Socket *socket = call_socket(call);
        return socket == NULL || (socket->ops == &socket_stream && !socket_opens_fast(socket, writing));
}

ssize_t sock_write_source(Process *process, int fd, PayloadSource *source, uint64_t offset, size_t size)
{
        struct call call = call_begin(process, "write", fd);
        struct socket_writing writing = { .source = source, .offset = offset, .size = size };
        g_autofree uint8_t *made = NULL;
        call_tell(&call, "%zu bytes", size);
        if (!takes_sources(&call, &writing)) {
                made = g_malloc(size);
                payload_source_make(source, offset, made, size);
                writing = (struct socket_writing){ .bytes = made, .size = size };
        }
        return call_end(&call, as_file_call(send_bytes(&call, &writing, 0)));
}

ssize_t sock_send(Process *process, int fd, const void *bytes, size_t size, int flags)
{
        struct call call = call_begin(process, "send", fd);
        struct socket_writing writing = { .bytes = bytes, .size = size };
        call_tell(&call, "%zu bytes", size);
        return call_end(&call, send_bytes(&call, &writing, flags));
}

static void tell_destination(struct call *call, size_t size, const struct endpoint *remote)
{
        char text[ENDPOINT_TEXT_SIZE];
        if (call->is_traced)
                call_tell(call, "%zu bytes to %s", size,
                        remote != NULL ? endpoint_format(remote, text) : "its peer");
}

ssize_t sock_sendto(
        Process *process, int fd, const void *bytes, size_t size, int flags, const struct endpoint *remote)
{
        struct call call = call_begin(process, "sendto", fd);
        struct socket_writing writing = { .bytes = bytes, .size = size, .remote = remote };
        tell_destination(&call, size, remote);
        return call_end(&call, send_bytes(&call, &writing, flags));
}

static void gather(uint8_t *bytes, const struct iovec *pieces, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                if (pieces[i].iov_len > 0)
                        memcpy(bytes, pieces[i].iov_base, pieces[i].iov_len);
                bytes += pieces[i].iov_len;
        }
}

static ssize_t send_message(struct call *call, const struct sock_message *message, int flags)
{
        struct socket_writing writing = { .remote = message->name };
        if (!total_size(message->pieces, message->piece_count, &writing.size))
                return message->piece_count > IOV_MAX ? -EMSGSIZE : -EINVAL;
        tell_destination(call, writing.size, message->name);
        bool is_one = message->piece_count == 1;
        g_autofree uint8_t *gathered = is_one ? NULL : g_malloc(writing.size);
        if (!is_one)
                gather(gathered, message->pieces, message->piece_count);
        writing.bytes = is_one ? message->pieces->iov_base : gathered;
        return send_bytes(call, &writing, flags);
}

ssize_t sock_sendmsg(Process *process, int fd, const struct sock_message *message, int flags)
{
        struct call call = call_begin(process, "sendmsg", fd);
        return call_end(&call, send_message(&call, message, flags));
}
