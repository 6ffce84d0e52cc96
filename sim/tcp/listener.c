/*
 * LISTEN: connections on their way in. Half-open ones wait in the SYN queue, open ones in the accept queue;
 * both hold one more than `backlog`, as on Linux. RFC 9293 section 3.10.7.2.
 *
 * Differs: what arrives when a queue is full is ignored, as on Linux, so that the peer tries again; or a SYN
 * is answered with a cookie.
 */
#include "tcp/conn_private.h"

#include "tcp/child_queue.h"
#include "tcp/cookie_handshake.h"
#include "tcp/fast_open.h"
#include "tcp/syn_cookie.h"

/* A reset before the last ACK of a handshake looks like a forged SYN, for so long. */
#define FAST_RESET_COUNTS (60 * SECOND)

/* Fewer half-open connections are no trouble; and however many, so often a SYN-ACK is sent again. */
#define BUSY_QUEUE    8
#define LEAST_RETRIES 2

struct TcpListener {
        TcpHost *host;
        struct tcp_settings settings;
        struct endpoint local;
        uint32_t path_mtu;
        uint32_t backlog;
        struct child_queue half_open;
        uint32_t old_requests; /* of those, whose SYN-ACK was sent again by its timer */
        struct child_queue ready;
        GPtrArray *fast;       /* of TcpConn: open before their handshake is done, in the queue or accepted */
        time_ns cookies_until; /* one that was sent may come back so long */
        GArray *fast_resets;   /* of time_ns: when a reset no longer counts as one more of those */
        void *owner;
};

static void note_full(const TcpListener *listener, enum tcp_note_kind kind, uint32_t length)
{
        struct tcp_note *note = tcp_host_note(listener->host, kind);
        if (note != NULL)
                note->value = length;
}

bool listener_has_room_for_child(const TcpListener *listener)
{
        if (listener->ready.length <= listener->backlog)
                return true;
        note_full(listener, TCP_NOTE_ACCEPT_QUEUE_FULL, listener->ready.length);
        tcp_host_count(listener->host, TCP_COUNTER_LISTEN_OVERFLOWS);
        tcp_host_count(listener->host, TCP_COUNTER_LISTEN_DROPS);
        return false;
}

/* reqsk_timer_handler: when more than half of the queue is in use, and the less of it is new, the old ones
 * make room sooner. */
uint32_t listener_patience(const TcpListener *listener, uint32_t retries)
{
        uint32_t length = listener->half_open.length;
        uint32_t young = 2 * (length - listener->old_requests);
        if (2 * length <= MAX(listener->backlog, BUSY_QUEUE))
                return retries;
        for (; retries > LEAST_RETRIES && length >= young; young *= 2)
                retries--;
        return retries;
}

void listener_on_child_old(TcpListener *listener)
{
        listener->old_requests++;
}

static void leave_half_open(TcpListener *listener, TcpConn *child)
{
        child_queue_remove(&listener->half_open, child);
        listener->old_requests -= child->syn_timeouts > 0;
}

void listener_on_child_established(TcpListener *listener, TcpConn *child)
{
        leave_half_open(listener, child);
        child_queue_add(&listener->ready, child);
        child->is_ready_child = true;
}

void listener_forget_child(TcpListener *listener, TcpConn *child)
{
        if (child->is_ready_child)
                child_queue_remove(&listener->ready, child);
        else
                leave_half_open(listener, child);
        child->listener = NULL;
        child->is_ready_child = false;
}

/* ---- Fast open: RFC 7413 section 5.1, as Linux (tcp_fastopen_queue_check, reqsk_fastopen_remove) ---- */

bool listener_may_open_fast(TcpListener *listener, time_ns now)
{
        GArray *resets = listener->fast_resets;
        if (listener->fast->len + resets->len < listener->settings.fast_open_queue)
                return true;
        if (listener->settings.fast_open_queue == 0)
                return false;
        if (resets->len == 0 || g_array_index(resets, time_ns, 0) > now) {
                tcp_host_count(listener->host, TCP_COUNTER_FAST_OPEN_OVERFLOW);
                return false;
        }
        g_array_remove_index(resets, 0);
        return true;
}

void listener_add_fast(TcpListener *listener, TcpConn *child)
{
        g_ptr_array_add(listener->fast, child);
        child->fast_open.listener = listener;
}

void listener_remove_fast(TcpListener *listener, TcpConn *child)
{
        g_ptr_array_remove(listener->fast, child);
        child->fast_open.listener = NULL;
}

