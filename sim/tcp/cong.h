/*
 * Congestion control: the window, counted in segments as Linux counts it, and the table of algorithms. RFC
 * 5681.
 *
 * Recovery (recovery.c) says what happened; an algorithm answers with a window. It is handed facts, never the
 * connection. One algorithm a file, each a `const struct cong_ops`, all found in cong.c's table.
 */
#ifndef INORDER_CONG_H
#define INORDER_CONG_H

#include <stddef.h>
#include "tcp/cong_state.h"
#include "tcp/congestion_info.h"

/* What an algorithm may know of the connection. */
struct cong_facts {
        time_ns now;
        struct seqnum una;
        struct seqnum nxt;
        uint32_t mss;
        uint32_t in_flight;    /* segments */
        uint32_t out;          /* segments sent and not cumulatively acknowledged */
        uint32_t delivered;    /* segments, since the connection began */
        uint32_t delivered_ce; /* of them, reported as marked by a router */
        uint32_t lost;
        uint32_t luck;         /* of this connection, for phases: any number */
        uint32_t app_limited;      /* `delivered` until which the application is the limit; 0: it is not */
        duration_ns smoothed_rtt;  /* 0: none yet */
        duration_ns min_rtt;       /* TIME_NEVER: none yet */
        time_ns last_sent_at;
        time_ns delivered_at;   /* when `delivered` last grew */
        time_ns paced_until;    /* nothing more goes out before */
        uint64_t pacing_rate; /* bytes a second; 0: none yet */
        bool is_paced;
        bool has_unsent;
        enum tcp_congestion_state state;
};

/* What an acknowledgement brought; its rate sample as draft-cheng-iccrg-delivery-rate-estimation has it. */
struct cong_ack {
        struct cong_facts facts;
        uint32_t acked_segments;   /* newly delivered, by cumulative and selective acknowledgement */
        uint32_t popped_segments;  /* cumulatively acknowledged, delivered before or not */
        uint32_t in_flight_before; /* segments, before this ACK */
        uint32_t newly_lost;
        duration_ns rtt_sample;    /* of the latest segment delivered; -1 when the ACK gave none */
        bool is_cwnd_limited; /* the window was used up: growth is deserved. RFC 7661, RFC 9438 section 5.8. For on_ack */
        bool is_advance;      /* SND.UNA moved */
        bool has_ece;
        bool is_delayed; /* perhaps answered late: its round trip is no floor */
        struct {
                int32_t delivered; /* -1: no sample */
                duration_ns interval;
                uint32_t prior_delivered;
                bool is_app_limited;
        } rate;
};

enum cong_event {
        CONG_TX_START,     /* sending goes on after nothing was in flight */
        CONG_RESTART,      /* the window decays after idleness */
        CONG_COMPLETE_CWR, /* the reduction is over */
        CONG_LOSS,         /* the timer has fired */
        CONG_CE,           /* a segment came with CE, or came without, after one of the other kind */
        CONG_NO_CE,
};

struct cong_ops {
        const char *name;
        bool wants_pacing;
        bool wants_ecn;     /* ECT on every segment, and accurate echoes: RFC 8257 */
        bool owns_window;   /* on_ack sets cwnd in every state: no PRR, no moderation */
        uint32_t buffered_windows; /* for which a send buffer makes room; 0: the usual */
        bool lacks_fast_recovery; /* a loss that ACKs show is answered as one that the timer shows */
        /* The window starts (after cwnd and ssthresh are set). May be NULL, as all but on_ack and ssthresh. */
        void (*start)(struct cong *cong, const struct cong_facts *facts);
        /* New data was acknowledged outside of a reduction; with owns_window, at each ACK. */
        void (*on_ack)(struct cong *cong, const struct cong_ack *ack);
        /* At each ACK, in every state, before losses are looked for and on_ack; there is no rate yet. */
        void (*on_sample)(struct cong *cong, const struct cong_ack *ack);
        /* A loss or a congestion mark (once an episode): the new ssthresh, in segments. */
        uint32_t (*ssthresh)(struct cong *cong, const struct cong_facts *facts);
        void (*on_state)(struct cong *cong, enum tcp_congestion_state state, const struct cong_facts *facts);
        void (*on_event)(struct cong *cong, enum cong_event event, const struct cong_facts *facts);
        /* The loss was none: the new cwnd. NULL: what it was before, if that is more. */
        uint32_t (*undone_window)(struct cong *cong);
        /* For TCP_CC_INFO; the size of what is told. */
        size_t (*describe)(const struct cong *cong, const struct cong_facts *facts, union tcp_congestion_info *info);
        /* Segments in a burst at the least; 0: the usual. */
        uint32_t (*least_burst)(const struct cong *cong);
};

extern const struct cong_ops cong_tahoe;
extern const struct cong_ops cong_reno;
extern const struct cong_ops cong_cubic;
extern const struct cong_ops cong_vegas;
extern const struct cong_ops cong_dctcp;
extern const struct cong_ops cong_bbr;

void cong_init(struct cong *cong, const struct cong_ops *ops, uint32_t initial_window, bool hystart,
        const struct cong_facts *facts);
/* setsockopt(TCP_CONGESTION) in mid-life: cwnd and ssthresh stay. */
void cong_change(struct cong *cong, const struct cong_ops *ops, const struct cong_facts *facts);

static inline bool cong_in_slow_start(const struct cong *cong)
{
        return cong->cwnd < cong->ssthresh;
}
/* Slow start for as many acknowledged segments as it lasts; returns those left over for avoidance. */
uint32_t cong_slow_start(struct cong *cong, uint32_t acked_segments);
/* One segment more for every `window` segments acknowledged. */
void cong_avoid(struct cong *cong, uint32_t window, uint32_t acked_segments);
/* Both, as Reno does; and its ssthresh. */
void cong_reno_on_ack(struct cong *cong, const struct cong_ack *ack);
uint32_t cong_reno_ssthresh(struct cong *cong, const struct cong_facts *facts);
/* ssthresh as it is remembered over a pause: at least three quarters of cwnd. */
uint32_t cong_current_ssthresh(const struct cong *cong, enum tcp_congestion_state state);

void cong_on_sample(struct cong *cong, const struct cong_ack *ack);
/* Sets ssthresh, and remembers cwnd; recovery sets cwnd. */
void cong_reduce(struct cong *cong, const struct cong_facts *facts);
void cong_on_state(struct cong *cong, enum tcp_congestion_state state, const struct cong_facts *facts);
void cong_on_event(struct cong *cong, enum cong_event event, const struct cong_facts *facts);
/* The last reduction was needless: cwnd and ssthresh are again what they were, or more. */
void cong_undo(struct cong *cong);
/* Nothing was sent for `idle_for`: cwnd halves for each RTO of it, down to the restart window. RFC 5681
 * section 4.1, RFC 2861. */
void cong_restart(struct cong *cong, uint32_t restart_window, duration_ns idle_for, duration_ns rto,
        const struct cong_facts *facts);

#endif
