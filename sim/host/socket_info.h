/*
 * TCP_INFO: what getsockopt(2) tells of a connection, in Linux's layout and units.
 *
 * The layout is Linux 6.18's, named by hand: the C library's header and the kernel's have fewer fields in older
 * distributions. Times are microseconds unless they say otherwise.
 */
#ifndef INORDER_SOCKET_INFO_H
#define INORDER_SOCKET_INFO_H

#include <stdint.h>

struct tcp_conn_info {
        uint8_t state; /* TCP_ESTABLISHED = 1 ... */
        uint8_t ca_state;
        uint8_t retransmits;
        uint8_t probes;
        uint8_t backoff;
        uint8_t options; /* TCPI_OPT_* */
        uint8_t snd_wscale : 4, rcv_wscale : 4;
        uint8_t delivery_rate_app_limited : 1, fastopen_client_fail : 2;

        uint32_t rto;
        uint32_t ato;
        uint32_t snd_mss;
        uint32_t rcv_mss;

        uint32_t unacked; /* segments; a listener's: connections ready to be accepted */
        uint32_t sacked;  /* a listener's: its backlog */
        uint32_t lost;
        uint32_t retrans;
        uint32_t fackets;

        uint32_t last_data_sent; /* ms ago */
        uint32_t last_ack_sent;
        uint32_t last_data_recv;
        uint32_t last_ack_recv;

        uint32_t pmtu;
        uint32_t rcv_ssthresh;
        uint32_t rtt;
        uint32_t rttvar;
        uint32_t snd_ssthresh; /* segments; 0x7fffffff: not set */
        uint32_t snd_cwnd;     /* segments */
        uint32_t advmss;
        uint32_t reordering;

        uint32_t rcv_rtt;
        uint32_t rcv_space;
        uint32_t total_retrans;

        uint64_t pacing_rate; /* bytes a second */
        uint64_t max_pacing_rate;
        uint64_t bytes_acked;
        uint64_t bytes_received;
        uint32_t segs_out;
        uint32_t segs_in;

        uint32_t notsent_bytes;
        uint32_t min_rtt;
        uint32_t data_segs_in;
        uint32_t data_segs_out;

        uint64_t delivery_rate;
        uint64_t busy_time;
        uint64_t rwnd_limited;
        uint64_t sndbuf_limited;

        uint32_t delivered;
        uint32_t delivered_ce;

        uint64_t bytes_sent;
        uint64_t bytes_retrans;
        uint32_t dsack_dups;
        uint32_t reord_seen;

        uint32_t rcv_ooopack;
        uint32_t snd_wnd;
        uint32_t rcv_wnd;
        uint32_t rehash;

        uint16_t total_rto;
        uint16_t total_rto_recoveries;
        uint32_t total_rto_time; /* ms */

        /* Accurate ECN. RFC 9768. */
        uint32_t received_ce;
        uint32_t delivered_e1_bytes;
        uint32_t delivered_e0_bytes;
        uint32_t delivered_ce_bytes;
        uint32_t received_e1_bytes;
        uint32_t received_e0_bytes;
        uint32_t received_ce_bytes;
        uint16_t accecn_fail_mode;
        uint16_t accecn_opt_seen;
};

_Static_assert(sizeof(struct tcp_conn_info) == 280, "as Linux 6.18's struct tcp_info");

/* What `options` says: the C library's names, and those it lacks. */
enum {
        TCP_INFO_TIMESTAMPS = 1,
        TCP_INFO_SACK = 2,
        TCP_INFO_WSCALE = 4,
        TCP_INFO_ECN = 8,
        TCP_INFO_ECN_SEEN = 16,
        TCP_INFO_SYN_DATA = 32,
        TCP_INFO_USEC_TS = 64,
        TCP_INFO_TFO_CHILD = 128,
};

/* TCP_CC_INFO: one of these, or nothing (reno, cubic). */
struct vegas_info {
        uint32_t enabled;
        uint32_t rttcnt;
        uint32_t rtt;
        uint32_t minrtt;
};

struct dctcp_info {
        uint16_t enabled;
        uint16_t ce_state;
        uint32_t alpha;
        uint32_t ab_ecn;
        uint32_t ab_tot;
};

struct bbr_info {
        uint32_t bw_lo; /* bytes a second */
        uint32_t bw_hi;
        uint32_t min_rtt;
        uint32_t pacing_gain; /* << 8 */
        uint32_t cwnd_gain;
};

#endif
