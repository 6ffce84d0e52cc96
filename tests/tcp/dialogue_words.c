/*
 * The verbs of a dialogue, and the names of what can be set and looked at.
 */
#include "dialogue_private.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

/* ---- Values ---- */

static const struct {
        const char *name;
        int value;
} errors[] = {
        { "none", 0 },
        { "EAGAIN", EAGAIN },
        { "EPIPE", EPIPE },
        { "ENOTCONN", ENOTCONN },
        { "ETIMEDOUT", ETIMEDOUT },
        { "ECONNRESET", ECONNRESET },
        { "ECONNREFUSED", ECONNREFUSED },
        { "ECONNABORTED", ECONNABORTED },
};

static const char *error_name(int error)
{
        for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
                if (errors[i].value == error)
                        return errors[i].name;
        }
        return g_strerror(error);
}

static int read_error(Dialogue *dialogue, const char *name)
{
        for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(errors); i++) {
                if (strcmp(errors[i].name, name) == 0)
                        return errors[i].value;
        }
        dialogue_fail(dialogue, "no such error");
}

static int64_t read_integer(Dialogue *dialogue, const char *text)
{
        gint64 value;
        if (text == NULL || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL))
                dialogue_fail(dialogue, "cannot read the number %s", text != NULL ? text : "(missing)");
        return value;
}

/* Up to nine decimals, as nanoseconds. */
static bool read_seconds(const char *text, char **end, time_ns *time)
{
        guint64 whole = g_ascii_strtoull(text, end, 10);
        duration_ns unit = SECOND;
        if (*end == text)
                return false;
        *time = (time_ns)whole * SECOND;
        if (**end != '.')
                return true;
        for (++*end; g_ascii_isdigit(**end) && unit > 1; ++*end) {
                unit /= 10;
                *time += (**end - '0') * unit;
        }
        return true;
}

bool dialogue_read_time(const char *text, time_ns *time)
{
        static const struct {
                const char *name;
                duration_ns per_second;
        } units[] = { { "", 1 }, { "s", 1 }, { "ms", 1000 }, { "us", 1000000 } };
        char *end;
        if (!read_seconds(text, &end, time))
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
                if (strcmp(units[i].name, end) == 0) {
                        *time /= units[i].per_second;
                        return true;
                }
        }
        return false;
}

/* A count, or a duration with its unit. */
static int64_t read_figure(Dialogue *dialogue, const char *text)
{
        time_ns time;
        if (text != NULL && strspn(text, "-0123456789") < strlen(text) && dialogue_read_time(text, &time))
                return time;
        return read_integer(dialogue, text);
}

/* What follows a `=`, else `otherwise`. */
static ssize_t read_result(Dialogue *dialogue, char **words, ssize_t otherwise)
{
        if (words[0] == NULL)
                return otherwise;
        if (strcmp(words[0], "=") != 0 || words[1] == NULL)
                dialogue_fail(dialogue, "expected `= RESULT`");
        if (g_ascii_isdigit(words[1][0]))
                return (ssize_t)read_integer(dialogue, words[1]);
        return -read_error(dialogue, words[1]);
}

static void expect_result(Dialogue *dialogue, ssize_t expected, ssize_t seen)
{
        if (expected == seen)
                return;
        if (seen < 0)
                dialogue_fail(dialogue, "returned %s", error_name((int)-seen));
        dialogue_fail(dialogue, "returned %zd", seen);
}

static TcpConn *need_conn(Dialogue *dialogue)
{
        if (dialogue_peer(dialogue)->conn == NULL)
                dialogue_fail(dialogue, "there is no connection");
        return dialogue_peer(dialogue)->conn;
}

/* ---- Segments ---- */

static void speak(Dialogue *dialogue, char **words, struct spoken_segment *spoken)
{
        const char *wrong = spoken_segment_parse(words, spoken);
        if (wrong != NULL)
                dialogue_fail(dialogue, "cannot read: %s", wrong);
}

