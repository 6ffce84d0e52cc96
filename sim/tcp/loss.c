/*
 * The state after a timeout. RFC 5681 (4), RFC 5682 (F-RTO, with SACK's enhancement), RFC 8985 section 6.3;
 * as Linux (tcp_enter_loss, tcp_process_loss).
 */
#include "tcp/loss.h"

#include "tcp/ecn.h"
#include "tcp/newreno.h"
#include "tcp/rack.h"
#include "tcp/recovery.h"
#include "tcp/recut.h"
#include "tcp/sack.h"
#include "tcp/sender_facts.h"
#include "tcp/sender_offer.h"
#include "tcp/undo.h"

/* RFC 8985 section 6.3: what was sent less than a round trip ago is not lost yet. */
static bool is_too_young(const TcpConn *conn, const struct sent_segment *segment, time_ns now)
{
        return conn->settings.recovery == TCP_RECOVERY_RACK && rack_time_left(conn, segment, 0, now) > 0;
}

/* RFC 2018 section 8: the peer may throw away what it had sacked; that the first segment it misses is sacked
 * says that it did. */
static void mark_lost(TcpConn *conn, enum tcp_loss_sign sign, time_ns now)
{
        struct scoreboard *board = &conn->scoreboard;
        const struct sent_segment *first = scoreboard_first(board);
        bool has_reneged = first != NULL && first->is_sacked;
        if (has_reneged) {
                scoreboard_forget_sacks(board);
                tcp_host_count(conn->host, TCP_COUNTER_SACK_RENEGING);
                conn->recovery.has_reneged = true;
        }
        board->assumed = 0;
        /* What timed out: of one buffer all did. */
        uint32_t head_end = first == NULL ? 0 : recut_buffer_end(board, 0);
        uint32_t index = scoreboard_next_not_sacked(board, 0);
        for (; index < board->count; index = scoreboard_next_not_sacked(board, index + 1)) {
                struct sent_segment *segment = scoreboard_at(board, index);
                /* Tahoe knows of no time but the timer's. */
                bool may_be_spared = !has_reneged && sign == TCP_LOSS_TIMEOUT && index >= head_end;
                if (!may_be_spared || !is_too_young(conn, segment, now))
                        recovery_mark_lost(conn, segment, sign);
        }
}

/* RFC 5681: ssthresh falls once for each window; "when a TCP sender detects segment loss using the
 * retransmission timer and the given segment has already been retransmitted by way of the retransmission
 * timer at least once, the value of ssthresh is held constant". */
static void reduce_threshold(TcpConn *conn, time_ns now)
{
        const struct recovery *recovery = &conn->recovery;
        bool is_again = recovery->state == TCP_CONGESTION_LOSS && recovery->timeouts > 0;
        if (recovery->state > TCP_CONGESTION_DISORDER && seq_after(recovery->high_seq, conn->snd.una) &&
                (recovery->state != TCP_CONGESTION_LOSS || is_again))
                return;
        struct cong_facts facts = sender_facts(conn, now);
        conn->cong.prior_ssthresh = cong_current_ssthresh(&conn->cong, recovery->state);
        cong_reduce(&conn->cong, &facts);
        cong_on_event(&conn->cong, CONG_LOSS, &facts);
        undo_begin(conn);
}

/* A timeout in spite of many duplicates: less reordering than was believed. */
static void doubt_reordering(TcpConn *conn, uint32_t sacked)
{
        struct recovery *recovery = &conn->recovery;
        if (recovery->state <= TCP_CONGESTION_DISORDER && sacked >= conn->settings.reordering)
                recovery->reordering = MIN(recovery->reordering, conn->settings.reordering);
}

void loss_begin(TcpConn *conn, enum tcp_loss_sign sign, time_ns now)
{
        struct recovery *recovery = &conn->recovery;
        bool is_new = recovery->state < TCP_CONGESTION_RECOVERY;
        mark_lost(conn, sign, now);
        reduce_threshold(conn, now);
        conn->cong.cwnd = scoreboard_in_flight(&conn->scoreboard) + 1;
        conn->cong.acked_credit = 0;
        conn->use.used_at = now;
        doubt_reordering(conn, scoreboard_sacked_out(&conn->scoreboard));
        recovery_set_state(conn, TCP_CONGESTION_LOSS, now);
        recovery->high_seq = conn->snd.nxt;
        recovery->resent_now = 0;
        recovery->duplicate_acks = 0;
        conn->tail_probe.is_out = false;
        ecn_queue_cwr(conn);
        /* RFC 5682 section 2.1 (1): not "if ... loss recovery is already underway", but again on the same
         * segment (section 3.2). */
        recovery->frto =
                conn->settings.frto && (is_new || recovery->timeouts > 0) && sign == TCP_LOSS_TIMEOUT;
        recovery_note(conn, TCP_NOTE_RECOVERY_ENTERED, sign);
}

static bool can_send_new_data(const TcpConn *conn)
{
        return sender_has_unsent(conn) && seq_after(send_edge(conn), conn->snd.nxt);
}

/* RFC 5682 section 3.1. True: all is decided for this ACK. */
static bool try_frto(TcpConn *conn, struct ack_event *event, bool is_recovered)
{
        struct recovery *recovery = &conn->recovery;
        /* (3.b): "if ... data that was not retransmitted due to the timeout" arrived. */
        if (event->acked_original && undo_try_loss(conn, event, true))
                return true;
        if (seq_after(conn->snd.nxt, recovery->high_seq)) {
                /* (3.a): duplicates after new data: the loss was real. */
                if (event->has_sacked || event->duplicates > 0)
                        recovery->frto = false;
        } else if (event->is_advance && !is_recovered) {
                /* (2.b): "transmit up to two new (previously unsent) segments". */
                recovery->high_seq = conn->snd.nxt;
                if (can_send_new_data(conn)) {
                        recovery->new_data_first = true;
                        return true;
                }
                recovery->frto = false;
        }
        return false;
}

void loss_on_ack(TcpConn *conn, struct ack_event *event)
{
        struct recovery *recovery = &conn->recovery;
        bool is_recovered = !seq_before(conn->snd.una, recovery->high_seq);
        if (event->is_advance && undo_try_loss(conn, event, false))
                return;
        if (recovery->frto && try_frto(conn, event, is_recovered))
                return;
        if (is_recovered) {
                undo_try_recovery(conn, event);
                return;
        }
        if (!sack_is_used(conn)) {
                /* What F-RTO sent anew arrives: that clocks out what is lost. */
                if (seq_after(conn->snd.nxt, recovery->high_seq) && event->duplicates > 0)
                        newreno_on_duplicates(conn, event);
                else if (event->is_advance)
                        newreno_forget(conn);
        }
        recovery->wish = RESEND_LOST;
}
