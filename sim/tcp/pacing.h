/*
 * How fast a window is sent. Linux's rates; RFC 9002 section 7.7 has the idea.
 */
#ifndef INORDER_PACING_H
#define INORDER_PACING_H

#include "tcp/conn_private.h"

/* The rate, from window and round trip. */
void pacing_update(TcpConn *conn);
/* How many segments go out in one burst. */
uint32_t pacing_burst(const TcpConn *conn);

#endif
