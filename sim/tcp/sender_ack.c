/*
 * What an acknowledgement does to the sending half, step by step. RFC 9293 section 3.10.7.4, fifth,
 * ESTABLISHED state; RFC 5681, 6675 and 8985 through recovery.h; RFC 6298 section 5; RFC 7323 section 4; in
 * the order of Linux's tcp_ack.
 */
#include "tcp/ack_event.h"
#include "tcp/ecn.h"
#include "tcp/newreno.h"
#include "tcp/pacing.h"
#include "tcp/prr.h"
#include "tcp/rack.h"
#include "tcp/rate_sample.h"
#include "tcp/recovery.h"
#include "tcp/sack.h"
#include "tcp/sender.h"
#include "tcp/sender_facts.h"
#include "tcp/sender_offer.h"
#include "tcp/sender_timer.h"
#include "tcp/tail_probe.h"
#include "tcp/undo.h"
#include "tcp/window_use.h"

static struct ack_event begin(const TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        return (struct ack_event){
                .segment = segment,
                .now = now,
                .prior_una = conn->snd.una,
                .prior_sacked_end = sack_highest_end(conn),
                .prior_in_flight = scoreboard_in_flight(&conn->scoreboard),
                .prior_out = conn->scoreboard.count,
                .prior_sacked = scoreboard_sacked_out(&conn->scoreboard),
                .prior_delivered = conn->delivery.delivered,
                .prior_lost = conn->delivery.lost,
                .is_old = seq_before(segment->ack, conn->snd.una),
                .is_advance = seq_after(segment->ack, conn->snd.una),
                .has_data = tcp_segment_length(segment) > 0,
                .has_ece = ecn_is_echo(conn, segment),
                .reordered_from = conn->snd.nxt,
                .first_sacked_sent_at = NO_TIME,
                .last_sacked_sent_at = NO_TIME,
                .rtt_sample = -1,
        };
}

/* ---- The window ---- */

static void note_window(TcpConn *conn)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_WINDOW_UPDATE);
        if (note != NULL)
                note->value = conn->snd.wnd;
}

/* "If SND.UNA =< SEG.ACK =< SND.NXT, the send window should be updated. If (SND.WL1 < SEG.SEQ or (SND.WL1 =
 * SEG.SEQ and SND.WL2 =< SEG.ACK)), set SND.WND". Differs: an ACK that advances SND.UNA is newer, whatever
 * its SEG.SEQ; one that does not, and comes at the same SEG.SEQ, only with a larger window, or none; as Linux
 * (tcp_may_update_window). */
static bool may_update_window(const TcpConn *conn, const struct ack_event *event, uint32_t window)
{
        const struct tcp_segment *segment = event->segment;
        if (event->is_advance || seq_after(segment->seq, conn->snd.wl1))
                return true;
        return seq_equal(segment->seq, conn->snd.wl1) && (window > conn->snd.wnd || window == 0);
}

static void set_window(TcpConn *conn, struct ack_event *event, uint32_t window)
{
        conn->snd.wnd = window;
        if (!event->is_advance)
                note_window(conn);
        if (sender_has_unsent(conn))
                window_use_after_idle(conn, event->now);
        if (window <= conn->snd.wnd_max)
                return;
        conn->snd.wnd_max = window;
        /* Segments are no larger than half of the largest window. */
        conn->snd.mss = path_mtu_effective_mss(conn);
}

static void take_window(TcpConn *conn, struct ack_event *event)
{
        const struct tcp_segment *segment = event->segment;
        uint32_t window = (uint32_t)segment->window << conn->snd.scale;
        if (event->is_old || !may_update_window(conn, event, window))
                return;
        event->has_window_update = true;
        conn->snd.wl1 = segment->seq;
        conn->snd.wl2 = segment->ack;
        if (window != conn->snd.wnd)
                set_window(conn, event, window);
}

/* ---- What has arrived ---- */

static void move_una(TcpConn *conn, struct ack_event *event)
{
        if (!event->is_advance)
                return;
        struct send_queue *queue = &conn->send_queue;
        uint64_t first = queue->first;
        /* The FIN's number has no byte. */
        send_queue_discard(queue, MIN(sender_stream_offset(conn, event->segment->ack), queue->end));
        conn->counts.bytes_acknowledged += queue->first - first;
        conn->snd.una = event->segment->ack;
        conn->recovery.timeouts = 0;
        sender_timer_end_timeouts(conn, event->now);
}

static void take_sacks(TcpConn *conn, struct ack_event *event)
{
        sack_take(conn, event);
        if (event->is_old)
                return; /* as Linux, whose tcp_ack marks what an old ACK's blocks hold, and counts nothing */
        conn->delivery.delivered += event->newly_sacked;
        conn->delivery.delivered_ce += event->has_ece ? event->newly_sacked : 0;
}

