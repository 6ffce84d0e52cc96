/*
 * What goes out: lost segments again, new ones, window probes. RFC 9293 section 3.8; which and when say
 * sender_offer.h and recovery.h.
 */
#include "tcp/sender.h"

#include "tcp/recovery.h"
#include "tcp/sender_offer.h"
#include "tcp/sender_timer.h"

static uint32_t bytes_in_record(const struct sent_segment *record)
{
        return record->length - (record->has_fin ? 1 : 0);
}

/* ---- Notes ---- */

static uint32_t bytes_of(const TcpConn *conn, uint32_t segments)
{
        return (uint32_t)MIN((uint64_t)segments * conn->snd.mss, UINT32_MAX - 1);
}

/* Exact while all that is out is in flight; else in full segments. */
static uint32_t bytes_in_flight(const TcpConn *conn)
{
        uint32_t out = (uint32_t)seq_diff(conn->snd.nxt, conn->snd.una);
        uint32_t in_flight = scoreboard_in_flight(&conn->scoreboard);
        return in_flight == conn->scoreboard.count ? out : MIN(out, bytes_of(conn, in_flight));
}

void sender_note_congestion(TcpConn *conn)
{
        uint32_t ssthresh = conn->cong.ssthresh;
        const struct congestion_figures figures = {
                .cwnd = bytes_of(conn, conn->cong.cwnd + conn->recovery.inflation),
                .ssthresh = ssthresh == CONG_SSTHRESH_NOT_SET ? UINT32_MAX : bytes_of(conn, ssthresh),
                .in_flight = bytes_in_flight(conn),
                .send_window = conn->snd.wnd,
        };
        if (memcmp(&figures, &conn->noted, sizeof(figures)) == 0)
                return;
        conn->noted = figures;
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_CONGESTION);
        if (note == NULL)
                return;
        note->congestion.cwnd_bytes = figures.cwnd;
        note->congestion.ssthresh_bytes = figures.ssthresh;
        note->congestion.in_flight_bytes = figures.in_flight;
        note->congestion.send_window_bytes = figures.send_window;
}

static void set_limit(TcpConn *conn, enum tcp_limit limit)
{
        if (conn->limit == limit)
                return;
        conn->limit = limit;
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_LIMITED);
        if (note != NULL)
                note->why = limit;
}

/* ---- Segments ---- */

static void count_sending(TcpConn *conn, uint32_t bytes, bool is_repeated)
{
        struct tcp_counts *counts = &conn->counts;
        counts->data_segments_sent += bytes > 0;
        counts->bytes_sent += bytes;
        counts->retransmitted_segments += is_repeated;
        counts->bytes_retransmitted += is_repeated ? bytes : 0;
}

/* `bytes` of the stream from `seq` on. PSH goes with the last byte that was written. */
static void fill(TcpConn *conn, struct seqnum seq, uint32_t bytes, bool has_fin, struct tcp_segment *segment,
        struct tcp_sending *sending)
{
        uint64_t offset = sender_stream_offset(conn, seq);
        segment->seq = seq;
        sending->stream_offset = offset;
        if (bytes > 0) {
                segment->payload = send_queue_cut(&conn->send_queue, offset, bytes);
                if (offset + bytes == conn->send_queue.end)
                        segment->flags |= TCP_FLAG_PSH;
        }
        if (has_fin)
                segment->flags |= TCP_FLAG_FIN;
}

/* The first segment after all were acknowledged. RFC 5681 section 4.1: after more than an RTO of silence
 * nothing is known of the path any more; the restart window is min(IW, cwnd). */
static void begin_flight(TcpConn *conn, time_ns now)
{
        duration_ns rto = conn->settings.idle_restart ? rtt_rto(&conn->rtt) : TIME_NEVER;
        uint32_t restart_window = MIN(conn->settings.initial_window, conn->cong.cwnd);
        cong_on_idle(&conn->cong, restart_window, now - conn->last_data_sent_at, rto, now);
        conn->unanswered_since = now;
}

static void send_offer(TcpConn *conn, const struct sender_offer *offer, time_ns now,
        struct tcp_segment *segment, struct tcp_sending *sending)
{
        uint32_t length = offer->length + (offer->has_fin ? 1 : 0);
        if (conn->scoreboard.count == 0)
                begin_flight(conn, now);
        fill(conn, conn->snd.nxt, offer->length, offer->has_fin, segment, sending);
        sending->sending = 1;
        scoreboard_push(&conn->scoreboard, conn->snd.nxt, length, offer->has_fin, now);
        conn->snd.nxt = seq_add(conn->snd.nxt, length);
        if (offer->length < conn->snd.mss)
                conn->small_end = sending->stream_offset + offer->length;
        conn->last_data_sent_at = now;
        sender_timer_stop_persist(conn);
        if (!sender_timer_retransmit_is_running(conn))
                sender_timer_start_retransmit(conn, now);
        count_sending(conn, offer->length, false);
}

