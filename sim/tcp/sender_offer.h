/*
 * What may go out next of what was never sent, as far as the stream, both windows and Nagle let it.
 */
#ifndef INORDER_SENDER_OFFER_H
#define INORDER_SENDER_OFFER_H

#include "tcp/conn_private.h"

struct sender_offer {
        uint32_t length; /* payload bytes */
        uint32_t burst;  /* so many go out together, in segments of the MSS, before anything is asked again */
        bool has_fin;
        enum tcp_limit limit; /* TCP_LIMIT_NOTHING: it may go */
};

/* How urgent it is. */
enum sender_urgency {
        SENDER_USUAL,
        SENDER_PUSH,  /* Nagle does not count */
        SENDER_FORCE, /* nor does cwnd: one segment */
};

struct sender_offer sender_next_offer(const TcpConn *conn, enum sender_urgency urgency, time_ns now);

/* Bytes written and never sent; the FIN is none. */
uint64_t sender_unsent(const TcpConn *conn);
/* Of those, the bytes that may share a segment with the first: up to the end of its record (MSG_EOR). */
uint64_t sender_unsent_record(const TcpConn *conn);
/* Bytes, or the FIN. */
bool sender_has_unsent(const TcpConn *conn);
/* What the peer's window still takes; nothing when the peer has drawn it back below SND.NXT. */
uint32_t sender_usable_window(const TcpConn *conn);
/* The rest of a burst goes on, if the window takes all of it still. */
bool sender_is_within_burst(const TcpConn *conn);
/* The next segment is wholly within it. */
bool sender_fits_window(const TcpConn *conn);
/* The number behind the last byte written, and behind the FIN once it is queued. */
struct seqnum sender_stream_end(const TcpConn *conn);

#endif
