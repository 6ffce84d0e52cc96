/*
 * The whole file stands in memory, and fields are cut out of it where they are: a run of a million segments
 * is read in about a second.
 */
#include "report/csv_file.h"

#include <string.h>

#define NO_PLACE UINT_MAX

struct CsvFile {
        char *path;
        char *bytes;
        char *rest;      /* behind the row */
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
        g_free(file->bytes);
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

bool csv_file_read(const char *directory, const char *name, const char *const *columns,
        void (*on_row)(void *data, const CsvFile *row), void *data, GError **error)
{
        CsvFile file = { .path = g_build_filename(directory, name, NULL) };
        bool is_good = g_file_get_contents(file.path, &file.bytes, NULL, error);
        file.rest = file.bytes;
        is_good = is_good && read_header(&file, columns, error);
        while (is_good && *file.rest != '\0') {
                is_good = cut_row(&file, error);
                if (is_good)
                        on_row(data, &file);
        }
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
