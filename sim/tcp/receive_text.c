/*
 * Text and FIN of an acceptable segment, and when they are acknowledged. RFC 9293 section 3.10.7.4 steps 7
 * and 8; RFC 5681 section 4.2 (when), RFC 2883 (what came twice).
 */
#include "tcp/conn_private.h"

static bool takes_text(enum tcp_state state)
{
        return state == TCP_STATE_ESTABLISHED || state == TCP_STATE_FIN_WAIT_1 ||
               state == TCP_STATE_FIN_WAIT_2;
}

/* ---- Numbers and offsets ---- */

/* Where in the stream `seq` lies; negative before its first byte. */
static int64_t offset_of(const TcpConn *conn, struct seqnum seq)
{
        struct seqnum next = seq_sub(conn->rcv.nxt, conn->fin_received ? 1 : 0);
        return (int64_t)conn->rcv.reassembly.next + seq_diff(seq, next);
}

static struct seqnum seq_of_offset(const TcpConn *conn, uint64_t offset)
{
        return seq_add(conn->rcv.irs, 1 + (uint32_t)offset);
}

static struct seq_range range_of(const TcpConn *conn, uint64_t begin, uint64_t end)
{
        return (struct seq_range){ seq_of_offset(conn, begin), seq_of_offset(conn, end) };
}

/* A SYN takes the number before the text. */
static struct seqnum text_begin(const struct tcp_segment *segment)
{
        return seq_add(segment->seq, segment->flags & TCP_FLAG_SYN ? 1 : 0);
}

static struct seqnum text_end(const struct tcp_segment *segment)
{
        return seq_add(text_begin(segment), segment->payload.length);
}

/* ---- Notes ---- */

static void note_range(const TcpConn *conn, enum tcp_note_kind kind, uint64_t begin, uint64_t end)
{
        if (begin == end)
                return;
        struct tcp_note *note = tcp_host_note(conn->host, kind);
        if (note == NULL)
                return;
        note->range = range_of(conn, begin, end);
        note->value = (int64_t)conn->rcv.reassembly.held_bytes;
}

/* `next` was RCV.NXT's offset before. */
static void note_outcome(const TcpConn *conn, uint64_t begin, uint64_t end, uint64_t next,
        const struct reassembly_outcome *outcome)
{
        uint64_t filled = next + outcome->in_order;
        note_range(conn, TCP_NOTE_DUPLICATE, outcome->duplicate_begin, outcome->duplicate_end);
        note_range(conn, TCP_NOTE_ARRIVED_IN_ORDER, next, filled);
        note_range(conn, TCP_NOTE_HOLE_FILLED, filled, filled + outcome->filled);
        if (outcome->held > 0)
                note_range(conn, TCP_NOTE_HELD, begin, end);
}

/* ---- What came twice ---- */

/* RFC 2883 section 4: the first block of the next ACK names the newest duplicate. */
static void report_duplicate(TcpConn *conn, struct seqnum begin, struct seqnum end)
{
        if (!conn->settings.dsack || !conn->sack_agreed)
                return;
        conn->has_dsack = true;
        conn->dsack = (struct sack_block){ begin, end };
}

void receive_old_text(TcpConn *conn, const struct tcp_segment *segment)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_DUPLICATE);
        if (note != NULL)
                note->range = (struct seq_range){ segment->seq, tcp_segment_end(segment) };
        conn->counts.duplicate_arrivals++;
        report_duplicate(conn, segment->seq, tcp_segment_end(segment));
        conn_want_ack(conn, TCP_SEND_DUPLICATE_ACK);
}

/* ---- When to acknowledge ---- */

/* "An ACK SHOULD be generated for at least every second full-sized segment, and MUST be generated within 500
 * ms of the arrival of the first unacknowledged packet." */
static void acknowledge_in_order(TcpConn *conn, uint32_t bytes, time_ns now)
{
        conn->unacked_bytes += bytes;
        bool is_enough = conn->unacked_bytes >= 2 * conn->rcv.peer_mss_estimate;
        if (conn->settings.delayed_ack == 0 || is_enough) {
                conn_want_ack(conn, TCP_SEND_ACK);
        } else if (conn->ack_wish == ACK_NOT_WANTED) {
                conn->ack_wish = ACK_DELAYED;
                conn_set_deadline(conn, TCP_DEADLINE_DELAYED_ACK, now + conn->settings.delayed_ack);
        }
}

/* "Out-of-order data segments SHOULD be acknowledged immediately ... the receiver SHOULD send an immediate
 * ACK when it receives a data segment that fills in all or part of a gap in the sequence space." */
static void acknowledge(TcpConn *conn, const struct reassembly_outcome *outcome, time_ns now)
{
        if (outcome->held > 0 || outcome->in_order == 0)
                conn_want_ack(conn, TCP_SEND_DUPLICATE_ACK);
        else if (outcome->filled > 0 || outcome->duplicate > 0 || conn->rcv.reassembly.range_count > 0)
                conn_want_ack(conn, TCP_SEND_ACK);
        else
                acknowledge_in_order(conn, outcome->in_order, now);
}

