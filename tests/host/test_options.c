/*
 * Socket options: what each starts with, what is taken, what is answered. Every row of the tables has been
 * asked of Linux 6.18, and is its answer.
 */
#include "two_hosts.h"

#include <asm/socket.h>
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/time.h>

#include "host/socket_info.h"

#define NOT_LOOKED_AT INT32_MIN /* a host's own */

/* Newer than the C library. */
#ifndef TCP_TX_DELAY
#define TCP_TX_DELAY 37
#endif
#define TCP_RTO_MAX_MS 44
#define TCP_RTO_MIN_US 45

static struct two_hosts world;
static int finished;

static void run_alone(process_main main)
{
        two_hosts_init(&world);
        two_hosts_open(&world);
        finished = 0;
        two_hosts_start(world.client, "options", main, NULL);
        two_hosts_run(&world);
        ck_assert_int_eq(finished, 1);
        two_hosts_close(&world);
}

/* 0 or an errno. */
static int set(Process *process, int fd, int level, int name, int value)
{
        return sock_setsockopt(process, fd, level, name, &value, sizeof value) == 0 ? 0 : errno;
}

static int get(Process *process, int fd, int level, int name)
{
        int value = -77;
        socklen_t size = sizeof value;
        ck_assert_int_eq(sock_getsockopt(process, fd, level, name, &value, &size), 0);
        ck_assert_uint_eq(size, sizeof value);
        return value;
}

/* ---- Numbers ---- */

