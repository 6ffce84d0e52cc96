/*
 * What goes out: lost segments again, new ones, window probes. RFC 9293 section 3.8; which and when say
 * resend.h, sender_offer.h and recovery.h.
 */
#include "tcp/sender.h"

#include "tcp/pacing.h"
#include "tcp/prr.h"
#include "tcp/rate_sample.h"
#include "tcp/recovery.h"
#include "tcp/resend.h"
#include "tcp/sender_facts.h"
#include "tcp/sender_offer.h"
#include "tcp/sender_timer.h"
#include "tcp/tail_probe.h"
#include "tcp/urgent.h"
#include "tcp/window_use.h"

/* ---- Segments ---- */

/* SACK blocks to be sent take their room from the text (tcp_current_mss). */
uint32_t sender_mss_beside_sack(const TcpConn *conn)
{
        uint32_t options = 4 + 8 * conn_sack_blocks(conn);
        return conn->snd.mss > options + 8 ? conn->snd.mss - options : conn->snd.mss;
}

static void count_sending(TcpConn *conn, uint32_t bytes, bool is_repeated)
{
        struct tcp_counts *counts = &conn->counts;
        counts->data_segments_sent += bytes > 0;
        counts->bytes_sent += bytes;
        counts->retransmitted_segments += is_repeated;
        counts->bytes_retransmitted += is_repeated ? bytes : 0;
        if (is_repeated)
                tcp_host_count(conn->host, TCP_COUNTER_RETRANSMITTED);
}

/* `bytes` of the stream from `seq` on. */
static void fill(TcpConn *conn, struct seqnum seq, uint32_t bytes, bool has_fin, struct tcp_segment *segment,
        struct tcp_sending *sending)
{
        uint64_t offset = sender_stream_offset(conn, seq);
        segment->seq = seq;
        sending->stream_offset = offset;
        if (bytes > 0)
                segment->payload = send_queue_cut(&conn->send_queue, offset, bytes);
        if (has_fin)
                segment->flags |= TCP_FLAG_FIN;
}

/* The first segment after all were acknowledged. */
static void begin_flight(TcpConn *conn, time_ns now)
{
        struct cong_facts facts = sender_facts(conn, now);
        cong_on_event(&conn->cong, CONG_TX_START, &facts);
}

/* As Linux (tcp_event_new_data_sent): the first in flight starts the timer; the tail probe waits anew. */
static void tend_timer(TcpConn *conn, bool is_first, time_ns now)
{
        if (tail_probe_schedule(conn, false, now))
                return; /* instead of the timer */
        if (is_first)
                sender_timer_rearm(conn, now);
        else if (sender_timer_is_running(conn, TCP_DEADLINE_TAIL_PROBE))
                sender_timer_rearm_from_head(conn, now);
}

/* The FIN alone is in no block. */
static void begin_burst(TcpConn *conn, const struct sender_offer *offer)
{
        if (offer->burst > 0) {
                uint64_t offset = sender_stream_offset(conn, conn->snd.nxt);
                send_queue_take(&conn->send_queue, offset, offer->burst);
                conn->decided.blocks -= MIN(conn->decided.blocks, 1);
        }
        conn->burst = (struct burst){
                .number = ++conn->bursts,
                .begin = conn->snd.nxt,
                .end = seq_add(conn->snd.nxt, offer->burst),
                .is_alone = offer->burst == offer->length,
        };
        /* As Linux (tcp_write_xmit), for all that goes out now, though one segment may tell a duplicate. */
        if (conn->push_mss == 0 && conn_sack_blocks(conn) > 0)
                conn->push_mss = sender_current_mss(conn);
}

/* The last segment of a block tells what the block does. */
static bool ends_pushed_block(const TcpConn *conn, uint32_t length)
{
        const struct send_queue *queue = &conn->send_queue;
        return length > 0 && seq_equal(seq_add(conn->snd.nxt, length), conn->burst.end) &&
               send_queue_block(queue, queue->head - 1)->has_push;
}

