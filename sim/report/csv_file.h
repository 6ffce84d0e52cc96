/*
 * Reading a CSV file of a run, row by row, by the names of its columns.
 *
 * As trace_csv writes them: a header, commas, fields with commas or quotes in quotes, `"` doubled. Columns
 * that nobody asked for are skipped, so that files may grow new ones.
 */
#ifndef INORDER_CSV_FILE_H
#define INORDER_CSV_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define CSV_FILE_ERROR (csv_file_error_quark())
enum csv_file_error {
        CSV_FILE_ERROR_NO_COLUMN, /* the header lacks one that was asked for */
        CSV_FILE_ERROR_ROW,       /* not of the header's width, or a quote that never ends */
};
GQuark csv_file_error_quark(void);

/* A row: its fields are asked for by their place in the list of columns. */
typedef struct CsvFile CsvFile;

/* Hand every row of the file `name` in `directory` to `on_row`. `columns`: names, the last one NULL. */
bool csv_file_read(const char *directory, const char *name, const char *const *columns,
        void (*on_row)(void *data, const CsvFile *row), void *data, GError **error);
/* The same, but a file that is not there has no rows. */
bool csv_file_read_if_there(const char *directory, const char *name, const char *const *columns,
        void (*on_row)(void *data, const CsvFile *row), void *data, GError **error);

/* Of the row: valid until on_row() returns. A text that is not there is "-". */
const char *csv_file_text(const CsvFile *row, unsigned column);
/* `missing` when the field is empty or no whole number. */
int64_t csv_file_number(const CsvFile *row, unsigned column, int64_t missing);
/* "1". */
bool csv_file_flag(const CsvFile *row, unsigned column);

#endif
