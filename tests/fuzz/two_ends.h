/*
 * Two honest ends with a program each, for a fuzzer that is the line between them. Both programs write their bytes,
 * shut down, read to the other's end and close; the second listens and serves whoever calls. A byte at an offset is
 * always the same, so that what is read can be judged (end_judge.h).
 */
#ifndef INORDER_TESTS_TWO_ENDS_H
#define INORDER_TESTS_TWO_ENDS_H

#include "tcp/conn_private.h"

#define CALLER   0
#define LISTENER 1

/* What has come to an end, and may be why its program is told an error. */
enum end_cause {
        CAUSE_RESET = 0x1,
        CAUSE_REFUSAL = 0x2, /* a reset for a SYN */
        CAUSE_FIN = 0x4,
        CAUSE_SYN = 0x8, /* of a connection that is open already */
        CAUSE_GIVING_UP = 0x10,
        CAUSE_ANSWER = 0x20, /* an ACK for a SYN: a wrong one has its timer fire at once */
};

struct end {
        TcpHost *host;
        struct tcp_settings settings;
        struct four_tuple tuple;
        TcpListener *listener;
        TcpConn *conn;      /* NULL: none; at most one in all of an end's life at a time */
        bool is_user_s;     /* the program holds it */
        bool has_begun;     /* the program has had a connection */
        bool has_ended;     /* and has seen its end, good or bad */
        int error;          /* what it was told; 0: nothing */
        duration_ns silence; /* before that: since the other acknowledged all that was out, or since it all began */
        bool was_answered;   /* the other ever did, our SYN to begin with */
        struct seqnum una;
        time_ns una_at;
        uint64_t to_write;
        uint64_t written;
        uint64_t read;
        time_ns naps_until; /* the program does nothing before */
        unsigned causes;    /* enum end_cause */
        GArray *icmp_errors; /* of int: told by ICMP */
        bool has_iss;
        struct seqnum iss;     /* of the SYN sent last */
        uint64_t forged_from;  /* whoever reads here may get this byte, and those behind it, from somebody else */
        bool end_is_forged;    /* and the end of it all */
};

struct two_ends;
typedef void two_ends_carry(struct two_ends *two, unsigned from, struct tcp_segment *segment);
typedef duration_ns two_ends_nap(struct two_ends *two);

struct two_ends {
        PayloadPool *pool;
        struct end ends[2];
        time_ns now;
        GArray *flying; /* of struct flight, in no order */
        uint64_t launched;
        unsigned events;
        two_ends_carry *carry; /* takes each segment that is sent, and its payload */
        two_ends_nap *nap;     /* how long a program sleeps that has just done something */
        void *line;            /* the fuzzer's own */
};

void two_ends_init(struct two_ends *two, const struct tcp_settings settings[2], uint32_t path_mtu);
void two_ends_clear(struct two_ends *two);
/* With fast open, if the settings say so. */
void two_ends_connect(struct two_ends *two);

/* The segment arrives at `to` after `delay`; its payload is referred to, not taken. */
void two_ends_fly(struct two_ends *two, unsigned to, const struct tcp_segment *segment, duration_ns delay);
/* The same of one that no end has sent. */
void two_ends_fly_forged(struct two_ends *two, unsigned to, const struct tcp_segment *segment, duration_ns delay);
/* And of what ICMP says of a segment of `to`'s. */
void two_ends_fly_icmp(struct two_ends *two, unsigned to, const struct tcp_icmp *icmp, duration_ns delay);

/* Time goes on to what happens next, and it happens; false: nothing ever will. Invariants hold afterwards. */
bool two_ends_step(struct two_ends *two);

/* The programs give up what they still hold. */
void two_ends_give_up(struct two_ends *two);
/* An end resets its connection. */
void two_ends_abort(struct two_ends *two, unsigned number);

/* The byte that `end` writes at `offset`. */
uint8_t two_ends_byte(unsigned end, uint64_t offset);

#endif
