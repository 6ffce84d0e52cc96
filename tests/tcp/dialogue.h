/*
 * A connection on a bench, tested by a dialogue: lines of time, direction and segment that read like a packet
 * capture.
 *
 *     0      connect
 *     0      > S 0:0 win 65535 mss 1460 sackOK ts 0:0 ws 7
 *     0.1    < S. 0:0 ack 1 win 65535 mss 1000 sackOK
 *     +0     > . 1:1 ack 1 win 65535
 *     +0     write 3000
 *
 * A line is `[TIME] VERB ...`; TIME is in seconds from the start, or after the line before with a plus;
 * without one the line happens at the time of the line before. `#` begins a comment. Between two lines
 * deadlines fire at their own times. Before an arrival or a call at T those before T have fired; before
 * anything else at T, those of T too.
 *
 *     < FLAGS SEQ:END [WORD VALUE]...   the segment arrives
 *     > FLAGS SEQ:END [WORD VALUE]...   it has been sent, at exactly this time, and nothing was sent before
 * it that no line speaks of; the last line of all is followed by silence
 *
 * FLAGS are letters of SFRPU and `.` for ACK, or `-`; END - SEQ is the payload. Numbers are relative to the
 * two initial sequence numbers. Words: `ack N`, `win N` (the field, not scaled), `urg N`, `mss N`, `ws N`, `sackOK`,
 * `ts VALUE:ECHO` (our own clock: milliseconds since the start), `sack LEFT:RIGHT,...`; and for what is sent
 * `reason NAME`, `sending N`. Flags, SEQ, END, ack, urg and sack blocks are always compared (PSH when the line has
 * it); everything else when the line speaks of it. Payload is compared with what was written at that place.
 *
 *     connect, listen [BACKLOG], listen-backlog N, accept, accept none, close-listener
 *     write N [= RESULT], read N [= RESULT]; RESULT: a count or the name of an errno; bytes read are compared
 *     write-urgent N [= RESULT]; read-urgent [= RESULT]: 1, for the byte, or an errno
 *     shutdown rd|wr|rdwr [= RESULT], close, abort [ERRNO]
 *     icmp ERRNO|mtu N [seq N] [hard] [unreachable]      about our segment at N, 0 if not told
 *     state NAME, error NAME|none, poll in,pri,out,hup,rdhup,err|none, deadline TIME|none, finished
 *     check FIELD VALUE                 of struct tcp_report, see dialogue_figures.c; durations with their
 * unit: 200ms set KEY VALUE                     a setting, before opening or in mid-life: `set timestamps
 * off`, `set mss 1000` note NAME [LEFT:RIGHT] [why NAME] [value N], no-note NAME      left since the last
 * arrival, call or wait wait                              deadlines up to TIME fire; nothing is sent peer N
 * the lines that follow are about connection N with the listener (1 at first) isn N, peer-isn N the initial
 * sequence numbers, for wrapping; first of all lines
 */
#ifndef INORDER_DIALOGUE_H
#define INORDER_DIALOGUE_H

#include <check.h>

#include "tcp/tcp_conn.h"

typedef struct Dialogue Dialogue;

/* Play a whole dialogue; `settings` NULL: the defaults. Fails the Check test at the first line that is not
 * so. */
void dialogue_run(const char *script);
void dialogue_run_with(const struct tcp_settings *settings, const char *script);

/* The same in pieces, for looking at the connection in between. */
Dialogue *dialogue_new(const struct tcp_settings *settings);
void dialogue_play(Dialogue *dialogue, const char *script);
TcpConn *dialogue_conn(Dialogue *dialogue);
/* Asserts silence. */
void dialogue_free(Dialogue *dialogue);

/* A test that is a dialogue, in one or more parts; and a program of such tests. */
#define DIALOGUE(name, ...)                                                                                  \
        START_TEST(name)                                                                                     \
        {                                                                                                    \
                dialogue_run_parts((const char *const[]){ __VA_ARGS__, NULL });                              \
        }                                                                                                    \
        END_TEST
void dialogue_run_parts(const char *const *parts);
int dialogue_main(const char *suite_name, const TTest *const *tests, size_t count);

/* The usual beginnings: half of 100 ms each way, segments of 1000 bytes, no timestamps and no scaling. */
#define DIALOGUE_CONNECTED                                                                                   \
        "0    connect\n"                                                                                     \
        "0    > S 0:0 mss 1460 sackOK\n"                                                                     \
        "0.1  < S. 0:0 ack 1 win 65535 mss 1000 sackOK\n"                                                    \
        "     > . 1:1 ack 1\n"                                                                               \
        "     state ESTABLISHED\n"

#define DIALOGUE_ACCEPTED                                                                                    \
        "0    listen\n"                                                                                      \
        "0    < S 0:0 win 65535 mss 1000 sackOK\n"                                                           \
        "0    > S. 0:0 ack 1 mss 1460 sackOK\n"                                                              \
        "0.1  < . 1:1 ack 1 win 65535\n"                                                                     \
        "     accept\n"                                                                                      \
        "     state ESTABLISHED\n"

#endif
