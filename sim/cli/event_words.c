/*
 * Events as a trace's lines have them, told as a story tells them.
 */
#include "cli/event_words.h"

#include <stdbool.h>
#include <string.h>

static const char *text_of(JsonObject *event, const char *name)
{
        return json_object_get_string_member_with_default(event, name, "");
}

static gint64 number_of(JsonObject *event, const char *name)
{
        return json_object_get_int_member_with_default(event, name, 0);
}

static char *segment_words(JsonObject *event)
{
        gint64 payload = number_of(event, "payload");
        gint64 first = MAX(number_of(event, "seq") - 1, 0);
        if (payload > 0)
                return g_strdup_printf(
                        "bytes %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, first, first + payload - 1);
        const char *flags = text_of(event, "flags");
        if (g_str_equal(flags, "ACK") && number_of(event, "ack") > 0)
                return g_strdup_printf("ACK up to byte %" G_GINT64_FORMAT, number_of(event, "ack") - 1);
        return g_strdup(*flags ? flags : text_of(event, "protocol"));
}

/* "www" of "www#35". */
static char *maker_of(JsonObject *event)
{
        const char *packet = text_of(event, "packet");
        const char *number = strrchr(packet, '#');
        return number != NULL ? g_strndup(packet, (gsize)(number - packet)) : g_strdup(packet);
}

static char *packet_words_of(JsonObject *event)
{
        g_autofree char *segment = segment_words(event);
        gint64 sending = number_of(event, "sending");
        g_autofree char *from = maker_of(event);
        const char *copy = number_of(event, "copy") > 0 ? "a copy of " : "";
        if (sending > 1)
                return g_strdup_printf(
                        "%s%s's %s, sent the %" G_GINT64_FORMAT ". time", copy, from, segment, sending);
        return g_strdup_printf("%s%s's %s", copy, from, segment);
}

/* ---- By kind ---- */

static char *hop_words(JsonObject *event, const char *packet)
{
        const char *drop = text_of(event, "drop");
        const char *rule = text_of(event, "rule");
        g_autoptr(GString) text = g_string_new(NULL);
        g_string_append_printf(text, "%s %s", *drop ? "loses" : "delivers", packet);
        if (*drop)
                g_string_append_printf(text, " (%s%s%s)", drop,
                        *rule && !g_str_equal(rule, "-") ? " by " : "",
                        *rule && !g_str_equal(rule, "-") ? rule : "");
        if (json_object_get_boolean_member_with_default(event, "corrupted_here", FALSE))
                g_string_append(text, ", damaged");
        if (json_object_get_boolean_member_with_default(event, "reordered", FALSE))
                g_string_append(text, ", after one sent later");
        return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *packet_event_words(JsonObject *event, const char *kind)
{
        g_autofree char *packet = packet_words_of(event);
        if (g_str_equal(kind, "net.hop"))
                return hop_words(event, packet);
        if (g_str_equal(kind, "net.dropped"))
                return g_strdup_printf("throws away %s (%s)", packet, text_of(event, "drop"));
        if (g_str_equal(kind, "net.fault"))
                return g_strdup_printf(
                        "has rule %s: %s on %s", text_of(event, "rule"), text_of(event, "action"), packet);
        if (g_str_equal(kind, "host.sent"))
                return g_strdup_printf("sends %s (%s)", packet, text_of(event, "why"));
        return g_strdup_printf("receives %s", packet);
}

/* The members that no other line of this kind tells: names and values. */
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

char *event_words(JsonObject *event)
{
        const char *kind = text_of(event, "ev");
        gint64 time = number_of(event, "t");
        bool has_packet = json_object_has_member(event, "packet");
        g_autofree char *words = has_packet ? packet_event_words(event, kind) : other_words(event, kind);
        return g_strdup_printf("%4" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "  %s %s", time / 1000000000,
                time % 1000000000 / 1000, text_of(event, "owner"), words);
}