static const struct number_case {
        int level;
        int name;
        int start;
        int value;  /* is set */
        int error;  /* 0: taken */
        int answer; /* then */
        const char *why;
} number_cases[] = {
        { SOL_SOCKET, SO_DEBUG, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_REUSEADDR, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_TYPE, 1, 1, ENOPROTOOPT, 1, "only asked" },
        { SOL_SOCKET, SO_ERROR, 0, 1, ENOPROTOOPT, 0, "only asked" },
        { SOL_SOCKET, SO_DONTROUTE, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_BROADCAST, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_SNDBUF, NOT_LOOKED_AT, 1, 0, 4608, "made to fit" },
        { SOL_SOCKET, SO_SNDBUF, NOT_LOOKED_AT, 0, 0, 4608, "made to fit" },
        { SOL_SOCKET, SO_SNDBUF, NOT_LOOKED_AT, -1, 0, 8388608, "made to fit" },
        { SOL_SOCKET, SO_RCVBUF, NOT_LOOKED_AT, 1, 0, 2304, "made to fit" },
        { SOL_SOCKET, SO_RCVBUF, NOT_LOOKED_AT, 0, 0, 2304, "made to fit" },
        { SOL_SOCKET, SO_RCVBUF, NOT_LOOKED_AT, -1, 0, 8388608, "made to fit" },
        { SOL_SOCKET, SO_KEEPALIVE, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_OOBINLINE, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_NO_CHECK, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_PRIORITY, 0, 100000, 0, 100000, "a number" },
        { SOL_SOCKET, SO_BSDCOMPAT, 0, 1, 0, 0, "made to fit" },
        { SOL_SOCKET, SO_BSDCOMPAT, 0, -1, 0, 0, "made to fit" },
        { SOL_SOCKET, SO_BSDCOMPAT, 0, 2, 0, 0, "made to fit" },
        { SOL_SOCKET, SO_REUSEPORT, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_RCVLOWAT, 1, 100000, 0, 100000, "a number" },
        { SOL_SOCKET, SO_RCVLOWAT, 1, 0, 0, 1, "made to fit" },
        { SOL_SOCKET, SO_SNDLOWAT, 1, 1, ENOPROTOOPT, 1, "only asked" },
        { SOL_SOCKET, SO_TIMESTAMP, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_ACCEPTCONN, 0, 1, ENOPROTOOPT, 0, "only asked" },
        { SOL_SOCKET, SO_TIMESTAMPNS, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_MARK, 0, 100000, 0, 100000, "a number" },
        { SOL_SOCKET, SO_TIMESTAMPING, 0, 300, 0, 300, "a number" },
        { SOL_SOCKET, SO_TIMESTAMPING, 0, -1, EINVAL, 0, "too small" },
        { SOL_SOCKET, SO_TIMESTAMPING, 0, 100000, EINVAL, 0, "too large" },
        { SOL_SOCKET, SO_PROTOCOL, 6, 1, ENOPROTOOPT, 6, "only asked" },
        { SOL_SOCKET, SO_DOMAIN, 2, 1, ENOPROTOOPT, 2, "only asked" },
        { SOL_SOCKET, SO_RXQ_OVFL, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_WIFI_STATUS, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_PEEK_OFF, -1, 100000, 0, 100000, "a number" },
        { SOL_SOCKET, SO_NOFCS, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_LOCK_FILTER, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_SELECT_ERR_QUEUE, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_BUSY_POLL, 0, 100000, 0, 100000, "a number" },
        { SOL_SOCKET, SO_BUSY_POLL, 0, -1, EINVAL, 0, "too small" },
        { SOL_SOCKET, SO_MAX_PACING_RATE, -1, 100000, 0, 100000, "a number" },
        { SOL_SOCKET, SO_INCOMING_CPU, -1, 100000, 0, 100000, "a number" },
        { SOL_SOCKET, SO_INCOMING_NAPI_ID, 0, 1, ENOPROTOOPT, 0, "only asked" },
        { SOL_SOCKET, SO_ZEROCOPY, 0, 1, 0, 1, "a number" },
        { SOL_SOCKET, SO_ZEROCOPY, 0, -1, EINVAL, 0, "too small" },
        { SOL_SOCKET, SO_ZEROCOPY, 0, 2, EINVAL, 0, "too large" },
        { SOL_SOCKET, SO_PREFER_BUSY_POLL, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_BUF_LOCK, 0, 2, 0, 2, "a number" },
        { SOL_SOCKET, SO_BUF_LOCK, 0, -1, EINVAL, 0, "too small" },
        { SOL_SOCKET, SO_BUF_LOCK, 0, 300, EINVAL, 0, "too large" },
        { SOL_SOCKET, SO_TXREHASH, 1, 1, 0, 1, "a number" },
        { SOL_SOCKET, SO_TXREHASH, 1, -1, 0, 1, "made to fit" },
        { SOL_SOCKET, SO_TXREHASH, 1, 2, EINVAL, 1, "too large" },
        { IPPROTO_IP, IP_TOS, 0, 1, 0, 0, "made to fit" },
        { IPPROTO_IP, IP_TOS, 0, -1, 0, 252, "made to fit" },
        { IPPROTO_IP, IP_TOS, 0, 2, 0, 0, "made to fit" },
        { IPPROTO_IP, IP_TTL, 64, 51, 0, 51, "a number" },
        { IPPROTO_IP, IP_TTL, 64, -1, 0, 64, "made to fit" },
        { IPPROTO_IP, IP_TTL, 64, 0, EINVAL, 64, "too small" },
        { IPPROTO_IP, IP_TTL, 64, 256, EINVAL, 64, "too large" },
        { IPPROTO_IP, IP_HDRINCL, 0, 1, ENOPROTOOPT, 0, "only asked" },
        { IPPROTO_IP, IP_RECVOPTS, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_RETOPTS, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_PKTINFO, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_MTU_DISCOVER, 1, 2, 0, 2, "a number" },
        { IPPROTO_IP, IP_MTU_DISCOVER, 1, -1, EINVAL, 1, "too small" },
        { IPPROTO_IP, IP_MTU_DISCOVER, 1, 255, EINVAL, 1, "too large" },
        { IPPROTO_IP, IP_RECVERR, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_RECVTTL, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_RECVTOS, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_FREEBIND, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_TRANSPARENT, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_ORIGDSTADDR, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_MINTTL, 0, 51, 0, 51, "a number" },
        { IPPROTO_IP, IP_MINTTL, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_IP, IP_MINTTL, 0, 256, EINVAL, 0, "too large" },
        { IPPROTO_IP, IP_NODEFRAG, 0, 1, ENOPROTOOPT, 0, "only asked" },
        { IPPROTO_IP, IP_CHECKSUM, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IP, IP_RECVFRAGSIZE, 0, 1, EINVAL, 0, "only asked" },
        { IPPROTO_TCP, TCP_NODELAY, 0, 2, 0, 1, "a switch" },
        { IPPROTO_TCP, TCP_MAXSEG, 536, 5000, 0, 5000, "a number" },
        { IPPROTO_TCP, TCP_MAXSEG, 536, 0, 0, 536, "made to fit" },
        { IPPROTO_TCP, TCP_MAXSEG, 536, 1, EINVAL, 536, "too small" },
        { IPPROTO_TCP, TCP_MAXSEG, 536, 100000, EINVAL, 536, "too large" },
        { IPPROTO_TCP, TCP_CORK, 0, 2, 0, 1, "a switch" },
        { IPPROTO_TCP, TCP_KEEPIDLE, 7200, 5000, 0, 5000, "a number" },
        { IPPROTO_TCP, TCP_KEEPIDLE, 7200, 0, EINVAL, 7200, "too small" },
        { IPPROTO_TCP, TCP_KEEPIDLE, 7200, 100000, EINVAL, 7200, "too large" },
        { IPPROTO_TCP, TCP_KEEPINTVL, 75, 5000, 0, 5000, "a number" },
        { IPPROTO_TCP, TCP_KEEPINTVL, 75, 0, EINVAL, 75, "too small" },
        { IPPROTO_TCP, TCP_KEEPINTVL, 75, 100000, EINVAL, 75, "too large" },
        { IPPROTO_TCP, TCP_KEEPCNT, 9, 5, 0, 5, "a number" },
        { IPPROTO_TCP, TCP_KEEPCNT, 9, 0, EINVAL, 9, "too small" },
        { IPPROTO_TCP, TCP_KEEPCNT, 9, 200, EINVAL, 9, "too large" },
        { IPPROTO_TCP, TCP_SYNCNT, 6, 5, 0, 5, "a number" },
        { IPPROTO_TCP, TCP_SYNCNT, 6, 0, EINVAL, 6, "too small" },
        { IPPROTO_TCP, TCP_SYNCNT, 6, 200, EINVAL, 6, "too large" },
        { IPPROTO_TCP, TCP_LINGER2, 60, 5, 0, 5, "a number" },
        { IPPROTO_TCP, TCP_LINGER2, 60, 0, 0, 60, "made to fit" },
        { IPPROTO_TCP, TCP_LINGER2, 60, 200, 0, 120, "made to fit" },
        { IPPROTO_TCP, TCP_LINGER2, 60, 1000, 0, 120, "made to fit" },
        { IPPROTO_TCP, TCP_DEFER_ACCEPT, 0, 1, 0, 1, "a number" },
        { IPPROTO_TCP, TCP_DEFER_ACCEPT, 0, -1, 0, 0, "made to fit" },
        { IPPROTO_TCP, TCP_DEFER_ACCEPT, 0, 2, 0, 3, "made to fit" },
        { IPPROTO_TCP, TCP_DEFER_ACCEPT, 0, 5, 0, 7, "made to fit" },
        { IPPROTO_TCP, TCP_WINDOW_CLAMP, 0, 40000, 0, 40000, "a number" },
        { IPPROTO_TCP, TCP_WINDOW_CLAMP, 0, 1, 0, 1152, "made to fit" },
        { IPPROTO_TCP, TCP_WINDOW_CLAMP, 0, -1, 0, 1152, "made to fit" },
        { IPPROTO_TCP, TCP_WINDOW_CLAMP, 0, 2, 0, 1152, "made to fit" },
        { IPPROTO_TCP, TCP_QUICKACK, 1, 2, 0, 1, "a switch" },
        { IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 0, 1, 0, 1, "a number" },
        { IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 0, 2, EINVAL, 0, "too large" },
        { IPPROTO_TCP, TCP_THIN_DUPACK, 0, 1, 0, 0, "made to fit" },
        { IPPROTO_TCP, TCP_THIN_DUPACK, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_TCP, TCP_THIN_DUPACK, 0, 2, EINVAL, 0, "too large" },
        { IPPROTO_TCP, TCP_USER_TIMEOUT, 0, 40000, 0, 40000, "a number" },
        { IPPROTO_TCP, TCP_USER_TIMEOUT, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_TCP, TCP_FASTOPEN, 0, 1000, 0, 1000, "a number" },
        { IPPROTO_TCP, TCP_FASTOPEN, 0, 5000, 0, 4096, "made to fit" },
        { IPPROTO_TCP, TCP_FASTOPEN, 0, 100000, 0, 4096, "made to fit" },
        { IPPROTO_TCP, TCP_FASTOPEN, 0, 40000, 0, 4096, "made to fit" },
        { IPPROTO_TCP, TCP_FASTOPEN, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_TCP, TCP_NOTSENT_LOWAT, 0, 40000, 0, 40000, "a number" },
        { IPPROTO_TCP, TCP_SAVE_SYN, 0, 2, 0, 2, "a number" },
        { IPPROTO_TCP, TCP_SAVE_SYN, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_TCP, TCP_SAVE_SYN, 0, 5, EINVAL, 0, "too large" },
        { IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 0, 1, 0, 1, "a number" },
        { IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 0, 2, EINVAL, 0, "too large" },
        { IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 0, 1, 0, 1, "a number" },
        { IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 0, 2, EINVAL, 0, "too large" },
        { IPPROTO_TCP, TCP_INQ, 0, 1, 0, 1, "a number" },
        { IPPROTO_TCP, TCP_INQ, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_TCP, TCP_INQ, 0, 2, EINVAL, 0, "too large" },
        { IPPROTO_TCP, TCP_TX_DELAY, 0, 40000, 0, 40000, "a number" },
        { IPPROTO_TCP, TCP_TX_DELAY, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_IPV6, IPV6_UNICAST_HOPS, 64, 51, 0, 51, "a number" },
        { IPPROTO_IPV6, IPV6_UNICAST_HOPS, 64, -1, 0, 64, "made to fit" },
        { IPPROTO_IPV6, IPV6_UNICAST_HOPS, 64, 256, EINVAL, 64, "too large" },
        { IPPROTO_IPV6, IPV6_MTU_DISCOVER, 1, 2, 0, 2, "a number" },
        { IPPROTO_IPV6, IPV6_MTU_DISCOVER, 1, -1, EINVAL, 1, "too small" },
        { IPPROTO_IPV6, IPV6_MTU_DISCOVER, 1, 255, EINVAL, 1, "too large" },
        { IPPROTO_IPV6, IPV6_RECVERR, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IPV6, IPV6_V6ONLY, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IPV6, IPV6_RECVPKTINFO, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IPV6, IPV6_DONTFRAG, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IPV6, IPV6_RECVTCLASS, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IPV6, IPV6_TCLASS, 0, 1, 0, 0, "made to fit" },
        { IPPROTO_IPV6, IPV6_TCLASS, 0, -1, 0, 0, "made to fit" },
        { IPPROTO_IPV6, IPV6_TCLASS, 0, 2, 0, 0, "made to fit" },
        { IPPROTO_IPV6, IPV6_TCLASS, 0, 256, EINVAL, 0, "too large" },
        { IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 1, 2, 0, 1, "a switch" },
        { IPPROTO_IPV6, IPV6_MINHOPCOUNT, 0, 51, 0, 51, "a number" },
        { IPPROTO_IPV6, IPV6_MINHOPCOUNT, 0, -1, EINVAL, 0, "too small" },
        { IPPROTO_IPV6, IPV6_MINHOPCOUNT, 0, 256, EINVAL, 0, "too large" },
        { IPPROTO_IPV6, IPV6_TRANSPARENT, 0, 2, 0, 1, "a switch" },
        { IPPROTO_IPV6, IPV6_FREEBIND, 0, 2, 0, 1, "a switch" },
        { SOL_SOCKET, SO_RCVBUF, NOT_LOOKED_AT, 100000, 0, 200000, "doubled" },
        { SOL_SOCKET, SO_SNDBUF, NOT_LOOKED_AT, 100000, 0, 200000, "doubled" },
        { IPPROTO_TCP, TCP_RTO_MAX_MS, 120000, 5000, 0, 5000, "a number" },
        { IPPROTO_TCP, TCP_RTO_MAX_MS, 120000, 200, EINVAL, 120000, "too small" },
        { IPPROTO_TCP, TCP_RTO_MIN_US, 200000, 100000, 0, 100000, "a number" },
        { IPPROTO_TCP, TCP_RTO_MIN_US, 200000, 1000, EINVAL, 200000, "too small" },
};

