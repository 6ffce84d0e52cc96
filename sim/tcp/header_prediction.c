/*
 * Header prediction: most segments are plain text or an ACK, within the window and of an open connection.
 * They need not go through all the steps of RFC 9293 section 3.10.7.4 (receive.c), most of which have nothing
 * to say of them. Van Jacobson's idea, and Linux's (tcp_rcv_established). W1: 0.93 of the time.
 *
 * Checked builds send every other one of them the long way: what they come to is what the others come to.
 */
#include "tcp/conn_private.h"

#include "tcp/sender.h"
#include "tcp/urgent.h"

static bool tells_same_window(const TcpConn *conn, const struct tcp_segment *segment)
{
        return (uint32_t)segment->window << conn->snd.scale == conn->snd.wnd;
}

/* What Linux's fast path takes: nothing but the next text or a bare ACK, from an ordinary peer. */
bool receive_is_ordinary(const TcpConn *conn, const struct tcp_segment *segment)
{
        const uint16_t rare = TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_URG;
        return !(segment->flags & rare) && !urgent_has_mark(conn) && conn->state == TCP_STATE_ESTABLISHED &&
               seq_equal(segment->seq, conn->rcv.nxt) && segment->options.sack_count == 0 &&
               tells_same_window(conn, segment) && !receive_holds(conn);
}

/* All of it lies between RCV.NXT and the window's end. */
static bool is_within_window(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint32_t window = receive_window(conn);
        uint32_t ahead = segment->seq.value - conn->rcv.nxt.value;
        return ahead <= window && segment->payload.length <= window - ahead;
}

/* It acknowledges neither too much nor too little. */
static bool has_possible_ack(const TcpConn *conn, const struct tcp_segment *segment)
{
        return segment->ack.value - conn->snd.una.value <= conn->snd.nxt.value - conn->snd.una.value;
}

/* No step but the ACK's and the text's has anything to say of such a segment. Differs from Linux's fast path:
 * text behind a hole, SACK blocks and windows that have changed are no matter for the other steps either. */
bool receive_is_predicted(const TcpConn *conn, const struct tcp_segment *segment)
{
        if (INORDER_CHECKED && conn->counts.segments_received % 2 == 0)
                return false;
        return (segment->flags & ~TCP_FLAG_PSH) == TCP_FLAG_ACK && conn->state == TCP_STATE_ESTABLISHED &&
               is_within_window(conn, segment) && has_possible_ack(conn, segment) &&
               conn->timestamps_agreed && tcp_options_are_timestamps_and_sack(&segment->options) &&
               (int32_t)(segment->options.timestamp_value - conn->ts_recent) >= 0 && !urgent_has_mark(conn) &&
               !conn->syn_is_doubtful;
}

static void take_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        receive_keep_answer(conn, segment, now);
        receive_window_measure_echo(conn, segment, now);
        if (seq_equal(segment->seq, conn->rcv.nxt) && !receive_holds(conn))
                receive_next_text(conn, segment, now);
        else
                receive_text(conn, segment, now);
}

void receive_predicted(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool has_text = segment->payload.length > 0;
        bool is_nothing_new = !has_text && receive_is_ordinary(conn, segment);
        receive_remember_timestamp(conn, segment, now);
        receive_take_sign_of_life(conn, now);
        sender_on_ack(conn, segment, now);
        if (has_text)
                take_text(conn, segment, now);
        if (!is_nothing_new)
                ack_ask(conn, true);
}
