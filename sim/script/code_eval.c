/*
 * What expressions of code blocks are worth.
 */
#include "script/code_tree.h"

#include <string.h>

static struct code_value *fail(char **why, const char *format, ...) G_GNUC_PRINTF(2, 3);

static struct code_value *fail(char **why, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        *why = g_strdup_vprintf(format, list);
        va_end(list);
        return NULL;
}

/* ---- Names ---- */

struct code_value *code_find_name(struct code_scope *scope, const char *name)
{
        int64_t number;
        struct code_value *assigned = g_hash_table_lookup(scope->names, name);
        if (assigned != NULL)
                return assigned;
        if (strcmp(name, "True") == 0 || strcmp(name, "False") == 0)
                return code_bool(scope->store, *name == 'T');
        if (strcmp(name, "None") == 0)
                return code_none(scope->store);
        return scope->lookup(scope->data, name, &number) ? code_whole(scope->store, number) : NULL;
}

/* ---- Operators ---- */

static struct code_value *evaluate_unary(struct code_scope *scope, const struct code_node *node, char **why)
{
        struct code_value *operand = code_evaluate(scope, node->items->pdata[0], why);
        const char *reason;
        if (operand == NULL)
                return NULL;
        if (strcmp(node->text, "not") == 0)
                return code_bool(scope->store, !code_is_true(operand));
        bool is_complement = *node->text == '~';
        struct code_value *left = code_whole(scope->store, is_complement ? -1 : 0);
        struct code_value *result =
                code_binary(scope->store, *node->text == '+' ? "+" : "-", left, operand, &reason);
        return result ? result : fail(why, "%s cannot be applied: %s", node->text, reason);
}

static struct code_value *evaluate_binary(struct code_scope *scope, const struct code_node *node, char **why)
{
        struct code_value *left = code_evaluate(scope, node->items->pdata[0], why);
        struct code_value *right = left ? code_evaluate(scope, node->items->pdata[1], why) : NULL;
        const char *reason;
        if (right == NULL)
                return NULL;
        struct code_value *result = code_binary(scope->store, node->text, left, right, &reason);
        return result ? result : fail(why, "%s cannot be computed: %s", node->text, reason);
}

/* The first operand when it decides. */
static struct code_value *evaluate_logic(struct code_scope *scope, const struct code_node *node, char **why)
{
        struct code_value *first = code_evaluate(scope, node->items->pdata[0], why);
        if (first == NULL || code_is_true(first) == (node->kind == CODE_NODE_OR))
                return first;
        return code_evaluate(scope, node->items->pdata[1], why);
}

static struct code_value *evaluate_conditional(
        struct code_scope *scope, const struct code_node *node, char **why)
{
        struct code_value *condition = code_evaluate(scope, node->items->pdata[1], why);
        return condition ? code_evaluate(scope, node->items->pdata[code_is_true(condition) ? 0 : 2], why)
                         : NULL;
}

/* ---- Comparisons ---- */

static bool contains(
        const struct code_value *sequence, const struct code_value *value, bool *result, char **why)
{
        *result = false;
        if (sequence->kind == CODE_VALUE_STRING && value->kind == CODE_VALUE_STRING) {
                *result = strstr(sequence->text, value->text) != NULL;
                return true;
        }
        if (sequence->items == NULL)
                return fail(why, "what stands behind 'in' is no tuple and no list") != NULL;
        for (unsigned i = 0; i < sequence->items->len && !*result; i++)
                *result = code_equal(sequence->items->pdata[i], value);
        return true;
}

static bool compare_order(const char *operation, const struct code_value *a, const struct code_value *b,
        bool *result, char **why)
{
        int order;
        if (!code_compare(a, b, &order))
                return fail(why, "'%s' needs two numbers", operation) != NULL;
        bool or_equal = operation[1] == '=';
        *result = operation[0] == '<' ? order < 0 || (or_equal && order == 0)
                                      : order > 0 || (or_equal && order == 0);
        return true;
}

static bool compare(const char *operation, const struct code_value *a, const struct code_value *b,
        bool *result, char **why)
{
        if (operation[0] == '=' || operation[0] == '!') {
                *result = code_equal(a, b) == (operation[0] == '=');
                return true;
        }
        if (operation[0] == '<' || operation[0] == '>')
                return compare_order(operation, a, b, result, why);
        bool is_known = contains(b, a, result, why);
        *result ^= operation[0] == 'n';
        return is_known;
}

