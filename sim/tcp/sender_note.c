/*
 * What is told of the congestion window, whenever it or what it bounds has changed: in bytes, though the
 * window is counted in segments.
 */
#include "tcp/sender.h"

#include "tcp/pacing.h"

static uint32_t bytes_of(const TcpConn *conn, uint32_t segments)
{
        return (uint32_t)MIN((uint64_t)segments * conn->snd.mss, UINT32_MAX - 1);
}

/* Exact while all that is out is in flight; else in full segments. */
static uint32_t bytes_in_flight(const TcpConn *conn)
{
        uint32_t out = (uint32_t)seq_diff(conn->snd.nxt, conn->snd.una);
        uint32_t in_flight = scoreboard_in_flight(&conn->scoreboard);
        return in_flight == conn->scoreboard.count ? out : MIN(out, bytes_of(conn, in_flight));
}

void sender_note_congestion(TcpConn *conn)
{
        if (!tcp_host_wants_note(conn->host, TCP_NOTE_CONGESTION))
                return;
        uint32_t ssthresh = conn->cong.ssthresh;
        const struct congestion_figures figures = {
                .cwnd = bytes_of(conn, conn->cong.cwnd),
                .ssthresh = ssthresh >= CONG_SSTHRESH_NOT_SET ? UINT32_MAX : bytes_of(conn, ssthresh),
                .in_flight = bytes_in_flight(conn),
                .send_window = conn->snd.wnd,
        };
        if (memcmp(&figures, &conn->noted, sizeof(figures)) == 0)
                return;
        conn->noted = figures;
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_CONGESTION);
        note->congestion.cwnd_bytes = figures.cwnd;
        note->congestion.ssthresh_bytes = figures.ssthresh;
        note->congestion.in_flight_bytes = figures.in_flight;
        note->congestion.send_window_bytes = figures.send_window;
        note->congestion.pacing = pacing_is_on(conn) ? 8 * conn->pacing_rate : 0;
}
