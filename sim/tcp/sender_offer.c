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

bool sender_has_unsent(const TcpConn *conn)
{
        return !seq_equal(conn->snd.nxt, sender_stream_end(conn));
}

struct seqnum sender_stream_end(const TcpConn *conn)
{
        return seq_add(seq_of_offset(conn, conn->send_queue.end), conn->fin_queued ? 1 : 0);
}

uint32_t sender_segments_of(const TcpConn *conn, uint64_t bytes)
{
        uint32_t mss = sender_current_mss(conn);
        return (uint32_t)((bytes + mss - 1) / mss);
}

/* ---- Places ---- */

/* A burst that is not finished has taken its block. */
struct sender_place sender_place_sent(const TcpConn *conn)
{
        const struct send_queue *queue = &conn->send_queue;
        uint64_t next = MIN(sender_stream_offset(conn, conn->snd.nxt), queue->end);
        bool is_within = queue->head > 0 && send_queue_block(queue, queue->head - 1)->end > next;
        return (struct sender_place){
                .next = next,
                .block = queue->head - is_within,
                .in_flight = recovery_in_flight(conn),
        };
}

void sender_pass(const TcpConn *conn, struct sender_place *place, uint32_t burst)
{
        place->next += burst;
        place->block++;
        place->in_flight += sender_segments_of(conn, burst);
        place->is_ahead = true;
}

static uint64_t block_length(const TcpConn *conn, const struct sender_place *place)
{
        const struct send_queue *queue = &conn->send_queue;
        return place->block < queue->block_count ? send_queue_block(queue, place->block)->end - place->next
                                                 : 0;
}

uint64_t sender_unsent_block(const TcpConn *conn)
{
        struct sender_place place = sender_place_sent(conn);
        return block_length(conn, &place);
}

static bool is_last_block(const TcpConn *conn, const struct sender_place *place)
{
        return place->block + 1 >= conn->send_queue.block_count;
}

/* The FIN goes with the last block. */
static bool has_fin(const TcpConn *conn, const struct sender_place *place)
{
        return fin_is_unsent(conn) && is_last_block(conn, place);
}

static uint32_t usable_window(const TcpConn *conn, const struct sender_place *place)
{
        int32_t usable = seq_diff(send_edge(conn), seq_of_offset(conn, place->next));
        return usable > 0 ? (uint32_t)usable : 0;
}

uint32_t sender_usable_window(const TcpConn *conn)
{
        struct sender_place place = sender_place_sent(conn);
        return usable_window(conn, &place);
}

/* ---- What is in the way ---- */

/* RFC 9293 section 3.8.6.2.1, sender's silly window avoidance. Differs: as Linux (tcp_snd_wnd_test), the next
 * segment, full or the last of its block, goes whole or not at all. Its rule (3), half of the largest window,
 * is kept by the MSS, which is no more than that. */
static bool fits_window(const TcpConn *conn, const struct sender_place *place)
{
        uint64_t length = block_length(conn, place);
        uint32_t mss = sender_current_mss(conn);
        uint32_t needed = length > mss ? mss : (uint32_t)length + has_fin(conn, place);
        uint32_t usable = usable_window(conn, place);
        return needed <= usable || (usable > 0 && !conn->settings.sender_sws_avoidance);
}

bool sender_fits_window(const TcpConn *conn)
{
        struct sender_place place = sender_place_sent(conn);
        return fits_window(conn, &place);
}

bool sender_takes_block(const TcpConn *conn)
{
        struct sender_place place = sender_place_sent(conn);
        return block_length(conn, &place) + has_fin(conn, &place) <= usable_window(conn, &place);
}

/* RFC 9293 section 3.7.4: "if there is unacknowledged data, then the sending TCP endpoint buffers all user
 * data until the outstanding data has been acknowledged or until the TCP endpoint can send a full-sized
 * segment". Differs, as Linux: only an unacknowledged *small* segment holds back the next small one
 * (Minshall's variation). TCP_CORK and MSG_MORE hold any. */
static bool nagle_holds(const TcpConn *conn, enum sender_urgency urgency)
{
        if (urgency != SENDER_USUAL)
                return false;
        if (conn->settings.cork || conn->push_is_corked)
                return true;
        if (!conn->settings.nagle || conn->push_is_forced || conn->scoreboard.count == 0)
                return false;
        return conn->small_end > conn->send_queue.first;
}

/* What is small waits where more may still join it: in the last block. Urgent data and the FIN do not, nor
 * what TCP_NODELAY has pushed; the small end of a burst of several segments does, when corked. */