static struct payload make_payload(Dialogue *dialogue, uint64_t offset, uint32_t length)
{
        g_autofree uint8_t *bytes = g_malloc(length + 1);
        for (uint32_t i = 0; i < length; i++)
                bytes[i] = dialogue_byte(offset + i);
        return length > 0 ? payload_of_bytes(dialogue->pool, bytes, length) : (struct payload){ 0 };
}

static void own(struct dialogue_peer *peer, TcpConn *conn)
{
        peer->conn = conn;
        peer->own_base = tcp_conn_iss(conn);
        peer->written = peer->read = 0;
}

static void offer_to_listener(Dialogue *dialogue, const struct tcp_segment *segment)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        struct tcp_segment answer;
        bool has_answer;
        TcpConn *child = NULL;
        if (dialogue->listener != NULL)
                child = tcp_listener_on_segment(dialogue->listener, &peer->tuple, segment,
                        dialogue_clock(dialogue), &answer, &has_answer);
        else
                has_answer = tcp_stray_answer(segment, &answer);
        if (child != NULL)
                own(peer, child);
        else if (has_answer)
                dialogue_record(
                        dialogue, dialogue->peer, &answer, &(struct tcp_sending){ .reason = TCP_SEND_RESET });
}

static void deliver(Dialogue *dialogue, const struct tcp_segment *segment)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        if (peer->conn != NULL) {
                if (tcp_conn_on_segment(peer->conn, segment, dialogue_clock(dialogue)))
                        return;
                tcp_conn_free(peer->conn);
                peer->conn = NULL;
        }
        offer_to_listener(dialogue, segment);
}

static void do_arrive(Dialogue *dialogue, char **words)
{
        struct spoken_segment spoken;
        const struct dialogue_peer *peer = dialogue_peer(dialogue);
        speak(dialogue, words, &spoken);
        struct tcp_segment *segment = &spoken.segment;
        uint32_t first = segment->seq.value + (segment->flags & TCP_FLAG_SYN ? 1 : 0);
        segment->payload = make_payload(dialogue, (uint32_t)(first - 1), spoken.length);
        segment->source_port = peer->tuple.remote.port;
        segment->destination_port = peer->tuple.local.port;
        dialogue_make_absolute(dialogue, peer, segment);
        dialogue_before_stimulus(dialogue);
        deliver(dialogue, segment);
        payload_clear(&segment->payload);
        dialogue_after_stimulus(dialogue);
}

static void do_expect(Dialogue *dialogue, char **words)
{
        struct spoken_segment spoken;
        speak(dialogue, words, &spoken);
        dialogue_expect(dialogue, &spoken);
}

/* ---- Calls ---- */

static void do_connect(Dialogue *dialogue, char **words)
{
        (void)words;
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        dialogue_before_stimulus(dialogue);
        if (peer->conn == NULL)
                peer->conn = tcp_conn_new(dialogue->host, &dialogue->settings, 1500);
        tcp_conn_connect(peer->conn, &peer->tuple, dialogue_clock(dialogue));
        peer->own_base = tcp_conn_iss(peer->conn);
        dialogue_after_stimulus(dialogue);
}

static void do_listen(Dialogue *dialogue, char **words)
{
        uint32_t backlog = words[0] != NULL ? (uint32_t)read_integer(dialogue, words[0]) : 16;
        dialogue->listener = tcp_listener_new(
                dialogue->host, &dialogue->settings, &dialogue_peer(dialogue)->tuple.local, backlog, 1500);
}

static void do_listen_backlog(Dialogue *dialogue, char **words)
{
        tcp_listener_set_backlog(dialogue->listener, (uint32_t)read_integer(dialogue, words[0]));
}

static void do_accept(Dialogue *dialogue, char **words)
{
        dialogue_settle(dialogue);
        TcpConn *conn = tcp_listener_accept(dialogue->listener);
        TcpConn *expected = words[0] != NULL ? NULL : need_conn(dialogue);
        if (conn != expected)
                dialogue_fail(dialogue, "accepted %s", conn == NULL ? "none" : "another");
}