static void check_number(Process *process, const struct number_case *option)
{
        int domain = option->level == IPPROTO_IPV6 ? AF_INET6 : AF_INET;
        int fd = sock_socket(process, domain, SOCK_STREAM, 0);
        const char *why = option->why;
        int row = (int)(option - number_cases);
        int start = get(process, fd, option->level, option->name);
        ck_assert_msg(option->start == NOT_LOOKED_AT || start == option->start, "row %d (%s): starts with %d",
                row, why, start);
        int error = set(process, fd, option->level, option->name, option->value);
        ck_assert_msg(error == option->error, "row %d (%s): %s", row, why, strerrorname_np(error));
        int answer = get(process, fd, option->level, option->name);
        ck_assert_msg(answer == option->answer, "row %d (%s): then %d", row, why, answer);
        sock_close(process, fd);
}

static void set_numbers(Process *process, void *data)
{
        (void)data;
        for (size_t i = 0; i < G_N_ELEMENTS(number_cases); i++)
                check_number(process, &number_cases[i]);
        finished++;
}

START_TEST(numbers_start_and_are_bounded_as_on_linux)
{
        run_alone(set_numbers);
}
END_TEST

/* ---- Refused ---- */

static const struct refusal_case {
        int domain;
        int type;
        int level;
        int name;
        int set_error;
        int get_error;
        const char *why;
} refusal_cases[] = {
        { AF_INET, SOCK_STREAM, 77, 1, ENOPROTOOPT, EOPNOTSUPP, "no such level" },
        { AF_INET6, SOCK_STREAM, 77, 1, ENOPROTOOPT, ENOPROTOOPT, "no such level" },
        { AF_INET, SOCK_STREAM, IPPROTO_IPV6, IPV6_TCLASS, ENOPROTOOPT, EOPNOTSUPP, "no level of IPv4's" },
        { AF_INET, SOCK_DGRAM, IPPROTO_TCP, TCP_NODELAY, ENOPROTOOPT, EOPNOTSUPP, "no level of UDP's" },
        { AF_INET, SOCK_STREAM, SOL_SOCKET, 999, ENOPROTOOPT, ENOPROTOOPT, "no such option" },
        { AF_INET, SOCK_STREAM, SOL_SOCKET, SO_PASSCRED, EOPNOTSUPP, EOPNOTSUPP, "another family's" },
        { AF_INET, SOCK_STREAM, IPPROTO_IP, IP_MTU, ENOPROTOOPT, ENOTCONN, "only when connected" },
        { AF_INET, SOCK_STREAM, IPPROTO_TCP, TCP_REPAIR_WINDOW, EPERM, EINVAL, "only in repair" },
        { AF_INET, SOCK_STREAM, IPPROTO_TCP, TCP_ULP, ENOENT, 0, "no such protocol" },
        { AF_INET, SOCK_STREAM, SOL_SOCKET, SO_SNDBUFFORCE, 0, ENOPROTOOPT, "only set" },
};

