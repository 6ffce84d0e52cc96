/*
 * The inside of a connection: for the files of this folder only.
 *
 * Two halves share it. The sender's (sender.h: send_queue, scoreboard, recovery, rtt, cong) decides what is sent and
 * when again; the receiver's (receive, reassembly, and the handshakes and closes of conn) decides what is taken and
 * what is answered. send.c puts the segments together.
 */
#ifndef INORDER_CONN_PRIVATE_H
#define INORDER_CONN_PRIVATE_H

#include "tcp/chrono.h"
#include "tcp/cong.h"
#include "tcp/receiver_state.h"
#include "tcp/rtt.h"
#include "tcp/scoreboard.h"
#include "tcp/send_queue.h"
#include "tcp/sender_state.h"
#include "tcp/tcp_conn.h"
#include "tcp/tcp_host.h"

/* The send sequence variables of RFC 9293 section 3.3.1, and what belongs to them. */
struct send_variables {
        struct seqnum una;
        struct seqnum nxt;
        struct seqnum iss;
        struct seqnum wl1;
        struct seqnum wl2;
        struct seqnum resent_end; /* behind the furthest data that was sent again; the first byte: none was */
        uint32_t wnd;     /* bytes, scaled */
        uint32_t wnd_max; /* largest ever offered: for silly-window avoidance, RFC 9293 section 3.8.6.2.1 */
        uint8_t scale;    /* how the peer shifts its window */
        uint32_t mss;     /* payload of a full segment, options deducted */
        uint32_t buffer;   /* the largest size that the send buffer has had, when it finds that itself */
        bool has_no_room;  /* the user has met a full buffer, and there has not been room for more since (SOCK_NOSPACE) */
        bool may_have_room; /* a segment has come since that was last looked at */
        uint64_t pushed_end; /* stream offset that PSH was last asked for at (pushed_seq) */
        uint32_t peer_mss; /* the most the peer takes, and the user lets us send, before options */
};

/* What TCP_NOTE_CONGESTION tells, in bytes. */
struct congestion_figures {
        uint32_t cwnd;
        uint32_t ssthresh; /* UINT32_MAX: not set */
        uint32_t in_flight;
        uint32_t send_window;
};

struct TcpConn {
        TcpHost *host;
        TcpListener *listener;
        TcpConn *listener_next; /* in the listener's queues */
        TcpConn *listener_previous;
        void *owner;
        struct tcp_settings settings;
        uint32_t luck; /* for phases of congestion control */
        struct four_tuple tuple;
        enum tcp_state state;
        uint32_t path_mtu;
        uint32_t route_mtu; /* what the path's is now; path_mtu follows when text is sent */

        struct send_variables snd;
        struct receive_variables rcv;
        struct send_queue send_queue;
        struct scoreboard scoreboard;
        struct rtt rtt;
        struct cong cong;
        struct urgent urgent;
        struct fast_open fast_open;

        /* The sending half's memory (sender_state.h). */
        struct recovery recovery;
        struct rack rack;
        struct tail_probe tail_probe;
        struct prr prr;
        struct window_use use;
        struct delivery delivery;
        struct ecn ecn;
        uint64_t pacing_rate;         /* bytes a second */
        time_ns paced_until;          /* with pacing: the next burst goes out then */
        uint32_t duplicates_reported; /* segments, by DSACK: dsack_dups */
        struct burst burst;           /* of new data */
        struct burst resend_burst;
        struct prior_answer prior_answer;
        bool burst_tells_duplicate;   /* by SACK, in all of its segments */
        uint32_t push_mss;            /* of what goes out at once, when SACK blocks cost room at its beginning; 0: any */
        struct decided decided;       /* of what comes next */
        uint32_t bursts; /* so far */
        time_ns last_sent_at;         /* any segment */
        bool probe_wanted;         /* a window probe is due */
        bool push_wanted;          /* new data may go out (sender_push) */
        bool push_is_corked;       /* but no small segment: MSG_MORE */
        bool push_is_forced;       /* whatever holds small segments back: TCP_NODELAY was set */
        uint32_t probes;           /* sent by a timer, since the peer was last heard */
        uint64_t small_end;        /* stream offset behind the last segment sent that was not full. RFC 9293 3.7.4 */
        struct chrono chrono;      /* what the sender's time goes into */
        time_ns last_data_sent_at; /* for idle restart */
        time_ns timeouts_since;    /* the first timeout since SND.UNA moved; -1: none */
        time_ns probing_since;     /* the first probe of a window that is closed still; -1: it is not */
        enum tcp_limit limit;
        struct congestion_figures noted; /* as last told */

