/*
 * The calls that programs live on have a phrase each; a call that fails, and one that few programs make,
 * stands there as a C programmer knows it.
 */
#include "cli/call_words.h"

#include "cli/event_member.h"

/* %a: its arguments, %r: its result, %f: its socket. */
static const struct {
        const char *name;
        const char *words;
} phrases[] = {
        { "accept", "accepts the connection of %a as socket %r" },
        { "bind", "binds socket %f to %a" },
        { "close", "closes socket %f" },
        { "connect", "is connected to %a" },
        { "listen", "listens, up to %a connections may wait" },
        { "poll", "hears from %r of %a" },
        { "read", "reads %r bytes" },
        { "recv", "reads %r bytes" },
        { "recvfrom", "gets a datagram of %r bytes" },
        { "send", "writes %r bytes" },
        { "sendto", "sends %a" },
        { "setsockopt", "sets %a of socket %f" },
        { "shutdown", "says that it writes no more (%a)" },
        { "socket", "opens a %a socket, %r" },
        { "write", "writes %r bytes" },
};

static const char *phrase_of(JsonObject *event)
{
        const char *name = event_text(event, "call");
        bool is_end = event_number(event, "result") == 0 &&
                      (g_str_equal(name, "read") || g_str_equal(name, "recv"));
        if (is_end)
                return "reads to the end";
        if (g_str_equal(name, "shutdown") && !g_str_equal(event_text(event, "arguments"), "SHUT_WR"))
                return NULL;
        for (unsigned i = 0; i < G_N_ELEMENTS(phrases) && *event_text(event, "error") == '\0'; i++) {
                if (g_str_equal(phrases[i].name, name))
                        return phrases[i].words;
        }
        return NULL;
}

static void append_key(GString *text, char key, JsonObject *event)
{
        if (key == 'a')
                g_string_append(text, event_text(event, "arguments"));
        else
                g_string_append_printf(
                        text, "%" G_GINT64_FORMAT, event_number(event, key == 'r' ? "result" : "fd"));
}

/* "calls connect(3, 202.43.78.3:80) = -1 ECONNREFUSED". */
static void append_call(GString *text, JsonObject *event)
{
        const char *arguments = event_text(event, "arguments");
        g_string_append_printf(text, "calls %s(", event_text(event, "call"));
        if (json_object_has_member(event, "fd"))
                g_string_append_printf(text, "%" G_GINT64_FORMAT "%s", event_number(event, "fd"),
                        *arguments != '\0' ? ", " : "");
        g_string_append_printf(text, "%s) = %" G_GINT64_FORMAT, arguments, event_number(event, "result"));
        if (*event_text(event, "error") != '\0')
                g_string_append_printf(text, " %s", event_text(event, "error"));
}

char *call_words(JsonObject *event)
{
        GString *text = g_string_new(NULL);
        const char *phrase = phrase_of(event);
        if (phrase == NULL)
                append_call(text, event);
        for (const char *c = phrase != NULL ? phrase : ""; *c != '\0'; c++) {
                if (*c == '%')
                        append_key(text, *++c, event);
                else
                        g_string_append_c(text, *c);
        }
        g_string_append_printf(text, " (%s)", event_text(event, "program"));
        return g_string_free(text, FALSE);
}
