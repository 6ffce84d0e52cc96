/*
 * Operators of code blocks, as Python's: // and % round down, / is exact.
 */
#include "script/code_value.h"

#include <string.h>

#define SHIFT_MAX 64
#define TEXT_MAX  100000 /* bytes that a string may grow to */

static const char too_large[] = "the result is too large";
static const char by_zero[] = "it divides by zero";
static const char not_whole[] = "it needs whole numbers";

/* ---- Numbers: false and `*why` when it cannot be ---- */

/* Far from the end of 128 bits, so that signs can be turned and fractions reduced. */
static bool fits(const struct code_number *result)
{
        const code_integer most = (code_integer)1 << 126;
        return result->over < most && result->over > -most && result->under < most && result->under > -most;
}

static bool add(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        code_integer left;
        code_integer right;
        *why = too_large;
        return !__builtin_mul_overflow(a.over, b.under, &left) &&
               !__builtin_mul_overflow(b.over, a.under, &right) &&
               !__builtin_add_overflow(left, right, &result->over) &&
               !__builtin_mul_overflow(a.under, b.under, &result->under) && fits(result);
}

static bool subtract(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        return add(a, (struct code_number){ -b.over, b.under }, result, why);
}

static bool multiply(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        *why = too_large;
        return !__builtin_mul_overflow(a.over, b.over, &result->over) &&
               !__builtin_mul_overflow(a.under, b.under, &result->under) && fits(result);
}

static bool divide(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        if (b.over != 0)
                return multiply(a, (struct code_number){ b.under, b.over }, result, why);
        *why = by_zero;
        return false;
}

static bool floor_divide(
        struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        struct code_number quotient;
        if (!divide(a, b, &quotient, why))
                return false;
        quotient = code_number_reduced(quotient);
        bool rounds_down = quotient.over < 0 && quotient.over % quotient.under != 0;
        *result = (struct code_number){ quotient.over / quotient.under - rounds_down, 1 };
        return true;
}

static bool modulo(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        struct code_number quotient;
        struct code_number product;
        return floor_divide(a, b, &quotient, why) && multiply(quotient, b, &product, why) &&
               subtract(a, product, result, why);
}

static bool power(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        *result = (struct code_number){ 1, 1 };
        *why = b.under == 1 ? too_large : not_whole;
        if (b.under != 1 || b.over < 0 || b.over > SHIFT_MAX)
                return false;
        for (code_integer i = 0; i < b.over; i++)
                if (!multiply(*result, a, result, why))
                        return false;
        return true;
}

static bool bitwise(char operation, struct code_number a, struct code_number b, struct code_number *result,
        const char **why)
{
        *why = not_whole;
        if (a.under != 1 || b.under != 1)
                return false;
        code_integer bits = operation == '&'   ? (a.over & b.over)
                            : operation == '|' ? (a.over | b.over)
                                               : (a.over ^ b.over);
        *result = (struct code_number){ bits, 1 };
        return true;
}

static bool bit_and(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        return bitwise('&', a, b, result, why);
}

static bool bit_or(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        return bitwise('|', a, b, result, why);
}

static bool bit_xor(struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        return bitwise('^', a, b, result, why);
}

static bool is_shift(struct code_number a, struct code_number b)
{
        return a.under == 1 && b.under == 1 && b.over >= 0 && b.over <= SHIFT_MAX;
}

static bool shift_left(
        struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        *why = "a shift needs whole numbers, the second from 0 to 64";
        return is_shift(a, b) && power((struct code_number){ 2, 1 }, b, result, why) &&
               multiply(a, *result, result, why);
}

static bool shift_right(
        struct code_number a, struct code_number b, struct code_number *result, const char **why)
{
        *why = "a shift needs whole numbers, the second from 0 to 64";
        return is_shift(a, b) && power((struct code_number){ 2, 1 }, b, result, why) &&
               floor_divide(a, *result, result, why);
}