static void take_as_sent(TcpConn *conn, const struct sender_offer *offer, time_ns now)
{
        struct scoreboard *board = &conn->scoreboard;
        uint32_t length = offer->length + (offer->has_fin ? 1 : 0);
        uint32_t out = board->count;
        if (!sender_is_within_burst(conn))
                begin_burst(conn, offer);
        struct sent_segment *record = scoreboard_push(board, conn->snd.nxt, length, offer->has_fin, now);
        record->has_push = ends_pushed_block(conn, offer->length);
        record->burst = conn->burst.number;
        rate_sample_on_sent(conn, record, out, now);
        conn->snd.nxt = seq_add(conn->snd.nxt, length);
        conn->last_data_sent_at = now;
        if (prr_is_reducing(conn))
                conn->prr.out++;
        window_use_on_sent(conn);
        tend_timer(conn, out == 0, now);
}

/* RFC 9293 section 3.9.1.2: at the end of a write. As Linux, so ends each burst of more than one segment too:
 * a receiver that puts them together waits for it. */
static void push(struct tcp_segment *segment, const struct sent_segment *record, const struct burst *burst)
{
        struct seqnum end = seq_add(record->seq, record->length - record->has_fin);
        bool ends_burst = !burst->is_alone && seq_equal(end, burst->end);
        if (record->has_push || (segment->payload.length > 0 && ends_burst))
                segment->flags |= TCP_FLAG_PSH;
}

static void send_offer(TcpConn *conn, const struct sender_offer *offer, time_ns now,
        struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (scoreboard_in_flight(&conn->scoreboard) == 0)
                begin_flight(conn, now);
        fill(conn, conn->snd.nxt, offer->length, offer->has_fin, segment, sending);
        sending->sending = 1;
        if (offer->length < sender_current_mss(conn))
                conn->small_end = sending->stream_offset + offer->length + offer->has_fin;
        take_as_sent(conn, offer, now);
        push(segment, scoreboard_last(&conn->scoreboard), &conn->burst);
        sender_timer_stop_persist(conn);
        count_sending(conn, offer->length, false);
        if (seq_equal(conn->snd.nxt, seq_add(conn->burst.begin, offer->length + offer->has_fin)))
                pacing_on_burst(conn, offer->burst, now);
}

/* What comes next. A burst once begun, and what is decided, stays as it is; else the next block is made
 * larger before anything is asked about it, when its time has come. */
static struct sender_offer next_offer(TcpConn *conn, enum sender_urgency urgency, time_ns now)
{
        if (sender_is_within_burst(conn))
                return sender_rest_of_burst(conn);
        struct sender_place place = sender_place_sent(conn);
        uint32_t quota = sender_quota(conn, &place, urgency);
        if (!sender_keeps_decided(conn, &place, now) && pacing_is_due(conn, now))
                sender_grow(conn, &place, quota);
        return sender_first_offer(conn, &place, quota, urgency, now);
}

/* `*limit`: what is in the way, if it was asked. */
static bool send_new(TcpConn *conn, enum sender_urgency urgency, time_ns now, struct tcp_segment *segment,
        struct tcp_sending *sending, enum tcp_limit *limit)
{
        if (urgency == SENDER_USUAL && !conn->push_wanted)
                return false;
        struct sender_offer offer = next_offer(conn, urgency, now);
        *limit = offer.limit;
        if (offer.limit != TCP_LIMIT_NOTHING)
                return false;
        /* A burst once begun is not paced within. */
        if (urgency != SENDER_FORCE && !sender_is_within_burst(conn) && pacing_holds(conn, now))
                return false;
        sending->reason = offer.length == 0 ? TCP_SEND_FIN : recovery_new_data_reason(conn);
        send_offer(conn, &offer, now, segment, sending);
        return true;
}

