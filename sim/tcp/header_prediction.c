/*
 * Header prediction: most segments are the next text or an ACK, from an ordinary peer while nothing is amiss.
 * They need not go through all the steps of RFC 9293 section 3.10.7.4 (receive.c), whose outcome is known. As
 * Linux (tcp_rcv_established).
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

/* No step but the ACK's and the text's has anything to say of it: it begins at RCV.NXT, behind which nothing
 * is held, ends within the window, acknowledges neither too much nor too little, and is no older than
 * TS.Recent. A window that has changed is no matter for these. */
bool receive_is_predicted(const TcpConn *conn, const struct tcp_segment *segment)
{
        if (INORDER_CHECKED && conn->counts.segments_received % 2 == 0)
                return false;
        return (segment->flags & ~TCP_FLAG_PSH) == TCP_FLAG_ACK && conn->state == TCP_STATE_ESTABLISHED &&
               seq_equal(segment->seq, conn->rcv.nxt) && !receive_holds(conn) &&
               segment->payload.length <= receive_window(conn) &&
               seq_in_window(
                       segment->ack, conn->snd.una, (uint32_t)seq_diff(conn->snd.nxt, conn->snd.una) + 1) &&
               conn->timestamps_agreed && tcp_options_are_timestamps_alone(&segment->options) &&
               (int32_t)(segment->options.timestamp_value - conn->ts_recent) >= 0 && !urgent_has_mark(conn) &&
               !conn->syn_is_doubtful;
}

void receive_predicted(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        bool has_text = segment->payload.length > 0;
        bool is_nothing_new = !has_text && tells_same_window(conn, segment);
        receive_remember_timestamp(conn, segment, now);
        receive_take_sign_of_life(conn, now);
        sender_on_ack(conn, segment, now);
        if (has_text)
                receive_next_text(conn, segment, now);
        if (!is_nothing_new)
                ack_ask(conn, true);
}
