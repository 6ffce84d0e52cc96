/*
 * Settings of TCP made of a fuzzer's bytes: all that a scenario or a socket option can ask for.
 */
#ifndef INORDER_TESTS_FUZZ_TCP_SETTINGS_H
#define INORDER_TESTS_FUZZ_TCP_SETTINGS_H

#include "fuzz_bytes.h"
#include "tcp/tcp_conn.h"

struct tcp_settings fuzz_tcp_settings(struct fuzz_bytes *bytes);
/* What setsockopt(2) may change in mid-life. */
void fuzz_change_tcp_settings(struct fuzz_bytes *bytes, struct tcp_settings *settings);
/* The peer's window is closed, and the settings forbid to ask whether it has opened: this may take for ever. `conn` may
 * be NULL. */
bool fuzz_waits_for_window(const TcpConn *conn);

#endif
