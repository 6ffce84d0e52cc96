/*
 * What calls on stream sockets return, in every situation a socket gets into: dialogues of calls of two
 * programs. Every line has been asked of Linux 6.18 over its loopback, and is its answer.
 */
#include "two_hosts.h"

#include <check.h>
#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#define PORT      80
#define FREE_PORT 81 /* where nobody listens */
#define ROOM      1000

enum call {
        END,
        SOCKET,    /* a new one takes the place of the last */
        LISTENING, /* socket, bind, listen with this backlog */
        ACCEPTED,  /* the connection takes the place of the listener, which stays open */
        CONNECTED, /* socket, connect */
        CONNECT,   /* to the port */
        UNSPEC,
        BIND, /* to the port */
        LISTEN,
        ACCEPT, /* and close what it gives */
        READ,
        WRITE,
        RECV0,
        PEEK,
        TRUNCATE,
        PEEK_LENGTH, /* MSG_PEEK | MSG_TRUNC */
        WAIT_ALL,
        DONT_WAIT,
        OUT_OF_BAND,
        NOTICE, /* MSG_ERRQUEUE */
        POLL,
        SHUT,
        RESET, /* SO_LINGER of 0 s, close */
        CLOSE,
        NONBLOCKING,
        RECEIVE_MS, /* SO_RCVTIMEO */
        SEND_MS,
        LOW_WATER,
        ERROR, /* SO_ERROR, told as a negative number */
        PEER_NAME,
        PORT_KEPT, /* whether getsockname tells a port */
        UNREAD,    /* SIOCINQ */
        UNACKNOWLEDGED,
        AT_MARK,
        SLEEP, /* ms */
        NOW,   /* ms since the start */
};

struct step {
        enum call call;
        int argument;
        int result; /* negative: an errno */
};

static struct two_hosts world;
static int finished;

static int negative(long result)
{
        return result < 0 ? -errno : (int)result;
}

static int set_time(Process *process, int fd, int option, int ms)
{
        struct timeval time = { ms / 1000, ms % 1000 * 1000 };
        return sock_setsockopt(process, fd, SOL_SOCKET, option, &time, sizeof time);
}

static int make_listening(Process *process, int *fd, int backlog)
{
        struct endpoint local = { .port = PORT };
        *fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        sock_bind(process, *fd, &local);
        return sock_listen(process, *fd, backlog);
}

static int make(Process *process, const struct step *step, int *fd)
{
        struct endpoint remote = server_end(PORT);
        if (step->call == LISTENING)
                return make_listening(process, fd, step->argument);
        if (step->call == ACCEPTED) {
                *fd = sock_accept(process, *fd, NULL);
                return *fd >= 0 ? 0 : -1;
        }
        *fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        return step->call == CONNECTED ? sock_connect(process, *fd, &remote) : 0;
}

static int accept_and_close(Process *process, int fd)
{
        int accepted = sock_accept(process, fd, NULL);
        return accepted < 0 ? -1 : sock_close(process, accepted);
}

static int poll_now(Process *process, int fd)
{
        struct pollfd poll = { .fd = fd, .events = 0x7fff };
        sock_poll(process, &poll, 1, 0);
        return poll.revents;
}

