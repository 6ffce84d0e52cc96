/*
 * A connection from its making to its end: what it is made of, how it is opened, how its state changes. RFC
 * 9293 section 3.3.
 */
#include "tcp/conn_private.h"

#include <errno.h>

#include "tcp/fast_open.h"
#include "tcp/pacing.h"
#include "tcp/recovery.h"
#include "tcp/sender.h"
#include "tcp/sender_facts.h"
#include "tcp/sender_offer.h"
#include "tcp/urgent.h"

#define NEVER_YET ((time_ns)-1)

static void clear_deadlines(TcpConn *conn)
{
        for (int kind = 0; kind < TCP_DEADLINES; kind++)
                conn->deadlines[kind] = TIME_NEVER;
}

void conn_set_state(TcpConn *conn, enum tcp_state state)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_STATE);
        if (note != NULL) {
                note->from = conn->state;
                note->to = state;
        }
        if (state == TCP_STATE_CLOSED &&
                (conn->state == TCP_STATE_ESTABLISHED || conn->state == TCP_STATE_CLOSE_WAIT))
                tcp_host_count(conn->host, TCP_COUNTER_ESTABLISHED_RESETS);
        conn->state = state;
}

/* A child that ends before anybody could accept it has no user who would let go of it. */
static void leave_syn_queue(TcpConn *conn)
{
        if (conn->listener == NULL || conn->is_ready_child)
                return;
        listener_forget_child(conn->listener, conn);
        conn->is_closed_by_user = true;
}

/* What was received in order can still be read. */
void conn_end(TcpConn *conn)
{
        clear_deadlines(conn);
        sender_clear(conn);
        conn->ack.is_wanted = conn->ack.check_is_due = conn->ack.is_scheduled = false;
        conn->ack.timer_is_running = false;
        conn->is_unattended = conn->is_small = false;
        conn->syn_wanted = false;
        conn->keepalive_wanted = false;
        fast_open_leave(conn);
        leave_syn_queue(conn);
        conn_set_state(conn, TCP_STATE_CLOSED);
}

/* A listener's request that comes to nothing is no attempt. */
static bool was_attempt(const TcpConn *conn)
{
        bool is_request = conn->is_passive && !conn->fast_open.is_child;
        return conn->state == TCP_STATE_SYN_SENT || (conn->state == TCP_STATE_SYN_RECEIVED && !is_request);
}

void conn_fail(TcpConn *conn, int error)
{
        if (was_attempt(conn))
                tcp_host_count(conn->host, TCP_COUNTER_ATTEMPT_FAILS);
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_FAILED);
        if (note != NULL)
                note->value = error;
        conn->error = error;
        conn_end(conn);
}

void conn_time_out(TcpConn *conn)
{
        tcp_host_count(conn->host, TCP_COUNTER_ABORT_ON_TIMEOUT);
        conn_fail(conn, conn->soft_error != 0 ? conn->soft_error : ETIMEDOUT);
}

/* As Linux, the user's patience is tried from the first sending again on, of a SYN from its first sending,
 * and of a closed window from its first probe. -1: it is not tried. */
static time_ns tried_since(const TcpConn *conn)
{
        if (conn->state == TCP_STATE_SYN_SENT || conn->state == TCP_STATE_SYN_RECEIVED)
                return conn->syn_timeouts > 0 && !conn->is_passive ? conn->syn_sent_at : NEVER_YET;
        if (conn->scoreboard.count > 0 && conn->recovery.timeouts > 0)
                return conn->recovery.first_resent_at;
        return conn->probing_since;
}

static void tend_user_timeout(TcpConn *conn)
{
        time_ns since = conn->state == TCP_STATE_CLOSED ? NEVER_YET : tried_since(conn);
        bool is_impatient = conn->settings.user_timeout > 0 && since != NEVER_YET;
        conn_set_deadline(conn, TCP_DEADLINE_USER_TIMEOUT,
                is_impatient ? since + conn->settings.user_timeout : TIME_NEVER);
}

void conn_leave_entry(TcpConn *conn)
{
        if (conn->settings.user_timeout > 0 || conn->deadlines[TCP_DEADLINE_USER_TIMEOUT] != TIME_NEVER)
                tend_user_timeout(conn);
        if (INORDER_CHECKED)
                tcp_conn_check(conn);
        if (INORDER_CHECKED && conn->listener != NULL)
                tcp_listener_check(conn->listener);
}

TcpConn *tcp_conn_new(TcpHost *host, const struct tcp_settings *settings, uint32_t path_mtu)
{
        TcpConn *conn = tcp_host_take_conn(host);
        conn->host = host;
        conn->luck = tcp_host_draw_luck(host);
        conn->settings = *settings;
        conn->path_mtu = conn->route_mtu = path_mtu;
        conn->state = TCP_STATE_CLOSED;
        conn->refusal_answered_at = NEVER_YET;
        conn->probing_since = NEVER_YET;
        conn->timeouts_since = NEVER_YET;
        PayloadPool *pool = tcp_host_pool(host);
        send_queue_init(&conn->send_queue, pool);
        scoreboard_init(&conn->scoreboard, payload_pool_blocks(pool));
        reassembly_init(&conn->rcv.reassembly, pool);
        receive_memory_init(&conn->rcv.memory, payload_pool_blocks(pool));
        rtt_init(&conn->rtt, settings->initial_rto, settings->min_rto, settings->max_rto);
        recovery_init(conn);
        conn->cong.ops = settings->congestion_control;
        clear_deadlines(conn);
        return conn;
}