        /* What was agreed in the handshake. */
        bool sack_agreed;
        bool timestamps_agreed;
        bool window_scaling_agreed;
        bool knows_irs;

        /* Timestamps. RFC 7323 sections 3 to 5. */
        uint32_t timestamp_offset;
        uint32_t ts_recent;
        time_ns ts_recent_at;

        /* Answers owed. */
        struct ack_state ack;
        bool reset_wanted;
        bool reset_has_ack;
        bool reset_is_own; /* of our own accord: with window and timestamps */
        uint16_t reset_urgent; /* and in urgent mode with its pointer; 0: none */
        struct seqnum reset_seq;
        struct seqnum reset_ack;
        bool syn_wanted; /* a SYN or SYN-ACK is to be sent (again) */
        bool syn_is_doubtful; /* a simultaneous open is done, and no ACK has come of our SYN */
        bool syn_is_answer; /* it answers the peer's SYN in a simultaneous open: not sent again, but changed */
        uint32_t syn_sendings;
        uint32_t syn_repeats;  /* of those, that were the same again: no answer to a SYN that crossed ours */
        uint32_t syn_timeouts; /* the timer's */
        uint32_t half_open_sendings; /* of a listener's connection, before it was one */
        uint32_t syn_stamp_first; /* timestamps of the first and the last sending */
        uint32_t syn_stamp_last;
        time_ns syn_sent_at;   /* first sending, or that of the answer to a SYN that crossed it */
        bool keepalive_wanted; /* a keepalive probe is due */
        time_ns refusal_answered_at; /* the last ACK for something refused; such answers are rationed. -1: none yet */

        /* The user. */
        bool was_opened;        /* connect was called, or a SYN made it */
        bool is_passive;        /* a listener's SYN made it */
        bool syn_was_acknowledged; /* and yet the listener would not have it */
        bool is_small;          /* in TIME-WAIT's smallest form, a segment has been answered */
        bool is_unattended;     /* FIN-WAIT-2 in its small form: nobody holds the connection (time_wait.c) */
        bool is_ready_child;    /* in its listener's accept queue, not its SYN queue */
        bool is_closed_by_user; /* let go: nobody will read or write any more */
        bool fin_queued;        /* a FIN follows what is in the send queue */
        bool read_shut;
        bool fin_received;
        int error; /* positive errno, once */
        int soft_error; /* what ICMP hinted at: the reason, should the connection time out. RFC 1122 section 4.2.3.9 */
        uint32_t keepalive_probes;
        time_ns last_heard_at;

        time_ns deadlines[TCP_DEADLINES]; /* TIME_NEVER when off */
        struct tcp_counts counts;
};

/* ---- conn.c: state, ends, deadlines ---- */

void conn_set_state(TcpConn *conn, enum tcp_state state);
/* The end, seen by the user as `error`: all deadlines off, the send queue emptied, CLOSED. */
void conn_fail(TcpConn *conn, int error);
/* The peer is silent for too long: ETIMEDOUT, or what ICMP said of it. */
void conn_time_out(TcpConn *conn);
/* The same without an error: the normal end, or one that the user asked for. */
void conn_end(TcpConn *conn);
/* A note that this deadline has come: left by whoever acts on it. */
void conn_note_deadline(TcpConn *conn, enum tcp_deadline_kind kind);
/* At the end of every entry: the user's patience follows what is unanswered; checked builds check. */
void conn_leave_entry(TcpConn *conn);
/* ---- send.c ---- */

/* What has been received so far is what goes out again now will tell. */
void send_keep_answer(TcpConn *conn, time_ns now);

static inline void conn_set_deadline(TcpConn *conn, enum tcp_deadline_kind kind, time_ns at)
{
        conn->deadlines[kind] = at;
}

/* An ACK now, before whatever else is to be sent. */
static inline void conn_want_ack(TcpConn *conn, enum tcp_send_reason reason)
{
        conn->ack.is_wanted = true;
        conn->ack.reason = reason;
}

