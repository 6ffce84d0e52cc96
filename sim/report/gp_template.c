/*
 * A scan from left to right; values are not scanned again.
 */
#include "report/gp_template.h"

#include <stdbool.h>
#include <string.h>

/* The value named at *text, which stands behind "@{"; *text goes behind its "}". */
static const char *take_value(const char **text, GHashTable *values)
{
        const char *end = strchr(*text, '}');
        g_assert(end != NULL);
        g_autofree char *name = g_strndup(*text, (gsize)(end - *text));
        const char *value = g_hash_table_lookup(values, name);
        if (value == NULL)
                g_error("a plot template wants \"%s\", which nobody has set", name);
        *text = end + 1;
        return value;
}

static void expand_line(GString *out, const char *line, GHashTable *values)
{
        for (const char *c = line; *c != '\0';) {
                if (c[0] == '@' && c[1] == '{') {
                        c += 2;
                        g_string_append(out, take_value(&c, values));
                } else {
                        g_string_append_c(out, *c++);
                }
        }
        g_string_append_c(out, '\n');
}

/* What is left of a line without its mark; NULL: the line goes. */
static const char *without_mark(const char *line, GHashTable *marks)
{
        if (line[0] != '@' || line[1] == '{')
                return line;
        const char *end = line + strcspn(line, " ");
        g_autofree char *mark = g_strndup(line + 1, (gsize)(end - line - 1));
        if (!g_hash_table_contains(marks, mark))
                return NULL;
        return *end == ' ' ? end + 1 : end;
}

char *gp_template_expand(const char *text, GHashTable *values, GHashTable *marks)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        GString *out = g_string_new(NULL);
        for (unsigned i = 0; lines[i] != NULL; i++) {
                const char *line = without_mark(lines[i], marks);
                bool is_behind_the_last = lines[i + 1] == NULL && *lines[i] == '\0';
                if (line != NULL && !is_behind_the_last)
                        expand_line(out, line, values);
        }
        return g_string_free(out, FALSE);
}

char *gp_quote(const char *text)
{
        GString *quoted = g_string_new("'");
        for (const char *c = text; *c != '\0'; c++) {
                if (*c == '\'')
                        g_string_append_c(quoted, '\'');
                g_string_append_c(quoted, g_ascii_iscntrl(*c) ? ' ' : *c);
        }
        g_string_append_c(quoted, '\'');
        return g_string_free(quoted, FALSE);
}