void listener_count_reset(TcpListener *listener, time_ns now)
{
        time_ns until = now + FAST_RESET_COUNTS;
        g_array_append_val(listener->fast_resets, until);
}

TcpListener *tcp_listener_new(TcpHost *host, const struct tcp_settings *settings,
        const struct endpoint *local, uint32_t backlog, uint32_t path_mtu)
{
        TcpListener *listener = g_new0(TcpListener, 1);
        listener->host = host;
        listener->settings = *settings;
        listener->local = *local;
        listener->path_mtu = path_mtu;
        listener->fast = g_ptr_array_new();
        listener->fast_resets = g_array_new(FALSE, FALSE, sizeof(time_ns));
        tcp_listener_set_backlog(listener, backlog);
        return listener;
}

void tcp_listener_set_path_mtu(TcpListener *listener, uint32_t path_mtu)
{
        listener->path_mtu = path_mtu;
}

void tcp_listener_free(TcpListener *listener)
{
        if (listener == NULL)
                return;
        g_assert(listener->half_open.length == 0 && listener->ready.length == 0);
        for (guint i = 0; i < listener->fast->len; i++)
                ((TcpConn *)listener->fast->pdata[i])->fast_open.listener = NULL;
        g_ptr_array_free(listener->fast, TRUE);
        g_array_free(listener->fast_resets, TRUE);
        g_free(listener);
}

static TcpConn *new_child(const TcpListener *listener)
{
        return tcp_conn_new(listener->host, &listener->settings, listener->path_mtu);
}

static void adopt(TcpListener *listener, TcpConn *child)
{
        child->listener = listener;
        child->counts.segments_received++;
        child_queue_add(&listener->half_open, child);
}

static TcpConn *accept_syn(
        TcpListener *listener, const struct four_tuple *tuple, const struct tcp_segment *syn, time_ns now)
{
        TcpConn *child = new_child(listener);
        adopt(listener, child);
        handshake_accept_syn(child, tuple, syn, now);
        fast_open_on_syn(listener, child, syn, now);
        conn_leave_entry(child);
        return child;
}

/* ---- SYN cookies ---- */

static void answer_with_cookie(TcpListener *listener, const struct four_tuple *tuple,
        const struct tcp_segment *syn, time_ns now, struct tcp_segment *answer)
{
        g_autoptr(TcpConn) child = new_child(listener);
        cookie_handshake_answer(child, tuple, syn, now, answer);
        listener->cookies_until = now + SYN_COOKIE_VALID;
        tcp_host_count(listener->host, TCP_COUNTER_COOKIES_SENT);
}

/* As Linux, an acknowledgement is only looked at while a cookie may be under way. */
static bool may_bring_cookie(const TcpListener *listener, time_ns now)
{
        return listener->settings.syn_cookies != TCP_SYN_COOKIES_OFF && now < listener->cookies_until;
}

/* NULL: it brings none, or (`*has_answer` false) there is no room. */
static TcpConn *accept_cookie(TcpListener *listener, const struct four_tuple *tuple,
        const struct tcp_segment *ack, time_ns now, bool *has_answer)
{
        g_autoptr(TcpConn) child = new_child(listener);
        *has_answer = !cookie_handshake_open(child, tuple, ack, now);
        if (*has_answer || !listener_has_room_for_child(listener))
                return NULL;
        adopt(listener, child);
        receive_in_steps(child, ack, now);
        conn_leave_entry(child);
        return g_steal_pointer(&child);
}

/* ---- Segments ---- */

static TcpConn *on_ack(TcpListener *listener, const struct four_tuple *tuple, const struct tcp_segment *ack,
        time_ns now, struct tcp_segment *answer, bool *has_answer)
{
        TcpConn *child = NULL;
        *has_answer = true;
        if (!(ack->flags & TCP_FLAG_SYN) && may_bring_cookie(listener, now))
                child = accept_cookie(listener, tuple, ack, now, has_answer);
        if (*has_answer)
                *has_answer = tcp_stray_answer(ack, answer);
        return child;
}

/* "Kill the following clause, if you dislike this way." The last quarter is for peers that are known; here
 * nobody is. */
static bool is_reserved(const TcpListener *listener)
{
        uint32_t most = listener->settings.syn_backlog;
        return most > 0 && listener->settings.syn_cookies == TCP_SYN_COOKIES_OFF &&
               (int64_t)most - listener->half_open.length < most / 4;
}

