/*
 * What can be set about a connection: the scenario's `tcp:` keys and the socket options. The defaults are a current
 * Linux's where this TCP has the mechanism.
 */
#ifndef INORDER_TCP_SETTINGS_H
#define INORDER_TCP_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include "units.h"

struct cong_ops;

/* How lost data is found and sent again. */
enum tcp_recovery {
        TCP_RECOVERY_TAHOE,   /* three duplicate ACKs, then slow start; under any congestion control */
        TCP_RECOVERY_RENO,    /* RFC 2001: fast recovery until the first ACK of new data */
        TCP_RECOVERY_NEWRENO, /* RFC 6582: duplicate ACKs, one hole a round trip */
        TCP_RECOVERY_SACK,    /* RFC 6675 where the peer agreed to SACK, else as newreno */
        TCP_RECOVERY_RACK,    /* RFC 8985 where the peer agreed to SACK, else as newreno */
};

/* RFC 3168: whether our SYNs ask for it, and whether we agree when asked. */
enum tcp_ecn {
        TCP_ECN_OFF,
        TCP_ECN_AS_NEEDED, /* Linux's 0: only congestion control that cannot do without (DCTCP) asks and agrees */
        TCP_ECN_PASSIVE,
        TCP_ECN_ON,
};

/* RFC 4987 section 3.6: whether a listener does without memory of a SYN: never, when its queue is full, always. */
enum tcp_syn_cookies { TCP_SYN_COOKIES_OFF, TCP_SYN_COOKIES_WHEN_FULL, TCP_SYN_COOKIES_ALWAYS };

/* Whether what a window lets out is spread over the round trip. */
enum tcp_pacing {
        TCP_PACING_AUTO, /* as Linux: where the congestion control (BBR) or a largest rate asks for it */
        TCP_PACING_OFF,
        TCP_PACING_ON,
};

/* What may show that a recovery was needless; F-RTO, where `frto` is on, always may. */
enum tcp_undo {
        TCP_UNDO_OFF,
        TCP_UNDO_BY_DSACK = 0x1,      /* RFC 3708 */
        TCP_UNDO_BY_TIMESTAMPS = 0x2, /* RFC 3522 */
        TCP_UNDO_ON = TCP_UNDO_BY_DSACK | TCP_UNDO_BY_TIMESTAMPS,
};

/* ICMP errors about a connection that is open. */
enum tcp_icmp_errors {
        TCP_ICMP_ERRORS_OFF,  /* nothing is believed, not while opening either */
        TCP_ICMP_ERRORS_SOFT, /* RFC 5927: all are hints */
        TCP_ICMP_ERRORS_HARD, /* RFC 1122 section 4.2.3.9: hard ones end the connection */
};

/* Of a buffer that finds its size by itself, in bytes of memory: tcp_rmem, tcp_wmem. */
struct tcp_memory {
        uint32_t least;
        uint32_t initial;
        uint32_t most;
};

/* RFC 7413: who may put text in a SYN. The bits of Linux's tcp_fastopen. */
enum tcp_fast_open_flag {
        TCP_FAST_OPEN_CLIENT = 0x1,           /* text in our SYNs, for a user that asks for it */
        TCP_FAST_OPEN_SERVER = 0x2,           /* text in the SYNs of others, where TCP_FASTOPEN says how many */
        TCP_FAST_OPEN_CLIENT_NO_COOKIE = 0x4, /* without a cookie */
        TCP_FAST_OPEN_SERVER_NO_COOKIE = 0x200,
        TCP_FAST_OPEN_ANY_LISTENER = 0x400,   /* without TCP_FASTOPEN: as many as its backlog */
        TCP_FAST_OPEN_ANY_CLIENT = 0x1000000, /* without TCP_FASTOPEN_CONNECT; not Linux's */
};

#define TCP_FAST_OPEN_KEY_SIZE 16
#define TCP_FAST_OPEN_KEYS_MAX 2

#define TCP_DELAYED_ACK_ADAPTIVE ((duration_ns)-1)

