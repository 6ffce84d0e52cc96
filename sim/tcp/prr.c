/*
 * Proportional rate reduction. RFC 9937 section 6 (6937), as Linux (tcp_cwnd_reduction).
 *
 * For each segment that arrives, as much goes out as leaves cwnd at ssthresh at the end of the round trip.
 * Switched off, cwnd falls to ssthresh at once (RFC 6675).
 */
#include "tcp/prr.h"

#include "tcp/ecn.h"
#include "tcp/recovery.h"
#include "tcp/sender_facts.h"

void prr_begin(TcpConn *conn, time_ns now)
{
        struct cong_facts facts = sender_facts(conn, now);
        conn->recovery.high_seq = conn->snd.nxt;
        conn->tail_probe.is_out = false;
        conn->prr = (struct prr){ 0 };
        cong_reduce(&conn->cong, &facts);
        ecn_queue_cwr(conn);
}

/* "Proportional Rate Reduction (PRR) calculates ... sndcnt = CEIL(prr_delivered * ssthresh / RecoverFS) -
 * prr_out". Differs: RecoverFS is cwnd, as Linux. */
static int64_t proportional(const TcpConn *conn)
{
        uint64_t share = (uint64_t)conn->cong.ssthresh * conn->prr.delivered + conn->cong.prior_cwnd - 1;
        return (int64_t)(share / conn->cong.prior_cwnd) - conn->prr.out;
}

/* "PRR-SSRB": below ssthresh, one segment more than arrived as long as losses do not go on. */
static int64_t slow_start_bound(const TcpConn *conn, uint32_t delivered, bool is_safe, int64_t room)
{
        int64_t count = MAX((int64_t)conn->prr.delivered - conn->prr.out, delivered);
        return MIN(count + is_safe, room);
}

/* RFC 6675 section 5 (4.3): the first hole is sent again whatever is in flight. */
static uint32_t least_without(const TcpConn *conn, int64_t in_flight)
{
        bool is_due = conn->recovery.state == TCP_CONGESTION_RECOVERY && conn->prr.out == 0;
        return is_due ? (uint32_t)in_flight + 1 : 0;
}

void prr_on_delivery(TcpConn *conn, uint32_t delivered, uint32_t newly_lost, bool is_advance)
{
        int64_t in_flight = scoreboard_in_flight(&conn->scoreboard);
        int64_t room = (int64_t)conn->cong.ssthresh - in_flight;
        if (delivered == 0 || conn->cong.ops->owns_window)
                return;
        if (!conn->settings.prr) {
                conn->cong.cwnd = MAX(conn->cong.ssthresh, least_without(conn, in_flight));
                return;
        }
        conn->prr.delivered += delivered;
        int64_t count = room < 0 ? proportional(conn)
                                 : slow_start_bound(conn, delivered, is_advance && newly_lost == 0, room);
        /* "Force a fast retransmit upon entering recovery". */
        count = MAX(count, conn->prr.out > 0 ? 0 : 1);
        conn->cong.cwnd = (uint32_t)MAX(in_flight + count, 1);
}

void prr_end(TcpConn *conn, time_ns now)
{
        struct cong_facts facts = sender_facts(conn, now);
        if (conn->cong.ops->owns_window)
                return;
        bool is_valid = conn->recovery.state == TCP_CONGESTION_CWR || conn->recovery.has_undo_marker;
        if (conn->cong.ssthresh < CONG_SSTHRESH_NOT_SET && is_valid && conn->settings.cwnd_moderation) {
                conn->cong.cwnd = conn->cong.ssthresh;
                conn->use.used_at = now;
        }
        cong_on_event(&conn->cong, CONG_COMPLETE_CWR, &facts);
}
