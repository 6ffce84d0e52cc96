/*
 * A code block as tokens of Python.
 */
#include "script/code_token.h"

#include <string.h>

#define DIGITS_MAX 20 /* of a number: 64 bits */

/* The longest first. */
static const char *const symbols[] = { "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+=", "-=", "*=", "+",
        "-", "*", "/", "%", "&", "|", "^", "~", "<", ">", "=", "(", ")", "[", "]", ",", ":" };

static void set_error(
        struct code_lexer *lexer, struct script_place place, enum script_error code, const char *message)
{
        if (*lexer->error != NULL)
                return;
        g_autofree char *readable = g_utf8_make_valid(message, -1);
        g_set_error(lexer->error, SCRIPT_ERROR, (int)code, "%s:%d:%d: error: %s", lexer->name, place.line,
                place.column, readable);
}

bool code_complain(struct code_lexer *lexer, struct script_place place, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        g_autofree char *message = g_strdup_vprintf(format, list);
        va_end(list);
        set_error(lexer, place, SCRIPT_ERROR_SYNTAX, message);
        return false;
}

bool code_refuse(struct code_lexer *lexer, struct script_place place, const char *what)
{
        g_autofree char *message =
                g_strdup_printf("%s in a code block needs Python; it cannot be run here", what);
        set_error(lexer, place, SCRIPT_ERROR_REFUSED, message);
        return false;
}

static bool is_name_char(char c)
{
        return g_ascii_isalnum(c) || c == '_';
}

static void step(struct code_lexer *lexer, size_t bytes)
{
        for (; bytes > 0; bytes--, lexer->at++) {
                lexer->place.column++;
                if (*lexer->at == '\n')
                        lexer->place = (struct script_place){ .line = lexer->place.line + 1, .column = 1 };
        }
}

/* ---- Blanks ---- */

static bool skip_one_blank(struct code_lexer *lexer)
{
        const char *at = lexer->at;
        if (at[0] == '#')
                step(lexer, strcspn(at, "\n"));
        else if (at[0] == '\\' && at[1] == '\n')
                step(lexer, 2);
        else if (at[0] == ' ' || at[0] == '\t' || at[0] == '\r' || (at[0] == '\n' && lexer->brackets > 0))
                step(lexer, 1);
        else
                return false;
        return true;
}

static void skip_blanks(struct code_lexer *lexer)
{
        while (skip_one_blank(lexer))
                lexer->indent++;
}

/* ---- Numbers ---- */

static bool lex_hex(struct code_lexer *lexer, struct code_token *token)
{
        guint64 value;
        size_t size = 2 + strspn(lexer->at + 2, "0123456789abcdefABCDEF");
        g_autofree char *digits = g_strndup(lexer->at + 2, size - 2);
        if (!g_ascii_string_to_unsigned(digits, 16, 0, G_MAXUINT64, &value, NULL))
                return code_complain(lexer, token->place, "'0x%s' is no number of 64 bits", digits);
        token->number = (struct code_number){ (code_integer)value, 1 };
        step(lexer, size);
        return true;
}

static bool lex_decimal(struct code_lexer *lexer, struct code_token *token)
{
        struct code_number number = { 0, 1 };
        bool has_point = false;
        size_t size = 0;
        for (char c; (c = lexer->at[size]) != '\0'; size++) {
                if (c == '.' && !has_point)
                        has_point = true;
                else if (!g_ascii_isdigit(c) || size > DIGITS_MAX)
                        break;
                else
                        number = (struct code_number){ number.over * 10 + (c - '0'),
                                has_point ? number.under * 10 : 1 };
        }
        if (is_name_char(lexer->at[size]) || lexer->at[size] == '.')
                return code_complain(lexer, token->place, "this is no number, or one of too many digits");
        token->number = code_number_reduced(number);
        step(lexer, size);
        return true;
}

static bool lex_number(struct code_lexer *lexer, struct code_token *token)
{
        token->kind = CODE_NUMBER;
        bool is_hex = lexer->at[0] == '0' && (lexer->at[1] == 'x' || lexer->at[1] == 'X');
        return is_hex ? lex_hex(lexer, token) : lex_decimal(lexer, token);
}

/* ---- Strings, names, symbols ---- */

static bool lex_string(struct code_lexer *lexer, struct code_token *token)
{
        char quote = *lexer->at;
        size_t size = 1;
        while (lexer->at[size] != quote && lexer->at[size] != '\0' && lexer->at[size] != '\n')
                size += lexer->at[size] == '\\' && lexer->at[size + 1] != '\0' ? 2 : 1;
        if (lexer->at[size] != quote)
                return code_complain(lexer, token->place, "this string has no end; %c ends it", quote);
        g_autofree char *quoted = g_strndup(lexer->at + 1, size - 1);
        token->kind = CODE_STRING;
        token->text = g_strcompress(quoted);
        step(lexer, size + 1);
        return true;
}

static bool lex_name(struct code_lexer *lexer, struct code_token *token)
{
        size_t size = 0;
        while (is_name_char(lexer->at[size]))
                size++;
        if (lexer->at[size] == '"' || lexer->at[size] == '\'')
                return code_refuse(lexer, token->place, "a prefixed string");
        token->kind = CODE_NAME;
        token->text = g_strndup(lexer->at, size);
        step(lexer, size);
        return true;
}

static bool lex_symbol(struct code_lexer *lexer, struct code_token *token)
{
        for (size_t i = 0; i < G_N_ELEMENTS(symbols); i++) {
                if (!g_str_has_prefix(lexer->at, symbols[i]))
                        continue;
                token->kind = CODE_SYMBOL;
                token->text = g_strdup(symbols[i]);
                step(lexer, strlen(symbols[i]));
                if (strchr("([", *symbols[i]))
                        lexer->brackets++;
                if (strchr(")]", *symbols[i]) && lexer->brackets > 0)
                        lexer->brackets--;
                return true;
        }
        if (strchr(".{}@", *lexer->at))
                return code_refuse(lexer, token->place, "an attribute, a dictionary or a decorator");
        return code_complain(lexer, token->place, "'%c' means nothing here", *lexer->at);
}

static bool lex_line_end(struct code_lexer *lexer, struct code_token *token)
{
        token->kind = CODE_LINE_END;
        bool is_newline = *lexer->at == '\n';
        step(lexer, 1);
        if (is_newline)
                lexer->indent = 0;
        return true;
}

static bool lex(struct code_lexer *lexer, struct code_token *token)
{
        char c = *lexer->at;
        if (c == '\n' || c == ';')
                return lex_line_end(lexer, token);
        if (g_ascii_isdigit(c) || (c == '.' && g_ascii_isdigit(lexer->at[1])))
                return lex_number(lexer, token);
        if (is_name_char(c))
                return lex_name(lexer, token);
        return c == '"' || c == '\'' ? lex_string(lexer, token) : lex_symbol(lexer, token);
}

void code_token_clear(struct code_token *token)
{
        g_free(token->text);
        *token = (struct code_token){ .kind = CODE_END };
}

void code_lexer_next(struct code_lexer *lexer, struct code_token *token)
{
        bool is_good = token->kind != CODE_BAD;
        code_token_clear(token);
        if (is_good)
                skip_blanks(lexer);
        token->place = lexer->place;
        token->indent = lexer->indent;
        token->begin = lexer->at;
        token->end = lexer->at;
        if (is_good && *lexer->at != '\0')
                is_good = lex(lexer, token);
        token->end = lexer->at;
        if (!is_good)
                token->kind = CODE_BAD;
}