static void do_close_listener(Dialogue *dialogue, char **words)
{
        (void)words;
        TcpConn *child;
        dialogue_before_stimulus(dialogue);
        while ((child = tcp_listener_take_child(dialogue->listener)) != NULL)
                tcp_conn_abort(child, 0, dialogue_clock(dialogue));
        tcp_listener_free(dialogue->listener);
        dialogue->listener = NULL;
        dialogue_after_stimulus(dialogue);
}

/* Writing may come before connecting. */
static void do_write(Dialogue *dialogue, char **words)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        size_t size = (size_t)read_integer(dialogue, words[0]);
        ssize_t expected = read_result(dialogue, words + 1, (ssize_t)size);
        g_autofree uint8_t *bytes = g_malloc(size + 1);
        for (size_t i = 0; i < size; i++)
                bytes[i] = dialogue_byte(peer->written + i);
        dialogue_before_stimulus(dialogue);
        if (peer->conn == NULL)
                peer->conn = tcp_conn_new(dialogue->host, &dialogue->settings, 1500);
        ssize_t written = tcp_conn_write(peer->conn, bytes, size, dialogue_clock(dialogue));
        expect_result(dialogue, expected, written);
        peer->written += written > 0 ? (size_t)written : 0;
        dialogue_after_stimulus(dialogue);
}

static void do_read(Dialogue *dialogue, char **words)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        size_t size = (size_t)read_integer(dialogue, words[0]);
        ssize_t expected = read_result(dialogue, words + 1, (ssize_t)size);
        g_autofree uint8_t *bytes = g_malloc(size + 1);
        dialogue_before_stimulus(dialogue);
        ssize_t got = tcp_conn_read(need_conn(dialogue), bytes, size, dialogue_clock(dialogue));
        expect_result(dialogue, expected, got);
        for (ssize_t i = 0; i < got; i++) {
                if (bytes[i] != dialogue_byte(peer->read + (size_t)i))
                        dialogue_fail(dialogue, "byte %zd differs from what was sent", i);
        }
        peer->read += got > 0 ? (size_t)got : 0;
        dialogue_after_stimulus(dialogue);
}

static void do_shutdown(Dialogue *dialogue, char **words)
{
        static const struct {
                const char *name;
                int how;
        } ways[] = { { "rd", SHUT_RD }, { "wr", SHUT_WR }, { "rdwr", SHUT_RDWR } };
        size_t i = 0;
        while (i < G_N_ELEMENTS(ways) && g_strcmp0(ways[i].name, words[0]) != 0)
                i++;
        if (i == G_N_ELEMENTS(ways))
                dialogue_fail(dialogue, "shut down what?");
        dialogue_before_stimulus(dialogue);
        int result = tcp_conn_shutdown(need_conn(dialogue), ways[i].how, dialogue_clock(dialogue));
        expect_result(dialogue, read_result(dialogue, words + 1, 0), result);
        dialogue_after_stimulus(dialogue);
}

static void do_close(Dialogue *dialogue, char **words)
{
        (void)words;
        dialogue_before_stimulus(dialogue);
        tcp_conn_close(need_conn(dialogue), dialogue_clock(dialogue));
        dialogue_after_stimulus(dialogue);
}

static void do_abort(Dialogue *dialogue, char **words)
{
        int error = words[0] != NULL ? read_error(dialogue, words[0]) : 0;
        dialogue_before_stimulus(dialogue);
        tcp_conn_abort(need_conn(dialogue), error, dialogue_clock(dialogue));
        dialogue_after_stimulus(dialogue);
}

/* ---- Looks ---- */

static void do_state(Dialogue *dialogue, char **words)
{
        dialogue_settle(dialogue);
        const TcpConn *conn = dialogue_peer(dialogue)->conn;
        const char *state = tcp_state_name(conn != NULL ? tcp_conn_state(conn) : TCP_STATE_CLOSED);
        if (g_strcmp0(state, words[0]) != 0)
                dialogue_fail(dialogue, "the state is %s", state);
}