static void be_refused(Process *process, void *data)
{
        (void)data;
        for (size_t i = 0; i < G_N_ELEMENTS(refusal_cases); i++) {
                const struct refusal_case *option = &refusal_cases[i];
                int fd = sock_socket(process, option->domain, option->type, 0);
                int value = 1;
                socklen_t size = sizeof value;
                int error = set(process, fd, option->level, option->name, value);
                ck_assert_msg(error == option->set_error, "row %zu (%s): set: %s", i, option->why,
                        strerrorname_np(error));
                int result = sock_getsockopt(process, fd, option->level, option->name, &value, &size);
                error = result == 0 ? 0 : errno;
                ck_assert_msg(error == option->get_error, "row %zu (%s): get: %s", i, option->why,
                        strerrorname_np(error));
                sock_close(process, fd);
        }
        finished++;
}

START_TEST(what_is_refused_has_linuxs_error)
{
        run_alone(be_refused);
}
END_TEST

/* ---- Sizes ---- */

static const struct size_case {
        int level;
        int name;
        socklen_t room;
        socklen_t used;
        const char *why;
} get_sizes[] = {
        { SOL_SOCKET, SO_TYPE, 1, 1, "cut off" },
        { SOL_SOCKET, SO_TYPE, 8, 4, "an int" },
        { SOL_SOCKET, SO_TYPE, 0, 0, "nothing" },
        { IPPROTO_TCP, TCP_KEEPIDLE, 3, 3, "cut off" },
        { IPPROTO_IP, IP_TTL, 3, 1, "a byte is enough" },
        { IPPROTO_IP, IP_TTL, 4, 4, "an int" },
        { SOL_SOCKET, SO_LINGER, 5, 5, "cut off" },
        { SOL_SOCKET, SO_LINGER, 20, 8, "two ints" },
        { SOL_SOCKET, SO_RCVTIMEO, 20, 16, "two longs" },
        { SOL_SOCKET, SO_TIMESTAMPING, 20, 8, "two ints" },
        { SOL_SOCKET, SO_MEMINFO, 64, 36, "nine ints" },
        { SOL_SOCKET, SO_MAX_PACING_RATE, 8, 8, "a long" },
        { SOL_SOCKET, SO_MAX_PACING_RATE, 7, 4, "an int" },
        { IPPROTO_TCP, TCP_CONGESTION, 64, 16, "with what follows the name" },
        { IPPROTO_TCP, TCP_CONGESTION, 3, 3, "cut off" },
        { IPPROTO_TCP, TCP_CC_INFO, 64, 0, "cubic has nothing to say" },
        { IPPROTO_TCP, TCP_SAVED_SYN, 64, 0, "none is saved" },
        { IPPROTO_TCP, TCP_INFO, 1000, 280, "Linux 6.18's" },
        { IPPROTO_TCP, TCP_INFO, 20, 20, "cut off" },
};

