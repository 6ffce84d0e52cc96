/*
 * Values of code blocks: making, comparing and showing them.
 */
#include "script/code_value.h"

#include <string.h>

#define DECIMALS_SHOWN 6

static code_integer common_divisor(code_integer a, code_integer b)
{
        while (b != 0) {
                code_integer rest = a % b;
                a = b;
                b = rest;
        }
        return a < 0 ? -a : a;
}

struct code_number code_number_reduced(struct code_number number)
{
        code_integer divisor = common_divisor(number.over, number.under);
        if (number.under < 0)
                divisor = -divisor;
        return (struct code_number){ number.over / divisor, number.under / divisor };
}

/* ---- Making ---- */

static void value_free(struct code_value *value)
{
        g_free(value->text);
        g_clear_pointer(&value->items, g_ptr_array_unref);
        g_free(value);
}

CodeStore *code_store_new(void)
{
        return g_ptr_array_new_with_free_func((GDestroyNotify)value_free);
}

static struct code_value *value_new(CodeStore *store, enum code_value_kind kind)
{
        struct code_value *value = g_new0(struct code_value, 1);
        value->kind = kind;
        value->number.under = 1;
        g_ptr_array_add(store, value);
        return value;
}

struct code_value *code_none(CodeStore *store)
{
        return value_new(store, CODE_VALUE_NONE);
}

struct code_value *code_fraction(CodeStore *store, struct code_number number)
{
        struct code_value *value = value_new(store, CODE_VALUE_NUMBER);
        value->number = code_number_reduced(number);
        return value;
}

struct code_value *code_whole(CodeStore *store, int64_t number)
{
        return code_fraction(store, (struct code_number){ number, 1 });
}

struct code_value *code_bool(CodeStore *store, bool is_true)
{
        struct code_value *value = value_new(store, CODE_VALUE_BOOL);
        value->number.over = is_true;
        return value;
}

struct code_value *code_string(CodeStore *store, const char *text)
{
        struct code_value *value = value_new(store, CODE_VALUE_STRING);
        value->text = g_strdup(text);
        return value;
}

struct code_value *code_sequence(CodeStore *store, enum code_value_kind kind)
{
        struct code_value *value = value_new(store, kind);
        value->items = g_ptr_array_new();
        return value;
}

/* ---- Comparing ---- */

bool code_is_number(const struct code_value *value)
{
        return value->kind == CODE_VALUE_NUMBER || value->kind == CODE_VALUE_BOOL;
}

bool code_is_true(const struct code_value *value)
{
        if (value->kind == CODE_VALUE_STRING)
                return *value->text != '\0';
        if (value->items != NULL)
                return value->items->len > 0;
        return value->number.over != 0;
}

/* Cross-multiplied where that fits; it does for all that 64-bit numbers can make. */
static int compare_numbers(struct code_number a, struct code_number b)
{
        code_integer left;
        code_integer right;
        if (__builtin_mul_overflow(a.over, b.under, &left) ||
                __builtin_mul_overflow(b.over, a.under, &right)) {
                left = a.over / a.under;
                right = b.over / b.under;
        }
        return (left > right) - (left < right);
}

static bool compare_sequences(const GPtrArray *a, const GPtrArray *b, int *order)
{
        for (unsigned i = 0; i < a->len && i < b->len; i++) {
                if (code_equal(a->pdata[i], b->pdata[i]))
                        continue;
                return code_compare(a->pdata[i], b->pdata[i], order);
        }
        *order = (a->len > b->len) - (a->len < b->len);
        return true;
}

bool code_compare(const struct code_value *a, const struct code_value *b, int *order)
{
        if (code_is_number(a) && code_is_number(b)) {
                *order = compare_numbers(a->number, b->number);
                return true;
        }
        if (a->kind != b->kind || a->kind == CODE_VALUE_NONE)
                return false;
        if (a->kind != CODE_VALUE_STRING)
                return compare_sequences(a->items, b->items, order);
        *order = strcmp(a->text, b->text);
        return true;
}

bool code_equal(const struct code_value *a, const struct code_value *b)
{
        int order;
        if (a->kind == CODE_VALUE_NONE && b->kind == CODE_VALUE_NONE)
                return true;
        if (a->items == NULL || b->items == NULL)
                return code_compare(a, b, &order) && order == 0;
        if (a->kind != b->kind || a->items->len != b->items->len)
                return false;
        for (unsigned i = 0; i < a->items->len; i++)
                if (!code_equal(a->items->pdata[i], b->items->pdata[i]))
                        return false;
        return true;
}

/* ---- Showing ---- */

static void append_integer(GString *text, code_integer number)
{
        char digits[44];
        size_t at = sizeof digits;
        bool is_negative = number < 0;
        digits[--at] = '\0';
        do {
                int digit = (int)(number % 10);
                digits[--at] = (char)('0' + (digit < 0 ? -digit : digit));
                number /= 10;
        } while (number != 0);
        if (is_negative)
                digits[--at] = '-';
        g_string_append(text, digits + at);
}

static void append_number(GString *text, struct code_number number)
{
        code_integer whole = number.over / number.under;
        code_integer rest = number.over % number.under;
        if (number.over < 0 && whole == 0)
                g_string_append_c(text, '-');
        append_integer(text, whole);
        if (rest == 0)
                return;
        g_string_append_c(text, '.');
        for (unsigned i = 0; i < DECIMALS_SHOWN && rest != 0; i++) {
                if (__builtin_mul_overflow(rest < 0 ? -rest : rest, 10, &rest))
                        return;
                g_string_append_c(text, (char)('0' + (int)(rest / number.under)));
                rest %= number.under;
        }
}

static void append_items(GString *text, const struct code_value *value)
{
        bool is_tuple = value->kind == CODE_VALUE_TUPLE;
        g_string_append_c(text, is_tuple ? '(' : '[');
        for (unsigned i = 0; i < value->items->len; i++) {
                g_string_append(text, i > 0 ? ", " : "");
                code_append(text, value->items->pdata[i], true);
        }
        g_string_append(text, is_tuple ? (value->items->len == 1 ? ",)" : ")") : "]");
}

void code_append(GString *text, const struct code_value *value, bool quoted)
{
        switch (value->kind) {
        case CODE_VALUE_NONE:
                g_string_append(text, "None");
                break;
        case CODE_VALUE_NUMBER:
                append_number(text, value->number);
                break;
        case CODE_VALUE_BOOL:
                g_string_append(text, value->number.over != 0 ? "True" : "False");
                break;
        case CODE_VALUE_STRING:
                g_string_append_printf(text, quoted ? "'%s'" : "%s", value->text);
                break;
        case CODE_VALUE_TUPLE:
        case CODE_VALUE_LIST:
                append_items(text, value);
                break;
        }
}

char *code_text(const struct code_value *value, bool quoted)
{
        GString *text = g_string_new(NULL);
        code_append(text, value, quoted);
        return g_string_free(text, FALSE);
}
