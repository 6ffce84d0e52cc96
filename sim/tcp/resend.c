/*
 * Retransmission: which segment, how much of it, and what it changes. RFC 5681, 6675 section 5, RFC 9293
 * section 3.8.6; as Linux (tcp_xmit_retransmit_queue, tcp_retransmit_skb).
 */
#include "tcp/resend.h"

#include "tcp/pacing.h"
#include "tcp/prr.h"
#include "tcp/rate_sample.h"
#include "tcp/recut.h"
#include "tcp/recovery.h"
#include "tcp/sender.h"
#include "tcp/sender_timer.h"
#include "tcp/tail_probe.h"
#include "tcp/undo.h"

static uint32_t payload_length(const struct sent_segment *record)
{
        return record->length - record->has_fin;
}

/* RFC 9293 section 3.8.6: a sender whose peer shrinks the window "SHOULD retransmit normally the old
 * unacknowledged data between SND.UNA and SND.UNA+SND.WND"; the very first goes out whatever the window, as
 * its probe. 0: none of it. */
static uint32_t room_for(const TcpConn *conn, const struct sent_segment *record)
{
        uint32_t mss = sender_current_mss(conn);
        int32_t room = seq_diff(send_edge(conn), record->seq);
        if (room > 0)
                return MIN((uint32_t)room, mss);
        return seq_equal(record->seq, conn->snd.una) ? mss : 0;
}

/* Small segments that follow are sent along, as far as they fit (tcp_retrans_try_collapse). */
static struct sent_segment *join_small(TcpConn *conn, struct sent_segment *record, uint32_t room)
{
        struct scoreboard *board = &conn->scoreboard;
        while (payload_length(record) < room) {
                struct seqnum end = seq_add(record->seq, record->length);
                const struct sent_segment *next = scoreboard_find(board, end);
                if (next == NULL || next->is_sacked || record->is_sacked || !conn->settings.join_resent)
                        return record;
                if (send_queue_ends_record(&conn->send_queue, sender_stream_offset(conn, end)))
                        return record;
                if (payload_length(record) + payload_length(next) > room ||
                        seq_after(seq_add(next->seq, next->length), send_edge(conn)))
                        return record;
                send_queue_join_sent(&conn->send_queue, sender_stream_offset(conn, end));
                record = scoreboard_join_next(board, record);
                board->assumed -= MIN(board->assumed, 1);
        }
        return record;
}

/* NULL when the window has no room for it. */
static struct sent_segment *fit(TcpConn *conn, uint32_t index)
{
        struct sent_segment *record = scoreboard_at(&conn->scoreboard, index);
        uint32_t room = room_for(conn, record);
        if (room == 0)
                return NULL;
        if (!resend_begins_burst(conn, record) && payload_length(record) <= room)
                return record; /* cut already */
        if (payload_length(record) > room && !record->is_sacked)
                return scoreboard_split(&conn->scoreboard, record, room);
        return join_small(conn, record, room);
}

static struct sent_segment *next_lost(TcpConn *conn)
{
        const struct scoreboard *board = &conn->scoreboard;
        if (recovery_in_flight(conn) >= conn->cong.cwnd)
                return NULL;
        if (board->retransmitted >= board->lost)
                return NULL;
        const struct sent_segment *record = scoreboard_next_lost(&conn->scoreboard);
        if (record == NULL)
                return NULL;
        uint32_t index = board->retransmit_hint;
        if (resend_begins_burst(conn, record))
                recut_from(&conn->scoreboard, index, sender_current_mss(conn));
        return fit(conn, index);
}

static struct sent_segment *first(TcpConn *conn)
{
        if (conn->scoreboard.count == 0)
                return NULL;
        recut_from(&conn->scoreboard, 0, sender_current_mss(conn));
        return fit(conn, 0);
}

static struct sent_segment *last(TcpConn *conn)
{
        if (conn->scoreboard.count == 0)
                return NULL;
        return fit(conn, recut_last(&conn->scoreboard, sender_current_mss(conn)));
}

bool resend_is_due(TcpConn *conn, time_ns now)
{
        const struct scoreboard *board = &conn->scoreboard;
        return conn->recovery.wish == RESEND_LOST && !conn->recovery.new_data_first &&
               board->retransmitted < board->lost && recovery_in_flight(conn) < conn->cong.cwnd &&
               !pacing_holds(conn, now);
}

struct sent_segment *resend_next(TcpConn *conn)
{
        struct sent_segment *record = NULL;
        switch (conn->recovery.wish) {
        case RESEND_NOTHING:
                return NULL;
        case RESEND_FIRST:
                record = first(conn);
                break;
        case RESEND_PROBE:
                record = last(conn);
                break;
        case RESEND_LOST:
                record = next_lost(conn);
                break;
        }
        if (record == NULL)
                conn->recovery.wish = RESEND_NOTHING;
        return record;
}