struct tcp_settings {
        const struct cong_ops *congestion_control; /* see tcp_congestion_control_find() */
        enum tcp_recovery recovery;
        bool sack;            /* offer and accept SACK-permitted. RFC 2018 */
        bool dsack;           /* report duplicates. RFC 2883 */
        bool timestamps;      /* RFC 7323 */
        bool paws;            /* segments with old timestamps are refused. RFC 7323 section 5 */
        bool ts_recent_check; /* TS.Recent follows only what reaches the last ACK sent; off: whatever comes. RFC 7323
                                 section 4.3 */
        bool window_scaling;  /* RFC 7323 */
        bool limited_transmit; /* RFC 3042 */
        uint32_t reordering;     /* segments that may overtake one another before one is called lost */
        uint32_t max_reordering; /* as far as that is learnt */
        bool adaptive_reordering; /* off: it is not learnt */
        bool rack_keeps_window;  /* its reordering window does not adapt */
        bool rack_needs_time;    /* duplicates alone do not close that window */
        bool join_resent;        /* small segments are sent again together */
        bool thin_linear_timeouts; /* who has few segments in flight does not back off at first */
        uint32_t least_burst;    /* segments */
        uint32_t window_divisor; /* a burst of this part of a window is not waited for; 0: of three segments */
        bool tail_loss_probe;  /* RFC 8985 section 7 */
        bool prr;              /* RFC 9937; off: cwnd falls to ssthresh at once */
        bool frto;             /* RFC 5682 */
        enum tcp_undo undo;    /* needless recoveries are taken back. RFC 4015 */
        bool cwnd_moderation;  /* a recovery's end leaves cwnd at ssthresh, whatever it was meanwhile */
        bool window_validation; /* a cwnd that is not used does not grow, and decays. RFC 7661 */
        uint32_t abc_limit;    /* segments that one ACK counts for in slow start; 0: any number. RFC 3465's L */
        bool hystart;          /* CUBIC's slow start ends before it overruns the path */
        enum tcp_pacing pacing;
        rate_bps max_pacing_rate; /* SO_MAX_PACING_RATE; 0: any */
        enum tcp_ecn ecn;
        bool ecn_retransmissions; /* what is sent again is ECN-capable too. RFC 3168 section 6.1.5 forbids it */
        bool nagle;           /* off: TCP_NODELAY. RFC 9293 section 3.7.4 */
        bool cork;            /* TCP_CORK: only full segments go out, for 200 ms at least */
        bool idle_restart;    /* cwnd falls back to the initial window after an idle RTO. RFC 5681 section 4.1 */
        bool keepalive;       /* SO_KEEPALIVE. RFC 9293 section 3.8.4 */
        bool linger;          /* SO_LINGER: with linger_time 0, close resets; with more, close waits */
        duration_ns linger_time;
        bool reset_unread;    /* who closes with bytes unread resets. RFC 2525 section 2.17 */
        bool reports_icmp;    /* IP_RECVERR: what ICMP says of an open connection is an error at once */
        enum tcp_icmp_errors icmp_errors;
        bool zero_window_probe; /* RFC 9293 section 3.8.6.1; off: a closed window is waited for */
        bool sender_sws_avoidance;   /* a segment goes whole or not at all. RFC 9293 section 3.8.6.2.1 */
        bool receiver_sws_avoidance; /* no small window is offered. RFC 9293 section 3.8.6.2.2 */
        duration_ns delayed_ack; /* TCP_DELAYED_ACK_ADAPTIVE: as Linux, with its quick ACKs; 0: none is delayed; else
                                    every second full segment or this long. RFC 1122 section 4.2.3.2 */
        bool quick_ack;          /* adaptive: the first ACKs, and those of a sender in trouble, are not delayed */
        bool compressed_ack;     /* of a run of duplicate ACKs all but the first three may wait for 1 ms */
        uint32_t mss;            /* largest payload to offer and to send, before options; 0: from the path's MTU */
        uint32_t initial_window; /* segments. RFC 6928 */
        duration_ns initial_rto; /* RFC 6298 (2.1) */
        duration_ns min_rto;     /* RFC 6298 (2.4) says 1 s; 200 ms as Linux */
        duration_ns max_rto;
        uint32_t syn_retries;    /* a SYN is sent again this often before ETIMEDOUT */
        uint32_t syn_linear_timeouts; /* so many more, before the RTO is doubled */
        uint32_t syn_ack_retries;
        uint32_t defer_accept;   /* TCP_DEFER_ACCEPT: for so many timeouts a listener waits for the first text */
        enum tcp_syn_cookies syn_cookies;
        uint32_t syn_backlog;    /* tcp_max_syn_backlog: without cookies, three quarters of so many half-open connections
                                    of a listener; 0: as many as its backlog says */
        bool abort_on_overflow;  /* a listener with a full queue resets who would be accepted */
        uint32_t orphan_retries; /* the same once the user has let go; 0: 8, while the RTO is not the largest */
        uint32_t retries;        /* so many back-offs of a data segment or probe, before ETIMEDOUT */
        duration_ns user_timeout; /* TCP_USER_TIMEOUT; 0: `retries` decides. RFC 5482 */
        duration_ns keepalive_idle;
        duration_ns keepalive_interval;
        uint32_t keepalive_count;
        uint32_t receive_buffer; /* what SO_RCVBUF reads back: memory for received packets, with the kernel's
                                    bookkeeping, which is half of it at first; 0: as receive_memory says */
        struct tcp_memory receive_memory;
        bool auto_tuning;        /* that buffer grows with what is read (tcp_moderate_rcvbuf) */
        uint32_t send_buffer;    /* likewise SO_SNDBUF */
        struct tcp_memory send_memory;
        uint32_t window_clamp;      /* TCP_WINDOW_CLAMP: no larger window is offered; 0: any */
        uint32_t receive_low_water; /* SO_RCVLOWAT: the user waits for so many bytes */
        uint32_t unsent_low_water;  /* TCP_NOTSENT_LOWAT: no more than this is written ahead of what is sent */
        bool urgent;                /* off: URG is neither set nor looked at */
        bool urgent_inline;         /* SO_OOBINLINE: urgent data stay in the stream. RFC 6093 */
        bool urgent_on_last_byte;   /* the peer's pointer names the last urgent byte, not the one behind it. RFC 1122 */
        bool challenge_ack;         /* RFC 5961; off: RFC 793, a reset or SYN anywhere in the window ends a connection */
        bool window_may_shrink;     /* tcp_shrink_window: where memory runs short, against RFC 9293 section 3.8.6.2.1 */
        bool dont_fragment;         /* packets have DF */
        bool follows_path_mtu;      /* what ICMP says of it matters at once; off: it does when text is sent next */
        duration_ns refusal_interval; /* tcp_invalid_ratelimit: what is refused is answered once in so long */
        uint32_t challenge_limit;   /* challenge ACKs a second, of all connections of a host; UINT32_MAX: any number */
        bool fast_open;          /* RFC 7413; off: whatever the flags say */
        uint32_t fast_open_flags;  /* enum tcp_fast_open_flag */
        uint32_t fast_open_queue;  /* TCP_FASTOPEN: so many of a listener's connections may be open before their
                                      handshake is done */
        bool fast_open_connect;    /* TCP_FASTOPEN_CONNECT: the SYN waits for the first text */
        bool fast_open_no_cookie;  /* TCP_FASTOPEN_NO_COOKIE */
        uint32_t fast_open_key_count; /* 0: the host's own */
        uint8_t fast_open_keys[TCP_FAST_OPEN_KEYS_MAX][TCP_FAST_OPEN_KEY_SIZE]; /* cookies are made with the first */
        duration_ns msl;         /* TIME-WAIT lasts twice this unless time_wait is set. RFC 9293 section 3.4.2 */
        duration_ns time_wait;   /* 0: 2 * msl */
        bool time_wait_reuse;    /* a SYN behind all that was sent ends it. RFC 6191 */
        bool time_wait_is_protected; /* tcp_rfc1337: a reset does not end it */
        duration_ns fin_wait_2;  /* a closed socket's connection waits so long for the peer's FIN */
};

/* The values a scenario starts from. */
struct tcp_settings tcp_settings_default(void);

/* "cubic" → its operations, NULL when there is none of that name; and the name of the nth, NULL after the last. */
const struct cong_ops *tcp_congestion_control_find(const char *name);
const char *tcp_congestion_control_name(unsigned index);
const char *cong_ops_name(const struct cong_ops *ops);

#endif
