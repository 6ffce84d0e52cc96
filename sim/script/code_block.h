/*
 * `%{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%`: the little of Python that packet scripts use, parsed once and
 * evaluated against named numbers.
 *
 * Statements `assert EXPR [, EXPR]`, `print(...)`, `NAME = EXPR` and if, elif, else. Expressions: numbers, strings, names, tuples
 * and lists, + - * / // % ** & | ^ ~ << >>, comparisons (chained), in, not in, and, or, not, if-else, items by index,
 * abs() min() max() len() int() float() str(), `%` on strings. Other Python is refused with its place.
 *
 * Differs: numbers are exact fractions; what Python rounds to floating point is not rounded here.
 */
#ifndef INORDER_CODE_BLOCK_H
#define INORDER_CODE_BLOCK_H

#include "script/script.h"

/* The value of `name`; false: there is none of that name. */
typedef bool (*code_lookup)(void *data, const char *name, int64_t *value);

/* What is shared by a script's blocks: the names that they assign. */
typedef struct CodeNames CodeNames;
CodeNames *code_names_new(void);
void code_names_free(CodeNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CodeNames, code_names_free)

/* `text` stood at `place` in the file `name`. NULL with a SCRIPT_ERROR. */
struct code_block *code_block_parse(const char *name, const char *text, struct script_place place, GError **error);
void code_block_free(struct code_block *block);

struct code_failure {
        struct script_place place;
        char *expected; /* the assertion's text: "tcpi_snd_cwnd == 10" */
        char *seen;     /* its names with their values, and its message: "tcpi_snd_cwnd = 12; 12" */
};

/* False: an assertion failed, or a name is unknown, and `*failure` tells. `printed` collects what print() says. */
bool code_block_run(const struct code_block *block, CodeNames *names, code_lookup lookup, void *data, GString *printed,
        struct code_failure *failure);
void code_failure_clear(struct code_failure *failure);

#endif