static void do_error(Dialogue *dialogue, char **words)
{
        dialogue_settle(dialogue);
        int expected = read_error(dialogue, words[0]);
        int error = tcp_conn_take_error(need_conn(dialogue));
        if (error != expected)
                dialogue_fail(dialogue, "the error is %s", error_name(error));
}

static const struct {
        const char *name;
        unsigned event;
} poll_events[] = {
        { "in", POLLIN },
        { "out", POLLOUT },
        { "hup", POLLHUP },
        { "rdhup", POLLRDHUP },
        { "err", POLLERR },
};

static void do_poll(Dialogue *dialogue, char **words)
{
        g_autoptr(GString) seen = g_string_new(NULL);
        dialogue_settle(dialogue);
        unsigned ready = tcp_conn_ready(need_conn(dialogue));
        for (size_t i = 0; i < G_N_ELEMENTS(poll_events); i++) {
                if (ready & poll_events[i].event)
                        g_string_append_printf(seen, "%s%s", seen->len > 0 ? "," : "", poll_events[i].name);
        }
        if (seen->len == 0)
                g_string_append(seen, "none");
        if (g_strcmp0(seen->str, words[0]) != 0)
                dialogue_fail(dialogue, "ready for %s", seen->str);
}

static void do_deadline(Dialogue *dialogue, char **words)
{
        time_ns expected = TIME_NEVER;
        dialogue_settle(dialogue);
        if (g_strcmp0(words[0], "none") != 0) {
                if (words[0] == NULL || !dialogue_read_time(words[0], &expected))
                        dialogue_fail(dialogue, "cannot read the time");
                expected += dialogue->start;
        }
        time_ns deadline = tcp_conn_deadline(need_conn(dialogue));
        if (deadline == TIME_NEVER && expected != TIME_NEVER)
                dialogue_fail(dialogue, "there is no deadline");
        if (deadline != expected)
                dialogue_fail(
                        dialogue, "the deadline is %" G_GINT64_FORMAT " ns", deadline - dialogue->start);
}

static void do_finished(Dialogue *dialogue, char **words)
{
        (void)words;
        dialogue_settle(dialogue);
        if (dialogue_peer(dialogue)->conn != NULL)
                dialogue_fail(dialogue, "it is not finished");
}

static void do_wait(Dialogue *dialogue, char **words)
{
        (void)words;
        dialogue_before_stimulus(dialogue);
        dialogue_settle(dialogue);
}

enum figure_kind { FIGURE_BOOL, FIGURE_U32, FIGURE_U64, FIGURE_DURATION, FIGURE_U8 };

struct figure {
        const char *name;
        size_t offset;
        enum figure_kind kind;
};

#define REPORTED(name, member, kind)                                                                         \
        {                                                                                                    \
                name, offsetof(struct tcp_report, member), kind                                              \
        }

static const struct figure report_figures[] = {
        REPORTED("in-recovery", in_recovery, FIGURE_BOOL),
        REPORTED("after-timeout", after_timeout, FIGURE_BOOL),
        REPORTED("sack", sack_agreed, FIGURE_BOOL),
        REPORTED("timestamps", timestamps_agreed, FIGURE_BOOL),
        REPORTED("send-scale", send_scale, FIGURE_U8),
        REPORTED("receive-scale", receive_scale, FIGURE_U8),
        REPORTED("mss", send_mss, FIGURE_U32),
        REPORTED("receive-mss", receive_mss, FIGURE_U32),
        REPORTED("cwnd", cwnd_segments, FIGURE_U32),
        REPORTED("ssthresh", ssthresh_segments, FIGURE_U32),
        REPORTED("unacknowledged", unacknowledged_segments, FIGURE_U32),
        REPORTED("sacked", sacked_segments, FIGURE_U32),
        REPORTED("lost", lost_segments, FIGURE_U32),
        REPORTED("retransmitted", retransmitted_segments, FIGURE_U32),
        REPORTED("backoffs", backoffs, FIGURE_U32),
        REPORTED("rto", rto, FIGURE_DURATION),
        REPORTED("srtt", srtt, FIGURE_DURATION),
        REPORTED("rttvar", rttvar, FIGURE_DURATION),
        REPORTED("send-window", send_window, FIGURE_U32),
        REPORTED("receive-window", receive_window, FIGURE_U32),
        REPORTED("segments-sent", counts.segments_sent, FIGURE_U64),
        REPORTED("segments-received", counts.segments_received, FIGURE_U64),
        REPORTED("data-segments-sent", counts.data_segments_sent, FIGURE_U64),
        REPORTED("retransmitted-segments", counts.retransmitted_segments, FIGURE_U64),
        REPORTED("bytes-received", counts.bytes_received, FIGURE_U64),
        REPORTED("bytes-acknowledged", counts.bytes_acknowledged, FIGURE_U64),
        REPORTED("timeouts", counts.timeouts, FIGURE_U64),
        REPORTED("fast-recoveries", counts.fast_recoveries, FIGURE_U64),
        REPORTED("duplicate-acks-sent", counts.duplicate_acks_sent, FIGURE_U64),
        REPORTED("duplicate-acks-received", counts.duplicate_acks_received, FIGURE_U64),
        REPORTED("out-of-order-arrivals", counts.out_of_order_arrivals, FIGURE_U64),
        REPORTED("duplicate-arrivals", counts.duplicate_arrivals, FIGURE_U64),
        REPORTED("held-bytes-max", counts.held_bytes_max, FIGURE_U32),
        REPORTED("window-probes", counts.window_probes, FIGURE_U32),
};

