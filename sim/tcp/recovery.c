/*
 * Loss recovery: the state machine of an ACK that is out of the ordinary. RFC 5681 section 3.2, RFC 6582,
 * RFC 6675, RFC 3042; as Linux (tcp_fastretrans_alert).
 *
 * The window is counted in segments, as in cong.h. `recovery.high_seq` is RFC 6582's `recover` and RFC 6675's
 * RecoveryPoint, plus one: the first number that had not been sent when the state was entered.
 */
#include "tcp/recovery.h"

#include "tcp/loss.h"
#include "tcp/newreno.h"
#include "tcp/prr.h"
#include "tcp/rack.h"
#include "tcp/recut.h"
#include "tcp/sack.h"
#include "tcp/sender.h"
#include "tcp/sender_facts.h"
#include "tcp/sender_timer.h"
#include "tcp/undo.h"

void recovery_init(TcpConn *conn)
{
        conn->recovery = (struct recovery){
                .high_seq = conn->snd.una,
                .first_resent_at = NO_TIME,
                .reordering = conn->settings.reordering,
        };
}

/* ---- Notes ---- */

void recovery_note(TcpConn *conn, enum tcp_note_kind kind, enum tcp_loss_sign sign)
{
        if (kind == TCP_NOTE_RECOVERY_ENTERED)
                conn->recovery.sign = sign;
        struct tcp_note *note = tcp_host_note(conn->host, kind);
        if (note == NULL)
                return;
        struct seqnum end = conn->recovery.high_seq;
        note->range = (struct seq_range){ seq_earlier_of(conn->snd.una, end), end };
        note->why = sign;
}

static void note_lost(TcpConn *conn, const struct sent_segment *segment, enum tcp_loss_sign sign)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_LOST);
        if (note == NULL)
                return;
        note->range = (struct seq_range){ segment->seq, seq_add(segment->seq, segment->length) };
        note->why = sign;
}

void recovery_mark_lost(TcpConn *conn, struct sent_segment *segment, enum tcp_loss_sign sign)
{
        bool is_again = segment->is_lost;
        if (!scoreboard_mark_lost(&conn->scoreboard, segment))
                return;
        conn->delivery.lost++;
        if (is_again)
                tcp_host_count(conn->host, TCP_COUNTER_LOST_RETRANSMITS);
        note_lost(conn, segment, sign);
}

/* ---- States ---- */

static bool is_repairing(enum tcp_congestion_state state)
{
        return state >= TCP_CONGESTION_CWR;
}

void recovery_set_state(TcpConn *conn, enum tcp_congestion_state state, time_ns now)
{
        struct cong_facts facts = sender_facts(conn, now);
        enum tcp_congestion_state before = conn->recovery.state;
        cong_on_state(&conn->cong, state, &facts);
        conn->recovery.state = state;
        if (is_repairing(before) && !is_repairing(state))
                recovery_note(conn, TCP_NOTE_RECOVERY_LEFT, 0);
}

void recovery_try_keep_open(TcpConn *conn, time_ns now)
{
        bool is_disordered = scoreboard_left_out(&conn->scoreboard) > 0 || undo_anything_resent(conn);
        enum tcp_congestion_state state = is_disordered ? TCP_CONGESTION_DISORDER : TCP_CONGESTION_OPEN;
        if (conn->recovery.state == state)
                return;
        recovery_set_state(conn, state, now);
        conn->recovery.high_seq = conn->snd.nxt;
}

/* RFC 3168 section 6.1.2: a router's mark counts as a loss, once a round trip. */
static void enter_cwr(TcpConn *conn, time_ns now)
{
        conn->cong.prior_ssthresh = 0;
        if (conn->recovery.state >= TCP_CONGESTION_CWR)
                return;
        conn->recovery.has_undo_marker = false;
        prr_begin(conn, now);
        recovery_set_state(conn, TCP_CONGESTION_CWR, now);
        recovery_note(conn, TCP_NOTE_RECOVERY_ENTERED, TCP_LOSS_MARK);
}

static void try_to_open(TcpConn *conn, const struct ack_event *event)
{
        undo_clean_stamp(conn);
        if (event->has_ece)
                enter_cwr(conn, event->now);
        if (conn->recovery.state != TCP_CONGESTION_CWR)
                recovery_try_keep_open(conn, event->now);
}

