/*
 * What happens when time has passed: one list of deadlines, one function for each. RFC 9293 section 3.8.
 */
#include "tcp/conn_private.h"

#include "tcp/pacing.h"
#include "tcp/rack.h"
#include "tcp/sender.h"
#include "tcp/tail_probe.h"

void conn_note_deadline(TcpConn *conn, enum tcp_deadline_kind kind)
{
        struct tcp_note *note = tcp_host_note(conn->host, TCP_NOTE_DEADLINE);
        if (note == NULL)
                return;
        note->why = kind;
        note->value = conn->rtt.backoffs;
}

static void on_retransmit(TcpConn *conn, time_ns now)
{
        bool is_for_syn =
                conn->fast_open.is_pending || (conn->syn_is_doubtful && conn->scoreboard.count == 0);
        if (conn_is_synchronized(conn) && !is_for_syn)
                sender_on_retransmit_deadline(conn, now);
        else
                handshake_on_retransmit_deadline(conn, now);
}

static void on_delayed_ack(TcpConn *conn, time_ns now)
{
        conn_note_deadline(conn, TCP_DEADLINE_DELAYED_ACK);
        tcp_host_count(conn->host, TCP_COUNTER_DELAYED_ACKS);
        ack_on_delay_over(conn, now);
}

static void on_compressed_ack(TcpConn *conn, time_ns now)
{
        (void)now;
        conn_note_deadline(conn, TCP_DEADLINE_COMPRESSED_ACK);
        ack_on_compression_over(conn);
}

/* RFC 9293 section 3.8.4. As Linux: with a user timeout it is that which decides when to give up. */
static bool is_presumed_dead(const TcpConn *conn, duration_ns silence)
{
        if (conn->settings.user_timeout > 0)
                return conn->keepalive_probes > 0 && silence >= conn->settings.user_timeout;
        return conn->keepalive_probes >= conn->settings.keepalive_count;
}

/* Data that waits for an answer probes the peer as well, and gives up by rules of its own. */
static bool is_waiting_for_answer(const TcpConn *conn)
{
        return !seq_equal(conn->snd.una, conn->snd.nxt) || send_queue_size(&conn->send_queue) > 0;
}

/* The deadline is not moved whenever something arrives: it looks how long the silence is. */
static void on_keepalive(TcpConn *conn, time_ns now)
{
        const struct tcp_settings *settings = &conn->settings;
        duration_ns silence = now - MAX(conn->last_heard_at, conn->ack.last_received_at);
        if (!settings->keepalive)
                return;
        if (is_waiting_for_answer(conn) || silence < settings->keepalive_idle) {
                duration_ns wait = settings->keepalive_idle - (is_waiting_for_answer(conn) ? 0 : silence);
                conn_set_deadline(conn, TCP_DEADLINE_KEEPALIVE, now + wait);
                return;
        }
        conn_note_deadline(conn, TCP_DEADLINE_KEEPALIVE);
        if (is_presumed_dead(conn, silence)) {
                closing_send_reset(conn);
                conn_time_out(conn);
                return;
        }
        conn->keepalive_probes++;
        conn->keepalive_wanted = true;
        conn_set_deadline(conn, TCP_DEADLINE_KEEPALIVE, now + settings->keepalive_interval);
}

static void on_user_timeout(TcpConn *conn, time_ns now)
{
        (void)now;
        conn_note_deadline(conn, TCP_DEADLINE_USER_TIMEOUT);
        if (conn->probing_since < 0)
                tcp_host_count(conn->host, TCP_COUNTER_TIMEOUTS); /* Linux has one timer for both */
        conn_time_out(conn);
}

/* The peer never closed, and nobody is left to wait for it. */
static void on_fin_wait_2(TcpConn *conn, time_ns now)
{
        conn_note_deadline(conn, TCP_DEADLINE_FIN_WAIT_2);
        closing_on_fin_wait_2_deadline(conn, now);
}

static void on_time_wait(TcpConn *conn, time_ns now)
{
        (void)now;
        conn_note_deadline(conn, TCP_DEADLINE_TIME_WAIT);
        conn_end(conn);
}

static void (*const actions[TCP_DEADLINES])(TcpConn *conn, time_ns now) = {
        [TCP_DEADLINE_RETRANSMIT] = on_retransmit,
        [TCP_DEADLINE_TAIL_PROBE] = tail_probe_on_deadline,
        [TCP_DEADLINE_REORDERING] = rack_on_deadline,
        [TCP_DEADLINE_PERSIST] = sender_on_persist_deadline,
        [TCP_DEADLINE_PACING] = pacing_on_deadline,
        [TCP_DEADLINE_DELAYED_ACK] = on_delayed_ack,
        [TCP_DEADLINE_COMPRESSED_ACK] = on_compressed_ack,
        [TCP_DEADLINE_KEEPALIVE] = on_keepalive,
        [TCP_DEADLINE_USER_TIMEOUT] = on_user_timeout,
        [TCP_DEADLINE_FIN_WAIT_2] = on_fin_wait_2,
        [TCP_DEADLINE_TIME_WAIT] = on_time_wait,
};

void tcp_conn_on_time(TcpConn *conn, time_ns now)
{
        for (int kind = 0; kind < TCP_DEADLINES; kind++) {
                if (conn->deadlines[kind] > now)
                        continue;
                conn_set_deadline(conn, kind, TIME_NEVER);
                actions[kind](conn, now);
        }
        conn_leave_entry(conn);
}

time_ns tcp_conn_deadline(const TcpConn *conn)
{
        time_ns first = TIME_NEVER;
        for (int kind = 0; kind < TCP_DEADLINES; kind++)
                first = MIN(first, conn->deadlines[kind]);
        return first;
}
