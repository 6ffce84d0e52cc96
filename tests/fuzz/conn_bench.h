/*
 * TCP on a bench for a fuzzer: one host with a listener and a few far ends, none of them honest. Whatever
 * goes out and whatever is read is checked.
 *
 * The far ends' byte at a sequence number is always the same, so that text, however cut and repeated, can be
 * told from what was made up.
 */
#ifndef INORDER_TESTS_CONN_BENCH_H
#define INORDER_TESTS_CONN_BENCH_H

#include "tcp/conn_private.h"

#define BENCH_PEERS     4
#define BENCH_TEXT_MOST 4096 /* bytes of one arriving segment */

struct bench_peer {
        TcpConn *conn;  /* NULL: none */
        bool is_user_s; /* the user holds it: connected or accepted, not closed */
        struct four_tuple tuple;
        struct seqnum isn; /* of the far end's next connection */
        uint64_t written;
        uint64_t read;
        uint32_t buffer_most;    /* the largest receive buffer that its settings ever gave */
        bool has_promised;
        struct seqnum promised;  /* the furthest right edge of the windows told */
        struct tcp_segment sent; /* last; its payload is gone */
};

struct conn_bench {
        PayloadPool *pool;
        TcpHost *host;
        TcpListener *listener; /* NULL: closed */
        struct tcp_settings settings;
        uint32_t path_mtu;
        time_ns now;
        struct bench_peer peers[BENCH_PEERS];
        unsigned pump_most; /* segments that the device takes after each step */
        unsigned work;      /* segments sent, deadlines that came */
};

/* Our initial sequence number with the first far end would be `isn`. */
void conn_bench_init(
        struct conn_bench *bench, const struct tcp_settings *settings, uint32_t path_mtu, struct seqnum isn);
void conn_bench_clear(struct conn_bench *bench);

/* ---- The network's part ---- */

/* Filled in by the bench: ports and payload, of `text` bytes. */
void bench_arrive(
        struct conn_bench *bench, struct bench_peer *peer, struct tcp_segment *segment, uint32_t text);
/* Time goes on; deadlines on the way fire at their own times. Ends early when the bench is tired. */
void bench_wait(struct conn_bench *bench, duration_ns duration);
/* The next deadline of all comes; false: there is none. */
bool bench_expire(struct conn_bench *bench);
/* So much has been done that the input should end. */
bool bench_is_tired(const struct conn_bench *bench);

/* ---- The user's part: nothing happens where no user would do it ---- */

void bench_connect(struct conn_bench *bench, struct bench_peer *peer);
void bench_accept(struct conn_bench *bench);
void bench_listen(struct conn_bench *bench, uint32_t backlog);
void bench_close_listener(struct conn_bench *bench);
void bench_write(struct conn_bench *bench, struct bench_peer *peer, uint32_t size);
void bench_read(struct conn_bench *bench, struct bench_peer *peer, uint32_t size);
void bench_shutdown(struct conn_bench *bench, struct bench_peer *peer, int how);
void bench_close(struct conn_bench *bench, struct bench_peer *peer);
void bench_abort(struct conn_bench *bench, struct bench_peer *peer, int error);
void bench_set(struct conn_bench *bench, struct bench_peer *peer, const struct tcp_settings *settings);

/* After every step: the device takes segments, invariants hold, the finished go. */
void bench_settle(struct conn_bench *bench);

#endif
