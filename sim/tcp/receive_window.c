/*
 * The window that we offer. RFC 9293 section 3.8.6.2.2, RFC 7323 section 2; as Linux: from the memory that a
 * buffer has left and the share of it that is payload, growing with what comes and with what is read.
 *
 * A promise is kept: the right edge never moves left (tcp_select_window), unless the user allows it.
 */
#include "tcp/conn_private.h"

#define FIELD_MAX     UINT16_MAX
#define SCALE_MAX     14

#define RATIO_ONE     256 /* TCP_RMEM_TO_WIN_SCALE */
#define RATIO_INITIAL 128 /* half of the memory is bookkeeping, until segments tell */

/* What SO_RCVBUF may ask for (net.core.rmem_max). */
#define ASKED_MAX (4 * 1024 * 1024)

/* SOCK_MIN_RCVBUF / 2: a clamp is not smaller. */
#define CLAMP_MIN 1152

/* What the first round trip is thought to bring (TCP_INIT_CWND). */
#define FIRST_SEGMENTS 10

static uint32_t payload_in(const TcpConn *conn, uint64_t memory)
{
        return (uint32_t)MIN(memory * conn->rcv.ratio / RATIO_ONE, INT32_MAX);
}

static uint32_t memory_for(const TcpConn *conn, uint64_t payload)
{
        return (uint32_t)MIN(payload * RATIO_ONE / conn->rcv.ratio, INT32_MAX);
}

static uint32_t full_space(const TcpConn *conn)
{
        return payload_in(conn, conn->rcv.buffer);
}

static uint32_t free_space(const TcpConn *conn)
{
        uint32_t used = conn->rcv.memory.allocated;
        return used < conn->rcv.buffer ? payload_in(conn, conn->rcv.buffer - used) : 0;
}

static bool is_locked(const TcpConn *conn)
{
        return conn->settings.receive_buffer > 0;
}

static uint32_t round_up(const TcpConn *conn, uint32_t window)
{
        uint32_t unit = 1u << conn->rcv.scale;
        return (window + unit - 1) & ~(unit - 1);
}

void receive_window_set_buffer(TcpConn *conn)
{
        const struct tcp_settings *settings = &conn->settings;
        if (is_locked(conn))
                conn->rcv.buffer = settings->receive_buffer;
        else if (conn->rcv.buffer == 0)
                conn->rcv.buffer = settings->receive_memory.initial;
}

/* ---- The beginning ---- */

/* Scaled so that the largest buffer could be offered, of its own accord or when asked. */
static uint8_t choose_scale(const TcpConn *conn, uint32_t space, uint32_t clamp)
{
        uint8_t scale = 0;
        uint32_t largest = MAX(MAX(space, conn->settings.receive_memory.most), ASKED_MAX);
        largest = MIN(largest, clamp);
        if (!conn->settings.window_scaling)
                return 0;
        while (scale < SCALE_MAX && largest >> (scale + 16) > 0)
                scale++;
        return scale;
}

/* tcp_select_initial_window */
void receive_window_begin(TcpConn *conn, uint32_t mss)
{
        struct receive_variables *rcv = &conn->rcv;
        receive_window_set_buffer(conn);
        rcv->ratio = RATIO_INITIAL;
        uint32_t space = full_space(conn);
        uint32_t clamp = conn->settings.window_clamp;
        if (is_locked(conn) && (clamp == 0 || clamp > space))
                clamp = space;
        if (clamp == 0)
                clamp = (uint32_t)FIELD_MAX << SCALE_MAX;
        space = MIN(space, clamp);
        if (space > mss)
                space -= space % mss;
        rcv->scale = choose_scale(conn, space, clamp);
        rcv->clamp = MIN((uint32_t)FIELD_MAX << rcv->scale, clamp);
        rcv->wnd = rcv->threshold = space;
}

void receive_window_forgo_scale(TcpConn *conn)
{
        conn->rcv.scale = 0;
        conn->rcv.clamp = MIN(conn->rcv.clamp, FIELD_MAX);
}

