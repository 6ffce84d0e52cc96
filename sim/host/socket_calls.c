/*
 * The calls that programs make: descriptors, waiting, errno. POSIX.1-2017; where that leaves room, Linux's
 * answers.
 *
 * Each is the socket_* function of the same name, tried again whenever the socket has become ready.
 */
#include <errno.h>
#include <fcntl.h>

#include "host/call_trace.h"
#include "host/process_private.h"

#define CONNECT_EVENTS (POLLOUT | POLLERR | POLLHUP)
#define READ_EVENTS    (POLLIN | POLLRDHUP | POLLERR | POLLHUP)
#define WRITE_EVENTS   (POLLOUT | POLLERR | POLLHUP)
#define POLL_FEW       16 /* sockets waited for without asking for memory */
#define POLL_ALWAYS    (POLLERR | POLLHUP)

/* Wait until one of `events` may be true. 0, or a negative errno. */
static int wait_for(const struct call *call, Socket *socket, unsigned events, time_ns deadline)
{
        struct waiter waiter;
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        socket_wait(socket, &waiter, call->process, events);
        enum process_waking waking = process_wait(call->process, deadline, call->name, socket);
        bool is_gone = waiter.socket == NULL;
        socket_stop_waiting(&waiter);
        if (waking == PROCESS_CANCELLED)
                return -ECANCELED;
        if (is_gone)
                return -EBADF;
        return waking == PROCESS_TIMED_OUT ? -ETIMEDOUT : 0;
}

/* After `result` of a try: whether to try again, having waited. Otherwise `*result` is the call's. */
static bool try_again(
        const struct call *call, Socket *socket, ssize_t *result, bool dont_wait, unsigned events)
{
        if (*result != -EAGAIN || dont_wait || socket->is_nonblocking)
                return false;
        int error = wait_for(call, socket, events, TIME_NEVER);
        *result = error;
        return error == 0;
}

static Socket *socket_of(const struct call *call)
{
        return program_socket(call->process->program, call->fd);
}

static int check_new(int domain, int type, int protocol)
{
        int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (domain != AF_INET)
                return -EAFNOSUPPORT;
        if (kind != SOCK_STREAM && kind != SOCK_DGRAM)
                return -EINVAL;
        int expected = kind == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
        return protocol != 0 && protocol != expected ? -EPROTONOSUPPORT : 0;
}

int sock_socket(Process *process, int domain, int type, int protocol)
{
        struct call call = call_begin(process, "socket", -1);
        int result = check_new(domain, type, protocol);
        if (result == 0) {
                struct program *program = process->program;
                Socket *socket = socket_new(process->host, type, program->transfer, &program->tcp);
                call_tell(&call, "%s", socket->ops->name);
                result = program_add_socket(program, socket);
        }
        return (int)call_end(&call, result);
}

int sock_bind(Process *process, int fd, const struct endpoint *local)
{
        struct call call = call_begin(process, "bind", fd);
        Socket *socket = socket_of(&call);
        call_tell_endpoint(&call, local);
        return (int)call_end(&call, socket == NULL ? -EBADF : socket_bind(socket, local));
}

int sock_listen(Process *process, int fd, int backlog)
{
        struct call call = call_begin(process, "listen", fd);
        Socket *socket = socket_of(&call);
        call_tell(&call, "%d", backlog);
        return (int)call_end(&call, socket == NULL ? -EBADF : socket_listen(socket, backlog));
}

static ssize_t accept_waiting(struct call *call, Socket *socket, struct endpoint *remote)
{
        Socket *accepted;
        ssize_t result;
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        do {
                int error = 0;
                accepted = socket_accept(socket, &error);
                result = error;
        } while (accepted == NULL && try_again(call, socket, &result, false, READ_EVENTS));
        if (accepted == NULL)
                return result;
        const struct endpoint *from = &accepted->connection->tuple.remote;
        if (remote != NULL)
                *remote = *from;
        call_tell_endpoint(call, from);
        call_concern(call, accepted);
        return program_add_socket(call->process->program, accepted);
}

int sock_accept(Process *process, int fd, struct endpoint *remote)
{
        struct call call = call_begin(process, "accept", fd);
        Socket *socket = socket_of(&call);
        return (int)call_end(&call, socket == NULL ? -EBADF : accept_waiting(&call, socket, remote));
}

static int connect_waiting(struct call *call, Socket *socket, const struct endpoint *remote)
{
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        int result = socket_connect(socket, remote);
        while ((result == -EINPROGRESS || result == -EALREADY) && !socket->is_nonblocking) {
                int error = wait_for(call, socket, CONNECT_EVENTS, TIME_NEVER);
                if (error != 0)
                        return error;
                result = socket_connect(socket, remote);
        }
        return result;
}

int sock_connect(Process *process, int fd, const struct endpoint *remote)
{
        struct call call = call_begin(process, "connect", fd);
        Socket *socket = socket_of(&call);
        call_tell_endpoint(&call, remote);
        return (int)call_end(&call, socket == NULL ? -EBADF : connect_waiting(&call, socket, remote));
}