/* Tahoe is chosen as a way to find and repair losses, or only as the window that follows them. */
static bool has_fast_recovery(const TcpConn *conn)
{
        return conn->settings.recovery != TCP_RECOVERY_TAHOE && !conn->cong.ops->lacks_fast_recovery;
}

void recovery_enter(TcpConn *conn, enum tcp_loss_sign sign, bool by_mark, time_ns now)
{
        struct recovery *recovery = &conn->recovery;
        conn->counts.fast_recoveries++;
        tcp_host_count(
                conn->host, sack_is_used(conn) ? TCP_COUNTER_SACK_RECOVERY : TCP_COUNTER_RENO_RECOVERY);
        if (!has_fast_recovery(conn)) {
                loss_begin(conn, sign, now);
                return;
        }
        undo_clean_stamp(conn);
        conn->cong.prior_ssthresh = 0;
        undo_begin(conn);
        if (!prr_is_reducing(conn)) {
                if (!by_mark)
                        conn->cong.prior_ssthresh = cong_current_ssthresh(&conn->cong, recovery->state);
                prr_begin(conn, now);
        }
        recovery->resent_now = 0;
        recovery_set_state(conn, TCP_CONGESTION_RECOVERY, now);
        recovery_note(conn, TCP_NOTE_RECOVERY_ENTERED, sign);
}

/* ---- The steps of an ACK ---- */

bool recovery_is_concerned(const TcpConn *conn, const struct ack_event *event)
{
        bool is_no_duplicate = event->has_data || event->has_window_update || event->acked_segments;
        return !is_no_duplicate || event->has_sacked || event->has_ece || event->has_dsack ||
               conn->recovery.state != TCP_CONGESTION_OPEN;
}

/* What was sacked is missing at the receiver: it threw data away. The timer, soon, finds out. */
static bool is_reneged(TcpConn *conn, struct ack_event *event)
{
        if (!event->is_reneging || !event->is_advance)
                return false;
        duration_ns delay = MAX(rtt_smoothed(&conn->rtt) / 2, 10 * MILLISECOND);
        sender_timer_set(conn, TCP_DEADLINE_RETRANSMIT, event->now + delay);
        event->wants_timer = false;
        return true;
}

/* RFC 6675, for who chooses it: so much was sacked above. */
static void find_lost_by_sack(TcpConn *conn)
{
        struct scoreboard *board = &conn->scoreboard;
        const struct recovery *recovery = &conn->recovery;
        struct sent_segment *segment;
        while ((segment = scoreboard_next_lost_by_sack(board, recovery->reordering, conn->snd.mss)) != NULL)
                recovery_mark_lost(conn, segment, TCP_LOSS_SACK);
        struct sent_segment *first = scoreboard_first(board);
        bool is_evident = board->sacked >= recovery->reordering && recovery->state < TCP_CONGESTION_RECOVERY;
        if (is_evident && board->lost == 0 && !first->is_sacked)
                recovery_mark_lost(conn, first, TCP_LOSS_SACK);
}

static void find_lost(TcpConn *conn, struct ack_event *event)
{
        uint32_t resent = conn->scoreboard.retransmitted;
        if (conn->scoreboard.count == 0)
                return;
        if (!sack_is_used(conn))
                newreno_find_lost(conn, event->is_advance);
        else if (conn->settings.recovery == TCP_RECOVERY_SACK)
                find_lost_by_sack(conn);
        else if (rack_find_lost(conn, event->now))
                event->wants_timer = false;
        if (conn->scoreboard.retransmitted < resent)
                event->lost_retransmission = true;
}

static enum tcp_loss_sign found_by(const TcpConn *conn)
{
        if (!sack_is_used(conn))
                return TCP_LOSS_DUPLICATE_ACKS;
        return conn->settings.recovery == TCP_RECOVERY_SACK ? TCP_LOSS_SACK : TCP_LOSS_RACK;
}

