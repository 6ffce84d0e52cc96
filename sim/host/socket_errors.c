/*
 * Notices: kept, and told.
 *
 * Differs: the packet that a notice is about is not kept; whoever reads a notice gets no bytes, and
 * MSG_TRUNC.
 */
#include "host/socket_errors.h"

#include <errno.h>
#include <linux/net_tstamp.h>
#include <time.h>

#include "host/socket_option.h"

void socket_add_notice(Socket *socket, const struct socket_notice *notice)
{
        struct socket_notice *kept = g_memdup2(notice, sizeof *notice);
        kept->link = (GList){ .data = kept };
        g_queue_push_tail_link(&socket->notices, &kept->link);
        socket_update(socket);
}

void socket_clear_notices(Socket *socket)
{
        while (!g_queue_is_empty(&socket->notices))
                g_free(g_queue_pop_head_link(&socket->notices)->data);
}

static bool is_icmp(const struct socket_notice *notice)
{
        return notice->error.ee_origin == SO_EE_ORIGIN_ICMP || notice->error.ee_origin == SO_EE_ORIGIN_ICMP6;
}

/* The pending error is that of the next ICMP message in the queue; with the last one it is gone. */
static void settle_error(Socket *socket, const struct socket_notice *taken)
{
        const GList *head = socket->notices.head;
        const struct socket_notice *next = head != NULL ? head->data : NULL;
        if (next != NULL && is_icmp(next))
                socket->error = (int)next->error.ee_errno;
        else if (is_icmp(taken))
                socket->error = 0;
}

/* Three clocks: ours is the software's. */
static void put_stamp(const Socket *socket, struct socket_control *control, time_ns at)
{
        struct timespec clocks[3] = { { .tv_sec = at / SECOND, .tv_nsec = at % SECOND } };
        if ((socket->timestamping & SOF_TIMESTAMPING_SOFTWARE) != 0)
                control_put(control, SOL_SOCKET, SCM_TIMESTAMPING, clocks, sizeof clocks);
}

static void put_ipv4_error(struct socket_control *control, const struct socket_notice *notice)
{
        struct {
                struct sock_extended_err error;
                struct sockaddr_in offender;
        } value = { .error = notice->error };
        if (is_icmp(notice)) {
                value.offender.sin_family = AF_INET;
                value.offender.sin_addr.s_addr = htonl(ip_address_to_ipv4(&notice->offender.address));
        }
        control_put(control, IPPROTO_IP, IP_RECVERR, &value, sizeof value);
}

static void put_ipv6_error(struct socket_control *control, const struct socket_notice *notice)
{
        struct {
                struct sock_extended_err error;
                struct sockaddr_in6 offender;
        } value = { .error = notice->error };
        if (is_icmp(notice)) {
                value.offender.sin6_family = AF_INET6;
                memcpy(&value.offender.sin6_addr, notice->offender.address.bytes, 16);
        }
        control_put(control, IPPROTO_IPV6, IPV6_RECVERR, &value, sizeof value);
}

ssize_t socket_read_notice(Socket *socket, struct socket_reading *reading)
{
        if (g_queue_is_empty(&socket->notices))
                return -EAGAIN;
        g_autofree struct socket_notice *notice = g_queue_pop_head_link(&socket->notices)->data;
        settle_error(socket, notice);
        if (notice->stamped_at != 0)
                put_stamp(socket, &reading->control, notice->stamped_at);
        if (socket->family == AF_INET6)
                put_ipv6_error(&reading->control, notice);
        else
                put_ipv4_error(&reading->control, notice);
        reading->message_flags |= MSG_ERRQUEUE | (notice->size > 0 ? MSG_TRUNC : 0);
        return 0;
}

static void keep_icmp(Socket *socket, const struct socket_icmp *icmp)
{
        bool is_ipv4 = ip_address_is_ipv4(&icmp->offender.address);
        const struct socket_notice notice = {
                .error = { .ee_errno = (uint32_t)icmp->error,
                        .ee_origin = is_ipv4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6,
                        .ee_type = icmp->type,
                        .ee_code = icmp->code,
                        .ee_info = icmp->info },
                .offender = icmp->offender,
        };
        socket_add_notice(socket, &notice);
}

/* A stream's own part is TCP's. A datagram socket without IP_RECVERR hears of hard errors only, when
 * connected. */
void socket_on_icmp(Socket *socket, const struct socket_icmp *icmp)
{
        bool is_stream = socket->ops == &socket_stream;
        if (socket->settings.reports_icmp)
                keep_icmp(socket, icmp);
        else if (is_stream || !icmp->is_hard || !socket->is_connected)
                return;
        if (!is_stream)
                socket->error = icmp->error;
        socket_update(socket);
}
