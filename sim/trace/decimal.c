/*
 * Numbers at the end of a string.
 */
#include "trace/decimal.h"

#include "trace/text_append.h"

void decimal_append_unsigned(GString *text, uint64_t number)
{
        char digits[DECIMAL_ROOM];
        text_append(text, digits, (size_t)(decimal_put_unsigned(digits, number) - digits));
}

void decimal_append_signed(GString *text, int64_t number)
{
        char digits[DECIMAL_ROOM];
        text_append(text, digits, (size_t)(decimal_put_signed(digits, number) - digits));
}

void decimal_append_seconds(GString *text, duration_ns duration)
{
        char digits[DECIMAL_ROOM];
        text_append(text, digits, (size_t)(decimal_put_seconds(digits, duration) - digits));
}