/* Something is lost: recovery. */
static bool enter_if_lost(TcpConn *conn, const struct ack_event *event)
{
        if (conn->scoreboard.lost == 0)
                return false;
        recovery_enter(conn, found_by(conn), event->has_ece, event->now);
        return true;
}

/* The state's end is acknowledged. True: nothing more is to be done. */
static bool leave(TcpConn *conn, const struct ack_event *event)
{
        switch (conn->recovery.state) {
        case TCP_CONGESTION_CWR:
                /* "something above": so that the CWR flag has reached the peer. */
                if (seq_equal(conn->snd.una, conn->recovery.high_seq))
                        return false;
                prr_end(conn, event->now);
                recovery_set_state(conn, TCP_CONGESTION_OPEN, event->now);
                return false;
        case TCP_CONGESTION_RECOVERY:
                newreno_forget(conn);
                if (undo_try_recovery(conn, event))
                        return true;
                prr_end(conn, event->now);
                return false;
        default:
                return false;
        }
}

/* RFC 5681 section 3.2 (6), before NewReno: any ACK of new data ends the recovery, whatever else was lost. */
static bool leaves_as_reno(TcpConn *conn, const struct ack_event *event)
{
        if (conn->settings.recovery != TCP_RECOVERY_RENO || !event->is_advance)
                return false;
        newreno_forget(conn);
        newreno_leave_early(conn);
        prr_end(conn, event->now);
        conn->recovery.high_seq = conn->snd.una;
        recovery_set_state(conn, TCP_CONGESTION_OPEN, event->now);
        return true;
}

static void go_on_with_recovery(TcpConn *conn, struct ack_event *event)
{
        if (leaves_as_reno(conn, event))
                return;
        if (!event->is_advance) {
                if (!sack_is_used(conn))
                        newreno_on_duplicates(conn, event);
        } else if (undo_try_partial(conn, event)) {
                return;
        }
        if (undo_try_dsack(conn))
                try_to_open(conn, event);
        find_lost(conn, event);
        if (conn->recovery.state != TCP_CONGESTION_RECOVERY && !enter_if_lost(conn, event))
                return;
        conn->recovery.wish = RESEND_LOST;
}

static void watch(TcpConn *conn, struct ack_event *event)
{
        if (!sack_is_used(conn)) {
                if (event->is_advance)
                        newreno_forget(conn);
                newreno_on_duplicates(conn, event);
        }
        if (conn->recovery.state <= TCP_CONGESTION_DISORDER)
                undo_try_dsack(conn);
        find_lost(conn, event);
        if (!enter_if_lost(conn, event)) {
                try_to_open(conn, event);
                return;
        }
        conn->recovery.wish = RESEND_LOST;
}

/* A timeout's state is over when it was needless, or gives way to a recovery when resendings are lost. */
static void go_on_with_loss(TcpConn *conn, struct ack_event *event)
{
        loss_on_ack(conn, event);
        find_lost(conn, event);
        if (conn->recovery.state == TCP_CONGESTION_OPEN || event->lost_retransmission)
                watch(conn, event);
}

void recovery_on_ack(TcpConn *conn, struct ack_event *event)
{
        struct recovery *recovery = &conn->recovery;
        if (conn->scoreboard.count == 0)
                conn->scoreboard.assumed = 0;
        if (event->has_ece)
                conn->cong.prior_ssthresh = 0;
        if (is_reneged(conn, event))
                return;
        if (recovery->state == TCP_CONGESTION_OPEN)
                recovery->first_resent_at = NO_TIME;
        else if (!seq_before(conn->snd.una, recovery->high_seq) && leave(conn, event))
                return;
        if (recovery->state == TCP_CONGESTION_RECOVERY)
                go_on_with_recovery(conn, event);
        else if (recovery->state == TCP_CONGESTION_LOSS)
                go_on_with_loss(conn, event);
        else
                watch(conn, event);
}

/* ---- Too large for the path ---- */

static bool is_one_too_large(const TcpConn *conn, uint32_t begin, uint32_t end)
{
        for (uint32_t i = begin; i < end; i++) {
                const struct sent_segment *segment = scoreboard_at(&conn->scoreboard, i);
                if (segment->length - segment->has_fin > sender_current_mss(conn))
                        return true;
        }
        return false;
}

