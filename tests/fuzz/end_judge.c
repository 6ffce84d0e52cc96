/*
 * The judgement: each error has its causes, each byte its writer, each wait its reason.
 */
#include "end_judge.h"

#include <errno.h>
#include "fuzz_tcp_settings.h"

/* ---- Arrivals ---- */

static bool is_open(const struct end *end)
{
        return end->conn != NULL && end->conn->state >= TCP_STATE_ESTABLISHED &&
               end->conn->state != TCP_STATE_TIME_WAIT;
}

static bool is_calling(const struct end *end)
{
        return end->conn != NULL && end->conn->state == TCP_STATE_SYN_SENT;
}

static void remember_cause(struct end *end, const struct tcp_segment *segment)
{
        if (segment->flags & TCP_FLAG_RST)
                end->causes |= is_calling(end) ? CAUSE_REFUSAL : CAUSE_RESET;
        if (segment->flags & TCP_FLAG_FIN)
                end->causes |= CAUSE_FIN;
        if (segment->flags & TCP_FLAG_SYN)
                end->causes |= CAUSE_SYN;
        if (segment->flags & TCP_FLAG_ACK && is_calling(end))
                end->causes |= CAUSE_ANSWER;
}

/* Nothing of what is read, from here on, need be the other's. */
static void mistrust(struct end *end, int64_t offset)
{
        end->forged_from = MIN(end->forged_from, (uint64_t)MAX(offset, 0));
        end->end_is_forged = true;
}

static void look_for_forged_text(
        struct two_ends *two, unsigned to, const struct tcp_segment *segment, int64_t offset)
{
        uint8_t bytes[UINT16_MAX];
        struct end *end = &two->ends[to];
        uint32_t size = segment->payload.length;
        payload_copy_out(&segment->payload, 0, bytes, size);
        if (offset + size > (int64_t)two->ends[1 - to].to_write)
                end->end_is_forged = true;
        for (uint32_t i = 0; i < size; i++)
                if (offset + i >= 0 && bytes[i] != two_ends_byte(1 - to, (uint64_t)(offset + i))) {
                        end->forged_from = MIN(end->forged_from, (uint64_t)(offset + i));
                        return;
                }
}

/* Where the stream begins for `end`; false: nobody knows yet. */
static bool stream_begin(const struct end *end, const struct end *other, struct seqnum *begin)
{
        bool knows =
                end->conn != NULL && end->conn->state != TCP_STATE_TIME_WAIT && tcp_conn_knows_irs(end->conn);
        if (!knows && !other->has_iss)
                return false;
        *begin = seq_add(knows ? tcp_conn_irs(end->conn) : other->iss, 1);
        return true;
}

/* Which byte of the stream, if any, is no longer certain. */
static void look_for_forgery(struct two_ends *two, unsigned to, const struct tcp_segment *segment)
{
        struct end *end = &two->ends[to];
        struct end *other = &two->ends[1 - to];
        bool is_syn = segment->flags & TCP_FLAG_SYN;
        struct seqnum begin;
        if (is_syn && !is_open(end) && !(other->has_iss && seq_equal(other->iss, segment->seq)))
                mistrust(end, 0);
        if (!stream_begin(end, other, &begin)) {
                mistrust(end, 0);
                return;
        }
        int64_t offset = seq_diff(seq_add(segment->seq, is_syn), begin);
        look_for_forged_text(two, to, segment, offset);
        if (segment->flags & TCP_FLAG_URG) /* a byte leaves the stream */
                mistrust(end, offset);
        if (segment->flags & TCP_FLAG_FIN && offset + segment->payload.length != (int64_t)other->to_write)
                end->end_is_forged = true;
}

/* Linux's SYN cookie is a sum with the peer's number in it: where the connection is forgotten, an ACK with
 * both numbers further on by the same count begins another, in mid-stream of both. */
