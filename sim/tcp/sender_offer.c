/*
 * What may go out next: the stream's end, the peer's window without silly segments, the congestion window,
 * Nagle, and whether to wait for a larger burst. RFC 9293 sections 3.7.4 and 3.8.6; as Linux
 * (tcp_write_xmit).
 *
 * The stream's byte at offset `o` has the sequence number ISS + 1 + o; the FIN comes right behind the last
 * byte.
 */
#include "tcp/sender_offer.h"

#include "tcp/pacing.h"
#include "tcp/recovery.h"
#include "tcp/sender.h"
#include "tcp/urgent.h"

static struct seqnum seq_of_offset(const TcpConn *conn, uint64_t offset)
{
        return seq_add(conn->snd.iss, 1 + (uint32_t)offset);
}

static bool fin_is_unsent(const TcpConn *conn)
{
        return conn->fin_queued && !seq_equal(conn->snd.nxt, sender_stream_end(conn));
}

uint64_t sender_unsent(const TcpConn *conn)
{
        uint64_t next = sender_stream_offset(conn, conn->snd.nxt);
        return conn->send_queue.end - MIN(next, conn->send_queue.end);
}

uint64_t sender_unsent_record(const TcpConn *conn)
{
        uint64_t next = MIN(sender_stream_offset(conn, conn->snd.nxt), conn->send_queue.end);
        return send_queue_record_end(&conn->send_queue, next) - next;
}

/* The FIN goes with the last record. */
static bool has_fin_behind(const TcpConn *conn, uint64_t record)
{
        return fin_is_unsent(conn) && record == sender_unsent(conn);
}

bool sender_has_unsent(const TcpConn *conn)
{
        return !seq_equal(conn->snd.nxt, sender_stream_end(conn));
}

uint32_t sender_usable_window(const TcpConn *conn)
{
        int32_t usable = seq_diff(seq_add(conn->snd.una, conn->snd.wnd), conn->snd.nxt);
        return usable > 0 ? (uint32_t)usable : 0;
}

struct seqnum sender_stream_end(const TcpConn *conn)
{
        return seq_add(seq_of_offset(conn, conn->send_queue.end), conn->fin_queued ? 1 : 0);
}

/* RFC 9293 section 3.8.6.2.1, sender's silly window avoidance. Differs: as Linux (tcp_snd_wnd_test), the next
 * segment, full or the last, goes whole or not at all. Its rule (3), half of the largest window, is kept by
 * the MSS, which is no more than that. */
bool sender_fits_window(const TcpConn *conn)
{
        uint64_t unsent = sender_unsent_record(conn);
        uint32_t mss = sender_current_mss(conn);
        uint32_t needed = unsent > mss ? mss : (uint32_t)unsent + has_fin_behind(conn, unsent);
        return needed <= sender_usable_window(conn);
}

/* RFC 9293 section 3.7.4: "if there is unacknowledged data, then the sending TCP endpoint buffers all user
 * data until the outstanding data has been acknowledged or until the TCP endpoint can send a full-sized
 * segment". Differs, as Linux: only an unacknowledged *small* segment holds back the next small one
 * (Minshall's variation). TCP_CORK and MSG_MORE hold any; urgent data do not wait. */
static bool nagle_holds(const TcpConn *conn, enum sender_urgency urgency)
{
        if (urgency != SENDER_USUAL || urgent_is_under_way(conn))
                return false;
        if (!conn->push_is_forced && (conn->settings.cork || conn->push_is_corked))
                return true;
        if (!conn->settings.nagle || conn->scoreboard.count == 0)
                return false;
        return conn->small_end > conn->send_queue.first;
}

/* Segments that cwnd lets out now; two bursts, at least, share a window. */
static uint32_t quota(const TcpConn *conn, enum sender_urgency urgency)
{
        uint32_t cwnd = conn->cong.cwnd;
        uint32_t in_flight = recovery_in_flight(conn);
        if (in_flight >= cwnd)
                return urgency == SENDER_FORCE ? 1 : 0;
        return MIN(MAX(cwnd / 2, 1), cwnd - in_flight);
}

/* The next ACK is due within a millisecond, or half of a round trip. */
static bool is_ack_near(const TcpConn *conn, time_ns now)
{
        const struct sent_segment *first = scoreboard_first(&conn->scoreboard);
        duration_ns smoothed = (duration_ns)conn->rtt.smoothed_8 * MICROSECOND / 8;
        if (first == NULL)
                return false;
        return first->last_sent_at + smoothed - now <= MIN(smoothed / 2, MILLISECOND);
}

/* Enough of a window for not waiting; or, should the setting ask for that, more than an ACK lets out. */
static bool is_large_part(const TcpConn *conn, uint64_t bytes)
{
        uint32_t mss = sender_current_mss(conn);
        uint64_t window = MIN(conn->snd.wnd, (uint64_t)conn->cong.cwnd * mss);
        if (conn->settings.window_divisor == 0)
                return bytes > 3 * (uint64_t)mss;
        return bytes >= window / conn->settings.window_divisor;
}

