/*
 * A number with decimals and a unit, exactly: digits become one integer and a power of ten, and units are
 * integers, so that the product is whole or is refused.
 */
#include "run/quantity.h"

#include <glib.h>
#include <string.h>

typedef unsigned __int128 uint128;

#define DIGITS_MAX   19 /* of a number, decimals included: 10^19 fits in 64 bits */
#define DECIMALS_MAX 18

struct unit {
        const char *name;
        uint64_t factor; /* smallest units in one */
        bool is_shown;   /* format uses it */
};

/* "1.50" is 150 / 10^2, and with zeros cut 15 / 10^1. */
struct decimal {
        uint64_t digits;
        uint64_t scale; /* a power of ten */
        bool has_point;
};

static uint64_t power_of_ten(unsigned exponent)
{
        uint64_t power = 1;
        while (exponent-- > 0)
                power *= 10;
        return power;
}

static const char *scan_digits(const char *text, struct decimal *decimal, unsigned *digit_count)
{
        for (; g_ascii_isdigit(*text); text++) {
                if (*digit_count > DIGITS_MAX)
                        continue;
                if (decimal->digits > 0 || *text != '0')
                        (*digit_count)++;
                decimal->digits = decimal->digits * 10 + (unsigned)(*text - '0');
        }
        return text;
}

/* The number at the beginning of `text`; `rest` is what follows it. */
static enum quantity_result scan_decimal(const char *text, struct decimal *decimal, const char **rest)
{
        *decimal = (struct decimal){ .scale = 1 };
        unsigned digit_count = 0;
        if (!g_ascii_isdigit(*text))
                return QUANTITY_MALFORMED;
        const char *end = scan_digits(text, decimal, &digit_count);
        if (*end == '.') {
                const char *fraction = end + 1;
                size_t decimals = strspn(fraction, "0123456789");
                if (decimals == 0)
                        return QUANTITY_MALFORMED;
                end = fraction + decimals;
                while (decimals > 0 && fraction[decimals - 1] == '0')
                        decimals--;
                if (decimals > DECIMALS_MAX)
                        return QUANTITY_NOT_WHOLE;
                g_autofree char *shown = g_strndup(fraction, decimals);
                scan_digits(shown, decimal, &digit_count);
                decimal->scale = power_of_ten((unsigned)decimals);
                decimal->has_point = true;
        }
        *rest = end;
        return digit_count > DIGITS_MAX ? QUANTITY_TOO_LARGE : QUANTITY_OK;
}

static enum quantity_result scale_decimal(
        const struct decimal *decimal, uint64_t factor, uint64_t most, uint64_t *value)
{
        uint128 product = (uint128)decimal->digits * factor;
        if (product % decimal->scale != 0)
                return QUANTITY_NOT_WHOLE;
        if (product / decimal->scale > most)
                return QUANTITY_TOO_LARGE;
        *value = (uint64_t)(product / decimal->scale);
        return QUANTITY_OK;
}

/* A bare 0 needs no unit. */
static enum quantity_result parse_with_units(
        const char *text, const struct unit *units, uint64_t most, uint64_t *value)
{
        struct decimal decimal;
        const char *rest;
        enum quantity_result result = scan_decimal(text, &decimal, &rest);
        if (result != QUANTITY_OK)
                return result;
        for (const struct unit *unit = units; unit->name; unit++)
                if (strcmp(rest, unit->name) == 0)
                        return scale_decimal(&decimal, unit->factor, most, value);
        if (*rest != '\0')
                return QUANTITY_WRONG_UNIT;
        if (decimal.digits > 0)
                return QUANTITY_NO_UNIT;
        *value = 0;
        return QUANTITY_OK;
}

/* The first shown unit, largest first, that divides the value. */
static char *format_with_units(uint64_t value, const struct unit *units)
{
        for (const struct unit *unit = units; unit->name; unit++)
                if (unit->is_shown && (value % unit->factor == 0) && (value > 0 || unit->factor == 1))
                        return g_strdup_printf("%" G_GUINT64_FORMAT "%s", value / unit->factor, unit->name);
        g_assert_not_reached();
}

/* ---- Times ---- */

