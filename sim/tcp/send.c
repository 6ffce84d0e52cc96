/*
 * The next segment: whose turn it is, and the header that all of them share. RFC 9293 section 3.10, RFC 7323
 * section 3.2, RFC 2018 section 4.
 */
#include "tcp/conn_private.h"

#include "tcp/ecn.h"
#include "tcp/sender.h"

#define SACK_BLOCK_SIZE  8
#define SACK_HEADER_SIZE 4 /* kind, length, padding */

/* Timestamps leave room for three blocks in the 40 bytes of options. */
#define SACK_BLOCKS_WITH_TIMESTAMPS 3

/* ---- The header ---- */

static struct tcp_segment blank(const TcpConn *conn)
{
        return (struct tcp_segment){
                .source_port = conn->tuple.local.port,
                .destination_port = conn->tuple.remote.port,
                .dont_fragment = true,
        };
}

/* RFC 7323 section 3.2: "TSecr is only valid if the ACK bit is set; when not, it MUST be zero". */
static void fill_timestamps(const TcpConn *conn, struct tcp_segment *segment, time_ns now)
{
        if (!conn->timestamps_agreed)
                return;
        segment->options.has_timestamps = true;
        segment->options.timestamp_value = conn_timestamp(conn, now);
        segment->options.timestamp_echo = segment->flags & TCP_FLAG_ACK ? conn->ts_recent : 0;
}

static uint16_t window_field(const TcpConn *conn)
{
        return (uint16_t)MIN(receive_window(conn) >> conn->rcv.scale, UINT16_MAX);
}

static unsigned sack_room(const TcpConn *conn, const struct tcp_segment *segment)
{
        unsigned most = conn->timestamps_agreed ? SACK_BLOCKS_WITH_TIMESTAMPS : TCP_SACK_BLOCKS_MAX;
        uint32_t bytes = conn->snd.mss - MIN(segment->payload.length, conn->snd.mss);
        if (segment->payload.length == 0)
                return most;
        return bytes < SACK_HEADER_SIZE ? 0 : MIN(most, (bytes - SACK_HEADER_SIZE) / SACK_BLOCK_SIZE);
}

/* The FIN has a number too, that is held with the text before it. */
static uint32_t ends_with_fin(const TcpConn *conn, const struct held_range *range)
{
        return conn->rcv.knows_fin && range->end == conn->rcv.fin_offset;
}

/* What came twice first (RFC 2883), then what is held, the latest first. Beside text only as much as leaves
 * the segment no larger than the path takes. */
static void fill_sack(TcpConn *conn, struct tcp_segment *segment)
{
        struct held_range ranges[TCP_SACK_BLOCKS_MAX];
        struct tcp_options *options = &segment->options;
        if (!conn->sack_agreed || (!conn->has_dsack && conn->rcv.reassembly.range_count == 0))
                return;
        unsigned room = sack_room(conn, segment);
        if (conn->has_dsack && room > 0) {
                options->sack[options->sack_count++] = conn->dsack;
                conn->has_dsack = false;
        }
        unsigned count = reassembly_held_ranges(&conn->rcv.reassembly, ranges, room - options->sack_count);
        for (unsigned i = 0; i < count; i++)
                options->sack[options->sack_count++] =
                        (struct sack_block){ seq_add(conn->rcv.irs, 1 + (uint32_t)ranges[i].begin),
                                seq_add(conn->rcv.irs, 1 + (uint32_t)ranges[i].end + ends_with_fin(conn, &ranges[i])) };
}

/* Nothing more is owed until something new comes. */
static void settle_ack(TcpConn *conn, const struct tcp_segment *segment)
{
        conn->rcv.acked = conn->rcv.nxt;
        conn->rcv.window_field = segment->window;
        conn->ack_wish = ACK_NOT_WANTED;
        conn->has_window_news = false;
        conn->unacked_bytes = 0;
        conn_set_deadline(conn, TCP_DEADLINE_DELAYED_ACK, TIME_NEVER);
}

/* A keepalive or window probe: the peer drops it as too old before it looks at the acknowledgement (RFC 9293
 * section 3.10.7.4, first). */
static bool is_probe(const TcpConn *conn, const struct tcp_segment *segment)
{
        return seq_before(segment->seq, conn->snd.una);
}

/* Acknowledgement, window, timestamps and SACK of every segment of an open connection. What a probe tells is
 * still owed; Differs: Linux takes it for told. */
static void fill_answer(TcpConn *conn, struct tcp_segment *segment, bool is_new_data, time_ns now)
{
        segment->flags |= TCP_FLAG_ACK;
        segment->ack = conn->rcv.nxt;
        segment->window = window_field(conn);
        ecn_fill(conn, segment, is_new_data);
        fill_timestamps(conn, segment, now);
        fill_sack(conn, segment);
        if (!is_probe(conn, segment))
                settle_ack(conn, segment);
}

