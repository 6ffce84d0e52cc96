/*
 * A phrase for each note. In it %b stands for the bytes that it is about, %f and %e for the first and the
 * last of them, %v for its value and %w for its reason.
 */
#include "cli/note_words.h"

#include "cli/event_member.h"
#include "tcp/tcp_note.h"

#include <string.h>

#define BYTE_NUMBER(relative) ((relative)-1) /* the stream's first byte is 0, its SYN comes before */

static const char *const loss_signs[] = {
        [TCP_LOSS_DUPLICATE_ACKS] = "duplicate ACKs",
        [TCP_LOSS_SACK] = "SACK",
        [TCP_LOSS_RACK] = "RACK",
        [TCP_LOSS_PARTIAL_ACK] = "a partial ACK",
        [TCP_LOSS_TAIL_PROBE] = "the answer to a tail probe",
        [TCP_LOSS_TIMEOUT] = "the timeout",
        [TCP_LOSS_PATH_MTU] = "the path's MTU",
        [TCP_LOSS_MARK] = "a router's mark",
};

static const char *const refusals[] = {
        [TCP_REFUSED_OUTSIDE_WINDOW] = "outside the window",
        [TCP_REFUSED_OLD_TIMESTAMP] = "its timestamp is old",
        [TCP_REFUSED_BAD_ACK] = "it acknowledges what it cannot",
        [TCP_REFUSED_NO_ACK_FLAG] = "it has no ACK",
        [TCP_REFUSED_RESET] = "a reset that does not fit exactly",
        [TCP_REFUSED_SYN] = "a SYN where there is a connection",
        [TCP_REFUSED_STATE] = "no more is expected",
        [TCP_REFUSED_RECEIVE_BUFFER] = "there is no room",
};

static const char *const deadlines[] = {
        [TCP_DEADLINE_RETRANSMIT] = "retransmission timer",
        [TCP_DEADLINE_TAIL_PROBE] = "tail probe's timer",
        [TCP_DEADLINE_REORDERING] = "reordering timer",
        [TCP_DEADLINE_PERSIST] = "timer for a closed window",
        [TCP_DEADLINE_PACING] = "pacing timer",
        [TCP_DEADLINE_DELAYED_ACK] = "delayed ACK's timer",
        [TCP_DEADLINE_COMPRESSED_ACK] = "compressed ACK's timer",
        [TCP_DEADLINE_KEEPALIVE] = "keepalive timer",
        [TCP_DEADLINE_USER_TIMEOUT] = "user timeout",
        [TCP_DEADLINE_FIN_WAIT_2] = "FIN-WAIT-2 timer",
        [TCP_DEADLINE_TIME_WAIT] = "TIME-WAIT timer",
};

static const char *const limits[] = {
        [TCP_LIMIT_NOTHING] = "is not kept from sending",
        [TCP_LIMIT_APPLICATION] = "has sent all that was written",
        [TCP_LIMIT_CONGESTION_WINDOW] = "is kept from sending by its congestion window",
        [TCP_LIMIT_RECEIVE_WINDOW] = "is kept from sending by the peer's window",
        [TCP_LIMIT_NAGLE] = "is kept from sending a small segment by Nagle's rule",
};

/* Reasons of one kind: what the trace calls them, and we. */
struct reasons {
        const char *(*name)(int why);
        const char *const *words;
        int count;
};

#define NAMED_BY(function, type)                                                                             \
        static const char *function##_of(int why)                                                            \
        {                                                                                                    \
                return function((type)why);                                                                  \
        }
NAMED_BY(tcp_loss_sign_name, enum tcp_loss_sign)
NAMED_BY(tcp_refusal_name, enum tcp_refusal)
NAMED_BY(tcp_deadline_name, enum tcp_deadline_kind)
NAMED_BY(tcp_limit_name, enum tcp_limit)

static const struct reasons of_loss = { tcp_loss_sign_name_of, loss_signs, G_N_ELEMENTS(loss_signs) };
static const struct reasons of_refusal = { tcp_refusal_name_of, refusals, G_N_ELEMENTS(refusals) };
static const struct reasons of_deadline = { tcp_deadline_name_of, deadlines, G_N_ELEMENTS(deadlines) };
static const struct reasons of_limit = { tcp_limit_name_of, limits, G_N_ELEMENTS(limits) };

