/*
 * What TCP says about itself: notes left by every entry, and the reason that comes with each segment.
 *
 * Notes are drained at once by whoever called (tcp_host_next_note), who adds what was in hand: the cause.
 */
#ifndef INORDER_TCP_NOTE_H
#define INORDER_TCP_NOTE_H

#include <stdbool.h>
#include <stdint.h>
#include "units.h"
#include "wire/seqnum.h"

/* RFC 9293 section 3.3.2. (netinet/tcp.h has the shorter names.) */
enum tcp_state {
        TCP_STATE_CLOSED,
        TCP_STATE_LISTEN,
        TCP_STATE_SYN_SENT,
        TCP_STATE_SYN_RECEIVED,
        TCP_STATE_ESTABLISHED,
        TCP_STATE_FIN_WAIT_1,
        TCP_STATE_FIN_WAIT_2,
        TCP_STATE_CLOSE_WAIT,
        TCP_STATE_CLOSING,
        TCP_STATE_LAST_ACK,
        TCP_STATE_TIME_WAIT,
};

/* The state of the sending half, as Linux's TCP_INFO has it. */
enum tcp_congestion_state {
        TCP_CONGESTION_OPEN,
        TCP_CONGESTION_DISORDER, /* something is out of order: perhaps lost */
        TCP_CONGESTION_CWR,      /* the window comes down after a router's mark */
        TCP_CONGESTION_RECOVERY, /* after fast retransmit */
        TCP_CONGESTION_LOSS,     /* after a timeout */
};

enum tcp_note_kind {
        TCP_NOTE_STATE,             /* from, to */
        TCP_NOTE_ARRIVED_IN_ORDER,  /* range: bytes that extend the readable stream */
        TCP_NOTE_HELD,              /* range: bytes kept for later; value: bytes held now */
        TCP_NOTE_DUPLICATE,         /* range: bytes that were there already */
        TCP_NOTE_HOLE_FILLED,       /* range: held bytes that became readable; value: bytes held now */
        TCP_NOTE_REFUSED,           /* range: the segment's; why: enum tcp_refusal */
        TCP_NOTE_ACK,               /* range: newly acknowledged; value: the send window in bytes */
        TCP_NOTE_DUPLICATE_ACK,     /* range.first: its number; value: how many in a row */
        TCP_NOTE_WINDOW_UPDATE,     /* value: the send window in bytes */
        TCP_NOTE_SACKED,            /* range: newly reported received */
        TCP_NOTE_DSACK,             /* range: reported received twice */
        TCP_NOTE_RTT,               /* rtt.* */
        TCP_NOTE_CONGESTION,        /* congestion.*: whenever one of them changed */
        TCP_NOTE_LOST,              /* range; why: enum tcp_loss_sign */
        TCP_NOTE_RECOVERY_ENTERED,  /* range.end: recovery ends when this is acknowledged; why: enum tcp_loss_sign */
        TCP_NOTE_RECOVERY_LEFT,     /* range.end */
        TCP_NOTE_RECOVERY_UNDONE,   /* range.end */
        TCP_NOTE_DEADLINE,          /* why: enum tcp_deadline_kind; value: how often backed off */
        TCP_NOTE_LIMITED,           /* why: enum tcp_limit, when it changed */
        TCP_NOTE_ACCEPT_QUEUE_FULL, /* a SYN or the last ACK of a handshake was ignored; value: the queue's length */
        TCP_NOTE_SYN_QUEUE_FULL,
        TCP_NOTE_FAILED,            /* value: errno that the user will see */
        TCP_NOTE_KINDS,
};

/* Why a segment was not taken. RFC 9293 section 3.10.7, RFC 7323 section 5.3, RFC 5961. */
enum tcp_refusal {
        TCP_REFUSED_OUTSIDE_WINDOW,
        TCP_REFUSED_OLD_TIMESTAMP, /* PAWS */
        TCP_REFUSED_BAD_ACK,       /* acknowledges what was never sent, or too old */
        TCP_REFUSED_NO_ACK_FLAG,
        TCP_REFUSED_RESET,         /* a RST that does not hit RCV.NXT */
        TCP_REFUSED_SYN,           /* a SYN in a synchronized state */
        TCP_REFUSED_STATE,         /* text or FIN where the state takes none */
        TCP_REFUSED_RECEIVE_BUFFER, /* beyond what the buffer can hold */
};

