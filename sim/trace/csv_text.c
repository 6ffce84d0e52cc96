/*
 * Quoting. RFC 4180 section 2: "Fields containing line breaks (CRLF), double quotes, and commas should be
 * enclosed in double-quotes."
 *
 * Differs: a line break becomes a space, since gnuplot reads line by line.
 */
#include "trace/csv_text.h"

#include "trace/text_append.h"

#include <string.h>

static void append_quoted(GString *line, const char *text)
{
        g_string_append_c(line, '"');
        for (const char *c = text; *c; c++) {
                if (*c == '"')
                        g_string_append_c(line, '"');
                g_string_append_c(line, strchr("\r\n", *c) ? ' ' : *c);
        }
        g_string_append_c(line, '"');
}

void csv_append_text(GString *line, const char *text)
{
        if (!text || !*text) {
                g_string_append_c(line, '-');
                return;
        }
        size_t size = strcspn(text, ",\"\r\n");
        if (text[size] != '\0')
                append_quoted(line, text);
        else
                text_append(line, text, size);
}
