/*
 * TCP fast open at a listener: cookies, and connections that are open before their handshake is done. RFC
 * 7413 section 4.2; as Linux (tcp_try_fastopen, tcp_fastopen_create_child, tcp_rcv_synrecv_state_fastopen).
 */
#include "tcp/fast_open.h"

#include "tcp/loss.h"
#include "tcp/sender.h"
#include "tcp/sender_timer.h"
#include "tcp/siphash.h"
#include "tcp/undo.h"
#include "wire/byte_order.h"

#define COOKIE_SIZE 8

/* ---- Cookies ---- */

/* "An encrypted or authenticated form of the client's IP address": both addresses, as in their header, hashed
 * with the key. */
static void make_cookie(const struct four_tuple *tuple, const uint8_t *key, uint8_t cookie[COOKIE_SIZE])
{
        uint8_t addresses[2 * sizeof(struct ip_address)];
        size_t size = sizeof(struct ip_address);
        size_t skipped = 0;
        if (ip_address_is_ipv4(&tuple->remote.address)) {
                size = sizeof(uint32_t);
                skipped = sizeof(struct ip_address) - size;
        }
        memcpy(addresses, tuple->remote.address.bytes + skipped, size);
        memcpy(addresses + size, tuple->local.address.bytes + skipped, size);
        uint64_t hash = siphash(key, addresses, 2 * size);
        for (int i = 0; i < COOKIE_SIZE; i++)
                cookie[i] = (uint8_t)(hash >> 8 * i);
}

static const uint8_t *key_of(const TcpConn *conn, uint32_t index)
{
        const struct tcp_settings *settings = &conn->settings;
        return settings->fast_open_key_count == 0 ? tcp_host_secret(conn->host)
                                                  : settings->fast_open_keys[index];
}

/* Whether the SYN's cookie is one of ours; `*is_present`: made with the key that new ones are made with. */
static bool is_valid(const TcpConn *conn, const struct tcp_options *options, bool *is_present)
{
        uint8_t cookie[COOKIE_SIZE];
        uint32_t keys = MAX(conn->settings.fast_open_key_count, 1);
        for (uint32_t i = 0; i < keys && options->fast_open_size == COOKIE_SIZE; i++) {
                make_cookie(&conn->tuple, key_of(conn, i), cookie);
                *is_present = i == 0;
                if (memcmp(cookie, options->fast_open, COOKIE_SIZE) == 0)
                        return true;
        }
        return false;
}

static void tell_cookie(TcpConn *conn, const struct tcp_options *options)
{
        struct fast_open *fast_open = &conn->fast_open;
        fast_open->has_option = true;
        fast_open->is_experimental = options->is_fast_open_experimental;
        fast_open->cookie_size = COOKIE_SIZE;
        make_cookie(&conn->tuple, key_of(conn, 0), fast_open->cookie);
}

void fast_open_fill_option(const TcpConn *conn, struct tcp_options *options)
{
        const struct fast_open *fast_open = &conn->fast_open;
        if (!fast_open->has_option)
                return;
        options->has_fast_open = true;
        options->is_fast_open_experimental = fast_open->is_experimental;
        options->fast_open_size = fast_open->cookie_size;
        memcpy(options->fast_open, fast_open->cookie, fast_open->cookie_size);
}

/* ---- A SYN ---- */

/* Both halves begin now; the SYN-ACK acknowledges the text, and its timer is the only one until it is
 * acknowledged itself. */
static void open_at_once(TcpListener *listener, TcpConn *child, const struct tcp_segment *syn, time_ns now)
{
        child->snd.una = child->snd.nxt;
        handshake_estimate_peer_mss(child);
        receive_window_establish(child, now);
        sender_start(child, -1, now);
        receive_text_of_syn(child, syn, now);
        child->counts.data_segments_received += syn->payload.length > 0;
        child->rcv.acked = child->rcv.nxt;
        child->fast_open.is_pending = child->fast_open.is_child = true;
        child->fast_open.is_syn_text_taken = syn->payload.length > 0;
        tcp_host_count(child->host, TCP_COUNTER_FAST_OPEN_PASSIVE);
        tcp_host_count(child->host, TCP_COUNTER_PASSIVE_OPENS);
        listener_add_fast(listener, child);
        listener_on_child_established(listener, child);
}

static bool is_enabled(const TcpConn *child)
{
        return child->settings.fast_open && (child->settings.fast_open_flags & TCP_FAST_OPEN_SERVER);
}

