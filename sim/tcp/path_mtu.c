/*
 * How large segments may be: what the path carries, what the peer takes, what the user allows. RFC 9293
 * section 3.7.1, RFC 1191; as Linux (tcp_advertise_mss, tcp_mtu_to_mss, tcp_sync_mss).
 */
#include "tcp/conn_private.h"

#include "tcp/sender.h"

/* "If an MSS Option is not received at connection setup, TCP implementations MUST assume a default send MSS
 * of 536 (576 - 40) for IPv4 or 1220 (1280 - 60) for IPv6." */
#define DEFAULT_MSS_IPV4 536
#define DEFAULT_MSS_IPV6 1220
/* No peer makes us send less than this in a segment, before options (Linux: TCP_MIN_SND_MSS); nor does its
 * window cut segments to less than makes a packet of 68 bytes' payload and TCP header. */
#define SMALLEST_MSS        48
#define SMALLEST_PART       68
#define SMALLEST_OFFER_IPV4 256

#define TCP_HEADER          20
#define HEADERS_IPV4        40
#define HEADERS_IPV6        60

/* What is believed of a path's MTU at the least. IPv4: Linux's ip_rt_min_pmtu; IPv6: RFC 8200 section 5. */
#define SMALLEST_PMTU_IPV4 552
#define SMALLEST_PMTU_IPV6 1280

static bool is_ipv4(const TcpConn *conn)
{
        return ip_address_is_ipv4(&conn->tuple.remote.address);
}

static uint32_t headers(const TcpConn *conn)
{
        return is_ipv4(conn) ? HEADERS_IPV4 : HEADERS_IPV6;
}

static uint32_t path_mss(const TcpConn *conn)
{
        return conn->path_mtu > headers(conn) ? conn->path_mtu - headers(conn) : 0;
}

/* What is advertised has a floor, however narrow the device: ip_rt_min_advmss, and RFC 8200's. */
uint32_t path_mtu_own_mss(const TcpConn *conn)
{
        uint32_t mss = MAX(path_mss(conn), is_ipv4(conn) ? SMALLEST_OFFER_IPV4 : DEFAULT_MSS_IPV6);
        return conn->settings.mss > 0 ? MIN(conn->settings.mss, mss) : mss;
}

/* Differs: where the answer to our SYN says nothing, Linux takes TCP_MAXSEG for it (tcp_connect_init). */
uint32_t path_mtu_peer_mss(const TcpConn *conn, const struct tcp_options *options)
{
        uint32_t mss = is_ipv4(conn) ? DEFAULT_MSS_IPV4 : DEFAULT_MSS_IPV6;
        if (options->has_mss && options->mss > 0)
                mss = options->mss;
        else if (!conn->is_passive && conn->settings.mss > 0)
                mss = conn->settings.mss;
        return conn->settings.mss > 0 ? MIN(conn->settings.mss, mss) : mss;
}

/* Of those of every segment. */
static uint32_t options_size(const TcpConn *conn)
{
        return conn_timestamps_size(conn);
}

/* RFC 9293 section 3.8.6.2.1 lets no more out than half of the largest window anyway. */
uint32_t path_mtu_bound_to_window(const TcpConn *conn, uint32_t size)
{
        uint32_t most = conn->snd.wnd_max > DEFAULT_MSS_IPV4 ? conn->snd.wnd_max / 2 : conn->snd.wnd_max;
        if (most == 0 || size <= most)
                return size;
        return MAX(most, SMALLEST_PART - TCP_HEADER - options_size(conn));
}

/* "Eff.snd.MSS = min(SendMSS + 20, MMS_S) - TCPhdrsize - IPoptionsize": of the options only those of every
 * segment are deducted. */
uint32_t path_mtu_effective_mss(const TcpConn *conn)
{
        uint32_t mss = MAX(MIN(path_mss(conn), conn->snd.peer_mss), SMALLEST_MSS) - options_size(conn);
        return path_mtu_bound_to_window(conn, mss);
}

/* tcp_connect_init: until the peer's SYN has come, the default is believed, or the user. */
uint32_t path_mtu_mss_before_syn(const TcpConn *conn)
{
        uint32_t believed = is_ipv4(conn) ? DEFAULT_MSS_IPV4 : DEFAULT_MSS_IPV6;
        if (conn->settings.mss > 0)
                believed = conn->settings.mss;
        return MAX(MIN(path_mss(conn), believed), SMALLEST_MSS) - options_size(conn);
}

/* What a router says is only believed down to a floor. Differs from RFC 1191 section 3, which would have a
 * segment set DF no more below some size: ours all do. */
static bool learn_route_mtu(TcpConn *conn, uint32_t mtu)
{
        uint32_t least = is_ipv4(conn) ? SMALLEST_PMTU_IPV4 : SMALLEST_PMTU_IPV6;
        if (!is_ipv4(conn) && (mtu < least || !conn->settings.follows_path_mtu))
                return false;
        if (mtu >= conn->route_mtu)
                return false;
        conn->route_mtu = MIN(conn->route_mtu, MAX(mtu, least));
        return true;
}

/* RFC 1191 section 3: "the host MUST never raise its estimate". As Linux (tcp_v4_mtu_reduced), who does not
 * look for the path's MTU hears of it all the same, but sends nothing again. */
void path_mtu_shrink(TcpConn *conn, uint32_t mtu, time_ns now)
{
        if (!learn_route_mtu(conn, mtu) || !conn->settings.follows_path_mtu)
                return;
        if (conn->route_mtu >= conn->path_mtu)
                return;
        conn->path_mtu = conn->route_mtu;
        if (conn_is_synchronized(conn))
                sender_set_mss(conn, path_mtu_effective_mss(conn), now);
        else if (conn->fast_open.syn_text > 0 && conn->state == TCP_STATE_SYN_SENT)
                conn->syn_wanted = true; /* it was that which was too large */
}

/* tcp_current_mss */
void path_mtu_follow(TcpConn *conn)
{
        if (conn->path_mtu == conn->route_mtu || !conn_is_synchronized(conn))
                return;
        conn->path_mtu = conn->route_mtu;
        conn->push_mss = 0;
        conn->snd.mss = path_mtu_effective_mss(conn);
}

/* What a SYN or SYN-ACK that is still to be sent offers (tcp_advertise_mss, tcp_make_synack). */
static void offer_anew(TcpConn *conn)
{
        uint32_t mss = path_mtu_own_mss(conn);
        conn->rcv.mss = conn->is_passive ? mss : MIN(conn->rcv.mss, mss);
        conn->rcv.advised_mss = conn->rcv.mss - (conn->knows_irs ? conn_timestamps_size(conn) : 0);
}

void tcp_conn_set_route_mtu(TcpConn *conn, uint32_t mtu)
{
        conn->route_mtu = mtu;
        if (conn_is_synchronized(conn) || conn->state == TCP_STATE_CLOSED)
                return;
        conn->path_mtu = mtu;
        offer_anew(conn);
}
