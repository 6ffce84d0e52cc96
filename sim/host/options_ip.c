/*
 * Options of IPPROTO_IP and IPPROTO_IPV6. ip(7), ipv6(7), RFC 3542; Linux's do_ip_setsockopt() and
 * do_ipv6_setsockopt().
 */
#include "host/socket_option.h"

#define BYTE_MAX         255
#define MTU_DISCOVER_MAX IP_PMTUDISC_OMIT
#define ECN_MASK         3 /* TCP's own, in the traffic class. RFC 3168 */
#define IPV6_MTU_MIN     1280

#ifndef IP_PASSSEC
#define IP_PASSSEC 18
#endif
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif

static bool is_for_all(const Socket *socket)
{
        (void)socket;
        return true;
}

static bool is_for_ipv6(const Socket *socket)
{
        return socket->family == AF_INET6;
}

/* ---- What packets carry ---- */

static int traffic_class(const Socket *socket, int value)
{
        return socket->ops == &socket_stream ? value & BYTE_MAX & ~ECN_MASK : value & BYTE_MAX;
}

static int set_type_of_service(Socket *socket, int value)
{
        socket_keep(socket, IPPROTO_IP, IP_TOS, traffic_class(socket, value));
        socket_apply_header(socket);
        return 0;
}

static int set_traffic_class(Socket *socket, int value)
{
        socket_keep(socket, IPPROTO_IPV6, IPV6_TCLASS, traffic_class(socket, MAX(value, 0)));
        socket_apply_header(socket);
        return 0;
}

/* -1: the default. */
static int set_time_to_live(Socket *socket, int value)
{
        if (value == 0)
                return -EINVAL;
        socket_keep(socket, IPPROTO_IP, IP_TTL, value < 0 ? SOCKET_TIME_TO_LIVE : value);
        socket_apply_header(socket);
        return 0;
}

static int set_hop_limit(Socket *socket, int value)
{
        socket_keep(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, value < 0 ? SOCKET_TIME_TO_LIVE : value);
        socket_apply_header(socket);
        return 0;
}

/* ---- Errors and sizes ---- */

static int set_reports_errors(Socket *socket, int value)
{
        socket_keep(socket, IPPROTO_IP, IP_RECVERR, value != 0);
        socket->settings.reports_icmp = value != 0;
        socket_apply_settings(socket);
        return 0;
}

static int set_reports_ipv6_errors(Socket *socket, int value)
{
        socket_keep(socket, IPPROTO_IPV6, IPV6_RECVERR, value != 0);
        socket->settings.reports_icmp = value != 0;
        socket_apply_settings(socket);
        return 0;
}

/* ip_dont_fragment, tcp_v4_mtu_reduced */
static int set_mtu_discovery(Socket *socket, int value)
{
        bool looks = value == IP_PMTUDISC_WANT || value == IP_PMTUDISC_DO;
        socket_keep(socket, IPPROTO_IP, IP_MTU_DISCOVER, value);
        socket->settings.dont_fragment = looks;
        socket->settings.follows_path_mtu = looks || value == IP_PMTUDISC_PROBE;
        socket_apply_settings(socket);
        return 0;
}

/* No router fragments IPv6 (ip6_sk_accept_pmtu). */
static int set_ipv6_mtu_discovery(Socket *socket, int value)
{
        socket_keep(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, value);
        socket->settings.follows_path_mtu = value != IP_PMTUDISC_INTERFACE && value != IP_PMTUDISC_OMIT;
        socket_apply_settings(socket);
        return 0;
}

static int get_mtu(Socket *socket, void *value, socklen_t *size)
{
        int mtu = (int)socket_path_mtu(socket);
        if (mtu == 0)
                return -ENOTCONN;
        return option_give(value, size, &mtu, sizeof mtu);
}

static int set_ipv6_mtu(Socket *socket, const void *value, socklen_t size)
{
        int mtu;
        (void)socket;
        if (size < sizeof mtu)
                return -EINVAL;
        memcpy(&mtu, value, sizeof mtu);
        return mtu != 0 && mtu < IPV6_MTU_MIN ? -EINVAL : 0;
}

static int get_ipv6_only(Socket *socket)
{
        return socket->is_ipv6_only;
}

static int set_ipv6_only(Socket *socket, int value)
{
        if (binding_is_bound(&socket->binding) || socket->connection != NULL)
                return -EINVAL;
        socket->is_ipv6_only = value != 0;
        return 0;
}

static int refuse(Socket *socket, int value)
{
        (void)socket;
        (void)value;
        return -EINVAL;
}

static int get_nothing(Socket *socket)
{
        (void)socket;
        return 0;
}