static bool may_begin_in_mid_stream(
        const struct end *end, const struct end *other, const struct tcp_segment *segment)
{
        return end->conn == NULL && end->listener != NULL &&
               end->settings.syn_cookies != TCP_SYN_COOKIES_OFF && !(segment->flags & TCP_FLAG_SYN) &&
               !seq_equal(segment->seq, seq_add(other->iss, 1));
}

void end_judge_arrival(struct two_ends *two, unsigned to, const struct tcp_segment *segment, bool is_forged)
{
        remember_cause(&two->ends[to], segment);
        if (may_begin_in_mid_stream(&two->ends[to], &two->ends[1 - to], segment)) {
                mistrust(&two->ends[to], 0);
                mistrust(&two->ends[1 - to], 0);
        }
        if (is_forged)
                look_for_forgery(two, to, segment);
}

/* ---- What is read ---- */

void end_judge_text(const struct two_ends *two, unsigned number, const uint8_t *bytes, size_t size)
{
        const struct end *end = &two->ends[number];
        for (size_t i = 0; i < size && end->read + i < end->forged_from; i++)
                g_assert_cmpuint(bytes[i], ==, two_ends_byte(1 - number, end->read + i));
}

/* A program that is told of an error closes: what it has written arrives all the same, if the connection
 * lives. */
void end_judge_end(const struct two_ends *two, unsigned number)
{
        const struct end *end = &two->ends[number];
        const struct end *other = &two->ends[1 - number];
        bool gave_up = other->has_ended && other->error != 0;
        if (!end->end_is_forged)
                g_assert_cmpuint(end->read, ==, gave_up ? other->written : other->to_write);
}

/* ---- Errors ---- */

/* A round trip and a delayed ACK are not too long for it, nor is a segment that is refused once. */
static bool is_patient(const struct tcp_settings *settings)
{
        duration_ns least = 200 * MILLISECOND;
        return settings->initial_rto >= SECOND && settings->min_rto >= least &&
               settings->max_rto >= 60 * SECOND && settings->retries >= 8 && settings->syn_retries >= 2 &&
               settings->syn_ack_retries >= 2 && settings->user_timeout == 0 && !settings->keepalive &&
               settings->zero_window_probe && settings->refusal_interval <= SECOND / 2;
}

static bool ends_are_patient(const struct two_ends *two)
{
        return is_patient(&two->ends[CALLER].settings) && is_patient(&two->ends[LISTENER].settings);
}

/* The least time for which these settings bear that something is not acknowledged: so many RTOs, of which
 * each is twice as long, and those before a closed window know no least one but their own; two of the longest
 * before a window that has shrunk to nothing; what a timer of its own says; or, of a SYN, a single RTO. */
static duration_ns patience(const struct end *end)
{
        const struct tcp_settings *settings = &end->settings;
        duration_ns rto = MIN(200 * MILLISECOND, settings->min_rto);
        duration_ns time = 0;
        for (uint32_t i = 0; i <= settings->retries; i++) {
                time += rto;
                rto = MIN(2 * rto, settings->max_rto);
        }
        time = MIN(time, 2 * settings->max_rto);
        if (settings->user_timeout > 0)
                time = MIN(time, settings->user_timeout);
        if (settings->keepalive)
                time = MIN(time, settings->keepalive_idle);
        if (end->was_answered)
                return time;
        return end->causes & CAUSE_ANSWER ? 0 : MIN(time, settings->initial_rto);
}

static bool was_told_by_icmp(const struct end *end, int error)
{
        for (guint i = 0; i < end->icmp_errors->len; i++)
                if (g_array_index(end->icmp_errors, int, i) == error)
                        return true;
        return false;
}