/* How many SACK blocks the next segment has: timestamps leave room for three in the 40 bytes of options. */
static inline uint32_t conn_sack_blocks(const TcpConn *conn)
{
        uint32_t blocks = conn->rcv.sack.count + conn->rcv.sack.has_duplicate;
        if (blocks == 0 || !conn->sack_agreed)
                return 0;
        return MIN(blocks, conn->timestamps_agreed ? 3 : 4);
}

static inline uint32_t conn_timestamp(const TcpConn *conn, time_ns now)
{
        return (uint32_t)(now / MILLISECOND) + conn->timestamp_offset;
}

/* Bytes of timestamps with their padding, in every segment once agreed. RFC 7323 appendix A. */
static inline uint32_t conn_timestamps_size(const TcpConn *conn)
{
        return conn->timestamps_agreed ? 12 : 0;
}

/* Whether this segment echoes a timestamp, and one from before `at`. */
static inline bool conn_echo_is_before(const TcpConn *conn, const struct tcp_segment *segment, time_ns at)
{
        const struct tcp_options *options = &segment->options;
        return conn->timestamps_agreed && options->has_timestamps && options->timestamp_echo != 0 &&
               (int32_t)(options->timestamp_echo - conn_timestamp(conn, at)) < 0;
}

/* The first number that the peer's window does not take. */
static inline struct seqnum send_edge(const TcpConn *conn)
{
        return seq_add(conn->snd.una, conn->snd.wnd);
}

/* Where a segment without text begins: SND.NXT, but within the peer's window (tcp_acceptable_seq). */
static inline struct seqnum conn_acceptable_seq(const TcpConn *conn)
{
        struct seqnum edge = send_edge(conn);
        int32_t beyond = seq_diff(conn->snd.nxt, edge);
        bool is_lost_in_scale = conn->window_scaling_agreed && beyond < 1 << conn->rcv.scale;
        return beyond <= 0 || is_lost_in_scale ? conn->snd.nxt : edge;
}

/* RFC 9293 section 3.3.2: the states in which both have sent their SYN and know that it arrived; or, with fast
 * open, in which text goes to and fro all the same. */
static inline bool conn_is_synchronized(const TcpConn *conn)
{
        return conn->state >= TCP_STATE_ESTABLISHED || conn->fast_open.is_pending;
}

/* ---- handshake.c: what SYNs settle ---- */

