/*
 * Code blocks: running their statements, and telling why an assertion failed.
 */
#include "script/code_block.h"

#include <string.h>
#include "script/code_tree.h"

struct code_block {
        GPtrArray *statements; /* of struct code_statement * */
};

/* A store keeps what a script's blocks computed, as their names refer to it. */
struct CodeNames {
        CodeStore *store;
        GHashTable *values; /* name → struct code_value * */
};

CodeNames *code_names_new(void)
{
        CodeNames *names = g_new0(CodeNames, 1);
        names->store = code_store_new();
        names->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return names;
}

void code_names_free(CodeNames *names)
{
        if (names == NULL)
                return;
        g_hash_table_unref(names->values);
        g_ptr_array_unref(names->store);
        g_free(names);
}

struct code_block *code_block_parse(
        const char *name, const char *text, struct script_place place, GError **error)
{
        GPtrArray *statements = code_parse(name, text, place, error);
        if (statements == NULL)
                return NULL;
        struct code_block *block = g_new0(struct code_block, 1);
        block->statements = statements;
        return block;
}

void code_block_free(struct code_block *block)
{
        if (block == NULL)
                return;
        g_ptr_array_unref(block->statements);
        g_free(block);
}

void code_failure_clear(struct code_failure *failure)
{
        g_clear_pointer(&failure->expected, g_free);
        g_clear_pointer(&failure->seen, g_free);
}

/* ---- What is told of a failure ---- */

static void collect_names(
        struct code_scope *scope, const struct code_node *node, GPtrArray *told, GString *seen)
{
        if (node->kind == CODE_NODE_NAME &&
                !g_ptr_array_find_with_equal_func(told, node->text, g_str_equal, NULL)) {
                const struct code_value *value = code_find_name(scope, node->text);
                g_ptr_array_add(told, node->text);
                if (value != NULL) {
                        g_autofree char *text = code_text(value, true);
                        g_string_append_printf(
                                seen, "%s%s = %s", seen->len > 0 ? ", " : "", node->text, text);
                }
        }
        for (unsigned i = 0; i < node->items->len; i++)
                collect_names(scope, node->items->pdata[i], told, seen);
}

/* "tcpi_snd_cwnd = 12": constants, which are written in capitals, are told as well. */
static GString *describe_names(struct code_scope *scope, const struct code_node *node)
{
        g_autoptr(GPtrArray) told = g_ptr_array_new();
        GString *seen = g_string_new(NULL);
        collect_names(scope, node, told, seen);
        return seen;
}

static void append_message(struct code_scope *scope, const struct code_statement *statement, GString *seen)
{
        g_autofree char *why = NULL;
        if (statement->message == NULL)
                return;
        const struct code_value *message = code_evaluate(scope, statement->message, &why);
        g_autofree char *text = message ? code_text(message, false) : g_steal_pointer(&why);
        g_string_append_printf(seen, "%s%s", seen->len > 0 ? "; " : "", text);
}

/* ---- Statements: false and `failure` filled in ---- */

static bool fail(const struct code_statement *statement, char *seen, struct code_failure *failure)
{
        failure->place = statement->place;
        failure->expected = g_strdup(statement->kind == CODE_ASSERT ? statement->text : "a value");
        failure->seen = seen;
        return false;
}

static struct code_value *evaluate(
        struct code_scope *scope, const struct code_statement *statement, struct code_failure *failure)
{
        char *why = NULL;
        struct code_value *value = code_evaluate(scope, statement->condition, &why);
        if (value == NULL)
                fail(statement, why, failure);
        return value;
}

static bool run_assert(struct code_scope *scope, const struct code_statement *statement,
        const struct code_value *value, struct code_failure *failure)
{
        if (code_is_true(value))
                return true;
        GString *seen = describe_names(scope, statement->condition);
        append_message(scope, statement, seen);
        return fail(statement, g_string_free(seen, FALSE), failure);
}

/* NAME = value; NAME += value, whose operator is the statement's text. */
static bool run_assign(struct code_scope *scope, const struct code_statement *statement,
        struct code_value *value, struct code_failure *failure)
{
        const char *why = "it has no value yet";
        if (statement->text != NULL) {
                const struct code_value *before = code_find_name(scope, statement->name);
                value = before ? code_binary(scope->store, statement->text, before, value, &why) : NULL;
        }
        if (value == NULL)
                return fail(
                        statement, g_strdup_printf("%s cannot change: %s", statement->name, why), failure);
        g_hash_table_insert(scope->names, g_strdup(statement->name), value);
        return true;
}

static bool run_simple(
        struct code_scope *scope, const struct code_statement *statement, struct code_failure *failure)
{
        struct code_value *value = evaluate(scope, statement, failure);
        if (value == NULL)
                return false;
        if (statement->kind == CODE_ASSERT)
                return run_assert(scope, statement, value, failure);
        return statement->kind != CODE_ASSIGN || run_assign(scope, statement, value, failure);
}

/* ---- Branches ---- */

/* The first statement after `at` that does not belong to it. */
static unsigned behind_branch(const GPtrArray *statements, unsigned at)
{
        const struct code_statement *branch = statements->pdata[at];
        for (at++; at < statements->len; at++)
                if (((const struct code_statement *)statements->pdata[at])->depth <= branch->depth)
                        break;
        return at;
}

static bool run_range(struct code_scope *scope, const GPtrArray *statements, unsigned from, unsigned to,
        struct code_failure *failure)
{
        bool is_decided = false; /* a branch of the chain was taken */
        for (unsigned at = from; at < to;) {
                const struct code_statement *statement = statements->pdata[at];
                if (statement->kind < CODE_IF) {
                        if (!run_simple(scope, statement, failure))
                                return false;
                        at++;
                        continue;
                }
                unsigned behind = MIN(behind_branch(statements, at), to);
                is_decided = is_decided && statement->kind != CODE_IF;
                bool is_taken = !is_decided;
                if (is_taken && statement->condition != NULL) {
                        const struct code_value *value = evaluate(scope, statement, failure);
                        if (value == NULL)
                                return false;
                        is_taken = code_is_true(value);
                }
                is_decided |= is_taken;
                if (is_taken && !run_range(scope, statements, at + 1, behind, failure))
                        return false;
                at = behind;
        }
        return true;
}

bool code_block_run(const struct code_block *block, CodeNames *names, code_lookup lookup, void *data,
        GString *printed, struct code_failure *failure)
{
        struct code_scope scope = {
                .store = names->store,
                .names = names->values,
                .lookup = lookup,
                .data = data,
                .printed = printed,
        };
        return run_range(&scope, block->statements, 0, block->statements->len, failure);
}