static bool needs_cookie(const TcpConn *child)
{
        const struct tcp_settings *settings = &child->settings;
        return !(settings->fast_open_flags & TCP_FAST_OPEN_SERVER_NO_COOKIE) &&
               !settings->fast_open_no_cookie;
}

/* RFC 7413 section 4.2.2, and its order: who asks for a cookie waits for the handshake; so does who shows a
 * wrong one, and is told the right one. */
void fast_open_on_syn(TcpListener *listener, TcpConn *child, const struct tcp_segment *syn, time_ns now)
{
        const struct tcp_options *options = &syn->options;
        bool is_present = true;
        if (options->has_fast_open && options->fast_open_size == 0)
                tcp_host_count(child->host, TCP_COUNTER_FAST_OPEN_COOKIE_ASKED);
        if (!is_enabled(child) || (syn->payload.length == 0 && !options->has_fast_open))
                return;
        if (!listener_may_open_fast(listener, now))
                return;
        if (!needs_cookie(child)) {
                open_at_once(listener, child, syn, now);
                return;
        }
        if (!options->has_fast_open)
                return;
        bool opens = is_valid(child, options, &is_present);
        if (!opens && options->fast_open_size > 0)
                tcp_host_count(child->host, TCP_COUNTER_FAST_OPEN_PASSIVE_FAIL);
        if (opens && !is_present)
                tcp_host_count(child->host, TCP_COUNTER_FAST_OPEN_OLD_KEY);
        if (!opens || !is_present)
                tell_cookie(child, options);
        if (opens)
                open_at_once(listener, child, syn, now);
}

/* ---- Until the last ACK of the handshake ---- */

void fast_open_leave(TcpConn *conn)
{
        conn->fast_open.is_pending = false;
        if (conn->fast_open.listener != NULL)
                listener_remove_fast(conn->fast_open.listener, conn);
}

/* No better sample has been seen. */
static void measure_handshake(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        duration_ns sample = handshake_round_trip(conn, segment, now);
        if (sample < 0 || seq_after(segment->ack, conn->snd.una))
                return;
        rtt_sample_minimum(&conn->rtt, sample, now);
        rtt_sample(&conn->rtt, sample, conn->snd.una, conn->snd.nxt);
        sender_timer_note_rtt(conn, sample);
}

/* The timer was needless, says the timestamp; or nothing was lost. */
static void leave_loss(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        const struct ack_event event = { .segment = segment, .now = now };
        if (conn->recovery.state == TCP_CONGESTION_LOSS && conn->scoreboard.count == 0)
                undo_try_recovery(conn, &event);
}

/* What was sent meanwhile has its timer from now on. */
static void finish(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        fast_open_leave(conn);
        conn->syn_wanted = false;
        sender_timer_rearm(conn, now);
        leave_loss(conn, segment, now);
        measure_handshake(conn, segment, now);
        handshake_start_keepalive(conn, now);
        if (conn->state != TCP_STATE_SYN_RECEIVED)
                return;
        conn_set_state(conn, TCP_STATE_ESTABLISHED);
        if (conn->fast_open.is_fin_waiting)
                closing_send_fin(conn);
}

bool fast_open_complete(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (seq_before(segment->ack, conn->snd.una) || seq_after(segment->ack, conn->snd.nxt)) {
                receive_note_refused(conn, segment, TCP_REFUSED_BAD_ACK);
                if (conn->state == TCP_STATE_SYN_RECEIVED)
                        closing_want_reset(conn, segment->ack);
                return false;
        }
        finish(conn, segment, now);
        return true;
}

/* A reset after accept(2) is remembered: so would a forged SYN end. */
void fast_open_on_reset(TcpConn *conn, time_ns now)
{
        TcpListener *listener = conn->fast_open.listener;
        bool is_accepted = conn->listener == NULL;
        fast_open_leave(conn);
        if (listener != NULL && is_accepted)
                listener_count_reset(listener, now);
        closing_take_reset(conn);
}

/* tcp_fastopen_synack_timer: once more than other SYN-ACKs; the second time, what was sent counts as lost. */
bool fast_open_waits_on(TcpConn *conn, time_ns now)
{
        if (conn->syn_timeouts > conn->settings.syn_ack_retries) {
                conn_time_out(conn);
                return false;
        }
        if (conn->syn_timeouts == 1)
                loss_begin(conn, TCP_LOSS_TIMEOUT, now);
        if (conn->recovery.first_resent_at == NO_TIME)
                conn->recovery.first_resent_at = now;
        return true;
}