/* a < b < c: each pair, the later ones only while it holds. */
static struct code_value *evaluate_comparison(
        struct code_scope *scope, const struct code_node *node, char **why)
{
        bool holds = true;
        struct code_value *left = code_evaluate(scope, node->items->pdata[0], why);
        for (unsigned i = 0; left != NULL && holds && i < node->operators->len; i++) {
                struct code_value *right = code_evaluate(scope, node->items->pdata[i + 1], why);
                if (right == NULL || !compare(node->operators->pdata[i], left, right, &holds, why))
                        return NULL;
                left = right;
        }
        return left ? code_bool(scope->store, holds) : NULL;
}

/* ---- Functions: `arguments` are evaluated ---- */

static struct code_value *call_abs(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        const struct code_value *value = arguments->items->len == 1 ? arguments->items->pdata[0] : NULL;
        if (value == NULL || !code_is_number(value))
                return fail(why, "abs() needs one number");
        struct code_number number = value->number;
        return code_fraction(scope->store,
                (struct code_number){ number.over < 0 ? -number.over : number.over, number.under });
}

/* max(1, 2), max((1, 2)): the best with regard to `sign` * order. */
static struct code_value *call_extreme(const struct code_value *arguments, int sign, char **why)
{
        const GPtrArray *items = arguments->items;
        const struct code_value *only = items->len == 1 ? items->pdata[0] : NULL;
        if (only != NULL && only->items != NULL)
                items = only->items;
        struct code_value *best = items->len > 0 ? items->pdata[0] : NULL;
        for (unsigned i = 1; i < items->len; i++) {
                int order;
                if (!code_compare(items->pdata[i], best, &order))
                        return fail(why, "min() and max() need numbers");
                if (order * sign > 0)
                        best = items->pdata[i];
        }
        return best ? best : fail(why, "min() and max() need numbers");
}

static struct code_value *call_max(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        (void)scope;
        return call_extreme(arguments, 1, why);
}

static struct code_value *call_min(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        (void)scope;
        return call_extreme(arguments, -1, why);
}

/* Towards zero. */
static struct code_value *call_int(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        const struct code_value *value = arguments->items->len == 1 ? arguments->items->pdata[0] : NULL;
        if (value == NULL || !code_is_number(value))
                return fail(why, "int() needs one number");
        return code_fraction(
                scope->store, (struct code_number){ value->number.over / value->number.under, 1 });
}

#define DECIMALS_MAX 9

/* To the nearest; of two that are as near, the even one. */
static code_integer nearest(struct code_number number)
{
        code_integer whole = number.over / number.under - (number.over % number.under < 0);
        code_integer rest = number.over - whole * number.under;
        bool is_half = 2 * rest == number.under;
        return whole + (is_half ? whole & 1 : 2 * rest > number.under);
}

/* round(5 / 3), round(5 / 3, 2) */
static struct code_value *call_round(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        const GPtrArray *items = arguments->items;
        const struct code_value *value = items->len == 1 || items->len == 2 ? items->pdata[0] : NULL;
        const struct code_value *decimals = items->len == 2 ? items->pdata[1] : code_whole(scope->store, 0);
        const char *reason;
        int64_t scale = 1;
        if (value == NULL || !code_is_number(value) || !code_is_number(decimals) ||
                decimals->number.under != 1 || decimals->number.over < 0 ||
                decimals->number.over > DECIMALS_MAX)
                return fail(why, "round() needs one number, and perhaps of how many decimals, 0 to %d",
                        DECIMALS_MAX);
        for (int i = 0; i < (int)decimals->number.over; i++)
                scale *= 10;
        const struct code_value *scaled =
                code_binary(scope->store, "*", value, code_whole(scope->store, scale), &reason);
        if (scaled == NULL)
                return fail(why, "round() cannot be computed: %s", reason);
        return code_fraction(scope->store, (struct code_number){ nearest(scaled->number), scale });
}

static struct code_value *call_sum(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        const struct code_value *only = arguments->items->len == 1 ? arguments->items->pdata[0] : NULL;
        struct code_value *sum = code_whole(scope->store, 0);
        const char *reason = "";
        if (only == NULL || only->items == NULL)
                return fail(why, "sum() needs one tuple or list");
        for (unsigned i = 0; i < only->items->len && sum != NULL; i++)
                sum = code_binary(scope->store, "+", sum, only->items->pdata[i], &reason);
        return sum ? sum : fail(why, "sum() cannot be computed: %s", reason);
}

static struct code_value *call_float(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        const struct code_value *value = arguments->items->len == 1 ? arguments->items->pdata[0] : NULL;
        return value != NULL && code_is_number(value) ? code_fraction(scope->store, value->number)
                                                      : fail(why, "float() needs one number");
}