static bool send_new(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        struct sender_offer offer = sender_next_offer(conn);
        if (offer.limit != TCP_LIMIT_NOTHING)
                return false;
        sending->reason = offer.length == 0 ? TCP_SEND_FIN : recovery_new_data_reason(conn);
        send_offer(conn, &offer, now, segment, sending);
        return true;
}

static void send_again(TcpConn *conn, struct sent_segment *record, time_ns now, struct tcp_segment *segment,
        struct tcp_sending *sending)
{
        /* A record from before the path's MTU shrank. */
        if (bytes_in_record(record) > conn->snd.mss)
                record = scoreboard_split(&conn->scoreboard, record, conn->snd.mss);
        sending->reason = recovery_retransmit_reason(conn);
        fill(conn, record->seq, bytes_in_record(record), record->has_fin, segment, sending);
        scoreboard_retransmitted(&conn->scoreboard, record, now);
        struct seqnum end = seq_add(record->seq, record->length);
        conn->snd.resent_end = seq_after(end, conn->snd.resent_end) ? end : conn->snd.resent_end;
        sending->sending = record->sendings;
        conn->recovery.retransmitted_now++;
        conn->last_data_sent_at = now;
        /* RFC 6675 section 6 lets the timer start anew with a retransmission; as Linux, with that of the
         * first hole. */
        if (seq_equal(record->seq, conn->snd.una))
                sender_timer_start_retransmit(conn, now);
        count_sending(conn, bytes_in_record(record), true);
}

/* RFC 9293 section 3.8.6: a sender whose peer shrinks the window "SHOULD retransmit normally the old
 * unacknowledged data between SND.UNA and SND.UNA+SND.WND"; the very first goes out whatever the window, as
 * its probe. */
static bool may_send_again(const TcpConn *conn, const struct sent_segment *record)
{
        struct seqnum edge = seq_add(conn->snd.una, conn->snd.wnd);
        if (!seq_equal(record->seq, conn->snd.una) && !seq_before(record->seq, edge))
                return false;
        return recovery_in_flight(conn) < recovery_window(conn) || recovery_may_exceed_window(conn);
}

static bool send_lost(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        struct sent_segment *record = scoreboard_next_lost(&conn->scoreboard);
        if (record == NULL || !may_send_again(conn, record))
                return false;
        send_again(conn, record, now, segment, sending);
        return true;
}

/* RFC 6675 section 4, NextSeg() rule (3): when there is nothing lost and nothing new to send. */
static bool send_hole(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (recovery_in_flight(conn) >= recovery_window(conn))
                return false;
        if (recovery_next_hole(conn) == NULL)
                return false;
        return send_lost(conn, now, segment, sending);
}

/* Differs from RFC 9293 section 3.8.6.1, whose probe is a byte of new data: as Linux (tcp_xmit_probe_skb), a
 * segment without any, one number before the window: it must be answered and adds nothing that could be lost.
 */
static void send_empty_probe(TcpConn *conn, struct tcp_segment *segment, struct tcp_sending *sending)
{
        segment->seq = seq_sub(conn->snd.una, 1);
        sending->stream_offset = conn->send_queue.first;
        sending->sending = 0;
}

/* The override of RFC 9293 section 3.8.6.2.1: what the window takes. From here on it is data in flight like
 * any other. */
static void send_data_probe(
        TcpConn *conn, uint32_t length, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        const struct sender_offer offer = { .length = length };
        conn->probes = 0;
        rtt_end_back_off(&conn->rtt);
        send_offer(conn, &offer, now, segment, sending);
}

/* The persist timer has fired. */
static void send_probe(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        uint32_t length = MIN(sender_usable_window(conn), (uint32_t)MIN(sender_unsent(conn), conn->snd.mss));
        conn->probe_wanted = false;
        conn->counts.window_probes++;
        sending->reason = TCP_SEND_WINDOW_PROBE;
        if (length > 0)
                send_data_probe(conn, length, now, segment, sending);
        else
                send_empty_probe(conn, segment, sending);
}

/* Nothing goes out: say what is in the way. */
static void stop(TcpConn *conn, time_ns now)
{
        enum tcp_limit limit = sender_limit(conn);
        if (limit == TCP_LIMIT_APPLICATION && scoreboard_next_lost(&conn->scoreboard) != NULL)
                limit = TCP_LIMIT_CONGESTION_WINDOW;
        set_limit(conn, limit);
        if (limit == TCP_LIMIT_CONGESTION_WINDOW)
                sender_update_usage(conn);
        bool needs_probe = limit == TCP_LIMIT_RECEIVE_WINDOW && conn->scoreboard.count == 0;
        if (needs_probe && !sender_timer_persist_is_running(conn))
                sender_timer_start_persist(conn, now);
}

