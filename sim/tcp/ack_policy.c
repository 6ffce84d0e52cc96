/*
 * When to acknowledge. RFC 9293 section 3.8.6.3, RFC 5681 section 4.2; as Linux: quick ACKs while the sender
 * is young or something is wrong, else a delay that follows the sender's pace (tcp_event_data_recv,
 * __tcp_ack_snd_check, tcp_send_delayed_ack, tcp_cleanup_rbuf).
 *
 * What is owed is "scheduled". It goes out with the next text; or now, when the check after a segment, a read
 * or the delay's end says so.
 */
#include "tcp/conn_private.h"

#define PATIENCE_MIN       (40 * MILLISECOND)  /* TCP_ATO_MIN, TCP_DELACK_MIN */
#define PATIENCE_MAX       (200 * MILLISECOND) /* TCP_DELACK_MAX */
#define PATIENCE_SLOW      (500 * MILLISECOND) /* for whom the sender's pace alone decides */
#define TICK               (1 * MILLISECOND)   /* before the next one no timer of Linux's ends (HZ=1000) */
#define QUICK_ACKS_MAX     16
#define QUICK_ACKS_FEW     2
#define PINGPONG_THRESHOLD 1
#define PINGPONG_MAX       255

/* Smaller ones say nothing about the size of a full segment: TCP_MSS_DEFAULT, TCP_MIN_MSS. */
#define CERTAIN_SIZE  536
#define PROBABLE_SIZE 88

/* Duplicate ACKs sent at once before the further ones are compressed, and how many may be (tcp_comp_sack_nr).
 */
#define UNCOMPRESSED_MAX    3
#define COMPRESSED_MAX      44
#define COMPRESSION_TIME    (1 * MILLISECOND)   /* tcp_comp_sack_delay_ns */
#define COMPRESSION_SLACK   (100 * MICROSECOND) /* tcp_comp_sack_slack_ns: a timer comes as late as it may */
#define COMPRESSION_DIVISOR 20                  /* of a round trip */

#define TCP_HEADER_SIZE_MIN 20

static bool is_adaptive(const TcpConn *conn)
{
        return conn->settings.delayed_ack == TCP_DELAYED_ACK_ADAPTIVE;
}

void ack_schedule(TcpConn *conn, enum tcp_send_reason reason)
{
        conn->ack.is_scheduled = true;
        conn->ack.reason = reason;
}

static void allow_quick_acks(TcpConn *conn, uint32_t most)
{
        uint32_t acks = conn->rcv.wnd / (2 * MAX(conn->rcv.peer_mss_estimate, 1));
        acks = MIN(acks == 0 ? 2 : acks, most);
        conn->ack.quick = MAX(conn->ack.quick, acks);
}

static void hurry(TcpConn *conn, uint32_t most)
{
        allow_quick_acks(conn, most);
        ack_leave_pingpong(conn);
        conn->ack.patience = PATIENCE_MIN;
        conn->ack.may_not_wait |= !is_adaptive(conn);
}

void ack_hurry(TcpConn *conn)
{
        hurry(conn, QUICK_ACKS_MAX);
}

void ack_hurry_briefly(TcpConn *conn)
{
        hurry(conn, QUICK_ACKS_FEW);
}

void ack_enter_pingpong(TcpConn *conn)
{
        conn->ack.pingpong = PINGPONG_THRESHOLD;
}

void ack_leave_pingpong(TcpConn *conn)
{
        conn->ack.pingpong = 0;
}

/* The delay follows the time between segments, while that is shorter. */
static void follow_pace(TcpConn *conn, duration_ns pause)
{
        struct ack_state *ack = &conn->ack;
        duration_ns rto = rtt_rto(&conn->rtt);
        if (pause <= PATIENCE_MIN / 2)
                ack->patience = ack->patience / 2 + PATIENCE_MIN / 2;
        else if (pause < ack->patience)
                ack->patience = MIN(ack->patience / 2 + pause, rto);
        else if (pause > rto)
                allow_quick_acks(conn, QUICK_ACKS_MAX);
}

void ack_on_text(TcpConn *conn, time_ns now)
{
        struct ack_state *ack = &conn->ack;
        if (ack->patience == 0) {
                allow_quick_acks(conn, QUICK_ACKS_MAX);
                ack->patience = PATIENCE_MIN;
        } else {
                follow_pace(conn, now - ack->last_received_at);
        }
        ack->last_received_at = now;
}

/* A segment smaller than the estimate: its size is one when it comes twice in a row. The header is counted,
 * lest SACK blocks beside the text look like a smaller segment. */
static bool measure_small_segment(TcpConn *conn, const struct tcp_segment *segment, uint32_t last_size)
{
        const uint16_t remnant = TCP_FLAG_FIN | TCP_FLAG_URG | TCP_FLAG_SYN | TCP_FLAG_PSH;
        uint32_t size =
                segment->payload.length + TCP_HEADER_SIZE_MIN + (uint32_t)tcp_options_size(&segment->options);
        bool is_full_for_its_sender =
                size >= CERTAIN_SIZE + TCP_HEADER_SIZE_MIN ||
                (size >= PROBABLE_SIZE + TCP_HEADER_SIZE_MIN && !(segment->flags & remnant));
        if (!is_full_for_its_sender)
                return false;
        size -= TCP_HEADER_SIZE_MIN + conn_timestamps_size(conn);
        conn->ack.last_size = size;
        if (size != last_size)
                return false;
        conn->rcv.peer_mss_estimate = size;
        return true;
}

