/*
 * The judgement of what TCP on the bench sends.
 */
#ifndef INORDER_TESTS_BENCH_JUDGE_H
#define INORDER_TESTS_BENCH_JUDGE_H

#include "conn_bench.h"

/* The byte that our user writes at `offset`. */
uint8_t bench_byte(uint64_t offset);

/* Whether the next segment may offer less than the ones before: asked before it is made. */
bool bench_may_break_promise(const TcpConn *conn);
/* Its text, its form, the peer's window and our own. */
void bench_judge_sent(const struct conn_bench *bench, struct bench_peer *peer, struct tcp_segment *segment,
        const struct tcp_sending *sending, bool may_be_broken);
void bench_judge_window(const struct bench_peer *peer);

#endif