static void send_again(TcpConn *conn, struct sent_segment *record, time_ns now, struct tcp_segment *segment,
        struct tcp_sending *sending)
{
        uint32_t bytes = record->length - record->has_fin;
        bool is_probe = conn->recovery.wish == RESEND_PROBE;
        if (!conn->prior_answer.is_kept)
                conn->push_mss = 0;
        sending->reason = is_probe ? TCP_SEND_TAIL_PROBE : recovery_retransmit_reason(conn);
        fill(conn, record->seq, bytes, record->has_fin, segment, sending);
        resend_take(conn, record, now);
        push(segment, record, &conn->resend_burst);
        sending->sending = record->sendings;
        conn->last_data_sent_at = now;
        count_sending(conn, bytes, true);
        if (seq_equal(record->seq, conn->resend_burst.begin))
                pacing_on_burst(conn, conn->resend_burst.end.value - record->seq.value, now);
}

static bool send_lost(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        struct sent_segment *record = resend_next(conn);
        if (record == NULL && conn->prior_answer.is_kept) {
                conn->prior_answer.is_kept = false;
                conn->push_mss = 0;
        }
        if (record == NULL)
                return false;
        if (conn->recovery.wish == RESEND_LOST && resend_begins_burst(conn, record) &&
                pacing_holds(conn, now))
                return false;
        send_again(conn, record, now, segment, sending);
        return true;
}

/* F-RTO, RFC 5682 section 2.1 (2b): new data show what the old ones cannot; when there is none after all,
 * what is lost is sent. */
static bool send_to_find_out(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        struct recovery *recovery = &conn->recovery;
        enum tcp_limit limit;
        if (!recovery->new_data_first)
                return false;
        if (send_new(conn, SENDER_PUSH, now, segment, sending, &limit))
                return true;
        recovery->new_data_first = false;
        if (seq_after(conn->snd.nxt, recovery->high_seq))
                return false;
        recovery->frto = false;
        recovery->wish = RESEND_LOST;
        return false;
}

/* The tail probe is a new segment, where there is one and the peer's window takes it. */
static bool send_tail_probe(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        enum tcp_limit limit;
        if (conn->recovery.wish != RESEND_PROBE || !sender_has_unsent(conn) || !sender_fits_window(conn))
                return false;
        conn->recovery.wish = RESEND_NOTHING;
        if (!send_new(conn, SENDER_FORCE, now, segment, sending, &limit))
                return false;
        sending->reason = TCP_SEND_TAIL_PROBE;
        tail_probe_on_sent(conn, false, now);
        return true;
}

/* RFC 6675 section 4, NextSeg() rule (3): when there is nothing lost and nothing new to send. */
static bool send_hole(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (conn->recovery.state != TCP_CONGESTION_RECOVERY || recovery_in_flight(conn) >= conn->cong.cwnd ||
                recovery_next_hole(conn) == NULL)
                return false;
        conn->recovery.wish = RESEND_LOST;
        return send_lost(conn, now, segment, sending);
}

/* ---- Probes of a closed window. RFC 9293 section 3.8.6.1 ----
 *
 * "The sending TCP peer must regularly transmit at least one octet of new data ... or retransmit ... to the
 * receiving TCP peer even if the send window is zero". Differs, as Linux (tcp_xmit_probe_skb): the probe is a
 * segment without any, one number before the window: it must be answered and adds nothing that could be lost.
 * In urgent mode one without a number comes before it.
 */
static void send_empty_probe(TcpConn *conn, struct tcp_segment *segment, struct tcp_sending *sending)
{
        conn->probe_wanted = urgent_takes_probe(conn);
        segment->seq = seq_sub(conn->snd.una, conn->probe_wanted ? 0 : 1);
        sending->stream_offset = conn->send_queue.first;
        sending->sending = 0;
}

/* The override of RFC 9293 section 3.8.6.2.1: what the window takes. From here on it is data in flight like
 * any other, but for the tail probe, which Linux does not plan here, nor does it look at how much of cwnd is
 * used (tcp_write_wakeup). */
