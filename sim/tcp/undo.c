/*
 * Undoing: when the answers came from the first sendings after all, cwnd and ssthresh are as before. By
 * timestamps (Eifel, RFC 3522 and 4015), by DSACK (RFC 3708), by F-RTO (RFC 5682); as Linux (tcp_may_undo).
 */
#include "tcp/undo.h"

#include "tcp/ecn.h"
#include "tcp/rack.h"
#include "tcp/recovery.h"
#include "tcp/sack.h"

/* "Retransmission still in flight may cause DSACKs later": they count from the beginning. There is a marker
 * also where nothing is ever undone: a recovery without one is a needless one, whose end leaves the window
 * alone. */
void undo_begin(TcpConn *conn)
{
        struct recovery *recovery = &conn->recovery;
        recovery->has_undo_marker = true;
        recovery->undo_marker = conn->snd.una;
        recovery->undo_retrans = (int32_t)conn->scoreboard.retransmitted;
        if (conn->tail_probe.is_out && conn->tail_probe.was_resent)
                recovery->undo_retrans++;
        /* 0 would mean that all are known to be needless. */
        if (recovery->undo_retrans == 0)
                recovery->undo_retrans = -1;
}

void undo_count_resent(TcpConn *conn, time_ns now)
{
        struct recovery *recovery = &conn->recovery;
        if (recovery->first_resent_at == NO_TIME)
                recovery->first_resent_at = now;
        recovery->undo_retrans = MAX(recovery->undo_retrans, 0) + 1;
}

bool undo_anything_resent(const TcpConn *conn)
{
        const struct sent_segment *first = scoreboard_first(&conn->scoreboard);
        return conn->scoreboard.retransmitted > 0 || (first != NULL && first->sendings > 1);
}

void undo_clean_stamp(TcpConn *conn)
{
        if (!undo_anything_resent(conn))
                conn->recovery.first_resent_at = NO_TIME;
}

/* RFC 3522 (3): "If the value of the Timestamp Echo Reply field ... is smaller than the value of variable
 * RetransmitTS, then set SpuriousRecovery". */
static bool answers_first_sending(const TcpConn *conn, const struct ack_event *event)
{
        const struct recovery *recovery = &conn->recovery;
        if (recovery->first_resent_at != NO_TIME)
                return (conn->settings.undo & TCP_UNDO_BY_TIMESTAMPS) &&
                       conn_echo_is_before(conn, event->segment, recovery->first_resent_at);
        /* Nothing was sent again so far, it seems: without SACK, a recovery that is held at its end has
         * forgotten. */
        return sack_is_used(conn) || seq_before(conn->snd.una, recovery->high_seq);
}

/* RFC 3708: a duplicate was reported for each segment that was sent again. */
static bool is_all_reported(const TcpConn *conn)
{
        return conn->recovery.undo_retrans == 0 && (conn->settings.undo & TCP_UNDO_BY_DSACK);
}

static bool may_undo(const TcpConn *conn, const struct ack_event *event)
{
        return conn->settings.undo != TCP_UNDO_OFF && conn->recovery.has_undo_marker &&
               (is_all_reported(conn) || answers_first_sending(conn, event));
}

static void note_undone(TcpConn *conn)
{
        conn->counts.spurious_recoveries++;
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_RECOVERY_UNDONE);
        if (note != NULL)
                note->range = (struct seq_range){ seq_earlier_of(conn->snd.una, conn->recovery.high_seq),
                        conn->recovery.high_seq };
}

static void restore(TcpConn *conn, bool unmark_lost, enum tcp_counter counter)
{
        tcp_host_count(conn->host, counter);
        struct recovery *recovery = &conn->recovery;
        if (unmark_lost)
                scoreboard_unmark_lost(&conn->scoreboard);
        if (conn->cong.prior_ssthresh > conn->cong.ssthresh)
                ecn_withdraw_cwr(conn);
        cong_undo(&conn->cong);
        note_undone(conn);
        recovery->has_undo_marker = false;
        /* What was lost is looked for again, with what is known now. */
        conn->rack.has_advanced = true;
}

bool undo_try_dsack(TcpConn *conn)
{
        if (!conn->recovery.has_undo_marker || !is_all_reported(conn))
                return false;
        conn->rack.window_persist = MIN(conn->rack.window_persist + 1, RACK_PERSIST_RECOVERIES);
        restore(conn, false, TCP_COUNTER_DSACK_UNDO);
        return true;
}

/* RFC 6582 section 3.2 (2): without SACK "the Cumulative Acknowledgment field covers more than recover", lest
 * the duplicates of what this recovery sent start another. */
static bool holds_state(TcpConn *conn)
{
        if (sack_is_used(conn) || !seq_equal(conn->snd.una, conn->recovery.high_seq))
                return false;
        undo_clean_stamp(conn);
        return true;
}

bool undo_try_recovery(TcpConn *conn, const struct ack_event *event)
{
        bool is_loss = conn->recovery.state == TCP_CONGESTION_LOSS;
        if (may_undo(conn, event))
                restore(conn, false, is_loss ? TCP_COUNTER_LOSS_UNDO : TCP_COUNTER_FULL_UNDO);
        else if (conn->rack.window_persist > 0)
                conn->rack.window_persist--;
        if (holds_state(conn))
                return true;
        recovery_set_state(conn, TCP_CONGESTION_OPEN, event->now);
        conn->recovery.has_reneged = false;
        return false;
}

bool undo_try_partial(TcpConn *conn, const struct ack_event *event)
{
        if (conn->settings.undo == TCP_UNDO_OFF || !conn->recovery.has_undo_marker ||
                !answers_first_sending(conn, event))
                return false;
        sack_note_reordering(conn, event->prior_una, TCP_COUNTER_STAMP_REORDER);
        if (conn->scoreboard.retransmitted > 0)
                return true;
        undo_clean_stamp(conn);
        restore(conn, true, TCP_COUNTER_PARTIAL_UNDO);
        recovery_try_keep_open(conn, event->now);
        return false;
}

bool undo_try_loss(TcpConn *conn, const struct ack_event *event, bool by_frto)
{
        if (by_frto ? conn->settings.undo == TCP_UNDO_OFF : !may_undo(conn, event))
                return false;
        restore(conn, true, TCP_COUNTER_LOSS_UNDO);
        if (by_frto)
                tcp_host_count(conn->host, TCP_COUNTER_SPURIOUS_RTOS);
        conn->recovery.timeouts = 0;
        if (holds_state(conn))
                return true;
        if (by_frto || sack_is_used(conn)) {
                recovery_set_state(conn, TCP_CONGESTION_OPEN, event->now);
                conn->recovery.has_reneged = false;
        }
        return true;
}