/* States, round trips and windows are events of their own. */
static const struct phrase {
        const char *words;
        const struct reasons *reasons;
} phrases[TCP_NOTE_KINDS] = {
        [TCP_NOTE_STATE] = { "changes its state", NULL },
        [TCP_NOTE_ARRIVED_IN_ORDER] = { "takes %b, in order", NULL },
        [TCP_NOTE_HELD] = { "holds %b, which came out of order; %v bytes in all", NULL },
        [TCP_NOTE_DUPLICATE] = { "throws away %b, which it has", NULL },
        [TCP_NOTE_HOLE_FILLED] = { "has a hole filled: %b can be read; %v bytes are still held", NULL },
        [TCP_NOTE_REFUSED] = { "refuses %b: %w", &of_refusal },
        [TCP_NOTE_ACK] = { "hears that %b arrived; the window is %v bytes", NULL },
        [TCP_NOTE_DUPLICATE_ACK] = { "gets duplicate ACK number %v: byte %f is missing", NULL },
        [TCP_NOTE_WINDOW_UPDATE] = { "hears that the window is %v bytes", NULL },
        [TCP_NOTE_SACKED] = { "hears by SACK that %b arrived", NULL },
        [TCP_NOTE_DSACK] = { "hears by D-SACK that %b arrived twice", NULL },
        [TCP_NOTE_RTT] = { "measures a round trip", NULL },
        [TCP_NOTE_CONGESTION] = { "has another window", NULL },
        [TCP_NOTE_LOST] = { "takes %b for lost, by %w", &of_loss },
        [TCP_NOTE_RECOVERY_ENTERED] = { "begins to recover until byte %e is acknowledged, by %w", &of_loss },
        [TCP_NOTE_RECOVERY_LEFT] = { "has recovered: all up to byte %e is acknowledged", NULL },
        [TCP_NOTE_RECOVERY_UNDONE] = { "undoes its recovery up to byte %e: nothing was lost", NULL },
        [TCP_NOTE_DEADLINE] = { "hears its %w", &of_deadline },
        [TCP_NOTE_LIMITED] = { "%w", &of_limit },
        [TCP_NOTE_ACCEPT_QUEUE_FULL] = { "ignores a connection: %v wait to be accepted", NULL },
        [TCP_NOTE_SYN_QUEUE_FULL] = { "ignores a SYN: %v connections are half open", NULL },
        [TCP_NOTE_FAILED] = { "gives up: error %v", NULL },
};
/* The host's own. */
static const struct phrase read_phrase = { "hands %b to its program", NULL };

static const struct phrase *phrase_of(const char *name)
{
        for (int kind = 0; kind < TCP_NOTE_KINDS; kind++) {
                if (g_str_equal(tcp_note_name((enum tcp_note_kind)kind), name))
                        return &phrases[kind];
        }
        return g_str_equal(name, "read") ? &read_phrase : NULL;
}

/* The trace's own word where there is no other. */
static const char *reason_of(const struct phrase *phrase, const char *why)
{
        for (int i = 0; phrase->reasons != NULL && i < phrase->reasons->count; i++) {
                if (g_str_equal(phrase->reasons->name(i), why))
                        return phrase->reasons->words[i];
        }
        return why;
}

static void append_bytes(GString *text, gint64 first, gint64 end)
{
        if (first == 0 && end > 0)
                first = 1; /* a SYN is no byte */
        if (end <= first)
                g_string_append(text, end == 1 ? "its SYN" : "a segment without data");
        else if (end == first + 1)
                g_string_append_printf(text, "byte %" G_GINT64_FORMAT, BYTE_NUMBER(first));
        else
                g_string_append_printf(text, "bytes %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                        BYTE_NUMBER(first), BYTE_NUMBER(end - 1));
}

static void append_key(GString *text, char key, const struct phrase *phrase, JsonObject *event)
{
        gint64 first = event_number(event, "first");
        gint64 end = event_number(event, "end");
        switch (key) {
        case 'b':
                append_bytes(text, first, end);
                break;
        case 'f':
                g_string_append_printf(text, "%" G_GINT64_FORMAT, BYTE_NUMBER(first));
                break;
        case 'e':
                g_string_append_printf(text, "%" G_GINT64_FORMAT, BYTE_NUMBER(end - 1));
                break;
        case 'v':
                g_string_append_printf(text, "%" G_GINT64_FORMAT, event_number(event, "value"));
                break;
        case 'w':
                g_string_append(text, reason_of(phrase, event_text(event, "note_why")));
                break;
        default:
                g_assert_not_reached();
        }
}

char *note_words(JsonObject *event)
{
        const struct phrase *phrase = phrase_of(event_text(event, "note"));
        if (phrase == NULL)
                return NULL;
        GString *text = g_string_new(NULL);
        for (const char *c = phrase->words; *c != '\0'; c++) {
                if (*c == '%')
                        append_key(text, *++c, phrase, event);
                else
                        g_string_append_c(text, *c);
        }
        return g_string_free(text, FALSE);
}