/* The peer lives: what counts towards giving up begins anew. */
static void take_sign_of_life(TcpConn *conn, struct ack_event *event)
{
        if (event->is_old)
                return;
        ecn_on_cwr(conn, event->segment);
        conn->soft_error = 0;
        conn->probes = 0;
}

/* Times of sending of the segments newly and for the only time acknowledged: of the first and the last. */
struct sent_times {
        time_ns first;
        time_ns last;
        struct seqnum lowest;
};

/* RFC 3522: an echo older than the resending says that the first sending was answered. */
static bool is_answer_to_first(
        const TcpConn *conn, const struct ack_event *event, const struct sent_segment *segment)
{
        return segment->sendings > 1 && conn_echo_is_before(conn, event->segment, segment->last_sent_at);
}

static void take_segment(
        TcpConn *conn, struct ack_event *event, struct sent_segment *segment, struct sent_times *times)
{
        if (segment->sendings > 1) {
                event->acked_retransmitted = true;
        } else if (!segment->is_sacked) {
                times->last = segment->last_sent_at;
                times->first = times->first == NO_TIME ? times->last : times->first;
                times->lowest = seq_earlier_of(times->lowest, segment->seq);
                if (!seq_after(seq_add(segment->seq, segment->length), conn->recovery.high_seq))
                        event->acked_original = true;
        }
        if (!segment->is_sacked && sack_is_used(conn)) {
                conn->delivery.delivered++;
                conn->delivery.delivered_ce += event->has_ece;
                if (!is_answer_to_first(conn, event, segment))
                        rack_advance(conn, segment, event->now);
        }
        rate_sample_take(conn, event, segment);
}

/* "Any segments on the retransmission queue that are thereby entirely acknowledged are removed." */
static struct sent_times drop_acknowledged(TcpConn *conn, struct ack_event *event)
{
        struct scoreboard *board = &conn->scoreboard;
        struct sent_times times = { NO_TIME, NO_TIME, conn->snd.nxt };
        for (; event->popped < board->count; event->popped++) {
                struct sent_segment *segment = scoreboard_at(board, event->popped);
                if (seq_after(seq_add(segment->seq, segment->length), conn->snd.una))
                        break;
                take_segment(conn, event, segment, &times);
        }
        event->acked_segments = event->popped > 0;
        scoreboard_drop(board, event->popped, conn->snd.una);
        const struct sent_segment *first = scoreboard_first(board);
        event->is_reneging = first != NULL && first->is_sacked;
        return times;
}

/* ---- Round trips ---- */

/* RFC 7323 section 4.1: the echo says which sending was answered, but only in milliseconds; -1 when it says
 * nothing. */
static duration_ns echoed_round_trip(const TcpConn *conn, const struct ack_event *event)
{
        const struct tcp_options *options = &event->segment->options;
        if (!conn->timestamps_agreed || !options->has_timestamps || options->timestamp_echo == 0)
                return -1;
        int32_t ticks = (int32_t)(conn_timestamp(conn, event->now) - options->timestamp_echo);
        return ticks < 0 ? -1 : MAX(ticks, 1) * MILLISECOND;
}

/* A lone small segment: its ACK may have been delayed. */
static bool looks_delayed(const TcpConn *conn, const struct ack_event *event)
{
        return event->popped == 1 && event->prior_sacked == 0 &&
               conn->snd.una.value - event->prior_una.value < conn->snd.mss &&
               event->rate.prior_delivered + 1 == conn->delivery.delivered && !event->has_sacked &&
               !event->has_ece && !event->has_dsack;
}

/* Karn: what was sent twice gives no sample, unless its answer tells which sending it saw. A hole that is
 * filled uncovers segments that arrived long ago, and were sampled then. True when the RTO was set. */
static bool take_round_trip(
        TcpConn *conn, struct ack_event *event, const struct sent_times *times, duration_ns *sacked_sample)
{
        duration_ns sample = -1;
        if (times->first != NO_TIME && !event->acked_retransmitted) {
                sample = event->now - times->first;
                event->rtt_sample = event->now - times->last;
                event->is_delayed = looks_delayed(conn, event);
        }
        if (event->first_sacked_sent_at != NO_TIME) {
                *sacked_sample = event->now - event->first_sacked_sent_at;
                event->rtt_sample = event->now - event->last_sacked_sent_at;
        }
        if (sample < 0)
                sample = *sacked_sample;
        if (sample < 0 && event->acked_segments)
                sample = event->rtt_sample = echoed_round_trip(conn, event);
        if (sample < 0)
                return false;
        if (!event->is_delayed || event->rtt_sample <= rtt_minimum(&conn->rtt))
                rtt_sample_minimum(&conn->rtt, event->rtt_sample, event->now);
        rtt_sample(&conn->rtt, sample, conn->snd.una, conn->snd.nxt);
        sender_timer_note_rtt(conn, sample);
        return true;
}