static const struct {
        int error;
        unsigned cause;  /* all of these came */
        bool needs_luck; /* but not on a true line between patient ends, nor in less than an end's patience */
        const char *why;
} errors[] = {
        { ETIMEDOUT, 0, true, "the other is silent for longer than the settings wait" },
        { ECONNREFUSED, CAUSE_REFUSAL, false, "a reset answered the SYN" },
        { ECONNRESET, CAUSE_RESET, false, "a reset" },
        { ECONNRESET, CAUSE_SYN, false,
                "RFC 793: a SYN in the window ends a connection, and is answered so" },
        { EPIPE, CAUSE_RESET | CAUSE_FIN, false, "a reset behind the FIN" },
        { EPIPE, CAUSE_SYN | CAUSE_FIN, false, "a SYN behind it, as above" },
        { ECANCELED, CAUSE_GIVING_UP, false, "the program's own" },
};

/* An end that gives up though the line is true and all are patient, or sooner than its settings say. */
static bool is_impatience(const struct two_ends *two, const struct end *end, const struct line_record *line)
{
        return (line->is_true && ends_are_patient(two)) || end->silence < patience(end);
}

static bool has_cause(const struct two_ends *two, const struct end *end, const struct line_record *line)
{
        if (end->error == 0 || was_told_by_icmp(end, end->error))
                return true;
        for (unsigned i = 0; i < G_N_ELEMENTS(errors); i++)
                if (errors[i].error == end->error && (end->causes & errors[i].cause) == errors[i].cause &&
                        !(errors[i].needs_luck && is_impatience(two, end, line)))
                        return true;
        return false;
}

/* ---- Waiting ---- */

static bool has_timer(const TcpConn *conn)
{
        return tcp_conn_deadline(conn) != TIME_NEVER;
}

/* Keepalive would find out, some day. */
static bool is_kept_alive(const TcpConn *conn)
{
        return conn->settings.keepalive && conn_is_synchronized(conn) && conn->state != TCP_STATE_TIME_WAIT;
}

/* A program may wait for ever for a word of a peer that is gone, or waits rightly itself. But never who has
 * something to say, or was told something; nor a connection that nobody holds any more. */
static bool waits_rightly(const struct two_ends *two, unsigned number, const struct line_record *line)
{
        const struct end *end = &two->ends[number];
        const struct end *other = &two->ends[1 - number];
        if (end->conn == NULL || has_timer(end->conn) || fuzz_waits_for_window(end->conn))
                return true;
        bool has_something = tcp_conn_outstanding(end->conn) > 0 || tcp_conn_readable(end->conn) > 0 ||
                             end->conn->fin_received || end->conn->error != 0;
        if (has_something || !end->is_user_s || is_kept_alive(end->conn))
                return false;
        return line->has_robbed || other->conn == NULL || !other->is_user_s ||
               fuzz_waits_for_window(other->conn);
}

void end_judge_wait(const struct two_ends *two, const struct line_record *line)
{
        g_assert(waits_rightly(two, CALLER, line));
        g_assert(waits_rightly(two, LISTENER, line));
}

/* ---- In the end ---- */

static void judge_one(const struct two_ends *two, const struct end *end, const struct line_record *line)
{
        g_assert(end->conn == NULL && !end->is_user_s);
        g_assert(end->has_ended == end->has_begun);
        if (has_cause(two, end, line))
                return;
        g_printerr("an end was told '%s' without a cause, after a silence of %" G_GINT64_FORMAT " ms\n",
                g_strerror(end->error), end->silence / MILLISECOND);
        g_assert_not_reached(); /* an abort, of which libFuzzer keeps the input */
}

/* Between patient ends on a true line all goes well, unless one of them resets it. */
static void judge_success(const struct two_ends *two)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(two->ends); i++) {
                const struct end *end = &two->ends[i];
                bool resets = end->settings.linger && end->settings.linger_time == 0;
                if (resets)
                        return;
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(two->ends); i++) {
                const struct end *end = &two->ends[i];
                g_assert(end->has_begun && end->error == 0);
                g_assert_cmpuint(end->read, ==, two->ends[1 - i].to_write);
        }
}

void end_judge_outcome(const struct two_ends *two, const struct line_record *line)
{
        judge_one(two, &two->ends[CALLER], line);
        judge_one(two, &two->ends[LISTENER], line);
        if (line->is_true && ends_are_patient(two))
                judge_success(two);
}
