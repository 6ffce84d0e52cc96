/*
 * Socket calls that wait: found by descriptor, tried, and tried again when their socket has become ready.
 */
#ifndef INORDER_CALL_WAIT_H
#define INORDER_CALL_WAIT_H

#include "host/call_trace.h"

#define WAIT_TO_CONNECT (POLLOUT | POLLERR | POLLHUP)
#define WAIT_TO_READ    (POLLIN | POLLRDHUP | POLLERR | POLLHUP)
#define WAIT_TO_WRITE   (POLLOUT | POLLERR | POLLHUP)

/* The socket that the call is about. NULL: there is none, and call_no_socket() says why: -EBADF or -ENOTSOCK. */
Socket *call_socket(const struct call *call);
int call_no_socket(const struct call *call);

/* Wait until one of `events` may be true. 0, or a negative errno: -ETIMEDOUT, -EBADF when the socket has been closed
 * meanwhile, -ECANCELED at the end of the run. */
int call_wait(const struct call *call, Socket *socket, unsigned events, time_ns deadline);

/* Until when the call waits for its socket: TIME_NEVER without SO_RCVTIMEO or SO_SNDTIMEO; a time that is over when
 * it must not wait at all. `flags`: MSG_DONTWAIT. */
time_ns call_read_deadline(const struct call *call, const Socket *socket, int flags);
time_ns call_write_deadline(const struct call *call, const Socket *socket, int flags);

/* After a try that gave -EAGAIN: true when it is worth another, having waited; else `*result` is the call's. */
bool call_try_again(
        const struct call *call, Socket *socket, ssize_t *result, unsigned events, time_ns deadline);

#endif
