/*
 * The sending half of a connection on a bench: established, a peer that is played by the test, times in
 * milliseconds, positions as offsets in the outgoing stream. What goes out is read as text:
 *
 *     "0-5000/5, limited-transmit 5000-5500 P"     five full segments, then one of 500 bytes with PSH
 *
 * New data needs no name; neighbours of the same length, reason and flags stand together with their count. A
 * test that does not set `shows_flags` sees no PSH.
 *
 * The path is 100 ms long: SRTT is 100 ms, the RTO 300 ms (RFC 6298 (2.2), and a variance term of at least
 * 200 ms) from the handshake on, as long as the test answers after 100 ms.
 */
#ifndef INORDER_SENDER_RIG_H
#define INORDER_SENDER_RIG_H

#include <check.h>

#include "tcp/conn_private.h"

#define RIG_MSS        1000
#define RIG_HALF_MSS   500
#define RIG_ROUND_TRIP 100
#define RIG_RTO        300

struct sender_rig {
        PayloadPool *pool;
        TcpHost *host;
        TcpConn *conn;
        time_ns now;
        uint32_t window; /* of the peer's next ACKs, in bytes */
        int64_t echo;    /* ms: the moment whose timestamp the peer's next ACKs echo; -1: none */
        bool shows_flags;
        uint32_t written;
        char out[4096];
};

/* Reno, without SACK, Nagle off, a window of 65,000 bytes: what a test wants otherwise it sets before it
 * starts. */
struct tcp_settings rig_settings(void);
void rig_init(struct sender_rig *rig, const struct tcp_settings *settings, uint32_t iss);
void rig_clear(struct sender_rig *rig);

/* To begin with: recoveries must not care where the circle of sequence numbers begins again. */
#define RIG_FIRST_NUMBERS 5
extern const uint32_t rig_first_numbers[RIG_FIRST_NUMBERS];

/* What stands at this offset of the stream: no two neighbouring segments look alike. */
uint8_t rig_byte(uint64_t offset);
/* Into the send queue, as one block. */
void rig_write(struct sender_rig *rig, uint32_t bytes);
/* The application writes no more. */
void rig_finish(struct sender_rig *rig);

/* Time goes on to `ms`; no deadline may be passed on the way. */
void rig_wait(struct sender_rig *rig, int64_t ms);
/* The next deadline is at exactly `ms`, and comes. */
void rig_expire(struct sender_rig *rig, int64_t ms);

/* What goes out now, all of it, is this. */
#define rig_expect(rig, text) ck_assert_str_eq(rig_pump(rig), text)
const char *rig_pump(struct sender_rig *rig);

/* An ACK of all before stream offset `to`; with the window as before, or changed. */
void rig_ack(struct sender_rig *rig, uint32_t to);
void rig_ack_window(struct sender_rig *rig, uint32_t to, uint32_t window);
/* The same with SACK blocks: "2000-3000 5000-6000". */
void rig_sack(struct sender_rig *rig, uint32_t to, const char *blocks);
void rig_acks(struct sender_rig *rig, uint32_t to, unsigned times);

/* The notes of `kinds` (bits) left since the last call, or since they were first asked for: names and their
 * `why`. */
void rig_want(struct sender_rig *rig, uint64_t kinds);
const char *rig_notes(struct sender_rig *rig);

#endif
