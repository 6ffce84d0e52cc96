/*
 * The next segment: whose turn it is, and the header that all of them share. RFC 9293 section 3.10, RFC 7323
 * section 3.2, RFC 2018 section 4.
 */
#include "tcp/conn_private.h"

#include <string.h>

#include "tcp/ecn.h"
#include "tcp/fast_open.h"
#include "tcp/sender.h"
#include "tcp/urgent.h"

/* ---- The header ---- */

/* In place: a value that is returned is made elsewhere and copied. */
static void begin_header(const TcpConn *conn, struct tcp_segment *segment)
{
        *segment = (struct tcp_segment){ 0 };
        segment->source_port = conn->tuple.local.port;
        segment->destination_port = conn->tuple.remote.port;
        segment->dont_fragment = conn->settings.dont_fragment;
}

/* RFC 7323 section 3.2: "TSecr is only valid if the ACK bit is set; when not, it MUST be zero". */
static void fill_timestamps(const TcpConn *conn, struct tcp_segment *segment, time_ns now)
{
        bool is_own_offer = (segment->flags & TCP_FLAG_SYN) && !conn->is_passive;
        if (is_own_offer ? !conn->settings.timestamps : !conn->timestamps_agreed)
                return;
        segment->options.has_timestamps = true;
        segment->options.timestamp_value = conn_timestamp(conn, now);
        segment->options.timestamp_echo = segment->flags & TCP_FLAG_ACK ? conn->ts_recent : 0;
}

/* As many blocks as find room beside the timestamps: the segment's text has been cut for them. */
static void fill_sack(TcpConn *conn, struct tcp_segment *segment)
{
        if (conn->sack_agreed)
                sack_report_fill(&conn->rcv.sack, &segment->options, conn_sack_blocks(conn));
}

/* A listener's half-open connection and one in its smallest form have a window that stays. Differs: what the
 * field of the latter cannot hold is cut off, as on Linux; nobody sends any more. */
static uint16_t tell_window(TcpConn *conn)
{
        uint32_t window = conn->rcv.wnd;
        if (conn->state == TCP_STATE_ESTABLISHED)
                return receive_window_tell(conn);
        if (conn->state == TCP_STATE_SYN_RECEIVED && conn->is_passive && !conn->fast_open.is_pending)
                return (uint16_t)(MIN(window, UINT16_MAX) >> conn->rcv.scale);
        if (time_wait_has_begun(conn) && !conn->is_small)
                return (uint16_t)MIN(window >> conn->rcv.scale, UINT16_MAX);
        if (time_wait_has_begun(conn))
                return (uint16_t)(window >> conn->rcv.scale);
        return receive_window_tell(conn);
}

/* The segments of a burst, which Linux makes of one buffer, all say the same. */
static uint16_t tell_burst_window(TcpConn *conn)
{
        if (conn->rcv.told_burst == conn->burst.number)
                return conn->rcv.window_field;
        conn->rcv.told_burst = conn->burst.number;
        return tell_window(conn);
}

/* Acknowledgement, window, timestamps and SACK of every segment of an open connection. */
static void fill_answer(TcpConn *conn, struct tcp_segment *segment, bool is_new_data, time_ns now)
{
        segment->flags |= TCP_FLAG_ACK;
        segment->ack = conn->rcv.nxt;
        segment->window = is_new_data ? tell_burst_window(conn) : tell_window(conn);
        ecn_fill(conn, segment, is_new_data);
        fill_timestamps(conn, segment, now);
        fill_sack(conn, segment);
        if (urgent_is_under_way(conn))
                urgent_fill(conn, segment);
        ack_on_ack_sent(conn);
        conn->rcv.window_field = segment->window;
}

void send_keep_answer(TcpConn *conn, time_ns now)
{
        struct tcp_options options = { 0 };
        struct prior_answer *prior = &conn->prior_answer;
        conn->push_mss = sender_current_mss(conn);
        if (conn->sack_agreed)
                sack_report_fill(&conn->rcv.sack, &options, conn_sack_blocks(conn));
        *prior = (struct prior_answer){ .is_kept = true,
                .at = now,
                .ack = conn->rcv.nxt,
                .window = tell_window(conn),
                .sack_count = options.sack_count };
        memcpy(prior->sack, options.sack, options.sack_count * sizeof prior->sack[0]);
        ack_on_ack_sent(conn);
        ack_on_text_sent(conn, now);
        conn->rcv.window_field = prior->window;
}

/* As fill_answer(), when this was sent before. */
static void fill_prior_answer(TcpConn *conn, struct tcp_segment *segment, time_ns now)
{
        const struct prior_answer *prior = &conn->prior_answer;
        segment->flags |= TCP_FLAG_ACK;
        segment->ack = prior->ack;
        segment->window = prior->window;
        ecn_fill(conn, segment, false);
        fill_timestamps(conn, segment, now);
        segment->options.sack_count = prior->sack_count;
        memcpy(segment->options.sack, prior->sack, prior->sack_count * sizeof prior->sack[0]);
        if (urgent_is_under_way(conn))
                urgent_fill(conn, segment);
}

