/*
 * Splitting lines of CSV, and finding columns by name.
 */
#include "csv_rows.h"

#include <check.h>
#include <string.h>

void csv_rows_set_up(struct csv_rows *rows)
{
        *rows = (struct csv_rows){ .trace = made_up_world() };
        made_up_files_init(&rows->files);
        struct trace_opener opener = made_up_opener(&rows->files);
        rows->writer = trace_csv_new(rows->trace, &opener, TRACE_ALL_KINDS, NULL);
        ck_assert_ptr_nonnull(rows->writer);
}

static void forget(struct csv_rows *rows)
{
        g_clear_pointer(&rows->text, g_free);
        g_clear_pointer(&rows->lines, g_strfreev);
}

void csv_rows_tear_down(struct csv_rows *rows)
{
        forget(rows);
        trace_csv_free(rows->writer);
        trace_free(rows->trace);
        made_up_files_clear(&rows->files);
}

unsigned csv_rows_read(struct csv_rows *rows, const char *table)
{
        forget(rows);
        ck_assert(trace_csv_finish(rows->writer, NULL));
        rows->text = made_up_file_text(&rows->files, table);
        rows->lines = g_strsplit(rows->text, "\n", -1);
        unsigned count = g_strv_length(rows->lines);
        ck_assert_str_eq(rows->lines[count - 1], "");
        return count - 1;
}

GPtrArray *csv_rows_split(const char *line)
{
        GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
        GString *field = g_string_new(NULL);
        bool is_quoted = false;
        for (const char *c = line; *c; c++) {
                if (is_quoted && c[0] == '"' && c[1] == '"')
                        g_string_append_c(field, *c++);
                else if (*c == '"')
                        is_quoted = !is_quoted;
                else if (*c == ',' && !is_quoted) {
                        g_ptr_array_add(fields, g_strdup(field->str));
                        g_string_truncate(field, 0);
                } else
                        g_string_append_c(field, *c);
        }
        ck_assert(!is_quoted);
        g_ptr_array_add(fields, g_string_free(field, FALSE));
        return fields;
}

static char *field_of(const struct csv_rows *rows, const char *line, const char *column)
{
        g_autoptr(GPtrArray) names = csv_rows_split(rows->lines[0]);
        g_autoptr(GPtrArray) fields = csv_rows_split(line);
        guint index = 0;
        ck_assert_msg(g_ptr_array_find_with_equal_func(names, column, g_str_equal, &index), "%s", column);
        return g_strdup(g_ptr_array_index(fields, index));
}

void csv_rows_expect(const struct csv_rows *rows, unsigned line, const char *column, const char *value)
{
        g_autofree char *found = field_of(rows, rows->lines[line], column);
        ck_assert_msg(strcmp(found, value) == 0, "%s is %s, not %s", column, found, value);
}

void csv_rows_expect_all(const struct csv_rows *rows, const char *columns, const char *values)
{
        g_auto(GStrv) names = g_strsplit(columns, " ", -1);
        g_autoptr(GString) found = g_string_new(NULL);
        for (unsigned i = 1; *rows->lines[i]; i++) {
                for (unsigned k = 0; names[k]; k++) {
                        g_autofree char *field = field_of(rows, rows->lines[i], names[k]);
                        const char *before = k > 0 ? " " : found->len > 0 ? "|" : "";
                        g_string_append_printf(found, "%s%s", before, field);
                }
        }
        ck_assert_str_eq(found->str, values);
}
