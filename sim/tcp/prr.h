/*
 * How cwnd comes down in a recovery, and after a router's mark. RFC 9937.
 */
#ifndef INORDER_PRR_H
#define INORDER_PRR_H

#include "tcp/conn_private.h"

static inline bool prr_is_reducing(const TcpConn *conn)
{
        return conn->recovery.state == TCP_CONGESTION_CWR || conn->recovery.state == TCP_CONGESTION_RECOVERY;
}

/* A reduction begins: ssthresh is set, cwnd follows with each delivery. */
void prr_begin(TcpConn *conn, time_ns now);
/* Segments arrived, or were lost, in a reduction. */
void prr_on_delivery(TcpConn *conn, uint32_t delivered, uint32_t newly_lost, bool is_advance);
/* The reduction is over: cwnd is ssthresh, unless it was undone. */
void prr_end(TcpConn *conn, time_ns now);

#endif
