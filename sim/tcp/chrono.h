/*
 * How long a sender has been busy, and what kept it: the receiver's window, or its own buffer. RFC 4898's
 * tcpEStatsPerf group; Linux's tcp_chrono_start() and tcp_chrono_stop().
 *
 * Of several things at once the last in the list is counted. Time is counted only while something is unsent or
 * unacknowledged.
 */
#ifndef INORDER_CHRONO_H
#define INORDER_CHRONO_H

#include "tcp/tcp_conn.h"

enum chrono_kind { CHRONO_IDLE, CHRONO_BUSY, CHRONO_RECEIVE_WINDOW, CHRONO_SEND_BUFFER, CHRONO_KINDS };

struct chrono {
        enum chrono_kind kind;
        time_ns since;
        duration_ns spent[CHRONO_KINDS];
};

/* The user has written; and may write again, after there was no room. */
void chrono_on_written(TcpConn *conn, time_ns now);
void chrono_on_room(TcpConn *conn, time_ns now);
/* Nothing more goes out now, because of `limit`. */
void chrono_on_stop(TcpConn *conn, enum tcp_limit limit, time_ns now);
void chrono_fill_times(const TcpConn *conn, time_ns now, struct tcp_times *times);

#endif
