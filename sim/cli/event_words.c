/*
 * Events as a trace's lines have them, told as a story tells them.
 */
#include "cli/event_words.h"

#include "cli/call_words.h"
#include "cli/event_member.h"
#include "cli/note_words.h"

#include <string.h>

#define NUMBER "%" G_GINT64_FORMAT

static char *segment_words(JsonObject *event)
{
        gint64 payload = event_number(event, "payload");
        gint64 first = MAX(event_number(event, "seq") - 1, 0);
        const char *flags = event_text(event, "flags");
        if (payload > 0 && *flags == '\0')
                return g_strdup_printf("datagram of " NUMBER " bytes", payload);
        if (payload > 0)
                return g_strdup_printf("bytes " NUMBER " to " NUMBER, first, first + payload - 1);
        if (g_str_equal(flags, "ACK") && event_number(event, "ack") > 0)
                return g_strdup_printf("ACK up to byte %" G_GINT64_FORMAT, event_number(event, "ack") - 1);
        return g_strdup(*flags ? flags : event_text(event, "protocol"));
}

/* "www" of "www#35". */
static char *maker_of(JsonObject *event)
{
        const char *packet = event_text(event, "packet");
        const char *number = strrchr(packet, '#');
        return number != NULL ? g_strndup(packet, (gsize)(number - packet)) : g_strdup(packet);
}

static char *packet_words_of(JsonObject *event)
{
        g_autofree char *segment = segment_words(event);
        gint64 sending = event_number(event, "sending");
        g_autofree char *from = maker_of(event);
        const char *copy = event_number(event, "copy") > 0 ? "a copy of " : "";
        if (sending > 1)
                return g_strdup_printf(
                        "%s%s's %s, sent the %" G_GINT64_FORMAT ". time", copy, from, segment, sending);
        return g_strdup_printf("%s%s's %s", copy, from, segment);
}

/* ---- By kind ---- */

