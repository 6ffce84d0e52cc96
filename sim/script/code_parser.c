/*
 * Statements of code blocks: assert, print, assignments, if. A line each, or several with semicolons.
 */
#include "script/code_tree.h"

#include <string.h>

#define INDENTS_MAX 16

static const char *const refused[] = { "import", "from", "for", "while", "def", "class", "try", "with",
        "return", "raise", "lambda", "del", "global", "yield", "exec", NULL };

struct code_parser {
        struct code_reader reader;
        GPtrArray *statements;
        unsigned indents[INDENTS_MAX]; /* of the branches that are open */
        unsigned depth;
};

static void statement_free(struct code_statement *statement)
{
        g_free(statement->name);
        g_free(statement->text);
        code_node_free(statement->condition);
        code_node_free(statement->message);
        g_free(statement);
}

static struct code_statement *statement_add(struct code_parser *parser, enum code_statement_kind kind)
{
        struct code_statement *statement = g_new0(struct code_statement, 1);
        statement->kind = kind;
        statement->place = parser->reader.now.place;
        statement->depth = parser->depth;
        g_ptr_array_add(parser->statements, statement);
        return statement;
}

/* ---- One statement each ---- */

static char *folded(const char *begin, const char *end)
{
        GString *text = g_string_new(NULL);
        for (; begin < end; begin++) {
                if (!g_ascii_isspace(*begin))
                        g_string_append_c(text, *begin);
                else if (text->len > 0 && text->str[text->len - 1] != ' ')
                        g_string_append_c(text, ' ');
        }
        return g_string_free(text, FALSE);
}

static bool read_assert(struct code_parser *parser)
{
        struct code_reader *reader = &parser->reader;
        struct code_statement *statement = statement_add(parser, CODE_ASSERT);
        code_reader_advance(reader);
        const char *begin = reader->now.begin;
        statement->condition = code_read_expression(reader, false);
        if (statement->condition == NULL)
                return false;
        g_autofree char *text = folded(begin, reader->end);
        statement->text = g_utf8_make_valid(text, -1);
        if (!code_reader_take(reader, ","))
                return true;
        statement->message = code_read_expression(reader, false);
        return statement->message != NULL;
}

/* NAME = EXPR and NAME += EXPR; or an expression, such as print(...). */
static bool read_expression_or_assignment(struct code_parser *parser)
{
        static const char *const assignments[] = { "=", "+=", "-=", "*=" };
        struct code_reader *reader = &parser->reader;
        struct code_statement *statement = statement_add(parser, CODE_EXPRESSION);
        statement->condition = code_read_expression(reader, true);
        if (statement->condition == NULL)
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(assignments); i++) {
                if (!code_reader_is(reader, assignments[i]))
                        continue;
                if (statement->condition->kind != CODE_NODE_NAME)
                        return code_complain(
                                &reader->lexer, statement->place, "only a name can be assigned to");
                statement->kind = CODE_ASSIGN;
                statement->name = g_strdup(statement->condition->text);
                statement->text = i > 0 ? g_strndup(assignments[i], 1) : NULL;
                code_reader_advance(reader);
                code_node_free(statement->condition);
                statement->condition = code_read_expression(reader, true);
                return statement->condition != NULL;
        }
        return true;
}

static bool read_simple(struct code_parser *parser)
{
        struct code_reader *reader = &parser->reader;
        if (code_reader_take(reader, "pass"))
                return true;
        if (code_reader_is(reader, "assert"))
                return read_assert(parser);
        return read_expression_or_assignment(parser);
}

/* ---- Lines and branches ---- */

/* "a; b; c" up to the line's end, which is in view then. */
static bool read_simple_line(struct code_parser *parser)
{
        struct code_reader *reader = &parser->reader;
        do {
                if (reader->now.kind == CODE_LINE_END || reader->now.kind == CODE_END)
                        break;
                if (!read_simple(parser))
                        return false;
        } while (reader->now.kind == CODE_LINE_END && *reader->now.begin == ';' &&
                 (code_reader_advance(reader), true));
        if (reader->now.kind == CODE_LINE_END || reader->now.kind == CODE_END)
                return true;
        return code_reader_expected(reader, "the line's end");
}

static bool has_branch_before(const struct code_parser *parser)
{
        for (unsigned i = parser->statements->len; i > 0; i--) {
                const struct code_statement *statement = parser->statements->pdata[i - 1];
                if (statement->depth == parser->depth)
                        return statement->kind == CODE_IF || statement->kind == CODE_ELIF;
        }
        return false;
}

/* if A:, elif A:, else: and what follows on the line or, indented, on the next ones. */
static bool read_branch(struct code_parser *parser, enum code_statement_kind kind, unsigned indent)
{
        struct code_reader *reader = &parser->reader;
        if (kind != CODE_IF && !has_branch_before(parser))
                return code_reader_expected(reader, "a statement, or an 'if' before this");
        struct code_statement *statement = statement_add(parser, kind);
        code_reader_advance(reader);
        if (kind != CODE_ELSE && (statement->condition = code_read_expression(reader, false)) == NULL)
                return false;
        if (!code_reader_take(reader, ":"))
                return code_reader_expected(reader, "':'");
        if (parser->depth + 1 == INDENTS_MAX)
                return code_reader_expected(reader, "branches that are nested less deep");
        parser->indents[parser->depth++] = indent;
        if (reader->now.kind == CODE_LINE_END)
                return true;
        bool is_read = read_simple_line(parser);
        parser->depth--;
        return is_read;
}

/* Branches end where a line is indented no more than they. */
static void close_branches(struct code_parser *parser, unsigned indent)
{
        while (parser->depth > 0 && indent <= parser->indents[parser->depth - 1])
                parser->depth--;
}

static bool read_line(struct code_parser *parser)
{
        struct code_reader *reader = &parser->reader;
        unsigned indent = reader->now.indent;
        close_branches(parser, indent);
        if (reader->now.kind == CODE_NAME && g_strv_contains(refused, reader->now.text))
                return code_refuse(&reader->lexer, reader->now.place, reader->now.text);
        if (code_reader_is(reader, "if"))
                return read_branch(parser, CODE_IF, indent);
        if (code_reader_is(reader, "elif"))
                return read_branch(parser, CODE_ELIF, indent);
        if (code_reader_is(reader, "else"))
                return read_branch(parser, CODE_ELSE, indent);
        return read_simple_line(parser);
}

GPtrArray *code_parse(const char *name, const char *text, struct script_place place, GError **error)
{
        struct code_parser parser = {
                .reader.lexer = { .name = name, .at = text, .place = place, .error = error },
                .statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free),
        };
        struct code_reader *reader = &parser.reader;
        code_lexer_next(&reader->lexer, &reader->now);
        bool is_read = true;
        while (is_read && reader->now.kind != CODE_END) {
                if (reader->now.kind == CODE_LINE_END)
                        code_reader_advance(reader);
                else
                        is_read = read_line(&parser);
        }
        code_token_clear(&reader->now);
        if (!is_read)
                g_clear_pointer(&parser.statements, g_ptr_array_unref);
        return parser.statements;
}