static bool may_send(enum tcp_state state)
{
        switch (state) {
        case TCP_STATE_ESTABLISHED:
        case TCP_STATE_CLOSE_WAIT:
        case TCP_STATE_FIN_WAIT_1:
        case TCP_STATE_CLOSING:
        case TCP_STATE_LAST_ACK:
                return true;
        default:
                return false;
        }
}

/* RFC 6928 section 2, unlike RFC 5681 section 3.1, lets a single SYN be lost: IW falls to one segment only
 * when it was resent more than once. So does Linux. */
static uint32_t initial_window(const TcpConn *conn)
{
        return conn->syn_sendings > 2 ? 1 : conn->settings.initial_window;
}

/* RFC 6298 (5.7): "If the timer expires awaiting the ACK of a SYN segment and the TCP implementation is using
 * an RTO less than 3 seconds, the RTO MUST be re-initialized to 3 seconds when data transmission begins". */
static void start_rtt(TcpConn *conn, duration_ns handshake_rtt, bool syn_was_resent)
{
        const struct tcp_settings *settings = &conn->settings;
        duration_ns initial_rto =
                syn_was_resent ? MAX(settings->initial_rto, 3 * SECOND) : settings->initial_rto;
        rtt_init(&conn->rtt, initial_rto, settings->min_rto, settings->max_rto);
        if (handshake_rtt >= 0)
                rtt_sample(&conn->rtt, handshake_rtt);
        sender_timer_note_rtt(conn, handshake_rtt);
}

void sender_start(TcpConn *conn, duration_ns handshake_rtt, bool syn_was_resent, time_ns now)
{
        g_assert(conn->snd.mss > 0 && seq_equal(conn->snd.una, conn->snd.nxt));
        start_rtt(conn, handshake_rtt, syn_was_resent);
        cong_init(&conn->cong, conn->settings.congestion_control, initial_window(conn), now);
        recovery_init(conn);
        sender_timer_stop_retransmit(conn);
        conn->usage.end = conn->snd.una;
        conn->last_data_sent_at = now;
        conn->unanswered_since = -1;
        sender_note_congestion(conn);
}

bool sender_next_segment(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!may_send(conn->state))
                return false;
        if (conn->probe_wanted) {
                send_probe(conn, now, segment, sending);
        } else if (!send_lost(conn, now, segment, sending) && !send_new(conn, now, segment, sending) &&
                   !send_hole(conn, now, segment, sending)) {
                stop(conn, now);
                return false;
        }
        sender_update_usage(conn);
        sender_note_congestion(conn);
        return true;
}

void sender_set_mss(TcpConn *conn, uint32_t mss)
{
        g_assert(mss > 0);
        conn->snd.mss = mss;
        struct seqnum at = conn->snd.una;
        while (seq_before(at, conn->snd.nxt)) {
                struct sent_segment *record = scoreboard_find(&conn->scoreboard, at);
                at = seq_add(record->seq, record->length);
                if (!record->is_sacked && bytes_in_record(record) > mss)
                        recovery_mark_too_large(conn, record);
        }
        sender_note_congestion(conn);
}

void sender_clear(TcpConn *conn)
{
        send_queue_clear(&conn->send_queue);
        scoreboard_clear(&conn->scoreboard);
        sender_timer_stop_retransmit(conn);
        sender_timer_stop_persist(conn);
}

static void check_stream(const TcpConn *conn)
{
        const struct sent_segment *first = scoreboard_first(&conn->scoreboard);
        g_assert(seq_before_or_at(conn->snd.una, conn->snd.nxt));
        g_assert(seq_before_or_at(conn->snd.nxt, sender_stream_end(conn)));
        g_assert((first == NULL) == seq_equal(conn->snd.una, conn->snd.nxt));
        if (first != NULL)
                g_assert(seq_equal(first->seq, conn->snd.una));
        uint64_t una = sender_stream_offset(conn, conn->snd.una);
        g_assert(MIN(una, conn->send_queue.end) == conn->send_queue.first);
}

void sender_check(const TcpConn *conn)
{
        if (!may_send(conn->state))
                return;
        send_queue_check(&conn->send_queue);
        scoreboard_check(&conn->scoreboard);
        check_stream(conn);
        g_assert(conn->cong.cwnd > 0);
        g_assert(!conn->recovery.is_active || !conn->recovery.after_timeout);
        g_assert(sender_timer_retransmit_is_running(conn) == (conn->scoreboard.count > 0));
        g_assert(!sender_timer_persist_is_running(conn) || conn->scoreboard.count == 0);
}