static struct code_value *call_len(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        const struct code_value *value = arguments->items->len == 1 ? arguments->items->pdata[0] : NULL;
        if (value != NULL && value->kind == CODE_VALUE_STRING)
                return code_whole(scope->store, (int64_t)strlen(value->text));
        return value != NULL && value->items != NULL ? code_whole(scope->store, value->items->len)
                                                     : fail(why, "len() needs one string, tuple or list");
}

static struct code_value *call_str(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        if (arguments->items->len != 1)
                return fail(why, "str() needs one value");
        g_autofree char *text = code_text(arguments->items->pdata[0], false);
        return code_string(scope->store, text);
}

static struct code_value *call_print(struct code_scope *scope, const struct code_value *arguments, char **why)
{
        (void)why;
        for (unsigned i = 0; i < arguments->items->len; i++) {
                g_string_append(scope->printed, i > 0 ? " " : "");
                code_append(scope->printed, arguments->items->pdata[i], false);
        }
        g_string_append_c(scope->printed, '\n');
        return code_none(scope->store);
}

static const struct {
        const char *name;
        struct code_value *(*call)(struct code_scope *scope, const struct code_value *arguments, char **why);
} functions[] = {
        { "abs", call_abs },
        { "float", call_float },
        { "int", call_int },
        { "len", call_len },
        { "max", call_max },
        { "min", call_min },
        { "print", call_print },
        { "round", call_round },
        { "str", call_str },
        { "sum", call_sum },
};

/* ---- Everything ---- */

static struct code_value *evaluate_items(
        struct code_scope *scope, const struct code_node *node, enum code_value_kind kind, char **why)
{
        struct code_value *sequence = code_sequence(scope->store, kind);
        for (unsigned i = 0; i < node->items->len; i++) {
                struct code_value *item = code_evaluate(scope, node->items->pdata[i], why);
                if (item == NULL)
                        return NULL;
                g_ptr_array_add(sequence->items, item);
        }
        return sequence;
}

static struct code_value *evaluate_call(struct code_scope *scope, const struct code_node *node, char **why)
{
        struct code_value *arguments = evaluate_items(scope, node, CODE_VALUE_TUPLE, why);
        if (arguments == NULL)
                return NULL;
        for (size_t i = 0; i < G_N_ELEMENTS(functions); i++)
                if (strcmp(functions[i].name, node->text) == 0)
                        return functions[i].call(scope, arguments, why);
        g_autoptr(GString) known = g_string_new(NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(functions); i++)
                g_string_append_printf(known, " %s", functions[i].name);
        return fail(why, "there is no function %s(); known are%s", node->text, known->str);
}

static struct code_value *evaluate_item(struct code_scope *scope, const struct code_node *node, char **why)
{
        struct code_value *sequence = code_evaluate(scope, node->items->pdata[0], why);
        struct code_value *index = sequence ? code_evaluate(scope, node->items->pdata[1], why) : NULL;
        if (index == NULL)
                return NULL;
        if (sequence->items == NULL || !code_is_number(index) || index->number.under != 1)
                return fail(why, "only tuples and lists have items, and their index is a whole number");
        code_integer at = index->number.over + (index->number.over < 0 ? sequence->items->len : 0);
        return at >= 0 && at < sequence->items->len ? sequence->items->pdata[at]
                                                    : fail(why, "there is no such item");
}

static struct code_value *evaluate_name(struct code_scope *scope, const struct code_node *node, char **why)
{
        struct code_value *value = code_find_name(scope, node->text);
        return value ? value : fail(why, "nothing is named %s", node->text);
}

struct code_value *code_evaluate(struct code_scope *scope, const struct code_node *node, char **why)
{
        switch (node->kind) {
        case CODE_NODE_NUMBER:
                return code_fraction(scope->store, node->number);
        case CODE_NODE_STRING:
                return code_string(scope->store, node->text);
        case CODE_NODE_NAME:
                return evaluate_name(scope, node, why);
        case CODE_NODE_TUPLE:
                return evaluate_items(scope, node, CODE_VALUE_TUPLE, why);
        case CODE_NODE_LIST:
                return evaluate_items(scope, node, CODE_VALUE_LIST, why);
        case CODE_NODE_UNARY:
                return evaluate_unary(scope, node, why);
        case CODE_NODE_BINARY:
                return evaluate_binary(scope, node, why);
        case CODE_NODE_COMPARISON:
                return evaluate_comparison(scope, node, why);
        case CODE_NODE_AND:
        case CODE_NODE_OR:
                return evaluate_logic(scope, node, why);
        case CODE_NODE_CONDITIONAL:
                return evaluate_conditional(scope, node, why);
        case CODE_NODE_CALL:
                return evaluate_call(scope, node, why);
        case CODE_NODE_ITEM:
                return evaluate_item(scope, node, why);
        }
        g_assert_not_reached();
}