static int reset(Process *process, int fd)
{
        struct linger linger = { 1, 0 };
        sock_setsockopt(process, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        return sock_close(process, fd);
}

static int pending_error(Process *process, int fd)
{
        int error = 0;
        socklen_t size = sizeof error;
        sock_getsockopt(process, fd, SOL_SOCKET, SO_ERROR, &error, &size);
        return -error;
}

static int ask(Process *process, int fd, unsigned long request)
{
        int value = 0;
        int result = sock_ioctl(process, fd, request, &value);
        return result < 0 ? result : value;
}

static int move_bytes(Process *process, const struct step *step, int fd)
{
        static const int flags[] = { [PEEK] = MSG_PEEK,
                [TRUNCATE] = MSG_TRUNC,
                [WAIT_ALL] = MSG_WAITALL,
                [PEEK_LENGTH] = MSG_PEEK | MSG_TRUNC,
                [DONT_WAIT] = MSG_DONTWAIT,
                [OUT_OF_BAND] = MSG_OOB,
                [NOTICE] = MSG_ERRQUEUE };
        static char bytes[ROOM];
        size_t size = (size_t)step->argument;
        if (step->call == READ)
                return (int)sock_read(process, fd, bytes, size);
        if (step->call == WRITE)
                return (int)sock_write(process, fd, bytes, size);
        if (step->call == RECV0)
                return (int)sock_recv(process, fd, bytes, 0, 0);
        return (int)sock_recv(process, fd, bytes, size, flags[step->call]);
}

static int change(Process *process, const struct step *step, int fd)
{
        int value = step->argument;
        switch (step->call) {
        case NONBLOCKING:
                value = 1;
                return sock_ioctl(process, fd, FIONBIO, &value);
        case RECEIVE_MS:
                return set_time(process, fd, SO_RCVTIMEO, value);
        case SEND_MS:
                return set_time(process, fd, SO_SNDTIMEO, value);
        default:
                return sock_setsockopt(process, fd, SOL_SOCKET, SO_RCVLOWAT, &value, sizeof value);
        }
}

static int look(Process *process, const struct step *step, int fd)
{
        struct endpoint end;
        switch (step->call) {
        case POLL:
                return poll_now(process, fd);
        case ERROR:
                return pending_error(process, fd);
        case PEER_NAME:
                return sock_getpeername(process, fd, &end);
        case PORT_KEPT:
                return sock_getsockname(process, fd, &end) == 0 && end.port != 0;
        case UNREAD:
                return ask(process, fd, SIOCINQ);
        case UNACKNOWLEDGED:
                return ask(process, fd, SIOCOUTQ);
        case AT_MARK:
                return ask(process, fd, SIOCATMARK);
        case SLEEP:
                process_sleep(process, step->argument * MILLISECOND);
                return 0;
        default:
                return (int)(process_now(process) / MILLISECOND);
        }
}

static int begin_or_end(Process *process, const struct step *step, int fd)
{
        struct endpoint remote = server_end((uint16_t)step->argument);
        struct endpoint local = { .port = (uint16_t)step->argument };
        switch (step->call) {
        case CONNECT:
                return sock_connect(process, fd, &remote);
        case UNSPEC:
                return sock_connect(process, fd, NULL);
        case BIND:
                return sock_bind(process, fd, &local);
        case LISTEN:
                return sock_listen(process, fd, step->argument);
        case ACCEPT:
                return accept_and_close(process, fd);
        case SHUT:
                return sock_shutdown(process, fd, step->argument);
        case RESET:
                return reset(process, fd);
        default:
                return sock_close(process, fd);
        }
}

static int take_step(Process *process, const struct step *step, int *fd)
{
        if (step->call <= CONNECTED)
                return make(process, step, fd);
        if (step->call <= ACCEPT || (step->call >= SHUT && step->call <= CLOSE))
                return begin_or_end(process, step, *fd);
        if (step->call < POLL)
                return move_bytes(process, step, *fd);
        if (step->call >= NONBLOCKING && step->call <= LOW_WATER)
                return change(process, step, *fd);
        return look(process, step, *fd);
}

static void take_steps(Process *process, void *data)
{
        const struct step *steps = data;
        int fd = -1;
        for (const struct step *step = steps; step->call != END; step++) {
                bool is_plain = step->call == ERROR || step->call == POLL;
                long result = take_step(process, step, &fd);
                int seen = is_plain ? (int)result : negative(result);
                ck_assert_msg(seen == step->result, "step %d of %s: %d (%s), not %d (%s)",
                        (int)(step - steps), process_program(process), seen,
                        seen < 0 ? strerrorname_np(-seen) : "-", step->result,
                        step->result < 0 ? strerrorname_np(-step->result) : "-");
        }
        finished++;
}

/* ---- The dialogues ---- */

#define EVERYTHING_SHUT (POLLIN | POLLOUT | POLLHUP | POLLRDNORM | POLLWRNORM | POLLRDHUP)
#define READABLE        (POLLIN | POLLRDNORM)
#define WRITABLE        (POLLOUT | POLLWRNORM)

static const struct step unconnected[] = {
        { SOCKET, 0, 0 },
        { NONBLOCKING, 0, 0 },
        { READ, 1, -ENOTCONN },
        { READ, 0, 0 },
        { WRITE, 1, -EPIPE },
        { WRITE, 0, -EPIPE },
        { PEEK, 1, -ENOTCONN },
        { OUT_OF_BAND, 1, -EINVAL },
        { NOTICE, 1, -EAGAIN },
        { ACCEPT, 0, -EINVAL },
        { PEER_NAME, 0, -ENOTCONN },
        { POLL, 0, WRITABLE | POLLHUP },
        { UNSPEC, 0, 0 },
        { SHUT, SHUT_RD, -ENOTCONN },
        { POLL, 0, EVERYTHING_SHUT },
        { READ, 1, 0 },
        { SHUT, SHUT_WR, -ENOTCONN },
        { WRITE, 1, -EPIPE },
        { SHUT, 3, -EINVAL },
        { LISTEN, 1, 0 },
        { POLL, 0, 0 },
        { CONNECT, FREE_PORT, -EISCONN },
        { UNREAD, 0, -EINVAL },
        { UNACKNOWLEDGED, 0, -EINVAL },
        { AT_MARK, 0, 0 },
        { END, 0, 0 },
};

static const struct step listening[] = {
        { LISTENING, 0, 0 },
        { NONBLOCKING, 0, 0 },
        { LISTEN, 5, 0 },
        { BIND, 0, -EINVAL },
        { READ, 1, -ENOTCONN },
        { OUT_OF_BAND, 1, -ENOTCONN },
        { WRITE, 1, -EPIPE },
        { WRITE, 0, -EPIPE },
        { ACCEPT, 0, -EAGAIN },
        { SHUT, SHUT_WR, 0 },
        { SLEEP, 10, 0 },
        { POLL, 0, READABLE },
        { ACCEPT, 0, 0 },
        { SHUT, SHUT_RD, 0 },
        { ERROR, 0, 0 },
        { POLL, 0, WRITABLE | POLLHUP },
        { PORT_KEPT, 0, 1 },
        { ACCEPT, 0, -EINVAL },
        { LISTEN, 5, 0 },
        { PEER_NAME, 0, -ENOTCONN },
        { UNSPEC, 0, 0 },
        { ACCEPT, 0, -EINVAL },
        { END, 0, 0 },
};

static const struct step connecting_once[] = {
        { SLEEP, 1, 0 },
        { CONNECTED, 0, 0 },
        { SLEEP, 100, 0 },
        { END, 0, 0 },
};

static const struct step refused_and_looked_at[] = {
        { SOCKET, 0, 0 },
        { NONBLOCKING, 0, 0 },
        { CONNECT, FREE_PORT, -EINPROGRESS },
        { CONNECT, FREE_PORT, -EALREADY },
        { PEER_NAME, 0, -ENOTCONN },
        { READ, 1, -EAGAIN },
        { WRITE, 1, -EAGAIN },
        { POLL, 0, 0 },
        { SLEEP, 10, 0 },
        { POLL, 0, EVERYTHING_SHUT | POLLERR },
        { PEER_NAME, 0, -ENOTCONN },
        { READ, 1, -ECONNREFUSED },
        { POLL, 0, EVERYTHING_SHUT },
        { READ, 1, 0 },
        { WRITE, 1, -EPIPE },
        { LISTEN, 1, -EINVAL },
        { SHUT, SHUT_RDWR, -ENOTCONN },
        { END, 0, 0 },
};

static const struct step refused_and_connected_again[] = {
        { SOCKET, 0, 0 },
        { NONBLOCKING, 0, 0 },
        { CONNECT, FREE_PORT, -EINPROGRESS },
        { SLEEP, 10, 0 },
        { CONNECT, FREE_PORT, -ECONNREFUSED },
        { ERROR, 0, 0 },
        { POLL, 0, WRITABLE | POLLHUP },
        { PORT_KEPT, 0, 1 },
        { READ, 1, -ENOTCONN },
        { CONNECT, FREE_PORT, -EINPROGRESS },
        { SLEEP, 10, 0 },
        { ERROR, 0, -ECONNREFUSED },
        { CONNECT, FREE_PORT, -ECONNABORTED },
        { READ, 1, -ENOTCONN },
        { END, 0, 0 },
};

static const struct step refused[] = {
        { SOCKET, 0, 0 },
        { CONNECT, FREE_PORT, -ECONNREFUSED },
        { ERROR, 0, 0 },
        { POLL, 0, WRITABLE | POLLHUP },
        { READ, 1, -ENOTCONN },
        { WRITE, 1, -EPIPE },
        { BIND, 0, 0 },
        { LISTEN, 1, 0 },
        { END, 0, 0 },
};

static const struct step sending_six[] = {
        { LISTENING, 5, 0 },
        { ACCEPTED, 0, 0 },
        { CONNECT, FREE_PORT, -EISCONN },
        { WRITE, 6, 6 },
        { SLEEP, 100, 0 },
        { READ, 1, -ECONNRESET },
        { END, 0, 0 },
};

static const struct step reading_and_disconnecting[] = {
        { CONNECTED, 0, 0 },
        { NONBLOCKING, 0, 0 },
        { CONNECT, FREE_PORT, -EISCONN },
        { LISTEN, 1, -EINVAL },
        { BIND, 0, -EINVAL },
        { READ, 1, -EAGAIN },
        { OUT_OF_BAND, 1, -EINVAL },
        { NOTICE, 1, -EAGAIN },
        { POLL, 0, WRITABLE },
        { SLEEP, 50, 0 },
        { POLL, 0, WRITABLE | READABLE },
        { UNREAD, 0, 6 },
        { PEEK, 3, 3 },
        { TRUNCATE, 2, 2 },
        { PEEK_LENGTH, ROOM, 4 },
        { READ, 2, 2 },
        { READ, 5, 2 },
        { RECV0, 0, -EAGAIN },
        { UNSPEC, 0, 0 },
        { POLL, 0, WRITABLE | POLLERR | POLLHUP },
        { PORT_KEPT, 0, 1 },
        { ERROR, 0, -ECONNRESET },
        { ERROR, 0, 0 },
        { READ, 1, -ENOTCONN },
        { POLL, 0, WRITABLE | POLLHUP },
        { CONNECT, FREE_PORT, -EINPROGRESS },
        { END, 0, 0 },
};

static const struct step resetting[] = {
        { LISTENING, 5, 0 },
        { ACCEPTED, 0, 0 },
        { RESET, 0, 0 },
        { END, 0, 0 },
};

static const struct step being_reset[] = {
        { CONNECTED, 0, 0 },
        { SLEEP, 10, 0 },
        { POLL, 0, EVERYTHING_SHUT | POLLERR },
        { PEER_NAME, 0, -ENOTCONN },
        { PORT_KEPT, 0, 1 },
        { CONNECT, FREE_PORT, -EISCONN },
        { LISTEN, 1, -EINVAL },
        { READ, 1, -ECONNRESET },
        { READ, 1, 0 },
        { WRITE, 1, -EPIPE },
        { WRITE, 0, -EPIPE },
        { SHUT, SHUT_WR, -ENOTCONN },
        { POLL, 0, EVERYTHING_SHUT },
        { UNREAD, 0, 0 },
        { UNSPEC, 0, 0 },
        { POLL, 0, WRITABLE | POLLHUP },
        { CONNECT, FREE_PORT, -ECONNREFUSED },
        { END, 0, 0 },
};

static const struct step sending_three_and_resetting[] = {
        { LISTENING, 5, 0 },
        { ACCEPTED, 0, 0 },
        { WRITE, 3, 3 },
        { SLEEP, 5, 0 },
        { RESET, 0, 0 },
        { END, 0, 0 },
};

static const struct step reset_with_bytes_and_written[] = {
        { CONNECTED, 0, 0 },
        { SLEEP, 50, 0 },
        { POLL, 0, EVERYTHING_SHUT | POLLERR },
        { WRITE, 1, -ECONNRESET },
        { WRITE, 1, -EPIPE },
        { READ, 10, 3 },
        { READ, 10, 0 },
        { END, 0, 0 },
};

static const struct step reset_with_bytes_and_read[] = {
        { CONNECTED, 0, 0 },
        { SLEEP, 50, 0 },
        { READ, 10, 3 },
        { READ, 10, -ECONNRESET },
        { READ, 10, 0 },
        { END, 0, 0 },
};

static const struct step closing[] = {
        { LISTENING, 5, 0 },
        { ACCEPTED, 0, 0 },
        { CLOSE, 0, 0 },
        { END, 0, 0 },
};

static const struct step writing_to_closed[] = {
        { CONNECTED, 0, 0 },
        { SLEEP, 10, 0 },
        { POLL, 0, READABLE | WRITABLE | POLLRDHUP },
        { READ, 1, 0 },
        { RECV0, 0, 0 },
        { WRITE, 1, 1 },
        { SLEEP, 10, 0 },
        { POLL, 0, EVERYTHING_SHUT | POLLERR },
        { WRITE, 1, -EPIPE },
        { WRITE, 1, -EPIPE },
        { READ, 1, 0 },
        { ERROR, 0, 0 },
        { SHUT, SHUT_RDWR, -ENOTCONN },
        { END, 0, 0 },
};

static const struct step reading_from_closed[] = {
        { CONNECTED, 0, 0 },
        { SLEEP, 10, 0 },
        { WRITE, 1, 1 },
        { SLEEP, 10, 0 },
        { READ, 1, 0 },
        { ERROR, 0, -EPIPE },
        { WRITE, 1, -EPIPE },
        { END, 0, 0 },
};

static const struct step answering_a_half_close[] = {
        { LISTENING, 5, 0 },
        { ACCEPTED, 0, 0 },
        { READ, 1, 0 },
        { WRITE, 3, 3 },
        { CLOSE, 0, 0 },
        { END, 0, 0 },
};

static const struct step half_closing[] = {
        { CONNECTED, 0, 0 },
        { SHUT, SHUT_WR, 0 },
        { SHUT, SHUT_WR, 0 },
        { WRITE, 1, -EPIPE },
        { WRITE, 0, -EPIPE },
        { POLL, 0, WRITABLE },
        { READ, 5, 3 },
        { SLEEP, 10, 0 },
        { POLL, 0, EVERYTHING_SHUT },
        { READ, 5, 0 },
        { SHUT, SHUT_RDWR, -ENOTCONN },
        { PEER_NAME, 0, -ENOTCONN },
        { CONNECT, FREE_PORT, -EISCONN },
        { END, 0, 0 },
};

static const struct step sending_three[] = {
        { LISTENING, 5, 0 },
        { ACCEPTED, 0, 0 },
        { SLEEP, 10, 0 },
        { WRITE, 3, 3 },
        { SLEEP, 200, 0 },
        { END, 0, 0 },
};

static const struct step not_reading_any_more[] = {
        { CONNECTED, 0, 0 },
        { SHUT, SHUT_RD, 0 },
        { POLL, 0, READABLE | WRITABLE | POLLRDHUP },
        { READ, 5, 0 },
        { SLEEP, 30, 0 },
        { POLL, 0, READABLE | WRITABLE | POLLRDHUP },
        { READ, 5, 3 },
        { READ, 5, 0 },
        { WRITE, 1, 1 },
        { SHUT, SHUT_RDWR, 0 },
        { POLL, 0, EVERYTHING_SHUT },
        { END, 0, 0 },
};

static const struct step accepting_late[] = {
        { LISTENING, 5, 0 },
        { SLEEP, 50, 0 },
        { POLL, 0, READABLE },
        { ACCEPTED, 0, 0 },
        { POLL, 0, EVERYTHING_SHUT | POLLERR },
        { PEER_NAME, 0, -ENOTCONN },
        { READ, 5, 2 },
        { READ, 5, -ECONNRESET },
        { READ, 5, 0 },
        { WRITE, 1, -EPIPE },
        { END, 0, 0 },
};

static const struct step not_waiting_to_be_accepted[] = {
        { CONNECTED, 0, 0 },
        { WRITE, 2, 2 },
        { SLEEP, 10, 0 },
        { RESET, 0, 0 },
        { END, 0, 0 },
};

/* 3 bytes at 13 ms; the connection stands at 2 ms. */
static const struct step waiting_for_all[] = {
        { CONNECTED, 0, 0 },
        { RECEIVE_MS, 50, 0 },
        { WAIT_ALL, 5, 3 },
        { NOW, 0, 52 },
        { READ, 5, -EAGAIN },
        { NOW, 0, 102 },
        { DONT_WAIT, 5, -EAGAIN },
        { NOW, 0, 102 },
        { END, 0, 0 },
};

static const struct step waiting_for_low_water[] = {
        { CONNECTED, 0, 0 },
        { RECEIVE_MS, 50, 0 },
        { LOW_WATER, 4, 0 },
        { SLEEP, 20, 0 },
        { POLL, 0, WRITABLE },
        { DONT_WAIT, 1, 1 },
        { READ, 5, 2 },
        { NOW, 0, 72 },
        { DONT_WAIT, 4, -EAGAIN },
        { END, 0, 0 },
};

static const struct step waiting_to_accept[] = {
        { LISTENING, 5, 0 },
        { RECEIVE_MS, 50, 0 },
        { ACCEPT, 0, -EAGAIN },
        { NOW, 0, 50 },
        { END, 0, 0 },
};

static const struct dialogue {
        const char *name;
        const struct step *client;
        const struct step *server; /* NULL: there is none */
} dialogues[] = {
        { "a socket that is not connected", unconnected, NULL },
        { "a listening socket", connecting_once, listening },
        { "a refusal that is looked at", refused_and_looked_at, NULL },
        { "a refusal that is asked for", refused_and_connected_again, NULL },
        { "a refusal that is waited for", refused, NULL },
        { "bytes, and a disconnection", reading_and_disconnecting, sending_six },
        { "a reset", being_reset, resetting },
        { "a write after bytes and a reset", reset_with_bytes_and_written, sending_three_and_resetting },
        { "a read after bytes and a reset", reset_with_bytes_and_read, sending_three_and_resetting },
        { "writing to who has closed", writing_to_closed, closing },
        { "reading from who has closed", reading_from_closed, closing },
        { "a half close", half_closing, answering_a_half_close },
        { "a reader that has enough", not_reading_any_more, sending_three },
        { "a child that is reset before it is accepted", not_waiting_to_be_accepted, accepting_late },
        { "waiting for all", waiting_for_all, sending_three },
        { "waiting for enough", waiting_for_low_water, sending_three },
        { "waiting to accept", waiting_to_accept, NULL },
};

START_TEST(calls_return_what_linux_returns)
{
        const struct dialogue *dialogue = &dialogues[_i];
        finished = 0;
        two_hosts_init(&world);
        two_hosts_open(&world);
        if (dialogue->server != NULL)
                two_hosts_start(world.server, "server", take_steps, (void *)dialogue->server);
        two_hosts_start(world.client, dialogue->name, take_steps, (void *)dialogue->client);
        two_hosts_run(&world);
        ck_assert_msg(finished == 1 + (dialogue->server != NULL), "%s", dialogue->name);
        two_hosts_close(&world);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/socket_calls");
        TCase *cases = tcase_create("socket_calls");
        tcase_add_loop_test(cases, calls_return_what_linux_returns, 0, G_N_ELEMENTS(dialogues));
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