/* ---- The tables ---- */

static const struct socket_option ip_options[] = {
        { .text = "IP_TOS", IP_TOS, OPTION_ANY, .is_kept = true, .set = set_type_of_service },
        { .text = "IP_TTL",
                IP_TTL,
                -1,
                BYTE_MAX,
                .start = SOCKET_TIME_TO_LIVE,
                .is_kept = true,
                .set = set_time_to_live },
        { .text = "IP_MTU_DISCOVER",
                IP_MTU_DISCOVER,
                0,
                MTU_DISCOVER_MAX,
                .start = IP_PMTUDISC_WANT,
                .is_kept = true,
                .set = set_mtu_discovery },
        OPTION(IP_MTU, .get_value = get_mtu),
        { .text = "IP_RECVERR", IP_RECVERR, OPTION_SWITCH, .is_kept = true, .set = set_reports_errors },
        KEPT_NUMBER(IP_RECVERR_RFC4884, 0, 1, 0),
        KEPT_NUMBER(IP_MINTTL, 0, BYTE_MAX, 0),
        KEPT_SWITCH(IP_BIND_ADDRESS_NO_PORT, 0),
        KEPT_SWITCH(IP_FREEBIND, 0),
        KEPT_SWITCH(IP_TRANSPARENT, 0),
        KEPT_SWITCH(IP_RECVTTL, 0),
        KEPT_SWITCH(IP_RECVTOS, 0),
        KEPT_SWITCH(IP_RECVOPTS, 0),
        KEPT_SWITCH(IP_RETOPTS, 0),
        KEPT_SWITCH(IP_PKTINFO, 0),
        KEPT_SWITCH(IP_PASSSEC, 0),
        KEPT_SWITCH(IP_ORIGDSTADDR, 0),
        KEPT_SWITCH(IP_CHECKSUM, 0),
        OPTION(IP_RECVFRAGSIZE, .get = get_nothing, .set = refuse),
        OPTION(IP_HDRINCL, .get = get_nothing),
        OPTION(IP_NODEFRAG, .get = get_nothing),
};

const struct option_table ip_level_options = {
        .level = IPPROTO_IP,
        .options = ip_options,
        .count = G_N_ELEMENTS(ip_options),
        .is_for = is_for_all,
        .takes_bytes = true,
        .gives_bytes = true,
        .reads_known_only = true,
};

static const struct socket_option ipv6_options[] = {
        { .text = "IPV6_TCLASS", IPV6_TCLASS, -1, BYTE_MAX, .is_kept = true, .set = set_traffic_class },
        { .text = "IPV6_UNICAST_HOPS",
                IPV6_UNICAST_HOPS,
                -1,
                BYTE_MAX,
                .start = SOCKET_TIME_TO_LIVE,
                .is_kept = true,
                .set = set_hop_limit },
        { .text = "IPV6_RECVERR",
                IPV6_RECVERR,
                OPTION_SWITCH,
                .is_kept = true,
                .set = set_reports_ipv6_errors },
        { .text = "IPV6_V6ONLY", IPV6_V6ONLY, OPTION_SWITCH, .get = get_ipv6_only, .set = set_ipv6_only },
        { .text = "IPV6_MTU_DISCOVER",
                IPV6_MTU_DISCOVER,
                0,
                MTU_DISCOVER_MAX,
                .start = IP_PMTUDISC_WANT,
                .is_kept = true,
                .set = set_ipv6_mtu_discovery },
        OPTION(IPV6_MTU, .get_value = get_mtu, .set_value = set_ipv6_mtu),
        KEPT_NUMBER(IPV6_RECVERR_RFC4884, 0, 1, 0),
        KEPT_NUMBER(IPV6_MINHOPCOUNT, 0, BYTE_MAX, 0),
        KEPT_SWITCH(IPV6_FREEBIND, 0),
        KEPT_SWITCH(IPV6_TRANSPARENT, 0),
        KEPT_SWITCH(IPV6_RECVPKTINFO, 0),
        KEPT_SWITCH(IPV6_RECVHOPLIMIT, 0),
        KEPT_SWITCH(IPV6_RECVTCLASS, 0),
        KEPT_SWITCH(IPV6_DONTFRAG, 0),
        KEPT_SWITCH(IPV6_AUTOFLOWLABEL, 1),
};

const struct option_table ipv6_level_options = {
        .level = IPPROTO_IPV6,
        .options = ipv6_options,
        .count = G_N_ELEMENTS(ipv6_options),
        .is_for = is_for_ipv6,
        .reads_known_only = true,
        .null_is_zero = true,
};
