/*
 * A code block as a tree of expressions, and the statements that hold them.
 */
#ifndef INORDER_CODE_TREE_H
#define INORDER_CODE_TREE_H

#include "script/code_token.h"

enum code_node_kind {
        CODE_NODE_NUMBER,      /* `number` */
        CODE_NODE_STRING,      /* `text` */
        CODE_NODE_NAME,        /* `text` */
        CODE_NODE_TUPLE,       /* `items` */
        CODE_NODE_LIST,        /* `items` */
        CODE_NODE_UNARY,       /* `text` is the operator, "-" "+" "~" "not" */
        CODE_NODE_BINARY,      /* `text` is the operator */
        CODE_NODE_COMPARISON,  /* `items` a, b, c and `operators` "<", "not in" between them */
        CODE_NODE_AND,         /* two `items` */
        CODE_NODE_OR,          /* two `items` */
        CODE_NODE_CONDITIONAL, /* `items`: value, condition, other value */
        CODE_NODE_CALL,        /* `text` is the function, `items` the arguments */
        CODE_NODE_ITEM,        /* `items`: sequence, index */
};

struct code_node {
        enum code_node_kind kind;
        struct script_place place;
        struct code_number number;
        char *text;
        GPtrArray *items;     /* of struct code_node * */
        GPtrArray *operators; /* of const char * */
};
typedef struct code_node CodeNode;
void code_node_free(struct code_node *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CodeNode, code_node_free)

enum code_statement_kind { CODE_ASSERT, CODE_EXPRESSION, CODE_ASSIGN, CODE_IF, CODE_ELIF, CODE_ELSE };

/* In order of text; a branch's own statements follow it with a larger depth. */
struct code_statement {
        enum code_statement_kind kind;
        struct script_place place;
        unsigned depth;
        char *name;                  /* ASSIGN */
        char *text;                  /* ASSERT: its condition, as written */
        struct code_node *condition; /* ASSERT, IF, ELIF; EXPRESSION, ASSIGN: the value; ELSE: NULL */
        struct code_node *message;   /* ASSERT; NULL: none */
};

/* code_parser.c: of struct code_statement *; NULL with an error. */
GPtrArray *code_parse(const char *name, const char *text, struct script_place place, GError **error);

/* code_expression.c, for the parser: reads an expression at `now`, which is then the token behind it; NULL: complained.
 * With `may_be_tuple`, "1, 2" is a tuple. */
struct code_reader {
        struct code_lexer lexer;
        struct code_token now;
        const char *end; /* of the last token taken */
        unsigned depth;
        unsigned chained; /* operators of this statement so far: the tree may be as high */
};
struct code_node *code_read_expression(struct code_reader *reader, bool may_be_tuple);
void code_reader_advance(struct code_reader *reader);
bool code_reader_is(const struct code_reader *reader, const char *text); /* a symbol, or a name */
bool code_reader_take(struct code_reader *reader, const char *text);
bool code_reader_expected(struct code_reader *reader, const char *what);

/* code_eval.c: NULL and a message in `*why`, which is freed by the caller, when it has no value. */
struct code_scope {
        CodeStore *store;
        GHashTable *names; /* name → struct code_value *: what was assigned */
        bool (*lookup)(void *data, const char *name, int64_t *value);
        void *data;
        GString *printed;
};
struct code_value *code_evaluate(struct code_scope *scope, const struct code_node *node, char **why);
struct code_value *code_find_name(struct code_scope *scope, const char *name);

#endif