static void tell(const TcpConn *conn, struct tcp_sending *sending, enum tcp_send_reason reason)
{
        *sending = (struct tcp_sending){
                .reason = reason,
                .stream_offset = conn_is_synchronized(conn) ? sender_stream_offset(conn, conn->snd.nxt) : 0,
        };
}

/* ---- One kind of segment each; false when it is not its turn ---- */

static bool send_reset(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!conn->reset_wanted)
                return false;
        segment->flags = TCP_FLAG_RST;
        segment->seq = conn->reset_seq;
        if (conn->reset_has_ack) {
                segment->flags |= TCP_FLAG_ACK;
                segment->ack = conn->reset_ack;
        }
        if (conn->reset_is_own) {
                segment->flags |= conn->reset_urgent > 0 ? TCP_FLAG_URG : 0;
                segment->urgent_pointer = conn->reset_urgent;
                segment->window = tell_window(conn);
                fill_timestamps(conn, segment, now);
                fill_sack(conn, segment);
        }
        conn->reset_wanted = false;
        *sending = (struct tcp_sending){ .reason = TCP_SEND_RESET };
        return true;
}

static bool send_syn(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!conn->syn_wanted)
                return false;
        bool is_answer = conn->state != TCP_STATE_SYN_SENT;
        segment->flags = TCP_FLAG_SYN | ecn_syn_flags(conn);
        segment->ecn = ecn_syn_codepoint(conn);
        segment->seq = conn->snd.iss;
        segment->window = (uint16_t)MIN(conn->rcv.wnd, UINT16_MAX);
        if (is_answer) {
                segment->flags |= TCP_FLAG_ACK;
                segment->ack = conn->rcv.nxt;
                ack_on_ack_sent(conn);
        }
        fill_timestamps(conn, segment, now);
        handshake_fill_options(conn, &segment->options);
        fast_open_fill_text(conn, segment);
        handshake_on_syn_sent(conn, now);
        tell(conn, sending, is_answer ? TCP_SEND_SYN_ACK : TCP_SEND_SYN);
        sending->sending = conn->syn_sendings;
        return true;
}

/* RFC 5681's duplicate: the same number again, the same window, no text. */
static void count_duplicate(TcpConn *conn, const struct tcp_segment *segment, bool repeats_number,
        uint16_t window_before, enum tcp_send_reason *reason)
{
        bool is_duplicate = repeats_number && segment->window == window_before;
        if (*reason == TCP_SEND_DUPLICATE_ACK && is_duplicate)
                conn->counts.duplicate_acks_sent++;
        else if (*reason == TCP_SEND_DUPLICATE_ACK)
                *reason = TCP_SEND_ACK;
}

static bool send_ack(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        bool repeats_number = seq_equal(conn->rcv.acked, conn->rcv.nxt);
        uint16_t window_before = conn->rcv.window_field;
        enum tcp_send_reason reason = conn->ack.reason;
        segment->seq = conn_acceptable_seq(conn);
        fill_answer(conn, segment, false, now);
        count_duplicate(conn, segment, repeats_number, window_before, &reason);
        tell(conn, sending, reason);
        return true;
}

/* Another one follows it. */
static bool send_prior_ack(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!ecn_take_prior_ack(conn, segment))
                return false;
        segment->seq = conn_acceptable_seq(conn);
        segment->window = conn->rcv.window_field = tell_window(conn);
        fill_timestamps(conn, segment, now);
        fill_sack(conn, segment);
        tell(conn, sending, TCP_SEND_ACK);
        return true;
}

static bool send_urgent_ack(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!conn->ack.is_wanted || !conn->knows_irs || conn->prior_answer.is_kept)
                return false;
        return send_prior_ack(conn, now, segment, sending) || send_ack(conn, now, segment, sending);
}

/* What is still owed when all text is out. */
static bool send_due_ack(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!ack_check(conn, now))
                return false;
        return send_ack(conn, now, segment, sending);
}

/* A duplicate is told once, but by all that goes out together: of one buffer all have the same options. */
static void tell_duplicate_again(TcpConn *conn, const struct tcp_segment *segment)
{
        struct sack_report *report = &conn->rcv.sack;
        bool goes_on =
                seq_after(segment->seq, conn->burst.begin) && seq_before(segment->seq, conn->burst.end);
        if (goes_on)
                report->has_duplicate |= conn->burst_tells_duplicate;
        else
                conn->burst_tells_duplicate = report->has_duplicate;
}

/* New, lost, or the tail again: whatever Linux asks for its MSS for. */
static bool has_text_to_send(const TcpConn *conn)
{
        return tcp_conn_unsent(conn) > 0 || conn->scoreboard.lost > 0 || conn->recovery.wish == RESEND_PROBE;
}

