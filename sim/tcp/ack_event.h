/*
 * One acknowledgement on its way through the steps of sender_ack.c: what was before it, what it brought, what
 * is to follow. The flags are those of Linux's tcp_ack.
 */
#ifndef INORDER_ACK_EVENT_H
#define INORDER_ACK_EVENT_H

#include "tcp/conn_private.h"

struct ack_event {
        const struct tcp_segment *segment;
        time_ns now;
        struct cong_ack *described; /* to congestion control, once its round trip is known */

        /* Before. */
        struct seqnum prior_una;
        struct seqnum prior_sacked_end; /* the highest number sacked; SND.UNA without any */
        uint32_t prior_in_flight;
        uint32_t prior_out;
        uint32_t prior_sacked;
        uint32_t prior_delivered;
        uint32_t prior_lost;
        bool was_cwnd_limited;

        /* What it says. */
        bool is_old; /* below SND.UNA: overtaken by a later one */
        bool has_data;
        bool has_window_update;
        bool has_ece;
        bool is_advance;          /* SND.UNA moved */
        bool acked_segments;      /* whole segments were acknowledged */
        bool acked_retransmitted; /* one of them had been sent more than once */
        bool acked_original;      /* one sent once, before the recovery point: F-RTO's proof */
        bool is_reneging;         /* the first segment still missing was sacked before */
        bool has_sacked;          /* something newly */
        bool has_dsack;
        bool has_probe_dsack; /* the tail probe came twice */
        bool lost_retransmission;
        bool is_delayed;
        bool has_recovery_acted; /* what congestion control was told of it may be different now */
        bool wants_timer; /* the tail probe's or the retransmission timer is to be set anew */

        /* What it brings. */
        struct seqnum reordered_from; /* the lowest number that came late, though sent once */
        time_ns first_sacked_sent_at; /* of those sent once, newly sacked; NO_TIME: none */
        time_ns last_sacked_sent_at;
        uint32_t newly_sacked; /* segments, those that came twice included */
        uint32_t popped;       /* segments cumulatively acknowledged */
        uint32_t duplicates;   /* 1 when it is a duplicate by RFC 5681's definition, as Linux has it */
        duration_ns rtt_sample; /* of the latest segment that arrived; -1: none */

        /* The delivery rate (rate_sample.c). */
        struct {
                bool is_set;
                uint32_t prior_delivered;
                time_ns prior_at;
                bool is_app_limited;
                bool is_resent;
                struct seqnum last_end;
                duration_ns send_interval;
        } rate;
};

#endif
