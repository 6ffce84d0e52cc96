/*
 * The kernel's sockets. An endpoint becomes an address of the socket's own family: on an IPv6 socket an IPv4
 * address is mapped (RFC 4291 section 2.5.5.2), which is how an endpoint keeps it anyway.
 */
#include "drill/kernel_sockets.h"

#include "drill/kernel_callers.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

union address {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
};

static socklen_t address_from_endpoint(int fd, const struct endpoint *endpoint, union address *address)
{
        int domain = AF_INET;
        socklen_t size = sizeof domain;
        getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
        memset(address, 0, sizeof *address);
        if (domain == AF_INET6) {
                address->ipv6.sin6_family = AF_INET6;
                address->ipv6.sin6_port = htons(endpoint->port);
                memcpy(&address->ipv6.sin6_addr, endpoint->address.bytes, sizeof endpoint->address.bytes);
                return sizeof address->ipv6;
        }
        address->ipv4.sin_family = AF_INET;
        address->ipv4.sin_port = htons(endpoint->port);
        address->ipv4.sin_addr.s_addr = htonl(ip_address_to_ipv4(&endpoint->address));
        return sizeof address->ipv4;
}

static void endpoint_from_address(const union address *address, socklen_t size, struct endpoint *endpoint)
{
        if (endpoint == NULL)
                return;
        memset(endpoint, 0, sizeof *endpoint);
        if (size >= sizeof address->ipv6 && address->any.sa_family == AF_INET6) {
                endpoint->port = ntohs(address->ipv6.sin6_port);
                memcpy(endpoint->address.bytes, &address->ipv6.sin6_addr, sizeof endpoint->address.bytes);
        } else if (size >= sizeof address->ipv4 && address->any.sa_family == AF_INET) {
                endpoint->port = ntohs(address->ipv4.sin_port);
                endpoint->address = ip_address_from_ipv4(ntohl(address->ipv4.sin_addr.s_addr));
        }
}

/* Harmless to a socket that is not TCP's. */
static void give_congestion(Caller *caller, int fd)
{
        char algorithm[CONGESTION_NAME_SIZE];
        caller_congestion(caller, algorithm);
        if (algorithm[0] != '\0')
                setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, algorithm, strlen(algorithm));
}

static int kernel_socket(Caller *caller, int domain, int type, int protocol)
{
        int fd = caller_left(caller, caller_enters(caller) ? socket(domain, type, protocol) : -1);
        if (fd >= 0)
                give_congestion(caller, fd);
        return caller_made(caller, fd);
}

static int kernel_bind(Caller *caller, int fd, const struct endpoint *local)
{
        union address address;
        socklen_t size = address_from_endpoint(fd, local, &address);
        return caller_left(caller, caller_enters(caller) ? bind(fd, &address.any, size) : -1);
}

static int kernel_listen(Caller *caller, int fd, int backlog)
{
        return caller_left(caller, caller_enters(caller) ? listen(fd, backlog) : -1);
}

static int kernel_accept(Caller *caller, int fd, struct endpoint *remote, int flags)
{
        union address address;
        socklen_t size = sizeof address;
        int child = caller_left(caller, caller_enters(caller) ? accept4(fd, &address.any, &size, flags) : -1);
        if (child >= 0)
                endpoint_from_address(&address, size, remote);
        return caller_made(caller, child);
}

static int kernel_connect(Caller *caller, int fd, const struct endpoint *remote)
{
        union address address = { .any.sa_family = AF_UNSPEC };
        socklen_t size = sizeof address.any;
        if (remote != NULL)
                size = address_from_endpoint(fd, remote, &address);
        return caller_left(caller, caller_enters(caller) ? connect(fd, &address.any, size) : -1);
}

static struct msghdr header_from_message(
        const struct stack_message *message, union address *name, socklen_t name_size)
{
        return (struct msghdr){
                .msg_name = message->name == NULL ? NULL : name,
                .msg_namelen = message->name == NULL ? 0 : name_size,
                .msg_iov = message->pieces,
                .msg_iovlen = message->piece_count,
                .msg_control = message->control,
                .msg_controllen = message->control_size,
        };
}

static ssize_t kernel_recvmsg(Caller *caller, int fd, struct stack_message *message, int flags)
{
        union address name = { 0 };
        struct msghdr header = header_from_message(message, &name, sizeof name);
        ssize_t size = caller_left(caller, caller_enters(caller) ? recvmsg(fd, &header, flags) : -1);
        if (size < 0)
                return size;
        endpoint_from_address(&name, header.msg_namelen, message->name);
        message->control_size = header.msg_controllen;
        message->flags = header.msg_flags;
        return size;
}