static const struct unit time_units[] = {
        { "h", 3600ull * SECOND, true },
        { "min", 60ull * SECOND, false },
        { "m", 60ull * SECOND, false },
        { "s", SECOND, true },
        { "ms", MILLISECOND, true },
        { "us", MICROSECOND, true },
        { "µs", MICROSECOND, false },
        { "ns", 1, true },
        { NULL, 0, false },
};

static enum quantity_result parse_time(const char *text, uint64_t *value)
{
        return parse_with_units(text, time_units, INT64_MAX - 1, value);
}

static char *format_time(uint64_t value)
{
        return value == 0 ? g_strdup("0s") : format_with_units(value, time_units);
}

const struct quantity_kind quantity_time = {
        .noun = "a time",
        .examples = "30ms, 1.5s, 2m",
        .smallest = "nanoseconds",
        .parse = parse_time,
        .format = format_time,
};

/* ---- Rates ---- */

static const struct unit rate_units[] = {
        { "Tbit/s", 1000000000000, true },
        { "Gbit/s", 1000000000, true },
        { "Mbit/s", 1000000, true },
        { "kbit/s", 1000, true },
        { "bit/s", 1, true },
        { "Tibit/s", 1ull << 40, false },
        { "Gibit/s", 1ull << 30, false },
        { "Mibit/s", 1ull << 20, false },
        { "Kibit/s", 1ull << 10, false },
        { "TB/s", 8000000000000, false },
        { "GB/s", 8000000000, false },
        { "MB/s", 8000000, false },
        { "kB/s", 8000, false },
        { "B/s", 8, false },
        { "TiB/s", 8ull << 40, false },
        { "GiB/s", 8ull << 30, false },
        { "MiB/s", 8ull << 20, false },
        { "KiB/s", 8ull << 10, false },
        { "Tbit", 1000000000000, false },
        { "Gbit", 1000000000, false },
        { "Mbit", 1000000, false },
        { "kbit", 1000, false },
        { "bit", 1, false },
        { "Tibit", 1ull << 40, false },
        { "Gibit", 1ull << 30, false },
        { "Mibit", 1ull << 20, false },
        { "Kibit", 1ull << 10, false },
        { NULL, 0, false },
};

static enum quantity_result parse_rate(const char *text, uint64_t *value)
{
        return parse_with_units(text, rate_units, INT64_MAX, value);
}

static char *format_rate(uint64_t value)
{
        return format_with_units(value, rate_units);
}

const struct quantity_kind quantity_rate = {
        .noun = "a rate",
        .examples = "10Mbit/s, 1.5Gbit, 100kB/s",
        .smallest = "bits a second",
        .parse = parse_rate,
        .format = format_rate,
};

/* ---- Sizes: a bare number is bytes ---- */

static const struct unit size_units[] = {
        { "TB", 1000000000000, true },
        { "GB", 1000000000, true },
        { "MB", 1000000, true },
        { "kB", 1000, true },
        { "TiB", 1ull << 40, true },
        { "GiB", 1ull << 30, true },
        { "MiB", 1ull << 20, true },
        { "KiB", 1ull << 10, true },
        { "B", 1, true },
        { "", 1, false },
        { NULL, 0, false },
};

static enum quantity_result parse_size(const char *text, uint64_t *value)
{
        return parse_with_units(text, size_units, INT64_MAX, value);
}

static char *format_size(uint64_t value)
{
        return format_with_units(value, size_units);
}

const struct quantity_kind quantity_size = {
        .noun = "a size",
        .examples = "200kB, 10MB, 64KiB, 1448",
        .smallest = "bytes",
        .parse = parse_size,
        .format = format_size,
};

/* ---- Packets and bare numbers ---- */

static const struct unit packet_units[] = { { "pkt", 1, true }, { NULL, 0, false } };
static const struct unit no_units[] = { { "", 1, true }, { NULL, 0, false } };

static enum quantity_result parse_packets(const char *text, uint64_t *value)
{
        return parse_with_units(text, packet_units, INT64_MAX, value);
}

static char *format_packets(uint64_t value)
{
        return format_with_units(value, packet_units);
}

