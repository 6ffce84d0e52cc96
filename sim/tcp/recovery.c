/*
 * Loss recovery. RFC 5681 section 3.2 (fast retransmit, fast recovery), RFC 6582 (NewReno) where the peer
 * does not tell what it holds, RFC 6675 where it does (SACK), RFC 3042 (limited transmit), RFC 5681 (4)
 * (timeout).
 *
 * The window is counted in segments, as in cong.h. `recovery.end` is RFC 6582's `recover` and RFC 6675's
 * RecoveryPoint, plus one: the first number that had not been sent when the loss was found.
 */
#include "tcp/recovery.h"

#define DUPLICATE_THRESHOLD 3

/* What was found lost, to be told. */
struct finding {
        TcpConn *conn;
        enum tcp_loss_sign sign;
};

static void note_lost(void *data, const struct sent_segment *segment)
{
        const struct finding *finding = data;
        struct tcp_note *note = tcp_host_note(finding->conn->host, TCP_NOTE_LOST);
        if (note == NULL)
                return;
        note->range = (struct seq_range){ segment->seq, seq_add(segment->seq, segment->length) };
        note->why = finding->sign;
}

static void note_recovery(TcpConn *conn, enum tcp_note_kind kind, enum tcp_loss_sign sign)
{
        struct tcp_note *note = tcp_host_note(conn->host, kind);
        if (note == NULL)
                return;
        note->range = (struct seq_range){ conn->snd.una, conn->recovery.end };
        note->why = sign;
}

/* FlightSize, for the new ssthresh. "When [RFC3042] is in use, additional data sent in limited transmit MUST
 * NOT be included": it is what lies beyond cwnd. */
static uint32_t flight_size(const TcpConn *conn)
{
        return MIN(conn->scoreboard.count, conn->cong.cwnd);
}

static void start_episode(TcpConn *conn)
{
        conn->recovery.end = conn->snd.nxt;
        conn->recovery.limited_transmit_credit = 0;
        conn->recovery.inflation = 0;
        conn->recovery.retransmitted_now = 0;
}

static void enter(TcpConn *conn, enum tcp_loss_sign sign, time_ns now)
{
        start_episode(conn);
        conn->recovery.is_active = true;
        conn->counts.fast_recoveries++;
        cong_on_loss(&conn->cong, flight_size(conn), now);
        conn->cong.cwnd = conn->cong.ssthresh;
        /* RFC 5681 section 3.2 (3): "cwnd MUST be set to ssthresh plus 3*SMSS": three segments have left the
         * network. The scoreboard knows which, when there is one to ask. */
        if (!recovery_uses_sack(conn))
                conn->recovery.inflation = DUPLICATE_THRESHOLD;
        note_recovery(conn, TCP_NOTE_RECOVERY_ENTERED, sign);
}

/* RFC 6582 section 3.2 (3), full acknowledgment, its first way: min(ssthresh, max(FlightSize, SMSS) + SMSS),
 * which sends no burst when little is left in flight. RFC 6675 has kept in flight to ssthresh all along. */
static void leave(TcpConn *conn)
{
        note_recovery(conn, TCP_NOTE_RECOVERY_LEFT, 0);
        if (conn->recovery.is_active && !recovery_uses_sack(conn)) {
                uint32_t in_flight = MAX(scoreboard_in_flight(&conn->scoreboard), 1);
                conn->cong.cwnd = MIN(conn->cong.ssthresh, in_flight + 1);
        }
        conn->recovery.is_active = false;
        conn->recovery.after_timeout = false;
        conn->recovery.inflation = 0;
}

static void deflate(TcpConn *conn, uint32_t segments)
{
        uint32_t inflated = MIN(segments, conn->recovery.inflation);
        conn->recovery.inflation -= inflated;
        conn->cong.cwnd -= MIN(segments - inflated, conn->cong.cwnd - 1);
}

/* RFC 6582 section 3.2 (3), partial acknowledgment: "retransmit the first unacknowledged segment. Deflate the
 * congestion window by the amount of new data acknowledged", less the one segment that is added back. */
static void on_partial_ack(TcpConn *conn, const struct ack_event *event)
{
        struct finding finding = { conn, TCP_LOSS_PARTIAL_ACK };
        scoreboard_mark_first_lost(&conn->scoreboard, note_lost, &finding);
        if (event->outcome.acked_segments > 1)
                deflate(conn, event->outcome.acked_segments - 1);
}

