/*
 * What must be so of a segment that goes out, whoever is at the other end.
 */
#include "bench_judge.h"

uint8_t bench_byte(uint64_t offset)
{
        return (uint8_t)(offset * 2654435761u >> 13);
}

static void check_text(const struct bench_peer *peer, const struct tcp_segment *segment, uint64_t offset)
{
        uint8_t bytes[UINT16_MAX];
        uint32_t size = segment->payload.length;
        g_assert(size == 0 || offset + size <= peer->written);
        payload_copy_out(&segment->payload, 0, bytes, size);
        for (uint32_t i = 0; i < size; i++)
                g_assert(bytes[i] == bench_byte(offset + i));
}

/* What is on the wire says the same, and fits the path. */
static void check_wire(
        const struct conn_bench *bench, const struct bench_peer *peer, struct tcp_segment *segment)
{
        uint8_t bytes[TCP_HEADER_SIZE_MAX];
        struct tcp_segment again;
        const struct ip_address *local = &peer->tuple.local.address;
        const struct ip_address *remote = &peer->tuple.remote.address;
        size_t size = tcp_segment_emit(local, remote, segment, bytes);
        g_assert(IPV4_HEADER_SIZE + size + segment->payload.length <= bench->path_mtu);
        g_assert(payload_sum(&segment->payload) == payload_sum_again(&segment->payload));
        g_assert(tcp_segment_parse(local, remote, bytes, size, &segment->payload, bench->pool, &again) ==
                 TCP_PARSE_OK);
        g_assert(seq_equal(again.seq, segment->seq) && again.flags == segment->flags);
        g_assert(again.options.sack_count == segment->options.sack_count);
        payload_clear(&again.payload);
}

/* New text stays within what was offered; only a probe may go beyond. */
static void check_window(
        const TcpConn *conn, const struct tcp_segment *segment, const struct tcp_sending *sending)
{
        if (segment->payload.length == 0 || sending->sending != 1 || sending->reason == TCP_SEND_WINDOW_PROBE)
                return;
        struct seqnum end = seq_add(segment->seq, segment->payload.length);
        g_assert(seq_diff(end, conn->snd.una) <= (int64_t)conn->snd.wnd);
}

/* "A TCP receiver SHOULD NOT shrink the window" (SHLD-14): its right edge never moves left, but for what the
 * field cannot say: the rest of a unit of its scale, and in a SYN that is sent again what is above 65535. The
 * exceptions are Linux's: the settings let it; memory has run out; TIME-WAIT, where nobody sends any more,
 * cuts off what is too much. Its window does not always count from SEG.ACK: in a SYN that is sent again
 * behind text it is the one that was told last; in DCTCP's ACK of what came before a mark, which is an ACK
 * alone, the one of the ACK that follows. */
static struct seqnum promised_from(const struct bench_peer *peer, const struct tcp_segment *segment)
{
        if (segment->flags & TCP_FLAG_SYN)
                return peer->conn->rcv.acked;
        return tcp_segment_length(segment) == 0 ? peer->conn->rcv.nxt : segment->ack;
}

static void check_promise(struct bench_peer *peer, const struct tcp_segment *segment, bool may_be_broken)
{
        bool is_syn = segment->flags & TCP_FLAG_SYN;
        if (!(segment->flags & TCP_FLAG_ACK) || segment->flags & TCP_FLAG_RST)
                return;
        struct seqnum edge = seq_add(promised_from(peer, segment),
                (uint32_t)segment->window << (is_syn ? 0 : peer->conn->rcv.scale));
        if (!peer->has_promised || may_be_broken || seq_after(edge, peer->promised))
                peer->promised = edge;
        peer->has_promised = true;
        g_assert(seq_diff(peer->promised, edge) < 1 << peer->conn->rcv.scale ||
                 (is_syn && segment->window == UINT16_MAX));
}

bool bench_may_break_promise(const TcpConn *conn)
{
        bool may_shrink = conn->settings.window_may_shrink && conn->rcv.scale > 0;
        return may_shrink || conn->ack.has_no_memory || conn->is_small;
}

void bench_judge_sent(const struct conn_bench *bench, struct bench_peer *peer, struct tcp_segment *segment,
        const struct tcp_sending *sending, bool may_be_broken)
{
        check_promise(peer, segment, may_be_broken);
        check_wire(bench, peer, segment);
        check_text(peer, segment, sending->stream_offset);
        check_window(peer->conn, segment, sending);
        g_assert(sending->sending > 0 || tcp_segment_length(segment) == 0 ||
                 sending->reason == TCP_SEND_WINDOW_PROBE);
}

/* No more is promised than the buffer could ever hold. */
void bench_judge_window(const struct bench_peer *peer)
{
        struct tcp_report report;
        tcp_conn_report(peer->conn, &report);
        g_assert(report.state == TCP_STATE_CLOSED || report.receive_window <= peer->buffer_most);
}
