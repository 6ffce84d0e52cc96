/*
 * The error queue of a socket (MSG_ERRQUEUE): what ICMP said, and when what was sent went out. ip(7), RFC 792; Linux's
 * net/ipv4/ip_sockglue.c and its Documentation/networking/timestamping.rst.
 */
#ifndef INORDER_SOCKET_ERRORS_H
#define INORDER_SOCKET_ERRORS_H

#include <time.h>
#include <linux/errqueue.h>
#include "host/socket_private.h"

/* One entry. */
struct socket_notice {
        GList link;
        struct sock_extended_err error;
        time_ns stamped_at;       /* of a clock stamp; 0: none */
        struct endpoint offender; /* who sent the ICMP message */
        size_t size;              /* of the packet it is about, which is not kept */
};

/* Takes a copy. Wakes who waits. */
void socket_add_notice(Socket *socket, const struct socket_notice *notice);
void socket_clear_notices(Socket *socket);

/* recvmsg(2) with MSG_ERRQUEUE: never waits. */
ssize_t socket_read_notice(Socket *socket, struct socket_reading *reading);

/* What an ICMP message says of a packet that this socket sent. Kept when the program asked for it (IP_RECVERR); the
 * error is the next call's in any case that Linux makes it so. `type` and `code` as on the wire; `info` the MTU. */
struct socket_icmp {
        int error; /* positive errno */
        bool is_hard;
        uint8_t type;
        uint8_t code;
        uint32_t info;
        struct endpoint offender;
};
void socket_on_icmp(Socket *socket, const struct socket_icmp *icmp);

#endif
