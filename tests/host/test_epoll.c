/*
 * epoll: levels, edges, single shots, several at once, mistakes. Every answer is Linux 6.18's to the same
 * calls.
 */
#include "two_hosts.h"

#include <check.h>
#include <errno.h>
#include <sys/ioctl.h>

#define PORT   80
#define ROOM   4
#define NOBODY -1

static struct two_hosts world;
static int finished;

#define ck_assert_fails(call, error)                                                                         \
        do {                                                                                                 \
                errno = 0;                                                                                   \
                ck_assert_int_eq(call, -1);                                                                  \
                ck_assert_msg(errno == (error), "%s: %s, not %s", #call, strerrorname_np(errno), #error);    \
        } while (0)

static void run(process_main server, process_main client)
{
        two_hosts_init(&world);
        two_hosts_open(&world);
        finished = 0;
        if (server != NULL)
                two_hosts_start(world.server, "server", server, NULL);
        two_hosts_start(world.client, "client", client, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, server != NULL ? 2 : 1);
        two_hosts_close(&world);
}

static int change(Process *process, int epoll, int operation, int fd, uint32_t events)
{
        struct epoll_event event = { .events = events, .data = { .fd = fd } };
        return sock_epoll_ctl(process, epoll, operation, fd, &event);
}

/* At once, the first of those that are ready is `fd`, with these events. */
static void expect(Process *process, int epoll, int fd, uint32_t events)
{
        struct epoll_event got = { 0 };
        int count = sock_epoll_wait(process, epoll, &got, 1, 0);
        ck_assert_int_eq(count, fd == NOBODY ? 0 : 1);
        if (fd == NOBODY)
                return;
        ck_assert_int_eq(got.data.fd, fd);
        ck_assert_uint_eq(got.events, events);
}

static int stream(Process *process)
{
        return sock_socket(process, AF_INET, SOCK_STREAM, 0);
}

/* ---- Mistakes ---- */

static void make_mistakes(Process *process, void *data)
{
        struct epoll_event events[ROOM];
        int value;
        (void)data;
        int fd = stream(process);
        ck_assert_fails(sock_epoll_create(process, 0), EINVAL);
        int epoll = sock_epoll_create(process, 1);
        ck_assert_int_eq(epoll, fd + 1);
        ck_assert_fails(change(process, epoll, EPOLL_CTL_ADD, 99, POLLIN), EBADF);
        ck_assert_fails(change(process, 98, EPOLL_CTL_ADD, fd, POLLIN), EBADF);
        ck_assert_fails(change(process, fd, EPOLL_CTL_ADD, epoll, POLLIN), EINVAL);
        ck_assert_fails(change(process, epoll, EPOLL_CTL_ADD, epoll, POLLIN), EINVAL);
        ck_assert_fails(change(process, epoll, 9, fd, POLLIN), EINVAL);
        ck_assert_fails(change(process, epoll, EPOLL_CTL_MOD, fd, POLLIN), ENOENT);
        ck_assert_fails(change(process, epoll, EPOLL_CTL_DEL, fd, POLLIN), ENOENT);
        ck_assert_int_eq(change(process, epoll, EPOLL_CTL_ADD, fd, POLLIN), 0);
        ck_assert_fails(change(process, epoll, EPOLL_CTL_ADD, fd, POLLIN), EEXIST);
        ck_assert_fails(sock_epoll_wait(process, 98, events, 0, 0), EBADF);
        ck_assert_fails(sock_epoll_wait(process, epoll, events, 0, 0), EINVAL);
        ck_assert_fails(sock_epoll_wait(process, fd, events, ROOM, 0), EINVAL);
        ck_assert_fails(sock_read(process, epoll, events, 1), EINVAL);
        ck_assert_fails(sock_write(process, epoll, events, 1), EINVAL);
        ck_assert_fails(sock_recv(process, epoll, events, 1, 0), ENOTSOCK);
        ck_assert_fails(sock_shutdown(process, epoll, SHUT_WR), ENOTSOCK);
        ck_assert_fails(sock_ioctl(process, epoll, FIONREAD, &value), EINVAL);
        finished++;
}

START_TEST(mistakes_have_their_errors)
{
        run(NULL, make_mistakes);
}
END_TEST

/* ---- Levels ---- */

static void look_at_levels(Process *process, void *data)
{
        struct epoll_event events[ROOM];
        (void)data;
        int first = stream(process);
        int second = stream(process);
        int epoll = sock_epoll_create(process, 1);
        change(process, epoll, EPOLL_CTL_ADD, first, 0);
        expect(process, epoll, first, POLLHUP);
        change(process, epoll, EPOLL_CTL_MOD, first, POLLOUT);
        expect(process, epoll, first, POLLOUT | POLLHUP);
        change(process, epoll, EPOLL_CTL_MOD, first, POLLOUT | EPOLLONESHOT);
        expect(process, epoll, first, POLLOUT | POLLHUP);
        expect(process, epoll, NOBODY, 0);
        struct pollfd poll = { .fd = epoll, .events = POLLIN };
        ck_assert_int_eq(sock_poll(process, &poll, 1, 0), 0);
        change(process, epoll, EPOLL_CTL_MOD, first, POLLOUT);
        ck_assert_int_eq(sock_poll(process, &poll, 1, 0), 1);
        change(process, epoll, EPOLL_CTL_ADD, second, POLLOUT);
        expect(process, epoll, first, POLLOUT | POLLHUP);
        expect(process, epoll, second, POLLOUT | POLLHUP);
        expect(process, epoll, first, POLLOUT | POLLHUP);
        ck_assert_int_eq(sock_epoll_wait(process, epoll, events, ROOM, 0), 2);
        ck_assert_int_eq(sock_close(process, second), 0);
        ck_assert_int_eq(sock_epoll_wait(process, epoll, events, ROOM, 0), 1);
        ck_assert_fails(change(process, epoll, EPOLL_CTL_DEL, second, 0), EBADF);
        ck_assert_int_eq(sock_close(process, epoll), 0);
        ck_assert_fails(sock_epoll_wait(process, epoll, events, ROOM, 0), EBADF);
        finished++;
}

START_TEST(a_level_is_told_for_as_long_as_it_is_there)
{
        run(NULL, look_at_levels);
}
END_TEST

/* ---- Edges ---- */

static void look_at_edges(Process *process, void *data)
{
        struct endpoint local = { .port = PORT };
        char bytes[ROOM];
        (void)data;
        int listener = stream(process);
        sock_bind(process, listener, &local);
        sock_listen(process, listener, 5);
        int epoll = sock_epoll_create(process, 1);
        change(process, epoll, EPOLL_CTL_ADD, listener, POLLIN | EPOLLET);
        expect(process, epoll, NOBODY, 0);
        process_sleep(process, 10 * MILLISECOND);
        expect(process, epoll, listener, POLLIN);
        expect(process, epoll, NOBODY, 0);
        process_sleep(process, 10 * MILLISECOND);
        expect(process, epoll, listener, POLLIN); /* a second connection, at 11 ms */
        sock_close(process, sock_accept(process, listener, NULL));
        expect(process, epoll, NOBODY, 0);
        int fd = sock_accept(process, listener, NULL);
        change(process, epoll, EPOLL_CTL_ADD, fd, POLLIN | POLLRDHUP | EPOLLET);
        process_sleep(process, 10 * MILLISECOND);
        expect(process, epoll, fd, POLLIN); /* three bytes, at 21 ms */
        expect(process, epoll, NOBODY, 0);
        ck_assert_int_eq(sock_read(process, fd, bytes, 1), 1);
        expect(process, epoll, NOBODY, 0);
        process_sleep(process, 10 * MILLISECOND);
        expect(process, epoll, fd, POLLIN); /* one more, at 31 ms */
        process_sleep(process, 10 * MILLISECOND);
        expect(process, epoll, fd, POLLIN | POLLRDHUP);
        expect(process, epoll, NOBODY, 0);
        finished++;
}

static void make_edges(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        (void)data;
        process_sleep(process, MILLISECOND);
        sock_connect(process, stream(process), &remote);
        process_sleep(process, 10 * MILLISECOND);
        int fd = stream(process);
        sock_connect(process, fd, &remote);
        process_sleep(process, 8 * MILLISECOND);
        sock_write(process, fd, "abc", 3);
        process_sleep(process, 10 * MILLISECOND);
        sock_write(process, fd, "d", 1);
        process_sleep(process, 10 * MILLISECOND);
        sock_shutdown(process, fd, SHUT_WR);
        process_sleep(process, 50 * MILLISECOND);
        finished++;
}

START_TEST(an_edge_is_told_once_and_each_arrival_is_one)
{
        run(look_at_edges, make_edges);
}
END_TEST

/* ---- Waiting ---- */

static void wait_for_connection(Process *process, void *data)
{
        struct endpoint local = { .port = PORT };
        struct epoll_event event;
        (void)data;
        int listener = stream(process);
        int epoll = sock_epoll_create(process, 1);
        sock_bind(process, listener, &local);
        sock_listen(process, listener, 5);
        change(process, epoll, EPOLL_CTL_ADD, listener, POLLIN);
        ck_assert_int_eq(sock_epoll_wait(process, epoll, &event, 1, 0), 0);
        ck_assert_int_eq(sock_epoll_wait(process, epoll, &event, 1, 5), 0);
        ck_assert_int_eq(process_now(process), 5 * MILLISECOND);
        ck_assert_int_eq(sock_epoll_wait(process, epoll, &event, 1, -1), 1);
        ck_assert_int_eq(event.data.fd, listener);
        ck_assert_int_eq(process_now(process) / MILLISECOND, 13);
        struct pollfd poll = { .fd = epoll, .events = POLLIN };
        sock_close(process, sock_accept(process, listener, NULL));
        ck_assert_int_eq(sock_poll(process, &poll, 1, 1), 0);
        finished++;
}

static void connect_late(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        (void)data;
        process_sleep(process, 10 * MILLISECOND);
        sock_connect(process, stream(process), &remote);
        finished++;
}

START_TEST(a_wait_ends_with_the_first_event_or_its_time)
{
        run(wait_for_connection, connect_late);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/epoll");
        TCase *cases = tcase_create("epoll");
        tcase_add_test(cases, mistakes_have_their_errors);
        tcase_add_test(cases, a_level_is_told_for_as_long_as_it_is_there);
        tcase_add_test(cases, an_edge_is_told_once_and_each_arrival_is_one);
        tcase_add_test(cases, a_wait_ends_with_the_first_event_or_its_time);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
