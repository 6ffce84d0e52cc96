/*
 * What the receiving half of a connection remembers, and the halves of handshakes that differ from the usual: a part of
 * conn_private.h.
 */
#ifndef INORDER_RECEIVER_STATE_H
#define INORDER_RECEIVER_STATE_H

#include "tcp/reassembly.h"
#include "tcp/receive_memory.h"
#include "tcp/sack_report.h"
#include "tcp/tcp_conn.h"

/* Acknowledgements owed, and how patiently: Linux's struct inet_csk_ack (ack_policy.c). */
struct ack_state {
        bool is_wanted;      /* one is to be sent now, before any text, with `reason` */
        bool is_scheduled;   /* one is owed: with the next text, or when the check or the delay says so */
        bool check_is_due;   /* a segment has come since it was last asked whether what is owed may wait */
        bool behind_hole_too; /* the check is about data, perhaps behind a hole */
        bool may_not_wait;   /* the next check sends */
        bool is_pushed;      /* a small or pushed segment has come: who reads all of it tells so */
        bool is_pushed_twice;
        bool has_no_memory;  /* a segment did not fit: a window of 0 is told */
        bool timer_is_running;
        enum tcp_send_reason reason;
        uint32_t quick;      /* ACKs not to be delayed */
        uint32_t pingpong;   /* the connection answers: ACKs go with its data */
        duration_ns patience; /* ato; 0: no data has come yet */
        time_ns last_received_at;
        uint32_t last_size;  /* of a segment smaller than the estimate */
        uint32_t compressed; /* duplicate ACKs that wait for one to stand for all */
        uint32_t duplicates; /* sent at once since RCV.NXT was `duplicates_next` */
        struct seqnum duplicates_next;
};

/* What Linux calls dynamic right-sizing: the buffer grows with what the user reads in a round trip. */
struct right_sizing {
        uint32_t space;      /* bytes read in the best round trip */
        struct seqnum seq;   /* the next byte to read, at `at` */
        time_ns at;
        duration_ns rtt_x8;  /* eight times the receiver's round trip in microseconds; 0: unknown */
        struct seqnum rtt_end; /* when RCV.NXT is here, a window's worth has come since `rtt_at` */
        time_ns rtt_at;
        uint32_t last_echo;
};

struct receive_variables {
        struct seqnum nxt;
        struct seqnum irs;
        struct seqnum acked; /* last ACK sent (Last.ACK.sent of RFC 7323, Linux's rcv_wup) */
        uint32_t wnd;        /* the window then told, before rounding to the scale: never taken back */
        uint8_t scale;
        uint32_t mss;         /* what we offered */
        uint32_t advised_mss; /* the same, options deducted */
        uint32_t peer_mss_estimate; /* what "a full segment" means to delayed ACKs (rcv_mss) */
        uint32_t buffer;            /* bytes of memory (sk_rcvbuf) */
        uint32_t ratio;             /* of 256 parts of memory so many are payload (scaling_ratio) */
        uint32_t clamp;             /* no larger window is offered (window_clamp) */
        uint32_t threshold;         /* nor a larger one for now (rcv_ssthresh) */
        uint16_t window_field;      /* as last sent */
        uint32_t told_burst;        /* whose text said so, and nothing has come or was read since; 0: none */
        struct right_sizing sizing;
        struct receive_memory memory;
        struct sack_report sack;
        bool is_fin_read;           /* the user knows that nothing follows */
        bool knows_fin;             /* the peer's FIN has come, perhaps before what it follows */
        uint64_t fin_offset;        /* stream offset one past the last byte, when knows_fin */
        struct reassembly reassembly; /* holds the readable bytes and the held ones */
};

/* Urgent data (urgent.c). */
struct urgent {
        uint64_t told_end; /* SND.UP: stream offset behind the last urgent byte; acknowledged: none is under way */
        bool is_probed;    /* of the two probes of a closed window, the first is out */
        enum {
                URGENT_NONE,
                URGENT_AWAITED, /* announced only */
                URGENT_HERE,
                URGENT_READ,    /* apart; in the stream it still stands before the reader */
        } receipt;
        uint64_t offset;   /* RCV.UP: the urgent byte's in the stream, never read yet there */
        uint8_t byte;
        uint8_t passed;    /* the byte last left out of what is read, until the caller has taken it */
        bool has_passed;
};

/* RFC 7413, as far as a connection remembers it (fast_open.h). */
struct fast_open {
        bool is_pending; /* a listener's connection that is open already; the last ACK of the handshake is missing */
        bool is_child;   /* it was */
        bool is_fin_waiting; /* shutdown(2) was called while it was pending */
        bool is_syn_text_taken; /* text that went with a SYN has been acknowledged, or taken */
        bool has_option;        /* the next SYN or SYN-ACK has the option: a cookie or, without bytes, a request */
        bool is_experimental;   /* in its old form */
        bool has_asked;         /* our first SYN had it */
        bool is_text_waiting;   /* the user has more text, and will write it when the connection is open */
        enum tcp_fast_open_failure failure;
        uint32_t syn_text;      /* bytes that went with our first SYN */
        uint8_t cookie_size;
        uint8_t cookie[TCP_FAST_OPEN_COOKIE_MAX];
        TcpListener *listener; /* that counts it while it is pending; NULL: none does */
};

#endif
