/*
 * What a dialogue looks at: state, errors, readiness, deadlines, notes.
 */
#include "dialogue_private.h"

#include <poll.h>
#include <string.h>

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
        int expected = dialogue_read_error(dialogue, words[0]);
        int error = tcp_conn_take_error(dialogue_need_conn(dialogue));
        if (error != expected)
                dialogue_fail(dialogue, "the error is %s", dialogue_error_name(error));
}

static const struct {
        const char *name;
        unsigned event;
} poll_events[] = {
        { "in", POLLIN },
        { "pri", POLLPRI },
        { "out", POLLOUT },
        { "hup", POLLHUP },
        { "rdhup", POLLRDHUP },
        { "err", POLLERR },
};

static void do_poll(Dialogue *dialogue, char **words)
{
        g_autoptr(GString) seen = g_string_new(NULL);
        dialogue_settle(dialogue);
        unsigned ready = tcp_conn_ready(dialogue_need_conn(dialogue));
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
        time_ns deadline = tcp_conn_deadline(dialogue_need_conn(dialogue));
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
                        if (dialogue_read_integer(dialogue, *++word) != note->value)
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

const struct dialogue_verb dialogue_looks[] = {
        { "state", do_state },
        { "error", do_error },
        { "poll", do_poll },
        { "deadline", do_deadline },
        { "finished", do_finished },
        { "wait", do_wait },
        { "note", do_note },
        { "no-note", do_no_note },
        { 0 },
};