/* tcp_init_buffer_space: one segment of the buffer is kept back. */
void receive_window_establish(TcpConn *conn, time_ns now)
{
        struct receive_variables *rcv = &conn->rcv;
        uint32_t most = full_space(conn);
        uint32_t mss = rcv->advised_mss;
        rcv->clamp = MIN(rcv->clamp, most);
        if (rcv->clamp > 2 * mss && rcv->clamp + mss > most)
                rcv->clamp = MAX(2 * mss, most - mss);
        rcv->threshold = MIN(rcv->threshold, rcv->clamp);
        rcv->sizing.space = MIN(MIN(rcv->threshold, rcv->wnd), FIRST_SEGMENTS * mss);
        rcv->sizing.at = now;
        rcv->sizing.seq = seq_add(rcv->irs, 1);
}

/* ---- The window ---- */

/* Without scaling: multiples of a segment, and as it is when it can nearly stay so. */
static uint32_t in_whole_segments(const TcpConn *conn, uint32_t space, uint32_t mss, uint32_t full)
{
        uint32_t window = conn->rcv.wnd;
        if ((int64_t)window <= (int64_t)space - mss || window > space)
                return space - space % mss;
        return mss == full && space > window + full / 2 ? space : window;
}

static bool may_shrink(const TcpConn *conn)
{
        return conn->settings.window_may_shrink && conn->rcv.scale > 0;
}

/* Where it may shrink, memory alone decides (__tcp_select_window, shrink_window_allowed). */
static uint32_t window_by_memory(TcpConn *conn, uint32_t mss)
{
        uint32_t unit = 1u << conn->rcv.scale;
        uint32_t space = free_space(conn);
        uint32_t allowed = full_space(conn);
        space -= space % unit;
        if (space < MIN(conn->rcv.clamp, allowed) / 2) {
                conn->ack.quick = 0;
                if (space < allowed / 16 || space < mss || space < unit)
                        return 0;
        }
        return space > conn->rcv.threshold ? round_up(conn, conn->rcv.threshold) : space;
}

/* __tcp_select_window */
uint32_t receive_window_possible(TcpConn *conn)
{
        uint32_t mss = conn->rcv.peer_mss_estimate;
        uint32_t space = free_space(conn);
        uint32_t allowed = full_space(conn);
        uint32_t full = MIN(conn->rcv.clamp, allowed);
        mss = MIN(mss, full);
        if (!conn->settings.receiver_sws_avoidance)
                return MIN(space, conn->rcv.threshold);
        if (mss == 0)
                return 0;
        if (may_shrink(conn))
                return window_by_memory(conn, mss);
        if (space < full / 2) {
                conn->ack.quick = 0;
                space -= space & ((1u << conn->rcv.scale) - 1);
                if (space < allowed / 16 || space < mss)
                        return 0;
        }
        space = MIN(space, conn->rcv.threshold);
        return conn->rcv.scale > 0 ? round_up(conn, space) : in_whole_segments(conn, space, mss, full);
}

/* tcp_select_window */
uint16_t receive_window_tell(TcpConn *conn)
{
        uint32_t now_offered = receive_window(conn);
        uint32_t window = conn->ack.has_no_memory ? 0 : receive_window_possible(conn);
        bool was_closed = conn->rcv.wnd == 0;
        if (window < now_offered && !conn->ack.has_no_memory && !may_shrink(conn)) {
                if (window == 0)
                        tcp_host_count(conn->host, TCP_COUNTER_WANT_ZERO_WINDOW);
                window = round_up(conn, now_offered);
        }
        conn->rcv.wnd = window;
        conn->rcv.acked = conn->rcv.nxt;
        uint32_t field = MIN(window >> conn->rcv.scale, FIELD_MAX);
        if (field == 0 && !was_closed)
                tcp_host_count(conn->host, TCP_COUNTER_TO_ZERO_WINDOW);
        else if (field > 0 && was_closed)
                tcp_host_count(conn->host, TCP_COUNTER_FROM_ZERO_WINDOW);
        return (uint16_t)field;
}

/* ---- How it grows ---- */

void receive_window_set_clamp(TcpConn *conn, uint32_t clamp)
{
        struct receive_variables *rcv = &conn->rcv;
        uint32_t before = rcv->clamp;
        rcv->clamp = MAX(clamp, CLAMP_MIN);
        if (rcv->clamp < before)
                rcv->threshold = MIN(rcv->threshold, rcv->clamp);
        else if (rcv->clamp > before)
                rcv->threshold = MAX(MIN(rcv->wnd, rcv->clamp), rcv->threshold);
}