static const struct set_size_case {
        int domain;
        int level;
        int name;
        socklen_t size;
        int error;
        const char *why;
} set_sizes[] = {
        { AF_INET, SOL_SOCKET, SO_REUSEADDR, 3, EINVAL, "no int" },
        { AF_INET, SOL_SOCKET, SO_REUSEADDR, 8, 0, "more than an int" },
        { AF_INET, SOL_SOCKET, 999, 3, EINVAL, "the size comes first" },
        { AF_INET, SOL_SOCKET, SO_REUSEADDR, (socklen_t)-1, EINVAL, "below zero" },
        { AF_INET, IPPROTO_TCP, TCP_KEEPCNT, 3, EINVAL, "no int" },
        { AF_INET, IPPROTO_TCP, TCP_CONGESTION, 0, EINVAL, "no name" },
        { AF_INET, IPPROTO_IP, IP_TTL, 1, 0, "a byte" },
        { AF_INET, IPPROTO_IP, IP_TTL, 0, EINVAL, "which is 0" },
        { AF_INET, IPPROTO_IP, IP_TOS, 0, 0, "which is 0" },
        { AF_INET6, IPPROTO_IPV6, IPV6_TCLASS, 1, EINVAL, "no int" },
        { AF_INET6, IPPROTO_IP, IP_TTL, 1, 0, "a byte" },
        { AF_INET, SOL_SOCKET, SO_LINGER, 4, EINVAL, "half" },
        { AF_INET, SOL_SOCKET, SO_RCVTIMEO, 8, EINVAL, "half" },
};

