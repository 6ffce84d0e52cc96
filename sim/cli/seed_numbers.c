/*
 * Lines are compared as text: by far the most of them are equal, letter by letter.
 */
#include "cli/seed_numbers.h"

#include <glib.h>
#include <string.h>

#define PORT_MIN 32768 /* the first of those that hosts choose: Linux's range */

/* Members that hold nothing else; their values have no commas. */
static const char *const names[] = {
        "\"seq_raw\":", "\"ack_raw\":", "\"sport\":", "\"dport\":", "\"ts\":", "\"ts_echo\":"
};

static bool is_of_seed(const char *member)
{
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                if (g_str_has_prefix(member, names[i]))
                        return true;
        }
        return false;
}

/* Of a text for people, at `digits`: the port behind an address, or the number of a DNS question. */
static bool is_drawn(const char *text, const char *digits)
{
        if (digits - text >= 3 && strncmp(digits - 3, "id ", 3) == 0)
                return true;
        bool is_port =
                digits - text >= 2 && digits[-1] == ':' && (g_ascii_isdigit(digits[-2]) || digits[-2] == ']');
        return is_port && g_ascii_strtoull(digits, NULL, 10) >= PORT_MIN;
}

/* The member with "#" for each such number in it. */
static void append_member(GString *essence, const char *member)
{
        const char *c = member;
        while (*c != '\0') {
                size_t length = strspn(c, "0123456789");
                if (length > 0 && is_drawn(member, c))
                        g_string_append_c(essence, '#');
                else
                        g_string_append_len(essence, c, (gssize)MAX(length, 1));
                c += MAX(length, 1);
        }
}

static char *essence_of(const char *line)
{
        g_auto(GStrv) members = g_strsplit(line, ",", -1);
        GString *essence = g_string_new(NULL);
        for (char **member = members; *member != NULL; member++) {
                if (is_of_seed(*member))
                        continue;
                append_member(essence, *member);
                g_string_append_c(essence, ',');
        }
        return g_string_free(essence, FALSE);
}

bool seed_numbers_apart(const char *line, const char *other)
{
        if (line == NULL || other == NULL)
                return line == other;
        if (strcmp(line, other) == 0)
                return true;
        g_autofree char *one = essence_of(line);
        g_autofree char *two = essence_of(other);
        return strcmp(one, two) == 0;
}

/* The number that `place` of the line is in, and the word before it. */
static char *number_words(const char *line, const char *place)
{
        const char *digits = place;
        while (digits > line && g_ascii_isdigit(digits[-1]))
                digits--;
        const char *end = digits;
        while (end > line && strchr("\": ", end[-1]) != NULL)
                end--;
        const char *word = end;
        while (word > line && (g_ascii_isalpha(word[-1]) || word[-1] == '_'))
                word--;
        g_autofree char *name = word < end ? g_strndup(word, (gsize)(end - word)) : g_strdup("port");
        return g_strdup_printf("%s %.*s", name, (int)strspn(digits, "0123456789"), digits);
}

char *seed_numbers_words(const char *line, const char *other)
{
        size_t same = 0;
        while (line[same] != '\0' && line[same] == other[same])
                same++;
        g_autofree char *one = number_words(line, line + same);
        g_autofree char *two = number_words(other, other + same);
        return g_strdup_printf("%s and %s", one, strrchr(two, ' ') + 1);
}
