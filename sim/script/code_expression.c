/*
 * Expressions of code blocks, by Python's precedence: if-else, or, and, not, comparisons, | ^ & << + *,
 * signs, **.
 */
#include "script/code_tree.h"

#include <string.h>

#define DEPTH_MAX   50
#define CHAINED_MAX 1000 /* 1 + 1 + 1 ... is a tree that high; threads' stacks are small */

/* From the loosest to the tightest. */
static const char *const binary_levels[][5] = {
        { "|" },
        { "^" },
        { "&" },
        { "<<", ">>" },
        { "+", "-" },
        { "*", "/", "//", "%" },
};

static const char *const reserved[] = { "and", "as", "assert", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", NULL };

static struct code_node *read_unary(struct code_reader *reader);

/* ---- Nodes ---- */

void code_node_free(struct code_node *node)
{
        if (node == NULL)
                return;
        g_free(node->text);
        g_clear_pointer(&node->items, g_ptr_array_unref);
        g_clear_pointer(&node->operators, g_ptr_array_unref);
        g_free(node);
}

static struct code_node *node_new(enum code_node_kind kind, struct script_place place)
{
        struct code_node *node = g_new0(struct code_node, 1);
        node->kind = kind;
        node->place = place;
        node->items = g_ptr_array_new_with_free_func((GDestroyNotify)code_node_free);
        return node;
}

/* Takes over `first`. */
static struct code_node *node_around(enum code_node_kind kind, struct code_node *first, const char *text)
{
        struct code_node *node = node_new(kind, first->place);
        node->text = g_strdup(text);
        g_ptr_array_add(node->items, first);
        return node;
}

/* ---- Tokens ---- */

void code_reader_advance(struct code_reader *reader)
{
        reader->end = reader->now.end;
        code_lexer_next(&reader->lexer, &reader->now);
}

bool code_reader_is(const struct code_reader *reader, const char *text)
{
        const struct code_token *token = &reader->now;
        return (token->kind == CODE_SYMBOL || token->kind == CODE_NAME) && strcmp(token->text, text) == 0;
}

bool code_reader_take(struct code_reader *reader, const char *text)
{
        if (!code_reader_is(reader, text))
                return false;
        code_reader_advance(reader);
        return true;
}

bool code_reader_expected(struct code_reader *reader, const char *what)
{
        const struct code_token *token = &reader->now;
        bool is_end = token->kind == CODE_END || token->kind == CODE_LINE_END;
        g_autofree char *raw = g_strndup(token->begin, (gsize)MIN(token->end - token->begin, 40));
        return code_complain(&reader->lexer, token->place,
                is_end ? "expected %s, not the line's end%s" : "expected %s, not '%s'", what,
                is_end ? "" : raw);
}

static struct code_node *expected(struct code_reader *reader, const char *what)
{
        code_reader_expected(reader, what);
        return NULL;
}

/* One more operator, unless they are too many. */
static bool chain(struct code_reader *reader)
{
        return reader->chained++ < CHAINED_MAX ||
               code_reader_expected(reader, "an expression of fewer parts");
}

/* ---- Atoms ---- */

/* Items up to and with `close`; `*has_comma` when there is one. */
static bool read_items(struct code_reader *reader, const char *close, GPtrArray *items, bool *has_comma)
{
        while (!code_reader_is(reader, close)) {
                struct code_node *item = code_read_expression(reader, false);
                if (item == NULL)
                        return false;
                g_ptr_array_add(items, item);
                if (!code_reader_take(reader, ","))
                        break;
                *has_comma = true;
        }
        return code_reader_take(reader, close) ||
               code_reader_expected(reader, strcmp(close, ")") == 0 ? "')'" : "']'");
}

/* (1, 2), (1), [1, 2] */
static struct code_node *read_bracketed(struct code_reader *reader)
{
        bool is_list = code_reader_is(reader, "[");
        bool has_comma = false;
        g_autoptr(CodeNode) node = node_new(is_list ? CODE_NODE_LIST : CODE_NODE_TUPLE, reader->now.place);
        code_reader_advance(reader);
        if (!read_items(reader, is_list ? "]" : ")", node->items, &has_comma))
                return NULL;
        if (!is_list && !has_comma && node->items->len == 1)
                return g_ptr_array_steal_index(node->items, 0);
        return g_steal_pointer(&node);
}

/* Adjacent strings are one. */
static struct code_node *read_string(struct code_reader *reader)
{
        struct code_node *node = node_new(CODE_NODE_STRING, reader->now.place);
        GString *text = g_string_new(NULL);
        for (; reader->now.kind == CODE_STRING; code_reader_advance(reader))
                g_string_append(text, reader->now.text);
        node->text = g_string_free(text, FALSE);
        return node;
}

static struct code_node *read_name(struct code_reader *reader)
{
        bool has_comma = false;
        if (g_strv_contains(reserved, reader->now.text))
                return expected(reader, "a value");
        g_autoptr(CodeNode) node = node_new(CODE_NODE_NAME, reader->now.place);
        node->text = g_strdup(reader->now.text);
        code_reader_advance(reader);
        if (code_reader_take(reader, "(")) {
                node->kind = CODE_NODE_CALL;
                if (!read_items(reader, ")", node->items, &has_comma))
                        return NULL;
        }
        return g_steal_pointer(&node);
}

static struct code_node *read_atom(struct code_reader *reader)
{
        struct code_node *node;
        switch (reader->now.kind) {
        case CODE_NUMBER:
                node = node_new(CODE_NODE_NUMBER, reader->now.place);
                node->number = reader->now.number;
                code_reader_advance(reader);
                return node;
        case CODE_STRING:
                return read_string(reader);
        case CODE_NAME:
                return read_name(reader);
        default:
                if (code_reader_is(reader, "(") || code_reader_is(reader, "["))
                        return read_bracketed(reader);
                return expected(reader, "a value");
        }
}

/* value[index] */
static struct code_node *read_indexed(struct code_reader *reader)
{
        g_autoptr(CodeNode) node = read_atom(reader);
        while (node != NULL && code_reader_take(reader, "[")) {
                node = node_around(CODE_NODE_ITEM, g_steal_pointer(&node), NULL);
                struct code_node *index = chain(reader) ? code_read_expression(reader, false) : NULL;
                if (index == NULL)
                        return NULL;
                g_ptr_array_add(node->items, index);
                if (!code_reader_take(reader, "]"))
                        return expected(reader, "']'");
        }
        return g_steal_pointer(&node);
}

/* ---- Operators ---- */

/* `node` OPERATOR `next`; frees `node` when there is no next. */
static struct code_node *node_pair(
        enum code_node_kind kind, struct code_node *node, const char *text, struct code_node *next)
{
        if (next == NULL) {
                code_node_free(node);
                return NULL;
        }
        struct code_node *pair = node_around(kind, node, text);
        g_ptr_array_add(pair->items, next);
        return pair;
}

/* a ** -b binds tighter than the sign before a. */
static struct code_node *read_power(struct code_reader *reader)
{
        struct code_node *node = read_indexed(reader);
        if (node == NULL || !code_reader_take(reader, "**"))
                return node;
        return node_pair(CODE_NODE_BINARY, node, "**", read_unary(reader));
}

static struct code_node *read_signed(struct code_reader *reader, const char *sign)
{
        struct script_place place = reader->now.place;
        code_reader_advance(reader);
        struct code_node *operand = read_unary(reader);
        if (operand == NULL)
                return NULL;
        operand = node_around(CODE_NODE_UNARY, operand, sign);
        operand->place = place;
        return operand;
}

static struct code_node *read_unary(struct code_reader *reader)
{
        static const char *const signs[] = { "-", "+", "~" };
        if (reader->depth > DEPTH_MAX)
                return expected(reader, "an expression that is nested less deep");
        reader->depth++;
        struct code_node *node = NULL;
        bool is_signed = false;
        for (size_t i = 0; i < G_N_ELEMENTS(signs) && !is_signed; i++) {
                is_signed = code_reader_is(reader, signs[i]);
                if (is_signed)
                        node = read_signed(reader, signs[i]);
        }
        if (!is_signed)
                node = read_power(reader);
        reader->depth--;
        return node;
}

static const char *operator_of(const struct code_reader *reader, size_t level)
{
        for (size_t i = 0; binary_levels[level][i] != NULL; i++)
                if (code_reader_is(reader, binary_levels[level][i]))
                        return binary_levels[level][i];
        return NULL;
}

static struct code_node *read_binary(struct code_reader *reader, size_t level)
{
        if (level == G_N_ELEMENTS(binary_levels))
                return read_unary(reader);
        struct code_node *node = read_binary(reader, level + 1);
        for (const char *operation; node != NULL && (operation = operator_of(reader, level)) != NULL;) {
                code_reader_advance(reader);
                struct code_node *next = chain(reader) ? read_binary(reader, level + 1) : NULL;
                node = node_pair(CODE_NODE_BINARY, node, operation, next);
        }
        return node;
}

/* ---- Comparisons and logic ---- */

/* NULL: no comparison follows, or it was complained of. */
static const char *take_comparison(struct code_reader *reader)
{
        static const char *const comparisons[] = { "==", "!=", "<=", ">=", "<", ">", "in" };
        for (size_t i = 0; i < G_N_ELEMENTS(comparisons); i++)
                if (code_reader_take(reader, comparisons[i]))
                        return comparisons[i];
        if (code_reader_take(reader, "is"))
                return code_reader_take(reader, "not") ? "!=" : "==";
        if (!code_reader_take(reader, "not"))
                return NULL;
        if (code_reader_take(reader, "in"))
                return "not in";
        code_reader_expected(reader, "'in' after not");
        return NULL;
}

static struct code_node *read_comparison(struct code_reader *reader)
{
        g_autoptr(CodeNode) node = read_binary(reader, 0);
        const char *operation = node ? take_comparison(reader) : NULL;
        if (operation == NULL)
                return g_steal_pointer(&node);
        node = node_around(CODE_NODE_COMPARISON, g_steal_pointer(&node), NULL);
        node->operators = g_ptr_array_new();
        for (; operation != NULL; operation = take_comparison(reader)) {
                struct code_node *next = read_binary(reader, 0);
                if (next == NULL)
                        return NULL;
                g_ptr_array_add(node->operators, (gpointer)operation);
                g_ptr_array_add(node->items, next);
        }
        return g_steal_pointer(&node);
}

static struct code_node *read_not(struct code_reader *reader)
{
        if (!code_reader_is(reader, "not"))
                return read_comparison(reader);
        if (reader->depth > DEPTH_MAX)
                return expected(reader, "an expression that is nested less deep");
        reader->depth++;
        code_reader_advance(reader);
        struct code_node *operand = read_not(reader);
        reader->depth--;
        return operand ? node_around(CODE_NODE_UNARY, operand, "not") : NULL;
}

static struct code_node *read_and(struct code_reader *reader)
{
        struct code_node *node = read_not(reader);
        while (node != NULL && code_reader_take(reader, "and"))
                node = node_pair(CODE_NODE_AND, node, NULL, chain(reader) ? read_not(reader) : NULL);
        return node;
}

static struct code_node *read_or(struct code_reader *reader)
{
        struct code_node *node = read_and(reader);
        while (node != NULL && code_reader_take(reader, "or"))
                node = node_pair(CODE_NODE_OR, node, NULL, chain(reader) ? read_and(reader) : NULL);
        return node;
}

/* a if b else c; a was read. */
static struct code_node *read_conditional(struct code_reader *reader, struct code_node *value)
{
        g_autoptr(CodeNode) node = node_pair(CODE_NODE_CONDITIONAL, value, NULL, read_or(reader));
        if (node == NULL)
                return NULL;
        if (!code_reader_take(reader, "else"))
                return expected(reader, "'else'");
        struct code_node *other = code_read_expression(reader, false);
        if (other == NULL)
                return NULL;
        g_ptr_array_add(node->items, other);
        return g_steal_pointer(&node);
}

static struct code_node *read_single(struct code_reader *reader)
{
        struct code_node *node = read_or(reader);
        return node != NULL && code_reader_take(reader, "if") ? read_conditional(reader, node) : node;
}

/* "1, 2": the first was read. */
static struct code_node *read_open_tuple(struct code_reader *reader, struct code_node *first)
{
        g_autoptr(CodeNode) node = node_around(CODE_NODE_TUPLE, first, NULL);
        while (code_reader_take(reader, ",")) {
                struct code_node *next = code_read_expression(reader, false);
                if (next == NULL)
                        return NULL;
                g_ptr_array_add(node->items, next);
        }
        return g_steal_pointer(&node);
}

struct code_node *code_read_expression(struct code_reader *reader, bool may_be_tuple)
{
        if (reader->depth > DEPTH_MAX)
                return expected(reader, "an expression that is nested less deep");
        if (reader->depth++ == 0)
                reader->chained = 0;
        struct code_node *node = read_single(reader);
        reader->depth--;
        return node != NULL && may_be_tuple && code_reader_is(reader, ",") ? read_open_tuple(reader, node)
                                                                           : node;
}