static void try_sizes(Process *process, void *data)
{
        char bytes[1000];
        (void)data;
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        for (size_t i = 0; i < G_N_ELEMENTS(get_sizes); i++) {
                const struct size_case *option = &get_sizes[i];
                socklen_t size = option->room;
                ck_assert_int_eq(sock_getsockopt(process, fd, option->level, option->name, bytes, &size), 0);
                ck_assert_msg(size == option->used, "row %zu (%s): %u", i, option->why, size);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(set_sizes); i++) {
                const struct set_size_case *option = &set_sizes[i];
                const int value[2] = { 5, 5 };
                int other = sock_socket(process, option->domain, SOCK_STREAM, 0);
                errno = 0;
                sock_setsockopt(process, other, option->level, option->name, value, option->size);
                ck_assert_msg(
                        errno == option->error, "row %zu (%s): %s", i, option->why, strerrorname_np(errno));
        }
        finished++;
}

START_TEST(sizes_are_cut_and_refused_as_on_linux)
{
        run_alone(try_sizes);
}
END_TEST

/* ---- Values ---- */

static void set_timeouts(Process *process, void *data)
{
        static const struct {
                struct timeval set;
                int error;
                struct timeval answer;
        } cases[] = {
                { { 1, 500000 }, 0, { 1, 500000 } },
                { { 1, 1000000 }, EDOM, { 1, 500000 } },
                { { 1, -1 }, EDOM, { 1, 500000 } },
                { { 0, 1500 }, 0, { 0, 2000 } },
                { { -1, 0 }, 0, { 0, 0 } },
                { { INT64_MAX, 0 }, 0, { 0, 0 } },
        };
        (void)data;
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                struct timeval got;
                socklen_t size = sizeof got;
                errno = 0;
                sock_setsockopt(process, fd, SOL_SOCKET, SO_RCVTIMEO, &cases[i].set, sizeof got);
                ck_assert_int_eq(errno, cases[i].error);
                ck_assert_int_eq(sock_getsockopt(process, fd, SOL_SOCKET, SO_RCVTIMEO, &got, &size), 0);
                ck_assert_int_eq(got.tv_sec, cases[i].answer.tv_sec);
                ck_assert_int_eq(got.tv_usec, cases[i].answer.tv_usec);
        }
        finished++;
}