void ack_measure_segment(TcpConn *conn, const struct tcp_segment *segment)
{
        struct ack_state *ack = &conn->ack;
        uint32_t length = segment->merged_size > 0 ? segment->merged_size : segment->payload.length;
        uint32_t last_size = ack->last_size;
        ack->last_size = 0;
        if (length >= conn->rcv.peer_mss_estimate) {
                if (length != conn->rcv.peer_mss_estimate)
                        receive_window_learn_ratio(
                                conn, segment->payload.length, receive_memory_of_segment(conn, segment));
                conn->rcv.peer_mss_estimate = MIN(length, conn->rcv.advised_mss);
                ack->is_pushed |= (segment->flags & TCP_FLAG_PSH) != 0;
                return;
        }
        if (measure_small_segment(conn, segment, last_size))
                return;
        ack->is_pushed_twice |= ack->is_pushed;
        ack->is_pushed = true;
}

void ack_ask(TcpConn *conn, bool behind_hole_too)
{
        conn->ack.check_is_due = true;
        conn->ack.behind_hole_too = behind_hole_too;
}

static bool is_quick(const TcpConn *conn)
{
        return is_adaptive(conn) && conn->ack.quick > 0 && conn->settings.quick_ack && !ack_in_pingpong(conn);
}

/* "An ACK SHOULD be generated for at least every second full-sized segment": more than one, and the window
 * moves on with it; else whoever reads will tell. */
static bool is_enough(TcpConn *conn)
{
        uint32_t unacknowledged = (uint32_t)seq_diff(conn->rcv.nxt, conn->rcv.acked);
        if (!is_adaptive(conn))
                return unacknowledged >= 2 * conn->rcv.peer_mss_estimate;
        if (unacknowledged <= conn->rcv.peer_mss_estimate)
                return false;
        return tcp_conn_readable(conn) < conn->settings.receive_low_water ||
               receive_window_possible(conn) >= conn->rcv.wnd;
}

/* How long what is owed may wait. As much as a round trip, when one is known: by then the sender stands
 * still. */
static duration_ns delay(const TcpConn *conn)
{
        const struct ack_state *ack = &conn->ack;
        if (!is_adaptive(conn))
                return conn->settings.delayed_ack;
        duration_ns most = MAX(conn->settings.min_rto, 2 * MILLISECOND) - MILLISECOND;
        if (ack->patience <= PATIENCE_MIN)
                return CLAMP(ack->patience, TICK, most);
        duration_ns limit = ack_in_pingpong(conn) || ack->is_pushed ? PATIENCE_MAX : PATIENCE_SLOW;
        if (rtt_has_sample(&conn->rtt))
                limit = MIN(limit, MAX(rtt_smoothed(&conn->rtt), PATIENCE_MIN));
        return MIN(MIN(ack->patience, limit), MIN(most, PATIENCE_MAX));
}

/* Returns whether the deadline set earlier is so near that the ACK goes out now. */
static bool start_delay(TcpConn *conn, time_ns now)
{
        duration_ns wait = delay(conn);
        time_ns deadline = now + wait;
        if (conn->ack.timer_is_running) {
                time_ns before = conn->deadlines[TCP_DEADLINE_DELAYED_ACK];
                if (is_adaptive(conn) && before <= now + wait / 4)
                        return true;
                deadline = MIN(deadline, before);
        }
        conn->ack.timer_is_running = true;
        conn->ack.is_scheduled = true;
        conn_set_deadline(conn, TCP_DEADLINE_DELAYED_ACK, deadline);
        return false;
}

static duration_ns compression_time(const TcpConn *conn)
{
        duration_ns rtt = conn->rcv.sizing.rtt_x8 / 8;
        if (rtt_has_sample(&conn->rtt))
                rtt = MIN(rtt, rtt_smoothed(&conn->rtt));
        return MIN(COMPRESSION_TIME, rtt / COMPRESSION_DIVISOR) + COMPRESSION_SLACK;
}

/* Behind a hole the first three tell the sender at once; one may stand for many of the others. */
static bool compress(TcpConn *conn, time_ns now)
{
        struct ack_state *ack = &conn->ack;
        if (!conn->settings.compressed_ack || !conn->sack_agreed || ack->compressed >= COMPRESSED_MAX)
                return false;
        if (!seq_equal(ack->duplicates_next, conn->rcv.nxt)) {
                ack->duplicates_next = conn->rcv.nxt;
                ack->duplicates = 0;
        }
        if (ack->duplicates < UNCOMPRESSED_MAX) {
                ack->duplicates++;
                return false;
        }
        ack->compressed++;
        if (conn->deadlines[TCP_DEADLINE_COMPRESSED_ACK] == TIME_NEVER)
                conn_set_deadline(conn, TCP_DEADLINE_COMPRESSED_ACK, now + compression_time(conn));
        return true;
}