static bool waits_for_more(const TcpConn *conn, const struct sender_place *place, enum sender_urgency urgency)
{
        bool is_pushed = conn->push_is_forced && !conn->push_is_corked;
        if (!is_last_block(conn, place) || has_fin(conn, place) || urgent_is_under_way(conn) || is_pushed)
                return false;
        return nagle_holds(conn, urgency);
}

/* Segments that cwnd lets out now; two bursts, at least, share a window. Differs: what is forced out, a tail
 * probe, is always one segment. */
uint32_t sender_quota(const TcpConn *conn, const struct sender_place *place, enum sender_urgency urgency)
{
        uint32_t cwnd = conn->cong.cwnd;
        if (urgency == SENDER_FORCE)
                return 1;
        if (place->in_flight >= cwnd)
                return 0;
        return pacing_cut_burst(conn, MIN(MAX(cwnd / 2, 1), cwnd - place->in_flight));
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
        uint32_t mss = conn->snd.mss;
        uint64_t window = MIN(conn->snd.wnd, (uint64_t)conn->cong.cwnd * mss);
        if (conn->settings.window_divisor == 0)
                return bytes > 3 * (uint64_t)mss;
        /* bytes >= window / divisor, without dividing. */
        return (bytes + 1) * conn->settings.window_divisor > window;
}

/* What cwnd has room for, in bytes. */
static uint64_t cwnd_room(const TcpConn *conn, const struct sender_place *place)
{
        return (uint64_t)(conn->cong.cwnd - MIN(conn->cong.cwnd, place->in_flight)) * conn->snd.mss;
}

/* A larger burst costs less: is the next ACK near, and a little was sent a moment ago (tcp_tso_should_defer)?
 */
static bool may_wait(const TcpConn *conn, const struct sender_place *place, uint64_t room, time_ns now)
{
        bool was_silent = !place->is_ahead && now - conn->last_sent_at >= MILLISECOND;
        if (conn->recovery.state >= TCP_CONGESTION_RECOVERY || was_silent)
                return false;
        if (!is_last_block(conn, place) && room >= block_length(conn, place))
                return false;
        return is_ack_near(conn, now) && room < (uint64_t)pacing_burst(conn) * conn->snd.mss &&
               !is_large_part(conn, room);
}

/* Waiting is for what windows will let out, or the user write; not for nothing. */
static enum tcp_limit why_wait(const TcpConn *conn, const struct sender_place *place, time_ns now)
{
        uint64_t by_cwnd = cwnd_room(conn, place);
        uint64_t by_window = usable_window(conn, place);
        uint64_t room = MIN(by_cwnd, by_window);
        if (!may_wait(conn, place, room, now))
                return TCP_LIMIT_NOTHING;
        if (room <= block_length(conn, place))
                return by_cwnd < by_window ? TCP_LIMIT_CONGESTION_WINDOW : TCP_LIMIT_RECEIVE_WINDOW;
        bool is_whole = send_queue_block(&conn->send_queue, place->block)->ends_record;
        return has_fin(conn, place) || is_whole ? TCP_LIMIT_NOTHING : TCP_LIMIT_NAGLE;
}

/* ---- Bursts ---- */

/* Bytes of a burst of at most `segments`: what the window takes of the block, a last small part only if Nagle
 * lets it go (tcp_mss_split_point). In urgent mode each segment goes alone. */
static uint32_t burst_length(
        const TcpConn *conn, const struct sender_place *place, uint32_t segments, enum sender_urgency urgency)
{
        uint32_t mss = sender_current_mss(conn);
        uint64_t most = (uint64_t)mss * (urgent_is_under_way(conn) ? 1 : segments);
        uint64_t needed = MIN(block_length(conn, place), usable_window(conn, place));
        if (most <= needed)
                return (uint32_t)most;
        uint32_t partial = (uint32_t)(needed % mss);
        bool is_middle = !is_last_block(conn, place) && most <= usable_window(conn, place);
        if (partial > 0 && partial < needed && !is_middle && nagle_holds(conn, urgency))
                needed -= partial;
        return (uint32_t)needed;
}

/* The device may have stopped the burst half-way, and the peer drawn its window back meanwhile. */
bool sender_is_within_burst(const TcpConn *conn)
{
        return seq_before(conn->snd.nxt, conn->burst.end) &&
               seq_before_or_at(conn->burst.end, send_edge(conn));
}

