/*
 * Urgent data. RFC 9293 section 3.8.5, RFC 6093; as Linux (tcp_check_urg, tcp_urg, tcp_recv_urg).
 *
 * The receiver keeps one byte, that before the pointer, for who asks for it (MSG_OOB); the stream goes on
 * without it. Reading stops there, at the mark. Differs: Linux takes a byte of a TCP header for the urgent
 * one when that lies just before a segment which came too early; here it is waited for.
 */
#include "tcp/urgent.h"

#include <errno.h>

/* ---- What is sent ---- */

/* SND.UP. */
static struct seqnum told_end(const TcpConn *conn)
{
        return seq_add(conn->snd.iss, 1 + (uint32_t)conn->urgent.told_end);
}

/* RFC 9293 section 3.8.5: "to send an urgent indication, the user must also send at least one data octet",
 * and the pointer is "a positive offset from the sequence number in this segment". What lies too far ahead
 * for the field is told as far as it goes, with what is new; a segment sent again says nothing then. */
void urgent_fill(const TcpConn *conn, struct tcp_segment *segment)
{
        int32_t distance = seq_diff(told_end(conn), segment->seq);
        struct seqnum furthest = seq_add(segment->seq, UINT16_MAX);
        if (!urgent_is_under_way(conn) || distance <= 0)
                return;
        if (distance > UINT16_MAX && !seq_after(furthest, conn->snd.nxt))
                return;
        segment->flags |= TCP_FLAG_URG;
        segment->urgent_pointer = (uint16_t)MIN(distance, UINT16_MAX);
}

/* tcp_write_wakeup: the first has the number of what may not be sent, so that the peer takes its pointer. */
bool urgent_takes_probe(TcpConn *conn)
{
        struct urgent *urgent = &conn->urgent;
        bool can_be_told = urgent_is_under_way(conn) && seq_diff(told_end(conn), conn->snd.una) <= UINT16_MAX;
        urgent->is_probed = can_be_told && !urgent->is_probed;
        return urgent->is_probed;
}

/* ---- What is received ---- */

/* Where in the stream `seq` lies; negative before its first byte. */
static int64_t offset_of(const TcpConn *conn, struct seqnum seq)
{
        struct seqnum next = seq_sub(conn->rcv.nxt, conn->fin_received ? 1 : 0);
        return (int64_t)conn->rcv.reassembly.next + seq_diff(seq, next);
}

/* "The urgent pointer ... points to the sequence number of the octet following the urgent data"
 * (section 3.1); a pointer of 0, as Linux, to the segment's first byte. */
static struct seqnum pointed_at(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint16_t pointer = segment->urgent_pointer;
        bool is_behind = pointer > 0 && !conn->settings.urgent_on_last_byte;
        return seq_add(segment->seq, pointer - is_behind);
}

/* As Linux: a first urgent byte that the reader stands before is lost when a second one is announced. */
static void take_pointer(TcpConn *conn, const struct tcp_segment *segment)
{
        struct urgent *urgent = &conn->urgent;
        struct seqnum seq = pointed_at(conn, segment);
        if (seq_before(seq, conn->rcv.nxt))
                return;
        uint64_t offset = (uint64_t)offset_of(conn, seq);
        if (urgent_has_mark(conn) && offset <= urgent->offset)
                return;
        urgent_step_over(conn);
        urgent->receipt = URGENT_AWAITED;
        urgent->offset = offset;
}

/* It may come in a later segment than its pointer. */
static void take_byte(TcpConn *conn, const struct tcp_segment *segment)
{
        struct urgent *urgent = &conn->urgent;
        struct seqnum first = seq_add(segment->seq, segment->flags & TCP_FLAG_SYN ? 1 : 0);
        int64_t index = (int64_t)urgent->offset - offset_of(conn, first);
        if (urgent->receipt != URGENT_AWAITED || index < 0 || index >= segment->payload.length)
                return;
        payload_copy_out(&segment->payload, (uint32_t)index, &urgent->byte, 1);
        urgent->receipt = URGENT_HERE;
}

void urgent_on_segment(TcpConn *conn, const struct tcp_segment *segment)
{
        if ((segment->flags & TCP_FLAG_URG) && conn->settings.urgent)
                take_pointer(conn, segment);
        take_byte(conn, segment);
}

/* ---- What is read ---- */

void urgent_step_over(TcpConn *conn)
{
        struct urgent *urgent = &conn->urgent;
        if (!urgent_is_next(conn))
                return;
        reassembly_read(&conn->rcv.reassembly, &urgent->passed, 1);
        receive_memory_free_read(&conn->rcv.memory, conn->rcv.reassembly.read);
        urgent->has_passed = true;
        urgent_on_read(conn);
}

size_t urgent_cut(const TcpConn *conn, size_t ahead, size_t size)
{
        uint64_t from = conn->rcv.reassembly.read + ahead;
        if (!urgent_has_mark(conn) || conn->urgent.offset <= from)
                return size;
        return MIN(size, conn->urgent.offset - from);
}

void urgent_on_read(TcpConn *conn)
{
        if (conn->rcv.reassembly.read > conn->urgent.offset)
                conn->urgent.receipt = URGENT_NONE;
}

bool tcp_conn_take_passed(TcpConn *conn, uint8_t *byte)
{
        bool has_passed = conn->urgent.has_passed;
        *byte = conn->urgent.passed;
        conn->urgent.has_passed = false;
        return has_passed;
}

ssize_t tcp_conn_read_urgent(TcpConn *conn, uint8_t *byte, bool stays)
{
        struct urgent *urgent = &conn->urgent;
        if (conn->settings.urgent_inline || !urgent_has_mark(conn) || urgent->receipt == URGENT_READ)
                return -EINVAL;
        if (conn->state == TCP_STATE_CLOSED && !conn->fin_received)
                return -ENOTCONN;
        if (urgent->receipt == URGENT_HERE) {
                *byte = urgent->byte;
                if (!stays)
                        urgent->receipt = URGENT_READ;
                return 1;
        }
        return conn->fin_received || conn->read_shut ? 0 : -EAGAIN;
}

bool tcp_conn_is_at_mark(const TcpConn *conn, size_t ahead)
{
        return urgent_has_mark(conn) && conn->urgent.offset == conn->rcv.reassembly.read + ahead;
}

uint32_t tcp_conn_readable_to_mark(const TcpConn *conn)
{
        uint32_t readable = tcp_conn_readable(conn);
        bool is_here = urgent_has_mark(conn) && conn->urgent.offset < conn->rcv.reassembly.next;
        if (!is_here || conn->settings.urgent_inline)
                return readable;
        return (uint32_t)(conn->urgent.offset - conn->rcv.reassembly.read);
}

void urgent_check(const TcpConn *conn)
{
        const struct urgent *urgent = &conn->urgent;
        g_assert(urgent->told_end <= conn->send_queue.end);
        g_assert(!urgent_has_mark(conn) || urgent->offset >= conn->rcv.reassembly.read);
}
