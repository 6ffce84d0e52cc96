/*
 * Text and FIN of an acceptable segment. RFC 9293 section 3.10.7.4 steps 7 and 8; RFC 2883 (what came
 * twice); as Linux (tcp_data_queue).
 */
#include "tcp/conn_private.h"

#include "tcp/ecn.h"

/* Memory is charged to a socket by pages (sk_forward_alloc). */
#define MEMORY_PAGE 4096

/* Less text than this says nothing about how much more may come (tcp_event_data_recv). */
#define SMALLEST_GROWTH 128

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
        if (begin == end || !tcp_host_wants_note(conn->host, kind))
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

void receive_report_duplicate(TcpConn *conn, struct seqnum left, struct seqnum right)
{
        if (!conn->settings.dsack || !conn->sack_agreed)
                return;
        tcp_host_count(conn->host,
                seq_before(left, conn->rcv.nxt) ? TCP_COUNTER_DSACK_OLD_SENT : TCP_COUNTER_DSACK_OFO_SENT);
        sack_report_set_duplicate(&conn->rcv.sack, left, right);
}

static void report_more_duplicate(TcpConn *conn, struct seqnum left, struct seqnum right)
{
        if (!conn->rcv.sack.has_duplicate)
                receive_report_duplicate(conn, left, right);
        else if (conn->settings.dsack && conn->sack_agreed)
                sack_report_extend_duplicate(&conn->rcv.sack, left, right);
}

static void note_old(TcpConn *conn, const struct tcp_segment *segment)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_DUPLICATE);
        if (note != NULL)
                note->range = (struct seq_range){ segment->seq, tcp_segment_end(segment) };
        conn->counts.duplicate_arrivals++;
}

/* ---- FIN ---- */

/* Of several, which only a broken peer sends, the first counts. */
static void remember_fin(TcpConn *conn, int64_t offset)
{
        bool is_later = conn->rcv.knows_fin && offset >= (int64_t)conn->rcv.fin_offset;
        if (is_later || offset < (int64_t)conn->rcv.reassembly.next)
                return;
        conn->rcv.knows_fin = true;
        conn->rcv.fin_offset = (uint64_t)offset;
}

static void forget_held(TcpConn *conn)
{
        uint64_t begin;
        reassembly_forget_from(&conn->rcv.reassembly, 0);
        while (receive_memory_last_held(&conn->rcv.memory, &begin))
                receive_memory_drop_last_held(&conn->rcv.memory);
}

/* In order it is right, and what is held behind it is wrong. */
static void look_for_fin_in_order(TcpConn *conn, const struct tcp_segment *segment)
{
        int64_t offset = offset_of(conn, text_end(segment));
        bool contradicts = offset < (int64_t)reassembly_end(&conn->rcv.reassembly);
        bool is_another = conn->rcv.knows_fin && (int64_t)conn->rcv.fin_offset != offset;
        if (contradicts || is_another) {
                forget_held(conn);
                conn->rcv.knows_fin = false;
        }
        remember_fin(conn, offset);
}

/* Behind a hole nobody knows: whoever comes first is right. What is held behind a FIN that is reached is
 * nothing (tcp_fin). */
static void settle_held_fin(TcpConn *conn, const struct tcp_segment *segment)
{
        struct receive_variables *rcv = &conn->rcv;
        if (!rcv->knows_fin || conn->fin_received)
                return;
        int64_t end = offset_of(conn, text_end(segment));
        if (end <= (int64_t)rcv->fin_offset &&
                reassembly_reach(&rcv->reassembly, (uint64_t)end) >= rcv->fin_offset)
                reassembly_forget_from(&rcv->reassembly, rcv->fin_offset);
}

/* Text that goes beyond a FIN makes it void: its number came twice (tcp_ofo_queue). */
static void drop_passed_fin(TcpConn *conn)
{
        struct receive_variables *rcv = &conn->rcv;
        if (!rcv->knows_fin || rcv->reassembly.next <= rcv->fin_offset)
                return;
        struct seqnum number = seq_of_offset(conn, rcv->fin_offset);
        report_more_duplicate(conn, number, seq_add(number, 1));
        rcv->knows_fin = false;
}

