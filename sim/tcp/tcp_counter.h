/*
 * Counters of a host's TCP by the names that Linux's nstat prints. RFC 4022 (TcpActiveOpens ...), and Linux's own
 * (TcpExtTCPTimeouts ..., net/ipv4/proc.c).
 */
#ifndef INORDER_TCP_COUNTER_H
#define INORDER_TCP_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/* One row a counter: our name, and nstat's. */
#define TCP_COUNTER_TABLE(ROW)                                   \
        ROW(ACTIVE_OPENS, "TcpActiveOpens")                      \
        ROW(PASSIVE_OPENS, "TcpPassiveOpens")                    \
        ROW(RETRANSMITTED, "TcpRetransSegs")                     \
        ROW(LISTEN_OVERFLOWS, "TcpExtListenOverflows")           \
        ROW(LISTEN_DROPS, "TcpExtListenDrops")                   \
        ROW(COOKIES_SENT, "TcpExtSyncookiesSent")                \
        ROW(COOKIES_RECEIVED, "TcpExtSyncookiesRecv")            \
        ROW(COOKIES_FAILED, "TcpExtSyncookiesFailed")            \
        ROW(COOKIES_FOR_FULL_QUEUE, "TcpExtTCPReqQFullDoCookies") \
        ROW(DROPS_FOR_FULL_QUEUE, "TcpExtTCPReqQFullDrop")       \
        ROW(PAWS_ESTABLISHED, "TcpExtPAWSEstab")                 \
        ROW(DELAYED_ACKS, "TcpExtDelayedACKs")                   \
        ROW(FAST_RETRANSMITS, "TcpExtTCPFastRetrans")            \
        ROW(SLOW_START_RETRANSMITS, "TcpExtTCPSlowStartRetrans") \
        ROW(LOST_RETRANSMITS, "TcpExtTCPLostRetransmit")         \
        ROW(TIMEOUTS, "TcpExtTCPTimeouts")                       \
        ROW(LOSS_PROBES, "TcpExtTCPLossProbes")                  \
        ROW(LOSS_PROBE_RECOVERY, "TcpExtTCPLossProbeRecovery")   \
        ROW(RENO_RECOVERY, "TcpExtTCPRenoRecovery")              \
        ROW(SACK_RECOVERY, "TcpExtTCPSackRecovery")              \
        ROW(SACK_RENEGING, "TcpExtTCPSACKReneging")              \
        ROW(SACK_REORDER, "TcpExtTCPSACKReorder")                \
        ROW(FULL_UNDO, "TcpExtTCPFullUndo")                      \
        ROW(PARTIAL_UNDO, "TcpExtTCPPartialUndo")                \
        ROW(DSACK_UNDO, "TcpExtTCPDSACKUndo")                    \
        ROW(LOSS_UNDO, "TcpExtTCPLossUndo")                      \
        ROW(SPURIOUS_RTOS, "TcpExtTCPSpuriousRTOs")              \
        ROW(DSACK_RECEIVED, "TcpExtTCPDSACKRecv")                \
        ROW(OFO_QUEUE, "TcpExtTCPOFOQueue")                      \
        ROW(OFO_PRUNED, "TcpExtOfoPruned")                       \
        ROW(PRUNE_CALLED, "TcpExtPruneCalled")                   \
        ROW(RECEIVE_PRUNED, "TcpExtRcvPruned")                   \
        ROW(CHALLENGE_ACKS, "TcpExtTCPChallengeACK")             \
        ROW(SYN_CHALLENGES, "TcpExtTCPSYNChallenge")             \
        ROW(SYN_RETRANSMITS, "TcpExtTCPSynRetrans")              \
        ROW(ABORT_ON_CLOSE, "TcpExtTCPAbortOnClose")             \
        ROW(ABORT_ON_TIMEOUT, "TcpExtTCPAbortOnTimeout")         \
        ROW(WINDOW_PROBES, "TcpExtTCPWinProbe")                  \
        ROW(KEEPALIVES, "TcpExtTCPKeepAlive")                    \
        ROW(HYSTART_TRAIN, "TcpExtTCPHystartTrainDetect")        \
        ROW(HYSTART_DELAY, "TcpExtTCPHystartDelayDetect")

#define TCP_COUNTER_ENUM(name, text) TCP_COUNTER_##name,
enum tcp_counter { TCP_COUNTER_TABLE(TCP_COUNTER_ENUM) TCP_COUNTERS };
#undef TCP_COUNTER_ENUM

/* "TcpExtTCPTimeouts"; the one of that name, TCP_COUNTERS when there is none. */
const char *tcp_counter_name(enum tcp_counter counter);
enum tcp_counter tcp_counter_find(const char *name);

#endif
