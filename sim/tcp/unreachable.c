/*
 * What routers and hosts on the path say of our segments. RFC 5927, RFC 1122 section 4.2.3.9, RFC 1191,
 * RFC 6069; as Linux (tcp_v4_err, tcp_v6_err).
 */
#include "tcp/conn_private.h"

#include "tcp/sender.h"

/* RFC 5927 section 4.1: "TCP SHOULD check that the TCP sequence number contained in the payload of the ICMP
 * error message is within the range SND.UNA =< SEG.SEQ < SND.NXT". Differs: as Linux, SND.NXT too. */
static bool is_of_us(const TcpConn *conn, struct seqnum seq)
{
        bool counts_syn = !conn_is_synchronized(conn) || conn->fast_open.is_pending;
        struct seqnum first = counts_syn ? conn->snd.iss : conn->snd.una;
        return seq_after_or_at(seq, first) && seq_before_or_at(seq, conn->snd.nxt);
}

/* "return this connection to the LISTEN state": a listener's half-open connection is nobody's yet; the
 * message must quote the SYN-ACK itself (tcp_req_err). */
static void on_half_open(TcpConn *conn, const struct tcp_icmp *icmp)
{
        bool is_believed = conn->settings.icmp_errors != TCP_ICMP_ERRORS_OFF;
        if (!seq_equal(icmp->seq, conn->snd.iss)) {
                tcp_host_count(conn->host, TCP_COUNTER_OUT_OF_WINDOW_ICMPS);
        } else if (icmp->is_hard && is_believed) {
                tcp_host_count(conn->host, TCP_COUNTER_LISTEN_DROPS);
                conn_end(conn);
        }
}

/* With fast open, not any more once it is accepted. */
static bool is_opening(const TcpConn *conn)
{
        if (conn->fast_open.is_pending && conn->listener == NULL)
                return false;
        return conn->state == TCP_STATE_SYN_SENT || conn->state == TCP_STATE_SYN_RECEIVED;
}

/* RFC 5927 section 5.2: hard errors too are soft ones, once a connection is open. Differs: as Linux, every
 * error ends a connection that is being opened. */
static void take_error(TcpConn *conn, int error, bool is_hard)
{
        if (is_opening(conn) || (is_hard && conn->settings.icmp_errors == TCP_ICMP_ERRORS_HARD))
                conn_fail(conn, error);
        else if (conn->settings.reports_icmp)
                conn->error = error;
        else
                conn->soft_error = error;
}

static void react(TcpConn *conn, const struct tcp_icmp *icmp, time_ns now)
{
        if (icmp->path_mtu > 0) {
                path_mtu_shrink(conn, icmp->path_mtu, now);
                return;
        }
        if (conn->settings.icmp_errors == TCP_ICMP_ERRORS_OFF)
                return;
        if (icmp->is_unreachable && conn_is_synchronized(conn))
                sender_on_unreachable(conn, icmp->seq, now);
        take_error(conn, icmp->error, icmp->is_hard);
}

void tcp_conn_on_icmp(TcpConn *conn, const struct tcp_icmp *icmp, time_ns now)
{
        if (conn->state == TCP_STATE_CLOSED || conn->state == TCP_STATE_TIME_WAIT)
                return;
        if (conn->state == TCP_STATE_SYN_RECEIVED && conn->is_passive && !conn->fast_open.is_pending)
                on_half_open(conn, icmp);
        else if (is_of_us(conn, icmp->seq))
                react(conn, icmp, now);
        else
                tcp_host_count(conn->host, TCP_COUNTER_OUT_OF_WINDOW_ICMPS);
        conn_leave_entry(conn);
}