/* ---- Text ---- */

static void count_arrival(TcpConn *conn, const struct reassembly_outcome *outcome)
{
        uint32_t readable = outcome->in_order + outcome->filled;
        conn->counts.bytes_received += readable;
        conn->counts.out_of_order_arrivals += outcome->held > 0;
        conn->counts.duplicate_arrivals += outcome->in_order + outcome->held == 0;
        conn->counts.held_bytes_max =
                MAX(conn->counts.held_bytes_max, (uint32_t)conn->rcv.reassembly.held_bytes);
}

/* Payload for the stream bytes begin <= b < end, all within the window. */
static void insert(TcpConn *conn, uint64_t begin, const struct payload *payload, time_ns now)
{
        struct reassembly *reassembly = &conn->rcv.reassembly;
        struct reassembly_outcome outcome;
        uint64_t next = reassembly->next;
        uint64_t end = begin + payload->length;
        reassembly_insert(reassembly, begin, payload, &outcome);
        conn->rcv.nxt = seq_add(conn->rcv.nxt, (uint32_t)(reassembly->next - next));
        conn->rcv.peer_mss_estimate = MIN(MAX(conn->rcv.peer_mss_estimate, payload->length), conn->rcv.mss);
        note_outcome(conn, begin, end, next, &outcome);
        count_arrival(conn, &outcome);
        if (outcome.duplicate > 0)
                report_duplicate(conn, seq_of_offset(conn, outcome.duplicate_begin),
                        seq_of_offset(conn, outcome.duplicate_end));
        acknowledge(conn, &outcome, now);
}

/* The stream bytes that may be taken end here: at the window's edge, or at the FIN. */
static int64_t limit_offset(const TcpConn *conn)
{
        int64_t edge = offset_of(conn, conn->rcv.edge);
        return conn->rcv.knows_fin ? MIN(edge, (int64_t)conn->rcv.fin_offset) : edge;
}

/* "Segments with higher beginning sequence numbers SHOULD be held for later processing"; what does not fit in
 * the window is cut off, on either side. */
static void take_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        int64_t begin = offset_of(conn, text_begin(segment));
        int64_t end = begin + segment->payload.length;
        int64_t first = MAX(begin, 0);
        int64_t last = MIN(end, limit_offset(conn));
        if (last < end) {
                receive_note_refused(conn, segment, TCP_REFUSED_RECEIVE_BUFFER);
                conn_want_ack(conn, TCP_SEND_ACK);
        }
        if (first >= last)
                return;
        struct payload cut =
                payload_cut(&segment->payload, (uint32_t)(first - begin), (uint32_t)(last - first));
        insert(conn, (uint64_t)first, &cut, now);
        payload_clear(&cut);
}

/* RFC 2525 section 2.17, as Linux: nobody will ever read what comes now, and the peer must not think
 * otherwise. */
static bool comes_too_late(const TcpConn *conn, const struct tcp_segment *segment)
{
        return conn->is_closed_by_user && seq_after(text_end(segment), conn->rcv.nxt);
}

void receive_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (segment->payload.length == 0)
                return;
        if (!takes_text(conn->state)) {
                receive_note_refused(conn, segment, TCP_REFUSED_STATE);
                return;
        }
        if (comes_too_late(conn, segment)) {
                receive_note_refused(conn, segment, TCP_REFUSED_STATE);
                closing_want_reset(conn, segment->ack);
                conn_end(conn);
                return;
        }
        take_text(conn, segment, now);
}

/* ---- FIN ---- */

/* It may come before what it follows. One that contradicts what is known of the stream's end is none. */
static void remember_fin(TcpConn *conn, const struct tcp_segment *segment)
{
        int64_t offset = offset_of(conn, text_end(segment));
        if (conn->rcv.knows_fin || offset < (int64_t)reassembly_end(&conn->rcv.reassembly))
                return;
        if (seq_after(text_end(segment), conn->rcv.edge))
                return;
        conn->rcv.knows_fin = true;
        conn->rcv.fin_offset = (uint64_t)offset;
        if (segment->payload.length == 0 && (uint64_t)offset > conn->rcv.reassembly.next) {
                conn->counts.out_of_order_arrivals++;
                conn_want_ack(conn, TCP_SEND_DUPLICATE_ACK);
        }
}

/* "Advance RCV.NXT over the FIN, and send an acknowledgment for the FIN." */
static void take_fin(TcpConn *conn, time_ns now)
{
        conn->fin_received = true;
        conn->rcv.nxt = seq_add(conn->rcv.nxt, 1);
        conn->rcv.edge = seq_later_of(conn->rcv.edge, conn->rcv.nxt);
        conn_want_ack(conn, TCP_SEND_ACK);
        closing_on_fin_received(conn, now);
}

void receive_fin(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (!takes_text(conn->state))
                return;
        if (segment->flags & TCP_FLAG_FIN)
                remember_fin(conn, segment);
        if (conn->rcv.knows_fin && conn->rcv.reassembly.next == conn->rcv.fin_offset)
                take_fin(conn, now);
}
