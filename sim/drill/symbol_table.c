/*
 * A table of names, in no order that matters: it is searched through.
 */
#include "drill/symbol_table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/errqueue.h>
#include <linux/in6.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define SYMBOL(name)                                                                                         \
        {                                                                                                    \
#name, name                                                                                  \
        }

static const struct symbol {
        const char *name;
        int64_t value;
} symbols[] = {
        SYMBOL(AF_UNSPEC),
        SYMBOL(AF_INET),
        SYMBOL(AF_INET6),
        SYMBOL(PF_INET),
        SYMBOL(PF_INET6),
        SYMBOL(SOCK_STREAM),
        SYMBOL(SOCK_DGRAM),
        SYMBOL(SOCK_RAW),
        SYMBOL(SOCK_NONBLOCK),
        SYMBOL(SOCK_CLOEXEC),
        SYMBOL(IPPROTO_IP),
        SYMBOL(IPPROTO_TCP),
        SYMBOL(IPPROTO_UDP),
        SYMBOL(IPPROTO_IPV6),
        SYMBOL(IPPROTO_ICMP),
        SYMBOL(SOL_SOCKET),
        SYMBOL(SOL_IP),
        SYMBOL(SOL_IPV6),
        SYMBOL(SOL_TCP),
        SYMBOL(SOL_UDP),
        SYMBOL(SHUT_RD),
        SYMBOL(SHUT_WR),
        SYMBOL(SHUT_RDWR),
        SYMBOL(INADDR_ANY),
        SYMBOL(SO_ACCEPTCONN),
        SYMBOL(SO_BROADCAST),
        SYMBOL(SO_BUSY_POLL),
        SYMBOL(SO_DEBUG),
        SYMBOL(SO_DOMAIN),
        SYMBOL(SO_DONTROUTE),
        SYMBOL(SO_ERROR),
        SYMBOL(SO_INCOMING_CPU),
        SYMBOL(SO_KEEPALIVE),
        SYMBOL(SO_LINGER),
        SYMBOL(SO_LOCK_FILTER),
        SYMBOL(SO_MARK),
        SYMBOL(SO_MAX_PACING_RATE),
        SYMBOL(SO_MEMINFO),
        SYMBOL(SO_NO_CHECK),
        SYMBOL(SO_OOBINLINE),
        SYMBOL(SO_PASSCRED),
        SYMBOL(SO_PEEK_OFF),
        SYMBOL(SO_PEERCRED),
        SYMBOL(SO_PRIORITY),
        SYMBOL(SO_PROTOCOL),
        SYMBOL(SO_RCVBUF),
        SYMBOL(SO_RCVBUFFORCE),
        SYMBOL(SO_RCVLOWAT),
        SYMBOL(SO_RCVTIMEO),
        SYMBOL(SO_REUSEADDR),
        SYMBOL(SO_REUSEPORT),
        SYMBOL(SO_SNDBUF),
        SYMBOL(SO_SNDBUFFORCE),
        SYMBOL(SO_SNDLOWAT),
        SYMBOL(SO_SNDTIMEO),
        SYMBOL(SO_TIMESTAMP),
        SYMBOL(SO_TIMESTAMPNS),
        SYMBOL(SO_TIMESTAMPING),
        SYMBOL(SO_TYPE),
        SYMBOL(SO_ZEROCOPY),
        SYMBOL(SO_TXTIME),
        SYMBOL(IP_TOS),
        SYMBOL(IP_TTL),
        SYMBOL(IP_MTU_DISCOVER),
        SYMBOL(IP_MTU),
        SYMBOL(IP_RECVERR),
        SYMBOL(IP_RECVTOS),
        SYMBOL(IP_RECVTTL),
        SYMBOL(IP_PKTINFO),
        SYMBOL(IP_TRANSPARENT),
        SYMBOL(IP_FREEBIND),
        SYMBOL(IP_BIND_ADDRESS_NO_PORT),
        SYMBOL(IP_MINTTL),
        SYMBOL(IP_PMTUDISC_DONT),
        SYMBOL(IP_PMTUDISC_WANT),
        SYMBOL(IP_PMTUDISC_DO),
        SYMBOL(IP_PMTUDISC_PROBE),
        SYMBOL(IP_PMTUDISC_INTERFACE),
        SYMBOL(IP_PMTUDISC_OMIT),
        SYMBOL(IPV6_TCLASS),
        SYMBOL(IPV6_V6ONLY),
        SYMBOL(IPV6_RECVERR),
        SYMBOL(IPV6_MTU),
        SYMBOL(IPV6_MTU_DISCOVER),
        SYMBOL(IPV6_UNICAST_HOPS),
        SYMBOL(IPV6_RECVTCLASS),
        SYMBOL(IPV6_RECVHOPLIMIT),
        SYMBOL(IPV6_HOPLIMIT),
        SYMBOL(IPV6_PMTUDISC_DONT),
        SYMBOL(IPV6_PMTUDISC_WANT),
        SYMBOL(IPV6_PMTUDISC_DO),
        SYMBOL(IPV6_PMTUDISC_PROBE),
        SYMBOL(IPV6_AUTOFLOWLABEL),
        SYMBOL(IPV6_FLOWINFO_SEND),
        SYMBOL(IPV6_FLOWLABEL_MGR),
        SYMBOL(TCP_NODELAY),
        SYMBOL(TCP_MAXSEG),
        SYMBOL(TCP_CORK),
        SYMBOL(TCP_KEEPIDLE),
        SYMBOL(TCP_KEEPINTVL),
        SYMBOL(TCP_KEEPCNT),
        SYMBOL(TCP_SYNCNT),
        SYMBOL(TCP_LINGER2),
        SYMBOL(TCP_DEFER_ACCEPT),
        SYMBOL(TCP_WINDOW_CLAMP),
        SYMBOL(TCP_INFO),
        SYMBOL(TCP_QUICKACK),
        SYMBOL(TCP_CONGESTION),
        SYMBOL(TCP_MD5SIG),
        SYMBOL(TCP_COOKIE_TRANSACTIONS),
        SYMBOL(TCP_THIN_LINEAR_TIMEOUTS),
        SYMBOL(TCP_THIN_DUPACK),
        SYMBOL(TCP_USER_TIMEOUT),
        SYMBOL(TCP_REPAIR),
        SYMBOL(TCP_REPAIR_QUEUE),
        SYMBOL(TCP_QUEUE_SEQ),
        SYMBOL(TCP_REPAIR_OPTIONS),
        SYMBOL(TCP_FASTOPEN),
        SYMBOL(TCP_TIMESTAMP),
        SYMBOL(TCP_NOTSENT_LOWAT),
        SYMBOL(TCP_CC_INFO),
        SYMBOL(TCP_SAVE_SYN),
        SYMBOL(TCP_SAVED_SYN),
        SYMBOL(TCP_REPAIR_WINDOW),
        SYMBOL(TCP_FASTOPEN_CONNECT),
        SYMBOL(TCP_ULP),
        SYMBOL(TCP_MD5SIG_EXT),
        SYMBOL(TCP_FASTOPEN_KEY),
        SYMBOL(TCP_FASTOPEN_NO_COOKIE),
        SYMBOL(TCP_ZEROCOPY_RECEIVE),
        SYMBOL(TCP_INQ),
        SYMBOL(TCP_CM_INQ),
        SYMBOL(TCP_TX_DELAY),
        SYMBOL(TCP_ESTABLISHED),
        SYMBOL(TCP_SYN_SENT),
        SYMBOL(TCP_SYN_RECV),
        SYMBOL(TCP_FIN_WAIT1),
        SYMBOL(TCP_FIN_WAIT2),
        SYMBOL(TCP_TIME_WAIT),
        SYMBOL(TCP_CLOSE),
        SYMBOL(TCP_CLOSE_WAIT),
        SYMBOL(TCP_LAST_ACK),
        SYMBOL(TCP_LISTEN),
        SYMBOL(TCP_CLOSING),
        SYMBOL(MSG_OOB),
        SYMBOL(MSG_PEEK),
        SYMBOL(MSG_DONTROUTE),
        SYMBOL(MSG_CTRUNC),
        SYMBOL(MSG_PROXY),
        SYMBOL(MSG_TRUNC),
        SYMBOL(MSG_DONTWAIT),
        SYMBOL(MSG_EOR),
        SYMBOL(MSG_WAITALL),
        SYMBOL(MSG_FIN),
        SYMBOL(MSG_SYN),
        SYMBOL(MSG_CONFIRM),
        SYMBOL(MSG_RST),
        SYMBOL(MSG_ERRQUEUE),
        SYMBOL(MSG_NOSIGNAL),
        SYMBOL(MSG_MORE),
        SYMBOL(MSG_WAITFORONE),
        SYMBOL(MSG_FASTOPEN),
        SYMBOL(MSG_ZEROCOPY),
        SYMBOL(MSG_CMSG_CLOEXEC),
        SYMBOL(POLLIN),
        SYMBOL(POLLPRI),
        SYMBOL(POLLOUT),
        SYMBOL(POLLERR),
        SYMBOL(POLLHUP),
        SYMBOL(POLLNVAL),
        SYMBOL(POLLRDNORM),
        SYMBOL(POLLRDBAND),
        SYMBOL(POLLWRNORM),
        SYMBOL(POLLWRBAND),
        SYMBOL(POLLMSG),
        SYMBOL(POLLRDHUP),
        SYMBOL(EPOLLIN),
        SYMBOL(EPOLLPRI),
        SYMBOL(EPOLLOUT),
        SYMBOL(EPOLLRDNORM),
        SYMBOL(EPOLLRDBAND),
        SYMBOL(EPOLLWRNORM),
        SYMBOL(EPOLLWRBAND),
        SYMBOL(EPOLLMSG),
        SYMBOL(EPOLLERR),
        SYMBOL(EPOLLHUP),
        SYMBOL(EPOLLRDHUP),
        SYMBOL(EPOLLONESHOT),
        SYMBOL(EPOLLET),
        SYMBOL(EPOLLEXCLUSIVE),
        SYMBOL(EPOLLWAKEUP),
        SYMBOL(EPOLL_CTL_ADD),
        SYMBOL(EPOLL_CTL_MOD),
        SYMBOL(EPOLL_CTL_DEL),
        SYMBOL(EPOLL_CLOEXEC),
        SYMBOL(O_RDONLY),
        SYMBOL(O_WRONLY),
        SYMBOL(O_RDWR),
        SYMBOL(O_NONBLOCK),
        SYMBOL(O_CLOEXEC),
        SYMBOL(F_GETFL),
        SYMBOL(F_SETFL),
        SYMBOL(F_GETFD),
        SYMBOL(F_SETFD),
        SYMBOL(FD_CLOEXEC),
        SYMBOL(SIOCINQ),
        SYMBOL(SIOCOUTQ),
        SYMBOL(SIOCOUTQNSD),
        SYMBOL(SIOCATMARK),
        SYMBOL(FIONREAD),
        SYMBOL(FIONBIO),
        SYMBOL(SO_EE_ORIGIN_NONE),
        SYMBOL(SO_EE_ORIGIN_LOCAL),
        SYMBOL(SO_EE_ORIGIN_ICMP),
        SYMBOL(SO_EE_ORIGIN_ICMP6),
        SYMBOL(SO_EE_ORIGIN_TXSTATUS),
        SYMBOL(SO_EE_ORIGIN_ZEROCOPY),
        SYMBOL(SO_EE_CODE_ZEROCOPY_COPIED),
        SYMBOL(SCM_TSTAMP_SND),
        SYMBOL(SCM_TSTAMP_SCHED),
        SYMBOL(SCM_TSTAMP_ACK),
        SYMBOL(SCM_TIMESTAMPING),
        SYMBOL(SCM_TIMESTAMP),
        SYMBOL(SCM_TIMESTAMPNS),
        SYMBOL(SOF_TIMESTAMPING_TX_HARDWARE),
        SYMBOL(SOF_TIMESTAMPING_TX_SOFTWARE),
        SYMBOL(SOF_TIMESTAMPING_RX_HARDWARE),
        SYMBOL(SOF_TIMESTAMPING_RX_SOFTWARE),
        SYMBOL(SOF_TIMESTAMPING_SOFTWARE),
        SYMBOL(SOF_TIMESTAMPING_OPT_ID),
        SYMBOL(SOF_TIMESTAMPING_TX_SCHED),
        SYMBOL(SOF_TIMESTAMPING_TX_ACK),
        SYMBOL(SOF_TIMESTAMPING_OPT_CMSG),
        SYMBOL(SOF_TIMESTAMPING_OPT_TSONLY),
        SYMBOL(SOF_TIMESTAMPING_OPT_STATS),
        SYMBOL(TCPI_OPT_TIMESTAMPS),
        SYMBOL(TCPI_OPT_SACK),
        SYMBOL(TCPI_OPT_WSCALE),
        SYMBOL(TCPI_OPT_ECN),
        SYMBOL(TCPI_OPT_ECN_SEEN),
        SYMBOL(TCPI_OPT_SYN_DATA),
};

/* Larger than any error number. */
#define ERROR_NUMBERS 200

int symbol_find_error(const char *name)
{
        for (int error = 1; error < ERROR_NUMBERS; error++) {
                const char *known = strerrorname_np(error);
                if (known != NULL && strcmp(known, name) == 0)
                        return error;
        }
        return strcmp(name, "EWOULDBLOCK") == 0 ? EWOULDBLOCK : strcmp(name, "ENOTSUP") == 0 ? ENOTSUP : 0;
}

bool symbol_find(const char *name, int64_t *value)
{
        for (size_t i = 0; i < G_N_ELEMENTS(symbols); i++) {
                if (strcmp(symbols[i].name, name) != 0)
                        continue;
                *value = symbols[i].value;
                return true;
        }
        *value = symbol_find_error(name); /* SO_ERROR's values */
        return *value != 0;
}

const char *symbol_error_name(int error, char buffer[24])
{
        const char *known = strerrorname_np(error);
        if (known != NULL)
                return known;
        g_snprintf(buffer, 24, "errno %d", error);
        return buffer;
}