static ssize_t kernel_sendmsg(Caller *caller, int fd, struct stack_message *message, int flags)
{
        union address name;
        socklen_t size = message->name == NULL ? 0 : address_from_endpoint(fd, message->name, &name);
        struct msghdr header = header_from_message(message, &name, size);
        return caller_left(caller, caller_enters(caller) ? sendmsg(fd, &header, flags) : -1);
}

static ssize_t kernel_read(Caller *caller, int fd, void *bytes, size_t size)
{
        return caller_left(caller, caller_enters(caller) ? read(fd, bytes, size) : -1);
}

static ssize_t kernel_write(Caller *caller, int fd, const void *bytes, size_t size)
{
        return caller_left(caller, caller_enters(caller) ? write(fd, bytes, size) : -1);
}

static int kernel_shutdown(Caller *caller, int fd, int how)
{
        return caller_left(caller, caller_enters(caller) ? shutdown(fd, how) : -1);
}

static int kernel_close(Caller *caller, int fd)
{
        if (!caller_enters(caller))
                return -1;
        caller_gives_up(caller, fd); /* first: the number may be another's as soon as it is closed */
        return caller_left(caller, close(fd));
}

static int kernel_getsockopt(Caller *caller, int fd, int level, int option, void *value, socklen_t *size)
{
        return caller_left(caller, caller_enters(caller) ? getsockopt(fd, level, option, value, size) : -1);
}

static int kernel_setsockopt(Caller *caller, int fd, int level, int option, const void *value, socklen_t size)
{
        return caller_left(caller, caller_enters(caller) ? setsockopt(fd, level, option, value, size) : -1);
}

static int kernel_getsockname(Caller *caller, int fd, struct endpoint *local)
{
        union address address;
        socklen_t size = sizeof address;
        int result = caller_left(caller, caller_enters(caller) ? getsockname(fd, &address.any, &size) : -1);
        if (result == 0)
                endpoint_from_address(&address, size, local);
        return result;
}

static int kernel_getpeername(Caller *caller, int fd, struct endpoint *remote)
{
        union address address;
        socklen_t size = sizeof address;
        int result = caller_left(caller, caller_enters(caller) ? getpeername(fd, &address.any, &size) : -1);
        if (result == 0)
                endpoint_from_address(&address, size, remote);
        return result;
}

static int kernel_fcntl(Caller *caller, int fd, int command, long argument)
{
        return caller_left(caller, caller_enters(caller) ? fcntl(fd, command, argument) : -1);
}

static int kernel_ioctl(Caller *caller, int fd, unsigned long request, int *value)
{
        return caller_left(caller, caller_enters(caller) ? ioctl(fd, request, value) : -1);
}

static int kernel_poll(Caller *caller, struct pollfd *fds, nfds_t count, int timeout_ms)
{
        return caller_left(caller, caller_enters(caller) ? poll(fds, count, timeout_ms) : -1);
}

static int kernel_epoll_create(Caller *caller, int size)
{
        int fd = caller_left(caller, caller_enters(caller) ? epoll_create(size) : -1);
        return caller_made(caller, fd);
}

static int kernel_epoll_ctl(Caller *caller, int epoll, int operation, int fd, struct epoll_event *event)
{
        return caller_left(caller, caller_enters(caller) ? epoll_ctl(epoll, operation, fd, event) : -1);
}

static int kernel_epoll_wait(Caller *caller, int epoll, struct epoll_event *events, int count, int timeout_ms)
{
        return caller_left(caller, caller_enters(caller) ? epoll_wait(epoll, events, count, timeout_ms) : -1);
}

const struct stack_sockets kernel_sockets = {
        .socket = kernel_socket,
        .bind = kernel_bind,
        .listen = kernel_listen,
        .accept = kernel_accept,
        .connect = kernel_connect,
        .recvmsg = kernel_recvmsg,
        .sendmsg = kernel_sendmsg,
        .read = kernel_read,
        .write = kernel_write,
        .shutdown = kernel_shutdown,
        .close = kernel_close,
        .getsockopt = kernel_getsockopt,
        .setsockopt = kernel_setsockopt,
        .getsockname = kernel_getsockname,
        .getpeername = kernel_getpeername,
        .fcntl = kernel_fcntl,
        .ioctl = kernel_ioctl,
        .poll = kernel_poll,
        .epoll_create = kernel_epoll_create,
        .epoll_ctl = kernel_epoll_ctl,
        .epoll_wait = kernel_epoll_wait,
};
