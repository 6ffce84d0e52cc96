/*
 * A dialogue's world: time, the connections, what they sent. dialogue.c turns it; dialogue_words.c has the
 * verbs.
 */
#ifndef INORDER_DIALOGUE_PRIVATE_H
#define INORDER_DIALOGUE_PRIVATE_H

#include "dialogue.h"
#include "spoken_segment.h"

#define DIALOGUE_PEERS 8

struct dialogue_peer {
        TcpConn *conn; /* NULL: none, or it has finished */
        struct four_tuple tuple;
        struct seqnum own_base; /* our initial sequence number, also when the connection is gone */
        struct seqnum peer_base;
        uint64_t written;
        uint64_t read;
};

/* A segment that went out and that no line has spoken of yet. */
struct dialogue_sent {
        time_ns at;
        unsigned peer;
        struct tcp_segment segment; /* numbers relative */
        struct tcp_sending sending;
};

struct Dialogue {
        PayloadPool *pool;
        TcpHost *host;
        TcpListener *listener;
        struct tcp_settings settings;
        struct dialogue_peer peers[DIALOGUE_PEERS];
        unsigned peer;
        time_ns start; /* the host's clock at time 0 of the script */
        time_ns now;   /* of the script */
        GQueue sent;   /* of struct dialogue_sent */
        GArray *notes; /* of struct tcp_note, since the last stimulus */
        GString *transcript;
        unsigned line_number;
        const char *line;
};

struct dialogue_peer *dialogue_peer(Dialogue *dialogue);
time_ns dialogue_clock(const Dialogue *dialogue);

void dialogue_fail(Dialogue *dialogue, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;

/* Something is about to be done to TCP: deadlines before now have fired, nothing is left unspoken. */
void dialogue_before_stimulus(Dialogue *dialogue);
/* And has been done: notes and segments are fetched, the finished let go. */
void dialogue_after_stimulus(Dialogue *dialogue);
/* Deadlines up to now have fired. */
void dialogue_settle(Dialogue *dialogue);

/* A segment has gone out. */
void dialogue_record(
        Dialogue *dialogue, unsigned peer, struct tcp_segment *segment, const struct tcp_sending *sending);
/* The next segment that went out is the one spoken of. */
void dialogue_expect(Dialogue *dialogue, const struct spoken_segment *spoken);

/* Choose the clock so that the current peer's connection, opened now, begins with `isn`. */
void dialogue_set_isn(Dialogue *dialogue, struct seqnum isn);

/* The byte at this offset of either stream. */
uint8_t dialogue_byte(uint64_t offset);

/* Numbers of a segment from the wire to relative ones, and back. */
void dialogue_make_relative(
        const Dialogue *dialogue, const struct dialogue_peer *peer, struct tcp_segment *segment);
void dialogue_make_absolute(
        const Dialogue *dialogue, const struct dialogue_peer *peer, struct tcp_segment *segment);

/* The verb of a line, and what it does with the words behind it. A table ends with an empty one. */
struct dialogue_verb {
        const char *name;
        void (*act)(Dialogue *dialogue, char **words);
};
extern const struct dialogue_verb dialogue_calls[];
extern const struct dialogue_verb dialogue_looks[];
extern const struct dialogue_verb dialogue_figures[];

/* ---- dialogue_values.c: the line fails when a word cannot be read ---- */

int64_t dialogue_read_integer(Dialogue *dialogue, const char *text);
/* A count, or a duration with its unit. */
int64_t dialogue_read_figure(Dialogue *dialogue, const char *text);
int dialogue_read_error(Dialogue *dialogue, const char *name);
const char *dialogue_error_name(int error);
/* What follows a `=`, else `otherwise`. */
ssize_t dialogue_read_result(Dialogue *dialogue, char **words, ssize_t otherwise);
void dialogue_expect_result(Dialogue *dialogue, ssize_t expected, ssize_t seen);
/* The current peer's connection, which must be there. */
TcpConn *dialogue_need_conn(Dialogue *dialogue);
/* "0.25", "40ms", "3s"; false when it is no time. */
bool dialogue_read_time(const char *text, time_ns *time);

#endif
