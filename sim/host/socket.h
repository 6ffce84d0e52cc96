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
#include <sys/socket.h>
#include "host/process.h"

/* ---- For processes ---- */

/* AF_INET; SOCK_STREAM or SOCK_DGRAM, with SOCK_NONBLOCK or not. The lowest free number from 3 on. */
int sock_socket(Process *process, int domain, int type, int protocol);
int sock_bind(Process *process, int fd, const struct endpoint *local);
int sock_listen(Process *process, int fd, int backlog);
/* `remote` may be NULL. */
int sock_accept(Process *process, int fd, struct endpoint *remote);
int sock_connect(Process *process, int fd, const struct endpoint *remote);
ssize_t sock_read(Process *process, int fd, void *bytes, size_t size);
/* Waits until all is taken, as a blocking write does. */
ssize_t sock_write(Process *process, int fd, const void *bytes, size_t size);
int sock_shutdown(Process *process, int fd, int how);
/* With SO_LINGER and a time: waits until all is acknowledged or the time is over. */
int sock_close(Process *process, int fd);
int sock_getsockopt(Process *process, int fd, int level, int option, void *value, socklen_t *size);
int sock_setsockopt(Process *process, int fd, int level, int option, const void *value, socklen_t size);
int sock_getsockname(Process *process, int fd, struct endpoint *local);
int sock_getpeername(Process *process, int fd, struct endpoint *remote);
int sock_poll(Process *process, struct pollfd *fds, nfds_t count, int timeout_ms);
/* F_GETFL, and F_SETFL with O_NONBLOCK. */
int sock_fcntl(Process *process, int fd, int command, int flags);
ssize_t sock_sendto(
        Process *process, int fd, const void *bytes, size_t size, int flags, const struct endpoint *remote);
ssize_t sock_recvfrom(Process *process, int fd, void *bytes, size_t size, int flags, struct endpoint *remote);
/* Whose traffic the connection carries: the far end's transfer if that end is ours and has one (the proof
 * book's stream towards us tells), else the socket's own. NULL: nobody's. A server learns so for whom it
 * works. */
struct transfer *sock_transfer(Process *process, int fd);

/* ---- Without a process ---- */

typedef struct Socket Socket;

/* Errors are negative errno values. `tcp` NULL: the host's settings. */
Socket *socket_new(Host *host, int type, struct transfer *transfer, const struct tcp_settings *tcp);
int socket_bind(Socket *socket, const struct endpoint *local);
int socket_listen(Socket *socket, int backlog);
Socket *socket_accept(Socket *socket, int *error);
int socket_connect(Socket *socket, const struct endpoint *remote); /* -EINPROGRESS: has begun */
ssize_t socket_read(Socket *socket, void *bytes, size_t size);
ssize_t socket_write(Socket *socket, const void *bytes, size_t size);
int socket_shutdown(Socket *socket, int how);
/* The socket is gone after this; what it wrote still goes out. */
void socket_close(Socket *socket);
/* As sock_transfer. */
struct transfer *socket_transfer(Socket *socket);
/* Bytes that socket_write would take now: what a program should make. */
size_t socket_room(const Socket *socket);
/* POLLIN, POLLOUT, POLLHUP, POLLRDHUP, POLLERR. */
unsigned socket_ready(const Socket *socket);

/* `ready` runs as an event of its own at the instant at which any of `events` becomes true, and again
 * whenever one newly does. It may close the socket. */
void socket_watch(Socket *socket, unsigned events, void (*ready)(void *data, unsigned events), void *data);

#endif
