/*
 * One row stands in memory, and fields are cut out of it where they are: a run of a million segments is read
 * in about a second, and none is too long.
 */
#include "report/csv_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_PLACE UINT_MAX

struct CsvFile {
        char *path;
        FILE *stream;
        char *text_line; /* of the file, as getline(3) keeps it */
        size_t room;
        GString *lines;  /* those of the row: more than one when a line ends in quotes */
        char *rest;      /* of them, behind the row */
        unsigned line;   /* of the row, from 1 */
        unsigned width;  /* columns in the header */
        unsigned wanted; /* columns that somebody asked for */
        unsigned *place; /* by column of the file: which of the wanted ones it is; NO_PLACE: none */
        char **fields;   /* of the row, by wanted column */
};

G_DEFINE_QUARK(inorder - csv - file - error, csv_file_error)

/* ---- Cutting ---- */

/* Take the quotes off a field that begins at `field`, in place. Where it ends; NULL: nowhere. */
static char *unquote(char *field)
{
        char *to = field;
        for (char *from = field + 1; *from != '\0'; from++) {
                if (*from == '"' && from[1] != '"') {
                        *to = '\0';
                        return from + 1;
                }
                if (*from == '"')
                        from++;
                *to++ = *from;
        }
        return NULL;
}

/* The field that begins at *rest ends with a zero byte, *rest goes behind its comma or line end.
 * *is_last: the line ends with it. NULL: no field of CSV. */
static char *cut_field(char **rest, bool *is_last)
{
        char *field = *rest;
        char *end = *field == '"' ? unquote(field) : field + strcspn(field, ",\n");
        if (end == NULL || (*end != ',' && *end != '\n' && *end != '\0'))
                return NULL;
        *is_last = *end != ',';
        *rest = *end == '\0' ? end : end + 1;
        *end = '\0';
        return field;
}

/* ---- Reading ---- */

static bool has_open_quote(const GString *lines)
{
        bool is_open = false;
        for (const char *quote = strchr(lines->str, '"'); quote != NULL; quote = strchr(quote + 1, '"'))
                is_open = !is_open;
        return is_open;
}

/* False: there are no more. */
static bool read_lines(CsvFile *file)
{
        g_string_truncate(file->lines, 0);
        ssize_t length = 0;
        do {
                length = getline(&file->text_line, &file->room, file->stream);
                if (length > 0)
                        g_string_append_len(file->lines, file->text_line, length);
        } while (length > 0 && has_open_quote(file->lines));
        file->rest = file->lines->str;
        return file->lines->len > 0;
}

static bool fail(const CsvFile *file, GError **error)
{
        int code = errno;
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot read %s: %s", file->path,
                g_strerror(code));
        return false;
}

/* ---- The header ---- */

static GPtrArray *cut_header(CsvFile *file)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        bool is_last = false;
        while (!is_last) {
                char *name = cut_field(&file->rest, &is_last);
                if (name == NULL)
                        return NULL;
                g_ptr_array_add(names, name);
        }
        return g_steal_pointer(&names);
}

static void place_column(CsvFile *file, const char *name, const char *const *columns, unsigned place)
{
        file->place[place] = NO_PLACE;
        for (unsigned i = 0; columns[i] != NULL; i++) {
                if (strcmp(columns[i], name) == 0)
                        file->place[place] = i;
        }
}

static bool has_place(const CsvFile *file, unsigned column)
{
        for (unsigned i = 0; i < file->width; i++) {
                if (file->place[i] == column)
                        return true;
        }
        return false;
}

static bool read_header(CsvFile *file, const char *const *columns, GError **error)
{
        read_lines(file);
        g_autoptr(GPtrArray) names = cut_header(file);
        file->width = names != NULL ? names->len : 0;
        file->place = g_new(unsigned, file->width);
        for (unsigned i = 0; i < file->width; i++)
                place_column(file, names->pdata[i], columns, i);
        for (unsigned i = 0; columns[i] != NULL; i++) {
                if (!has_place(file, i)) {
                        g_set_error(error, CSV_FILE_ERROR, CSV_FILE_ERROR_NO_COLUMN,
                                "%s has no column \"%s\"", file->path, columns[i]);
                        return false;
                }
                file->wanted++;
        }
        file->fields = g_new0(char *, file->wanted);
        file->line = 1;
        return true;
}

static void free_file(CsvFile *file)
{
        g_free(file->path);
        if (file->stream != NULL)
                fclose(file->stream);
        free(file->text_line);
        g_string_free(file->lines, TRUE);
        g_free(file->place);
        g_free(file->fields);
}

/* ---- Rows ---- */

static bool bad_row(const CsvFile *file, GError **error)
{
        g_set_error(error, CSV_FILE_ERROR, CSV_FILE_ERROR_ROW, "%s:%u: not a row of %u fields", file->path,
                file->line, file->width);
        return false;
}

static bool cut_row(CsvFile *file, GError **error)
{
        bool is_last = false;
        file->line++;
        for (unsigned i = 0; i < file->width; i++) {
                char *field = is_last ? NULL : cut_field(&file->rest, &is_last);
                if (field == NULL)
                        return bad_row(file, error);
                if (file->place[i] != NO_PLACE)
                        file->fields[file->place[i]] = field;
        }
        return is_last || bad_row(file, error);
}

static bool read_rows(
        CsvFile *file, void (*on_row)(void *data, const CsvFile *row), void *data, GError **error)
{
        while (*file->rest != '\0' || read_lines(file)) {
                if (!cut_row(file, error))
                        return false;
                on_row(data, file);
        }
        return !ferror(file->stream) || fail(file, error);
}

bool csv_file_read(const char *directory, const char *name, const char *const *columns,
        void (*on_row)(void *data, const CsvFile *row), void *data, GError **error)
{
        CsvFile file = { .path = g_build_filename(directory, name, NULL), .lines = g_string_new(NULL) };
        file.stream = fopen(file.path, "re");
        bool is_good = file.stream != NULL || fail(&file, error);
        is_good = is_good && read_header(&file, columns, error) && read_rows(&file, on_row, data, error);
        free_file(&file);
        return is_good;
}

bool csv_file_read_if_there(const char *directory, const char *name, const char *const *columns,
        void (*on_row)(void *data, const CsvFile *row), void *data, GError **error)
{
        g_autofree char *path = g_build_filename(directory, name, NULL);
        return !g_file_test(path, G_FILE_TEST_EXISTS) ||
               csv_file_read(directory, name, columns, on_row, data, error);
}

const char *csv_file_text(const CsvFile *row, unsigned column)
{
        g_assert(column < row->wanted);
        return *row->fields[column] != '\0' ? row->fields[column] : "-";
}

int64_t csv_file_number(const CsvFile *row, unsigned column, int64_t missing)
{
        g_assert(column < row->wanted);
        int64_t number;
        return g_ascii_string_to_signed(row->fields[column], 10, INT64_MIN, INT64_MAX, &number, NULL)
                       ? number
                       : missing;
}

bool csv_file_flag(const CsvFile *row, unsigned column)
{
        return csv_file_number(row, column, 0) != 0;
}
