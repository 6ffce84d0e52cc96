/*
 * ECN: routers mark packets in place of dropping them, the receiver echoes that, and the sender slows down.
 * RFC 3168 section 6.1, as Linux (tcp_ecn_send and its neighbours).
 */
#include "tcp/ecn.h"

/* ---- The handshake: section 6.1.1 ---- */

/* DCTCP cannot do without. */
static bool is_needed(const TcpConn *conn)
{
        return conn->cong.ops->wants_ecn && conn->settings.ecn != TCP_ECN_OFF;
}

bool ecn_asks(const TcpConn *conn)
{
        return conn->settings.ecn == TCP_ECN_ON || is_needed(conn);
}

uint16_t ecn_syn_flags(const TcpConn *conn)
{
        if (conn->state == TCP_STATE_SYN_RECEIVED)
                return conn->ecn.is_agreed ? TCP_FLAG_ECE : 0;
        /* Section 6.1.1.1: a SYN that is sent again does without: who drops the first may have minded. */
        return ecn_asks(conn) && conn->syn_sendings == 0 ? TCP_FLAG_ECE | TCP_FLAG_CWR : 0;
}

/* "A host MUST NOT set ECT on SYN or SYN-ACK packets". Differs: as Linux, DCTCP does: where routers mark
 * early, what is not capable is lost early. */
enum ecn_codepoint ecn_syn_codepoint(const TcpConn *conn)
{
        return is_needed(conn) ? ECN_ECT_0 : ECN_NOT_ECT;
}

/* A SYN asks with ECE and CWR, a SYN-ACK answers with ECE alone. Who sets ECT on it means something else,
 * except to DCTCP. Who asks for accurate feedback too (AE) is content with this one: RFC 9768 section 3.1.3.
 */
void ecn_on_syn(TcpConn *conn, const struct tcp_segment *segment)
{
        uint16_t flags = segment->flags & (TCP_FLAG_ECE | TCP_FLAG_CWR);
        bool is_answer = segment->flags & TCP_FLAG_ACK;
        conn->ecn.seen_to = seq_add(segment->seq, 1);
        if (is_answer)
                conn->ecn.is_agreed = ecn_asks(conn) && flags == TCP_FLAG_ECE;
        else
                conn->ecn.is_agreed = (conn->settings.ecn == TCP_ECN_PASSIVE || ecn_asks(conn)) &&
                                      flags == (TCP_FLAG_ECE | TCP_FLAG_CWR) &&
                                      (segment->ecn == ECN_NOT_ECT || is_needed(conn));
}

/* ---- The sender: section 6.1.2 ---- */

bool ecn_is_echo(const TcpConn *conn, const struct tcp_segment *segment)
{
        return conn->ecn.is_agreed && (segment->flags & TCP_FLAG_ECE) && !(segment->flags & TCP_FLAG_SYN);
}

void ecn_queue_cwr(TcpConn *conn)
{
        conn->ecn.owes_cwr = conn->ecn.is_agreed;
}

void ecn_withdraw_cwr(TcpConn *conn)
{
        conn->ecn.owes_cwr = false;
}

/* ---- The receiver: section 6.1.3 ---- */

/* RFC 8257 section 3.2: the echo follows each change of the marks, at once; what waits for a delayed ACK is
 * acknowledged first, as it came. */
static void echo_exactly(TcpConn *conn, bool is_marked)
{
        struct ecn *ecn = &conn->ecn;
        if (!conn->cong.ops->wants_ecn || !ecn->is_agreed)
                return;
        if (ecn->was_marked != is_marked) {
                ecn->owes_prior |= conn->ack.timer_is_running;
                ecn->prior_to = ecn->seen_to;
                ecn->prior_echo = ecn->was_marked;
                conn_want_ack(conn, TCP_SEND_ACK);
        }
        ecn->was_marked = ecn->echoes = is_marked;
        ecn->seen_to = conn->rcv.nxt;
}

bool ecn_take_prior_ack(TcpConn *conn, struct tcp_segment *segment)
{
        struct ecn *ecn = &conn->ecn;
        if (!ecn->owes_prior)
                return false;
        ecn->owes_prior = false;
        segment->flags |= TCP_FLAG_ACK | (ecn->prior_echo ? TCP_FLAG_ECE : 0);
        segment->ack = ecn->prior_to;
        segment->ecn = ECN_ECT_0;
        return true;
}

/* "When TCP receives a CE data packet ... the TCP receiver sets the ECN-Echo flag in the TCP header of the
 * subsequent ACK packet", and goes on until it sees CWR. As Linux, at once: the sender's window may be small;
 * and so for a segment that is not ECN-capable, among others: it was sent again. What was seen is remembered
 * even where nothing was agreed upon, as Linux does. */
void ecn_on_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now)
{
        if (segment->payload.length == 0)
                return;
        if (segment->ecn == ECN_NOT_ECT) {
                if (conn->ecn.has_seen_ect)
                        ack_hurry_briefly(conn);
                return;
        }
        struct cong_facts facts = { .now = now };
        if (segment->ecn == ECN_CE) {
                cong_on_event(&conn->cong, CONG_CE, &facts);
                echo_exactly(conn, true);
                if (!conn->ecn.echoes)
                        ack_hurry_briefly(conn);
                conn->ecn.echoes = conn->ecn.is_agreed;
        } else {
                cong_on_event(&conn->cong, CONG_NO_CE, &facts);
                echo_exactly(conn, false);
        }
        conn->ecn.has_seen_ect = true;
}

void ecn_on_cwr(TcpConn *conn, const struct tcp_segment *segment)
{
        if (!conn->ecn.is_agreed || !(segment->flags & TCP_FLAG_CWR))
                return;
        conn->ecn.echoes = false;
        if (tcp_segment_length(segment) > 0)
                conn->ack.may_not_wait = true;
}

/* Section 6.1.5: "the TCP sender MUST NOT set either an ECT codepoint ... for retransmitted data packets";
 * section 6.1.4: nor on pure ACKs. A setting breaks the first of these rules. */
void ecn_fill(TcpConn *conn, struct tcp_segment *segment, bool is_new_data)
{
        if (!conn->ecn.is_agreed)
                return;
        bool is_forced = conn->settings.ecn_retransmissions && segment->payload.length > 0;
        if (is_new_data || conn->cong.ops->wants_ecn || is_forced)
                segment->ecn = ECN_ECT_0;
        if (is_new_data && conn->ecn.owes_cwr) {
                conn->ecn.owes_cwr = false;
                segment->flags |= TCP_FLAG_CWR;
        }
        if (conn->ecn.echoes)
                segment->flags |= TCP_FLAG_ECE;
}