/* A larger burst costs less: it is worth waiting for the next ACK, if that comes soon and a little was sent
 * a moment ago (tcp_tso_should_defer). */
static bool is_worth_waiting(const TcpConn *conn, uint64_t unsent, uint64_t room, time_ns now)
{
        uint32_t mss = sender_current_mss(conn);
        uint64_t most = MIN(sender_usable_window(conn), room);
        if (conn->recovery.state >= TCP_CONGESTION_RECOVERY || now - conn->last_sent_at >= MILLISECOND)
                return false;
        if (most >= (uint64_t)pacing_burst(conn) * mss)
                return false;
        if (is_large_part(conn, most))
                return false;
        if (!is_ack_near(conn, now))
                return false;
        return most <= unsent || !fin_is_unsent(conn);
}

/* Limited by cwnd, when it is that which lets no full burst out. */
static struct sender_offer defer(const TcpConn *conn, uint64_t unsent, uint64_t room)
{
        bool is_by_cwnd = room < sender_usable_window(conn) && room <= unsent;
        return (struct sender_offer){
                .limit = is_by_cwnd ? TCP_LIMIT_CONGESTION_WINDOW : TCP_LIMIT_RECEIVE_WINDOW,
        };
}

/* Bytes of a burst of at most `segments`: what the window takes of it, a last small part only if Nagle lets
 * it go (tcp_mss_split_point). */
static uint32_t burst_length(
        const TcpConn *conn, uint64_t unsent, uint32_t segments, enum sender_urgency urgency)
{
        uint32_t mss = sender_current_mss(conn);
        uint64_t most = (uint64_t)mss * segments;
        uint64_t needed = MIN(unsent, sender_usable_window(conn));
        if (most <= needed)
                return (uint32_t)most;
        uint32_t partial = (uint32_t)(needed % mss);
        if (partial > 0 && nagle_holds(conn, urgency))
                needed -= partial;
        return (uint32_t)needed;
}

/* The device may have stopped the burst half-way, and the peer drawn its window back meanwhile. */
bool sender_is_within_burst(const TcpConn *conn)
{
        struct seqnum edge = seq_add(conn->snd.una, conn->snd.wnd);
        return seq_before(conn->snd.nxt, conn->burst.end) && seq_before_or_at(conn->burst.end, edge);
}

static struct sender_offer cut(const TcpConn *conn, uint32_t burst, uint64_t unsent)
{
        uint32_t length = MIN(burst, sender_current_mss(conn));
        return (struct sender_offer){
                .length = length,
                .burst = burst,
                .has_fin = length == unsent && has_fin_behind(conn, unsent),
        };
}

struct sender_offer sender_next_offer(const TcpConn *conn, enum sender_urgency urgency, time_ns now)
{
        uint64_t unsent = sender_unsent_record(conn);
        if (!sender_has_unsent(conn))
                return (struct sender_offer){ .limit = TCP_LIMIT_APPLICATION };
        if (sender_is_within_burst(conn))
                return cut(conn, conn->burst.end.value - conn->snd.nxt.value, unsent);
        uint32_t segments = quota(conn, urgency);
        if (segments == 0)
                return (struct sender_offer){ .limit = TCP_LIMIT_CONGESTION_WINDOW };
        if (!sender_fits_window(conn))
                return (struct sender_offer){ .limit = TCP_LIMIT_RECEIVE_WINDOW };
        uint32_t mss = sender_current_mss(conn);
        if (unsent <= mss) {
                if (unsent < mss && !has_fin_behind(conn, unsent) && nagle_holds(conn, urgency))
                        return (struct sender_offer){ .limit = TCP_LIMIT_NAGLE };
                return cut(conn, (uint32_t)unsent, unsent);
        }
        if (urgency == SENDER_FORCE || urgent_is_under_way(conn))
                return cut(conn, mss, unsent);
        uint64_t room = (uint64_t)(conn->cong.cwnd - recovery_in_flight(conn)) * mss;
        if (is_worth_waiting(conn, unsent, room, now))
                return defer(conn, unsent, room);
        segments = MIN(segments, pacing_burst(conn));
        return cut(conn, burst_length(conn, unsent, segments, urgency), unsent);
}

/* ---- For the rest of the connection ---- */

bool sender_fin_is_acknowledged(const TcpConn *conn)
{
        return conn->fin_queued && seq_equal(conn->snd.una, sender_stream_end(conn));
}

uint64_t sender_stream_offset(const TcpConn *conn, struct seqnum seq)
{
        uint64_t first = conn->send_queue.first;
        return first + (uint64_t)(int64_t)seq_diff(seq, seq_of_offset(conn, first));
}
