/*
 * The parser's hand on the script.
 */
#include "script/script_reader.h"

#include <string.h>

#define FOUND_BYTES_MAX 40 /* of a token in a message */

void reader_init(struct reader *reader, const char *name, const char *text, size_t size, GHashTable *macros,
        GError **error)
{
        *reader = (struct reader){
                .lexer = { .name = name,
                        .at = text,
                        .end = text + size,
                        .place = { 1, 1 },
                        .macros = macros,
                        .error = error },
                .spoken = g_string_new(NULL),
        };
        lexer_next(&reader->lexer, &reader->now);
}

void reader_clear(struct reader *reader)
{
        token_clear(&reader->now);
        g_string_free(reader->spoken, TRUE);
}

/* ---- The text of an event ---- */

static void append_folded(GString *spoken, const char *text, size_t size)
{
        for (size_t i = 0; i < size; i++) {
                if (!g_ascii_isspace(text[i]))
                        g_string_append_c(spoken, text[i]);
                else if (spoken->len > 0 && spoken->str[spoken->len - 1] != ' ')
                        g_string_append_c(spoken, ' ');
        }
}

static void speak(struct reader *reader)
{
        if (reader->now.is_spaced)
                append_folded(reader->spoken, " ", 1);
        append_folded(reader->spoken, reader->now.raw, reader->now.raw_size);
}

void reader_begin_text(struct reader *reader)
{
        g_string_truncate(reader->spoken, 0);
}

char *reader_text(const struct reader *reader)
{
        return g_utf8_make_valid(reader->spoken->str, (gssize)reader->spoken->len);
}

/* ---- Taking tokens ---- */

void reader_advance(struct reader *reader)
{
        speak(reader);
        lexer_next(&reader->lexer, &reader->now);
}

bool reader_is(const struct reader *reader, char symbol)
{
        return reader->now.kind == TOKEN_SYMBOL && reader->now.symbol == symbol;
}

bool reader_is_word(const struct reader *reader, const char *word)
{
        return reader->now.kind == TOKEN_WORD && strcmp(reader->now.text, word) == 0;
}

bool reader_take(struct reader *reader, char symbol)
{
        if (!reader_is(reader, symbol))
                return false;
        reader_advance(reader);
        return true;
}

bool reader_take_word(struct reader *reader, const char *word)
{
        if (!reader_is_word(reader, word))
                return false;
        reader_advance(reader);
        return true;
}

bool reader_expect(struct reader *reader, char symbol, const char *where)
{
        if (reader_take(reader, symbol))
                return true;
        g_autofree char *found = reader_found(reader);
        return reader_complain(reader, "expected '%c' %s, not %s", symbol, where, found);
}

bool reader_expect_word(struct reader *reader, const char *word, const char *where)
{
        if (reader_take_word(reader, word))
                return true;
        g_autofree char *found = reader_found(reader);
        return reader_complain(reader, "expected '%s' %s, not %s", word, where, found);
}

bool reader_number(struct reader *reader, uint32_t most, const char *noun, uint32_t *value)
{
        const struct token *token = &reader->now;
        if (token->kind != TOKEN_INTEGER && token->kind != TOKEN_HEX) {
                g_autofree char *found = reader_found(reader);
                return reader_complain(
                        reader, "expected %s, a number from 0 to %u, not %s", noun, most, found);
        }
        if (token->is_too_large || token->integer < 0 || token->integer > most)
                return reader_complain(reader, "%s is %s; it goes from 0 to %u", noun, token->text, most);
        *value = (uint32_t)token->integer;
        reader_advance(reader);
        return true;
}

/* ---- Complaints ---- */

static char *quote_shortened(const char *text, size_t size)
{
        g_autoptr(GString) folded = g_string_new(NULL);
        append_folded(folded, text, MIN(size, FOUND_BYTES_MAX));
        return g_strdup_printf("'%s%s'", folded->str, size > FOUND_BYTES_MAX ? "..." : "");
}

char *reader_found(const struct reader *reader)
{
        const struct token *token = &reader->now;
        if (token->kind == TOKEN_END)
                return g_strdup("the end of the script");
        if (token->kind == TOKEN_STRING)
                return g_strdup("a string");
        if (token->kind == TOKEN_COMMAND)
                return g_strdup("a command in back-quotes");
        if (token->kind == TOKEN_CODE)
                return g_strdup("a code block");
        return quote_shortened(token->raw, token->raw_size);
}

bool reader_complain_at(struct reader *reader, struct script_place place, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        lexer_complain(&reader->lexer, place, SCRIPT_ERROR_SYNTAX, format, list);
        va_end(list);
        return false;
}

bool reader_complain(struct reader *reader, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        lexer_complain(&reader->lexer, reader->now.place, SCRIPT_ERROR_SYNTAX, format, list);
        va_end(list);
        return false;
}

bool reader_expected(struct reader *reader, const char *what)
{
        g_autofree char *found = reader_found(reader);
        return reader_complain(reader, "expected %s, not %s", what, found);
}

static G_GNUC_PRINTF(3, 4) void refuse(
        struct reader *reader, struct script_place place, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        lexer_complain(&reader->lexer, place, SCRIPT_ERROR_REFUSED, format, list);
        va_end(list);
}

bool reader_refuse(struct reader *reader, struct script_place place, const char *what)
{
        refuse(reader, place, "%s needs a kernel; it cannot be run here", what);
        return false;
}