static void look_for_fin(TcpConn *conn, const struct tcp_segment *segment)
{
        if (segment->flags & TCP_FLAG_FIN)
                look_for_fin_in_order(conn, segment);
        else
                settle_held_fin(conn, segment);
}

static bool has_reached_fin(const TcpConn *conn)
{
        return conn->rcv.knows_fin && !conn->fin_received &&
               conn->rcv.reassembly.next == conn->rcv.fin_offset;
}

/* "Advance RCV.NXT over the FIN, and send an acknowledgment for the FIN." What is held behind it is nothing
 * (tcp_fin). */
static void take_fin(TcpConn *conn, time_ns now)
{
        conn->fin_received = true;
        conn->rcv.nxt = seq_add(conn->rcv.nxt, 1);
        forget_held(conn);
        ack_schedule(conn, TCP_SEND_ACK);
        conn->ack.may_not_wait |= conn->settings.delayed_ack != TCP_DELAYED_ACK_ADAPTIVE;
        closing_on_fin_received(conn, now);
        conn->rcv.sack.has_duplicate = false;
        sack_report_advance(&conn->rcv.sack, conn->rcv.nxt, false);
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

/* The stream ends at the FIN. */
static int64_t limit_offset(const TcpConn *conn)
{
        return conn->fin_received ? (int64_t)conn->rcv.fin_offset : INT64_MAX;
}

/* The FIN's number is held with the text before it, and this segment has it, too; or its own lies within
 * text. */
static bool is_fin_duplicate(
        const TcpConn *conn, const struct tcp_segment *segment, const struct reassembly_outcome *outcome)
{
        uint64_t end = outcome->duplicate_end;
        struct seqnum number = seq_of_offset(conn, end);
        if (outcome->in_order > 0 || !seq_after(tcp_segment_end(segment), number))
                return false;
        if (conn->rcv.knows_fin && end == conn->rcv.fin_offset)
                return true;
        bool is_own = segment->flags & TCP_FLAG_FIN && seq_equal(text_end(segment), number);
        return is_own && outcome->held == 0 && reassembly_reach(&conn->rcv.reassembly, end) > end;
}

/* The bytes from the offset `first` to `last` of a segment that begins at `begin`. */
static void insert_part(struct reassembly *reassembly, const struct tcp_segment *segment, int64_t begin,
        int64_t first, int64_t last, struct reassembly_outcome *outcome)
{
        struct payload cut =
                payload_cut(&segment->payload, (uint32_t)(first - begin), (uint32_t)(last - first));
        reassembly_insert(reassembly, (uint64_t)first, &cut, outcome);
        payload_clear(&cut);
}

/* What is new of the segment's payload, and what of it is not; nothing when it is empty. */
static void insert(TcpConn *conn, const struct tcp_segment *segment, struct reassembly_outcome *outcome)
{
        struct reassembly *reassembly = &conn->rcv.reassembly;
        int64_t begin = offset_of(conn, text_begin(segment));
        uint64_t next = reassembly->next;
        int64_t first = MAX(begin, (int64_t)next);
        int64_t last = MIN(begin + segment->payload.length, limit_offset(conn));
        *outcome = (struct reassembly_outcome){ 0 };
        if (first >= last)
                return;
        if (first == begin && last == begin + segment->payload.length)
                reassembly_insert(reassembly, (uint64_t)first, &segment->payload, outcome);
        else
                insert_part(reassembly, segment, begin, first, last, outcome);
        conn->rcv.nxt = seq_add(conn->rcv.nxt, (uint32_t)(reassembly->next - next));
        note_outcome(conn, (uint64_t)first, (uint64_t)last, next, outcome);
        count_arrival(conn, outcome);
        if (outcome->duplicate > 0)
                report_more_duplicate(conn, seq_of_offset(conn, outcome->duplicate_begin),
                        seq_add(seq_of_offset(conn, outcome->duplicate_end),
                                is_fin_duplicate(conn, segment, outcome)));
}

/* tcp_event_data_recv */
static void on_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        uint32_t length = segment->payload.length;
        ecn_on_text(conn, segment, now);
        ack_schedule(conn, TCP_SEND_ACK);
        ack_measure_segment(conn, segment);
        receive_window_measure_rtt(conn, seq_earlier_of(tcp_segment_end(segment), conn->rcv.nxt), now);
        ack_on_text(conn, now);
        if (length >= SMALLEST_GROWTH)
                receive_window_grow(conn, length, receive_memory_of_segment(conn, segment));
}