/* What said that a segment is lost. */
enum tcp_loss_sign {
        TCP_LOSS_DUPLICATE_ACKS,
        TCP_LOSS_SACK,
        TCP_LOSS_RACK, /* what was sent later has arrived. RFC 8985 */
        TCP_LOSS_PARTIAL_ACK,
        TCP_LOSS_TAIL_PROBE, /* its answer shows that it filled a hole */
        TCP_LOSS_TIMEOUT,
        TCP_LOSS_PATH_MTU, /* too large for the path: dropped, not by congestion */
        TCP_LOSS_MARK,     /* none: a router's mark. RFC 3168 */
};

enum tcp_deadline_kind {
        TCP_DEADLINE_RETRANSMIT,
        TCP_DEADLINE_TAIL_PROBE, /* RFC 8985 section 7 */
        TCP_DEADLINE_REORDERING, /* RFC 8985 section 6: what is late so far is lost then */
        TCP_DEADLINE_PERSIST, /* zero-window probe */
        TCP_DEADLINE_PACING,  /* the next burst's time */
        TCP_DEADLINE_DELAYED_ACK,
        TCP_DEADLINE_COMPRESSED_ACK, /* one stands for several duplicate ACKs */
        TCP_DEADLINE_KEEPALIVE,
        TCP_DEADLINE_USER_TIMEOUT,
        TCP_DEADLINE_FIN_WAIT_2,
        TCP_DEADLINE_TIME_WAIT,
        TCP_DEADLINES,
};

/* What keeps a sender from sending more. */
enum tcp_limit { TCP_LIMIT_NOTHING, TCP_LIMIT_APPLICATION, TCP_LIMIT_CONGESTION_WINDOW, TCP_LIMIT_RECEIVE_WINDOW,
        TCP_LIMIT_NAGLE };

struct seq_range {
        struct seqnum first;
        struct seqnum end; /* one past the last */
};

struct tcp_note {
        enum tcp_note_kind kind;
        int why;
        struct seq_range range;
        int64_t value;
        union {
                struct {
                        enum tcp_state from;
                        enum tcp_state to;
                };
                struct {
                        duration_ns sample; /* -1 when only the RTO moved (back-off) */
                        duration_ns smoothed;
                        duration_ns variation;
                        duration_ns rto;
                        uint32_t backoffs; /* how often the RTO is doubled */
                } rtt;
                struct {
                        uint32_t cwnd_bytes;
                        uint32_t ssthresh_bytes; /* UINT32_MAX: not set yet */
                        uint32_t in_flight_bytes;
                        uint32_t send_window_bytes;
                        rate_bps pacing;
                } congestion;
        };
};

/* Why a segment is sent. */
enum tcp_send_reason {
        TCP_SEND_SYN,
        TCP_SEND_SYN_ACK,
        TCP_SEND_NEW_DATA,
        TCP_SEND_LIMITED_TRANSMIT, /* new data on one of the first two duplicate ACKs. RFC 3042 */
        TCP_SEND_FAST_RETRANSMIT,  /* the first of a recovery */
        TCP_SEND_RECOVERY,         /* a further hole of the same recovery */
        TCP_SEND_TIMEOUT,          /* after the retransmission timer */
        TCP_SEND_TAIL_PROBE,       /* the tail probe's timer: the last segment again, or a new one */
        TCP_SEND_WINDOW_PROBE,
        TCP_SEND_KEEPALIVE,
        TCP_SEND_FIN,
        TCP_SEND_ACK,           /* in-order data: every second segment, or at once because delaying is off */
        TCP_SEND_DELAYED_ACK,   /* the delayed-ACK timer */
        TCP_SEND_DUPLICATE_ACK, /* out-of-order or repeated data: at once */
        TCP_SEND_WINDOW_UPDATE,
        TCP_SEND_CHALLENGE_ACK, /* RFC 5961 */
        TCP_SEND_RESET,
        TCP_SEND_REASONS,
};

/* What the host notes on the packet. */
struct tcp_sending {
        enum tcp_send_reason reason;
        uint64_t stream_offset; /* of the first payload byte in this direction's stream, from 0; where it would be,
                                   for a segment without payload */
        uint32_t sending; /* 1: these sequence numbers go out for the first time; 0: it takes none */
        bool is_last; /* it is known that nothing follows now; otherwise one has to ask */
};

/* Names for people and traces: "SYN-SENT", "segment-held", "fast-retransmit" … */
const char *tcp_state_name(enum tcp_state state);
const char *tcp_note_name(enum tcp_note_kind kind);
const char *tcp_refusal_name(enum tcp_refusal refusal);
const char *tcp_loss_sign_name(enum tcp_loss_sign sign);
const char *tcp_deadline_name(enum tcp_deadline_kind kind);
const char *tcp_limit_name(enum tcp_limit limit);
const char *tcp_send_reason_name(enum tcp_send_reason reason);

#endif