static char *hop_words(JsonObject *event, const char *packet)
{
        const char *drop = event_text(event, "drop");
        const char *rule = event_text(event, "rule");
        g_autoptr(GString) text = g_string_new(NULL);
        g_string_append_printf(text, "%s %s", *drop ? "loses" : "delivers", packet);
        if (*drop)
                g_string_append_printf(text, " (%s%s%s)", drop,
                        *rule && !g_str_equal(rule, "-") ? " by " : "",
                        *rule && !g_str_equal(rule, "-") ? rule : "");
        if (event_flag(event, "corrupted_here"))
                g_string_append(text, ", damaged");
        if (event_flag(event, "reordered"))
                g_string_append(text, ", after one sent later");
        if (event_flag(event, "delayed"))
                g_string_append(text, ", held back");
        if (event_flag(event, "marked"))
                g_string_append(text, ", marked: congestion experienced");
        return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *packet_event_words(JsonObject *event, const char *kind)
{
        g_autofree char *packet = packet_words_of(event);
        if (g_str_equal(kind, "net.hop"))
                return hop_words(event, packet);
        if (g_str_equal(kind, "net.dropped"))
                return g_strdup_printf("throws away %s (%s)", packet, event_text(event, "drop"));
        if (g_str_equal(kind, "net.fault"))
                return g_strdup_printf("has rule %s: %s on %s", event_text(event, "rule"),
                        event_text(event, "action"), packet);
        if (g_str_equal(kind, "host.sent"))
                return g_strdup_printf("sends %s (%s)", packet, event_text(event, "why"));
        return g_strdup_printf("receives %s", packet);
}

/* "1.25 ms" needs no more digits than a story's times. */
static char *milliseconds(gint64 duration)
{
        return g_strdup_printf(NUMBER ".%03d ms", duration / 1000000, (int)(duration / 1000 % 1000));
}

static char *state_words(JsonObject *event)
{
        return g_strdup_printf(
                "goes from %s to %s", event_text(event, "state_from"), event_text(event, "state_to"));
}

static char *rtt_words(JsonObject *event)
{
        g_autofree char *sample = milliseconds(event_number(event, "sample"));
        g_autofree char *smoothed = milliseconds(event_number(event, "srtt"));
        g_autofree char *timeout = milliseconds(event_number(event, "rto"));
        if (json_object_has_member(event, "sample"))
                return g_strdup_printf("measures a round trip of %s, %s smoothed; times out after %s", sample,
                        smoothed, timeout);
        return g_strdup_printf(
                "times out after %s, doubled " NUMBER " times", timeout, event_number(event, "backoff"));
}

static char *congestion_words(JsonObject *event)
{
        GString *text = g_string_new(NULL);
        g_string_append_printf(
                text, "has a congestion window of " NUMBER " bytes", event_number(event, "cwnd"));
        if (json_object_has_member(event, "ssthresh"))
                g_string_append_printf(text, ", ssthresh " NUMBER, event_number(event, "ssthresh"));
        g_string_append_printf(text, ", " NUMBER " in flight, " NUMBER " offered",
                event_number(event, "in_flight"), event_number(event, "send_window"));
        if (event_number(event, "pacing") > 0)
                g_string_append_printf(text, ", paced at " NUMBER " bit/s", event_number(event, "pacing"));
        return g_string_free(text, FALSE);
}

static void append_queue(GString *text, JsonObject *event)
{
        static const struct {
                const char *key;
                const char *words;
        } limits[] = { { "limit", ", at most " NUMBER " packets" },
                { "limit_bytes", ", at most " NUMBER " bytes" }, { "least", ", from " NUMBER },
                { "most", " to " NUMBER " packets on average" } };
        g_autofree char *target = milliseconds(event_number(event, "target"));
        g_autofree char *interval = milliseconds(event_number(event, "interval"));
        g_string_append_printf(
                text, "queue %s%s", event_text(event, "queue"), event_flag(event, "ecn") ? " with ECN" : "");
        for (unsigned i = 0; i < G_N_ELEMENTS(limits); i++) {
                if (event_number(event, limits[i].key) > 0)
                        g_string_append_printf(text, limits[i].words, event_number(event, limits[i].key));
        }
        if (event_number(event, "target") > 0)
                g_string_append_printf(text, ", target %s, interval %s", target, interval);
}

static char *link_words(JsonObject *event)
{
        g_autofree char *delay = milliseconds(event_number(event, "delay"));
        GString *text = g_string_new(event_flag(event, "down") ? "is down; it has " : "has ");
        if (event_number(event, "rate") > 0)
                g_string_append_printf(text, NUMBER " bit/s, ", event_number(event, "rate"));
        g_string_append_printf(text, "%s, MTU " NUMBER ", ", delay, event_number(event, "mtu"));
        append_queue(text, event);
        return g_string_free(text, FALSE);
}

/* At a time, on no packet. */
static char *fault_words(JsonObject *event)
{
        return g_strdup_printf("has rule %s: %s", event_text(event, "rule"), event_text(event, "action"));
}

static char *step_words(JsonObject *event)
{
        return g_strdup_printf("has %s say: %s", event_text(event, "program"), event_text(event, "text"));
}

static const struct {
        const char *kind;
        char *(*words)(JsonObject *event); /* NULL from it: it knows none */
} tellers[] = {
        { "net.fault", fault_words },
        { "net.link", link_words },
        { "tcp.state", state_words },
        { "tcp.rtt", rtt_words },
        { "tcp.congestion", congestion_words },
        { "tcp.note", note_words },
        { "socket.call", call_words },
        { "app.step", step_words },
};

/* Of a trace that is newer than this program: names and values. */
static char *other_words(JsonObject *event, const char *kind)
{
        static const char *const known[] = { "t", "ev", "owner", "conn", "transfer", "cause", "cause_name",
                "cause_packet", NULL };
        g_autoptr(GString) text = g_string_new(kind);
        g_autoptr(GList) names = json_object_get_members(event);
        for (GList *name = names; name != NULL; name = name->next) {
                if (g_strv_contains(known, name->data))
                        continue;
                g_autoptr(JsonGenerator) generator = json_generator_new();
                json_generator_set_root(generator, json_object_get_member(event, name->data));
                g_autofree char *value = json_generator_to_data(generator, NULL);
                g_string_append_printf(text, " %s %s", (char *)name->data, g_strdelimit(value, "\"", ' '));
        }
        return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *words_of(JsonObject *event, const char *kind)
{
        char *words = NULL;
        if (json_object_has_member(event, "packet"))
                return packet_event_words(event, kind);
        for (unsigned i = 0; i < G_N_ELEMENTS(tellers); i++) {
                if (g_str_equal(tellers[i].kind, kind))
                        words = tellers[i].words(event);
        }
        return words != NULL ? words : other_words(event, kind);
}

char *event_words(JsonObject *event)
{
        gint64 time = event_number(event, "t");
        g_autofree char *words = words_of(event, event_text(event, "ev"));
        return g_strdup_printf("%4" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "  %s %s", time / 1000000000,
                time % 1000000000 / 1000, event_text(event, "owner"), words);
}