/* Linux's fast path does not ask how full the buffer is, if the packet fits into the page that is charged
 * already (tcp_rcv_established). */
static bool is_paid_for(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint32_t charged = conn->rcv.memory.allocated + send_memory_used(conn);
        uint32_t left = (MEMORY_PAGE - charged % MEMORY_PAGE) % MEMORY_PAGE;
        return receive_is_ordinary(conn, segment) && receive_memory_of_segment(conn, segment) <= left;
}

/* False: there is none, and the segment is dropped. */
static bool finds_memory(TcpConn *conn, const struct tcp_segment *segment)
{
        if (receive_window_fits(conn) || is_paid_for(conn, segment) ||
                receive_window_has_memory(conn, conn->rcv.reassembly.next))
                return true;
        conn->ack.has_no_memory = conn->ack.may_not_wait = true;
        ack_schedule(conn, TCP_SEND_ACK);
        receive_note_refused(conn, segment, TCP_REFUSED_RECEIVE_BUFFER);
        if (conn->rcv.memory.ready_count == 0 || segment->payload.length == 0)
                return true;
        tcp_host_count(conn->host, TCP_COUNTER_RECEIVE_QUEUE_DROPS);
        return false;
}

/* The segment begins at RCV.NXT or before it. "The receiver SHOULD send an immediate ACK when it receives a
 * data segment that fills in all ... of a gap in the sequence space" (RFC 5681 section 4.2). */
static void take_in_order(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        struct reassembly_outcome outcome;
        bool held_something = receive_holds(conn);
        uint64_t next = conn->rcv.reassembly.next;
        if (!finds_memory(conn, segment))
                return;
        look_for_fin(conn, segment);
        bool may_join = seq_equal(segment->seq, conn->rcv.nxt);
        insert(conn, segment, &outcome);
        if (segment->payload.length > 0) {
                receive_memory_store(&conn->rcv.memory, next, next + outcome.in_order,
                        receive_packet_size(conn, segment), may_join);
                receive_memory_release(&conn->rcv.memory, conn->rcv.reassembly.next);
                on_text(conn, segment, now);
        }
        drop_passed_fin(conn);
        if (has_reached_fin(conn))
                take_fin(conn, now);
        bool ends_here = segment->flags & TCP_FLAG_FIN;
        conn->ack.may_not_wait |= held_something && !receive_holds(conn) && !ends_here;
        sack_report_advance(&conn->rcv.sack, conn->rcv.nxt, receive_holds(conn));
}

/* What take_in_order() comes to while nothing is held and no FIN is known. */
void receive_next_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        struct receive_variables *rcv = &conn->rcv;
        uint64_t next = rcv->reassembly.next;
        uint32_t length = segment->payload.length;
        rcv->sack.has_duplicate = false;
        if (!finds_memory(conn, segment))
                return;
        reassembly_append(&rcv->reassembly, &segment->payload);
        rcv->nxt = seq_add(rcv->nxt, length);
        note_range(conn, TCP_NOTE_ARRIVED_IN_ORDER, next, next + length);
        conn->counts.bytes_received += length;
        receive_memory_store(&rcv->memory, next, next + length, receive_packet_size(conn, segment), true);
        on_text(conn, segment, now);
}

/* The window grows by what memory is free meanwhile, but not for nothing; nor without SACK, so that each ACK
 * is a duplicate. */
static void store_held(TcpConn *conn, const struct tcp_segment *segment, uint64_t begin)
{
        struct receive_memory *memory = &conn->rcv.memory;
        uint64_t end = begin + segment->payload.length;
        enum memory_way way = receive_memory_make_way(memory, begin, end);
        if (conn->sack_agreed && way != MEMORY_NEEDLESS)
                receive_window_grow(conn, segment->payload.length, receive_memory_of_segment(conn, segment));
        if (way == MEMORY_APART)
                receive_memory_hold(memory, begin, end, receive_packet_size(conn, segment));
}

