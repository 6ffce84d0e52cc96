/*
 * Calls as text: name(arguments) = result ERRNO (note).
 */
#include "script/script_text.h"

#include <string.h>

static const char *const refused_calls[] = { "splice", "vmsplice", "tee", "sendfile", "pipe", "open",
        "cap_set", NULL };

void script_call_clear(struct script_call *call)
{
        g_free(call->name);
        g_clear_pointer(&call->arguments, g_ptr_array_unref);
        script_value_free(call->result);
        g_free(call->error);
        g_free(call->note);
}

static bool read_name(struct reader *reader, struct script_call *call)
{
        if (reader->now.kind != TOKEN_WORD)
                return reader_expected(
                        reader, "a packet (< or >), a call, a command in back-quotes or a code block");
        const char *name = reader->now.text;
        if (g_strv_contains(refused_calls, name) || g_str_has_prefix(name, "psp_")) {
                g_autofree char *what = g_strdup_printf("%s()", name);
                return reader_refuse(reader, reader->now.place, what);
        }
        call->name_place = reader->now.place;
        call->name = g_steal_pointer(&reader->now.text);
        reader_advance(reader);
        return true;
}

/* -1, 0x2, A|B. A word behind it is no call's name. */
static bool read_result(struct reader *reader, struct script_call *call)
{
        enum token_kind kind = reader->now.kind;
        if (kind != TOKEN_INTEGER && kind != TOKEN_HEX && kind != TOKEN_WORD)
                return reader_expected(reader, "the call's result, a number");
        call->result = script_read_value(reader);
        if (call->result == NULL)
                return false;
        if (call->result->kind == SCRIPT_VALUE_CALL)
                return reader_complain_at(
                        reader, call->result->place, "expected the call's result, a number");
        return true;
}

/* "(Resource temporarily unavailable)": anything, parentheses in pairs. */
static bool read_note(struct reader *reader, struct script_call *call)
{
        struct script_place place = reader->now.place;
        reader_advance(reader);
        size_t begin = reader->spoken->len;
        for (unsigned depth = 1; depth > 0;) {
                if (reader->now.kind == TOKEN_END || reader->now.kind == TOKEN_BAD)
                        return reader_complain_at(reader, place, "this note has no end; ')' ends it");
                depth += reader_is(reader, '(');
                depth -= reader_is(reader, ')');
                if (depth > 0)
                        reader_advance(reader);
        }
        g_free(call->note);
        g_autofree char *note = g_utf8_make_valid(reader->spoken->str + begin, -1);
        call->note = g_strdup(g_strstrip(note));
        reader_advance(reader);
        return true;
}

static bool read_error_and_notes(struct reader *reader, struct script_call *call)
{
        if (reader->now.kind == TOKEN_WORD) {
                if (!g_str_has_prefix(reader->now.text, "E"))
                        return reader_expected(reader,
                                "an error's name like EAGAIN, a note in parentheses or the next event");
                call->error_place = reader->now.place;
                call->error = g_steal_pointer(&reader->now.text);
                reader_advance(reader);
        }
        while (reader_is(reader, '('))
                if (!read_note(reader, call))
                        return false;
        return true;
}

bool script_read_call(struct reader *reader, const struct script_time *start, struct script_call *call)
{
        if (reader->now.kind == TOKEN_ELLIPSIS) {
                call->is_blocking = true;
                if (!script_read_end_time(reader, start, &call->end))
                        return false;
        }
        call->arguments = script_values_new();
        return read_name(reader, call) && reader_expect(reader, '(', "after the call's name") &&
               script_read_values(reader, ')', call->arguments) &&
               reader_expect(reader, '=', "and the result after the call") && read_result(reader, call) &&
               read_error_and_notes(reader, call);
}