#define SETTING(name, member, kind)                                                                          \
        {                                                                                                    \
                name, offsetof(struct tcp_settings, member), kind                                            \
        }

static const struct figure settings_figures[] = {
        SETTING("recovery", recovery, FIGURE_U32),
        SETTING("sack", sack, FIGURE_BOOL),
        SETTING("dsack", dsack, FIGURE_BOOL),
        SETTING("timestamps", timestamps, FIGURE_BOOL),
        SETTING("window-scaling", window_scaling, FIGURE_BOOL),
        SETTING("limited-transmit", limited_transmit, FIGURE_BOOL),
        SETTING("nagle", nagle, FIGURE_BOOL),
        SETTING("idle-restart", idle_restart, FIGURE_BOOL),
        SETTING("keepalive", keepalive, FIGURE_BOOL),
        SETTING("linger", linger, FIGURE_BOOL),
        SETTING("linger-time", linger_time, FIGURE_DURATION),
        SETTING("delayed-ack", delayed_ack, FIGURE_DURATION),
        SETTING("mss", mss, FIGURE_U32),
        SETTING("initial-window", initial_window, FIGURE_U32),
        SETTING("initial-rto", initial_rto, FIGURE_DURATION),
        SETTING("min-rto", min_rto, FIGURE_DURATION),
        SETTING("max-rto", max_rto, FIGURE_DURATION),
        SETTING("syn-retries", syn_retries, FIGURE_U32),
        SETTING("syn-ack-retries", syn_ack_retries, FIGURE_U32),
        SETTING("retries", retries, FIGURE_U32),
        SETTING("user-timeout", user_timeout, FIGURE_DURATION),
        SETTING("keepalive-idle", keepalive_idle, FIGURE_DURATION),
        SETTING("keepalive-interval", keepalive_interval, FIGURE_DURATION),
        SETTING("keepalive-count", keepalive_count, FIGURE_U32),
        SETTING("receive-buffer", receive_buffer, FIGURE_U32),
        SETTING("send-buffer", send_buffer, FIGURE_U32),
        SETTING("msl", msl, FIGURE_DURATION),
        SETTING("time-wait", time_wait, FIGURE_DURATION),
        SETTING("fin-wait-2", fin_wait_2, FIGURE_DURATION),
};

static const struct figure *find_figure(
        Dialogue *dialogue, const struct figure *figures, size_t count, const char *name)
{
        for (size_t i = 0; i < count; i++) {
                if (g_strcmp0(figures[i].name, name) == 0)
                        return &figures[i];
        }
        dialogue_fail(dialogue, "nothing of that name");
}

