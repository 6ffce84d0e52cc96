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
        SENDER_ONE,   /* nor does a larger burst that may come: one burst */
        SENDER_FORCE, /* nor does cwnd */
};

/* Where the next burst begins. */
struct sender_place {
        uint64_t next;      /* stream offset of its first byte */
        uint32_t block;     /* that holds it; the number of blocks: none does */
        uint32_t in_flight; /* segments before it */
        bool is_ahead;      /* of what has been sent: by what a write has decided (write.c) */
};

/* Behind what has been sent; and behind what is decided now to go. What was decided before and is void by now is
 * forgotten thereby (sender_keeps_decided). */
struct sender_place sender_place_sent(const TcpConn *conn);
struct sender_place sender_place_decided(TcpConn *conn, time_ns now);
void sender_pass(const TcpConn *conn, struct sender_place *place, uint32_t burst);

/* Segments that cwnd lets out now, in one burst. */
uint32_t sender_quota(const TcpConn *conn, const struct sender_place *place, enum sender_urgency urgency);
/* The block at this place takes from those behind it what makes it a burst of `quota` segments, whether or not that
 * may go. */
void sender_grow(TcpConn *conn, const struct sender_place *place, uint32_t quota);
struct sender_offer sender_offer_at(const TcpConn *conn, const struct sender_place *place, uint32_t quota,
        enum sender_urgency urgency, time_ns now);
/* Whether the block at this place, the first that no burst has taken, goes because a write has said so, now. */
bool sender_keeps_decided(TcpConn *conn, const struct sender_place *place, time_ns now);
/* Behind what has been sent; what is decided comes first. */
struct sender_offer sender_next_offer(const TcpConn *conn, enum sender_urgency urgency, time_ns now);
/* The same of which it is known: the rest of a burst that has begun (sender_is_within_burst()), or no burst has. */
struct sender_offer sender_rest_of_burst(const TcpConn *conn);
struct sender_offer sender_first_offer(const TcpConn *conn, const struct sender_place *place, uint32_t quota,
        enum sender_urgency urgency, time_ns now);

/* So many segments of at most the MSS are so many bytes. */
uint32_t sender_segments_of(const TcpConn *conn, uint64_t bytes);

/* Bytes written and never sent; the FIN is none. */
uint64_t sender_unsent(const TcpConn *conn);
/* Of those, the bytes of the first block. */
uint64_t sender_unsent_block(const TcpConn *conn);
/* Bytes, or the FIN. */
bool sender_has_unsent(const TcpConn *conn);
/* What the peer's window still takes; nothing when the peer has drawn it back below SND.NXT. */
uint32_t sender_usable_window(const TcpConn *conn);
/* The rest of a burst goes on, if the window takes all of it still. */
bool sender_is_within_burst(const TcpConn *conn);
/* The next segment is wholly within it; and the next block, with the FIN if that goes with it. */
bool sender_fits_window(const TcpConn *conn);
bool sender_takes_block(const TcpConn *conn);
/* The number behind the last byte written, and behind the FIN once it is queued. */
struct seqnum sender_stream_end(const TcpConn *conn);

#endif