static bool send_text(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!conn_is_synchronized(conn))
                return false;
        if (conn->path_mtu != conn->route_mtu && has_text_to_send(conn))
                path_mtu_follow(conn);
        if (!sender_next_segment(conn, now, segment, sending)) {
                conn->prior_answer.is_kept = false;
                return false;
        }
        bool is_new = sending->sending == 1 && tcp_segment_length(segment) > 0;
        if (!is_new && conn->prior_answer.is_kept && conn->prior_answer.at == now) {
                fill_prior_answer(conn, segment, now);
                return true;
        }
        if (is_new) {
                tcp_host_count(conn->host, TCP_COUNTER_ORIGINAL_DATA_SENT);
                tell_duplicate_again(conn, segment);
        }
        fill_answer(conn, segment, is_new && segment->payload.length > 0, now);
        if (segment->payload.length > 0)
                ack_on_text_sent(conn, now);
        return true;
}

/* RFC 9293 section 3.8.4: "<SEG.SEQ = SND.NXT-1>", without text. */
static bool send_keepalive(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!conn->keepalive_wanted)
                return false;
        conn->keepalive_wanted = false;
        segment->seq = seq_sub(conn->snd.nxt, 1);
        fill_answer(conn, segment, false, now);
        tell(conn, sending, TCP_SEND_KEEPALIVE);
        tcp_host_count(conn->host, TCP_COUNTER_KEEPALIVES);
        return true;
}

/* Whose turn it is, in this order. */
static bool take_any_turn(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        return send_syn(conn, now, segment, sending) || send_urgent_ack(conn, now, segment, sending) ||
               send_text(conn, now, segment, sending) || send_urgent_ack(conn, now, segment, sending) ||
               send_due_ack(conn, now, segment, sending) || send_keepalive(conn, now, segment, sending);
}

static bool take_control_turn(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        return send_syn(conn, now, segment, sending) || send_urgent_ack(conn, now, segment, sending) ||
               send_due_ack(conn, now, segment, sending) || send_keepalive(conn, now, segment, sending);
}

/* RFC 4022: "excluding those containing only retransmitted octets". As Linux, a request's SYN-ACK counts each
 * time. */
static void count(
        TcpConn *conn, const struct tcp_segment *segment, const struct tcp_sending *sending, time_ns now)
{
        bool is_request = (segment->flags & TCP_FLAG_SYN) && conn->is_passive;
        if (segment->flags & TCP_FLAG_RST)
                tcp_host_count_reset(conn->host);
        else if (sending->sending <= 1 || tcp_segment_length(segment) == 0 || is_request)
                tcp_host_count(conn->host, TCP_COUNTER_OUT_SEGMENTS);
        conn->counts.segments_sent++;
        conn->last_sent_at = now;
}

typedef bool (*turn)(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending);

/* A connection that is closed has nothing but its reset to send. */
static inline bool next_of(
        turn take_turn, TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        begin_header(conn, segment);
        *sending = (struct tcp_sending){ 0 };
        bool is_sent = send_reset(conn, now, segment, sending);
        if (!is_sent && conn->state != TCP_STATE_CLOSED)
                is_sent = take_turn(conn, now, segment, sending);
        if (!is_sent)
                send_memory_check_room(conn, now);
        if (is_sent)
                count(conn, segment, sending, now);
        else
                conn->push_mss = 0;
        conn_leave_entry(conn);
        return is_sent;
}

bool tcp_conn_may_send(const TcpConn *conn)
{
        return conn->state != TCP_STATE_ESTABLISHED || conn->reset_wanted || conn->syn_wanted ||
               conn->ack.is_wanted || conn->ack.check_is_due || conn->keepalive_wanted ||
               conn->snd.may_have_room || !sender_is_at_rest(conn);
}

/* Who only receives has no other turn to take, and is asked after every segment. W1: 0.97 of the
 * instructions. */
static bool owes_at_most_an_ack(const TcpConn *conn)
{
        return conn->state == TCP_STATE_ESTABLISHED && !conn->reset_wanted && !conn->syn_wanted &&
               !conn->ack.is_wanted && !conn->keepalive_wanted && sender_has_nothing(conn);
}

/* As next_of(), of which nothing else would come: send_due_ack() alone. */
static bool next_ack(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        sender_rest(conn);
        bool is_due = ack_check(conn, now);
        if (is_due) {
                begin_header(conn, segment);
                send_ack(conn, now, segment, sending);
                count(conn, segment, sending, now);
                sending->is_last = true;
        }
        send_memory_check_room(conn, now);
        conn_leave_entry(conn);
        return is_due;
}

bool tcp_conn_next_segment(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (owes_at_most_an_ack(conn))
                return tcp_conn_may_send(conn) && next_ack(conn, now, segment, sending);
        return next_of(take_any_turn, conn, now, segment, sending);
}

bool tcp_conn_next_control(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        return next_of(take_control_turn, conn, now, segment, sending);
}
