/*
 * What may go out next: the stream's end, the peer's window without silly segments, the congestion window,
 * Nagle. RFC 9293 sections 3.7.4 and 3.8.6; windows in segments as Linux (RFC 5681, 7661).
 *
 * The stream's byte at offset `o` has the sequence number ISS + 1 + o; the FIN comes right behind the last
 * byte.
 */
#include "tcp/sender_offer.h"

#include "tcp/recovery.h"
#include "tcp/sender.h"

static struct seqnum seq_of_offset(const TcpConn *conn, uint64_t offset)
{
        return seq_add(conn->snd.iss, 1 + (uint32_t)offset);
}

static bool fin_is_unsent(const TcpConn *conn)
{
        return conn->fin_queued && !seq_equal(conn->snd.nxt, sender_stream_end(conn));
}

/* RFC 9293 section 3.8.6.2.1: a full segment, or all there is, or at least half of the largest window the
 * peer ever offered; its fourth case, the override timeout, is the persist timer's. */
static uint32_t length_in_window(const TcpConn *conn, uint32_t wanted, uint32_t usable)
{
        if (wanted <= usable)
                return wanted;
        return usable >= conn->snd.wnd_max / 2 ? usable : 0;
}

/* RFC 9293 section 3.7.4: "if there is unacknowledged data, then the sending TCP endpoint buffers all user
 * data until the outstanding data has been acknowledged or until the TCP endpoint can send a full-sized
 * segment". Differs, as Linux: only an unacknowledged *small* segment holds back the next small one
 * (Minshall's variation), and a FIN pushes out all that stands before it. */
static bool nagle_holds(const TcpConn *conn, const struct sender_offer *offer, uint64_t unsent)
{
        if (!conn->settings.nagle || offer->length >= conn->snd.mss)
                return false;
        if (conn->fin_queued && offer->length == unsent)
                return false;
        return conn->small_end > conn->send_queue.first;
}

struct sender_offer sender_next_offer(const TcpConn *conn)
{
        uint64_t unsent = sender_unsent(conn);
        bool fin_unsent = fin_is_unsent(conn);
        uint32_t usable = sender_usable_window(conn);
        if (unsent == 0 && !fin_unsent)
                return (struct sender_offer){ .limit = TCP_LIMIT_APPLICATION };
        if (recovery_in_flight(conn) >= recovery_window(conn))
                return (struct sender_offer){ .limit = TCP_LIMIT_CONGESTION_WINDOW };
        struct sender_offer offer = { .length = length_in_window(
                                              conn, (uint32_t)MIN(unsent, conn->snd.mss), usable) };
        offer.has_fin = fin_unsent && offer.length == unsent && offer.length < usable;
        if (offer.length == 0 && !offer.has_fin)
                return (struct sender_offer){ .limit = TCP_LIMIT_RECEIVE_WINDOW };
        if (nagle_holds(conn, &offer, unsent))
                offer.limit = TCP_LIMIT_NAGLE;
        return offer;
}

uint64_t sender_unsent(const TcpConn *conn)
{
        uint64_t next = sender_stream_offset(conn, conn->snd.nxt);
        return conn->send_queue.end - MIN(next, conn->send_queue.end);
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

/* Linux's tcp_cwnd_validate: remembers for a window's worth of data whether cwnd was reached, and how much
 * was out. */
void sender_update_usage(TcpConn *conn)
{
        uint32_t out = conn->scoreboard.count;
        bool is_limited = recovery_in_flight(conn) >= conn->cong.cwnd;
        bool is_new_window = seq_after_or_at(conn->snd.una, conn->usage.end);
        if (!is_new_window && !is_limited && (conn->usage.is_cwnd_limited || out <= conn->usage.max_out))
                return;
        conn->usage.is_cwnd_limited = is_limited;
        conn->usage.max_out = out;
        conn->usage.end = conn->snd.nxt;
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

enum tcp_limit sender_limit(const TcpConn *conn)
{
        return sender_next_offer(conn).limit;
}

bool sender_is_cwnd_limited(const TcpConn *conn)
{
        if (conn->usage.is_cwnd_limited)
                return true;
        return cong_in_slow_start(&conn->cong) && conn->cong.cwnd < 2 * (uint64_t)conn->usage.max_out;
}