static int64_t figure_of(const struct figure *figure, const void *value)
{
        const char *at = (const char *)value + figure->offset;
        switch (figure->kind) {
        case FIGURE_BOOL:
                return *(const bool *)at;
        case FIGURE_U8:
                return *(const uint8_t *)at;
        case FIGURE_U32:
                return *(const uint32_t *)at;
        case FIGURE_U64:
        case FIGURE_DURATION:
        default:
                return *(const int64_t *)at;
        }
}

static int64_t read_switch_or_figure(Dialogue *dialogue, const char *text)
{
        if (g_strcmp0(text, "on") == 0)
                return 1;
        return g_strcmp0(text, "off") == 0 ? 0 : read_figure(dialogue, text);
}

static void do_check(Dialogue *dialogue, char **words)
{
        struct tcp_report report;
        const struct figure *figure =
                find_figure(dialogue, report_figures, G_N_ELEMENTS(report_figures), words[0]);
        dialogue_settle(dialogue);
        tcp_conn_report(need_conn(dialogue), &report);
        int64_t seen = figure_of(figure, &report);
        if (seen != read_switch_or_figure(dialogue, words[1]))
                dialogue_fail(dialogue, "it is %" G_GINT64_FORMAT, seen);
}

static void set_congestion_control(Dialogue *dialogue, struct tcp_settings *settings, const char *name)
{
        settings->congestion_control = name != NULL ? tcp_congestion_control_find(name) : NULL;
        if (settings->congestion_control == NULL)
                dialogue_fail(dialogue, "no such congestion control");
}

static void set_figure(Dialogue *dialogue, struct tcp_settings *settings, char **words)
{
        const struct figure *figure =
                find_figure(dialogue, settings_figures, G_N_ELEMENTS(settings_figures), words[0]);
        int64_t value = read_switch_or_figure(dialogue, words[1]);
        char *at = (char *)settings + figure->offset;
        if (figure->kind == FIGURE_BOOL)
                *(bool *)at = value != 0;
        else if (figure->kind == FIGURE_U32)
                *(uint32_t *)at = (uint32_t)value;
        else
                *(duration_ns *)at = value;
}

static void do_set(Dialogue *dialogue, char **words)
{
        TcpConn *conn = dialogue_peer(dialogue)->conn;
        struct tcp_settings settings = conn != NULL ? *tcp_conn_settings(conn) : dialogue->settings;
        if (g_strcmp0(words[0], "congestion-control") == 0)
                set_congestion_control(dialogue, &settings, words[1]);
        else
                set_figure(dialogue, &settings, words);
        if (conn == NULL) {
                dialogue->settings = settings;
                return;
        }
        dialogue_before_stimulus(dialogue);
        tcp_conn_set(conn, &settings, dialogue_clock(dialogue));
        dialogue_after_stimulus(dialogue);
}

/* ---- Notes ---- */

/* Notes of the receiving half speak of the peer's numbers, all others of ours. */
static uint32_t note_base(Dialogue *dialogue, const struct tcp_note *note)
{
        const struct dialogue_peer *peer = dialogue_peer(dialogue);
        bool is_received = note->kind >= TCP_NOTE_ARRIVED_IN_ORDER && note->kind <= TCP_NOTE_REFUSED;
        return is_received ? peer->peer_base.value : peer->own_base.value;
}

static const char *why_name(const struct tcp_note *note)
{
        switch (note->kind) {
        case TCP_NOTE_REFUSED:
                return tcp_refusal_name(note->why);
        case TCP_NOTE_LOST:
        case TCP_NOTE_RECOVERY_ENTERED:
                return tcp_loss_sign_name(note->why);
        case TCP_NOTE_DEADLINE:
                return tcp_deadline_name(note->why);
        case TCP_NOTE_LIMITED:
                return tcp_limit_name(note->why);
        default:
                return "";
        }
}

