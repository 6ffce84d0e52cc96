/*
 * Settings of a network device: each is one rtnetlink request and its acknowledgement.
 */
#include "live/network_device.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES_MOST  3
#define IPV4_OFFSET 12 /* of the four bytes in an IPv4-mapped address */

struct request {
        union {
                struct nlmsghdr header;
                char bytes[256];
        };
        const char *what; /* "set the MTU of tun0 to 1500": for messages */
};

struct acknowledgement {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char room[512]; /* the request comes back, and words */
};

static bool request_fails(const struct request *request, int code, GError **error)
{
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot %s: %s", request->what,
                g_strerror(code));
        return false;
}

/* The request's body, zeroed. */
static void *request_begin(
        struct request *request, const char *what, uint16_t type, uint16_t flags, size_t size)
{
        *request = (struct request){ .header = { .nlmsg_len = NLMSG_LENGTH(size),
                                             .nlmsg_type = type,
                                             .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags },
                .what = what };
        return NLMSG_DATA(&request->header);
}

static void request_attribute(struct request *request, uint16_t type, const void *value, size_t size)
{
        size_t offset = NLMSG_ALIGN(request->header.nlmsg_len);
        g_assert(offset + RTA_SPACE(size) <= sizeof request->bytes);
        struct rtattr *attribute = (struct rtattr *)(request->bytes + offset);
        attribute->rta_type = type;
        attribute->rta_len = RTA_LENGTH(size);
        memcpy(RTA_DATA(attribute), value, size);
        request->header.nlmsg_len = offset + RTA_SPACE(size);
}

/* An errno; 0: done. */
static int request_exchange(const struct request *request, int fd)
{
        struct acknowledgement answer;
        if (send(fd, request->bytes, request->header.nlmsg_len, 0) < 0)
                return errno;
        ssize_t size = recv(fd, &answer, sizeof answer, 0);
        if (size < 0)
                return errno;
        if (size < (ssize_t)NLMSG_LENGTH(sizeof answer.error) || answer.header.nlmsg_type != NLMSG_ERROR)
                return EPROTO;
        return -answer.error.error;
}

/* As request_exchange(), on a socket of its own; EAGAIN: no answer came. */
static int request_try(const struct request *request)
{
        static const struct timeval patience = { .tv_sec = 2 };
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
        if (fd < 0)
                return errno;
        int code = setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0
                           ? errno
                           : request_exchange(request, fd);
        close(fd);
        return code;
}

/* An acknowledgement may get lost (netlink(7)): it is asked for again, and what is there by then has been
 * done. */
static bool request_send(const struct request *request, GError **error)
{
        int code = request_try(request);
        for (unsigned tries = 1; code == EAGAIN && tries < TRIES_MOST; tries++) {
                code = request_try(request);
                if (code == EEXIST)
                        code = 0;
        }
        return code == 0 || request_fails(request, code, error);
}

bool network_device_bring_up(const char *name, GError **error)
{
        struct request request;
        g_autofree char *what = g_strdup_printf("bring %s up", name);
        struct ifinfomsg *link = request_begin(&request, what, RTM_NEWLINK, 0, sizeof *link);
        link->ifi_index = if_nametoindex(name);
        link->ifi_flags = link->ifi_change = IFF_UP;
        return request_send(&request, error);
}

bool network_device_set_mtu(const char *name, uint32_t mtu, GError **error)
{
        struct request request;
        g_autofree char *what = g_strdup_printf("set the MTU of %s to %u", name, mtu);
        struct ifinfomsg *link = request_begin(&request, what, RTM_NEWLINK, 0, sizeof *link);
        link->ifi_index = if_nametoindex(name);
        request_attribute(&request, IFLA_MTU, &mtu, sizeof mtu);
        return request_send(&request, error);
}

static void add_address_attribute(struct request *request, uint16_t type, const struct ip_address *address)
{
        size_t offset = ip_address_is_ipv4(address) ? IPV4_OFFSET : 0;
        request_attribute(request, type, address->bytes + offset, sizeof address->bytes - offset);
}

bool network_device_add_address(
        const char *name, const struct ip_address *address, unsigned prefix, GError **error)
{
        struct request request;
        char text[IP_ADDRESS_TEXT_SIZE];
        g_autofree char *what =
                g_strdup_printf("give %s the address %s/%u", name, ip_address_format(address, text), prefix);
        struct ifaddrmsg *body =
                request_begin(&request, what, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *body);
        body->ifa_family = ip_address_is_ipv4(address) ? AF_INET : AF_INET6;
        body->ifa_prefixlen = prefix;
        body->ifa_flags = IFA_F_PERMANENT | IFA_F_NODAD;
        body->ifa_scope = RT_SCOPE_UNIVERSE;
        body->ifa_index = if_nametoindex(name);
        add_address_attribute(&request, IFA_LOCAL, address);
        add_address_attribute(&request, IFA_ADDRESS, address);
        return request_send(&request, error);
}

bool network_device_add_route(const char *name, const struct ip_address *destination, GError **error)
{
        struct request request;
        char text[IP_ADDRESS_TEXT_SIZE];
        g_autofree char *what =
                g_strdup_printf("route %s into %s", ip_address_format(destination, text), name);
        bool is_ipv4 = ip_address_is_ipv4(destination);
        struct rtmsg *body =
                request_begin(&request, what, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, sizeof *body);
        body->rtm_family = is_ipv4 ? AF_INET : AF_INET6;
        body->rtm_dst_len = is_ipv4 ? 32 : 128;
        body->rtm_table = RT_TABLE_MAIN;
        body->rtm_protocol = RTPROT_BOOT;
        body->rtm_scope = is_ipv4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
        body->rtm_type = RTN_UNICAST;
        add_address_attribute(&request, RTA_DST, destination);
        uint32_t index = if_nametoindex(name);
        request_attribute(&request, RTA_OIF, &index, sizeof index);
        return request_send(&request, error);
}

bool network_device_set_pfifo(const char *name, uint32_t packets, GError **error)
{
        struct request request;
        g_autofree char *what = g_strdup_printf("give %s a queue of %u packets", name, packets);
        struct tcmsg *body =
                request_begin(&request, what, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, sizeof *body);
        body->tcm_family = AF_UNSPEC;
        body->tcm_ifindex = if_nametoindex(name);
        body->tcm_parent = TC_H_ROOT;
        static const char kind[] = "pfifo";
        request_attribute(&request, TCA_KIND, kind, sizeof kind);
        const struct tc_fifo_qopt options = { .limit = packets };
        request_attribute(&request, TCA_OPTIONS, &options, sizeof options);
        return request_send(&request, error);
}