/* Full segments, as far as the peer's window has room; if for none, what it has room for. */
static uint32_t limit_to_window(const TcpConn *conn, const struct sent_segment *record, uint32_t bytes)
{
        uint32_t mss = sender_current_mss(conn);
        int32_t room = seq_diff(send_edge(conn), record->seq);
        if (room <= 0)
                return mss;
        if (bytes <= (uint32_t)room)
                return bytes;
        return (uint32_t)room < mss ? (uint32_t)room : (uint32_t)room / mss * mss;
}

/* What was sent together and is lost together goes out together, as far as the windows have room. */
static void begin_burst(TcpConn *conn, struct sent_segment *record)
{
        const struct scoreboard *board = &conn->scoreboard;
        uint32_t number = record->burst;
        uint32_t index = scoreboard_index_from(board, record->seq);
        uint32_t most = conn->recovery.wish == RESEND_LOST ? pacing_burst(conn) : 1;
        uint32_t room = conn->cong.cwnd - MIN(conn->cong.cwnd, recovery_in_flight(conn));
        struct burst *burst = &conn->resend_burst;
        *burst = (struct burst){
                .number = ++conn->bursts, .begin = record->seq, .end = record->seq, .is_alone = true
        };
        most = MAX(MIN(most, room), 1);
        uint32_t left = limit_to_window(conn, record, most * sender_current_mss(conn));
        for (uint32_t i = 0; left > 0 && index + i < board->count; i++) {
                struct sent_segment *next = scoreboard_at(board, index + i);
                bool is_part = next->is_lost && !next->is_retransmitted && next->burst == number;
                uint32_t length = MIN(payload_length(next), left);
                if (i > 0 && !is_part)
                        break;
                next->burst = burst->number;
                burst->end = seq_add(next->seq, length);
                left -= length;
        }
        send_queue_cut_sent(&conn->send_queue, sender_stream_offset(conn, burst->begin));
        send_queue_cut_sent(&conn->send_queue, sender_stream_offset(conn, burst->end));
        burst->is_alone = burst->end.value - record->seq.value <= payload_length(record);
}

static void count(TcpConn *conn, const struct sent_segment *record)
{
        struct seqnum end = seq_add(record->seq, record->length);
        conn->snd.resent_end = seq_after(end, conn->snd.resent_end) ? end : conn->snd.resent_end;
        conn->recovery.resent_now++;
        if (conn->recovery.wish != RESEND_LOST)
                return;
        tcp_host_count(conn->host, conn->recovery.state == TCP_CONGESTION_LOSS
                                           ? TCP_COUNTER_SLOW_START_RETRANSMITS
                                           : TCP_COUNTER_FAST_RETRANSMITS);
        if (prr_is_reducing(conn))
                conn->prr.out++;
}

/* RFC 6675 section 6 lets the timer start anew with a retransmission; as Linux, with that of the first hole,
 * unless one is being waited for that may be late only. */
static void tend_timer(TcpConn *conn, const struct sent_segment *record, time_ns now)
{
        if (conn->recovery.wish == RESEND_LOST && seq_equal(record->seq, conn->snd.una) &&
                !sender_timer_is_running(conn, TCP_DEADLINE_REORDERING))
                sender_timer_set(conn, TCP_DEADLINE_RETRANSMIT, now + rtt_rto(&conn->rtt));
}

bool resend_begins_burst(const TcpConn *conn, const struct sent_segment *record)
{
        const struct burst *burst = &conn->resend_burst;
        return record->burst != burst->number || !seq_equal(record->seq, burst->next) ||
               !seq_before(record->seq, burst->end);
}

void resend_take(TcpConn *conn, struct sent_segment *record, time_ns now)
{
        bool is_probe = conn->recovery.wish == RESEND_PROBE;
        if (resend_begins_burst(conn, record))
                begin_burst(conn, record);
        conn->resend_burst.next = seq_add(record->seq, record->length);
        scoreboard_retransmitted(&conn->scoreboard, record, !is_probe, now);
        rate_sample_on_sent(conn, record, conn->scoreboard.count, now);
        count(conn, record);
        if (is_probe) {
                tail_probe_on_sent(conn, true, now);
        } else {
                undo_count_resent(conn, now);
                tend_timer(conn, record, now);
        }
        if (conn->recovery.wish != RESEND_LOST)
                conn->recovery.wish = RESEND_NOTHING;
}
