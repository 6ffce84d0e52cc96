/*
 * One line each: from a caller to its process.
 */
#include "drill/simulated_sockets.h"

#include "host/socket.h"

#include <errno.h>

static int simulated_socket(Caller *caller, int domain, int type, int protocol)
{
        return sock_socket(caller->process, domain, type, protocol);
}

static int simulated_bind(Caller *caller, int fd, const struct endpoint *local)
{
        return sock_bind(caller->process, fd, local);
}

static int simulated_listen(Caller *caller, int fd, int backlog)
{
        return sock_listen(caller->process, fd, backlog);
}

static int simulated_accept(Caller *caller, int fd, struct endpoint *remote, int flags)
{
        return sock_accept4(caller->process, fd, remote, flags);
}

static int simulated_connect(Caller *caller, int fd, const struct endpoint *remote)
{
        return sock_connect(caller->process, fd, remote);
}

/* A kernel would find that out while copying; here no byte is ever copied from nowhere. */
static bool is_nowhere(const struct stack_message *message)
{
        for (size_t i = 0; i < message->piece_count; i++) {
                if (message->pieces[i].iov_base == NULL && message->pieces[i].iov_len > 0)
                        return true;
        }
        return false;
}

static int fault(void)
{
        errno = EFAULT;
        return -1;
}

/* As far as there is something to copy. */
static ssize_t read_to_nowhere(Caller *caller, int fd, int flags)
{
        uint8_t byte;
        ssize_t result = sock_recv(caller->process, fd, &byte, sizeof byte, flags | MSG_PEEK);
        return result > 0 ? fault() : result;
}

static struct sock_message message_of(const struct stack_message *message)
{
        return (struct sock_message){
                .pieces = message->pieces,
                .piece_count = message->piece_count,
                .name = message->name,
                .control = message->control,
                .control_size = message->control_size,
        };
}

static ssize_t simulated_recvmsg(Caller *caller, int fd, struct stack_message *message, int flags)
{
        if (is_nowhere(message))
                return read_to_nowhere(caller, fd, flags);
        struct sock_message received = message_of(message);
        ssize_t result = sock_recvmsg(caller->process, fd, &received, flags);
        message->control_size = received.control_size;
        message->flags = received.flags;
        return result;
}

static ssize_t simulated_sendmsg(Caller *caller, int fd, struct stack_message *message, int flags)
{
        if (is_nowhere(message))
                return fault();
        struct sock_message sent = message_of(message);
        return sock_sendmsg(caller->process, fd, &sent, flags);
}

static ssize_t simulated_read(Caller *caller, int fd, void *bytes, size_t size)
{
        if (bytes == NULL && size > 0)
                return read_to_nowhere(caller, fd, 0);
        return sock_read(caller->process, fd, bytes, size);
}

static ssize_t simulated_write(Caller *caller, int fd, const void *bytes, size_t size)
{
        return bytes == NULL && size > 0 ? fault() : sock_write(caller->process, fd, bytes, size);
}

static int simulated_shutdown(Caller *caller, int fd, int how)
{
        return sock_shutdown(caller->process, fd, how);
}

static int simulated_close(Caller *caller, int fd)
{
        return sock_close(caller->process, fd);
}

static int simulated_getsockopt(Caller *caller, int fd, int level, int option, void *value, socklen_t *size)
{
        return sock_getsockopt(caller->process, fd, level, option, value, size);
}

static int simulated_setsockopt(
        Caller *caller, int fd, int level, int option, const void *value, socklen_t size)
{
        return sock_setsockopt(caller->process, fd, level, option, value, size);
}

static int simulated_getsockname(Caller *caller, int fd, struct endpoint *local)
{
        return sock_getsockname(caller->process, fd, local);
}

static int simulated_getpeername(Caller *caller, int fd, struct endpoint *remote)
{
        return sock_getpeername(caller->process, fd, remote);
}

static int simulated_fcntl(Caller *caller, int fd, int command, long argument)
{
        return sock_fcntl(caller->process, fd, command, (int)argument);
}

static int simulated_ioctl(Caller *caller, int fd, unsigned long request, int *value)
{
        return sock_ioctl(caller->process, fd, request, value);
}

static int simulated_poll(Caller *caller, struct pollfd *fds, nfds_t count, int timeout_ms)
{
        return sock_poll(caller->process, fds, count, timeout_ms);
}

static int simulated_epoll_create(Caller *caller, int size)
{
        return sock_epoll_create(caller->process, size);
}

static int simulated_epoll_ctl(Caller *caller, int epoll, int operation, int fd, struct epoll_event *event)
{
        return sock_epoll_ctl(caller->process, epoll, operation, fd, event);
}

static int simulated_epoll_wait(
        Caller *caller, int epoll, struct epoll_event *events, int count, int timeout_ms)
{
        return sock_epoll_wait(caller->process, epoll, events, count, timeout_ms);
}

const struct stack_sockets simulated_sockets = {
        .socket = simulated_socket,
        .bind = simulated_bind,
        .listen = simulated_listen,
        .accept = simulated_accept,
        .connect = simulated_connect,
        .recvmsg = simulated_recvmsg,
        .sendmsg = simulated_sendmsg,
        .read = simulated_read,
        .write = simulated_write,
        .shutdown = simulated_shutdown,
        .close = simulated_close,
        .getsockopt = simulated_getsockopt,
        .setsockopt = simulated_setsockopt,
        .getsockname = simulated_getsockname,
        .getpeername = simulated_getpeername,
        .fcntl = simulated_fcntl,
        .ioctl = simulated_ioctl,
        .poll = simulated_poll,
        .epoll_create = simulated_epoll_create,
        .epoll_ctl = simulated_epoll_ctl,
        .epoll_wait = simulated_epoll_wait,
};