/* tcp_conn_request */
static TcpConn *on_syn(TcpListener *listener, const struct four_tuple *tuple, const struct tcp_segment *syn,
        time_ns now, struct tcp_segment *answer, bool *has_answer)
{
        enum tcp_syn_cookies cookies = listener->settings.syn_cookies;
        bool is_full = listener->half_open.length > listener->backlog;
        bool wants_cookie = (is_full && cookies != TCP_SYN_COOKIES_OFF) || cookies == TCP_SYN_COOKIES_ALWAYS;
        if (is_full)
                note_full(listener, TCP_NOTE_SYN_QUEUE_FULL, listener->half_open.length);
        if (is_full && !wants_cookie) {
                tcp_host_count(listener->host, TCP_COUNTER_DROPS_FOR_FULL_QUEUE);
                tcp_host_count(listener->host, TCP_COUNTER_LISTEN_DROPS);
                return NULL;
        }
        if (wants_cookie)
                tcp_host_count(listener->host, TCP_COUNTER_COOKIES_FOR_FULL_QUEUE);
        if (!listener_has_room_for_child(listener))
                return NULL;
        if (!wants_cookie && is_reserved(listener)) {
                tcp_host_count(listener->host, TCP_COUNTER_LISTEN_DROPS);
                return NULL;
        }
        if (!wants_cookie)
                return accept_syn(listener, tuple, syn, now);
        answer_with_cookie(listener, tuple, syn, now, answer);
        *has_answer = true;
        return NULL;
}

/* "First, check for a RST: ignored. Second, check for an ACK: any acknowledgment is bad. Third, check for a
 * SYN. Fourth, other data or control: drop." Differs: an acknowledgment of a cookie is good; a SYN with a FIN
 * is nobody's honest call, and dropped, as Linux does. */
static TcpConn *on_segment(TcpListener *listener, const struct four_tuple *tuple,
        const struct tcp_segment *segment, time_ns now, struct tcp_segment *answer, bool *has_answer)
{
        *has_answer = false;
        if (segment->flags & TCP_FLAG_RST)
                return NULL;
        if (segment->flags & TCP_FLAG_ACK)
                return on_ack(listener, tuple, segment, now, answer, has_answer);
        if (!(segment->flags & TCP_FLAG_SYN) || (segment->flags & TCP_FLAG_FIN))
                return NULL;
        return on_syn(listener, tuple, segment, now, answer, has_answer);
}

static void leave_entry(const TcpListener *listener)
{
        if (INORDER_CHECKED)
                tcp_listener_check(listener);
}

TcpConn *tcp_listener_on_segment(TcpListener *listener, const struct four_tuple *tuple,
        const struct tcp_segment *segment, time_ns now, struct tcp_segment *answer, bool *has_answer)
{
        TcpConn *child = on_segment(listener, tuple, segment, now, answer, has_answer);
        leave_entry(listener);
        return child;
}

TcpConn *tcp_listener_accept(TcpListener *listener)
{
        TcpConn *child = listener->ready.first;
        if (child != NULL)
                listener_forget_child(listener, child);
        leave_entry(listener);
        return child;
}

bool tcp_listener_has_connection(const TcpListener *listener)
{
        return listener->ready.length > 0;
}

uint32_t tcp_listener_ready_count(const TcpListener *listener)
{
        return listener->ready.length;
}

uint32_t tcp_listener_backlog(const TcpListener *listener)
{
        return listener->backlog;
}

TcpConn *tcp_listener_take_child(TcpListener *listener)
{
        TcpConn *child = listener->ready.first != NULL ? listener->ready.first : listener->half_open.first;
        if (child == NULL)
                return NULL;
        listener_forget_child(listener, child);
        child->is_closed_by_user = true;
        leave_entry(listener);
        return child;
}

void tcp_listener_set_backlog(TcpListener *listener, uint32_t backlog)
{
        listener->backlog = backlog;
}

void tcp_listener_set(TcpListener *listener, const struct tcp_settings *settings)
{
        listener->settings = *settings;
}

const struct endpoint *tcp_listener_local(const TcpListener *listener)
{
        return &listener->local;
}

void tcp_listener_set_owner(TcpListener *listener, void *owner)
{
        listener->owner = owner;
}

void *tcp_listener_owner(const TcpListener *listener)
{
        return listener->owner;
}

static void check_old_requests(const TcpListener *listener)
{
        uint32_t old = 0;
        for (const TcpConn *child = listener->half_open.first; child != NULL; child = child->listener_next)
                old += child->syn_timeouts > 0;
        g_assert(old == listener->old_requests);
}

void tcp_listener_check(const TcpListener *listener)
{
        child_queue_check(&listener->half_open, listener, false);
        child_queue_check(&listener->ready, listener, true);
        check_old_requests(listener);
}