static void note_ack(TcpConn *conn, const struct ack_event *event)
{
        struct tcp_note *note = event->is_advance ? tcp_host_note(conn->host, TCP_NOTE_ACK) : NULL;
        if (note == NULL)
                return;
        note->range = (struct seq_range){ event->prior_una, conn->snd.una };
        note->value = conn->snd.wnd;
}

/* Whether the timer is to begin anew. Not when what was sacked was sent before the first segment last was: it
 * would be put off for ever. */
static bool wants_timer(const TcpConn *conn, const struct ack_event *event, duration_ns sacked_sample)
{
        const struct sent_segment *first = scoreboard_first(&conn->scoreboard);
        if (event->acked_segments)
                return true;
        return first != NULL && sacked_sample >= 0 && sacked_sample > event->now - first->last_sent_at;
}

static void take_cumulative(TcpConn *conn, struct ack_event *event)
{
        duration_ns sacked_sample = -1;
        note_ack(conn, event);
        if (event->is_old || event->prior_out == 0)
                return;
        struct sent_times times = drop_acknowledged(conn, event);
        bool is_rto_set = take_round_trip(conn, event, &times, &sacked_sample);
        event->wants_timer = (is_rto_set || event->acked_segments) && wants_timer(conn, event, sacked_sample);
        if (event->acked_segments && !sack_is_used(conn)) {
                newreno_on_acknowledged(conn, event);
                if (event->acked_retransmitted)
                        event->acked_original = false;
        } else if (event->acked_segments && seq_before(times.lowest, event->prior_sacked_end)) {
                sack_note_reordering(conn, times.lowest, TCP_COUNTER_SACK_REORDER);
        }
        rack_adapt_window(conn, event);
}

/* ---- Losses ---- */

/* RFC 6675 section 2: with SACK a duplicate is what reports something new as received. */
static void count_duplicates(TcpConn *conn, const struct ack_event *event)
{
        if (event->is_advance)
                conn->recovery.duplicate_acks = 0;
        if (sack_is_used(conn) ? !event->has_sacked : event->duplicates == 0)
                return;
        conn->recovery.duplicate_acks++;
        conn->counts.duplicate_acks_received++;
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_DUPLICATE_ACK);
        if (note == NULL)
                return;
        note->range = (struct seq_range){ event->segment->ack, event->segment->ack };
        note->value = conn->recovery.duplicate_acks;
}

/* RFC 5681 section 2: a duplicate has no text and no news of the window, and acknowledges nothing new. */
static bool is_duplicate(const struct ack_event *event)
{
        return !event->is_advance && !event->has_data && !event->has_window_update &&
               !event->acked_segments && !event->has_dsack;
}

static void find_losses(TcpConn *conn, struct ack_event *event)
{
        if (event->prior_out > 0 && !event->is_old) {
                event->has_recovery_acted = conn->tail_probe.is_out;
                tail_probe_on_ack(conn, event);
                if (recovery_is_concerned(conn, event)) {
                        event->has_recovery_acted = true;
                        event->duplicates = is_duplicate(event);
                        count_duplicates(conn, event);
                        recovery_on_ack(conn, event);
                } else {
                        count_duplicates(conn, event);
                }
                return;
        }
        /* Late news of what was sacked, or came twice. */
        if (event->has_dsack || (event->is_old && event->segment->options.sack_count > 0)) {
                count_duplicates(conn, event);
                recovery_on_ack(conn, event);
        }
        if (!event->is_old)
                tail_probe_on_ack(conn, event);
}

static void set_timer(TcpConn *conn, struct ack_event *event)
{
        if (event->wants_timer)
                sender_timer_on_progress(conn, event->now);
}

/* ---- The congestion window ---- */

/* On a path that reorders, what is sacked counts as what is acknowledged. */
static bool may_raise(const TcpConn *conn, const struct ack_event *event)
{
        if (conn->recovery.reordering > conn->settings.reordering)
                return event->acked_segments || event->has_sacked;
        return event->acked_segments;
}

/* The time in which a window goes unused begins anew with each ACK that may raise it, as Linux
 * (tcp_cong_avoid). */
static void raise_window(TcpConn *conn, const struct cong_ack *ack)
{
        conn->cong.ops->on_ack(&conn->cong, ack);
        conn->use.used_at = ack->facts.now;
}

static void describe(const TcpConn *conn, struct ack_event *event)
{
        *event->described = (struct cong_ack){
                .facts = sender_facts(conn, event->now),
                .acked_segments = conn->delivery.delivered - event->prior_delivered,
                .popped_segments = event->popped,
                .in_flight_before = event->prior_in_flight,
                .newly_lost = conn->delivery.lost - event->prior_lost,
                .rtt_sample = event->rtt_sample,
                .is_advance = event->is_advance,
                .has_ece = event->has_ece,
                .is_delayed = event->is_delayed,
        };
}