bool ack_check(TcpConn *conn, time_ns now)
{
        struct ack_state *ack = &conn->ack;
        if (!ack->check_is_due)
                return false;
        ack->check_is_due = false;
        if (!ack->is_scheduled)
                return false;
        if (conn->settings.delayed_ack == 0 || ack->may_not_wait || is_enough(conn) || is_quick(conn))
                return true;
        if (ack->behind_hole_too && receive_holds(conn))
                return !compress(conn, now);
        return start_delay(conn, now);
}

/* One more than a full segment waits, or all that came is read and some of it was a sender's last for now. */
static bool is_due_after_read(const TcpConn *conn, size_t bytes)
{
        const struct ack_state *ack = &conn->ack;
        if (!ack->is_scheduled || !is_adaptive(conn))
                return false;
        if ((uint32_t)seq_diff(conn->rcv.nxt, conn->rcv.acked) > conn->rcv.peer_mss_estimate)
                return true;
        bool was_pushed = ack->is_pushed_twice || (ack->is_pushed && !ack_in_pingpong(conn));
        return bytes > 0 && was_pushed && conn->rcv.memory.allocated == 0;
}

/* "Lots means at least twice." */
static bool has_opened(TcpConn *conn)
{
        uint32_t window = receive_window(conn);
        if (conn->fin_received || conn->read_shut)
                return false;
        if (!conn->settings.receiver_sws_avoidance)
                return receive_window_possible(conn) > window;
        if (2 * (uint64_t)window > conn->rcv.clamp)
                return false;
        uint32_t possible = receive_window_possible(conn);
        return possible > 0 && possible >= 2 * (uint64_t)window;
}

void ack_on_read(TcpConn *conn, size_t bytes)
{
        if (!conn->knows_irs || conn->state == TCP_STATE_CLOSED)
                return;
        if (is_due_after_read(conn, bytes))
                conn_want_ack(conn, TCP_SEND_ACK);
        else if (bytes > 0 && has_opened(conn))
                conn_want_ack(conn, TCP_SEND_WINDOW_UPDATE);
}

void ack_on_ack_sent(TcpConn *conn)
{
        struct ack_state *ack = &conn->ack;
        if (ack->quick > 0 && ack->is_scheduled && --ack->quick == 0)
                ack->patience = PATIENCE_MIN;
        ack->is_wanted = ack->is_scheduled = ack->may_not_wait = ack->has_no_memory = false;
        ack->is_pushed = ack->is_pushed_twice = ack->timer_is_running = false;
        for (; ack->compressed > 0; ack->compressed--)
                tcp_host_count(conn->host, TCP_COUNTER_ACKS_COMPRESSED);
        conn_set_deadline(conn, TCP_DEADLINE_DELAYED_ACK, TIME_NEVER);
        conn_set_deadline(conn, TCP_DEADLINE_COMPRESSED_ACK, TIME_NEVER);
}

void ack_on_text_sent(TcpConn *conn, time_ns now)
{
        struct ack_state *ack = &conn->ack;
        if (now - ack->last_received_at < ack->patience && ack->pingpong < PINGPONG_MAX)
                ack->pingpong++;
}

void ack_on_delay_over(TcpConn *conn, time_ns now)
{
        (void)now;
        struct ack_state *ack = &conn->ack;
        ack->timer_is_running = false;
        if (ack->compressed > 0) {
                ack_on_compression_over(conn);
                return;
        }
        if (!ack->is_scheduled)
                return;
        if (ack_in_pingpong(conn)) {
                ack_leave_pingpong(conn);
                ack->patience = PATIENCE_MIN;
        } else {
                ack->patience = MIN(ack->patience * 2, rtt_rto(&conn->rtt));
        }
        conn_want_ack(conn, TCP_SEND_DELAYED_ACK);
}

/* The one that is sent now is one of them. */
void ack_on_compression_over(TcpConn *conn)
{
        if (conn->ack.compressed == 0)
                return;
        conn->ack.compressed--;
        conn_want_ack(conn, TCP_SEND_DUPLICATE_ACK);
}

void tcp_conn_set_quick_ack(TcpConn *conn, int value, time_ns now)
{
        (void)now;
        if (value == 0) {
                ack_enter_pingpong(conn);
                return;
        }
        ack_leave_pingpong(conn);
        bool may_owe = conn->state == TCP_STATE_ESTABLISHED || conn->state == TCP_STATE_CLOSE_WAIT;
        if (may_owe && conn->ack.is_scheduled) {
                conn->ack.is_pushed = true;
                ack_on_read(conn, 1);
                if (!(value & 1))
                        ack_enter_pingpong(conn);
        }
        conn_leave_entry(conn);
}

bool tcp_conn_quick_ack(const TcpConn *conn)
{
        return !ack_in_pingpong(conn);
}
