/*
 * A packet script as tokens, by packetdrill's rules: the longest match, numbers before words.
 */
#include "script/script_lexer.h"

#include <string.h>

#define WORD_BYTES_MAX 256 /* of a name; a longer one is a mistake, and makes messages unreadable */

GQuark script_error_quark(void)
{
        return g_quark_from_static_string("script-error");
}

bool lexer_complain(struct lexer *lexer, struct script_place place, enum script_error code,
        const char *format, va_list list)
{
        if (*lexer->error != NULL)
                return false;
        g_autofree char *message = g_strdup_vprintf(format, list);
        g_autofree char *readable = g_utf8_make_valid(message, -1);
        g_set_error(lexer->error, SCRIPT_ERROR, (int)code, "%s:%d:%d: error: %s", lexer->name, place.line,
                place.column, readable);
        return false;
}

static G_GNUC_PRINTF(3, 4) void complain(
        struct lexer *lexer, struct script_place place, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        lexer_complain(lexer, place, SCRIPT_ERROR_SYNTAX, format, list);
        va_end(list);
}

/* ---- The text, character by character ---- */

static bool is_word_char(char c)
{
        return g_ascii_isalnum(c) || c == '_';
}

/* The character `offset` bytes on; NUL past the end. */
static char look(const struct lexer *lexer, size_t offset)
{
        return (size_t)(lexer->end - lexer->at) > offset ? lexer->at[offset] : '\0';
}

static bool is_at(const struct lexer *lexer, const char *text)
{
        size_t size = strlen(text);
        return (size_t)(lexer->end - lexer->at) >= size && memcmp(lexer->at, text, size) == 0;
}

static void step(struct lexer *lexer, size_t bytes)
{
        for (; bytes > 0; bytes--, lexer->at++) {
                lexer->place.column++;
                if (*lexer->at == '\n')
                        lexer->place = (struct script_place){ .line = lexer->place.line + 1, .column = 1 };
        }
}

/* Bytes up to and with the next `close`; 0: there is none. */
static size_t span_to(const struct lexer *lexer, size_t from, const char *close)
{
        size_t size = strlen(close);
        for (size_t i = from; i + size <= (size_t)(lexer->end - lexer->at); i++)
                if (memcmp(lexer->at + i, close, size) == 0)
                        return i + size;
        return 0;
}

/* False: a comment does not end. */
static bool skip_comment(struct lexer *lexer)
{
        bool is_line = is_at(lexer, "//");
        size_t span = span_to(lexer, 2, is_line ? "\n" : "*/");
        if (span == 0 && !is_line) {
                complain(lexer, lexer->place, "this comment has no end; */ ends it");
                return false;
        }
        step(lexer, span > 0 ? span : (size_t)(lexer->end - lexer->at));
        return true;
}

static bool skip_blanks(struct lexer *lexer)
{
        while (lexer->at < lexer->end) {
                if (g_ascii_isspace(*lexer->at))
                        step(lexer, 1);
                else if (!is_at(lexer, "//") && !is_at(lexer, "/*"))
                        break;
                else if (!skip_comment(lexer))
                        return false;
        }
        return true;
}

/* ---- Numbers and words ---- */

static size_t digits_at(const struct lexer *lexer, size_t offset)
{
        size_t count = 0;
        while (g_ascii_isdigit(look(lexer, offset + count)))
                count++;
        return count;
}

static size_t float_size(const struct lexer *lexer)
{
        size_t size = look(lexer, 0) == '-';
        size += digits_at(lexer, size);
        if (look(lexer, size) != '.')
                return 0;
        size_t decimals = digits_at(lexer, size + 1);
        return decimals > 0 ? size + 1 + decimals : 0;
}

static size_t integer_size(const struct lexer *lexer)
{
        size_t sign = look(lexer, 0) == '-';
        size_t digits = digits_at(lexer, sign);
        return digits > 0 ? sign + digits : 0;
}

static size_t word_size(const struct lexer *lexer)
{
        size_t size = 0;
        while (is_word_char(look(lexer, size)))
                size++;
        return size;
}

/* "0x1f": two letters and at least one digit, nothing else. */
static bool is_hex(const char *text, size_t size)
{
        if (size < 3 || text[0] != '0' || text[1] != 'x')
                return false;
        for (size_t i = 2; i < size; i++)
                if (!g_ascii_isxdigit(text[i]))
                        return false;
        return true;
}

static bool is_decimal(const char *text, size_t size)
{
        size_t sign = size > 0 && text[0] == '-';
        for (size_t i = sign; i < size; i++)
                if (!g_ascii_isdigit(text[i]))
                        return false;
        return size > sign;
}

