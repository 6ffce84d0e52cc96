/*
 * A packet script from its text: options, an initial command, events, a cleanup command. Recursive descent;
 * the nouns are read by files of their own.
 */
#include "script/script.h"

#include <string.h>
#include "script/code_block.h"
#include "script/script_text.h"

/* ---- Freeing ---- */

static void option_line_free(struct script_option_line *line)
{
        g_free(line->name);
        g_free(line->value);
        g_free(line);
}

static void event_free(struct script_event *event)
{
        g_free(event->text);
        switch (event->kind) {
        case SCRIPT_PACKET:
                script_packet_clear(&event->packet);
                break;
        case SCRIPT_CALL:
                script_call_clear(&event->call);
                break;
        case SCRIPT_COMMAND:
                g_free(event->command);
                break;
        case SCRIPT_CODE:
                code_block_free(event->code);
                break;
        }
        g_free(event);
}

void script_free(struct script *script)
{
        if (script == NULL)
                return;
        g_free(script->name);
        g_ptr_array_unref(script->options);
        g_free(script->init_command);
        g_ptr_array_unref(script->events);
        g_free(script->cleanup_command);
        g_free(script);
}

/* ---- Events ---- */

static bool read_code(struct reader *reader, struct script_event *event)
{
        event->kind = SCRIPT_CODE;
        event->code = code_block_parse(
                reader->lexer.name, reader->now.text, reader->now.text_place, reader->lexer.error);
        reader_advance(reader);
        return event->code != NULL;
}

static bool read_action(struct reader *reader, struct script_event *event)
{
        if (reader_is(reader, '<') || reader_is(reader, '>')) {
                event->kind = SCRIPT_PACKET;
                return script_read_packet(reader, &event->packet);
        }
        if (reader->now.kind == TOKEN_CODE)
                return read_code(reader, event);
        if (reader->now.kind == TOKEN_COMMAND) {
                event->kind = SCRIPT_COMMAND;
                event->command = g_steal_pointer(&reader->now.text);
                reader_advance(reader);
                return true;
        }
        event->kind = SCRIPT_CALL;
        return script_read_call(reader, &event->time, &event->call);
}

static bool check_time_form(struct reader *reader, const struct script_event *event)
{
        enum script_time_form form = event->time.form;
        bool is_expected = event->kind == SCRIPT_PACKET && event->packet.direction == SCRIPT_EXPECTED;
        if (is_expected || form == SCRIPT_TIME_ABSOLUTE || form == SCRIPT_TIME_RELATIVE)
                return true;
        return reader_complain_at(reader, event->place, "only an expected packet may come at %s",
                form == SCRIPT_TIME_ANY ? "any time (*)" : "a range of times");
}

/* `*last` is the last absolute time. */
static bool check_time_order(
        struct reader *reader, const struct script_event *event, bool is_first, time_ns *last)
{
        bool is_absolute =
                event->time.form == SCRIPT_TIME_ABSOLUTE || event->time.form == SCRIPT_TIME_ABSOLUTE_RANGE;
        if (is_first && (event->time.form == SCRIPT_TIME_ANY || event->time.from != 0))
                return reader_complain_at(reader, event->place, "the first event must be at time 0");
        if (!is_absolute)
                return true;
        if (event->time.from < *last)
                return reader_complain_at(reader, event->place, "time goes backwards, from %.6f to %.6f",
                        (double)*last / SECOND, (double)event->time.from / SECOND);
        *last = event->time.from;
        return true;
}

static bool read_event(struct reader *reader, struct script_event *event)
{
        event->kind = SCRIPT_COMMAND; /* until its kind is known there is nothing to free */
        event->place = reader->now.place;
        reader_begin_text(reader);
        if (!script_read_time(reader, &event->time) || !read_action(reader, event))
                return false;
        event->text = reader_text(reader);
        return check_time_form(reader, event);
}

