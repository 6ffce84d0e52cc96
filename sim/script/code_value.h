/*
 * What the expressions of code blocks compute with: exact numbers, strings, tuples.
 *
 * Numbers are fractions, so that a division is exact where Python's would be a rounded floating-point number.
 */
#ifndef INORDER_CODE_VALUE_H
#define INORDER_CODE_VALUE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 code_integer;

/* over / under, in lowest terms, under > 0 */
struct code_number {
        code_integer over;
        code_integer under;
};

enum code_value_kind { CODE_VALUE_NONE, CODE_VALUE_NUMBER, CODE_VALUE_BOOL, CODE_VALUE_STRING, CODE_VALUE_TUPLE, CODE_VALUE_LIST };

struct code_value {
        enum code_value_kind kind;
        struct code_number number; /* NUMBER; BOOL: 0 or 1 */
        char *text;
        GPtrArray *items; /* TUPLE, LIST: of struct code_value *, which others own */
};

struct code_number code_number_reduced(struct code_number number);

/* A store keeps all values until it is freed itself. */
typedef GPtrArray CodeStore;
CodeStore *code_store_new(void);
struct code_value *code_none(CodeStore *store);
struct code_value *code_fraction(CodeStore *store, struct code_number number);
struct code_value *code_whole(CodeStore *store, int64_t number);
struct code_value *code_bool(CodeStore *store, bool is_true);
struct code_value *code_string(CodeStore *store, const char *text);
struct code_value *code_sequence(CodeStore *store, enum code_value_kind kind); /* with no items yet */

bool code_is_number(const struct code_value *value); /* or a bool */
bool code_is_true(const struct code_value *value);
bool code_equal(const struct code_value *a, const struct code_value *b);
/* False: the two have no order. */
bool code_compare(const struct code_value *a, const struct code_value *b, int *order);
/* As print() shows it; with `quoted` strings stand in quotes. */
void code_append(GString *text, const struct code_value *value, bool quoted);
char *code_text(const struct code_value *value, bool quoted);

/* a OP b for "+", "//", "<<" ...; NULL and `*why` (static) when it cannot be. */
struct code_value *code_binary(CodeStore *store, const char *operation, const struct code_value *a, const struct code_value *b,
        const char **why);
/* "%d of %d" % (1, 2) */
struct code_value *code_format(CodeStore *store, const char *format, const struct code_value *values, const char **why);

#endif
