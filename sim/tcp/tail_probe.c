/*
 * Tail loss probe. RFC 8985 section 7, as Linux (tcp_send_loss_probe).
 */
#include "tcp/tail_probe.h"

#include "tcp/pacing.h"
#include "tcp/prr.h"
#include "tcp/recovery.h"
#include "tcp/sack.h"
#include "tcp/sender_timer.h"

/* Section 7.2: "PTO = 2 * SRTT", more when a lone segment's ACK may be delayed. Differs: by the least RTO, as
 * Linux, not by RFC 8985's WCDelAckT. */
static duration_ns probe_timeout(const TcpConn *conn)
{
        if (!rtt_has_sample(&conn->rtt))
                return conn->settings.initial_rto;
        duration_ns margin = conn->scoreboard.count == 1 ? conn->settings.min_rto : SENDER_TIMER_MARGIN;
        return (duration_ns)(conn->rtt.smoothed_8 >> 2) * MICROSECOND + margin;
}

bool tail_probe_schedule(TcpConn *conn, bool is_progress, time_ns now)
{
        enum tcp_congestion_state state = conn->recovery.state;
        if (!conn->settings.tail_loss_probe || !sack_is_used(conn) || conn->scoreboard.count == 0)
                return false;
        if (state != TCP_CONGESTION_OPEN && state != TCP_CONGESTION_CWR)
                return false;
        duration_ns timeout = probe_timeout(conn);
        duration_ns rto = is_progress ? rtt_rto(&conn->rtt) : sender_timer_rto_left(conn, now);
        if (rto > 0)
                timeout = MIN(timeout, rto);
        sender_timer_set(conn, TCP_DEADLINE_TAIL_PROBE, now + timeout + pacing_delay(conn, now));
        return true;
}

/* "TLP_send_probe(): If an unsent segment exists and the receive window allows ... transmit the
 * lowest-sequence unsent segment ... Else: retransmit the highest-sequence segment sent so far". At most one
 * is out. */
void tail_probe_on_deadline(TcpConn *conn, time_ns now)
{
        conn_note_deadline(conn, TCP_DEADLINE_TAIL_PROBE);
        if (!conn->tail_probe.is_out)
                conn->recovery.wish = RESEND_PROBE;
        sender_timer_rearm_from_head(conn, now);
}

void tail_probe_on_sent(TcpConn *conn, bool was_resent, time_ns now)
{
        conn->tail_probe =
                (struct tail_probe){ .is_out = true, .was_resent = was_resent, .high_seq = conn->snd.nxt };
        tcp_host_count(conn->host, TCP_COUNTER_LOSS_PROBES);
        sender_timer_set(conn, TCP_DEADLINE_RETRANSMIT, now + rtt_rto(&conn->rtt));
}

/* Section 7.4.2: the probe repaired a loss that nobody else has noticed: one reduction of the window. */
static void repaired(TcpConn *conn, time_ns now)
{
        prr_begin(conn, now);
        tcp_host_count(conn->host, TCP_COUNTER_LOSS_PROBE_RECOVERY);
        recovery_note(conn, TCP_NOTE_RECOVERY_ENTERED, TCP_LOSS_TAIL_PROBE);
        recovery_set_state(conn, TCP_CONGESTION_CWR, now);
        prr_end(conn, now);
        recovery_try_keep_open(conn, now);
}

void tail_probe_on_ack(TcpConn *conn, struct ack_event *event)
{
        struct tail_probe *probe = &conn->tail_probe;
        struct seqnum ack = event->segment->ack;
        if (!probe->is_out || seq_before(ack, probe->high_seq))
                return;
        bool is_plain = !event->is_advance && !event->has_data && !event->has_window_update &&
                        !event->acked_segments && !event->has_sacked;
        if (!probe->was_resent || event->has_probe_dsack)
                probe->is_out = false;
        else if (seq_after(ack, probe->high_seq))
                repaired(conn, event->now);
        else if (is_plain)
                probe->is_out = false;
}
