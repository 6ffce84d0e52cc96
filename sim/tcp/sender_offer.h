/*
 * What may go out next of what was never sent, as far as the stream, both windows and Nagle let it.
 */
#ifndef INORDER_SENDER_OFFER_H
#define INORDER_SENDER_OFFER_H

#include "tcp/conn_private.h"

struct sender_offer {
        uint32_t length; /* payload bytes */
        bool has_fin;
        enum tcp_limit limit; /* TCP_LIMIT_NOTHING: it may go */
};

struct sender_offer sender_next_offer(const TcpConn *conn);

/* Bytes written and never sent; the FIN is none. */
uint64_t sender_unsent(const TcpConn *conn);
/* What the peer's window still takes; nothing when the peer has drawn it back below SND.NXT. */
uint32_t sender_usable_window(const TcpConn *conn);
/* The number behind the last byte written, and behind the FIN once it is queued. */
struct seqnum sender_stream_end(const TcpConn *conn);

/* To be called when a segment went out, or when the congestion window kept one back. */
void sender_update_usage(TcpConn *conn);

#endif
