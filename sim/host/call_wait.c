/*
 * Waiting within a socket call.
 */
#include "host/call_wait.h"

#include <errno.h>

#include "host/process_private.h"

Socket *call_socket(const struct call *call)
{
        return program_socket(call->process->program, call->fd);
}

int call_no_socket(const struct call *call)
{
        return program_has_file(call->process->program, call->fd) ? -ENOTSOCK : -EBADF;
}

int call_wait(const struct call *call, Socket *socket, unsigned events, time_ns deadline)
{
        struct waiter waiter;
        if (process_is_cancelled(call->process))
                return -ECANCELED;
        waiter_join(&waiter, &socket->waiters, call->process, events);
        enum process_waking waking = process_wait(call->process, deadline, call->name, socket);
        bool is_gone = waiter.queue == NULL;
        waiter_leave(&waiter);
        if (waking == PROCESS_CANCELLED)
                return -ECANCELED;
        if (is_gone)
                return -EBADF;
        return waking == PROCESS_TIMED_OUT ? -ETIMEDOUT : 0;
}

static time_ns deadline_of(const struct call *call, const Socket *socket, duration_ns timeout, int flags)
{
        if (socket->is_nonblocking || (flags & MSG_DONTWAIT) != 0 || timeout == SOCKET_DOES_NOT_WAIT)
                return call->started;
        bool is_endless = timeout == 0 || timeout > TIME_NEVER - call->started;
        return is_endless ? TIME_NEVER : call->started + timeout;
}

time_ns call_read_deadline(const struct call *call, const Socket *socket, int flags)
{
        return deadline_of(call, socket, socket->receive_timeout, flags);
}

time_ns call_write_deadline(const struct call *call, const Socket *socket, int flags)
{
        return deadline_of(call, socket, socket->send_timeout, flags);
}

bool call_try_again(
        const struct call *call, Socket *socket, ssize_t *result, unsigned events, time_ns deadline)
{
        if (*result != -EAGAIN || deadline <= process_now(call->process))
                return false;
        int error = call_wait(call, socket, events, deadline);
        *result = error == -ETIMEDOUT ? -EAGAIN : error;
        return error == 0;
}
