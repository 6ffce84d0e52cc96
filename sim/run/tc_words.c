/*
 * tc's numbers: what strtod() takes, exactly, and iproute2's tables of units (lib/utils_math.c,
 * tc/tc_util.c).
 */
#include "run/tc_words.h"

#include <glib.h>
#include <string.h>

#define EXPONENT_MOST 40

bool tc_is_number(const char *word)
{
        return word && g_ascii_isdigit(word[*word == '.' ? 1 : 0]);
}

/* ---- Numbers ---- */

/* "12.5" with a point that stands `whole` digits from the left. */
struct digits {
        GString *text;
        long whole;
};

static const char *scan_digits(const char *text, struct digits *digits)
{
        while (g_ascii_isdigit(*text))
                g_string_append_c(digits->text, *text++);
        return text;
}

/* "e-3" moves the point. Returns what is behind it. */
static const char *scan_exponent(const char *text, struct digits *digits)
{
        const char *number = text + 1 + (text[0] != '\0' && (text[1] == '-' || text[1] == '+'));
        if (g_ascii_tolower(*text) != 'e' || !g_ascii_isdigit(*number))
                return text;
        char *end;
        gint64 exponent = g_ascii_strtoll(text + 1, &end, 10);
        digits->whole += (long)CLAMP(exponent, -EXPONENT_MOST, EXPONENT_MOST);
        return end;
}

/* Without exponent, needless zeros, or a point at either end. */
static char *written(const struct digits *digits)
{
        g_autoptr(GString) text = g_string_new(digits->text->str);
        long whole = digits->whole;
        for (; whole <= 0; whole++)
                g_string_prepend_c(text, '0');
        while ((long)text->len < whole)
                g_string_append_c(text, '0');
        g_string_insert_c(text, whole, '.');
        while (text->str[text->len - 1] == '0')
                g_string_truncate(text, text->len - 1);
        if (text->str[text->len - 1] == '.')
                g_string_truncate(text, text->len - 1);
        const char *start = text->str;
        while (start[0] == '0' && g_ascii_isdigit(start[1]))
                start++;
        return g_strdup(start);
}

/* The number that the word begins with, as a scenario has it, and what follows; NULL: none. */
static char *take_number(const char *word, const char **rest)
{
        g_autoptr(GString) text = g_string_new(NULL);
        struct digits digits = { .text = text };
        const char *end = scan_digits(word + (*word == '+'), &digits);
        digits.whole = (long)text->len;
        if (*end == '.')
                end = scan_digits(end + 1, &digits);
        if (text->len == 0)
                return NULL;
        *rest = scan_exponent(end, &digits);
        return written(&digits);
}

char *tc_integer(const char *word)
{
        char *end;
        gint64 value = g_ascii_strtoll(word, &end, 0);
        return end == word || *end != '\0' ? g_strdup(word) : g_strdup_printf("%" G_GINT64_FORMAT, value);
}

/* ---- Units ---- */

struct unit {
        const char *theirs; /* in small or large letters */
        const char *ours;
};

static char *translated(const char *word, const struct unit *units)
{
        const char *rest;
        g_autofree char *number = take_number(word, &rest);
        for (; number && units->theirs; units++)
                if (g_ascii_strcasecmp(rest, units->theirs) == 0)
                        return g_strconcat(number, units->ours, NULL);
        return g_strdup(word);
}

char *tc_percent(const char *word)
{
        static const struct unit units[] = { { "", "%" }, { "%", "%" }, { NULL, NULL } };
        return translated(word, units);
}

char *tc_time(const char *word)
{
        static const struct unit units[] = {
                { "", "" }, /* microseconds to some of tc, nanoseconds to the rest */
                { "s", "s" },
                { "sec", "s" },
                { "secs", "s" },
                { "ms", "ms" },
                { "msec", "ms" },
                { "msecs", "ms" },
                { "us", "us" },
                { "usec", "us" },
                { "usecs", "us" },
                { "ns", "ns" },
                { "nsec", "ns" },
                { "nsecs", "ns" },
                { NULL, NULL },
        };
        return translated(word, units);
}

char *tc_rate(const char *word)
{
        static const struct unit units[] = {
                { "", "bit" },
                { "bit", "bit" },
                { "kibit", "Kibit" },
                { "kbit", "kbit" },
                { "mibit", "Mibit" },
                { "mbit", "Mbit" },
                { "gibit", "Gibit" },
                { "gbit", "Gbit" },
                { "tibit", "Tibit" },
                { "tbit", "Tbit" },
                { "bps", "B/s" },
                { "kibps", "KiB/s" },
                { "kbps", "kB/s" },
                { "mibps", "MiB/s" },
                { "mbps", "MB/s" },
                { "gibps", "GiB/s" },
                { "gbps", "GB/s" },
                { "tibps", "TiB/s" },
                { "tbps", "TB/s" },
                { NULL, NULL },
        };
        return translated(word, units);
}

char *tc_size(const char *word)
{
        static const struct unit units[] = {
                { "", "B" },
                { "b", "B" },
                { "k", "KiB" },
                { "kb", "KiB" },
                { "m", "MiB" },
                { "mb", "MiB" },
                { "g", "GiB" },
                { "gb", "GiB" },
                { NULL, NULL },
        };
        return translated(word, units);
}