const struct quantity_kind quantity_packets = {
        .noun = "a number of packets",
        .examples = "50pkt",
        .smallest = "packets",
        .parse = parse_packets,
        .format = format_packets,
};

static enum quantity_result parse_count(const char *text, uint64_t *value)
{
        return parse_with_units(text, no_units, INT64_MAX, value);
}

static char *format_count(uint64_t value)
{
        return format_with_units(value, no_units);
}

const struct quantity_kind quantity_count = {
        .noun = "a number",
        .examples = "10",
        .smallest = NULL,
        .parse = parse_count,
        .format = format_count,
};

/* ---- Probabilities and switches ---- */

enum quantity_result probability_parse(const char *text, struct probability *probability)
{
        struct decimal decimal;
        const char *rest;
        enum quantity_result result = scan_decimal(text, &decimal, &rest);
        if (result != QUANTITY_OK)
                return result;
        bool is_percent = strcmp(rest, "%") == 0;
        if (!is_percent && *rest != '\0')
                return QUANTITY_WRONG_UNIT;
        if (!is_percent && !decimal.has_point && decimal.digits > 0)
                return QUANTITY_NO_UNIT;
        uint64_t hundred = is_percent ? 100 : 1;
        if (decimal.scale > power_of_ten(DECIMALS_MAX) / hundred)
                return QUANTITY_NOT_WHOLE;
        if (decimal.digits > decimal.scale * hundred)
                return QUANTITY_TOO_LARGE;
        *probability = probability_of(decimal.digits, decimal.scale * hundred);
        return QUANTITY_OK;
}

/* The fewest decimals of a percentage, `whole` hundreds of them, that give back the very same threshold. */
static unsigned decimals_of(struct probability probability, uint64_t *parts, uint64_t *whole)
{
        for (unsigned decimals = 0; decimals <= DECIMALS_MAX - 2; decimals++) {
                *whole = 100 * power_of_ten(decimals);
                *parts = (uint64_t)(((uint128)probability.threshold * *whole + UINT64_MAX) >> 64);
                if (*parts != *whole && probability_of(*parts, *whole).threshold == probability.threshold)
                        return decimals;
        }
        g_assert_not_reached();
}

char *probability_format(struct probability probability)
{
        uint64_t parts;
        uint64_t whole;
        if (probability.is_certain)
                return g_strdup("100%");
        unsigned decimals = decimals_of(probability, &parts, &whole);
        if (decimals == 0)
                return g_strdup_printf("%" G_GUINT64_FORMAT "%%", parts);
        uint64_t scale = power_of_ten(decimals);
        return g_strdup_printf("%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT "%%", parts / scale,
                (int)decimals, parts % scale);
}

struct probability probability_rest(struct probability probability)
{
        uint64_t parts;
        uint64_t whole;
        if (probability.is_certain)
                return probability_of(0, 1);
        decimals_of(probability, &parts, &whole);
        return probability_of(whole - parts, whole);
}

bool switch_parse(const char *text, bool *is_on)
{
        static const struct {
                const char *text;
                bool is_on;
        } words[] = { { "on", true }, { "off", false }, { "yes", true }, { "no", false }, { "true", true },
                { "false", false } };
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
                if (strcmp(text, words[i].text) == 0) {
                        *is_on = words[i].is_on;
                        return true;
                }
        }
        return false;
}

char *quantity_complaint(const struct quantity_kind *kind, const char *text, enum quantity_result result)
{
        static const char *const complaints[QUANTITY_RESULTS] = {
                [QUANTITY_NO_UNIT] = "has no unit",
                [QUANTITY_WRONG_UNIT] = "has an unknown unit",
                [QUANTITY_NOT_WHOLE] = "is not a whole number",
                [QUANTITY_TOO_LARGE] = "is too large",
        };
        g_assert(result != QUANTITY_OK);
        if (*text == '\0')
                return g_strdup("nothing is given");
        if (result == QUANTITY_MALFORMED)
                return g_strdup_printf("'%s' is not %s", text, kind->noun);
        if (result == QUANTITY_NOT_WHOLE && kind->smallest)
                return g_strdup_printf("'%s' is not a whole number of %s", text, kind->smallest);
        return g_strdup_printf("'%s' %s", text, complaints[result]);
}
