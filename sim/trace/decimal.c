/*
 * Digits from the last to the first. Faster than printf, which a trace of millions of numbers would notice.
 */
#include "trace/decimal.h"

#include "trace/text_append.h"

#define DIGITS_MAX 20 /* of 2^64 - 1 */

static const char pairs[] =
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546"
        "4748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293"
        "949596979899";

/* At least `width` digits, filled with zeros. */
static void append_digits(GString *text, uint64_t number, unsigned width)
{
        char digits[DIGITS_MAX];
        unsigned count = 0;
        for (; number >= 100; number /= 100) {
                const char *pair = &pairs[number % 100 * 2];
                digits[DIGITS_MAX - ++count] = pair[1];
                digits[DIGITS_MAX - ++count] = pair[0];
        }
        while (number > 0 || count < width) {
                count++;
                digits[DIGITS_MAX - count] = (char)('0' + number % 10);
                number /= 10;
        }
        text_append(text, digits + DIGITS_MAX - count, count);
}

/* The magnitude, after its sign; of INT64_MIN too. */
static uint64_t append_sign(GString *text, int64_t number)
{
        if (number >= 0)
                return (uint64_t)number;
        g_string_append_c(text, '-');
        return -(uint64_t)number;
}

void decimal_append_unsigned(GString *text, uint64_t number)
{
        append_digits(text, number, 1);
}

void decimal_append_signed(GString *text, int64_t number)
{
        append_digits(text, append_sign(text, number), 1);
}

void decimal_append_seconds(GString *text, duration_ns duration)
{
        uint64_t magnitude = append_sign(text, duration);
        append_digits(text, magnitude / SECOND, 1);
        g_string_append_c(text, '.');
        append_digits(text, magnitude % SECOND, 9);
}
