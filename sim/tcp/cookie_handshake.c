/*
 * Handshakes of which a listener keeps nothing: the SYN-ACK is made and forgotten, and the connection is made
 * when its acknowledgement brings the cookie back. RFC 4987 section 3.6; as Linux (cookie_v4_check,
 * tcp_conn_request).
 */
#include "tcp/cookie_handshake.h"

#include "tcp/syn_cookie.h"

static void begin_at(TcpConn *conn, struct seqnum first)
{
        conn->snd.iss = conn->snd.una = first;
        conn->snd.nxt = conn->snd.resent_end = seq_add(first, 1);
}

/* What the lowest bits of a timestamp cannot carry is not agreed. */
static struct tcp_segment without_options(const TcpConn *conn, const struct tcp_segment *syn)
{
        struct tcp_segment bare = *syn;
        if (conn->settings.timestamps && syn->options.has_timestamps)
                return bare;
        bare.options.sack_permitted = bare.options.has_window_scale = bare.options.has_timestamps = false;
        bare.flags &= (uint16_t) ~(TCP_FLAG_ECE | TCP_FLAG_CWR);
        return bare;
}

static struct tcp_options agreed_by(const TcpConn *conn)
{
        return (struct tcp_options){
                .sack_permitted = conn->sack_agreed,
                .has_window_scale = conn->window_scaling_agreed,
                .window_scale = conn->snd.scale,
        };
}

void cookie_handshake_answer(TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *syn,
        time_ns now, struct tcp_segment *answer)
{
        const struct tcp_segment bare = without_options(conn, syn);
        struct tcp_sending sending;
        handshake_learn_syn(conn, tuple, &bare, now);
        uint32_t mss = conn->snd.peer_mss;
        begin_at(conn, syn_cookie_make(tcp_host_secret(conn->host), tuple, syn->seq, &mss, now));
        bool is_made = tcp_conn_next_segment(conn, now, answer, &sending);
        g_assert(is_made && (answer->flags & TCP_FLAG_SYN));
        if (!answer->options.has_timestamps)
                return;
        const struct tcp_options agreed = agreed_by(conn);
        uint32_t stamp = answer->options.timestamp_value - conn->timestamp_offset;
        answer->options.timestamp_value =
                syn_cookie_stamp(stamp, &agreed, conn->ecn.is_agreed) + conn->timestamp_offset;
}

/* The SYN as far as the acknowledgement tells of it. */
static struct tcp_segment remember_syn(
        const TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *ack, uint32_t mss)
{
        struct tcp_segment syn = {
                .flags = TCP_FLAG_SYN,
                .seq = seq_sub(ack->seq, 1),
                .window = ack->window,
                .options = { .has_mss = true,
                        .mss = (uint16_t)mss,
                        .has_timestamps = ack->options.has_timestamps,
                        .timestamp_value = ack->options.timestamp_value },
        };
        bool has_ecn = false;
        uint32_t echo = ack->options.timestamp_echo;
        uint32_t offset = tcp_host_timestamp_offset(conn->host, tuple);
        if (ack->options.has_timestamps)
                syn_cookie_read_stamp(echo != 0 ? echo - offset : 0, &syn.options, &has_ecn);
        if (has_ecn)
                syn.flags |= TCP_FLAG_ECE | TCP_FLAG_CWR;
        return syn;
}

static bool is_still_offered(const TcpConn *conn, const struct tcp_options *options)
{
        const struct tcp_settings *settings = &conn->settings;
        return (settings->timestamps || !options->has_timestamps) &&
               (settings->sack || !options->sack_permitted) &&
               (settings->window_scaling || !options->has_window_scale);
}

bool cookie_handshake_open(
        TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *ack, time_ns now)
{
        struct seqnum cookie = seq_sub(ack->ack, 1);
        uint32_t mss = syn_cookie_mss(tcp_host_secret(conn->host), tuple, seq_sub(ack->seq, 1), cookie, now);
        tcp_host_count(conn->host, mss > 0 ? TCP_COUNTER_COOKIES_RECEIVED : TCP_COUNTER_COOKIES_FAILED);
        if (mss == 0)
                return false;
        const struct tcp_segment syn = remember_syn(conn, tuple, ack, mss);
        if (!is_still_offered(conn, &syn.options))
                return false;
        handshake_accept_syn(conn, tuple, &syn, now);
        receive_window_begin(conn, mss);
        if (!conn->window_scaling_agreed)
                receive_window_forgo_scale(conn);
        begin_at(conn, cookie);
        conn->syn_wanted = false;
        return true;
}
