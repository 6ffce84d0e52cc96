/*
 * Counting what the time goes into.
 */
#include "tcp/chrono.h"

#include "tcp/conn_private.h"
#include "tcp/sender_offer.h"

static void set(struct chrono *chrono, enum chrono_kind kind, time_ns now)
{
        chrono->spent[chrono->kind] += now - chrono->since;
        chrono->kind = kind;
        chrono->since = now;
}

/* "If something more interesting starts happening, stop the previous one." */
static void start(struct chrono *chrono, enum chrono_kind kind, time_ns now)
{
        if (kind > chrono->kind)
                set(chrono, kind, now);
}

static bool is_empty(const TcpConn *conn)
{
        return !sender_has_unsent(conn) && seq_equal(conn->snd.una, conn->snd.nxt);
}

static void stop(TcpConn *conn, enum chrono_kind kind, time_ns now)
{
        struct chrono *chrono = &conn->chrono;
        if (is_empty(conn))
                set(chrono, CHRONO_IDLE, now);
        else if (chrono->kind == kind)
                set(chrono, CHRONO_BUSY, now);
}

void chrono_on_written(TcpConn *conn, time_ns now)
{
        start(&conn->chrono, CHRONO_BUSY, now);
}

void chrono_on_room(TcpConn *conn, time_ns now)
{
        stop(conn, CHRONO_SEND_BUFFER, now);
}

void chrono_on_stop(TcpConn *conn, enum tcp_limit limit, time_ns now)
{
        if (limit == TCP_LIMIT_RECEIVE_WINDOW)
                start(&conn->chrono, CHRONO_RECEIVE_WINDOW, now);
        else
                stop(conn, CHRONO_RECEIVE_WINDOW, now);
        if (conn->snd.has_no_room && limit == TCP_LIMIT_APPLICATION && !is_empty(conn))
                start(&conn->chrono, CHRONO_SEND_BUFFER, now);
}

static duration_ns spent(const struct chrono *chrono, enum chrono_kind kind, time_ns now)
{
        return chrono->spent[kind] + (chrono->kind == kind ? now - chrono->since : 0);
}

void chrono_fill_times(const TcpConn *conn, time_ns now, struct tcp_times *times)
{
        const struct chrono *chrono = &conn->chrono;
        times->limited_by_receive_window = spent(chrono, CHRONO_RECEIVE_WINDOW, now);
        times->limited_by_send_buffer = spent(chrono, CHRONO_SEND_BUFFER, now);
        times->busy = spent(chrono, CHRONO_BUSY, now) + times->limited_by_receive_window +
                      times->limited_by_send_buffer;
}

void tcp_conn_times(const TcpConn *conn, time_ns now, struct tcp_times *times)
{
        *times = (struct tcp_times){ 0 };
        chrono_fill_times(conn, now, times);
        times->since_data_sent = now - conn->last_data_sent_at;
        times->since_timeout = conn->timeouts_since >= 0 ? now - conn->timeouts_since : 0;
        times->since_heard = now - conn->last_heard_at;
        times->since_text = now - conn->ack.last_received_at;
}