/* "Out-of-order data segments SHOULD be acknowledged immediately." (tcp_data_queue_ofo) */
static void hold(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        struct reassembly_outcome outcome;
        int64_t begin = offset_of(conn, text_begin(segment));
        ecn_on_text(conn, segment, now);
        if (!receive_window_has_memory(conn, (uint64_t)begin)) {
                receive_note_refused(conn, segment, TCP_REFUSED_RECEIVE_BUFFER);
                tcp_host_count(conn->host, TCP_COUNTER_OFO_DROP);
                return;
        }
        ack_measure_segment(conn, segment);
        ack_schedule(conn, TCP_SEND_DUPLICATE_ACK);
        insert(conn, segment, &outcome);
        if (segment->flags & TCP_FLAG_FIN)
                remember_fin(conn, offset_of(conn, text_end(segment)));
        if (conn->sack_agreed)
                sack_report_add(&conn->rcv.sack, segment->seq, tcp_segment_end(segment));
        store_held(conn, segment, (uint64_t)begin);
        conn->counts.held_arrivals++;
        if (segment->payload.length == 0)
                conn->counts.out_of_order_arrivals++;
        tcp_host_count(conn->host, TCP_COUNTER_OFO_QUEUE);
        receive_window_on_held(conn);
}

/* Nothing of it can be taken: the peer learns where we are, at once. */
static void refuse(TcpConn *conn, const struct tcp_segment *segment, enum tcp_refusal why)
{
        receive_note_refused(conn, segment, why);
        if (why == TCP_REFUSED_RECEIVE_BUFFER)
                tcp_host_count(conn->host, TCP_COUNTER_ZERO_WINDOW_DROPS);
        ack_hurry(conn);
        ack_schedule(conn, TCP_SEND_ACK);
}

static void take_old(TcpConn *conn, const struct tcp_segment *segment)
{
        note_old(conn, segment);
        tcp_host_count(conn->host, TCP_COUNTER_DELAYED_ACKS_LOST);
        receive_report_duplicate(conn, segment->seq, tcp_segment_end(segment));
        ack_hurry(conn);
        ack_schedule(conn, TCP_SEND_DUPLICATE_ACK);
}

/* tcp_fastopen_add_skb */
void receive_text_of_syn(TcpConn *conn, const struct tcp_segment *syn, time_ns now)
{
        struct reassembly_outcome outcome;
        uint64_t next = conn->rcv.reassembly.next;
        look_for_fin(conn, syn);
        insert(conn, syn, &outcome);
        if (outcome.in_order > 0)
                receive_memory_store(&conn->rcv.memory, next, next + outcome.in_order,
                        receive_packet_size(conn, syn), true);
        if (has_reached_fin(conn))
                take_fin(conn, now);
}

static bool is_bare_fin(const struct tcp_segment *segment)
{
        return segment->payload.length == 0 && (segment->flags & TCP_FLAG_FIN);
}

/* tcp_data_queue, in its order. */
static void sort(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        struct seqnum end = tcp_segment_end(segment);
        bool is_next = seq_equal(segment->seq, conn->rcv.nxt);
        bool is_closed = receive_window(conn) == 0;
        if (is_next && is_closed && !is_bare_fin(segment)) {
                refuse(conn, segment, TCP_REFUSED_RECEIVE_BUFFER);
        } else if (is_next) {
                take_in_order(conn, segment, now);
        } else if (seq_before_or_at(end, conn->rcv.nxt)) {
                take_old(conn, segment);
        } else if (seq_after_or_at(segment->seq, receive_edge(conn))) {
                refuse(conn, segment, TCP_REFUSED_OUTSIDE_WINDOW);
        } else if (seq_after(segment->seq, conn->rcv.nxt)) {
                hold(conn, segment, now);
        } else {
                receive_report_duplicate(conn, segment->seq, conn->rcv.nxt);
                if (is_closed)
                        refuse(conn, segment, TCP_REFUSED_RECEIVE_BUFFER);
                else
                        take_in_order(conn, segment, now);
        }
}

void receive_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (tcp_segment_length(segment) == 0)
                return;
        conn->rcv.sack.has_duplicate = false;
        sort(conn, segment, now);
}
