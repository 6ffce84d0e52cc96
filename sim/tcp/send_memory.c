/*
 * What the user may write: the memory of the send buffer, counted as Linux counts it. Written bytes lie in
 * blocks of as many full segments as one hand-over to a device takes, each with the bookkeeping of a packet;
 * a write goes on until a new block is needed and there is no memory left (sk_stream_memory_free).
 */
#include "tcp/conn_private.h"

#define BOOKKEEPING 832 /* struct sk_buff, skb_shared_info and the room for headers */

/* 64 KiB less headers: what a device is handed at once (GSO). */
#define HAND_OVER_MAX 65279

/* A buffer that finds its size itself holds twice what the congestion window lets out, in the blocks that
 * packets take (tcp_sndbuf_expand). */
#define HEADERS      (256 + 320)
#define SK_BUFF      256
#define SEGMENTS_MIN 10
#define WINDOWS      2

static uint32_t block_size(const TcpConn *conn)
{
        uint32_t mss = MAX(conn->snd.mss, 1);
        uint32_t most = HAND_OVER_MAX;
        if (conn->snd.mss == 0)
                return most;
        if (conn->snd.wnd_max / 2 > 0)
                most = MIN(most, conn->snd.wnd_max / 2);
        return MAX(most / mss * mss, mss);
}

static uint32_t blocks_of(const TcpConn *conn, uint64_t bytes)
{
        uint32_t size = block_size(conn);
        return (uint32_t)((bytes + size - 1) / size);
}

static uint32_t used(const TcpConn *conn)
{
        uint64_t bytes = send_queue_size(&conn->send_queue);
        return (uint32_t)MIN(bytes + (uint64_t)BOOKKEEPING * blocks_of(conn, bytes), UINT32_MAX);
}

static uint32_t power_of_two_above(uint32_t size)
{
        uint32_t power = 1;
        while (power < size)
                power *= 2;
        return power;
}

static uint32_t size_for_window(const TcpConn *conn)
{
        uint32_t segments = MAX(SEGMENTS_MIN, conn->cong.cwnd);
        uint32_t packet = power_of_two_above(MAX(conn->snd.peer_mss, conn->snd.mss) + HEADERS) + SK_BUFF;
        return (uint32_t)MIN((uint64_t)WINDOWS * segments * packet, UINT32_MAX);
}

uint32_t send_memory_size(const TcpConn *conn)
{
        const struct tcp_settings *settings = &conn->settings;
        if (settings->send_buffer > 0)
                return settings->send_buffer;
        uint32_t size = MAX(settings->send_memory.initial, conn->snd.buffer);
        if (conn_is_synchronized(conn))
                size = MAX(size, MIN(size_for_window(conn), settings->send_memory.most));
        return size;
}

/* It never shrinks. */
void send_memory_grow(TcpConn *conn)
{
        if (conn->settings.send_buffer == 0)
                conn->snd.buffer = send_memory_size(conn);
}

/* tcp_stream_memory_free: what is not even sent is limited on its own, too (TCP_NOTSENT_LOWAT). */
static bool is_free(const TcpConn *conn, bool for_waker)
{
        uint64_t unsent = tcp_conn_unsent(conn);
        return (for_waker ? 2 * unsent : unsent) < conn->settings.unsent_low_water;
}

/* Room in the block that was begun and of which nothing is sent yet. */
static uint32_t room_in_last_block(const TcpConn *conn)
{
        uint32_t size = block_size(conn);
        uint32_t begun = (uint32_t)(tcp_conn_unsent(conn) % size);
        return begun > 0 ? size - begun : 0;
}

size_t send_memory_room(const TcpConn *conn, size_t wanted)
{
        uint64_t memory = send_memory_size(conn);
        uint64_t taken = room_in_last_block(conn);
        uint32_t size = block_size(conn);
        uint64_t in_use = used(conn) + taken;
        if (!is_free(conn, false))
                return MIN(wanted, taken);
        while (taken < wanted && in_use < memory &&
                tcp_conn_unsent(conn) + taken < conn->settings.unsent_low_water) {
                taken += size;
                in_use += size + BOOKKEEPING;
        }
        return MIN(wanted, taken);
}

/* sk_stream_is_writeable: a third of the buffer is free. */
bool send_memory_is_writable(const TcpConn *conn)
{
        uint32_t memory = send_memory_size(conn);
        uint32_t in_use = used(conn);
        return in_use < memory && memory - in_use >= in_use / 2 && is_free(conn, true);
}

uint32_t send_memory_used(const TcpConn *conn)
{
        return used(conn);
}

size_t tcp_conn_send_room(const TcpConn *conn)
{
        return send_memory_room(conn, send_memory_size(conn));
}