void tcp_conn_free(TcpConn *conn)
{
        if (conn == NULL)
                return;
        fast_open_leave(conn);
        if (conn->listener != NULL)
                listener_forget_child(conn->listener, conn);
        sender_clear(conn);
        send_queue_clear(&conn->send_queue);
        reassembly_clear(&conn->rcv.reassembly);
        receive_memory_clear(&conn->rcv.memory);
        tcp_host_give_back_conn(conn->host, conn);
}

void tcp_conn_connect(TcpConn *conn, const struct four_tuple *tuple, time_ns now)
{
        g_assert(conn->state == TCP_STATE_CLOSED && !conn->was_opened);
        handshake_open(conn, tuple, now);
        tcp_host_count(conn->host, TCP_COUNTER_ACTIVE_OPENS);
        conn_set_state(conn, TCP_STATE_SYN_SENT);
        conn_leave_entry(conn);
}

size_t tcp_conn_connect_fast(
        TcpConn *conn, const struct four_tuple *tuple, const void *bytes, size_t size, time_ns now)
{
        g_assert(conn->state == TCP_STATE_CLOSED && !conn->was_opened);
        handshake_open(conn, tuple, now);
        size_t taken = fast_open_begin(conn, bytes, size);
        tcp_host_count(conn->host, TCP_COUNTER_ACTIVE_OPENS);
        conn_set_state(conn, TCP_STATE_SYN_SENT);
        conn_leave_entry(conn);
        return taken;
}

void tcp_conn_expect_text(TcpConn *conn)
{
        conn->fast_open.is_text_waiting = true;
}

bool tcp_conn_gives_way(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!time_wait_gives_way(conn, segment, now))
                return false;
        conn->counts.segments_received++;
        tcp_host_set_successor(conn->host, &conn->tuple, conn->snd.nxt);
        conn_end(conn);
        conn_leave_entry(conn);
        return true;
}

void tcp_conn_on_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        conn->counts.segments_received++;
        if (segment->payload.length > 0)
                conn->counts.data_segments_received++;
        conn->push_mss = 0;
        conn->rcv.told_burst = 0;
        conn->burst_tells_duplicate = conn->prior_answer.is_kept = false;
        receive_segment(conn, segment, now);
        conn->rcv.told_burst = 0;
        conn->snd.may_have_room = true;
        conn_leave_entry(conn);
}

bool tcp_conn_is_finished(const TcpConn *conn)
{
        return conn->state == TCP_STATE_CLOSED && conn->is_closed_by_user && !conn->reset_wanted;
}

const struct tcp_settings *tcp_conn_settings(const TcpConn *conn)
{
        return &conn->settings;
}

/* Switched on, it waits for a whole idle time; changed, from when the peer was last heard. */
static void apply_keepalive(TcpConn *conn, bool was_on, time_ns now)
{
        const struct tcp_settings *settings = &conn->settings;
        time_ns from = was_on ? MAX(conn->last_heard_at, conn->ack.last_received_at) : now;
        if (!conn_is_synchronized(conn) || time_wait_has_begun(conn))
                return;
        conn->keepalive_probes = 0;
        conn_set_deadline(conn, TCP_DEADLINE_KEEPALIVE,
                settings->keepalive ? MAX(from + settings->keepalive_idle, now) : TIME_NEVER);
}

void tcp_conn_set(TcpConn *conn, const struct tcp_settings *settings, time_ns now)
{
        struct tcp_settings before = conn->settings;
        conn->settings = *settings;
        conn->rcv.told_burst = 0;
        /* Other settings let nothing out before the next ACK or write does. */
        bool is_uncorked = before.cork && !settings->cork;
        bool is_undelayed = before.nagle && !settings->nagle;
        if (is_uncorked || is_undelayed)
                sender_push(conn);
        if (!settings->nagle && (is_undelayed || is_uncorked))
                conn->push_is_forced = true;
        if (conn->state == TCP_STATE_SYN_SENT)
                handshake_offer(conn);
        if (conn->knows_irs)
                receive_window_set_buffer(conn);
        if (before.window_clamp != settings->window_clamp && settings->window_clamp > 0)
                receive_window_set_clamp(conn, settings->window_clamp);
        if (conn_is_synchronized(conn)) {
                sender_change_settings(conn, now);
                pacing_limit(conn);
        }
        if (before.keepalive != settings->keepalive || before.keepalive_idle != settings->keepalive_idle)
                apply_keepalive(conn, before.keepalive, now);
        conn_leave_entry(conn);
}