static void send_data_probe(
        TcpConn *conn, uint32_t length, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        const struct sender_offer offer = { .length = length, .burst = length };
        bool is_use_pending = conn->use.is_pending;
        uint64_t block_end = conn->send_queue.first + sender_unsent_block(conn);
        conn->snd.pushed_end = MAX(conn->snd.pushed_end, block_end);
        conn->probes = 0;
        rtt_end_back_off(&conn->rtt);
        send_offer(conn, &offer, now, segment, sending);
        conn->use.is_pending = is_use_pending;
        sender_timer_rearm(conn, now);
        scoreboard_last(&conn->scoreboard)->has_push = true;
        segment->flags |= TCP_FLAG_PSH;
}

/* The persist timer has fired. */
static void send_probe(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        uint32_t most = (uint32_t)MIN(sender_unsent_block(conn), sender_current_mss(conn));
        uint32_t length = MIN(sender_usable_window(conn), most);
        conn->probe_wanted = false;
        conn->counts.window_probes++;
        if (length == 0)
                tcp_host_count(conn->host, TCP_COUNTER_WINDOW_PROBES);
        sending->reason = TCP_SEND_WINDOW_PROBE;
        if (length > 0)
                send_data_probe(conn, length, now, segment, sending);
        else
                send_empty_probe(conn, segment, sending);
}

/* ---- The end of a burst ---- */

void sender_settle(TcpConn *conn, time_ns now)
{
        if (conn->use.is_pending)
                window_use_settle(conn, false, now);
}

static void set_limit(TcpConn *conn, enum tcp_limit limit)
{
        if (conn->limit == limit)
                return;
        conn->limit = limit;
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_LIMITED);
        if (note != NULL)
                note->why = limit;
}

/* Nothing goes out: `limit` is in the way. */
static void stop(TcpConn *conn, enum tcp_limit limit, time_ns now)
{
        bool is_cwnd = limit == TCP_LIMIT_CONGESTION_WINDOW;
        bool is_paced = limit == TCP_LIMIT_NOTHING && conn->push_wanted && pacing_holds(conn, now);
        if (conn->use.is_pending || (conn->push_wanted && sender_has_unsent(conn)))
                window_use_settle(conn, is_cwnd, now);
        conn->push_wanted &= is_paced;
        if (limit == TCP_LIMIT_APPLICATION && scoreboard_next_lost(&conn->scoreboard) != NULL)
                limit = TCP_LIMIT_CONGESTION_WINDOW;
        set_limit(conn, limit);
        chrono_on_stop(conn, limit, now);
        bool is_held = limit != TCP_LIMIT_APPLICATION && limit != TCP_LIMIT_NOTHING;
        bool needs_probe = is_held && conn->scoreboard.count == 0;
        if (needs_probe && !sender_timer_is_running(conn, TCP_DEADLINE_PERSIST))
                sender_timer_start_persist(conn, true, now);
}

bool sender_may_send(const TcpConn *conn)
{
        switch (conn->state) {
        case TCP_STATE_SYN_RECEIVED:
                return conn->fast_open.is_pending;
        case TCP_STATE_ESTABLISHED:
        case TCP_STATE_CLOSE_WAIT:
        case TCP_STATE_FIN_WAIT_1:
        case TCP_STATE_CLOSING:
        case TCP_STATE_LAST_ACK:
                return true;
        default:
                return false;
        }
}

/* ---- For the rest of the connection ---- */

void sender_push(TcpConn *conn)
{
        conn->push_wanted = true;
        conn->push_is_corked = false;
}

/* RFC 5681 section 4.1: bytes are written after a silence. */
void sender_on_write(TcpConn *conn, time_ns now)
{
        sender_push(conn);
        if (!sender_may_send(conn))
                return;
        rate_sample_check_app_limited(conn);
        window_use_after_idle(conn, now);
}

/* Nothing is to be sent again, and nothing to be found out. */
static bool has_only_new(const TcpConn *conn)
{
        return conn->recovery.wish == RESEND_NOTHING && !conn->recovery.new_data_first &&
               !conn->probe_wanted && !conn->prior_answer.is_kept;
}

