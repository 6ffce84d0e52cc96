/*
 * SACK emulated: each duplicate ACK stands for a segment that arrived behind the hole. RFC 6582, as Linux
 * (tcp_add_reno_sack and its neighbours).
 */
#include "tcp/newreno.h"

#include "tcp/recovery.h"

/* At least one is missing, or there would be no duplicates: not all can have arrived. True when more were
 * counted than can be. */
static bool limit(TcpConn *conn)
{
        struct scoreboard *board = &conn->scoreboard;
        uint32_t holes = MIN(MAX(board->lost, 1), board->count);
        if (board->assumed + holes <= board->count)
                return false;
        board->assumed = board->count - holes;
        return true;
}

void newreno_limit(TcpConn *conn)
{
        limit(conn);
}

/* More duplicates than segments: the network makes them, or reorders. */
static void check_reordering(TcpConn *conn, uint32_t more)
{
        if (!limit(conn) || !conn->settings.adaptive_reordering)
                return;
        conn->recovery.reordering = MIN(conn->scoreboard.count + more, conn->settings.max_reordering);
        conn->recovery.reordering_seen++;
}

/* tcp_count_delivered */
static void count_delivered(TcpConn *conn, const struct ack_event *event, uint32_t segments)
{
        conn->delivery.delivered += segments;
        conn->delivery.delivered_ce += event->has_ece ? segments : 0;
}

void newreno_on_duplicates(TcpConn *conn, const struct ack_event *event)
{
        struct scoreboard *board = &conn->scoreboard;
        if (event->duplicates == 0)
                return;
        uint32_t before = board->assumed;
        board->assumed += event->duplicates;
        check_reordering(conn, 0);
        if (board->assumed > before)
                count_delivered(conn, event, board->assumed - before);
}

void newreno_on_acknowledged(TcpConn *conn, const struct ack_event *event)
{
        struct scoreboard *board = &conn->scoreboard;
        uint32_t segments = event->popped;
        if (!seq_before(conn->snd.una, conn->recovery.left_end))
                conn->recovery.left_early = false;
        if (segments > 0) {
                uint32_t counted = board->assumed;
                count_delivered(conn, event, segments > counted + 1 ? segments - counted : 1);
                board->assumed = segments > counted ? 0 : counted - (segments - 1);
        }
        check_reordering(conn, segments);
}

void newreno_forget(TcpConn *conn)
{
        conn->scoreboard.assumed = 0;
}

void newreno_leave_early(TcpConn *conn)
{
        conn->recovery.left_end = conn->recovery.high_seq;
        conn->recovery.left_early = seq_before(conn->snd.una, conn->recovery.left_end);
}

/* One fast retransmit for a window: RFC 6582 section 3.2 (2). Reno, which left its recovery before all of
 * that window was acknowledged, waits for the timer when more of it was lost, as ns's does (bugFix_, Floyd
 * 1995). Differs: by RFC 5681 alone it would go on to halve the window once more. */
static bool is_third_duplicate(const TcpConn *conn)
{
        return !conn->recovery.left_early && conn->scoreboard.assumed >= conn->recovery.reordering;
}

/* RFC 6582 section 3.2 (2) and (3): on the third duplicate, and then at each partial acknowledgment, the
 * first segment. */
void newreno_find_lost(TcpConn *conn, bool is_advance)
{
        const struct recovery *recovery = &conn->recovery;
        bool is_found = recovery->state < TCP_CONGESTION_RECOVERY
                                ? is_third_duplicate(conn)
                                : recovery->state == TCP_CONGESTION_RECOVERY && is_advance;
        struct sent_segment *first = scoreboard_first(&conn->scoreboard);
        if (!is_found || first->is_lost)
                return;
        recovery_mark_lost(conn, first,
                recovery->state == TCP_CONGESTION_RECOVERY ? TCP_LOSS_PARTIAL_ACK : TCP_LOSS_DUPLICATE_ACKS);
}
