/*
 * TCP fast open of a client: text that goes with the SYN, and what the SYN-ACK says of it. RFC 7413 sections
 * 4.1 and 4.2.1; as Linux (tcp_send_syn_data, tcp_rcv_fastopen_synack).
 */
#include "tcp/cookie_cache.h"
#include "tcp/fast_open.h"
#include "tcp/rate_sample.h"
#include "tcp/recovery.h"
#include "tcp/sender.h"
#include "tcp/sender_timer.h"

/* "Reserve maximum option space for middleboxes that add private TCP options." */
#define ROOM_FOR_OPTIONS 40

/* What a peer takes that does not say how much. */
#define DEFAULT_MSS 536

static bool needs_cookie(const struct tcp_settings *settings)
{
        return !(settings->fast_open_flags & TCP_FAST_OPEN_CLIENT_NO_COOKIE) &&
               !settings->fast_open_no_cookie;
}

static bool has_cookie(const struct known_server *server)
{
        return server != NULL && server->cookie_size > 0;
}

bool tcp_host_may_open_fast(
        const TcpHost *host, const struct tcp_settings *settings, const struct ip_address *server)
{
        return !needs_cookie(settings) || has_cookie(cookie_cache_find(tcp_host_cookies(host), server));
}

/* ---- The SYN ---- */

static void ask_for_cookie(TcpConn *conn, const struct known_server *server)
{
        conn->fast_open.has_option = conn->fast_open.has_asked = true;
        conn->fast_open.failure = TCP_FAST_OPEN_NO_COOKIE;
        conn->fast_open.cookie_size = 0;
        conn->fast_open.is_experimental = server != NULL && server->form == COOKIE_FORM_EXPERIMENTAL;
}

static void show_cookie(TcpConn *conn, const struct known_server *server)
{
        conn->fast_open.has_option = conn->fast_open.has_asked = true;
        conn->fast_open.is_experimental = server->is_experimental;
        conn->fast_open.cookie_size = server->cookie_size;
        memcpy(conn->fast_open.cookie, server->cookie, server->cookie_size);
}

/* "The MSS for SYN-data is based on the cached MSS." */
static uint32_t room_in_syn(const TcpConn *conn, const struct known_server *server)
{
        uint32_t mss = conn->rcv.mss;
        if (server != NULL && server->mss > 0)
                mss = MIN(mss, server->mss);
        return mss > ROOM_FOR_OPTIONS ? mss - ROOM_FOR_OPTIONS : 0;
}

size_t fast_open_begin(TcpConn *conn, const void *bytes, size_t size)
{
        const CookieCache *cookies = tcp_host_cookies(conn->host);
        const struct known_server *server = cookie_cache_find(cookies, &conn->tuple.remote.address);
        bool is_free = !needs_cookie(&conn->settings);
        if (!is_free && !has_cookie(server)) {
                ask_for_cookie(conn, server);
                return 0;
        }
        if (!is_free)
                show_cookie(conn, server);
        size_t taken = MIN(size, room_in_syn(conn, server));
        if (taken > 0) {
                send_queue_write(&conn->send_queue, bytes, taken);
                send_queue_take(&conn->send_queue, 0, (uint32_t)taken);
        }
        conn->fast_open.syn_text = (uint32_t)taken;
        conn->snd.nxt = seq_add(conn->snd.nxt, conn->fast_open.syn_text);
        return taken;
}

/* Only the first: "the client SHOULD retransmit the SYN without the data and the Fast Open option". */
void fast_open_fill_text(TcpConn *conn, struct tcp_segment *syn)
{
        uint32_t length = conn->fast_open.syn_text;
        if (length == 0 || conn->syn_sendings > 0 || conn->state != TCP_STATE_SYN_SENT)
                return;
        syn->payload = send_queue_cut(&conn->send_queue, 0, length);
        conn->counts.data_segments_sent++;
        tcp_host_count(conn->host, TCP_COUNTER_ORIGINAL_DATA_SENT);
        conn->counts.bytes_sent += length;
}

/* ---- The answer ---- */

static bool is_wholly_acknowledged(const TcpConn *conn)
{
        return seq_equal(conn->snd.una, conn->snd.nxt);
}

/* The rest is in flight, since the SYN was sent. */
static void keep_rest(TcpConn *conn, uint32_t length, time_ns now)
{
        struct scoreboard *board = &conn->scoreboard;
        struct sent_segment *record = scoreboard_push(board, conn->snd.una, length, false, conn->syn_sent_at);
        record->has_push = true;
        record->burst = ++conn->bursts;
        rate_sample_on_sent(conn, record, 0, conn->syn_sent_at);
        sender_timer_rearm(conn, now);
}

void fast_open_settle(TcpConn *conn, struct seqnum acknowledged, time_ns now)
{
        uint32_t length = conn->fast_open.syn_text;
        if (length == 0)
                return;
        uint32_t taken = acknowledged.value - conn->snd.una.value;
        send_queue_discard(&conn->send_queue, taken);
        conn->counts.bytes_acknowledged += taken;
        conn->snd.nxt = seq_add(conn->snd.una, length);
        conn->snd.una = acknowledged;
        conn->fast_open.is_syn_text_taken = taken == length;
        if (taken < length)
                keep_rest(conn, length - taken, now);
}

/* A server that tells none may know the old form only: that is asked for next, once. */
static void learn(const TcpConn *conn, const struct tcp_options *options)
{
        const struct fast_open *fast_open = &conn->fast_open;
        CookieCache *cookies = tcp_host_cookies(conn->host);
        struct known_server *server = cookie_cache_get(cookies, &conn->tuple.remote.address);
        bool has_been_resent = conn->syn_sendings > 1;
        server->mss = options->has_mss ? options->mss : DEFAULT_MSS;
        if (!fast_open->has_asked)
                return;
        if (options->has_fast_open && options->fast_open_size > 0) {
                server->cookie_size = options->fast_open_size;
                server->is_experimental = options->is_fast_open_experimental;
                memcpy(server->cookie, options->fast_open, options->fast_open_size);
        } else if (!options->has_fast_open && !has_been_resent && fast_open->syn_text == 0) {
                enum cookie_form next =
                        fast_open->is_experimental ? COOKIE_FORM_USUAL_AGAIN : COOKIE_FORM_EXPERIMENTAL;
                if (server->cookie_size == 0)
                        server->form = MAX(server->form, next);
        }
}

bool fast_open_on_syn_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        struct fast_open *fast_open = &conn->fast_open;
        if (!fast_open->has_asked && fast_open->syn_text == 0)
                return false;
        learn(conn, &segment->options);
        if (fast_open->syn_text > 0 && !is_wholly_acknowledged(conn)) {
                fast_open->failure = conn->syn_sendings > 1 ? TCP_FAST_OPEN_SYN_SENT_AGAIN
                                                            : TCP_FAST_OPEN_NOT_ACKNOWLEDGED;
                recovery_mark_all_lost(conn, now);
                tcp_host_count(conn->host, TCP_COUNTER_FAST_OPEN_ACTIVE_FAIL);
                return true;
        }
        if (fast_open->syn_text > 0)
                tcp_host_count(conn->host, TCP_COUNTER_FAST_OPEN_ACTIVE);
        receive_text_of_syn(conn, segment, now);
        return false;
}