static bool take_turn(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending,
        enum tcp_limit *limit)
{
        if (has_only_new(conn))
                return send_new(conn, SENDER_USUAL, now, segment, sending, limit) ||
                       send_hole(conn, now, segment, sending);
        if (conn->probe_wanted) {
                send_probe(conn, now, segment, sending);
                return true;
        }
        return send_to_find_out(conn, now, segment, sending) ||
               send_tail_probe(conn, now, segment, sending) || send_lost(conn, now, segment, sending) ||
               send_new(conn, SENDER_USUAL, now, segment, sending, limit) ||
               send_hole(conn, now, segment, sending);
}

#define NOT_ASKED ((enum tcp_limit)UINT8_MAX) /* nobody has asked what is in the way */

/* As who only receives: nothing is out, and there is nothing that could go. */
static bool is_idle(const TcpConn *conn)
{
        return conn->scoreboard.count == 0 && !sender_has_unsent(conn) && !conn->probe_wanted &&
               !conn->recovery.new_data_first && conn->recovery.wish == RESEND_NOTHING;
}

bool sender_is_at_rest(const TcpConn *conn)
{
        return !conn->push_wanted && sender_has_nothing(conn);
}

bool sender_has_nothing(const TcpConn *conn)
{
        return is_idle(conn) && conn->limit == TCP_LIMIT_APPLICATION && !conn->use.is_pending &&
               conn->chrono.kind == CHRONO_IDLE;
}

void sender_rest(TcpConn *conn)
{
        conn->push_wanted = false;
}

bool sender_next_segment(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!sender_may_send(conn))
                return false;
        if (is_idle(conn)) {
                stop(conn, TCP_LIMIT_APPLICATION, now);
                return false;
        }
        enum tcp_limit limit = NOT_ASKED;
        if (!take_turn(conn, now, segment, sending, &limit)) {
                if (limit == NOT_ASKED)
                        limit = sender_next_offer(conn, SENDER_USUAL, now).limit;
                stop(conn, limit, now);
                return false;
        }
        sender_note_congestion(conn);
        return true;
}

void sender_set_mss(TcpConn *conn, uint32_t mss, time_ns now)
{
        g_assert(mss > 0);
        conn->snd.mss = mss;
        conn->push_mss = 0;
        recovery_mark_too_large(conn, now);
        sender_note_congestion(conn);
}

void sender_clear(TcpConn *conn)
{
        send_queue_clear(&conn->send_queue);
        scoreboard_clear(&conn->scoreboard);
        sender_timer_stop(conn);
        conn->probe_wanted = false;
        conn->decided.blocks = 0;
}

static void check_stream(const TcpConn *conn)
{
        const struct sent_segment *first = scoreboard_first(&conn->scoreboard);
        g_assert(seq_before_or_at(conn->snd.una, conn->snd.nxt));
        g_assert(seq_before_or_at(conn->snd.nxt, sender_stream_end(conn)));
        g_assert((first == NULL) == seq_equal(conn->snd.una, conn->snd.nxt));
        if (first != NULL)
                g_assert(seq_equal(first->seq, conn->snd.una));
        uint64_t una = sender_stream_offset(conn, conn->snd.una);
        g_assert(MIN(una, conn->send_queue.end) == conn->send_queue.first);
}

/* There are as many blocks as a write has decided on. */
static void check_decided(const TcpConn *conn)
{
        struct sender_place place = sender_place_sent(conn);
        uint32_t first = place.block + sender_is_within_burst(conn);
        g_assert(first <= conn->send_queue.block_count);
        g_assert(conn->decided.blocks <= conn->send_queue.block_count - first);
}

void sender_check(const TcpConn *conn)
{
        if (!sender_may_send(conn))
                return;
        send_queue_check(&conn->send_queue);
        scoreboard_check(&conn->scoreboard);
        check_stream(conn);
        check_decided(conn);
        g_assert(conn->cong.cwnd > 0);
        bool has_syn = conn->fast_open.is_pending || conn->syn_is_doubtful;
        g_assert(has_syn || sender_timer_is_watching(conn) == (conn->scoreboard.count > 0));
        g_assert(!sender_timer_is_running(conn, TCP_DEADLINE_PERSIST) || conn->scoreboard.count == 0);
}
