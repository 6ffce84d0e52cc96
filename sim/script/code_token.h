/*
 * A code block as tokens of Python. Newlines inside of brackets and after a backslash do not end a line.
 */
#ifndef INORDER_CODE_TOKEN_H
#define INORDER_CODE_TOKEN_H

#include "script/code_value.h"
#include "script/script.h"

enum code_token_kind { CODE_END, CODE_BAD, CODE_LINE_END, CODE_NAME, CODE_NUMBER, CODE_STRING, CODE_SYMBOL };

struct code_token {
        enum code_token_kind kind;
        struct script_place place;
        const char *begin; /* in the block's text */
        const char *end;
        char *text; /* NAME, STRING: what it means; SYMBOL: "==" */
        struct code_number number;
        unsigned indent; /* blanks before it, when it begins a line */
};

struct code_lexer {
        const char *name; /* of the file */
        const char *at;
        struct script_place place;
        unsigned brackets; /* open ones */
        unsigned indent;
        bool begins_line;
        GError **error;
};

void code_lexer_next(struct code_lexer *lexer, struct code_token *token);
void code_token_clear(struct code_token *token);

/* Complain once. Always false. */
bool code_complain(struct code_lexer *lexer, struct script_place place, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool code_refuse(struct code_lexer *lexer, struct script_place place, const char *what);

#endif
