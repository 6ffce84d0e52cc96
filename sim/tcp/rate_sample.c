/*
 * Delivery rate: what arrived between the sending of a segment and its arrival, over the longer of the time
 * it took to send and to acknowledge it. draft-cheng-iccrg-delivery-rate-estimation, as Linux.
 */
#include "tcp/rate_sample.h"

#include "tcp/recovery.h"
#include "tcp/sender_offer.h"

void rate_sample_init(TcpConn *conn, time_ns now)
{
        /* The SYN has arrived. */
        conn->delivery = (struct delivery){ .delivered = 1, .delivered_at = now, .first_sent_at = now };
}

void rate_sample_on_sent(TcpConn *conn, struct sent_segment *segment, uint32_t out_before, time_ns now)
{
        struct delivery *delivery = &conn->delivery;
        /* "If there are no packets in flight yet", time in which nothing was under way does not count. */
        if (out_before == 0)
                delivery->first_sent_at = delivery->delivered_at = now;
        segment->mark = (struct delivery_mark){
                .delivered = delivery->delivered,
                .delivered_at = delivery->delivered_at,
                .first_sent_at = delivery->first_sent_at,
                .app_limited = delivery->app_limited > 0,
        };
}

/* The latest sent of those that an ACK brings is the one to measure. */
static bool is_later(const TcpConn *conn, const struct ack_event *event, const struct sent_segment *segment)
{
        if (!event->rate.is_set || segment->last_sent_at > conn->delivery.first_sent_at)
                return true;
        return segment->last_sent_at == conn->delivery.first_sent_at &&
               seq_after(seq_add(segment->seq, segment->length), event->rate.last_end);
}

void rate_sample_take(TcpConn *conn, struct ack_event *event, struct sent_segment *segment)
{
        struct delivery_mark *mark = &segment->mark;
        if (mark->delivered_at == NO_TIME)
                return;
        if (is_later(conn, event, segment)) {
                event->rate.is_set = true;
                event->rate.prior_delivered = mark->delivered;
                event->rate.prior_at = mark->delivered_at;
                event->rate.is_app_limited = mark->app_limited;
                event->rate.is_resent = segment->sendings > 1;
                event->rate.last_end = seq_add(segment->seq, segment->length);
                event->rate.send_interval = segment->last_sent_at - mark->first_sent_at;
                conn->delivery.first_sent_at = segment->last_sent_at;
        }
        if (segment->is_sacked)
                mark->delivered_at = NO_TIME;
}

/* The best rate so far, or a later one that the application did not limit. */
static void keep_rate(TcpConn *conn, const struct cong_ack *ack)
{
        struct delivery *delivery = &conn->delivery;
        bool is_faster = (uint64_t)ack->rate.delivered * (uint64_t)delivery->rate_interval >=
                         (uint64_t)delivery->rate_delivered * (uint64_t)ack->rate.interval;
        if (ack->rate.is_app_limited && !is_faster)
                return;
        delivery->rate_delivered = (uint32_t)ack->rate.delivered;
        delivery->rate_interval = ack->rate.interval;
        delivery->rate_app_limited = ack->rate.is_app_limited;
}

void rate_sample_finish(TcpConn *conn, const struct ack_event *event, struct cong_ack *ack)
{
        struct delivery *delivery = &conn->delivery;
        if (delivery->app_limited > 0 && (int32_t)(delivery->delivered - delivery->app_limited) > 0)
                delivery->app_limited = 0;
        if (delivery->delivered != event->prior_delivered)
                delivery->delivered_at = event->now;
        ack->rate.delivered = -1;
        if (!event->rate.is_set || conn->recovery.has_reneged)
                return;
        duration_ns ack_interval = event->now - event->rate.prior_at;
        duration_ns interval = MAX(event->rate.send_interval, ack_interval);
        /* Faster than the fastest round trip: a resending's ACK was of the first sending. */
        if (interval < rtt_minimum(&conn->rtt) || interval == 0)
                return;
        ack->rate.prior_delivered = event->rate.prior_delivered;
        ack->rate.delivered = (int32_t)(delivery->delivered - event->rate.prior_delivered);
        ack->rate.interval = interval;
        ack->rate.is_app_limited = event->rate.is_app_limited;
        keep_rate(conn, ack);
}

void rate_sample_check_app_limited(TcpConn *conn)
{
        const struct scoreboard *board = &conn->scoreboard;
        if (sender_unsent(conn) >= conn->snd.mss || recovery_in_flight(conn) >= conn->cong.cwnd ||
                board->lost > board->retransmitted)
                return;
        conn->delivery.app_limited = MAX(conn->delivery.delivered + scoreboard_in_flight(board), 1);
}