static ssize_t read_waiting(
        struct call *call, Socket *socket, void *bytes, size_t size, bool dont_wait, struct endpoint *remote)
{
        ssize_t result;
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        do {
                result = socket->ops->read(socket, bytes, size, remote);
        } while (try_again(call, socket, &result, dont_wait, READ_EVENTS));
        return result;
}

ssize_t sock_read(Process *process, int fd, void *bytes, size_t size)
{
        struct call call = call_begin(process, "read", fd);
        Socket *socket = socket_of(&call);
        call_tell(&call, "%zu bytes", size);
        return call_end(
                &call, socket == NULL ? -EBADF : read_waiting(&call, socket, bytes, size, false, NULL));
}

/* What has been taken counts; an error that comes later is left for the next call. */
static ssize_t write_waiting(struct call *call, Socket *socket, const uint8_t *bytes, size_t size,
        bool dont_wait, const struct endpoint *remote)
{
        size_t written = 0;
        ssize_t result;
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        do {
                if (written > 0 && (socket_ready(socket) & POLLERR) != 0)
                        break;
                result = socket->ops->write(socket, bytes + written, size - written, remote);
                if (result > 0)
                        written += (size_t)result;
                if (result > 0 && written < size)
                        result = -EAGAIN;
        } while (try_again(call, socket, &result, dont_wait, WRITE_EVENTS));
        return written > 0 && result != -ECANCELED ? (ssize_t)written : result;
}

ssize_t sock_write(Process *process, int fd, const void *bytes, size_t size)
{
        struct call call = call_begin(process, "write", fd);
        Socket *socket = socket_of(&call);
        call_tell(&call, "%zu bytes", size);
        return call_end(
                &call, socket == NULL ? -EBADF : write_waiting(&call, socket, bytes, size, false, NULL));
}

int sock_shutdown(Process *process, int fd, int how)
{
        static const char *const names[] = {
                [SHUT_RD] = "SHUT_RD", [SHUT_WR] = "SHUT_WR", [SHUT_RDWR] = "SHUT_RDWR"
        };
        struct call call = call_begin(process, "shutdown", fd);
        Socket *socket = socket_of(&call);
        call_tell(&call, "%s", how >= 0 && how < (int)G_N_ELEMENTS(names) ? names[how] : "unknown");
        return (int)call_end(&call, socket == NULL ? -EBADF : socket_shutdown(socket, how));
}

static void linger(const struct call *call, Socket *socket)
{
        time_ns deadline = process_now(call->process) + socket->settings.linger_time;
        socket_let_go(socket);
        while (socket_has_unacknowledged(socket)) {
                if (wait_for(call, socket, WAIT_FOR_ANYTHING, deadline) != 0)
                        return;
        }
}

int sock_close(Process *process, int fd)
{
        struct call call = call_begin(process, "close", fd);
        Socket *socket = socket_of(&call);
        if (socket == NULL)
                return (int)call_end(&call, -EBADF);
        program_remove_socket(process->program, fd);
        if (socket->connection != NULL && socket->settings.linger && socket->settings.linger_time > 0)
                linger(&call, socket);
        socket_close(socket);
        return (int)call_end(&call, 0);
}

int sock_getsockopt(Process *process, int fd, int level, int option, void *value, socklen_t *size)
{
        struct call call = call_begin(process, "getsockopt", fd);
        Socket *socket = socket_of(&call);
        call_tell(&call, "%s", socket_option_name(level, option));
        return (int)call_end(
                &call, socket == NULL ? -EBADF : socket_get_option(socket, level, option, value, size));
}

int sock_setsockopt(Process *process, int fd, int level, int option, const void *value, socklen_t size)
{
        struct call call = call_begin(process, "setsockopt", fd);
        Socket *socket = socket_of(&call);
        call_tell(&call, "%s", socket_option_name(level, option));
        return (int)call_end(
                &call, socket == NULL ? -EBADF : socket_set_option(socket, level, option, value, size));
}

int sock_getsockname(Process *process, int fd, struct endpoint *local)
{
        struct call call = call_begin(process, "getsockname", fd);
        Socket *socket = socket_of(&call);
        struct four_tuple tuple;
        bool is_connected;
        if (socket == NULL)
                return (int)call_end(&call, -EBADF);
        socket_names(socket, &tuple, &is_connected);
        *local = tuple.local;
        call_tell_endpoint(&call, local);
        return (int)call_end(&call, 0);
}

int sock_getpeername(Process *process, int fd, struct endpoint *remote)
{
        struct call call = call_begin(process, "getpeername", fd);
        Socket *socket = socket_of(&call);
        struct four_tuple tuple;
        bool is_connected = false;
        if (socket == NULL)
                return (int)call_end(&call, -EBADF);
        socket_names(socket, &tuple, &is_connected);
        if (!is_connected)
                return (int)call_end(&call, -ENOTCONN);
        *remote = tuple.remote;
        call_tell_endpoint(&call, remote);
        return (int)call_end(&call, 0);
}

/* ---- poll ---- */

