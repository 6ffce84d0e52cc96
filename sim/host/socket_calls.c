/*
 * The calls that programs make: descriptors, waiting, errno. POSIX.1-2017; where that leaves room, Linux's
 * answers.
 *
 * Each is the socket_* function of the same name, tried again whenever the socket has become ready.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "host/call_wait.h"
#include "host/process_private.h"

#define SOCK_TYPE_MASK 0xf /* Linux's: of socket(2)'s type, what is no flag */

/* In Linux's order: __sys_socket(), __sock_create(), inet_create(). There are no raw sockets here. */
static int check_new(int domain, int type, int protocol)
{
        int kind = type & SOCK_TYPE_MASK;
        if ((type & ~(SOCK_TYPE_MASK | SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0)
                return -EINVAL;
        if (domain != AF_INET && domain != AF_INET6)
                return -EAFNOSUPPORT;
        if (kind > SOCK_PACKET || protocol < 0 || protocol >= IPPROTO_MAX)
                return -EINVAL;
        if (kind != SOCK_STREAM && kind != SOCK_DGRAM)
                return kind == SOCK_RAW ? -EPROTONOSUPPORT : -ESOCKTNOSUPPORT;
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
                socket->family = domain;
                call_tell(&call, "%s", socket->ops->name);
                result = program_add_file(program, (struct open_file){ .socket = socket });
        }
        return (int)call_end(&call, result);
}

int sock_bind(Process *process, int fd, const struct endpoint *local)
{
        struct call call = call_begin(process, "bind", fd);
        Socket *socket = call_socket(&call);
        call_tell_endpoint(&call, local);
        return (int)call_end(&call, socket == NULL ? call_no_socket(&call) : socket_bind(socket, local));
}

int sock_listen(Process *process, int fd, int backlog)
{
        struct call call = call_begin(process, "listen", fd);
        Socket *socket = call_socket(&call);
        call_tell(&call, "%d", backlog);
        return (int)call_end(&call, socket == NULL ? call_no_socket(&call) : socket_listen(socket, backlog));
}

static ssize_t accept_waiting(struct call *call, Socket *socket, struct endpoint *remote, int flags)
{
        Socket *accepted;
        ssize_t result;
        time_ns deadline = call_read_deadline(call, socket, 0);
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        do {
                int error = 0;
                accepted = socket_accept(socket, &error);
                result = error;
        } while (accepted == NULL && call_try_again(call, socket, &result, WAIT_TO_READ, deadline));
        if (accepted == NULL)
                return result;
        const struct endpoint *from = &accepted->connection->tuple.remote;
        if (remote != NULL)
                *remote = *from;
        call_tell_endpoint(call, from);
        call_concern(call, accepted);
        accepted->is_nonblocking = (flags & SOCK_NONBLOCK) != 0;
        return program_add_file(call->process->program, (struct open_file){ .socket = accepted });
}

int sock_accept(Process *process, int fd, struct endpoint *remote)
{
        return sock_accept4(process, fd, remote, 0);
}

int sock_accept4(Process *process, int fd, struct endpoint *remote, int flags)
{
        struct call call = call_begin(process, "accept", fd);
        Socket *socket = call_socket(&call);
        ssize_t result = -EINVAL;
        if (socket == NULL)
                result = call_no_socket(&call);
        else if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) == 0)
                result = accept_waiting(&call, socket, remote, flags);
        return (int)call_end(&call, result);
}

/* Time is over: it goes on without the caller. */
static int connect_waiting(struct call *call, Socket *socket, const struct endpoint *remote)
{
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        time_ns deadline = call_write_deadline(call, socket, 0);
        int result = socket_connect(socket, remote);
        while ((result == -EINPROGRESS || result == -EALREADY) && deadline > process_now(call->process)) {
                int error = call_wait(call, socket, WAIT_TO_CONNECT, deadline);
                if (error != 0)
                        return error == -ETIMEDOUT ? result : error;
                int outcome = socket_connect(socket, remote);
                result = outcome == -EALREADY ? result : outcome;
        }
        return result;
}

int sock_connect(Process *process, int fd, const struct endpoint *remote)
{
        struct call call = call_begin(process, "connect", fd);
        Socket *socket = call_socket(&call);
        if (remote == NULL) {
                call_tell(&call, "AF_UNSPEC");
                return (int)call_end(
                        &call, socket == NULL ? call_no_socket(&call) : socket_disconnect(socket));
        }
        call_tell_endpoint(&call, remote);
        return (int)call_end(
                &call, socket == NULL ? call_no_socket(&call) : connect_waiting(&call, socket, remote));
}

