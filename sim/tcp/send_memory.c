/*
 * The memory of the send buffer, counted as Linux counts it: bytes, and the bookkeeping of a packet for each
 * block of them. A block may be begun while there is any left (sk_stream_memory_free).
 */
#include "tcp/conn_private.h"

#define BOOKKEEPING 832 /* struct sk_buff, skb_shared_info and the room for headers */

/* A buffer that finds its size itself holds a number of congestion windows, or of what may be out of order,
 * in the blocks that packets take (tcp_sndbuf_expand). */
#define HEADERS      (256 + 320)
#define SK_BUFF      256
#define SEGMENTS_MIN 10
#define WINDOWS      2 /* 1.7 are needed under CUBIC, and some for a writer that is slow */

static uint32_t power_of_two_above(uint32_t size)
{
        uint32_t power = 1;
        while (power < size)
                power *= 2;
        return power;
}

static uint32_t size_for_window(const TcpConn *conn)
{
        uint32_t windows = conn->cong.ops->buffered_windows > 0 ? conn->cong.ops->buffered_windows : WINDOWS;
        uint32_t segments = MAX(MAX(SEGMENTS_MIN, conn->cong.cwnd), conn->recovery.reordering + 1);
        uint32_t packet = power_of_two_above(MAX(conn->snd.peer_mss, conn->snd.mss) + HEADERS) + SK_BUFF;
        return (uint32_t)MIN((uint64_t)windows * segments * packet, UINT32_MAX);
}

uint32_t send_memory_size(const TcpConn *conn)
{
        const struct tcp_settings *settings = &conn->settings;
        if (settings->send_buffer > 0)
                return settings->send_buffer;
        return MAX(settings->send_memory.initial, conn->snd.buffer);
}

/* It never shrinks. */
void send_memory_grow(TcpConn *conn)
{
        if (conn->settings.send_buffer == 0)
                conn->snd.buffer = MAX(
                        send_memory_size(conn), MIN(size_for_window(conn), conn->settings.send_memory.most));
}

uint32_t send_memory_used(const TcpConn *conn)
{
        const struct send_queue *queue = &conn->send_queue;
        uint64_t used = send_queue_size(queue) + (uint64_t)BOOKKEEPING * queue->block_count;
        return (uint32_t)MIN(used, UINT32_MAX);
}

/* tcp_stream_memory_free: what is not even sent is limited on its own, too (TCP_NOTSENT_LOWAT). */
bool send_memory_is_free(const TcpConn *conn, uint64_t unsent)
{
        return send_memory_used(conn) < send_memory_size(conn) && unsent < conn->settings.unsent_low_water;
}

/* sk_stream_is_writeable: a third of the buffer is free, and half of what may be unsent. */
bool send_memory_is_writable(const TcpConn *conn)
{
        uint32_t memory = send_memory_size(conn);
        uint32_t used = conn->send_queue.block_count > 0 ? send_memory_used(conn) : 0;
        if (used >= memory || memory - used < used / 2)
                return false;
        /* No more can be unsent than is there. */
        uint64_t most = conn->settings.unsent_low_water;
        return 2 * send_queue_size(&conn->send_queue) < most || 2 * (uint64_t)tcp_conn_unsent(conn) < most;
}

/* tcp_check_space: a larger buffer would not help where the window is full. */
void send_memory_check_room(TcpConn *conn, time_ns now)
{
        bool is_due = conn->snd.may_have_room && conn->snd.has_no_room;
        conn->snd.may_have_room = false;
        if (!is_due)
                return;
        if (scoreboard_in_flight(&conn->scoreboard) < conn->cong.cwnd)
                send_memory_grow(conn);
        if (!send_memory_is_writable(conn))
                return;
        conn->snd.has_no_room = false;
        chrono_on_room(conn, now);
}

void tcp_conn_want_room(TcpConn *conn)
{
        conn->snd.has_no_room = true;
}
