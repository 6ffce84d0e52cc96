/*
 * RACK: loss by time. RFC 8985 section 6, as Linux (tcp_recovery.c).
 *
 * "RACK.segment", here `rack`, is the latest-sent segment that has arrived. Whatever was sent before it, by
 * more than a reordering window, and has not arrived, is lost. What is within that window gets a timer.
 */
#include "tcp/rack.h"

#include "tcp/prr.h"
#include "tcp/recovery.h"
#include "tcp/sack.h"
#include "tcp/sender_timer.h"

#define WINDOW_STEPS_MAX 255

void rack_init(TcpConn *conn)
{
        conn->rack = (struct rack){ .latest.at = NO_TIME, .window_steps = 1 };
}

static struct sending sending_of(const struct sent_segment *segment)
{
        return (struct sending){
                .at = segment->last_sent_at,
                .burst = segment->burst,
                .end = seq_add(segment->seq, segment->length),
        };
}

/* Section 6.2, RACK_sent_after(). Differs: of one instant, the later burst is the later; Linux's clock has
 * mostly gone on between two of them. */
static bool is_sent_after(const struct sending *sending, const struct sending *other)
{
        if (sending->at != other->at)
                return sending->at > other->at;
        if (sending->burst != other->burst)
                return (int32_t)(sending->burst - other->burst) > 0;
        return seq_after(sending->end, other->end);
}

/* Step 2: "If the segment has ever been retransmitted ... RTT less than min_RTT", it may be the answer to the
 * first sending. */
void rack_advance(TcpConn *conn, const struct sent_segment *segment, time_ns now)
{
        struct rack *rack = &conn->rack;
        struct sending sending = sending_of(segment);
        duration_ns rtt = now - segment->last_sent_at;
        if (segment->sendings > 1 && rtt < rtt_minimum(&conn->rtt))
                return;
        rack->has_advanced = true;
        rack->rtt = rtt;
        if (rack->latest.at == NO_TIME || is_sent_after(&sending, &rack->latest))
                rack->latest = sending;
}

void rack_begin_with_syn(TcpConn *conn, duration_ns rtt, time_ns now)
{
        conn->rack.has_advanced = true;
        conn->rack.rtt = rtt;
        conn->rack.latest = (struct sending){ .at = now - rtt, .end = seq_add(conn->snd.iss, 1) };
}

/* Step 4: "if DSACK ... RACK.reo_wnd_mult += 1", at most once a round trip. */
void rack_adapt_window(TcpConn *conn, const struct ack_event *event)
{
        struct rack *rack = &conn->rack;
        if (!event->rate.is_set || conn->settings.rack_keeps_window)
                return;
        if ((int32_t)(event->rate.prior_delivered - rack->last_delivered) < 0)
                rack->has_dsack = false;
        if (rack->has_dsack) {
                rack->window_steps = MIN(rack->window_steps + 1, WINDOW_STEPS_MAX);
                rack->has_dsack = false;
                rack->last_delivered = conn->delivery.delivered;
                rack->window_persist = RACK_PERSIST_RECOVERIES;
        } else if (rack->window_persist == 0) {
                rack->window_steps = 1;
        }
}

/* Step 4: no window on a path that never reordered, once losses are evident. */
static duration_ns reordering_window(const TcpConn *conn)
{
        const struct recovery *recovery = &conn->recovery;
        if (recovery->reordering_seen == 0) {
                if (recovery->state >= TCP_CONGESTION_RECOVERY)
                        return 0;
                if (scoreboard_sacked_out(&conn->scoreboard) >= recovery->reordering &&
                        !conn->settings.rack_needs_time)
                        return 0;
        }
        duration_ns smoothed = rtt_smoothed(&conn->rtt);
        duration_ns minimum = rtt_minimum(&conn->rtt);
        if (minimum == TIME_NEVER)
                return smoothed;
        return MIN(minimum / 4 * conn->rack.window_steps, smoothed);
}

duration_ns rack_time_left(
        const TcpConn *conn, const struct sent_segment *segment, duration_ns window, time_ns now)
{
        return conn->rack.rtt + window - (now - segment->last_sent_at);
}

static bool was_sent_before_rack(const TcpConn *conn, const struct sent_segment *segment)
{
        struct sending sending = sending_of(segment);
        return is_sent_after(&conn->rack.latest, &sending);
}

/* Step 5: the longest time until something is to be called lost; 0: nothing waits. */
static duration_ns detect(TcpConn *conn, time_ns now)
{
        struct scoreboard *board = &conn->scoreboard;
        duration_ns window = reordering_window(conn);
        duration_ns longest = 0;
        struct sent_segment *next;
        struct sent_segment *segment = scoreboard_longest_out(board);
        for (; segment != NULL; segment = next) {
                next = scoreboard_next_sent(board, segment);
                if (segment->is_lost && !segment->is_retransmitted)
                        continue;
                if (!was_sent_before_rack(conn, segment))
                        break;
                duration_ns left = rack_time_left(conn, segment, window, now);
                longest = MAX(longest, left);
                if (left > 0)
                        continue;
                recovery_mark_lost(conn, segment, TCP_LOSS_RACK);
                scoreboard_unlist(board, segment);
        }
        return longest;
}

bool rack_find_lost(TcpConn *conn, time_ns now)
{
        if (!conn->rack.has_advanced)
                return false;
        conn->rack.has_advanced = false;
        duration_ns left = detect(conn, now);
        if (left > 0)
                sender_timer_set(conn, TCP_DEADLINE_REORDERING, now + left + SENDER_TIMER_MARGIN);
        return left > 0;
}

void rack_on_deadline(TcpConn *conn, time_ns now)
{
        uint32_t in_flight = scoreboard_in_flight(&conn->scoreboard);
        uint32_t lost = conn->delivery.lost;
        conn_note_deadline(conn, TCP_DEADLINE_REORDERING);
        detect(conn, now);
        if (in_flight != scoreboard_in_flight(&conn->scoreboard)) {
                if (conn->recovery.state != TCP_CONGESTION_RECOVERY) {
                        recovery_enter(conn, TCP_LOSS_RACK, false, now);
                        prr_on_delivery(conn, 1, conn->delivery.lost - lost, false);
                }
                conn->recovery.wish = RESEND_LOST;
        }
        sender_timer_rearm_from_head(conn, now);
}
