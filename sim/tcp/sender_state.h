/*
 * What the sending half remembers of losses and of its windows, beside the scoreboard: state, recovery point,
 * what an undo needs, RACK, tail probe, PRR, delivery rate. Named after Linux's struct tcp_sock where it has
 * the same variable. Each part belongs to the file named with it.
 */
#ifndef INORDER_SENDER_STATE_H
#define INORDER_SENDER_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include "tcp/sack_report.h"
#include "tcp/tcp_note.h"
#include "units.h"
#include "wire/seqnum.h"

#define NO_TIME ((time_ns)-1)

/* What is to be sent again before anything new. */
enum resend_wish {
        RESEND_NOTHING,
        RESEND_FIRST, /* one segment at SND.UNA, whatever the window: the timer fired */
        RESEND_LOST,  /* what is lost, as the window allows */
        RESEND_PROBE, /* the last segment, or a new one, whatever the window: the tail probe */
};

/* recovery.c, loss.c, undo.c */
struct recovery {
        enum tcp_congestion_state state;
        struct seqnum high_seq; /* SND.NXT when the state was entered: its end */
        enum tcp_loss_sign sign; /* what it was entered for, where it repairs something */
        bool frto;              /* whether the timeout was needed is being found out. RFC 5682 */
        bool has_reneged;       /* the peer threw away what it had sacked */
        enum resend_wish wish;
        bool new_data_first; /* F-RTO: before `wish`, up to a window of new data */
        bool head_was_resent; /* in this pass of resending: the timer starts anew at its end */
        uint32_t timeouts;   /* icsk_retransmits: since SND.UNA last moved */
        uint32_t duplicate_acks; /* in a row, as they are told */
        uint32_t resent_now;     /* segments sent again since the state was entered */
        bool left_early;         /* of `reno`: its last recovery ended before the window's end, ... */
        struct seqnum left_end;  /* ... which this is */

        /* Undoing: RFC 3522, 3708, 4015. */
        bool has_undo_marker;
        struct seqnum undo_marker;
        int32_t undo_retrans;    /* resendings not reported as needless so far; -1: none were made */
        time_ns first_resent_at; /* retrans_stamp: of this episode; NO_TIME: none */

        /* Reordering that was seen, in segments. */
        uint32_t reordering;
        uint32_t reordering_seen;
};

/* rack.c: RFC 8985 section 5 */
struct rack {
        struct sending {
                time_ns at;
                uint32_t burst;
                struct seqnum end;
        } latest; /* that of the latest-sent segment delivered */
        duration_ns rtt;
        bool has_advanced;
        bool has_dsack;
        uint32_t window_steps; /* of the reordering window: min_rtt / 4 each */
        uint32_t window_persist;
        uint32_t last_delivered; /* `delivered` when the window last grew */
};

/* tail_probe.c: RFC 8985 section 7 */
struct tail_probe {
        bool is_out;
        bool was_resent; /* the probe was no new data */
        struct seqnum high_seq;
};

/* sender.c, resend.c: segments that go out together. Whether a burst is done shows on the wire: PSH. */
struct burst {
        uint32_t number;
        struct seqnum begin;
        struct seqnum next; /* of what is sent again: where it goes on */
        struct seqnum end;
        bool is_alone; /* it is one segment */
};

/* send.c: what is sent again because of an ACK goes out before the text that came with it is taken. */
struct prior_answer {
        bool is_kept;
        time_ns at; /* later, it holds no more */
        struct seqnum ack;
        uint16_t window;
        unsigned sack_count;
        struct sack_block sack[SACK_REPORT_BLOCKS];
};

/* write.c: blocks that a write let go while it went on. They go out with the next pump, at the same time. */
struct decided {
        uint32_t blocks; /* from the first one on that was not taken */
        time_ns at;      /* later, it holds no more */
};

/* prr.c: RFC 9937 */
struct prr {
        uint32_t delivered;
        uint32_t out;
};

/* window_use.c: whether cwnd was used up in the last window of data. RFC 7661 */
struct window_use {
        bool is_cwnd_limited;
        bool is_pending; /* something was sent since it was last looked at */
        uint32_t max_out; /* segments */
        struct seqnum end;
        uint32_t used;   /* snd_cwnd_used */
        time_ns used_at; /* snd_cwnd_stamp */
};

/* ecn.c: RFC 3168 */
struct ecn {
        bool is_agreed;
        bool owes_cwr;     /* we have slowed down: the next new data say so */
        bool echoes;       /* the peer's data were marked, and it has not said that it slowed down */
        bool has_seen_ect;
        /* DCTCP's receiver. */
        bool was_marked;        /* the last one that could be */
        struct seqnum seen_to;  /* RCV.NXT behind it */
        bool owes_prior;        /* an ACK of what came before the marks changed, delayed until now: */
        struct seqnum prior_to; /* of all before this */
        bool prior_echo;
};

/* rate_sample.c: how fast data arrive */
struct delivery {
        uint32_t delivered;    /* segments, the SYN included */
        uint32_t delivered_ce; /* of them, reported as marked by a router */
        uint32_t lost;         /* markings as lost */
        time_ns delivered_at;
        time_ns first_sent_at; /* start of the sample's sending */
        uint32_t app_limited;  /* `delivered` until which samples are limited by the application; 0: they are not */
        uint32_t rate_delivered; /* the best sample so far, for TCP_INFO */
        duration_ns rate_interval;
        bool rate_app_limited;
};

#endif
