/*
 * A write: bytes fill the last block of the send queue up to as many full segments as one hand-over to a
 * device takes, then a block is begun, as long as there is memory. RFC 9293 section 3.10.2; as Linux
 * (tcp_sendmsg_locked).
 *
 * While it goes on, it lets blocks go: each that is full and the first in line, and all in line when more
 * than half of the peer's largest window was written since the last PSH. What goes is cut off from its block,
 * whose rest has room again: so this shows in the segments. But a write never transmits from within itself:
 * it asks what may go as if the next pump were here (sender_offer.h) and keeps the answer as `decided`, a
 * number of blocks. The pump sends those without asking again, at the same time; should the device have no
 * room for some, they are asked about like any other later on.
 *
 * Differs: Linux sends the end of each write, too, before the call returns. Here the pump does, so that what
 * a program writes in several calls at one instant leaves as if it had been written in one.
 */
#include "tcp/conn_private.h"

#include <errno.h>

#include "tcp/pacing.h"
#include "tcp/recovery.h"
#include "tcp/sender.h"
#include "tcp/sender_offer.h"

struct writing {
        TcpConn *conn;
        const uint8_t *bytes;
        PayloadSource *source; /* its bytes from `offset` on instead; NULL: `bytes` */
        uint64_t offset;
        size_t size;
        size_t taken;
        unsigned flags;
        uint32_t block_size;
        struct sender_place place; /* behind what has been decided */
        time_ns now;
};

/* Of urgent data each segment is a block; no block is larger than half of the largest window
 * (tcp_xmit_size_goal). */
static uint32_t block_size(const TcpConn *conn, unsigned flags)
{
        uint32_t most = PACING_BURST_SIZE_MAX;
        if (conn->snd.mss == 0)
                return most;
        uint32_t mss = sender_current_mss(conn);
        if (flags & TCP_WRITE_URGENT)
                return mss;
        return MAX(path_mtu_bound_to_window(conn, most) / mss * mss, mss);
}

static uint64_t unsent(const struct writing *writing)
{
        const TcpConn *conn = writing->conn;
        return sender_may_send(conn) ? conn->send_queue.end - writing->place.next : tcp_conn_unsent(conn);
}

/* 0: it is full, gone, or the end of a record. */
static uint32_t room_in_block(const TcpConn *conn, const struct sender_place *place, uint32_t size)
{
        const struct send_queue *queue = &conn->send_queue;
        if (queue->block_count <= place->block || send_queue_last_block(queue)->ends_record)
                return 0;
        uint64_t length = queue->end - send_queue_block_begin(queue, queue->block_count - 1);
        return length < size ? size - (uint32_t)length : 0;
}

/* ---- What goes while the write goes on ---- */

/* forced_push: "after(tp->write_seq, tp->pushed_seq + (tp->max_window >> 1))". */
static bool is_push_forced(const TcpConn *conn)
{
        return conn->send_queue.end > conn->snd.pushed_end + conn->snd.wnd_max / 2;
}

static void mark_push(TcpConn *conn)
{
        send_queue_last_block(&conn->send_queue)->has_push = true;
        conn->snd.pushed_end = conn->send_queue.end;
}

/* With pacing, only what is due now: behind what is decided, nothing, unless that is free. */
static bool is_due(const struct writing *writing)
{
        TcpConn *conn = writing->conn;
        uint32_t ahead = writing->place.in_flight - recovery_in_flight(conn);
        if (writing->place.is_ahead)
                return pacing_is_free(conn, conn->counts.data_segments_sent + ahead);
        return !pacing_holds(conn, writing->now);
}

static void decide_one(struct writing *writing, uint32_t burst)
{
        TcpConn *conn = writing->conn;
        struct send_queue *queue = &conn->send_queue;
        uint32_t block = writing->place.block;
        uint64_t end = writing->place.next + burst;
        if (end < send_queue_block(queue, block)->end)
                send_queue_cut_block(queue, block, end);
        sender_pass(conn, &writing->place, burst);
        conn->decided.blocks++;
}

/* tcp_write_xmit, all but the sending. */
static void decide(struct writing *writing, enum sender_urgency urgency)
{
        TcpConn *conn = writing->conn;
        while (is_due(writing)) {
                uint32_t quota = sender_quota(conn, &writing->place, urgency);
                sender_grow(conn, &writing->place, quota);
                struct sender_offer offer =
                        sender_offer_at(conn, &writing->place, quota, urgency, writing->now);
                if (offer.limit != TCP_LIMIT_NOTHING)
                        return;
                decide_one(writing, offer.burst);
                if (urgency == SENDER_ONE)
                        return;
        }
}

/* A block is full, and there is more to write. */
static void let_go(struct writing *writing)
{
        TcpConn *conn = writing->conn;
        bool is_first = writing->place.block + 1 == conn->send_queue.block_count;
        if (!sender_may_send(conn) || writing->flags & TCP_WRITE_URGENT)
                return;
        if (is_push_forced(conn)) {
                mark_push(conn);
                decide(writing, SENDER_PUSH);
        } else if (is_first) {
                decide(writing, SENDER_ONE);
        }
}

