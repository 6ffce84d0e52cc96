/*
 * Options at the top of a script: --name, --name=value, --define=WORD=value. What names there are is the
 * business of whoever runs it.
 */
#include "script/script_text.h"

#include <string.h>

static bool read_quoted(struct reader *reader, char quote, char **value)
{
        reader_advance(reader);
        bool is_string = reader->now.kind == TOKEN_STRING && quote == '"';
        bool is_command = reader->now.kind == TOKEN_COMMAND && quote == '`';
        if (!is_string && !is_command)
                return reader_expected(reader, "the option's value");
        *value = g_steal_pointer(&reader->now.text);
        reader_advance(reader);
        return true;
}

/* ---- --define=WORD=value ---- */

/* The value is kept as it was written, quotes included; and before the next token is looked at, which may be
 * the macro. */
static bool read_definition(struct reader *reader, char *name, GHashTable *fixed)
{
        g_autofree char *owned = name;
        reader_advance(reader);
        const struct token *token = &reader->now;
        if (token->kind != TOKEN_WORD && token->kind != TOKEN_STRING && token->kind != TOKEN_COMMAND)
                return reader_expected(reader,
                        "a WORD, a \"string\" or a `command` after the macro's name; a number "
                        "needs the command line's -D");
        if (!g_hash_table_contains(fixed, name))
                g_hash_table_insert(reader->lexer.macros, g_steal_pointer(&owned),
                        g_strndup(token->raw, token->raw_size));
        reader_advance(reader);
        return true;
}

static bool read_define(struct reader *reader, GHashTable *fixed)
{
        struct script_place place = reader->lexer.place;
        g_autofree char *name = lexer_option_value(&reader->lexer);
        if (*name == '\0')
                return reader_complain_at(reader, place, "expected --define=NAME=value, not '%s'", name);
        if (!script_is_macro_name(name))
                return reader_complain_at(reader, place,
                        "'%s' is no macro's name; letters, digits and _ make one, which is no number", name);
        reader_advance(reader);
        if (!reader_is(reader, '='))
                return reader_expected(reader, "'=' and the macro's value");
        return read_definition(reader, g_steal_pointer(&name), fixed);
}

/* ---- Any option ---- */

/* '=' is in view. */
static bool read_value(struct reader *reader, struct script_option_line *line)
{
        char next = reader->lexer.at < reader->lexer.end ? *reader->lexer.at : '\0';
        if (next == '"' || next == '`')
                return read_quoted(reader, next, &line->value);
        line->value = lexer_option_value(&reader->lexer);
        reader_advance(reader);
        if (*line->value == '\0')
                return reader_complain_at(reader, line->place, "--%s= lacks its value", line->name);
        return true;
}

static bool read_option(struct reader *reader, struct script_option_line *line, GHashTable *fixed)
{
        line->place = reader->now.place;
        line->name = g_steal_pointer(&reader->now.text);
        reader_advance(reader);
        bool is_define = strcmp(line->name, "define") == 0;
        if (!reader_is(reader, '='))
                return !is_define || reader_expected(reader, "=NAME=value after --define");
        return is_define ? read_define(reader, fixed) : read_value(reader, line);
}

bool script_read_options(struct reader *reader, GPtrArray *options, GHashTable *fixed)
{
        while (reader->now.kind == TOKEN_OPTION) {
                struct script_option_line *line = g_new0(struct script_option_line, 1);
                g_ptr_array_add(options, line);
                if (!read_option(reader, line, fixed))
                        return false;
                if (strcmp(line->name, "define") == 0)
                        g_ptr_array_remove_index(options, options->len - 1);
        }
        return true;
}
