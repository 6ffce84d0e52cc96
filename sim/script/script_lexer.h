/*
 * A packet script as tokens. Whitespace and comments only separate; a bare word that is a macro stands for its value.
 */
#ifndef INORDER_SCRIPT_LEXER_H
#define INORDER_SCRIPT_LEXER_H

#include "script/script.h"

enum token_kind {
        TOKEN_END,
        TOKEN_BAD, /* something that is no token was complained of */
        TOKEN_WORD,
        TOKEN_INTEGER, /* 10, -1 */
        TOKEN_HEX,     /* 0x2 */
        TOKEN_FLOAT,   /* 1.5, .25 */
        TOKEN_STRING,  /* "..." */
        TOKEN_COMMAND, /* `...` */
        TOKEN_CODE,    /* %{ ... }% */
        TOKEN_OPTION,  /* --name */
        TOKEN_ELLIPSIS,
        TOKEN_SYMBOL, /* any other character */
};

struct token {
        enum token_kind kind;
        struct script_place place;
        struct script_place text_place; /* of CODE: where its text begins */
        const char *raw;                /* as it stands in the script */
        size_t raw_size;
        bool is_spaced; /* blanks or comments before it */
        char *text;     /* WORD, OPTION without dashes, what is between the quotes; numbers: their digits */
        size_t size;    /* of text, which may hold NULs when it is a STRING */
        int64_t integer;
        bool is_too_large; /* INTEGER, HEX: past 64 bits */
        char symbol;
};

struct lexer {
        const char *name;
        const char *at;
        const char *end;
        struct script_place place; /* of `at` */
        GHashTable *macros;        /* word → its value as written */
        GError **error;
};

/* Frees what `token` held. After the end, and after TOKEN_BAD, comes TOKEN_END and TOKEN_BAD for ever. */
void lexer_next(struct lexer *lexer, struct token *token);
void token_clear(struct token *token);

/* The bare value of an option, letters, digits and ".,:-_+/", at once behind the last token; "": none. The caller frees. */
char *lexer_option_value(struct lexer *lexer);

/* Complain once: a second complaint is not noted. Always false. */
bool lexer_complain(struct lexer *lexer, struct script_place place, enum script_error code, const char *format, va_list list)
        G_GNUC_PRINTF(4, 0);

#endif