static void control_window(TcpConn *conn, struct ack_event *event)
{
        if (event->is_old || event->prior_out == 0)
                return;
        struct cong_ack *ack = event->described;
        if (event->has_recovery_acted)
                describe(conn, event);
        ack->is_cwnd_limited = window_use_is_limited(conn); /* slow start may be over since */
        rate_sample_finish(conn, event, ack);
        if (conn->cong.ops->owns_window) {
                conn->cong.ops->on_ack(&conn->cong, ack);
                conn->pacing_rate = conn->cong.pacing_rate;
                if (conn->cong.wants_app_limited)
                        conn->delivery.app_limited =
                                MAX(conn->delivery.delivered + scoreboard_in_flight(&conn->scoreboard), 1);
                return;
        }
        if (prr_is_reducing(conn))
                prr_on_delivery(conn, ack->acked_segments, ack->newly_lost, event->is_advance);
        else if (may_raise(conn, event))
                raise_window(conn, ack);
        pacing_update(conn);
}

/* HyStart and others look at each round trip before the losses are known. */
static void take_sample(TcpConn *conn, struct ack_event *event)
{
        if (event->is_old || event->prior_out == 0)
                return;
        describe(conn, event);
        bool was_found = conn->cong.ops == &cong_cubic && conn->cong.cubic.found;
        cong_on_sample(&conn->cong, event->described);
        if (conn->cong.ops == &cong_cubic && conn->cong.cubic.found && !was_found)
                tcp_host_count(conn->host, conn->cong.cubic.found_by_train ? TCP_COUNTER_HYSTART_TRAIN
                                                                           : TCP_COUNTER_HYSTART_DELAY);
}

/* ---- Waiting ---- */

/* An answer that leaves the window closed puts the next probe off by the time due (Linux, tcp_ack_probe); one
 * that opens it for all of the next block ends the back-off. */
static void tend_persist_timer(TcpConn *conn, struct ack_event *event)
{
        if (event->prior_out > 0 || event->is_old || !sender_has_unsent(conn))
                return;
        if (sender_takes_block(conn)) {
                rtt_end_back_off(&conn->rtt);
                if (sender_timer_is_running(conn, TCP_DEADLINE_PERSIST))
                        sender_timer_stop_persist(conn);
        } else {
                sender_timer_start_persist(conn, false, event->now);
        }
}

/* A window that stays closed tries the user's patience, however often that is said. */
static void tend_patience(TcpConn *conn, struct ack_event *event)
{
        if (!event->is_old && !sender_timer_is_running(conn, TCP_DEADLINE_PERSIST))
                conn->probing_since = -1;
}

static void (*const ack_steps[])(TcpConn *conn, struct ack_event *event) = {
        take_window,
        move_una,
        take_sacks,
        take_sign_of_life,
        take_cumulative,
        take_sample,
        find_losses,
        set_timer,
        control_window,
        tend_persist_timer,
        tend_patience,
};

/* To who only receives, each segment says what is known: nothing is out, nothing is to be sent, the window
 * stays. */
static bool says_nothing_new(const TcpConn *conn, const struct tcp_segment *segment)
{
        const uint16_t congestion = TCP_FLAG_ECE | TCP_FLAG_CWR;
        return conn->scoreboard.count == 0 && seq_equal(segment->ack, conn->snd.una) &&
               (uint32_t)segment->window << conn->snd.scale == conn->snd.wnd && conn->snd.wnd > 0 &&
               segment->options.sack_count == 0 && !(segment->flags & congestion) && !conn->use.is_pending &&
               !conn->tail_probe.is_out && !sender_has_unsent(conn);
}

/* What all the steps would come to. */
static void take_nothing_new(TcpConn *conn, const struct tcp_segment *segment)
{
        if (seq_after(segment->seq, conn->snd.wl1)) {
                conn->snd.wl1 = segment->seq;
                conn->snd.wl2 = segment->ack;
        }
        conn->soft_error = 0;
        conn->probes = 0;
        if (!sender_timer_is_running(conn, TCP_DEADLINE_PERSIST))
                conn->probing_since = -1;
}

void sender_on_ack(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (says_nothing_new(conn, segment)) {
                sender_push(conn);
                take_nothing_new(conn, segment);
                sender_note_congestion(conn);
                return;
        }
        sender_settle(conn, now);
        sender_push(conn);
        struct cong_ack described;
        struct ack_event event = begin(conn, segment, now);
        event.described = &described;
#pragma GCC unroll 16 /* and the compiler knows whom it calls */
        for (size_t i = 0; i < G_N_ELEMENTS(ack_steps); i++)
                ack_steps[i](conn, &event);
        sender_note_congestion(conn);
}