void recovery_init(TcpConn *conn)
{
        conn->recovery.end = seq_sub(conn->snd.una, 1);
}

bool recovery_uses_sack(const TcpConn *conn)
{
        return conn->sack_agreed && conn->settings.recovery == TCP_RECOVERY_SACK;
}

static bool is_recovering(const TcpConn *conn)
{
        return conn->recovery.is_active || conn->recovery.after_timeout;
}

static void note_duplicate(TcpConn *conn, const struct ack_event *event)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_DUPLICATE_ACK);
        if (note == NULL)
                return;
        note->range = (struct seq_range){ event->segment->ack, event->segment->ack };
        note->value = conn->recovery.duplicate_acks;
}

/* RFC 3042: the first two duplicates let out a segment each. With SACK, what was sacked has left the pipe: no
 * credit is needed. */
static void extend_limited_transmit(TcpConn *conn)
{
        if (!conn->settings.limited_transmit || recovery_uses_sack(conn) || is_recovering(conn))
                return;
        conn->recovery.limited_transmit_credit = MIN(conn->recovery.duplicate_acks, DUPLICATE_THRESHOLD - 1);
}

/* RFC 6675 section 2: with SACK a duplicate is what reports something new as received, "even if it carries
 * new data, changes the advertised window, or moves the cumulative acknowledgment point"; section 5: a
 * cumulative acknowledgment first resets the count. */
void recovery_count_duplicates(TcpConn *conn, struct ack_event *event)
{
        if (event->acked > 0) {
                conn->recovery.duplicate_acks = 0;
                conn->recovery.limited_transmit_credit = 0;
        }
        event->is_duplicate =
                recovery_uses_sack(conn) ? event->outcome.newly_sacked > 0 : event->looks_repeated;
        if (!event->is_duplicate)
                return;
        conn->recovery.duplicate_acks++;
        conn->counts.duplicate_acks_received++;
        note_duplicate(conn, event);
        extend_limited_transmit(conn);
        /* RFC 5681 section 3.2 (4): "For each additional duplicate ACK received (after the third)". */
        if (conn->recovery.is_active && !recovery_uses_sack(conn))
                conn->recovery.inflation++;
}

void recovery_make_progress(TcpConn *conn, struct ack_event *event)
{
        if (event->acked == 0)
                return;
        if (is_recovering(conn) && seq_after_or_at(conn->snd.una, conn->recovery.end))
                leave(conn);
        else if (conn->recovery.is_active && !recovery_uses_sack(conn))
                on_partial_ack(conn, event);
        /* A point long passed must not come round the circle again. */
        if (seq_after(conn->snd.una, conn->recovery.end))
                conn->recovery.end = seq_sub(conn->snd.una, 1);
}

/* RFC 6675 section 5 (1) and (2): DupAcks, or IsLost(HighACK + 1). */
static bool first_is_lost(const TcpConn *conn)
{
        return conn->recovery.duplicate_acks >= DUPLICATE_THRESHOLD ||
               conn->scoreboard.sacked >= DUPLICATE_THRESHOLD;
}

/* Differs from RFC 6675 section 5: what was sacked counts whenever it was, not only when this ACK is a
 * duplicate (as Linux): so a recovery is followed by another at once when something that it sent was lost. */
static bool finds_loss_by_sack(TcpConn *conn)
{
        struct finding finding = { conn, TCP_LOSS_SACK };
        bool has_marked = scoreboard_mark_lost_by_sack(&conn->scoreboard, DUPLICATE_THRESHOLD, conn->snd.mss,
                                  note_lost, &finding) > 0;
        if (has_marked || conn->recovery.is_active || !first_is_lost(conn))
                return has_marked;
        return scoreboard_first(&conn->scoreboard)->is_lost ||
               scoreboard_mark_first_lost(&conn->scoreboard, note_lost, &finding);
}

/* RFC 6582 section 3.2 (2): on the third duplicate, but only "if the Cumulative Acknowledgment field covers
 * more than recover": else the duplicates may answer what the last recovery, or timeout, sent needlessly. */
static bool finds_loss_by_duplicates(TcpConn *conn)
{
        struct finding finding = { conn, TCP_LOSS_DUPLICATE_ACKS };
        if (conn->recovery.is_active || conn->recovery.duplicate_acks < DUPLICATE_THRESHOLD)
                return false;
        if (!seq_after(conn->snd.una, conn->recovery.end))
                return false;
        return scoreboard_mark_first_lost(&conn->scoreboard, note_lost, &finding);
}