/* ---- The loop ---- */

static struct writing begin(TcpConn *conn, size_t size, unsigned flags, time_ns now)
{
        path_mtu_follow(conn);
        if (conn->decided.at != now)
                conn->decided = (struct decided){ .at = now };
        struct writing writing = {
                .conn = conn,
                .size = size,
                .flags = flags,
                .now = now,
                .block_size = block_size(conn, flags),
                .place = { .block = conn->send_queue.head },
        };
        if (sender_may_send(conn))
                writing.place = sender_place_decided(conn, now);
        return writing;
}

/* tcp_skb_entail. */
static void open_block(struct writing *writing)
{
        TcpConn *conn = writing->conn;
        send_queue_open_block(&conn->send_queue);
        conn->push_is_forced = false;
}

/* What was the end of a write is not any more. */
static void append(struct writing *writing, size_t size)
{
        TcpConn *conn = writing->conn;
        if (writing->source != NULL)
                send_queue_write_source(
                        &conn->send_queue, writing->source, writing->offset + writing->taken, size);
        else
                send_queue_write(&conn->send_queue, writing->bytes + writing->taken, size);
        if (writing->taken == 0)
                send_queue_last_block(&conn->send_queue)->has_push = false;
        writing->taken += size;
}

static void take_bytes(struct writing *writing)
{
        TcpConn *conn = writing->conn;
        while (writing->taken < writing->size) {
                uint32_t room = room_in_block(conn, &writing->place, writing->block_size);
                if (room == 0 && !send_memory_is_free(conn, unsent(writing)))
                        return;
                if (writing->taken == 0)
                        sender_on_write(conn, writing->now);
                if (room == 0)
                        open_block(writing);
                size_t left = writing->size - writing->taken;
                append(writing, MIN(left, room > 0 ? room : writing->block_size));
                if (writing->taken < writing->size)
                        let_go(writing);
        }
}

/* tcp_push. The end of what is taken goes as Nagle lets it; before a pause for want of room, all that may. */
static void end(struct writing *writing)
{
        TcpConn *conn = writing->conn;
        bool is_whole = writing->taken == writing->size;
        bool is_corked = is_whole && writing->flags & TCP_WRITE_MORE;
        if (is_whole && writing->flags & TCP_WRITE_RECORD)
                send_queue_last_block(&conn->send_queue)->ends_record = true;
        if (!is_corked || is_push_forced(conn))
                mark_push(conn);
        conn->push_is_corked = is_corked;
        if (writing->flags & TCP_WRITE_URGENT && conn->settings.urgent)
                conn->urgent.told_end = conn->send_queue.end;
        if (!is_whole && sender_may_send(conn))
                decide(writing, SENDER_PUSH);
}

static ssize_t write_text(struct writing *writing)
{
        TcpConn *conn = writing->conn;
        take_bytes(writing);
        if (writing->taken < writing->size)
                tcp_conn_want_room(conn);
        if (writing->taken == 0)
                return -EAGAIN;
        chrono_on_written(conn, writing->now);
        end(writing);
        conn_leave_entry(conn);
        return (ssize_t)writing->taken;
}

/* Why nothing can be written: a negative errno; 0: it can. */
static ssize_t refusal(TcpConn *conn)
{
        if (conn->error != 0)
                return -conn_take_error(conn);
        return tcp_conn_is_shut_for_writing(conn) ? -EPIPE : 0;
}

ssize_t tcp_conn_send(TcpConn *conn, const void *bytes, size_t size, unsigned flags, time_ns now)
{
        ssize_t error = refusal(conn);
        if (error < 0)
                return error;
        struct writing writing = begin(conn, size, flags, now);
        writing.bytes = bytes;
        return write_text(&writing);
}

ssize_t tcp_conn_send_source(
        TcpConn *conn, PayloadSource *source, uint64_t offset, size_t size, unsigned flags, time_ns now)
{
        ssize_t error = refusal(conn);
        if (error < 0)
                return error;
        struct writing writing = begin(conn, size, flags, now);
        writing.source = source;
        writing.offset = offset;
        return write_text(&writing);
}

ssize_t tcp_conn_write(TcpConn *conn, const void *bytes, size_t size, time_ns now)
{
        return tcp_conn_send(conn, bytes, size, 0, now);
}

size_t tcp_conn_send_room(const TcpConn *conn)
{
        const struct sender_place place = { .block = conn->send_queue.head };
        uint32_t memory = send_memory_size(conn);
        uint32_t used = send_memory_used(conn);
        uint32_t room = room_in_block(conn, &place, block_size(conn, 0));
        return send_memory_is_free(conn, tcp_conn_unsent(conn)) ? MAX(room, memory - used) : room;
}