void receive_window_learn_ratio(TcpConn *conn, uint32_t payload, uint32_t memory)
{
        uint32_t ratio = MAX((uint32_t)((uint64_t)payload * RATIO_ONE / memory), 1);
        if (ratio == conn->rcv.ratio)
                return;
        conn->rcv.ratio = ratio;
        receive_window_set_clamp(conn, full_space(conn));
        conn->rcv.sizing.space = MIN(conn->rcv.sizing.space, conn->rcv.clamp);
}

/* __tcp_grow_window: the smaller the window, the more bookkeeping is borne with. */
static uint32_t growth_despite_bookkeeping(const TcpConn *conn, uint32_t payload, uint32_t memory)
{
        uint32_t share = payload_in(conn, memory) / 2;
        uint32_t window = payload_in(conn, conn->settings.receive_memory.most) / 2;
        for (; conn->rcv.threshold <= window; share /= 2, window /= 2) {
                if (share <= payload)
                        return 2 * conn->rcv.peer_mss_estimate;
        }
        return 0;
}

/* tcp_grow_window */
void receive_window_grow(TcpConn *conn, uint32_t payload, uint32_t memory)
{
        struct receive_variables *rcv = &conn->rcv;
        int64_t room = (int64_t)MIN(rcv->clamp, free_space(conn)) - rcv->threshold;
        if (room <= 0)
                return;
        uint32_t more = payload_in(conn, memory) <= payload
                                ? 2 * rcv->advised_mss
                                : growth_despite_bookkeeping(conn, payload, memory);
        if (more == 0)
                return;
        more = MAX(more, 2 * payload);
        rcv->threshold += (uint32_t)MIN(room, more);
        conn->ack.quick |= 1;
}

/* tcp_rcvbuf_grow */
static void grow_buffer(TcpConn *conn, uint32_t space)
{
        struct right_sizing *sizing = &conn->rcv.sizing;
        uint32_t before = MAX(sizing->space, 1);
        sizing->space = space;
        if (is_locked(conn) || !conn->settings.auto_tuning)
                return;
        uint64_t window = 2 * (uint64_t)space;
        window += 2 * (window * (space - MIN(space, before)) / before);
        window += reassembly_end(&conn->rcv.reassembly) - conn->rcv.reassembly.next;
        uint32_t buffer = MIN(memory_for(conn, window), conn->settings.receive_memory.most);
        if (buffer <= conn->rcv.buffer)
                return;
        conn->rcv.buffer = buffer;
        conn->rcv.clamp = full_space(conn);
}

/* tcp_rcv_space_adjust. Linux looks after each packet that is copied, but once in a round trip: so that of
 * this read the first packet counts, and what comes behind it is unread yet. */
void receive_window_on_read(TcpConn *conn, time_ns now)
{
        struct right_sizing *sizing = &conn->rcv.sizing;
        uint64_t round_trip = (uint64_t)sizing->rtt_x8 / 8;
        if (sizing->rtt_x8 == 0 || (uint64_t)(now - sizing->at) < round_trip)
                return;
        uint64_t first = MIN(receive_memory_next_end(&conn->rcv.memory), conn->rcv.reassembly.read);
        struct seqnum next = seq_add(conn->rcv.irs, 1 + (uint32_t)first);
        int64_t unread = seq_diff(conn->rcv.nxt, next);
        int64_t read = seq_diff(next, sizing->seq) - unread;
        if (read > sizing->space)
                grow_buffer(conn, (uint32_t)read);
        sizing->seq = next;
        sizing->at = now;
}

void receive_window_on_held(TcpConn *conn)
{
        if (conn->listener == NULL && !conn->is_closed_by_user)
                grow_buffer(conn, conn->rcv.sizing.space);
}

/* ---- The receiver's round trip ---- */