static void tell(const TcpConn *conn, struct tcp_sending *sending, enum tcp_send_reason reason)
{
        *sending = (struct tcp_sending){
                .reason = reason,
                .stream_offset = conn_is_synchronized(conn) ? sender_stream_offset(conn, conn->snd.nxt) : 0,
        };
}

/* ---- One kind of segment each; false when it is not its turn ---- */

typedef bool (*turn)(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending);

static bool send_reset(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!conn->reset_wanted)
                return false;
        segment->flags = TCP_FLAG_RST;
        segment->seq = conn->reset_seq;
        if (conn->reset_has_ack) {
                segment->flags |= TCP_FLAG_ACK;
                segment->ack = conn->reset_ack;
                if (conn->knows_irs)
                        fill_timestamps(conn, segment, now);
        }
        conn->reset_wanted = false;
        *sending = (struct tcp_sending){ .reason = TCP_SEND_RESET };
        return true;
}

static bool send_syn(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!conn->syn_wanted)
                return false;
        bool is_answer = conn->state == TCP_STATE_SYN_RECEIVED;
        segment->flags = TCP_FLAG_SYN | ecn_syn_flags(conn);
        segment->seq = conn->snd.iss;
        segment->window = (uint16_t)MIN(receive_window(conn), UINT16_MAX);
        if (is_answer) {
                segment->flags |= TCP_FLAG_ACK;
                segment->ack = conn->rcv.nxt;
                settle_ack(conn, segment);
        }
        fill_timestamps(conn, segment, now);
        handshake_fill_options(conn, &segment->options);
        handshake_on_syn_sent(conn, now);
        tell(conn, sending, is_answer ? TCP_SEND_SYN_ACK : TCP_SEND_SYN);
        sending->sending = conn->syn_sendings;
        return true;
}

/* RFC 5681's duplicate: the same number again, the same window, no text. The window stays for that; it is
 * told by the next ACK that is none. */
static bool repeats_last_ack(const TcpConn *conn)
{
        return conn->ack_reason == TCP_SEND_DUPLICATE_ACK && !conn->has_window_news &&
               seq_equal(conn->rcv.acked, conn->rcv.nxt);
}

static bool send_ack(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (conn->ack_wish != ACK_NOW || !conn->knows_irs)
                return false;
        bool repeats = repeats_last_ack(conn);
        uint16_t window_before = conn->rcv.window_field;
        if (!repeats)
                receive_window_open(conn);
        segment->seq = conn->snd.nxt;
        fill_answer(conn, segment, false, now);
        bool is_duplicate = repeats && segment->window == window_before;
        conn->counts.duplicate_acks_sent += is_duplicate;
        bool only_looked_so = conn->ack_reason == TCP_SEND_DUPLICATE_ACK && !is_duplicate;
        tell(conn, sending, only_looked_so ? TCP_SEND_ACK : conn->ack_reason);
        return true;
}

/* Before text: what is lost or refused is told by an ACK of its own, since text would hide it (a duplicate
 * ACK has none) and has little room for SACK. */
static bool send_urgent_ack(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (conn->ack_reason != TCP_SEND_DUPLICATE_ACK && conn->ack_reason != TCP_SEND_CHALLENGE_ACK)
                return false;
        return send_ack(conn, now, segment, sending);
}

static bool send_text(TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        if (!conn_is_synchronized(conn) || !sender_next_segment(conn, now, segment, sending))
                return false;
        receive_window_open(conn);
        fill_answer(conn, segment, sending->sending == 1 && segment->payload.length > 0, now);
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
        return true;
}

static const turn open_turns[] = { send_syn, send_urgent_ack, send_text, send_ack, send_keepalive, NULL };
static const turn control_turns[] = { send_syn, send_urgent_ack, send_ack, send_keepalive, NULL };

static bool take_turn(const turn *turns, TcpConn *conn, time_ns now, struct tcp_segment *segment,
        struct tcp_sending *sending)
{
        if (send_reset(conn, now, segment, sending))
                return true;
        if (conn->state == TCP_STATE_CLOSED)
                return false;
        for (; *turns != NULL; turns++) {
                if ((*turns)(conn, now, segment, sending))
                        return true;
        }
        return false;
}

static bool next_of(const turn *turns, TcpConn *conn, time_ns now, struct tcp_segment *segment,
        struct tcp_sending *sending)
{
        *segment = blank(conn);
        *sending = (struct tcp_sending){ 0 };
        bool is_sent = take_turn(turns, conn, now, segment, sending);
        conn->counts.segments_sent += is_sent;
        conn->last_sent_at = is_sent ? now : conn->last_sent_at;
        conn_leave_entry(conn);
        return is_sent;
}

bool tcp_conn_next_segment(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        return next_of(open_turns, conn, now, segment, sending);
}

bool tcp_conn_next_control(
        TcpConn *conn, time_ns now, struct tcp_segment *segment, struct tcp_sending *sending)
{
        return next_of(control_turns, conn, now, segment, sending);
}
