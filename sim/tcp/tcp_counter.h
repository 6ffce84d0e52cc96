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
        ROW(ATTEMPT_FAILS, "TcpAttemptFails")                    \
        ROW(ESTABLISHED_RESETS, "TcpEstabResets")                \
        ROW(IN_SEGMENTS, "TcpInSegs")                            \
        ROW(OUT_SEGMENTS, "TcpOutSegs")                          \
        ROW(RETRANSMITTED, "TcpRetransSegs")                     \
        ROW(IN_ERRORS, "TcpInErrs")                              \
        ROW(OUT_RESETS, "TcpOutRsts")                            \
        ROW(CHECKSUM_ERRORS, "TcpInCsumErrors")                  \
        ROW(EMBRYONIC_RESETS, "TcpExtEmbryonicRsts")             \
        ROW(TIME_WAITS, "TcpExtTW")                              \
        ROW(TIME_WAITS_BRIEF, "TcpExtTWKilled")                  \
        ROW(OUT_OF_WINDOW_ICMPS, "TcpExtOutOfWindowIcmps")       \
        ROW(LISTEN_OVERFLOWS, "TcpExtListenOverflows")           \
        ROW(LISTEN_DROPS, "TcpExtListenDrops")                   \
        ROW(COOKIES_SENT, "TcpExtSyncookiesSent")                \
        ROW(COOKIES_RECEIVED, "TcpExtSyncookiesRecv")            \
        ROW(COOKIES_FAILED, "TcpExtSyncookiesFailed")            \
        ROW(COOKIES_FOR_FULL_QUEUE, "TcpExtTCPReqQFullDoCookies") \
        ROW(DROPS_FOR_FULL_QUEUE, "TcpExtTCPReqQFullDrop")       \
        ROW(PAWS_ACTIVE, "TcpExtPAWSActive")                     \
        ROW(PAWS_ESTABLISHED, "TcpExtPAWSEstab")                 \
        ROW(PAWS_OLD_ACK, "TcpExtPAWSOldAck")                    \
        ROW(PAWS_TIME_WAIT, "TcpExtPAWSTimewait")                \
        ROW(BAD_ECHOES, "TcpExtTSEcrRejected")                   \
        ROW(BEYOND_WINDOW, "TcpExtBeyondWindow")                 \
        ROW(DELAYED_ACKS_LOST, "TcpExtDelayedACKLost")           \
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
        ROW(STAMP_REORDER, "TcpExtTCPTSReorder")                 \
        ROW(FULL_UNDO, "TcpExtTCPFullUndo")                      \
        ROW(PARTIAL_UNDO, "TcpExtTCPPartialUndo")                \
        ROW(DSACK_UNDO, "TcpExtTCPDSACKUndo")                    \
        ROW(LOSS_UNDO, "TcpExtTCPLossUndo")                      \
        ROW(SPURIOUS_RTOS, "TcpExtTCPSpuriousRTOs")              \
        ROW(DSACK_RECEIVED, "TcpExtTCPDSACKRecv")                \
        ROW(DSACK_OLD_SENT, "TcpExtTCPDSACKOldSent")             \
        ROW(DSACK_OFO_SENT, "TcpExtTCPDSACKOfoSent")             \
        ROW(OFO_QUEUE, "TcpExtTCPOFOQueue")                      \
        ROW(OFO_DROP, "TcpExtTCPOFODrop")                        \
        ROW(OFO_PRUNED, "TcpExtOfoPruned")                       \
        ROW(PRUNE_CALLED, "TcpExtPruneCalled")                   \
        ROW(RECEIVE_PRUNED, "TcpExtRcvPruned")                   \
        ROW(CHALLENGE_ACKS, "TcpExtTCPChallengeACK")             \
        ROW(SYN_CHALLENGES, "TcpExtTCPSYNChallenge")             \
        ROW(SYN_RETRANSMITS, "TcpExtTCPSynRetrans")              \
        ROW(ABORT_ON_CLOSE, "TcpExtTCPAbortOnClose")             \
        ROW(ABORT_ON_DATA, "TcpExtTCPAbortOnData")               \
        ROW(ABORT_ON_LINGER, "TcpExtTCPAbortOnLinger")           \
        ROW(ABORT_ON_TIMEOUT, "TcpExtTCPAbortOnTimeout")         \
        ROW(WINDOW_PROBES, "TcpExtTCPWinProbe")                  \
        ROW(KEEPALIVES, "TcpExtTCPKeepAlive")                    \
        ROW(ORIGINAL_DATA_SENT, "TcpExtTCPOrigDataSent")         \
        ROW(ACKS_COMPRESSED, "TcpExtTCPAckCompressed")           \
        ROW(DEFERRED_DROPS, "TcpExtTCPDeferAcceptDrop")          \
        ROW(FROM_ZERO_WINDOW, "TcpExtTCPFromZeroWindowAdv")      \
        ROW(TO_ZERO_WINDOW, "TcpExtTCPToZeroWindowAdv")          \
        ROW(WANT_ZERO_WINDOW, "TcpExtTCPWantZeroWindowAdv")      \
        ROW(ZERO_WINDOW_DROPS, "TcpExtTCPZeroWindowDrop")        \
        ROW(RECEIVE_QUEUE_DROPS, "TcpExtTCPRcvQDrop")            \
        ROW(SKIPPED_SYN_RECEIVED, "TcpExtTCPACKSkippedSynRecv")  \
        ROW(SKIPPED_PAWS, "TcpExtTCPACKSkippedPAWS")             \
        ROW(SKIPPED_SEQUENCE, "TcpExtTCPACKSkippedSeq")          \
        ROW(SKIPPED_FIN_WAIT_2, "TcpExtTCPACKSkippedFinWait2")   \
        ROW(SKIPPED_TIME_WAIT, "TcpExtTCPACKSkippedTimeWait")    \
        ROW(SKIPPED_CHALLENGE, "TcpExtTCPACKSkippedChallenge")   \
        ROW(FAST_OPEN_ACTIVE, "TcpExtTCPFastOpenActive")         \
        ROW(FAST_OPEN_ACTIVE_FAIL, "TcpExtTCPFastOpenActiveFail") \
        ROW(FAST_OPEN_PASSIVE, "TcpExtTCPFastOpenPassive")       \
        ROW(FAST_OPEN_PASSIVE_FAIL, "TcpExtTCPFastOpenPassiveFail") \
        ROW(FAST_OPEN_OVERFLOW, "TcpExtTCPFastOpenListenOverflow") \
        ROW(FAST_OPEN_COOKIE_ASKED, "TcpExtTCPFastOpenCookieReqd") \
        ROW(FAST_OPEN_OLD_KEY, "TcpExtTCPFastOpenPassiveAltKey") \
        ROW(HYSTART_TRAIN, "TcpExtTCPHystartTrainDetect")        \
        ROW(HYSTART_DELAY, "TcpExtTCPHystartDelayDetect")

#define TCP_COUNTER_ENUM(name, text) TCP_COUNTER_##name,
enum tcp_counter { TCP_COUNTER_TABLE(TCP_COUNTER_ENUM) TCP_COUNTERS };
#undef TCP_COUNTER_ENUM

/* The one of that name ("TcpExtTCPTimeouts"), TCP_COUNTERS when there is none. */
enum tcp_counter tcp_counter_find(const char *name);

#endif