/* tcp_rcv_rtt_update. Smoothed by an eighth, but for the least that a window's worth took. */
static void take_round_trip(TcpConn *conn, duration_ns sample, bool is_by_window)
{
        struct right_sizing *sizing = &conn->rcv.sizing;
        duration_ns scaled = MAX(sample, 1) * 8;
        if (sizing->rtt_x8 == 0 || scaled < sizing->rtt_x8)
                sizing->rtt_x8 = scaled;
        else if (!is_by_window && tcp_conn_readable(conn) == 0)
                sizing->rtt_x8 += sample - sizing->rtt_x8 / 8;
}

/* What the segment makes readable beyond its own end is looked at with the next one (tcp_rcv_rtt_measure). */
void receive_window_measure_rtt(TcpConn *conn, struct seqnum end, time_ns now)
{
        struct right_sizing *sizing = &conn->rcv.sizing;
        if (sizing->rtt_at != 0) {
                if (seq_before(end, sizing->rtt_end))
                        return;
                take_round_trip(conn, now - sizing->rtt_at, true);
        }
        sizing->rtt_end = seq_add(end, conn->rcv.wnd);
        sizing->rtt_at = now;
}

void receive_window_measure_echo(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        uint32_t echo = segment->options.timestamp_echo;
        if (!conn->timestamps_agreed || !segment->options.has_timestamps)
                return;
        if (echo == 0 || echo == conn->rcv.sizing.last_echo)
                return;
        conn->rcv.sizing.last_echo = echo;
        if (segment->payload.length < conn->rcv.peer_mss_estimate)
                return;
        int32_t ticks = (int32_t)(conn_timestamp(conn, now) - echo);
        if (ticks >= 0)
                take_round_trip(conn, MAX(ticks, 1) * MILLISECOND, false);
}

/* ---- When memory is short ---- */

/* tcp_clamp_window: what has been promised is honoured with more memory, as far as that goes. */
static void make_more(TcpConn *conn)
{
        struct receive_variables *rcv = &conn->rcv;
        uint32_t most = conn->settings.receive_memory.most;
        conn->ack.quick = 0;
        if (rcv->buffer < most && !is_locked(conn))
                rcv->buffer = MAX(rcv->buffer, MIN(rcv->memory.allocated, most));
        if (rcv->memory.allocated > rcv->buffer)
                rcv->threshold = MIN(rcv->clamp, 2 * rcv->advised_mss);
}

/* What of the stream is no longer held is no longer known of, reported or counted on. */
static void forget_given_up(TcpConn *conn)
{
        struct receive_variables *rcv = &conn->rcv;
        uint64_t end = MAX(receive_memory_held_end(&rcv->memory), rcv->reassembly.next);
        reassembly_forget_from(&rcv->reassembly, end);
        rcv->knows_fin = rcv->knows_fin && rcv->fin_offset <= end;
        rcv->sack.count = 0;
        rcv->sack.has_duplicate = false;
        tcp_host_count(conn->host, TCP_COUNTER_OFO_PRUNED);
}

/* tcp_prune_ofo_queue: what is held last goes, by eighths of the buffer, until the rest fits; but nothing
 * before the packet that wants room, which begins at `offset`. Its sender was told of it by SACK and must
 * send it again, as RFC 2018 section 8 allows. */
static void give_up_held(TcpConn *conn, uint64_t offset)
{
        struct receive_memory *memory = &conn->rcv.memory;
        int64_t goal = conn->rcv.buffer / 8;
        bool gives_up = false;
        uint64_t begin;
        while (receive_memory_last_held(memory, &begin) && begin >= offset) {
                goal -= receive_memory_drop_last_held(memory);
                gives_up = true;
                if (goal <= 0 && receive_window_fits(conn))
                        break;
                if (goal <= 0)
                        goal = conn->rcv.buffer / 8;
        }
        if (gives_up)
                forget_given_up(conn);
}

/* tcp_prune_queue */
bool receive_window_has_memory(TcpConn *conn, uint64_t offset)
{
        if (receive_window_fits(conn))
                return true;
        tcp_host_count(conn->host, TCP_COUNTER_PRUNE_CALLED);
        make_more(conn);
        if (receive_window_fits(conn))
                return true;
        receive_memory_pack(&conn->rcv.memory);
        if (receive_window_fits(conn))
                return true;
        give_up_held(conn, offset);
        if (receive_window_fits(conn))
                return true;
        tcp_host_count(conn->host, TCP_COUNTER_RECEIVE_PRUNED);
        return false;
}