static unsigned asked_events(const struct pollfd *poll)
{
        return (unsigned short)poll->events | POLL_ALWAYS;
}

/* Fills in the answers; returns how many are not empty. */
static int look(const struct program *program, struct pollfd *fds, nfds_t count)
{
        int found = 0;
        for (nfds_t i = 0; i < count; i++) {
                fds[i].revents = 0;
                if (fds[i].fd < 0)
                        continue;
                const Socket *socket = program_socket(program, fds[i].fd);
                fds[i].revents =
                        (short)(socket == NULL ? POLLNVAL : socket_ready(socket) & asked_events(&fds[i]));
                found += fds[i].revents != 0;
        }
        return found;
}

static enum process_waking wait_for_any(
        const struct call *call, const struct pollfd *fds, nfds_t count, time_ns deadline)
{
        struct waiter few[POLL_FEW];
        g_autofree struct waiter *many = count > POLL_FEW ? g_new(struct waiter, count) : NULL;
        struct waiter *waiters = many != NULL ? many : few;
        for (nfds_t i = 0; i < count; i++) {
                Socket *socket = program_socket(call->process->program, fds[i].fd);
                waiters[i].socket = NULL;
                if (socket != NULL)
                        socket_wait(socket, &waiters[i], call->process, asked_events(&fds[i]));
        }
        enum process_waking waking = process_wait(call->process, deadline, call->name, NULL);
        for (nfds_t i = 0; i < count; i++)
                socket_stop_waiting(&waiters[i]);
        return waking;
}

static int poll_waiting(const struct call *call, struct pollfd *fds, nfds_t count, int timeout_ms)
{
        time_ns deadline = timeout_ms < 0 ? TIME_NEVER : call->started + timeout_ms * MILLISECOND;
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        for (;;) {
                int found = look(call->process->program, fds, count);
                if (found > 0 || process_now(call->process) >= deadline)
                        return found;
                if (wait_for_any(call, fds, count, deadline) == PROCESS_CANCELLED)
                        return -ECANCELED;
        }
}

int sock_poll(Process *process, struct pollfd *fds, nfds_t count, int timeout_ms)
{
        struct call call = call_begin(process, "poll", -1);
        call_tell(&call, "%u sockets, %d ms", (unsigned)count, timeout_ms);
        return (int)call_end(&call, poll_waiting(&call, fds, count, timeout_ms));
}

/* ---- The rest ---- */

static int control(Socket *socket, int command, int flags)
{
        if (command == F_GETFL)
                return O_RDWR | (socket->is_nonblocking ? O_NONBLOCK : 0);
        if (command != F_SETFL)
                return -EINVAL;
        socket->is_nonblocking = (flags & O_NONBLOCK) != 0;
        return 0;
}

int sock_fcntl(Process *process, int fd, int command, int flags)
{
        struct call call = call_begin(process, "fcntl", fd);
        Socket *socket = socket_of(&call);
        call_tell(&call, "%s", command == F_GETFL ? "F_GETFL" : command == F_SETFL ? "F_SETFL" : "unknown");
        return (int)call_end(&call, socket == NULL ? -EBADF : control(socket, command, flags));
}

/* Nobody gets a SIGPIPE here, so MSG_NOSIGNAL asks for nothing. */
static int check_flags(const Socket *socket, int flags)
{
        if (socket == NULL)
                return -EBADF;
        return (flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) != 0 ? -EOPNOTSUPP : 0;
}

ssize_t sock_sendto(
        Process *process, int fd, const void *bytes, size_t size, int flags, const struct endpoint *remote)
{
        struct call call = call_begin(process, "sendto", fd);
        Socket *socket = socket_of(&call);
        char text[ENDPOINT_TEXT_SIZE];
        if (call.is_traced)
                call_tell(&call, "%zu bytes to %s", size,
                        remote != NULL ? endpoint_format(remote, text) : "its peer");
        ssize_t result = check_flags(socket, flags);
        if (result == 0)
                result = write_waiting(&call, socket, bytes, size, (flags & MSG_DONTWAIT) != 0, remote);
        return call_end(&call, result);
}

ssize_t sock_recvfrom(Process *process, int fd, void *bytes, size_t size, int flags, struct endpoint *remote)
{
        struct call call = call_begin(process, "recvfrom", fd);
        Socket *socket = socket_of(&call);
        struct endpoint from = { .port = 0 };
        char text[ENDPOINT_TEXT_SIZE];
        ssize_t result = check_flags(socket, flags);
        if (result == 0)
                result = read_waiting(&call, socket, bytes, size, (flags & MSG_DONTWAIT) != 0, &from);
        if (result >= 0 && remote != NULL)
                *remote = from;
        if (call.is_traced)
                call_tell(&call, "%zu bytes from %s", size,
                        result >= 0 ? endpoint_format(&from, text) : "anyone");
        return call_end(&call, result);
}

struct transfer *sock_transfer(Process *process, int fd)
{
        Socket *socket = program_socket(process->program, fd);
        return socket != NULL ? socket_transfer(socket) : NULL;
}