static const struct {
        const char *name;
        bool (*apply)(
                struct code_number a, struct code_number b, struct code_number *result, const char **why);
} operations[] = {
        { "+", add },
        { "-", subtract },
        { "*", multiply },
        { "/", divide },
        { "//", floor_divide },
        { "%", modulo },
        { "**", power },
        { "&", bit_and },
        { "|", bit_or },
        { "^", bit_xor },
        { "<<", shift_left },
        { ">>", shift_right },
};

/* ---- Strings and sequences ---- */

static struct code_value *concatenate(
        CodeStore *store, const struct code_value *a, const struct code_value *b, const char **why)
{
        *why = too_large;
        if (a->kind == CODE_VALUE_STRING) {
                if (strlen(a->text) + strlen(b->text) > TEXT_MAX)
                        return NULL;
                g_autofree char *text = g_strconcat(a->text, b->text, NULL);
                return code_string(store, text);
        }
        if (a->items->len + b->items->len > TEXT_MAX)
                return NULL;
        struct code_value *both = code_sequence(store, a->kind);
        g_ptr_array_extend(both->items, a->items, NULL, NULL);
        g_ptr_array_extend(both->items, b->items, NULL, NULL);
        return both;
}

/* One "%..." at `*at`, whose value is `value`. */
static bool append_formatted(GString *text, const char **at, const struct code_value *value, const char **why)
{
        size_t flags = strspn(*at, "-+ 0#123456789.l");
        char conversion = (*at)[flags];
        *why = "a format knows %d %i %u %x %s %r and %f only";
        if (conversion == '\0' || strchr("diuxsrf", conversion) == NULL)
                return false;
        *at += flags + 1;
        *why = "the format needs a number here";
        if (strchr("sr", conversion) == NULL && !code_is_number(value))
                return false;
        if (conversion == 'x')
                g_string_append_printf(
                        text, "%" G_GINT64_MODIFIER "x", (guint64)(value->number.over / value->number.under));
        else if (strchr("diu", conversion))
                g_string_append_printf(
                        text, "%" G_GINT64_FORMAT, (gint64)(value->number.over / value->number.under));
        else
                code_append(text, value, conversion == 'r');
        return true;
}

struct code_value *code_format(
        CodeStore *store, const char *format, const struct code_value *values, const char **why)
{
        bool is_tuple = values->kind == CODE_VALUE_TUPLE;
        unsigned count = is_tuple ? values->items->len : 1;
        unsigned used = 0;
        g_autoptr(GString) text = g_string_new(NULL);
        while (*format != '\0') {
                char c = *format++;
                if (c != '%' || *format == '%') {
                        format += c == '%';
                        g_string_append_c(text, c);
                        continue;
                }
                *why = "the format asks for more values than there are";
                if (used == count)
                        return NULL;
                const struct code_value *value = is_tuple ? values->items->pdata[used] : values;
                used++;
                if (!append_formatted(text, &format, value, why))
                        return NULL;
        }
        *why = "the format asks for fewer values than there are";
        return used == count ? code_string(store, text->str) : NULL;
}

struct code_value *code_binary(CodeStore *store, const char *operation, const struct code_value *a,
        const struct code_value *b, const char **why)
{
        if (a->kind == CODE_VALUE_STRING && strcmp(operation, "%") == 0)
                return code_format(store, a->text, b, why);
        bool are_joined = strcmp(operation, "+") == 0 && a->kind == b->kind && !code_is_number(a) &&
                          a->kind != CODE_VALUE_NONE;
        if (are_joined)
                return concatenate(store, a, b, why);
        *why = "it needs two numbers";
        if (!code_is_number(a) || !code_is_number(b))
                return NULL;
        for (size_t i = 0; i < G_N_ELEMENTS(operations); i++) {
                if (strcmp(operations[i].name, operation) != 0)
                        continue;
                struct code_number result;
                return operations[i].apply(a->number, b->number, &result, why) ? code_fraction(store, result)
                                                                               : NULL;
        }
        g_assert_not_reached();
}