bool script_is_macro_name(const char *name)
{
        size_t size = strlen(name);
        for (size_t i = 0; i < size; i++)
                if (!is_word_char(name[i]))
                        return false;
        return size > 0 && !is_decimal(name, size) && !is_hex(name, size);
}

/* What does not fit a signed 64-bit number, but an unsigned one, is the same bits, as in C. */
static void read_integer(struct token *token)
{
        bool is_negative = token->text[0] == '-';
        const char *digits =
                token->text + (is_negative || token->kind == TOKEN_HEX ? (is_negative ? 1 : 2) : 0);
        guint64 most = is_negative ? (guint64)INT64_MAX + 1 : G_MAXUINT64;
        guint64 value = 0;
        token->is_too_large = !g_ascii_string_to_unsigned(
                digits, token->kind == TOKEN_HEX ? 16 : 10, 0, most, &value, NULL);
        token->integer = (int64_t)(is_negative ? -value : value);
}

/* What a word or number is: also when it stands for a macro. */
static void classify(struct token *token)
{
        token->kind = is_hex(token->text, token->size)       ? TOKEN_HEX
                      : is_decimal(token->text, token->size) ? TOKEN_INTEGER
                                                             : TOKEN_WORD;
        if (token->kind != TOKEN_WORD)
                read_integer(token);
}

/* ---- Quoted text ---- */

static bool is_quoted(const char *text, char quote)
{
        size_t size = strlen(text);
        return size >= 2 && text[0] == quote && text[size - 1] == quote;
}

static const char escapes[] = "a\ab\bf\fn\nr\rt\tv\v\\\\\"\"''0";

/* One escape sequence behind its backslash; the bytes that it takes, 0: it is none. */
static size_t unescape_one(const char *text, size_t size, char *byte)
{
        if (size == 0)
                return 0;
        if (text[0] == 'x') {
                if (size < 3 || !g_ascii_isxdigit(text[1]) || !g_ascii_isxdigit(text[2]))
                        return 0;
                *byte = (char)(g_ascii_xdigit_value(text[1]) * 16 + g_ascii_xdigit_value(text[2]));
                return 3;
        }
        for (size_t i = 0; i + 1 < sizeof escapes; i += 2) {
                if (escapes[i] != text[0])
                        continue;
                *byte = escapes[i + 1];
                return 1;
        }
        return 0;
}

/* What a string's text means; NULL: it holds a backslash that begins nothing known. */
static char *unescape(const char *text, size_t size, size_t *result_size)
{
        g_autoptr(GString) result = g_string_sized_new(size);
        for (size_t i = 0; i < size; i++) {
                char byte = text[i];
                if (byte == '\\') {
                        size_t taken = unescape_one(text + i + 1, size - i - 1, &byte);
                        if (taken == 0)
                                return NULL;
                        i += taken;
                }
                g_string_append_c(result, byte);
        }
        *result_size = result->len;
        return g_string_free(g_steal_pointer(&result), FALSE);
}

static bool set_string(struct lexer *lexer, struct token *token, const char *text, size_t size)
{
        token->kind = TOKEN_STRING;
        token->text = unescape(text, size, &token->size);
        if (token->text == NULL)
                complain(lexer, token->place,
                        "this string holds an unknown escape; \\a \\b \\f \\n \\r \\t \\v \\0 \\\\ \\\" and "
                        "\\xHH "
                        "are known");
        return token->text != NULL;
}

/* Bytes of a quoted text with its quotes; 0: it does not end. */
static size_t quoted_size(const struct lexer *lexer, char quote)
{
        size_t size = (size_t)(lexer->end - lexer->at);
        for (size_t i = 1; i < size; i++) {
                if (lexer->at[i] == quote)
                        return i + 1;
                if (lexer->at[i] == '\\')
                        i++;
        }
        return 0;
}

static bool lex_quoted(struct lexer *lexer, struct token *token, char quote)
{
        size_t size = quoted_size(lexer, quote);
        if (size == 0) {
                complain(lexer, token->place, "this quoted text has no end; %c ends it", quote);
                return false;
        }
        const char *text = lexer->at + 1;
        step(lexer, size);
        if (quote == '"')
                return set_string(lexer, token, text, size - 2);
        token->kind = TOKEN_COMMAND;
        token->text = g_strndup(text, size - 2);
        token->size = strlen(token->text);
        return true;
}

