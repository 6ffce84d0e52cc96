/*
 * Scripts and series are made in memory and written at once.
 */
#include "report/picture.h"

#include "report/gp_template.h"
#include "trace/decimal.h"

#include <gio/gio.h>
#include <plot-templates.h>
#include <string.h>

struct Series {
        char *key;
        GString *text;
        unsigned width;  /* columns in the header */
        unsigned fields; /* in the row so far */
        unsigned rows;
};

struct Picture {
        char *name;
        GHashTable *values; /* key to text */
        GHashTable *marks;
        GPtrArray *series;
};

/* ---- Values and marks ---- */

static void free_series(void *data)
{
        Series *series = data;
        g_free(series->key);
        g_string_free(series->text, TRUE);
        g_free(series);
}

Picture *picture_new(const char *name)
{
        Picture *picture = g_new0(Picture, 1);
        picture->name = g_strdup(name);
        picture->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
        picture->marks = g_hash_table_new(g_str_hash, g_str_equal);
        picture->series = g_ptr_array_new_with_free_func(free_series);
        picture_set_text(picture, "name", name);
        g_hash_table_replace(picture->values, (char *)"file", g_strdup(name)); /* in a comment */
        return picture;
}

void picture_free(Picture *picture)
{
        if (picture == NULL)
                return;
        g_free(picture->name);
        g_hash_table_unref(picture->values);
        g_hash_table_unref(picture->marks);
        g_ptr_array_unref(picture->series);
        g_free(picture);
}

const char *picture_name(const Picture *picture)
{
        return picture->name;
}

void picture_set_number(Picture *picture, const char *key, int64_t number)
{
        g_hash_table_replace(picture->values, (char *)key, g_strdup_printf("%" G_GINT64_FORMAT, number));
}

void picture_set_seconds(Picture *picture, const char *key, duration_ns time)
{
        GString *text = g_string_new(NULL);
        decimal_append_seconds(text, time);
        g_hash_table_replace(picture->values, (char *)key, g_string_free(text, FALSE));
}

void picture_set_text(Picture *picture, const char *key, const char *text)
{
        g_hash_table_replace(picture->values, (char *)key, gp_quote(text));
}

void picture_use(Picture *picture, const char *mark)
{
        g_hash_table_add(picture->marks, (char *)mark);
}

/* ---- Series ---- */

Series *picture_add_series(Picture *picture, const char *key, const char *header)
{
        Series *series = g_new0(Series, 1);
        series->key = g_strdup(key);
        series->text = g_string_new(header);
        g_string_append_c(series->text, '\n');
        series->width = 1;
        for (const char *c = header; *c != '\0'; c++)
                series->width += *c == ',';
        g_ptr_array_add(picture->series, series);
        return series;
}

static void begin_field(Series *series)
{
        if (series->fields++ > 0)
                g_string_append_c(series->text, ',');
}

void series_add_number(Series *series, int64_t number)
{
        begin_field(series);
        decimal_append_signed(series->text, number);
}

void series_add_seconds(Series *series, time_ns time)
{
        begin_field(series);
        decimal_append_seconds(series->text, time);
}

void series_add_thousandths(Series *series, int64_t number)
{
        begin_field(series);
        g_string_append_printf(series->text, "%s%d.%03d", number < 0 ? "-" : "", (int)(ABS(number) / 1000),
                (int)(ABS(number) % 1000));
}

/* Always in quotes: rows then look alike. */
void series_add_text(Series *series, const char *text)
{
        begin_field(series);
        g_string_append_c(series->text, '"');
        for (const char *c = text; *c != '\0'; c++) {
                if (*c == '"')
                        g_string_append_c(series->text, '"');
                g_string_append_c(series->text, g_ascii_iscntrl(*c) ? ' ' : *c);
        }
        g_string_append_c(series->text, '"');
}

void series_end_row(Series *series)
{
        g_assert(series->fields == series->width);
        g_string_append_c(series->text, '\n');
        series->fields = 0;
        series->rows++;
}

unsigned series_row_count(const Series *series)
{
        return series->rows;
}

/* ---- Files ---- */

static bool write_file(const char *directory, const char *name, const char *text, gssize size, GError **error)
{
        g_autofree char *path = g_build_filename(directory, name, NULL);
        return g_file_set_contents(path, text, size, error);
}

/* Built into the program, from plots/ of the source tree. */
static char *template_text(const char *kind)
{
        g_autofree char *path = g_strdup_printf("/inorder/plots/%s.gp", kind);
        g_autoptr(GBytes) bytes = g_resource_lookup_data(
                plot_templates_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
        g_assert(bytes != NULL);
        return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static char *script_text(const Picture *picture, const char *kind)
{
        g_autofree char *common = template_text("common");
        g_autofree char *own = template_text(kind);
        g_autofree char *both = g_strconcat(common, own, NULL);
        return gp_template_expand(both, picture->values, picture->marks);
}

bool picture_write(const Picture *picture, const char *kind, const char *directory, GError **error)
{
        for (unsigned i = 0; i < picture->series->len; i++) {
                const Series *series = picture->series->pdata[i];
                g_autofree char *name = g_strdup_printf("%s-%s.csv", picture->name, series->key);
                if (!write_file(directory, name, series->text->str, (gssize)series->text->len, error))
                        return false;
        }
        g_autofree char *script = script_text(picture, kind);
        g_autofree char *name = g_strdup_printf("%s.gp", picture->name);
        return write_file(directory, name, script, -1, error);
}