static void put_note(Dialogue *dialogue, const struct tcp_note *note, GString *text)
{
        uint32_t base = note_base(dialogue, note);
        g_string_append_printf(text, "note %s", tcp_note_name(note->kind));
        if (note->kind == TCP_NOTE_STATE)
                g_string_append_printf(text, " %s %s", tcp_state_name(note->from), tcp_state_name(note->to));
        else
                g_string_append_printf(text, " %u:%u why %s value %" G_GINT64_FORMAT,
                        note->range.first.value - base, note->range.end.value - base, why_name(note),
                        note->value);
        g_string_append_c(text, '\n');
}

static bool note_has(Dialogue *dialogue, const struct tcp_note *note, char **words)
{
        g_autofree char *range = g_strdup_printf("%u:%u", note->range.first.value - note_base(dialogue, note),
                note->range.end.value - note_base(dialogue, note));
        for (char **word = words; *word != NULL; word++) {
                if (strchr(*word, ':') != NULL) {
                        if (strcmp(*word, range) != 0)
                                return false;
                } else if (strcmp(*word, "why") == 0) {
                        if (g_strcmp0(*++word, why_name(note)) != 0)
                                return false;
                } else if (strcmp(*word, "value") == 0) {
                        if (read_integer(dialogue, *++word) != note->value)
                                return false;
                } else {
                        dialogue_fail(dialogue, "cannot read: %s", *word);
                }
        }
        return true;
}

static bool has_note(Dialogue *dialogue, char **words, GString *seen)
{
        bool found = false;
        dialogue_settle(dialogue);
        for (guint i = 0; i < dialogue->notes->len; i++) {
                const struct tcp_note *note = &g_array_index(dialogue->notes, struct tcp_note, i);
                put_note(dialogue, note, seen);
                if (g_strcmp0(tcp_note_name(note->kind), words[0]) == 0 &&
                        note_has(dialogue, note, words + 1))
                        found = true;
        }
        return found;
}

static void do_note(Dialogue *dialogue, char **words)
{
        g_autoptr(GString) seen = g_string_new(NULL);
        if (!has_note(dialogue, words, seen))
                dialogue_fail(dialogue, "seen\n%s", seen->str);
}

static void do_no_note(Dialogue *dialogue, char **words)
{
        g_autoptr(GString) seen = g_string_new(NULL);
        if (has_note(dialogue, words, seen))
                dialogue_fail(dialogue, "seen\n%s", seen->str);
}

/* ---- The bench ---- */

static void do_peer(Dialogue *dialogue, char **words)
{
        int64_t peer = read_integer(dialogue, words[0]);
        if (peer < 1 || peer >= DIALOGUE_PEERS)
                dialogue_fail(dialogue, "no such peer");
        dialogue->peer = (unsigned)peer;
}

static void do_isn(Dialogue *dialogue, char **words)
{
        dialogue_set_isn(dialogue, seq_of((uint32_t)read_integer(dialogue, words[0])));
}

static void do_peer_isn(Dialogue *dialogue, char **words)
{
        dialogue_peer(dialogue)->peer_base = seq_of((uint32_t)read_integer(dialogue, words[0]));
}

static const struct {
        const char *verb;
        void (*act)(Dialogue *dialogue, char **words);
} verbs[] = {
        { "<", do_arrive },
        { ">", do_expect },
        { "connect", do_connect },
        { "listen", do_listen },
        { "listen-backlog", do_listen_backlog },
        { "accept", do_accept },
        { "close-listener", do_close_listener },
        { "write", do_write },
        { "read", do_read },
        { "shutdown", do_shutdown },
        { "close", do_close },
        { "abort", do_abort },
        { "state", do_state },
        { "error", do_error },
        { "poll", do_poll },
        { "deadline", do_deadline },
        { "finished", do_finished },
        { "wait", do_wait },
        { "check", do_check },
        { "set", do_set },
        { "note", do_note },
        { "no-note", do_no_note },
        { "peer", do_peer },
        { "isn", do_isn },
        { "peer-isn", do_peer_isn },
};

void dialogue_do(Dialogue *dialogue, char **words)
{
        for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
                if (g_strcmp0(verbs[i].verb, words[0]) == 0) {
                        verbs[i].act(dialogue, words + 1);
                        return;
                }
        }
        dialogue_fail(dialogue, "no such verb");
}
