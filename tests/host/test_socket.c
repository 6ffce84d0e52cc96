/*
 * Stream sockets as programs see them: POSIX's meanings and errno values, in straight-line programs.
 */
#include "two_hosts.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/time.h>

#define PORT 80

static struct two_hosts world;
static int finished;

#define ck_assert_fails(call, error)                                                                         \
        do {                                                                                                 \
                errno = 0;                                                                                   \
                ck_assert_int_eq(call, -1);                                                                  \
                ck_assert_msg(errno == (error), "%s: %s, not %s", #call, strerrorname_np(errno), #error);    \
        } while (0)

static void set_up(void)
{
        two_hosts_init(&world);
        finished = 0;
}

static void tear_down(void)
{
        two_hosts_close(&world);
}

/* Both programs run to their ends, each counting itself. */
static void run_both(process_main server, process_main client)
{
        two_hosts_open(&world);
        if (server != NULL)
                two_hosts_start(world.server, "server", server, NULL);
        two_hosts_start(world.client, "client", client, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, server != NULL ? 2 : 1);
}

static int stream(Process *process)
{
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_ge(fd, 3);
        return fd;
}

static int listening(Process *process, uint16_t port)
{
        struct endpoint local = { .port = port };
        int fd = stream(process);
        ck_assert_int_eq(sock_bind(process, fd, &local), 0);
        ck_assert_int_eq(sock_listen(process, fd, 5), 0);
        return fd;
}

static int accepted(Process *process)
{
        int fd = sock_accept(process, listening(process, PORT), NULL);
        ck_assert_int_ge(fd, 4);
        return fd;
}

static int connected(Process *process)
{
        struct endpoint remote = server_end(PORT);
        int fd = stream(process);
        ck_assert_int_eq(sock_connect(process, fd, &remote), 0);
        return fd;
}

static int number(Process *process, int fd, int level, int option)
{
        int value = -1;
        socklen_t size = sizeof value;
        ck_assert_int_eq(sock_getsockopt(process, fd, level, option, &value, &size), 0);
        ck_assert_uint_eq(size, sizeof value);
        return value;
}

static int set_number(Process *process, int fd, int level, int option, int value)
{
        return sock_setsockopt(process, fd, level, option, &value, sizeof value);
}

/* ---- Without a peer ---- */

static void new_sockets(Process *process, void *data)
{
        (void)data;
        ck_assert_fails(sock_socket(process, 77, SOCK_STREAM, 0), EAFNOSUPPORT);
        ck_assert_fails(sock_socket(process, AF_INET, 99, 0), EINVAL);
        ck_assert_fails(sock_socket(process, AF_INET, SOCK_RAW, 0), EPROTONOSUPPORT);
        ck_assert_fails(sock_socket(process, AF_INET, SOCK_RDM, 0), ESOCKTNOSUPPORT);
        ck_assert_fails(sock_socket(process, AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
        ck_assert_fails(sock_socket(process, AF_INET, SOCK_STREAM, -1), EINVAL);
        ck_assert_int_eq(sock_socket(process, AF_INET, SOCK_STREAM, IPPROTO_TCP), 3);
        ck_assert_int_eq(sock_socket(process, AF_INET, SOCK_STREAM, 0), 4);
        ck_assert_int_eq(sock_close(process, 3), 0);
        ck_assert_int_eq(sock_socket(process, AF_INET, SOCK_DGRAM, 0), 3);
        finished++;
}

START_TEST(the_lowest_free_descriptor_is_given)
{
        run_both(NULL, new_sockets);
}
END_TEST

static void bad_descriptors(Process *process, void *data)
{
        struct endpoint end = { .port = 1 };
        int value = 0;
        socklen_t size = sizeof value;
        (void)data;
        for (int fd = -1; fd < 6; fd++) {
                ck_assert_fails(sock_bind(process, fd, &end), EBADF);
                ck_assert_fails(sock_listen(process, fd, 1), EBADF);
                ck_assert_fails(sock_accept(process, fd, NULL), EBADF);
                ck_assert_fails(sock_connect(process, fd, &end), EBADF);
                ck_assert_fails(sock_read(process, fd, &value, 1), EBADF);
                ck_assert_fails(sock_write(process, fd, &value, 1), EBADF);
                ck_assert_fails(sock_sendto(process, fd, &value, 1, 0, &end), EBADF);
                ck_assert_fails(sock_recvfrom(process, fd, &value, 1, 0, &end), EBADF);
                ck_assert_fails(sock_shutdown(process, fd, SHUT_WR), EBADF);
                ck_assert_fails(sock_close(process, fd), EBADF);
                ck_assert_fails(sock_getsockname(process, fd, &end), EBADF);
                ck_assert_fails(sock_getpeername(process, fd, &end), EBADF);
                ck_assert_fails(sock_fcntl(process, fd, F_GETFL, 0), EBADF);
                ck_assert_fails(sock_getsockopt(process, fd, SOL_SOCKET, SO_TYPE, &value, &size), EBADF);
                ck_assert_fails(set_number(process, fd, SOL_SOCKET, SO_REUSEADDR, 1), EBADF);
        }
        finished++;
}

START_TEST(a_descriptor_that_is_none_is_ebadf)
{
        run_both(NULL, bad_descriptors);
}
END_TEST

static void unconnected(Process *process, void *data)
{
        struct endpoint end;
        char byte = 0;
        (void)data;
        int fd = stream(process);
        ck_assert_fails(sock_read(process, fd, &byte, 1), ENOTCONN);
        ck_assert_fails(sock_write(process, fd, &byte, 1), EPIPE);
        ck_assert_fails(sock_shutdown(process, fd, SHUT_WR), ENOTCONN);
        ck_assert_fails(sock_shutdown(process, fd, 7), EINVAL);
        ck_assert_fails(sock_getpeername(process, fd, &end), ENOTCONN);
        ck_assert_fails(sock_accept(process, fd, NULL), EINVAL);
        ck_assert_int_eq(sock_getsockname(process, fd, &end), 0);
        ck_assert_uint_eq(end.port, 0);
        struct pollfd poll = { .fd = fd, .events = POLLIN | POLLOUT };
        ck_assert_int_eq(sock_poll(process, &poll, 1, 0), 1);
        ck_assert_int_eq(poll.revents, POLLOUT | POLLHUP);
        finished++;
}

START_TEST(an_unconnected_socket_neither_reads_nor_writes)
{
        run_both(NULL, unconnected);
}
END_TEST

static void binding(Process *process, void *data)
{
        struct endpoint wild = { .port = PORT };
        struct endpoint own = client_end(PORT);
        struct endpoint foreign = server_end(PORT);
        struct endpoint any_port = { .port = 0 };
        struct endpoint got;
        (void)data;
        int first = stream(process);
        int second = stream(process);
        ck_assert_fails(sock_bind(process, first, &foreign), EADDRNOTAVAIL);
        ck_assert_int_eq(sock_bind(process, first, &wild), 0);
        ck_assert_fails(sock_bind(process, first, &own), EINVAL);
        ck_assert_fails(sock_bind(process, second, &own), EADDRINUSE);
        ck_assert_int_eq(set_number(process, second, SOL_SOCKET, SO_REUSEADDR, 1), 0);
        ck_assert_fails(sock_bind(process, second, &own), EADDRINUSE);
        ck_assert_int_eq(set_number(process, first, SOL_SOCKET, SO_REUSEADDR, 1), 0);
        ck_assert_int_eq(sock_bind(process, second, &own), 0);
        ck_assert_int_eq(sock_listen(process, first, 1), 0);
        ck_assert_fails(sock_listen(process, second, 1), EADDRINUSE);
        ck_assert_int_eq(sock_listen(process, first, 9), 0);
        int third = stream(process);
        ck_assert_int_eq(sock_bind(process, third, &any_port), 0);
        ck_assert_int_eq(sock_getsockname(process, third, &got), 0);
        ck_assert_uint_ge(got.port, 32768);
        ck_assert_int_eq(sock_close(process, first), 0);
        ck_assert_int_eq(sock_listen(process, second, 1), 0);
        finished++;
}

START_TEST(ports_are_bound_as_on_linux)
{
        run_both(NULL, binding);
}
END_TEST

/* ---- Options ---- */

static void other_options(Process *process, void *data)
{
        struct linger linger = { 1, 5 };
        char name[16] = "";
        char byte = 1;
        struct tcp_info info;
        socklen_t size = sizeof linger;
        (void)data;
        int fd = stream(process);
        ck_assert_int_eq(number(process, fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
        ck_assert_int_eq(number(process, fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
        ck_assert_int_eq(number(process, fd, SOL_SOCKET, SO_ERROR), 0);
        ck_assert_int_eq(number(process, fd, IPPROTO_TCP, TCP_MAXSEG), 536);
        ck_assert_int_eq(sock_setsockopt(process, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
        linger = (struct linger){ 0, 0 };
        ck_assert_int_eq(sock_getsockopt(process, fd, SOL_SOCKET, SO_LINGER, &linger, &size), 0);
        ck_assert(linger.l_onoff == 1 && linger.l_linger == 5);
        ck_assert_fails(sock_setsockopt(process, fd, SOL_SOCKET, SO_LINGER, &linger, 4), EINVAL);
        ck_assert_fails(sock_setsockopt(process, fd, IPPROTO_TCP, TCP_NODELAY, &byte, 1), EINVAL);
        ck_assert_int_eq(sock_setsockopt(process, fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4), 0);
        size = sizeof name;
        ck_assert_int_eq(sock_getsockopt(process, fd, IPPROTO_TCP, TCP_CONGESTION, name, &size), 0);
        ck_assert_str_eq(name, "reno");
        ck_assert_fails(sock_setsockopt(process, fd, IPPROTO_TCP, TCP_CONGESTION, "none", 4), ENOENT);
        size = sizeof info;
        ck_assert_int_eq(sock_getsockopt(process, fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
        ck_assert_uint_eq(info.tcpi_state, TCP_CLOSE);
        int datagram = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        ck_assert_fails(set_number(process, datagram, IPPROTO_TCP, TCP_NODELAY, 1), ENOPROTOOPT);
        ck_assert_int_eq(number(process, datagram, SOL_SOCKET, SO_RCVBUF), 212992);
        finished++;
}

START_TEST(options_that_are_more_than_numbers)
{
        run_both(NULL, other_options);
}
END_TEST

/* ---- Connecting ---- */

static void be_refused(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        char byte;
        (void)data;
        int fd = stream(process);
        ck_assert_fails(sock_connect(process, fd, &remote), ECONNREFUSED);
        ck_assert_int_eq(process_now(process) / MILLISECOND, 2);
        ck_assert_fails(sock_read(process, fd, &byte, 1), ENOTCONN);
        ck_assert_fails(sock_connect(process, fd, &remote), ECONNREFUSED);
        finished++;
}

START_TEST(connecting_to_a_port_without_listener_is_refused_each_time)
{
        run_both(NULL, be_refused);
        ck_assert_uint_eq(world.net.counts.dropped[DROP_NO_LISTENER], 2);
        ck_assert_uint_eq(host_connections(world.client), 0);
}
END_TEST

static void connect_to_nobody(Process *process, void *data)
{
        struct endpoint nobody = { ip_address_from_ipv4(0x0a000009), PORT };
        (void)data;
        ck_assert_fails(sock_connect(process, stream(process), &nobody), ETIMEDOUT);
        finished++;
}

START_TEST(connecting_to_nobody_times_out)
{
        run_both(NULL, connect_to_nobody);
        ck_assert_uint_eq(world.net.counts.dropped[DROP_NO_ROUTE], world.net.counts.sent);
        ck_assert_uint_gt(world.net.counts.sent, 5);
}
END_TEST

static int set_timeout(Process *process, int fd, int option, int ms)
{
        struct timeval time = { 0, ms * 1000 };
        return sock_setsockopt(process, fd, SOL_SOCKET, option, &time, sizeof time);
}

static void connect_impatiently(Process *process, void *data)
{
        struct endpoint nobody = { ip_address_from_ipv4(0x0a000009), PORT };
        (void)data;
        int fd = stream(process);
        ck_assert_int_eq(set_timeout(process, fd, SO_SNDTIMEO, 50), 0);
        ck_assert_fails(sock_connect(process, fd, &nobody), EINPROGRESS);
        ck_assert_int_eq(process_now(process), 50 * MILLISECOND);
        ck_assert_fails(sock_connect(process, fd, &nobody), EALREADY);
        ck_assert_int_eq(process_now(process), 100 * MILLISECOND);
        finished++;
}

START_TEST(connecting_goes_on_when_so_sndtimeo_is_over)
{
        run_both(NULL, connect_impatiently);
}
END_TEST

static void accept_and_wait_for_end(Process *process, void *data)
{
        char byte;
        (void)data;
        ck_assert_int_eq(sock_read(process, accepted(process), &byte, 1), 0);
        finished++;
}

static void connect_without_blocking(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        (void)data;
        int fd = stream(process);
        ck_assert_int_eq(sock_fcntl(process, fd, F_SETFL, O_NONBLOCK), 0);
        ck_assert_int_eq(sock_fcntl(process, fd, F_GETFL, 0), O_RDWR | O_NONBLOCK);
        ck_assert_fails(sock_connect(process, fd, &remote), EINPROGRESS);
        ck_assert_fails(sock_connect(process, fd, &remote), EALREADY);
        ck_assert_fails(sock_write(process, fd, "x", 1), EAGAIN);
        struct pollfd poll = { .fd = fd, .events = POLLOUT };
        ck_assert_int_eq(sock_poll(process, &poll, 1, 1), 0);
        ck_assert_int_eq(process_now(process), MILLISECOND);
        ck_assert_int_eq(sock_poll(process, &poll, 1, -1), 1);
        ck_assert_int_eq(poll.revents, POLLOUT);
        ck_assert_int_eq(number(process, fd, SOL_SOCKET, SO_ERROR), 0);
        ck_assert_int_eq(sock_connect(process, fd, &remote), 0);
        ck_assert_fails(sock_connect(process, fd, &remote), EISCONN);
        struct endpoint own = client_end(PORT);
        ck_assert_fails(sock_bind(process, fd, &remote), EADDRNOTAVAIL);
        ck_assert_fails(sock_bind(process, fd, &own), EINVAL);
        ck_assert_fails(sock_listen(process, fd, 1), EINVAL);
        finished++;
}

START_TEST(a_nonblocking_connect_is_polled_for)
{
        run_both(accept_and_wait_for_end, connect_without_blocking);
}
END_TEST

static void poll_for_refusal(Process *process, void *data)
{
        struct endpoint remote = server_end(PORT);
        (void)data;
        int fd = sock_socket(process, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        ck_assert_fails(sock_connect(process, fd, &remote), EINPROGRESS);
        struct pollfd poll[2] = { { .fd = -1, .events = POLLIN }, { .fd = fd, .events = POLLOUT } };
        ck_assert_int_eq(sock_poll(process, poll, 2, -1), 1);
        ck_assert(poll[0].revents == 0 && (poll[1].revents & POLLERR) != 0);
        ck_assert_int_eq(number(process, fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
        ck_assert_int_eq(number(process, fd, SOL_SOCKET, SO_ERROR), 0);
        struct pollfd none = { .fd = 99, .events = POLLIN };
        ck_assert_int_eq(sock_poll(process, &none, 1, -1), 1);
        ck_assert_int_eq(none.revents, POLLNVAL);
        finished++;
}

START_TEST(so_error_tells_of_a_refusal_once)
{
        run_both(NULL, poll_for_refusal);
}
END_TEST

/* ---- Reading, writing, ending ---- */

static void greet(Process *process, void *data)
{
        char bytes[10];
        (void)data;
        int fd = accepted(process);
        ck_assert_int_eq(sock_read(process, fd, bytes, sizeof bytes), 5);
        ck_assert_mem_eq(bytes, "hello", 5);
        ck_assert_int_eq(sock_read(process, fd, bytes, sizeof bytes), 0);
        ck_assert_int_eq(sock_read(process, fd, bytes, sizeof bytes), 0);
        ck_assert_int_eq(sock_write(process, fd, "welcome", 7), 7);
        ck_assert_int_eq(sock_close(process, fd), 0);
        finished++;
}

static void be_greeted(Process *process, void *data)
{
        char bytes[10];
        struct endpoint local, remote;
        (void)data;
        int fd = connected(process);
        ck_assert_int_eq(sock_getsockname(process, fd, &local), 0);
        ck_assert_int_eq(sock_getpeername(process, fd, &remote), 0);
        struct endpoint expected = server_end(PORT);
        ck_assert(endpoint_equal(&remote, &expected));
        ck_assert_uint_ge(local.port, 32768);
        ck_assert_int_eq(sock_write(process, fd, "hello", 5), 5);
        ck_assert_int_eq(sock_write(process, fd, "", 0), 0);
        ck_assert_int_eq(sock_read(process, fd, bytes, 0), 0);
        ck_assert_int_eq(sock_shutdown(process, fd, SHUT_WR), 0);
        ck_assert_fails(sock_write(process, fd, "more", 4), EPIPE);
        ck_assert_int_eq(sock_read(process, fd, bytes, sizeof bytes), 7);
        ck_assert_int_eq(sock_read(process, fd, bytes, sizeof bytes), 0);
        ck_assert_int_eq(sock_close(process, fd), 0);
        finished++;
}

START_TEST(a_half_closed_connection_carries_the_other_half)
{
        run_both(greet, be_greeted);
        ck_assert_uint_eq(host_connections(world.client) + host_connections(world.server), 0);
        ck_assert_uint_eq(host_time_waits(world.client), 0);
}
END_TEST

#define STREAM_SIZE 100000

static void write_stream(Process *process, void *data)
{
        uint8_t bytes[STREAM_SIZE];
        int fd = accepted(process);
        (void)data;
        for (unsigned i = 0; i < STREAM_SIZE; i++)
                bytes[i] = stream_byte(i);
        ck_assert_int_eq(sock_write(process, fd, bytes, sizeof bytes), sizeof bytes);
        ck_assert_int_eq(sock_close(process, fd), 0);
        finished++;
}

/* Whoever waits for more than a byte waits with what he has got. */
static void read_anywhere(Process *process, void *data)
{
        uint8_t own[5000];
        void *bytes;
        ssize_t size;
        unsigned total = 0;
        int fd = connected(process);
        (void)data;
        while ((size = sock_read_anywhere(process, fd, own, sizeof own, &bytes)) > 0) {
                ck_assert((bytes == own) == (total > STREAM_SIZE / 2));
                for (ssize_t i = 0; i < size; i++)
                        ck_assert_uint_eq(((uint8_t *)bytes)[i], stream_byte(total++));
                set_number(process, fd, SOL_SOCKET, SO_RCVLOWAT, total > STREAM_SIZE / 2 ? 3000 : 1);
        }
        ck_assert_int_eq(size, 0);
        ck_assert_uint_eq(total, STREAM_SIZE);
        ck_assert_fails(sock_read_anywhere(process, fd + 1, own, sizeof own, &bytes), EBADF);
        finished++;
}

START_TEST(what_is_read_anywhere_is_what_was_written)
{
        run_both(write_stream, read_anywhere);
}
END_TEST

static void reset_when_spoken_to(Process *process, void *data)
{
        struct linger linger = { 1, 0 };
        char byte;
        (void)data;
        int fd = accepted(process);
        ck_assert_int_eq(sock_read(process, fd, &byte, 1), 1);
        sock_setsockopt(process, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        ck_assert_int_eq(sock_close(process, fd), 0);
        finished++;
}

static void read_after_reset(Process *process, void *data)
{
        char byte;
        (void)data;
        int fd = connected(process);
        ck_assert_int_eq(sock_write(process, fd, "x", 1), 1);
        ck_assert_fails(sock_read(process, fd, &byte, 1), ECONNRESET);
        ck_assert_int_eq(sock_read(process, fd, &byte, 1), 0);
        ck_assert_fails(sock_write(process, fd, "x", 1), EPIPE);
        finished++;
}

START_TEST(a_reset_is_read_once)
{
        run_both(reset_when_spoken_to, read_after_reset);
}
END_TEST

static void write_after_reset(Process *process, void *data)
{
        (void)data;
        int fd = connected(process);
        ck_assert_int_eq(sock_write(process, fd, "x", 1), 1);
        process_sleep(process, SECOND);
        ck_assert_fails(sock_write(process, fd, "x", 1), ECONNRESET);
        ck_assert_fails(sock_write(process, fd, "x", 1), EPIPE);
        finished++;
}

START_TEST(a_reset_is_written_into_once)
{
        run_both(reset_when_spoken_to, write_after_reset);
}
END_TEST

static void read_nothing_and_close(Process *process, void *data)
{
        (void)data;
        int fd = accepted(process);
        process_sleep(process, SECOND);
        ck_assert_int_eq(sock_close(process, fd), 0);
        finished++;
}

/* The write waits for room until the reset comes: what was taken counts, the error comes next. */
static void write_until_reset(Process *process, void *data)
{
        static uint8_t bytes[10000000];
        (void)data;
        int fd = connected(process);
        ssize_t written = sock_write(process, fd, bytes, sizeof bytes);
        ck_assert_int_gt(written, 0);
        ck_assert_int_lt(written, sizeof bytes);
        ck_assert_int_eq(process_now(process) / SECOND, 1);
        ck_assert_fails(sock_write(process, fd, bytes, 1), ECONNRESET);
        ck_assert_fails(sock_write(process, fd, bytes, 1), EPIPE);
        finished++;
}

START_TEST(a_write_that_is_cut_short_tells_what_was_taken)
{
        world.config.tcp.send_buffer = 100000;
        world.config.tcp.receive_buffer = 50000;
        run_both(read_nothing_and_close, write_until_reset);
}
END_TEST

static void sleep_a_second(Process *process, void *data)
{
        (void)data;
        accepted(process);
        process_sleep(process, SECOND);
        finished++;
}

static void write_impatiently(Process *process, void *data)
{
        static uint8_t bytes[10000000];
        (void)data;
        int fd = connected(process);
        time_ns start = process_now(process);
        ck_assert_int_eq(set_timeout(process, fd, SO_SNDTIMEO, 200), 0);
        ssize_t written = sock_write(process, fd, bytes, sizeof bytes);
        ck_assert(written > 0 && written < (ssize_t)sizeof bytes);
        ck_assert_int_eq(process_now(process) - start, 200 * MILLISECOND);
        /* There is room by now, for a block or less, but not the third that a waiting call is woken for. */
        written = sock_write(process, fd, bytes, sizeof bytes);
        ck_assert(written > 0 && written < 100000);
        ck_assert_int_eq(process_now(process) - start, 400 * MILLISECOND);
        finished++;
}

START_TEST(a_write_tells_what_was_taken_when_so_sndtimeo_is_over)
{
        world.config.tcp.send_buffer = 100000;
        world.config.tcp.receive_buffer = 50000;
        run_both(sleep_a_second, write_impatiently);
}
END_TEST

static void read_slowly(Process *process, void *data)
{
        static char bytes[100000];
        (void)data;
        int fd = accepted(process);
        process_sleep(process, 3 * SECOND);
        while (sock_read(process, fd, bytes, sizeof bytes) > 0)
                continue;
        finished++;
}

static void close_and_wait(Process *process, void *data)
{
        static char bytes[80000];
        struct linger linger = { 1, GPOINTER_TO_INT(data) };
        int fd = connected(process);
        ck_assert_int_eq(sock_setsockopt(process, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
        ck_assert_int_eq(sock_write(process, fd, bytes, sizeof bytes), sizeof bytes);
        ck_assert_int_eq(sock_close(process, fd), 0);
        int seconds = (int)(process_now(process) / SECOND);
        ck_assert_int_eq(seconds, MIN(linger.l_linger, 3));
        finished++;
}

static void linger_for(int seconds)
{
        world.config.tcp.receive_buffer = 20000;
        two_hosts_open(&world);
        two_hosts_start(world.server, "server", read_slowly, NULL);
        two_hosts_start(world.client, "client", close_and_wait, GINT_TO_POINTER(seconds));
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 2);
}

START_TEST(a_lingering_close_waits_for_the_last_acknowledgement)
{
        linger_for(60);
}
END_TEST

START_TEST(a_lingering_close_waits_no_longer_than_it_was_told)
{
        linger_for(1);
}
END_TEST

static void close_other_end(Process *process, void *data)
{
        process_sleep(process, SECOND);
        ck_assert_int_eq(sock_close(process, GPOINTER_TO_INT(data)), 0);
}

static void wait_on_closed(Process *process, void *data)
{
        char byte;
        (void)data;
        int fd = connected(process);
        process_spawn(process, close_other_end, GINT_TO_POINTER(fd), NULL);
        ck_assert_fails(sock_read(process, fd, &byte, 1), EBADF);
        ck_assert_int_eq(process_now(process) / SECOND, 1);
        finished++;
}

START_TEST(who_waits_on_a_socket_that_is_closed_learns_it)
{
        run_both(accept_and_wait_for_end, wait_on_closed);
}
END_TEST

static void close_listener(Process *process, void *data)
{
        (void)data;
        int fd = listening(process, PORT);
        process_sleep(process, SECOND);
        ck_assert_int_eq(number(process, fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
        ck_assert_int_eq(sock_close(process, fd), 0);
        finished++;
}

static void be_dropped(Process *process, void *data)
{
        char byte;
        (void)data;
        int fd = connected(process);
        ck_assert_fails(sock_read(process, fd, &byte, 1), ECONNRESET);
        finished++;
}

START_TEST(connections_nobody_accepted_are_reset_with_their_listener)
{
        run_both(close_listener, be_dropped);
        ck_assert_uint_eq(host_connections(world.server), 0);
}
END_TEST

static void look_at_info(Process *process, void *data)
{
        struct tcp_info info;
        socklen_t size = sizeof info;
        (void)data;
        int fd = connected(process);
        ck_assert_int_eq(sock_getsockopt(process, fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
        ck_assert_uint_eq(size, sizeof info);
        ck_assert_uint_eq(info.tcpi_state, TCP_ESTABLISHED);
        ck_assert_uint_eq(info.tcpi_snd_mss, 1448);
        ck_assert_uint_eq(info.tcpi_snd_cwnd, 10);
        ck_assert_uint_ge(info.tcpi_rtt, 2000);
        ck_assert_uint_lt(info.tcpi_rtt, 2100);
        ck_assert(info.tcpi_options & TCPI_OPT_SACK && info.tcpi_options & TCPI_OPT_TIMESTAMPS);
        ck_assert_int_eq(number(process, fd, IPPROTO_TCP, TCP_MAXSEG), 1448);
        size = 1;
        ck_assert_int_eq(sock_getsockopt(process, fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
        ck_assert_uint_eq(size, 1);
        finished++;
}

START_TEST(tcp_info_has_linux_units)
{
        run_both(accept_and_wait_for_end, look_at_info);
}
END_TEST

static void restart_server(Process *process, void *data)
{
        struct endpoint local = { .port = PORT };
        (void)data;
        int listener = stream(process);
        set_number(process, listener, SOL_SOCKET, SO_REUSEADDR, 1);
        ck_assert_int_eq(sock_bind(process, listener, &local), 0);
        ck_assert_int_eq(sock_listen(process, listener, 1), 0);
        int fd = sock_accept(process, listener, NULL);
        sock_close(process, fd);
        sock_close(process, listener);
        process_sleep(process, SECOND);
        ck_assert_uint_eq(host_time_waits(process_host(process)), 1);
        listener = stream(process);
        ck_assert_fails(sock_bind(process, listener, &local), EADDRINUSE);
        set_number(process, listener, SOL_SOCKET, SO_REUSEADDR, 1);
        ck_assert_int_eq(sock_bind(process, listener, &local), 0);
        finished++;
}

static void close_second(Process *process, void *data)
{
        char byte;
        (void)data;
        int fd = connected(process);
        ck_assert_int_eq(sock_read(process, fd, &byte, 1), 0);
        finished++;
}

START_TEST(a_port_in_time_wait_is_bound_again_with_reuseaddr)
{
        run_both(restart_server, close_second);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/socket");
        TCase *cases = tcase_create("socket");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, the_lowest_free_descriptor_is_given);
        tcase_add_test(cases, a_descriptor_that_is_none_is_ebadf);
        tcase_add_test(cases, an_unconnected_socket_neither_reads_nor_writes);
        tcase_add_test(cases, ports_are_bound_as_on_linux);
        tcase_add_test(cases, options_that_are_more_than_numbers);
        tcase_add_test(cases, connecting_to_a_port_without_listener_is_refused_each_time);
        tcase_add_test(cases, connecting_to_nobody_times_out);
        tcase_add_test(cases, connecting_goes_on_when_so_sndtimeo_is_over);
        tcase_add_test(cases, a_nonblocking_connect_is_polled_for);
        tcase_add_test(cases, so_error_tells_of_a_refusal_once);
        tcase_add_test(cases, a_half_closed_connection_carries_the_other_half);
        tcase_add_test(cases, what_is_read_anywhere_is_what_was_written);
        tcase_add_test(cases, a_reset_is_read_once);
        tcase_add_test(cases, a_reset_is_written_into_once);
        tcase_add_test(cases, a_write_that_is_cut_short_tells_what_was_taken);
        tcase_add_test(cases, a_write_tells_what_was_taken_when_so_sndtimeo_is_over);
        tcase_add_test(cases, a_lingering_close_waits_for_the_last_acknowledgement);
        tcase_add_test(cases, a_lingering_close_waits_no_longer_than_it_was_told);
        tcase_add_test(cases, who_waits_on_a_socket_that_is_closed_learns_it);
        tcase_add_test(cases, connections_nobody_accepted_are_reset_with_their_listener);
        tcase_add_test(cases, tcp_info_has_linux_units);
        tcase_add_test(cases, a_port_in_time_wait_is_bound_again_with_reuseaddr);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
