/*
 * What congestion control is told of a connection.
 */
#ifndef INORDER_SENDER_FACTS_H
#define INORDER_SENDER_FACTS_H

#include "tcp/conn_private.h"

struct cong_facts sender_facts(const TcpConn *conn, time_ns now);

#endif