enum tcp_state tcp_conn_state(const TcpConn *conn)
{
        return conn->state;
}

bool tcp_conn_is_opening(const TcpConn *conn)
{
        bool is_half_open = conn->state == TCP_STATE_SYN_SENT || conn->state == TCP_STATE_SYN_RECEIVED;
        return is_half_open && !conn->fast_open.is_pending;
}

struct seqnum tcp_conn_iss(const TcpConn *conn)
{
        return conn->snd.iss;
}

struct seqnum tcp_conn_irs(const TcpConn *conn)
{
        return conn->rcv.irs;
}

bool tcp_conn_knows_irs(const TcpConn *conn)
{
        return conn->knows_irs;
}

TcpListener *tcp_conn_listener(const TcpConn *conn)
{
        return conn->listener;
}

void tcp_conn_set_owner(TcpConn *conn, void *owner)
{
        conn->owner = owner;
}

void *tcp_conn_owner(const TcpConn *conn)
{
        return conn->owner;
}

uint32_t tcp_conn_unacknowledged(const TcpConn *conn)
{
        return (uint32_t)send_queue_size(&conn->send_queue);
}

uint32_t tcp_conn_outstanding(const TcpConn *conn)
{
        bool fin_is_out = conn->fin_queued && !sender_fin_is_acknowledged(conn);
        return tcp_conn_unacknowledged(conn) + (fin_is_out && conn_is_synchronized(conn) ? 1 : 0);
}

uint32_t tcp_conn_unsent(const TcpConn *conn)
{
        if (!conn_is_synchronized(conn))
                return tcp_conn_unacknowledged(conn);
        uint64_t sent = sender_stream_offset(conn, conn->snd.nxt);
        return sent < conn->send_queue.end ? (uint32_t)(conn->send_queue.end - sent) : 0;
}

uint32_t tcp_conn_outstanding_unsent(const TcpConn *conn)
{
        /* The FIN is the last number: unsent as long as anything is. */
        bool has_fin = conn->fin_queued && conn_is_synchronized(conn) && sender_has_unsent(conn);
        uint32_t in_syn = conn_is_synchronized(conn) ? 0 : conn->fast_open.syn_text;
        return tcp_conn_unsent(conn) - MIN(in_syn, tcp_conn_unsent(conn)) + has_fin;
}

uint32_t tcp_conn_readable(const TcpConn *conn)
{
        return (uint32_t)reassembly_readable(&conn->rcv.reassembly);
}

void tcp_conn_memory_use(const TcpConn *conn, struct tcp_memory_use *use)
{
        const struct tcp_settings *settings = &conn->settings;
        uint32_t initial =
                settings->receive_buffer > 0 ? settings->receive_buffer : settings->receive_memory.initial;
        *use = (struct tcp_memory_use){
                .received = conn->rcv.memory.allocated,
                .receive_buffer = conn->rcv.buffer > 0 ? conn->rcv.buffer : initial,
                .written = send_memory_used(conn),
                .send_buffer = send_memory_size(conn),
        };
}

static void check_receiver(const TcpConn *conn)
{
        const struct receive_variables *rcv = &conn->rcv;
        reassembly_check(&rcv->reassembly);
        receive_memory_check(&rcv->memory);
        if (!conn->knows_irs)
                return;
        uint32_t taken = (uint32_t)rcv->reassembly.next + 1 + conn->fin_received;
        g_assert(seq_equal(rcv->nxt, seq_add(rcv->irs, taken)));
        g_assert(seq_before_or_at(rcv->acked, rcv->nxt));
        g_assert(!conn->fin_received || (rcv->knows_fin && rcv->reassembly.next == rcv->fin_offset));
        g_assert(!rcv->knows_fin || rcv->reassembly.next <= rcv->fin_offset);
}

static bool state_follows_received_fin(enum tcp_state state)
{
        return state == TCP_STATE_CLOSE_WAIT || state == TCP_STATE_CLOSING || state == TCP_STATE_LAST_ACK ||
               state == TCP_STATE_TIME_WAIT;
}

static void check_closed(const TcpConn *conn)
{
        g_assert(tcp_conn_deadline(conn) == TIME_NEVER);
        g_assert(!conn->ack.is_wanted && !conn->syn_wanted);
        g_assert(conn->listener == NULL || conn->is_ready_child);
}

void tcp_conn_check(const TcpConn *conn)
{
        check_receiver(conn);
        urgent_check(conn);
        if (conn->state == TCP_STATE_CLOSED) {
                check_closed(conn);
                return;
        }
        g_assert(conn->was_opened && conn->state != TCP_STATE_LISTEN);
        g_assert(conn->fin_received == state_follows_received_fin(conn->state));
        g_assert((conn->deadlines[TCP_DEADLINE_TIME_WAIT] != TIME_NEVER) ==
                 (conn->state == TCP_STATE_TIME_WAIT));
        g_assert(!conn->ack.timer_is_running || conn->deadlines[TCP_DEADLINE_DELAYED_ACK] != TIME_NEVER);
        if (conn_is_synchronized(conn))
                sender_check(conn);
}
