/*
 * Reading whole texts, whatever kind of file they are in.
 */
#include "run/text_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void *fail(const char *path, int number, GError **error)
{
        const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(number),
                "%s: %s; accepted: a file, or - for standard input", name, g_strerror(number));
        return NULL;
}

static GString *read_up_to(FILE *file, gsize most)
{
        GString *text = g_string_new(NULL);
        char buffer[65536];
        size_t got;
        while (text->len <= most && (got = fread(buffer, 1, sizeof buffer, file)) > 0)
                g_string_append_len(text, buffer, (gssize)got);
        g_string_truncate(text, MIN(text->len, most + 1));
        return text;
}

char *text_file_read(const char *path, gsize most, gsize *size, GError **error)
{
        bool is_stdin = strcmp(path, "-") == 0;
        FILE *file = is_stdin ? stdin : fopen(path, "re");
        if (!file)
                return fail(path, errno, error);
        errno = 0;
        g_autoptr(GString) text = read_up_to(file, most);
        int number = ferror(file) ? errno : 0;
        if (!is_stdin)
                fclose(file);
        if (number != 0)
                return fail(path, number, error);
        *size = text->len;
        return g_string_free(g_steal_pointer(&text), FALSE);
}
