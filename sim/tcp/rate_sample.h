/*
 * How fast data arrive: delivery-rate samples. The draft by Cheng and others, as Linux (tcp_rate.c).
 */
#ifndef INORDER_RATE_SAMPLE_H
#define INORDER_RATE_SAMPLE_H

#include "tcp/ack_event.h"

void rate_sample_init(TcpConn *conn, time_ns now);
/* A segment goes out (again). `out_before`: segments on the scoreboard before. */
void rate_sample_on_sent(TcpConn *conn, struct sent_segment *segment, uint32_t out_before, time_ns now);
/* It arrived. */
void rate_sample_take(TcpConn *conn, struct ack_event *event, struct sent_segment *segment);
/* All of an ACK has been taken: fills the sample's part of what congestion control is told. */
void rate_sample_finish(TcpConn *conn, const struct ack_event *event, struct cong_ack *ack);
/* Nothing more to send, though windows are open: samples until all of this has arrived are the application's.
 */
void rate_sample_check_app_limited(TcpConn *conn);

#endif
