/*
 * Waiting for many at once: poll(2) and epoll(7). POSIX.1-2017; Linux.
 */
#include <errno.h>
#include <limits.h>

#include "host/call_wait.h"
#include "host/process_private.h"

#define POLL_FEW    16 /* files waited for without asking for memory */
#define POLL_ALWAYS (POLLERR | POLLHUP)
#define EPOLL_MAX   (INT_MAX / (int)sizeof(struct epoll_event)) /* events that can be asked for */

static time_ns deadline_of(const struct call *call, int timeout_ms)
{
        return timeout_ms < 0 ? TIME_NEVER : call->started + timeout_ms * MILLISECOND;
}

/* ---- poll ---- */

static unsigned asked_events(const struct pollfd *poll)
{
        return (unsigned short)poll->events | POLL_ALWAYS;
}

static unsigned file_ready(struct open_file file)
{
        if (file.epoll != NULL)
                return epoll_is_ready(file.epoll) ? POLLIN | POLLRDNORM : 0;
        return file.socket != NULL ? socket_poll(file.socket) : POLLNVAL;
}

/* Fills in the answers; returns how many are not empty. */
static int look(const struct program *program, struct pollfd *fds, nfds_t count)
{
        int found = 0;
        for (nfds_t i = 0; i < count; i++) {
                fds[i].revents = 0;
                if (fds[i].fd < 0)
                        continue;
                unsigned ready = file_ready(program_file(program, fds[i].fd));
                fds[i].revents = (short)(ready & (asked_events(&fds[i]) | POLLNVAL));
                found += fds[i].revents != 0;
        }
        return found;
}

static GQueue *waiters_of(struct open_file file)
{
        return file.epoll != NULL ? epoll_waiters(file.epoll) : &file.socket->waiters;
}

static enum process_waking wait_for_any(
        const struct call *call, const struct pollfd *fds, nfds_t count, time_ns deadline)
{
        struct waiter few[POLL_FEW];
        g_autofree struct waiter *many = count > POLL_FEW ? g_new(struct waiter, count) : NULL;
        struct waiter *waiters = many != NULL ? many : few;
        for (nfds_t i = 0; i < count; i++) {
                waiters[i].queue = NULL;
                if (program_has_file(call->process->program, fds[i].fd))
                        waiter_join(&waiters[i], waiters_of(program_file(call->process->program, fds[i].fd)),
                                call->process, asked_events(&fds[i]));
        }
        enum process_waking waking = process_wait(call->process, deadline, call->name, NULL);
        for (nfds_t i = 0; i < count; i++)
                waiter_leave(&waiters[i]);
        return waking;
}

static int poll_waiting(const struct call *call, struct pollfd *fds, nfds_t count, int timeout_ms)
{
        time_ns deadline = deadline_of(call, timeout_ms);
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

/* ---- epoll ---- */

int sock_epoll_create(Process *process, int size)
{
        struct call call = call_begin(process, "epoll_create", -1);
        if (size <= 0)
                return (int)call_end(&call, -EINVAL);
        struct open_file file = { .epoll = epoll_new() };
        return (int)call_end(&call, program_add_file(process->program, file));
}

/* -EBADF comes first; epolls within epolls are refused as a socket's place in one. */
static int epoll_of(const struct call *call, Epoll **epoll)
{
        *epoll = program_file(call->process->program, call->fd).epoll;
        if (*epoll != NULL)
                return 0;
        return program_has_file(call->process->program, call->fd) ? -EINVAL : -EBADF;
}

static int control(const struct call *call, int operation, int fd, const struct epoll_event *event)
{
        Epoll *epoll;
        /* Linux copies the event before it looks at anything. */
        if (event == NULL && operation != EPOLL_CTL_DEL)
                return -EFAULT;
        const struct program *program = call->process->program;
        int error = epoll_of(call, &epoll);
        if (error == -EBADF || !program_has_file(program, fd))
                return -EBADF;
        Socket *socket = program_socket(program, fd);
        if (error != 0 || socket == NULL)
                return -EINVAL;
        return epoll_control(epoll, operation, fd, socket, event);
}

int sock_epoll_ctl(Process *process, int epoll, int operation, int fd, const struct epoll_event *event)
{
        static const char *const names[] = {
                [EPOLL_CTL_ADD] = "ADD", [EPOLL_CTL_MOD] = "MOD", [EPOLL_CTL_DEL] = "DEL"
        };
        struct call call = call_begin(process, "epoll_ctl", epoll);
        bool is_known = operation >= EPOLL_CTL_ADD && operation <= EPOLL_CTL_MOD;
        call_tell(&call, "%s %d", is_known ? names[operation] : "unknown", fd);
        return (int)call_end(&call, control(&call, operation, fd, event));
}

static enum process_waking wait_for_epoll(const struct call *call, Epoll *epoll, time_ns deadline)
{
        struct waiter waiter;
        waiter_join(&waiter, epoll_waiters(epoll), call->process, POLLIN);
        enum process_waking waking = process_wait(call->process, deadline, call->name, NULL);
        waiter_leave(&waiter);
        return waking;
}

static int epoll_waiting(const struct call *call, struct epoll_event *events, int count, int timeout_ms)
{
        time_ns deadline = deadline_of(call, timeout_ms);
        for (;;) {
                Epoll *epoll; /* another process may close it meanwhile */
                int error = epoll_of(call, &epoll);
                if (error != 0)
                        return error;
                if (count <= 0 || count > EPOLL_MAX)
                        return -EINVAL;
                int taken = epoll_take(epoll, events, count);
                if (taken > 0 || process_now(call->process) >= deadline)
                        return taken;
                if (wait_for_epoll(call, epoll, deadline) == PROCESS_CANCELLED)
                        return -ECANCELED;
        }
}

int sock_epoll_wait(Process *process, int epoll, struct epoll_event *events, int count, int timeout_ms)
{
        struct call call = call_begin(process, "epoll_wait", epoll);
        call_tell(&call, "%d events, %d ms", count, timeout_ms);
        return (int)call_end(&call, epoll_waiting(&call, events, count, timeout_ms));
}
