/*
 * Sockets, with POSIX's names, meanings and errno values.
 *
 * The sock_* calls are what programs use: they wait (unless the socket is non-blocking), return -1 and set
 * errno. Names of options and flags are the C library's (sys/socket.h, netinet/tcp.h, poll.h). An address is
 * a `struct endpoint`. The socket_* functions below them never wait and need no process: for programs counted
 * by the ten thousand.
 */
#ifndef INORDER_SOCKET_H
#define INORDER_SOCKET_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include "host/process.h"
#include "wire/payload_source.h"

/* ---- For processes ---- */

/* AF_INET, or AF_INET6, which takes IPv4's traffic too unless IPV6_V6ONLY is set; SOCK_STREAM or SOCK_DGRAM, with
 * SOCK_NONBLOCK or not. The lowest free number from 3 on. */
int sock_socket(Process *process, int domain, int type, int protocol);
int sock_bind(Process *process, int fd, const struct endpoint *local);
int sock_listen(Process *process, int fd, int backlog);
/* `remote` may be NULL. */
int sock_accept(Process *process, int fd, struct endpoint *remote);
/* SOCK_NONBLOCK in `flags`: the new socket is. */
int sock_accept4(Process *process, int fd, struct endpoint *remote, int flags);
/* `remote` NULL: as connect(2) with AF_UNSPEC, which ends what the socket is connected to. */
int sock_connect(Process *process, int fd, const struct endpoint *remote);
int sock_shutdown(Process *process, int fd, int how);
/* With SO_LINGER and a time: waits until all is acknowledged or the time is over. */
int sock_close(Process *process, int fd);
int sock_getsockopt(Process *process, int fd, int level, int option, void *value, socklen_t *size);
int sock_setsockopt(Process *process, int fd, int level, int option, const void *value, socklen_t size);
int sock_getsockname(Process *process, int fd, struct endpoint *local);
int sock_getpeername(Process *process, int fd, struct endpoint *remote);
/* F_GETFL, and F_SETFL with O_NONBLOCK. */
int sock_fcntl(Process *process, int fd, int command, int flags);
/* SIOCINQ (FIONREAD), SIOCOUTQ (TIOCOUTQ), SIOCOUTQNSD, SIOCATMARK, FIONBIO. */
int sock_ioctl(Process *process, int fd, unsigned long request, int *value);

ssize_t sock_read(Process *process, int fd, void *bytes, size_t size);
/* The same where it does not matter in whose memory the bytes are: `*bytes` is `own`, or what all processes of the
 * world read into, which is warm, and good until this one makes another call. */
ssize_t sock_read_anywhere(Process *process, int fd, void *own, size_t size, void **bytes);
/* Waits until all is taken, as a blocking write does. */
ssize_t sock_write(Process *process, int fd, const void *bytes, size_t size);
/* The same for the source's bytes from `offset` on, which are not copied. */
ssize_t sock_write_source(Process *process, int fd, PayloadSource *source, uint64_t offset, size_t size);
/* Flags: MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MSG_OOB, MSG_DONTWAIT, MSG_ERRQUEUE; MSG_MORE, MSG_OOB, MSG_EOR,
 * MSG_NOSIGNAL, MSG_DONTWAIT. */
ssize_t sock_recv(Process *process, int fd, void *bytes, size_t size, int flags);
ssize_t sock_send(Process *process, int fd, const void *bytes, size_t size, int flags);
ssize_t sock_recvfrom(Process *process, int fd, void *bytes, size_t size, int flags, struct endpoint *remote);
ssize_t sock_sendto(
        Process *process, int fd, const void *bytes, size_t size, int flags, const struct endpoint *remote);

struct sock_message {
        struct iovec *pieces;
        size_t piece_count;
        struct endpoint *name; /* sending: NULL for the peer; receiving: where to put it, may be NULL */
        void *control;         /* struct cmsghdr, as cmsg(3) */
        size_t control_size;   /* room; then what was put there */
        int flags;             /* received: MSG_TRUNC, MSG_CTRUNC, MSG_OOB, MSG_ERRQUEUE */
};
ssize_t sock_recvmsg(Process *process, int fd, struct sock_message *message, int flags);
ssize_t sock_sendmsg(Process *process, int fd, const struct sock_message *message, int flags);

int sock_poll(Process *process, struct pollfd *fds, nfds_t count, int timeout_ms);
/* A descriptor of the same table, which can be polled and closed. */
int sock_epoll_create(Process *process, int size);
int sock_epoll_ctl(Process *process, int epoll, int operation, int fd, const struct epoll_event *event);
int sock_epoll_wait(Process *process, int epoll, struct epoll_event *events, int count, int timeout_ms);

/* Whose traffic the connection carries: the far end's transfer if that end is ours and has one (the proof
 * book's stream towards us tells), else the socket's own. NULL: nobody's. A server learns so for whom it
 * works. */
struct transfer *sock_transfer(Process *process, int fd);

/* ---- Without a process ---- */

typedef struct Socket Socket;

/* Errors are negative errno values. Of AF_INET. `tcp` NULL: the host's settings. */
Socket *socket_new(Host *host, int type, struct transfer *transfer, const struct tcp_settings *tcp);
int socket_bind(Socket *socket, const struct endpoint *local);
int socket_listen(Socket *socket, int backlog);
Socket *socket_accept(Socket *socket, int *error);
int socket_connect(Socket *socket, const struct endpoint *remote); /* -EINPROGRESS: has begun */
ssize_t socket_read(Socket *socket, void *bytes, size_t size);
ssize_t socket_write(Socket *socket, const void *bytes, size_t size);
/* Streams only. */
ssize_t socket_write_source(Socket *socket, PayloadSource *source, uint64_t offset, size_t size);
int socket_shutdown(Socket *socket, int how);
/* The socket is gone after this; what it wrote still goes out. */
void socket_close(Socket *socket);
/* As sock_transfer. */
struct transfer *socket_transfer(Socket *socket);
/* Bytes that socket_write would take now: what a program should make. */
size_t socket_room(const Socket *socket);
/* POLLIN, POLLOUT, POLLHUP, POLLRDHUP, POLLERR. */
unsigned socket_ready(const Socket *socket);
/* The same, told to somebody who will wait for what there is not. */
unsigned socket_poll(Socket *socket);

/* `ready` runs as an event of its own at the instant at which any of `events` becomes true, and again
 * whenever one newly does. It may close the socket. */
void socket_watch(Socket *socket, unsigned events, void (*ready)(void *data, unsigned events), void *data);

#endif
