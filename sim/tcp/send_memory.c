/*
 * What the user may write: the memory of the send buffer, counted as Linux counts it. Written bytes lie in
 * blocks of as many full segments as one hand-over to a device takes, each with the bookkeeping of a packet;
 * a write goes on until a new block is needed and there is no memory left (sk_stream_memory_free).
 */
#include "tcp/conn_private.h"

#include "tcp/pacing.h"
#include "tcp/sender_offer.h"
#include "tcp/urgent.h"

#define BOOKKEEPING 832 /* struct sk_buff, skb_shared_info and the room for headers */

/* 64 KiB less headers: what a device is handed at once (GSO). */
#define HAND_OVER_MAX 65279

/* A buffer that finds its size itself holds twice what the congestion window lets out, in the blocks that
 * packets take (tcp_sndbuf_expand). */
#define HEADERS      (256 + 320)
#define SK_BUFF      256
#define SEGMENTS_MIN 10
#define WINDOWS      2

/* Of urgent data each segment is a block, and nothing goes out before all is written. */
static bool is_urgent(const TcpConn *conn)
{
        return conn->urgent.is_writing || urgent_is_under_way(conn);
}

static uint32_t block_size(const TcpConn *conn)
{
        uint32_t mss = MAX(conn->snd.mss, 1);
        uint32_t most = HAND_OVER_MAX;
        if (conn->snd.mss == 0)
                return most;
        if (is_urgent(conn))
                return mss;
        if (conn->snd.wnd_max / 2 > 0)
                most = MIN(most, conn->snd.wnd_max / 2);
        return MAX(most / mss * mss, mss);
}

static uint64_t blocks_of(uint64_t bytes, uint32_t size)
{
        return (bytes + size - 1) / size;
}

/* The first block that is not sent takes from those behind it what fills a burst (tcp_grow_skb). */
static uint32_t first_block_size(const TcpConn *conn, uint32_t size)
{
        uint32_t cwnd = conn->cong.cwnd;
        uint32_t in_flight = MIN(scoreboard_in_flight(&conn->scoreboard), cwnd);
        uint32_t quota = MIN(MAX(cwnd / 2, 1), cwnd - in_flight);
        if (!conn_is_synchronized(conn) || is_urgent(conn))
                return size;
        return MAX(size, MIN(quota, pacing_burst(conn)) * conn->snd.mss);
}

static uint32_t memory_of(const TcpConn *conn, uint64_t sent, uint64_t unsent)
{
        uint32_t size = block_size(conn);
        uint64_t first = MIN(unsent, first_block_size(conn, size));
        uint64_t blocks = blocks_of(sent, size) + (first > 0) + blocks_of(unsent - first, size);
        return (uint32_t)MIN(sent + unsent + BOOKKEEPING * blocks, UINT32_MAX);
}

static uint32_t used(const TcpConn *conn)
{
        uint64_t unsent = tcp_conn_unsent(conn);
        return memory_of(conn, send_queue_size(&conn->send_queue) - unsent, unsent);
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

static uint64_t low_water(const TcpConn *conn)
{
        return conn->settings.unsent_low_water;
}

/* tcp_stream_memory_free: what is not even sent is limited on its own, too (TCP_NOTSENT_LOWAT). */
static bool is_free(const TcpConn *conn, bool for_waker)
{
        uint64_t unsent = tcp_conn_unsent(conn);
        return (for_waker ? 2 * unsent : unsent) < low_water(conn);
}

/* Where the block that is being filled begins, or what of it is not sent: SND.NXT when all is. */
struct fill {
        uint64_t sent;
        uint64_t begin;
        uint64_t end;
};

static struct fill begin_fill(const TcpConn *conn)
{
        uint64_t end = conn->send_queue.end;
        return (struct fill){
                .sent = end - tcp_conn_unsent(conn), .begin = conn->snd.block_begin, .end = end
        };
}

static uint32_t room_in_block(const struct fill *fill, uint32_t size)
{
        uint64_t begin = MAX(fill->begin, fill->sent);
        return begin < fill->end && fill->end - begin < size ? size - (uint32_t)(fill->end - begin) : 0;
}

/* A write that fills a block lets go what may go at once, so that its rest has room again (tcp_push_one). */
static void push(const TcpConn *conn, struct fill *fill, uint64_t *may_go)
{
        uint64_t goes = MIN(*may_go, fill->end - fill->sent);
        if (!conn_is_synchronized(conn) || conn->urgent.is_writing)
                return;
        fill->sent += goes;
        *may_go -= goes;
}

static uint64_t lets_out(const TcpConn *conn)
{
        uint64_t cwnd = conn->cong.cwnd;
        uint64_t in_flight = MIN(scoreboard_in_flight(&conn->scoreboard), cwnd);
        uint64_t window = sender_usable_window(conn);
        uint64_t mss = MAX(conn->snd.mss, 1);
        return MIN(window, (cwnd - in_flight) * mss) / mss * mss;
}

static bool takes_new_block(const TcpConn *conn, const struct fill *fill)
{
        uint64_t unsent = fill->end - fill->sent;
        uint64_t sent = fill->sent - conn->send_queue.first;
        return memory_of(conn, sent, unsent) < send_memory_size(conn) && unsent < low_water(conn);
}

size_t send_memory_take(TcpConn *conn, size_t wanted)
{
        uint32_t size = block_size(conn);
        struct fill fill = begin_fill(conn);
        uint64_t may_go = conn_is_synchronized(conn) ? lets_out(conn) : 0;
        size_t taken = 0;
        while (taken < wanted) {
                uint32_t room = room_in_block(&fill, size);
                if (room == 0 && !takes_new_block(conn, &fill))
                        break;
                if (room == 0) {
                        fill.begin = fill.end;
                        room = size;
                }
                uint32_t part = (uint32_t)MIN(room, wanted - taken);
                taken += part;
                fill.end += part;
                if (taken < wanted)
                        push(conn, &fill, &may_go);
        }
        conn->snd.block_begin = fill.begin;
        return taken;
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
        uint32_t memory = send_memory_size(conn);
        uint32_t in_use = used(conn);
        struct fill fill = begin_fill(conn);
        uint32_t room = room_in_block(&fill, block_size(conn));
        return is_free(conn, false) && in_use < memory ? MAX(room, memory - in_use) : room;
}