/* The first SYN is wanted, and whatever it says is decided. */
void handshake_open(TcpConn *conn, const struct four_tuple *tuple, time_ns now);
/* The settings say what the next SYN offers, and what may be agreed. */
void handshake_offer(TcpConn *conn);
void handshake_on_syn_sent_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* A SYN at a listener: `conn` is new. In the first form nobody hears of it. */
void handshake_learn_syn(TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *syn, time_ns now);
void handshake_accept_syn(TcpConn *conn, const struct four_tuple *tuple, const struct tcp_segment *syn, time_ns now);
/* The ACK of our SYN-ACK has come: ESTABLISHED, or what the user asked for since. */
void handshake_complete(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* An acceptable ACK, after that. */
void handshake_clear_doubt(TcpConn *conn, struct seqnum ack);
void handshake_on_retransmit_deadline(TcpConn *conn, time_ns now);
void handshake_fill_options(const TcpConn *conn, struct tcp_options *options);
/* "If SND.UNA < SEG.ACK =< SND.NXT then the ACK is acceptable", of the SYN and what went with it. */
static inline bool handshake_accepts_ack(const TcpConn *conn, struct seqnum ack)
{
        return seq_after(ack, conn->snd.iss) && seq_before_or_at(ack, conn->snd.nxt);
}
/* Karn: a SYN that was sent twice gives no sample (-1), unless its echo tells which sending was answered. */
duration_ns handshake_round_trip(const TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* The stamp that is echoed is none of our SYNs', of which the last one's is `last`. */
bool handshake_has_bad_echo(const TcpConn *conn, const struct tcp_segment *segment, uint32_t last);
/* The last step to ESTABLISHED. */
#define HANDSHAKE_ESTIMATE_MIN 88 /* TCP_MIN_MSS */
void handshake_estimate_peer_mss(TcpConn *conn);
void handshake_start_keepalive(TcpConn *conn, time_ns now);
/* A SYN or SYN-ACK has gone out. */
void handshake_on_syn_sent(TcpConn *conn, time_ns now);

/* ---- conn_calls.c ---- */

/* The pending error alone, which is cleared. */
int conn_take_error(TcpConn *conn);

/* ---- receive.c, receive_text.c: the steps of a segment ---- */

void receive_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* The steps of section 3.10.7.4. */
void receive_in_steps(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* PAWS: its timestamp lies more than `tolerance` ticks before TS.Recent. */
bool receive_is_too_old(const TcpConn *conn, const struct tcp_segment *segment, int32_t tolerance, time_ns now);
/* The same without tolerance, where TS.Recent is of such an `age`: as Linux (tcp_paws_reject), an old one stops no reset. */
bool receive_is_hopelessly_old(const TcpConn *conn, const struct tcp_segment *segment, duration_ns age, time_ns now);
/* The table of section 3.10.7.4 for a window from RCV.NXT on. */
bool receive_is_in_window(const TcpConn *conn, const struct tcp_segment *segment, uint32_t window);
void receive_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* What is sent again because of this segment's ACK goes out with the answer before its text. */
void receive_keep_answer(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* Text and FIN that came with a SYN: what is sent next acknowledges them. */
void receive_text_of_syn(TcpConn *conn, const struct tcp_segment *syn, time_ns now);
/* TS.Recent follows an acceptable segment. */
void receive_remember_timestamp(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* The packet that this segment came in, and the memory it takes. */
static inline uint32_t receive_packet_size(const TcpConn *conn, const struct tcp_segment *segment)
{
        uint32_t headers = ip_address_is_ipv4(&conn->tuple.remote.address) ? 40 : 60;
        return headers + (uint32_t)tcp_options_size(&segment->options) + segment->payload.length;
}
static inline uint32_t receive_memory_of_segment(const TcpConn *conn, const struct tcp_segment *segment)
{
        return receive_memory_of_packet(receive_packet_size(conn, segment));
}
/* What arrives twice is told to the peer, if the two agreed on that. RFC 2883. */
void receive_report_duplicate(TcpConn *conn, struct seqnum left, struct seqnum right);
/* Something waits behind a hole. */
static inline bool receive_holds(const TcpConn *conn)
{
        return conn->rcv.reassembly.range_count > 0 || (conn->rcv.knows_fin && !conn->fin_received);
}
/* The next text, while nothing is held and no FIN is known. */
void receive_next_text(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* The peer is alive. */
static inline void receive_take_sign_of_life(TcpConn *conn, time_ns now)
{
        conn->last_heard_at = now;
        conn->keepalive_probes = 0;
        conn->keepalive_wanted = false;
}

/* ---- header_prediction.c ---- */

/* Nothing but the next text or a bare ACK, from an ordinary peer. */
bool receive_is_ordinary(const TcpConn *conn, const struct tcp_segment *segment);
/* Whether all that the steps would come to is receive_predicted(). */
bool receive_is_predicted(const TcpConn *conn, const struct tcp_segment *segment);
void receive_predicted(TcpConn *conn, const struct tcp_segment *segment, time_ns now);

/* ---- receive_refused.c ---- */

void receive_note_refused(TcpConn *conn, const struct tcp_segment *segment, enum tcp_refusal why);
/* It is too old or outside of the window. */
void receive_refuse(TcpConn *conn, const struct tcp_segment *segment, enum tcp_refusal why, time_ns now);
/* RFC 5961's challenge ACK. */
void receive_challenge(TcpConn *conn, time_ns now);
void receive_challenge_syn(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* Whether something refused may be answered: twice a second; a segment that cannot be part of a loop always. */
bool receive_may_answer(TcpConn *conn, enum tcp_counter skipped, time_ns now);
bool receive_may_answer_segment(
        TcpConn *conn, const struct tcp_segment *segment, enum tcp_counter skipped, time_ns now);

/* ---- ack_policy.c: when to acknowledge ---- */

/* One is owed; `reason` is told when it goes out by itself. */
void ack_schedule(TcpConn *conn, enum tcp_send_reason reason);
/* Something is wrong: the next ACKs are not delayed. */
void ack_hurry(TcpConn *conn);
/* Two of them are not: the sender's window may be small. */
void ack_hurry_briefly(TcpConn *conn);
/* In-order text of this size has come. */
void ack_on_text(TcpConn *conn, time_ns now);
/* The estimate of a full segment follows `length` bytes in a segment with these flags and options. */
void ack_measure_segment(TcpConn *conn, const struct tcp_segment *segment);
/* All steps of a segment are done; text, if any, goes out first. */
void ack_ask(TcpConn *conn, bool behind_hole_too);
/* Whether what is owed must be sent now; else a deadline is set. */
bool ack_check(TcpConn *conn, time_ns now);
/* The user has read `bytes`: what is owed may be due, or the window may have opened. */
void ack_on_read(TcpConn *conn, size_t bytes);
/* A segment with an ACK, or with text, has gone out. */
void ack_on_ack_sent(TcpConn *conn);
void ack_on_text_sent(TcpConn *conn, time_ns now);
void ack_on_delay_over(TcpConn *conn, time_ns now);
void ack_on_compression_over(TcpConn *conn);
/* The connection answers, or does no more. */
void ack_enter_pingpong(TcpConn *conn);
void ack_leave_pingpong(TcpConn *conn);
static inline bool ack_in_pingpong(const TcpConn *conn)
{
        return conn->ack.pingpong > 0;
}

/* ---- receive_window.c: how much is offered ---- */

/* One packet more than fits is stored. */
static inline bool receive_window_fits(const TcpConn *conn)
{
        return conn->rcv.memory.allocated <= conn->rcv.buffer;
}
/* The window that the peer may use. */
static inline uint32_t receive_window(const TcpConn *conn)
{
        int32_t window = seq_diff(seq_add(conn->rcv.acked, conn->rcv.wnd), conn->rcv.nxt);
        return window > 0 ? (uint32_t)window : 0;
}
static inline struct seqnum receive_edge(const TcpConn *conn)
{
        return seq_add(conn->rcv.nxt, receive_window(conn));
}
/* The buffer's size by the settings: now or from the start. */
void receive_window_set_buffer(TcpConn *conn);
/* The first window and the scale, for segments of `mss` bytes. */
void receive_window_begin(TcpConn *conn, uint32_t mss);
/* No window scaling was agreed. */
void receive_window_forgo_scale(TcpConn *conn);
/* The handshake is done. */
void receive_window_establish(TcpConn *conn, time_ns now);
/* The window to tell now, and its field in the header. */
uint32_t receive_window_possible(TcpConn *conn);
uint16_t receive_window_tell(TcpConn *conn);
/* A segment has come that is larger than those before: memory and payload in a new proportion. */
void receive_window_learn_ratio(TcpConn *conn, uint32_t payload, uint32_t memory);
void receive_window_set_clamp(TcpConn *conn, uint32_t clamp);
/* So much text has come: more may be offered. */
void receive_window_grow(TcpConn *conn, uint32_t payload, uint32_t memory);
/* What the user read may need a larger buffer; so may a segment behind a hole. */
void receive_window_on_read(TcpConn *conn, time_ns now);
void receive_window_on_held(TcpConn *conn);
/* Samples of the round trip as the receiver sees it. */
void receive_window_measure_rtt(TcpConn *conn, struct seqnum end, time_ns now);
void receive_window_measure_echo(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* One more packet may be stored, whose text begins at this offset; if need be after giving up what is held behind. */
bool receive_window_has_memory(TcpConn *conn, uint64_t offset);

/* ---- path_mtu.c ---- */

/* What our SYN offers: what a packet of the path takes, without options, and what the user allows. */
uint32_t path_mtu_own_mss(const TcpConn *conn);
/* What the peer's SYN says that it takes. */
uint32_t path_mtu_peer_mss(const TcpConn *conn, const struct tcp_options *options);
/* Payload of a full segment: by the path, the peer and its largest window. */
uint32_t path_mtu_effective_mss(const TcpConn *conn);
/* The same for TCP_INFO, while the peer has offered nothing. */
uint32_t path_mtu_mss_before_syn(const TcpConn *conn);
/* `size`, but no more than half of the peer's largest window, as far as that has been seen (tcp_bound_to_half_wnd). */
uint32_t path_mtu_bound_to_window(const TcpConn *conn, uint32_t size);
/* A router says that the path carries no more: what is too large in flight is sent again, smaller. */
void path_mtu_shrink(TcpConn *conn, uint32_t mtu, time_ns now);
/* Text is about to be written or sent: segments are as large as the route takes by now. */
void path_mtu_follow(TcpConn *conn);

/* ---- half_open.c: SYN-RECEIVED of a listener ---- */

void half_open_on_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
void half_open_on_deadline(TcpConn *conn, time_ns now);
/* Whether there is more to do with this segment; also of a connection that is open before its handshake is done. */
bool half_open_lets_pass(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
void half_open_start_timer(TcpConn *conn, time_ns now);

/* ---- send_memory.c: how much may be written ---- */

/* The send buffer's size and what of it is in use, in bytes of memory. */
uint32_t send_memory_size(const TcpConn *conn);
uint32_t send_memory_used(const TcpConn *conn);
/* As the congestion window asks for, unless the user has said how large it is. */
void send_memory_grow(TcpConn *conn);
/* A segment, and what went out for it, has been dealt with: whoever waits for room may have it, or a larger buffer. */
void send_memory_check_room(TcpConn *conn, time_ns now);
/* Whether one more block may be begun while so many bytes are not sent; and whether it is worth waking a writer. */
bool send_memory_is_free(const TcpConn *conn, uint64_t unsent);
bool send_memory_is_writable(const TcpConn *conn);

/* ---- closing.c: FINs sent and received, resets ---- */

/* The user writes no more: a FIN follows the stream. */
void closing_send_fin(TcpConn *conn);
/* The same, but not before the last ACK of the handshake. */
void closing_shut_down(TcpConn *conn);
/* The user has let go: nobody waits for the peer's FIN for ever. */
void closing_let_go(TcpConn *conn, time_ns now);
void closing_on_fin_wait_2_deadline(TcpConn *conn, time_ns now);
/* `segment` acknowledges our FIN. */
void closing_on_fin_acknowledged(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
void closing_on_fin_received(TcpConn *conn, time_ns now);
/* The answer to an impossible segment: a reset that begins at `seq`. */
void closing_want_reset(TcpConn *conn, struct seqnum seq);
/* The same as where no connection is. */
void closing_answer_when_closed(TcpConn *conn, const struct tcp_segment *segment);
/* The same, and the end. */
void closing_answer_with_reset(TcpConn *conn, const struct tcp_segment *segment);
/* The peer has reset the connection. */
void closing_take_reset(TcpConn *conn);
/* A reset of our own accord. */
void closing_send_reset(TcpConn *conn);
/* The same where the peer must know, then the end, seen by the user as `error` (0: not). */
void closing_reset(TcpConn *conn, int error);

/* ---- time_wait.c ---- */

/* A reset older than this is believed whatever its timestamp (TCP_PAWS_MSL). */
#define PAWS_RESET_AGE (60 * SECOND)

void time_wait_begin(TcpConn *conn, time_ns now);
/* FIN-WAIT-2 in the same small form, for so long. */
void time_wait_for_fin(TcpConn *conn, duration_ns patience, time_ns now);
void time_wait_on_segment(TcpConn *conn, const struct tcp_segment *segment, time_ns now);
/* Whether the connection, in TIME-WAIT, gives way to this SYN, if there is somebody to take it. RFC 6191. */
bool time_wait_gives_way(const TcpConn *conn, const struct tcp_segment *segment, time_ns now);
static inline duration_ns time_wait_length(const TcpConn *conn)
{
        return conn->settings.time_wait > 0 ? conn->settings.time_wait : 2 * conn->settings.msl;
}
static inline bool time_wait_has_begun(const TcpConn *conn)
{
        return conn->state == TCP_STATE_TIME_WAIT || conn->is_unattended;
}

/* ---- listener.c: what a child tells its listener ---- */

/* Whether one more may wait to be accepted; a note when not. */
bool listener_has_room_for_child(const TcpListener *listener);
/* How often a SYN-ACK is sent again, of `retries` that the settings allow. */
uint32_t listener_patience(const TcpListener *listener, uint32_t retries);
/* The timer of a half-open child has fired for the first time. */
void listener_on_child_old(TcpListener *listener);
void listener_on_child_established(TcpListener *listener, TcpConn *child);
void listener_forget_child(TcpListener *listener, TcpConn *child);

/* Children that are open before their handshake is done: whether one more may be; one more, and one less. A reset
 * of one that had been accepted counts for a while. */
bool listener_may_open_fast(TcpListener *listener, time_ns now);
void listener_add_fast(TcpListener *listener, TcpConn *child);
void listener_remove_fast(TcpListener *listener, TcpConn *child);
void listener_count_reset(TcpListener *listener, time_ns now);

#endif
