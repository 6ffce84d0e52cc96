/*
 * What an acknowledgement does to the sending half, step by step. RFC 9293 section 3.10.7.4, fifth,
 * ESTABLISHED state; RFC 5681, 6675 and 6582 through recovery.h; RFC 6298 section 5; RFC 7323 section 4.
 */
#include "tcp/recovery.h"
#include "tcp/sender.h"
#include "tcp/sender_timer.h"

/* RFC 5681 section 2: "(a) the receiver of the ACK has outstanding data, (b) the incoming acknowledgment
 * carries no data, (c) the SYN and FIN bits are both off, (d) the acknowledgment number is equal to the
 * greatest acknowledgment received
 * ... and (e) the advertised window ... equals the advertised window in the last incoming acknowledgment." */
static bool looks_repeated(const TcpConn *conn, const struct tcp_segment *segment)
{
        return conn->scoreboard.count > 0 && tcp_segment_length(segment) == 0 &&
               seq_equal(segment->ack, conn->snd.una) &&
               (uint32_t)segment->window << conn->snd.scale == conn->snd.wnd;
}

static struct ack_event begin(const TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool is_old = seq_before(segment->ack, conn->snd.una);
        return (struct ack_event){
                .segment = segment,
                .now = now,
                .in_flight_before = scoreboard_in_flight(&conn->scoreboard),
                .was_in_recovery = conn->recovery.is_active,
                .is_cwnd_limited = sender_is_cwnd_limited(conn),
                .is_old = is_old,
                .looks_repeated = looks_repeated(conn, segment),
                .acked = is_old ? 0 : (uint32_t)seq_diff(segment->ack, conn->snd.una),
                .outcome = { .rtt_sample = -1, .newest_delivered_sent_at = -1 },
        };
}

static void note_window(TcpConn *conn)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_WINDOW_UPDATE);
        if (note != NULL)
                note->value = conn->snd.wnd;
}

/* "If SND.UNA =< SEG.ACK =< SND.NXT, the send window should be updated. If (SND.WL1 < SEG.SEQ or (SND.WL1 =
 * SEG.SEQ and SND.WL2 =< SEG.ACK)), set SND.WND". Differs: an ACK that advances SND.UNA is newer, whatever
 * its SEG.SEQ, as Linux (tcp_may_update_window): else the old window, counted from the new SND.UNA, would
 * reach too far. */
static void take_window(TcpConn *conn, struct ack_event *event)
{
        const struct tcp_segment *segment = event->segment;
        struct send_variables *snd = &conn->snd;
        bool is_newer = event->acked > 0 || seq_before(snd->wl1, segment->seq) ||
                        (seq_equal(snd->wl1, segment->seq) && seq_before_or_at(snd->wl2, segment->ack));
        if (event->is_old || !is_newer)
                return;
        uint32_t window = (uint32_t)segment->window << snd->scale;
        bool has_changed = window != snd->wnd;
        snd->wnd = window;
        snd->wnd_max = MAX(snd->wnd_max, window);
        snd->wl1 = segment->seq;
        snd->wl2 = segment->ack;
        if (has_changed && event->acked == 0)
                note_window(conn);
}

static void note_ack(TcpConn *conn, const struct ack_event *event)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_ACK);
        if (note == NULL)
                return;
        note->range = (struct seq_range){ seq_sub(conn->snd.una, event->acked), conn->snd.una };
        note->value = conn->snd.wnd;
}

/* "If SND.UNA < SEG.ACK =< SND.NXT, then set SND.UNA <- SEG.ACK. Any segments on the retransmission queue
 * that are thereby entirely acknowledged are removed." */
static void take_cumulative(TcpConn *conn, struct ack_event *event)
{
        if (event->acked == 0)
                return;
        struct send_queue *queue = &conn->send_queue;
        uint64_t first = queue->first;
        /* The FIN's number has no byte. */
        send_queue_discard(queue, MIN(sender_stream_offset(conn, event->segment->ack), queue->end));
        conn->counts.bytes_acknowledged += queue->first - first;
        conn->snd.una = event->segment->ack;
        scoreboard_acknowledge(&conn->scoreboard, conn->snd.una, event->now, &event->outcome);
        note_ack(conn, event);
}

static void note_sacked(void *data, const struct sent_segment *segment)
{
        TcpConn *conn = data;
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_SACKED);
        if (note != NULL)
                note->range = (struct seq_range){ segment->seq, seq_add(segment->seq, segment->length) };
}

/* RFC 2883: the peer got something twice. The network may have made the second one: nothing is counted as
 * ours beyond what we sent again, and no more than that. */
static void take_dsack(TcpConn *conn, const struct scoreboard_outcome *outcome)
{
        if (!outcome->has_dsack)
                return;
        if (seq_before(outcome->dsack.first, conn->snd.resent_end) &&
                conn->counts.spurious_segments < conn->counts.retransmitted_segments)
                conn->counts.spurious_segments++;
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_DSACK);
        if (note != NULL)
                note->range = outcome->dsack;
}

