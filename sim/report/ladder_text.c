/*
 * Sequence numbers as tcpdump has them: first:behind-the-last (bytes).
 */
#include "report/ladder_text.h"

#include <string.h>

#define DNS_PORT 53

/* ---- What it is ---- */

static void append_range(GString *text, const struct segment *segment)
{
        g_string_append_printf(text, "%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT " (%" G_GINT64_FORMAT ")",
                segment->seq, segment->seq + segment->payload, segment->payload);
}

/* "SYN+ACK": what is worth a name; PSH and the ACK of every segment are not. */
static bool append_named_flags(GString *text, const struct segment *segment)
{
        static const char *const names[] = { "SYN", "FIN", "RST" };
        gsize before = text->len;
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                if (strstr(segment->flags, names[i]) != NULL)
                        g_string_append_printf(text, "%s%s", text->len > before ? "+" : "", names[i]);
        }
        if (text->len > before && segment->payload == 0 && strstr(segment->flags, "ACK") != NULL)
                g_string_append(text, "+ACK");
        return text->len > before;
}

static void append_ack(GString *text, const struct segment *segment)
{
        if (segment->duplicate_number > 0)
                g_string_append_printf(text, "dup #%" G_GINT64_FORMAT "  ", segment->duplicate_number);
        g_string_append_printf(text, "ACK %" G_GINT64_FORMAT, segment->ack);
        if (strcmp(segment->sack, "-") != 0) {
                const char *more = strchr(segment->sack, ' ');
                int first = more != NULL ? (int)(more - segment->sack) : (int)strlen(segment->sack);
                g_string_append_printf(text, "  %s %.*s%s", segment->is_dsack ? "DSACK" : "SACK", first,
                        segment->sack, more != NULL ? " …" : "");
        }
        if (segment->window == 0)
                g_string_append(text, "  window 0");
}

static void append_datagram(GString *text, const struct segment *segment)
{
        if (segment->to_port == DNS_PORT)
                g_string_append_printf(text, "DNS question to %s", segment->to);
        else if (segment->from_port == DNS_PORT)
                g_string_append_printf(text, "DNS answer of %s", segment->from);
        else if (segment->to_port == 0 && segment->from_port == 0)
                g_string_append_printf(text, "ICMP of %s", segment->from);
        else
                g_string_append_printf(text, "UDP (%" G_GINT64_FORMAT ")", segment->payload);
}

static void append_content(GString *text, const struct segment *segment)
{
        if (segment->kind == SEGMENT_DATAGRAM) {
                append_datagram(text, segment);
                return;
        }
        if (segment_letter(segment) != NULL)
                g_string_append_printf(text, "%s ", segment_letter(segment));
        bool has_flags = append_named_flags(text, segment);
        if (segment->payload > 0) {
                g_string_append(text, has_flags ? " " : "");
                append_range(text, segment);
        } else if (segment->kind == SEGMENT_PROBE) {
                append_range(text, segment);
        } else if (!has_flags) {
                append_ack(text, segment);
        }
}

/* ---- What became of it ---- */

static const struct {
        const char *why;
        const char *words;
} reasons[] = {
        { "fast-retransmit", "fast retransmit" },
        { "recovery", "recovery" },
        { "timeout", "after a timeout" },
        { "tail-probe", "tail probe" },
        { "window-probe", "window probe" },
        { "keepalive", "keepalive" },
        { "limited-transmit", "limited transmit" },
        { "window-update", "window update" },
        { "challenge-ack", "challenge" },
};

static void append_reason(GString *text, const struct segment *segment)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++) {
                if (strcmp(segment->why, reasons[i].why) == 0)
                        g_string_append_printf(text, "  %s", reasons[i].words);
        }
}

static void append_fate(GString *text, const SegmentTable *table, const struct segment *segment)
{
        const struct segment_hop *last = segment_last_hop(table, segment);
        if (strcmp(segment->refused, "-") != 0)
                g_string_append_printf(text, "  × %s, refused by %s", segment->refused, segment->refused_by);
        else if (strcmp(last->drop, "fault") == 0)
                g_string_append_printf(text, "  × by rule %s on %s", last->rule, last->link);
        else if (strcmp(last->drop, "loss") == 0)
                g_string_append_printf(text, "  × lost on %s", last->link);
        else if (strcmp(last->drop, "-") != 0)
                g_string_append_printf(text, "  × %s at %s", last->drop, last->link);
        else if (segment_is_reordered(table, segment))
                g_string_append(text, "  o overtaken");
}

char *ladder_text(const SegmentTable *table, const struct segment *segment)
{
        g_autoptr(GString) text = g_string_new(NULL);
        if (segment->copy > 0)
                g_string_append(text, "copy of ");
        append_content(text, segment);
        append_reason(text, segment);
        append_fate(text, table, segment);
        if (g_utf8_strlen(text->str, -1) <= LADDER_TEXT_CHARACTERS)
                return g_strdup(text->str);
        g_autofree char *start = g_utf8_substring(text->str, 0, LADDER_TEXT_CHARACTERS - 1);
        return g_strconcat(start, "…", NULL);
}

const char *ladder_ink(const SegmentTable *table, const struct segment *segment)
{
        return segment_is_lost(table, segment) ? "lost" : segment_kind_name(segment->kind);
}
