/*
 * What congestion control is told of a connection, gathered anew for each call.
 */
#include "tcp/sender_facts.h"

#include "tcp/pacing.h"
#include "tcp/sender_offer.h"

struct cong_facts sender_facts(const TcpConn *conn, time_ns now)
{
        return (struct cong_facts){
                .now = now,
                .una = conn->snd.una,
                .nxt = conn->snd.nxt,
                .mss = conn->snd.mss,
                .in_flight = scoreboard_in_flight(&conn->scoreboard),
                .out = conn->scoreboard.count,
                .delivered = conn->delivery.delivered,
                .delivered_ce = conn->delivery.delivered_ce,
                .lost = conn->delivery.lost,
                .luck = conn->luck,
                .app_limited = conn->delivery.app_limited,
                .smoothed_rtt = rtt_smoothed(&conn->rtt),
                .min_rtt = rtt_minimum(&conn->rtt),
                .last_sent_at = conn->last_data_sent_at,
                .delivered_at = conn->delivery.delivered_at,
                .paced_until = conn->paced_until,
                .pacing_rate = conn->pacing_rate,
                .is_paced = pacing_is_on(conn),
                .has_unsent = sender_has_unsent(conn),
                .state = conn->recovery.state,
        };
}