static bool lex_code(struct lexer *lexer, struct token *token)
{
        size_t size = span_to(lexer, 2, "}%");
        if (size == 0) {
                complain(lexer, token->place, "this code block has no end; }%% ends it");
                return false;
        }
        const char *text = lexer->at + 2;
        step(lexer, 2);
        token->text_place = lexer->place;
        step(lexer, size - 2);
        token->kind = TOKEN_CODE;
        token->text = g_strndup(text, size - 4);
        token->size = strlen(token->text);
        return true;
}

/* ---- Macros ---- */

/* A value in double quotes is a string, in back-quotes a command, else a number or a word; it is not looked
 * at again. */
static bool substitute(struct lexer *lexer, struct token *token)
{
        const char *value = lexer->macros ? g_hash_table_lookup(lexer->macros, token->text) : NULL;
        if (value == NULL)
                return true;
        g_clear_pointer(&token->text, g_free);
        if (is_quoted(value, '"'))
                return set_string(lexer, token, value + 1, strlen(value) - 2);
        token->text = is_quoted(value, '`') ? g_strndup(value + 1, strlen(value) - 2) : g_strdup(value);
        token->size = strlen(token->text);
        if (is_quoted(value, '`'))
                token->kind = TOKEN_COMMAND;
        else
                classify(token);
        return true;
}

static void take_text(struct lexer *lexer, struct token *token, size_t skipped, size_t size)
{
        token->text = g_strndup(lexer->at + skipped, size - skipped);
        token->size = size - skipped;
        step(lexer, size);
}

static bool lex_word(struct lexer *lexer, struct token *token, size_t size)
{
        if (size > WORD_BYTES_MAX) {
                complain(lexer, token->place, "this word has %zu letters; %d are the most", size,
                        WORD_BYTES_MAX);
                return false;
        }
        take_text(lexer, token, 0, size);
        classify(token);
        return token->kind != TOKEN_WORD || substitute(lexer, token);
}

/* ---- Tokens ---- */

static bool lex_option(struct lexer *lexer, struct token *token)
{
        size_t size = 2;
        while (is_word_char(look(lexer, size)))
                size++;
        token->kind = TOKEN_OPTION;
        take_text(lexer, token, 2, size);
        return true;
}

static bool lex_number_or_symbol(struct lexer *lexer, struct token *token)
{
        size_t decimal = float_size(lexer);
        size_t whole = integer_size(lexer);
        size_t word = word_size(lexer);
        if (decimal > word) {
                token->kind = TOKEN_FLOAT;
                take_text(lexer, token, 0, decimal);
                return true;
        }
        if (whole > 0 || word > 0)
                return lex_word(lexer, token, MAX(whole, word));
        token->kind = TOKEN_SYMBOL;
        token->symbol = *lexer->at;
        step(lexer, 1);
        return true;
}

static bool lex(struct lexer *lexer, struct token *token)
{
        if (is_at(lexer, "..."))
                token->kind = TOKEN_ELLIPSIS;
        else if (is_at(lexer, "%{"))
                return lex_code(lexer, token);
        else if (is_at(lexer, "--") && is_word_char(look(lexer, 2)))
                return lex_option(lexer, token);
        else if (*lexer->at == '"' || *lexer->at == '`')
                return lex_quoted(lexer, token, *lexer->at);
        else
                return lex_number_or_symbol(lexer, token);
        step(lexer, 3);
        return true;
}

void token_clear(struct token *token)
{
        g_free(token->text);
        *token = (struct token){ .kind = TOKEN_END };
}

void lexer_next(struct lexer *lexer, struct token *token)
{
        bool was_bad = token->kind == TOKEN_BAD;
        token_clear(token);
        const char *before = lexer->at;
        bool is_good = !was_bad && skip_blanks(lexer);
        token->place = lexer->place;
        token->is_spaced = lexer->at > before;
        token->raw = lexer->at;
        if (is_good && lexer->at < lexer->end)
                is_good = lex(lexer, token);
        token->raw_size = (size_t)(lexer->at - token->raw);
        if (!is_good)
                token->kind = TOKEN_BAD;
}

char *lexer_option_value(struct lexer *lexer)
{
        size_t size = 0;
        for (char c; (c = look(lexer, size)) != '\0'; size++) {
                bool is_comment = c == '/' && (look(lexer, size + 1) == '/' || look(lexer, size + 1) == '*');
                if (is_comment || (!is_word_char(c) && strchr(".,:-+/", c) == NULL))
                        break;
        }
        char *value = g_strndup(lexer->at, size);
        step(lexer, size);
        return value;
}