static struct sender_offer cut(const TcpConn *conn, const struct sender_place *place, uint32_t burst)
{
        uint32_t length = MIN(burst, sender_current_mss(conn));
        return (struct sender_offer){
                .length = length,
                .burst = burst,
                .has_fin = length == block_length(conn, place) && has_fin(conn, place),
        };
}

/* Should the place lie within a burst, that is one no more, for want of a window: it never goes on. */
void sender_grow(TcpConn *conn, const struct sender_place *place, uint32_t quota)
{
        if (place->block < conn->send_queue.head)
                conn->burst.end = conn->snd.nxt;
        uint64_t length = block_length(conn, place);
        uint64_t full = (uint64_t)quota * sender_current_mss(conn);
        if (length > 0 && length < full)
                send_queue_grow_block(&conn->send_queue, place->block, full - length);
}

struct sender_offer sender_offer_at(const TcpConn *conn, const struct sender_place *place, uint32_t quota,
        enum sender_urgency urgency, time_ns now)
{
        uint64_t length = block_length(conn, place);
        uint32_t mss = sender_current_mss(conn);
        if (length == 0 && !has_fin(conn, place))
                return (struct sender_offer){ .limit = TCP_LIMIT_APPLICATION };
        if (quota == 0)
                return (struct sender_offer){ .limit = TCP_LIMIT_CONGESTION_WINDOW };
        if (!fits_window(conn, place))
                return (struct sender_offer){ .limit = TCP_LIMIT_RECEIVE_WINDOW };
        if (length < mss && waits_for_more(conn, place, urgency))
                return (struct sender_offer){ .limit = TCP_LIMIT_NAGLE };
        if (length <= mss)
                return cut(conn, place, MIN((uint32_t)length, usable_window(conn, place)));
        enum tcp_limit limit = urgency < SENDER_ONE ? why_wait(conn, place, now) : TCP_LIMIT_NOTHING;
        if (limit != TCP_LIMIT_NOTHING)
                return (struct sender_offer){ .limit = limit };
        return cut(conn, place, burst_length(conn, place, quota, urgency));
}

/* Whether the block at this place goes because a write has said so, now. */
static bool is_decided(const TcpConn *conn, const struct sender_place *place, time_ns now)
{
        if (conn->decided.at != now || conn->decided.blocks == 0)
                return false;
        uint64_t length = block_length(conn, place);
        return length <= usable_window(conn, place) &&
               place->in_flight + sender_segments_of(conn, length) <= conn->cong.cwnd;
}

/* What was decided is void when time has gone on, or windows have moved since. For good: the blocks may grow
 * into each other from then on. */
bool sender_keeps_decided(TcpConn *conn, const struct sender_place *place, time_ns now)
{
        if (!is_decided(conn, place, now))
                conn->decided.blocks = 0;
        return conn->decided.blocks > 0;
}

struct sender_place sender_place_decided(TcpConn *conn, time_ns now)
{
        struct sender_place place = sender_place_sent(conn);
        if (sender_is_within_burst(conn))
                sender_pass(conn, &place, conn->burst.end.value - conn->snd.nxt.value);
        sender_keeps_decided(conn, &place, now);
        for (uint32_t i = conn->decided.blocks; i > 0; i--) {
                uint64_t end = send_queue_block(&conn->send_queue, place.block)->end;
                sender_pass(conn, &place, (uint32_t)(end - place.next));
        }
        return place;
}

struct sender_offer sender_rest_of_burst(const TcpConn *conn)
{
        uint32_t burst = conn->burst.end.value - conn->snd.nxt.value;
        if (!conn->fin_queued)
                return (struct sender_offer){ .length = MIN(burst, sender_current_mss(conn)),
                        .burst = burst };
        struct sender_place place = sender_place_sent(conn);
        return cut(conn, &place, burst);
}

struct sender_offer sender_first_offer(const TcpConn *conn, const struct sender_place *place, uint32_t quota,
        enum sender_urgency urgency, time_ns now)
{
        if (is_decided(conn, place, now))
                return cut(conn, place, (uint32_t)block_length(conn, place));
        return sender_offer_at(conn, place, quota, urgency, now);
}

struct sender_offer sender_next_offer(const TcpConn *conn, enum sender_urgency urgency, time_ns now)
{
        if (sender_is_within_burst(conn))
                return sender_rest_of_burst(conn);
        struct sender_place place = sender_place_sent(conn);
        return sender_first_offer(conn, &place, sender_quota(conn, &place, urgency), urgency, now);
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
