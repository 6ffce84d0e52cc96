/*
 * Longer numbers, and numbers at the end of a string.
 */
#include "trace/decimal.h"

#include "trace/text_append.h"

#define TEN_PAIRS(ten) ten "0" ten "1" ten "2" ten "3" ten "4" ten "5" ten "6" ten "7" ten "8" ten "9"
static const char pairs[] = TEN_PAIRS("0") TEN_PAIRS("1") TEN_PAIRS("2") TEN_PAIRS("3") TEN_PAIRS("4")
        TEN_PAIRS("5") TEN_PAIRS("6") TEN_PAIRS("7") TEN_PAIRS("8") TEN_PAIRS("9");

/* Below 100, with its zero in front. */
static char *put_pair(char *at, uint32_t number)
{
        memcpy(at, pairs + 2 * number, 2);
        return at + 2;
}

static char *put_one_or_two(char *at, uint32_t number)
{
        if (number >= 10)
                return put_pair(at, number);
        *at = (char)('0' + number);
        return at + 1;
}

/* Below 10^8. Zeros in front are shifted out; the last digit stays, be it zero. */
static char *put_small(char *at, uint32_t number)
{
        uint64_t digits = decimal_eight_digits(number);
        unsigned zeros = (unsigned)__builtin_ctzll(digits | 1ull << 56) / 8;
        decimal_put_bytes(at, (digits | DECIMAL_EIGHT_ZEROS) >> (8 * zeros));
        return at + 8 - zeros;
}

/* Half of a trace's numbers are sizes, ports and counts below 10,000, the others times. */
char *decimal_put_long(char *at, uint64_t number)
{
        if (number < 100)
                return put_pair(at, (uint32_t)number);
        if (number < 10000)
                return put_pair(put_one_or_two(at, (uint32_t)number / 100), (uint32_t)number % 100);
        if (number < DECIMAL_HUNDRED_MILLIONS)
                return put_small(at, (uint32_t)number);
        uint64_t high = number / DECIMAL_HUNDRED_MILLIONS;
        at = high < 100 ? put_one_or_two(at, (uint32_t)high) : decimal_put_long(at, high);
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