int sock_shutdown(Process *process, int fd, int how)
{
        static const char *const names[] = {
                [SHUT_RD] = "SHUT_RD", [SHUT_WR] = "SHUT_WR", [SHUT_RDWR] = "SHUT_RDWR"
        };
        struct call call = call_begin(process, "shutdown", fd);
        Socket *socket = call_socket(&call);
        call_tell(&call, "%s", how >= 0 && how < (int)G_N_ELEMENTS(names) ? names[how] : "unknown");
        return (int)call_end(&call, socket == NULL ? call_no_socket(&call) : socket_shutdown(socket, how));
}

static void linger(const struct call *call, Socket *socket)
{
        time_ns deadline = process_now(call->process) + socket->settings.linger_time;
        socket_let_go(socket);
        while (socket_has_unacknowledged(socket)) {
                if (call_wait(call, socket, WAIT_FOR_ANYTHING, deadline) != 0)
                        return;
        }
}

static void close_socket(const struct call *call, Socket *socket)
{
        if (socket->connection != NULL && socket->settings.linger && socket->settings.linger_time > 0)
                linger(call, socket);
        socket_close(socket);
}

int sock_close(Process *process, int fd)
{
        struct call call = call_begin(process, "close", fd);
        struct open_file file = program_file(process->program, fd);
        if (!program_has_file(process->program, fd))
                return (int)call_end(&call, -EBADF);
        program_remove_file(process->program, fd);
        epoll_free(file.epoll);
        if (file.socket != NULL)
                close_socket(&call, file.socket);
        return (int)call_end(&call, 0);
}
int sock_getsockopt(Process *process, int fd, int level, int option, void *value, socklen_t *size)
{
        struct call call = call_begin(process, "getsockopt", fd);
        Socket *socket = call_socket(&call);
        call_tell(&call, "%s", socket_option_name(level, option));
        return (int)call_end(&call, socket == NULL ? call_no_socket(&call)
                                                   : socket_get_option(socket, level, option, value, size));
}

int sock_setsockopt(Process *process, int fd, int level, int option, const void *value, socklen_t size)
{
        struct call call = call_begin(process, "setsockopt", fd);
        Socket *socket = call_socket(&call);
        call_tell(&call, "%s", socket_option_name(level, option));
        return (int)call_end(&call, socket == NULL ? call_no_socket(&call)
                                                   : socket_set_option(socket, level, option, value, size));
}

int sock_getsockname(Process *process, int fd, struct endpoint *local)
{
        struct call call = call_begin(process, "getsockname", fd);
        Socket *socket = call_socket(&call);
        struct four_tuple tuple;
        bool is_connected;
        if (socket == NULL)
                return (int)call_end(&call, call_no_socket(&call));
        socket_names(socket, &tuple, &is_connected);
        *local = tuple.local;
        call_tell_endpoint(&call, local);
        return (int)call_end(&call, 0);
}

int sock_getpeername(Process *process, int fd, struct endpoint *remote)
{
        struct call call = call_begin(process, "getpeername", fd);
        Socket *socket = call_socket(&call);
        struct four_tuple tuple;
        bool is_connected;
        if (socket == NULL)
                return (int)call_end(&call, call_no_socket(&call));
        if (!socket->ops->has_peer(socket))
                return (int)call_end(&call, -ENOTCONN);
        socket_names(socket, &tuple, &is_connected);
        *remote = tuple.remote;
        call_tell_endpoint(&call, remote);
        return (int)call_end(&call, 0);
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
        Socket *socket = call_socket(&call);
        call_tell(&call, "%s", command == F_GETFL ? "F_GETFL" : command == F_SETFL ? "F_SETFL" : "unknown");
        return (int)call_end(&call, socket == NULL ? call_no_socket(&call) : control(socket, command, flags));
}

static int input_output_control(Socket *socket, unsigned long request, int *value)
{
        if (request != FIONBIO)
                return socket->ops->ioctl(socket, request, value);
        socket->is_nonblocking = *value != 0;
        return 0;
}

int sock_ioctl(Process *process, int fd, unsigned long request, int *value)
{
        static const struct {
                unsigned long request;
                const char *name;
        } names[] = { { SIOCINQ, "SIOCINQ" }, { SIOCOUTQ, "SIOCOUTQ" }, { SIOCOUTQNSD, "SIOCOUTQNSD" },
                { SIOCATMARK, "SIOCATMARK" }, { FIONBIO, "FIONBIO" } };
        struct call call = call_begin(process, "ioctl", fd);
        Socket *socket = call_socket(&call);
        const char *name = "unknown";
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                name = names[i].request == request ? names[i].name : name;
        call_tell(&call, "%s", name);
        if (socket == NULL)
                return (int)call_end(&call, program_has_file(process->program, fd) ? -EINVAL : -EBADF);
        return (int)call_end(&call, input_output_control(socket, request, value));
}

struct transfer *sock_transfer(Process *process, int fd)
{
        Socket *socket = program_socket(process->program, fd);
        return socket != NULL ? socket_transfer(socket) : NULL;
}