START_TEST(timeouts_are_rounded_up_to_ticks)
{
        run_alone(set_timeouts);
}
END_TEST

static void set_linger(Process *process, void *data)
{
        struct linger on = { 1, 5 };
        struct linger off = { 0, 7 };
        struct linger got;
        socklen_t size = sizeof got;
        (void)data;
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        sock_setsockopt(process, fd, SOL_SOCKET, SO_LINGER, &on, sizeof on);
        sock_setsockopt(process, fd, SOL_SOCKET, SO_LINGER, &off, sizeof off);
        ck_assert_int_eq(sock_getsockopt(process, fd, SOL_SOCKET, SO_LINGER, &got, &size), 0);
        ck_assert(got.l_onoff == 0 && got.l_linger == 5);
        finished++;
}

START_TEST(linger_switched_off_keeps_its_time)
{
        run_alone(set_linger);
}
END_TEST

static void look_at_closed(Process *process, void *data)
{
        struct tcp_conn_info info;
        socklen_t size = sizeof info;
        (void)data;
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_getsockopt(process, fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
        ck_assert_uint_eq(info.state, TCP_CLOSE);
        ck_assert_uint_eq(info.rto, 1000000);
        ck_assert_uint_eq(info.snd_mss, 536);
        ck_assert_uint_eq(info.snd_cwnd, 10);
        ck_assert_uint_eq(info.snd_ssthresh, 0x7fffffff);
        ck_assert_uint_eq(info.reordering, 3);
        ck_assert_uint_eq(info.min_rtt, UINT32_MAX);
        ck_assert_int_eq(sock_listen(process, fd, 7), 0);
        ck_assert_int_eq(sock_getsockopt(process, fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
        ck_assert_uint_eq(info.state, TCP_LISTEN);
        ck_assert_uint_eq(info.unacked, 0);
        ck_assert_uint_eq(info.sacked, 7);
        ck_assert_uint_eq(info.snd_cwnd, 10);
        finished++;
}

START_TEST(tcp_info_of_closed_and_listening_sockets)
{
        run_alone(look_at_closed);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/options");
        TCase *cases = tcase_create("options");
        tcase_add_test(cases, numbers_start_and_are_bounded_as_on_linux);
        tcase_add_test(cases, what_is_refused_has_linuxs_error);
        tcase_add_test(cases, sizes_are_cut_and_refused_as_on_linux);
        tcase_add_test(cases, timeouts_are_rounded_up_to_ticks);
        tcase_add_test(cases, linger_switched_off_keeps_its_time);
        tcase_add_test(cases, tcp_info_of_closed_and_listening_sockets);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
