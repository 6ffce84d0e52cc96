/*
 * What the connections of one host share, as this folder sees it: the pool of connections, notes, initial
 * sequence numbers, and the ration of challenge ACKs.
 */
#ifndef INORDER_TCP_HOST_H
#define INORDER_TCP_HOST_H

#include "tcp/cookie_cache.h"
#include "tcp/tcp_conn.h"

PayloadPool *tcp_host_pool(const TcpHost *host);

/* A note is written only when somebody wants its kind; NULL otherwise. All zero but for its kind. */
struct tcp_note *tcp_host_note(TcpHost *host, enum tcp_note_kind kind);
bool tcp_host_wants_note(const TcpHost *host, enum tcp_note_kind kind);

const uint8_t *tcp_host_secret(const TcpHost *host);
/* What is known of servers that open fast. */
CookieCache *tcp_host_cookies(const TcpHost *host);

/* For the next connection: by the host's luck and by how many came before. */
uint32_t tcp_host_draw_luck(TcpHost *host);

/* Memory for a connection, all zero; and back. */
TcpConn *tcp_host_take_conn(TcpHost *host);
void tcp_host_give_back_conn(TcpHost *host, TcpConn *conn);

/* RFC 6528's number for a connection that begins now, or a later one when it follows another under the same
 * name. */
struct seqnum tcp_host_initial_seq(TcpHost *host, const struct four_tuple *tuple, time_ns now);
/* The next connection of this name begins behind `floor`: its predecessor, in TIME-WAIT, used all before it.
 */
void tcp_host_set_successor(TcpHost *host, const struct four_tuple *tuple, struct seqnum floor);
uint32_t tcp_host_timestamp_offset(const TcpHost *host, const struct four_tuple *tuple);

/* Whether one more challenge ACK may be sent in this second; counts it. RFC 5961 section 7: "an implementation
 * SHOULD include an ACK throttling mechanism"; Linux's tcp_challenge_ack_limit has no limit by default. */
bool tcp_host_may_challenge(TcpHost *host, uint32_t limit, time_ns now);

#endif