void recovery_detect_loss(TcpConn *conn, struct ack_event *event)
{
        /* RFC 6675 section 5.1: after a timeout "a new recovery phase MUST NOT be initiated until HighACK is
         * greater than or equal to the new value of RecoveryPoint". */
        if (conn->recovery.after_timeout || conn->scoreboard.count == 0)
                return;
        bool uses_sack = recovery_uses_sack(conn);
        if (!(uses_sack ? finds_loss_by_sack(conn) : finds_loss_by_duplicates(conn)))
                return;
        if (!conn->recovery.is_active)
                enter(conn, uses_sack ? TCP_LOSS_SACK : TCP_LOSS_DUPLICATE_ACKS, event->now);
}

void recovery_on_timeout(TcpConn *conn, time_ns now)
{
        struct finding finding = { conn, TCP_LOSS_TIMEOUT };
        conn->counts.timeouts++;
        /* RFC 2018 section 8: the peer may throw away what it had sacked; that the first segment it misses is
         * sacked says that it did. */
        if (scoreboard_first(&conn->scoreboard)->is_sacked)
                scoreboard_forget_sacks(&conn->scoreboard);
        cong_on_timeout(&conn->cong, flight_size(conn), conn->recovery.timeouts == 0, now);
        conn->recovery.timeouts++;
        conn->recovery.is_active = false;
        conn->recovery.after_timeout = true;
        conn->recovery.duplicate_acks = 0;
        start_episode(conn);
        note_recovery(conn, TCP_NOTE_RECOVERY_ENTERED, TCP_LOSS_TIMEOUT);
        scoreboard_mark_all_lost(&conn->scoreboard, note_lost, &finding);
}

void recovery_mark_too_large(TcpConn *conn, struct sent_segment *segment)
{
        struct finding finding = { conn, TCP_LOSS_PATH_MTU };
        scoreboard_mark_lost(&conn->scoreboard, segment, note_lost, &finding);
}

uint32_t recovery_window(const TcpConn *conn)
{
        return conn->cong.cwnd + conn->recovery.inflation + conn->recovery.limited_transmit_credit;
}

/* Without limited transmit, what the first duplicates report as sacked lets nothing out. */
uint32_t recovery_in_flight(const TcpConn *conn)
{
        uint32_t in_flight = scoreboard_in_flight(&conn->scoreboard);
        if (!conn->settings.limited_transmit && !is_recovering(conn))
                in_flight += conn->scoreboard.sacked;
        return in_flight;
}

/* The first retransmission of a recovery goes out at once (RFC 6675 section 5 (4.3)), and without SACK so
 * does each (RFC 6582: there is one for each partial acknowledgment). */
bool recovery_may_exceed_window(const TcpConn *conn)
{
        if (!conn->recovery.is_active)
                return false;
        return conn->recovery.retransmitted_now == 0 || !recovery_uses_sack(conn);
}

enum tcp_send_reason recovery_retransmit_reason(const TcpConn *conn)
{
        if (conn->recovery.after_timeout)
                return TCP_SEND_TIMEOUT;
        if (conn->recovery.is_active && conn->recovery.retransmitted_now == 0)
                return TCP_SEND_FAST_RETRANSMIT;
        return TCP_SEND_RECOVERY;
}

/* Limited transmit is what goes beyond a window of segments not cumulatively acknowledged. */
enum tcp_send_reason recovery_new_data_reason(const TcpConn *conn)
{
        if (is_recovering(conn) || conn->recovery.duplicate_acks == 0)
                return TCP_SEND_NEW_DATA;
        uint32_t outstanding = scoreboard_in_flight(&conn->scoreboard) + conn->scoreboard.sacked;
        return outstanding < conn->cong.cwnd ? TCP_SEND_NEW_DATA : TCP_SEND_LIMITED_TRANSMIT;
}

struct sent_segment *recovery_next_hole(TcpConn *conn)
{
        struct finding finding = { conn, TCP_LOSS_SACK };
        if (!conn->recovery.is_active || !recovery_uses_sack(conn))
                return NULL;
        struct sent_segment *hole = scoreboard_next_hole(&conn->scoreboard);
        if (hole != NULL)
                scoreboard_mark_lost(&conn->scoreboard, hole, note_lost, &finding);
        return hole;
}