static void take_sack(TcpConn *conn, struct ack_event *event)
{
        const struct tcp_options *options = &event->segment->options;
        if (options->sack_count == 0 || !recovery_uses_sack(conn))
                return;
        event->outcome.on_sacked = note_sacked;
        event->outcome.data = conn;
        scoreboard_sack(&conn->scoreboard, options->sack, options->sack_count, event->segment->ack,
                conn->snd.una, conn->snd.nxt, event->now, &event->outcome);
        take_dsack(conn, &event->outcome);
}

/* RFC 7323 section 4.1: the echo says which sending was answered, but only in milliseconds; -1 when it says
 * nothing. */
static duration_ns echoed_round_trip(const TcpConn *conn, const struct ack_event *event)
{
        const struct tcp_options *options = &event->segment->options;
        if (!conn->timestamps_agreed || !options->has_timestamps)
                return -1;
        int32_t ticks = (int32_t)(conn_timestamp(conn, event->now) - options->timestamp_echo);
        return ticks < 0 ? -1 : MAX(ticks, 1) * MILLISECOND;
}

/* Karn: what was sent twice gives no sample, unless its answer tells which sending it saw. A hole that is
 * filled uncovers segments that arrived long ago: then the records' own times say nothing either. */
static void take_round_trip(TcpConn *conn, struct ack_event *event)
{
        const struct scoreboard_outcome *outcome = &event->outcome;
        event->rtt_sample =
                outcome->acked_retransmitted ? echoed_round_trip(conn, event) : outcome->rtt_sample;
        if (event->rtt_sample < 0)
                return;
        rtt_sample(&conn->rtt, event->rtt_sample);
        sender_timer_note_rtt(conn, event->rtt_sample);
}

/* New data acknowledged outside of fast recovery; the ACK that ends one finds its window set. */
static void grow_window(TcpConn *conn, struct ack_event *event)
{
        if (event->acked == 0 || event->outcome.newly_delivered == 0)
                return;
        if (event->was_in_recovery || conn->recovery.is_active)
                return;
        const struct cong_ack ack = {
                .now = event->now,
                .acked_segments = event->outcome.newly_delivered,
                .in_flight_before = event->in_flight_before,
                .rtt_sample = event->rtt_sample,
                .smoothed_rtt = conn->rtt.smoothed,
                .min_rtt = conn->rtt.minimum,
                .is_cwnd_limited = event->is_cwnd_limited,
        };
        cong_on_ack(&conn->cong, &ack);
}

/* Since when the peer owes an answer. One that keeps its window closed but answers is alive. */
static time_ns unanswered_since(const TcpConn *conn, const struct ack_event *event)
{
        if (conn->scoreboard.count == 0)
                return -1;
        if (conn->snd.wnd == 0)
                return event->now;
        return event->acked > 0 ? scoreboard_first(&conn->scoreboard)->first_sent_at : conn->unanswered_since;
}

/* The peer lives: what counts towards giving up begins anew. */
static void take_sign_of_life(TcpConn *conn, struct ack_event *event)
{
        conn->probes = 0;
        conn->soft_error = 0;
        conn->unanswered_since = unanswered_since(conn, event);
        if (event->acked > 0)
                conn->recovery.timeouts = 0;
}

/* RFC 6298: "(5.2) When all outstanding data has been acknowledged, turn off the retransmission timer. (5.3)
 * When an ACK is received that acknowledges new data, restart the retransmission timer". Differs from RFC
 * 6582, which restarts it at the first partial ACK only ("impatient"): as Linux, at each. */
static void tend_retransmit_timer(TcpConn *conn, struct ack_event *event)
{
        if (event->acked == 0)
                return;
        if (conn->scoreboard.count == 0)
                sender_timer_stop_retransmit(conn);
        else
                sender_timer_start_retransmit(conn, event->now);
}

/* An answer that leaves the window closed puts the next probe off by the time due (Linux, tcp_ack_probe); one
 * that opens it ends the back-off. */
static void tend_persist_timer(TcpConn *conn, struct ack_event *event)
{
        if (!sender_timer_persist_is_running(conn))
                return;
        if (sender_limit(conn) == TCP_LIMIT_RECEIVE_WINDOW) {
                sender_timer_start_persist(conn, event->now);
                return;
        }
        sender_timer_stop_persist(conn);
        rtt_end_back_off(&conn->rtt);
}

static void (*const ack_steps[])(TcpConn *conn, struct ack_event *event) = {
        take_window,
        take_cumulative,
        take_sack,
        take_round_trip,
        recovery_count_duplicates,
        recovery_make_progress,
        recovery_detect_loss,
        grow_window,
        take_sign_of_life,
        tend_retransmit_timer,
        tend_persist_timer,
};

void sender_on_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        struct ack_event event = begin(conn, segment, now);
        for (size_t i = 0; i < G_N_ELEMENTS(ack_steps); i++)
                ack_steps[i](conn, &event);
        sender_note_congestion(conn);
}