static bool read_events(struct reader *reader, struct script *script)
{
        time_ns last = 0;
        while (reader->now.kind != TOKEN_END && reader->now.kind != TOKEN_COMMAND) {
                struct script_event *event = g_new0(struct script_event, 1);
                g_ptr_array_add(script->events, event);
                if (!read_event(reader, event) ||
                        !check_time_order(reader, event, script->events->len == 1, &last))
                        return false;
        }
        if (script->events->len == 0)
                return reader_expected(reader, "an event, which begins with a time like 0 or +.1");
        return true;
}

/* ---- The whole ---- */

static void take_command(struct reader *reader, char **command, struct script_place *place)
{
        if (reader->now.kind != TOKEN_COMMAND)
                return;
        *place = reader->now.place;
        *command = g_steal_pointer(&reader->now.text);
        reader_advance(reader);
}

/* The family on the wire: the command line's, else the script's; names of ICMP messages depend on it. */
static bool wire_is_ipv6(const struct script *script, const struct script_given *given)
{
        const char *version = given ? given->ip_version : NULL;
        for (unsigned i = 0; version == NULL && i < script->options->len; i++) {
                const struct script_option_line *line = script->options->pdata[i];
                if (strcmp(line->name, "ip_version") == 0)
                        version = line->value;
        }
        return version != NULL && strcmp(version, "ipv6") == 0;
}

static bool read_script(
        struct reader *reader, struct script *script, const struct script_given *given, GHashTable *fixed)
{
        if (!script_read_options(reader, script->options, fixed))
                return false;
        reader->is_ipv6 = wire_is_ipv6(script, given);
        take_command(reader, &script->init_command, &script->init_place);
        if (!read_events(reader, script))
                return false;
        take_command(reader, &script->cleanup_command, &script->cleanup_place);
        return reader->now.kind == TOKEN_END ||
               reader_expected(reader, "nothing more after the cleanup command");
}

static void define(gpointer name, gpointer value, gpointer macros)
{
        if (value != NULL)
                g_hash_table_insert(macros, g_strdup(name), g_strdup(value));
}

static struct script *script_new(const char *name)
{
        struct script *script = g_new0(struct script, 1);
        script->name = g_strdup(name);
        script->options = g_ptr_array_new_with_free_func((GDestroyNotify)option_line_free);
        script->events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
        return script;
}

static struct script_place place_of(const char *text, size_t offset)
{
        struct script_place place = { 1, 1 };
        for (size_t i = 0; i < offset; i++) {
                place.column++;
                if (text[i] == '\n')
                        place = (struct script_place){ .line = place.line + 1, .column = 1 };
        }
        return place;
}

/* What an editor or a damaged disk puts into a file, and nobody sees. */
static bool check_is_text(struct reader *reader, const char *text, size_t size)
{
        struct script_place begin = { 1, 1 };
        if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
                return reader_complain_at(reader, begin, "the script is written in UTF-16; save it as UTF-8");
        if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
                return reader_complain_at(
                        reader, begin, "the script begins with a byte order mark; save it without one");
        const char *zero = memchr(text, '\0', size);
        return zero == NULL || reader_complain_at(reader, place_of(text, (size_t)(zero - text)),
                                       "there is a byte of value 0 here; a script is text: take it out");
}

struct script *script_parse(
        const char *name, const char *text, size_t size, const struct script_given *given, GError **error)
{
        g_autoptr(GHashTable) fixed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(GHashTable) macros = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        if (given != NULL && given->defines != NULL) {
                g_hash_table_foreach(given->defines, define, fixed);
                g_hash_table_foreach(given->defines, define, macros);
        }
        GError *complaint = NULL;
        struct reader reader;
        g_autoptr(Script) script = script_new(name);
        reader_init(&reader, name, text, size, macros, &complaint);
        bool is_read = check_is_text(&reader, text, size) && read_script(&reader, script, given, fixed) &&
                       complaint == NULL;
        reader_clear(&reader);
        if (is_read)
                return g_steal_pointer(&script);
        g_assert(complaint != NULL);
        g_propagate_error(error, complaint);
        return NULL;
}