/* All that is in one buffer with a segment that is too large; it is cut anew when it is sent. */
static void mark_too_large(TcpConn *conn)
{
        struct scoreboard *board = &conn->scoreboard;
        uint32_t end;
        for (uint32_t begin = 0; begin < board->count; begin = end) {
                end = recut_buffer_end(board, begin);
                bool is_too_large = is_one_too_large(conn, begin, end);
                for (uint32_t i = begin; is_too_large && i < end; i++)
                        recovery_mark_lost(conn, scoreboard_at(board, i), TCP_LOSS_PATH_MTU);
        }
}

/* tcp_non_congestion_loss_retransmit: what is lost is sent again. The window is left alone: it is no more
 * data that will be in the network. */
static void resend_without_congestion(TcpConn *conn, enum tcp_loss_sign sign, time_ns now)
{
        struct recovery *recovery = &conn->recovery;
        if (recovery->state != TCP_CONGESTION_LOSS) {
                recovery->high_seq = conn->snd.nxt;
                conn->cong.ssthresh = cong_current_ssthresh(&conn->cong, recovery->state);
                conn->cong.prior_ssthresh = 0;
                recovery->has_undo_marker = false;
                recovery_set_state(conn, TCP_CONGESTION_LOSS, now);
                recovery_note(conn, TCP_NOTE_RECOVERY_ENTERED, sign);
        }
        recovery->wish = RESEND_LOST;
}

void recovery_mark_too_large(TcpConn *conn, time_ns now)
{
        mark_too_large(conn);
        if (conn->scoreboard.lost == 0)
                return;
        if (!sack_is_used(conn))
                newreno_limit(conn);
        resend_without_congestion(conn, TCP_LOSS_PATH_MTU, now);
}

void recovery_mark_all_lost(TcpConn *conn, time_ns now)
{
        struct scoreboard *board = &conn->scoreboard;
        for (uint32_t i = 0; i < board->count; i++)
                recovery_mark_lost(conn, scoreboard_at(board, i), TCP_LOSS_PARTIAL_ACK);
        resend_without_congestion(conn, TCP_LOSS_PARTIAL_ACK, now);
}

/* ---- For the sender ---- */

/* Without limited transmit (RFC 3042), what the first duplicates report as arrived lets nothing out. */
uint32_t recovery_in_flight(const TcpConn *conn)
{
        uint32_t in_flight = scoreboard_in_flight(&conn->scoreboard);
        if (!conn->settings.limited_transmit && conn->recovery.state <= TCP_CONGESTION_DISORDER)
                in_flight += scoreboard_sacked_out(&conn->scoreboard);
        return in_flight;
}

enum tcp_send_reason recovery_retransmit_reason(const TcpConn *conn)
{
        if (conn->recovery.sign == TCP_LOSS_TIMEOUT)
                return TCP_SEND_TIMEOUT;
        if (conn->recovery.sign == TCP_LOSS_PATH_MTU)
                return TCP_SEND_RECOVERY;
        return conn->recovery.resent_now == 0 ? TCP_SEND_FAST_RETRANSMIT : TCP_SEND_RECOVERY;
}

/* Limited transmit is what goes beyond a window of segments not cumulatively acknowledged. */
enum tcp_send_reason recovery_new_data_reason(const TcpConn *conn)
{
        if (conn->recovery.state != TCP_CONGESTION_DISORDER)
                return TCP_SEND_NEW_DATA;
        uint32_t outstanding =
                scoreboard_in_flight(&conn->scoreboard) + scoreboard_sacked_out(&conn->scoreboard);
        return outstanding < conn->cong.cwnd ? TCP_SEND_NEW_DATA : TCP_SEND_LIMITED_TRANSMIT;
}

struct sent_segment *recovery_next_hole(TcpConn *conn)
{
        if (conn->settings.recovery != TCP_RECOVERY_SACK || !conn->sack_agreed ||
                conn->recovery.state != TCP_CONGESTION_RECOVERY)
                return NULL;
        struct sent_segment *hole = scoreboard_next_hole(&conn->scoreboard);
        if (hole != NULL)
                recovery_mark_lost(conn, hole, TCP_LOSS_SACK);
        return hole;
}
