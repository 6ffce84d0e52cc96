/*
 * Longer numbers, and numbers at the end of a string.
 */
#include "trace/decimal.h"

#include "trace/text_append.h"

char *decimal_put_long(char *at, uint64_t number)
{
        if (number < DECIMAL_HUNDRED_MILLIONS)
                return decimal_put_small(at, (uint32_t)number);
        uint64_t high = number / DECIMAL_HUNDRED_MILLIONS;
        if (high < DECIMAL_HUNDRED_MILLIONS) {
                at = decimal_put_small(at, (uint32_t)high);
        } else {
                at = decimal_put_small(at, (uint32_t)(high / DECIMAL_HUNDRED_MILLIONS));
                at = decimal_put_eight(at, (uint32_t)(high % DECIMAL_HUNDRED_MILLIONS));
        }
        return decimal_put_eight(at, (uint32_t)(number % DECIMAL_HUNDRED_MILLIONS));
}

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
