/*
 * Documents read from under a root: regular files only, none whose name begins with a dot, links only where
 * they stay inside. Paths are relative to the scenario's own directory.
 */
#include "run/scenario_files.h"

#include "run/scenario_tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DIRECTORY_DEPTH_MAX 32

/* One root being read. */
struct root_reading {
        struct field_reader *reader;
        struct scenario_app *app;
        struct mark mark;
        char *resolved; /* the root without links: what lies below it is inside */
};

static char *path_from_scenario(const Scenario *scenario, const char *path)
{
        if (g_path_is_absolute(path) || strcmp(scenario->path, "-") == 0)
                return g_strdup(path);
        g_autofree char *directory = g_path_get_dirname(scenario->path);
        return g_build_filename(directory, path, NULL);
}

static uint64_t bytes_of(const struct scenario_app *app)
{
        uint64_t bytes = 0;
        for (unsigned i = 0; i < app->files->len; i++) {
                const struct scenario_file *file = g_ptr_array_index(app->files, i);
                bytes += file->bytes ? file->size : 0;
        }
        return bytes;
}

/* Reads the regular file `path`, which the scenario calls `source`. */
static bool load_file(struct field_reader *reader, uint64_t bytes_before, struct scenario_file *file,
        const char *source, struct mark mark)
{
        g_autofree char *path = path_from_scenario(reader->scenario, source);
        struct stat status;
        if (stat(path, &status) != 0)
                return field_fail(reader, mark, "file '%s': %s; a readable file is required", source,
                        g_strerror(errno));
        if (!S_ISREG(status.st_mode))
                return field_fail(
                        reader, mark, "file '%s' is not a regular file; only those are accepted", source);
        if ((uint64_t)status.st_size + bytes_before > SCENARIO_FILE_BYTES_MAX)
                return field_fail(reader, mark,
                        "file '%s' makes more than 256MiB of documents; accepted: less, or { size, fill }",
                        source);
        char *bytes;
        gsize size;
        g_autoptr(GError) error = NULL;
        if (!g_file_get_contents(path, &bytes, &size, &error))
                return field_fail(
                        reader, mark, "file '%s': %s; a readable file is required", source, error->message);
        file->source = g_strdup(source);
        file->bytes = g_bytes_new_take(bytes, size);
        file->size = size;
        return true;
}

const struct scenario_file *scenario_load_input(
        struct field_reader *reader, const char *source, struct mark mark)
{
        struct scenario_file *file = g_new0(struct scenario_file, 1);
        g_ptr_array_add(reader->scenario->inputs, file);
        if (!load_file(reader, 0, file, source, mark))
                return NULL;
        file->path = scenario_input_name(file);
        return file;
}

char *scenario_text_of(struct field_reader *reader, const struct scenario_file *file, struct mark mark)
{
        gsize size;
        const char *bytes = g_bytes_get_data(file->bytes, &size);
        if (size > 0 && memchr(bytes, '\0', size)) {
                field_fail(
                        reader, mark, "file '%s': a NUL character; accepted: text without it", file->source);
                return NULL;
        }
        return g_strndup(bytes ? bytes : "", size);
}

/* Servers and the canonical form have them by path. */
static int compare_paths(gconstpointer a, gconstpointer b)
{
        const struct scenario_file *first = *(const struct scenario_file *const *)a;
        const struct scenario_file *second = *(const struct scenario_file *const *)b;
        return strcmp(first->path, second->path);
}

/* ---- root ---- */

static bool stays_inside(const struct root_reading *reading, const char *path)
{
        g_autofree char *resolved = realpath(path, NULL);
        size_t length = strlen(reading->resolved);
        return resolved && strncmp(resolved, reading->resolved, length) == 0 && resolved[length] == '/';
}

static int compare_names(gconstpointer a, gconstpointer b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a directory in byte order, so that limits and messages do not depend on the file system. */
static GPtrArray *names_in(const char *directory)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
        const char *name;
        while (dir && (name = g_dir_read_name(dir)))
                if (*name != '.')
                        g_ptr_array_add(names, g_strdup(name));
        g_ptr_array_sort(names, compare_names);
        return names;
}

static bool add_directory(
        struct root_reading *reading, const char *source, const char *url_path, unsigned depth);

static bool add_entry(struct root_reading *reading, const char *source, const char *url_path, unsigned depth)
{
        struct field_reader *reader = reading->reader;
        g_autofree char *path = path_from_scenario(reader->scenario, source);
        struct stat status;
        if (!g_utf8_validate(source, -1, NULL))
                return field_fail(
                        reader, reading->mark, "root: a file name that is not UTF-8; only UTF-8 is accepted");
        if (lstat(path, &status) != 0)
                return field_fail(reader, reading->mark, "file '%s': %s; a readable file is required", source,
                        g_strerror(errno));
        if (S_ISDIR(status.st_mode))
                return add_directory(reading, source, url_path, depth + 1);
        if (S_ISLNK(status.st_mode) && !stays_inside(reading, path))
                return field_fail(reader, reading->mark,
                        "root: the link '%s' leads outside; accepted: links that stay inside", source);
        if (reading->app->files->len >= SCENARIO_FILES_MAX)
                return field_fail(reader, reading->mark, "root: more than %d files; accepted: fewer",
                        SCENARIO_FILES_MAX);
        struct scenario_file *file = scenario_add_file(reading->app, url_path);
        return load_file(reader, bytes_of(reading->app), file, source, reading->mark);
}

static bool add_directory(
        struct root_reading *reading, const char *source, const char *url_path, unsigned depth)
{
        if (depth > DIRECTORY_DEPTH_MAX)
                return field_fail(reading->reader, reading->mark,
                        "root: '%s' is nested too deep; accepted: %d directories", source,
                        DIRECTORY_DEPTH_MAX);
        g_autofree char *path = path_from_scenario(reading->reader->scenario, source);
        g_autoptr(GPtrArray) names = names_in(path);
        for (unsigned i = 0; i < names->len; i++) {
                const char *name = g_ptr_array_index(names, i);
                g_autofree char *child_source = g_build_filename(source, name, NULL);
                g_autofree char *child_path = g_strdup_printf("%s/%s", url_path, name);
                if (!add_entry(reading, child_source, child_path, depth))
                        return false;
        }
        return true;
}

static bool read_root(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        g_autofree char *path = path_from_scenario(reader->scenario, node->text);
        if (!g_file_test(path, G_FILE_TEST_IS_DIR))
                return field_fail(reader, node->mark,
                        "%s: '%s' is not a directory; accepted: one, by its path from the scenario's own",
                        field->name, node->text);
        struct scenario_app *app = value;
        struct root_reading reading = { reader, app, node->mark, realpath(path, NULL) };
        bool is_good = add_directory(&reading, node->text, "", 0);
        g_ptr_array_sort(app->files, compare_paths);
        free(reading.resolved);
        return is_good;
}

const struct field_type field_document_root = { .read = read_root };

/* ---- files ---- */

const struct field_word field_fill_words[] = {
        { "counter", FILL_COUNTER, false },
        { "zero", FILL_ZERO, false },
        { "random", FILL_RANDOM, false },
        { NULL, 0, false },
};

static const struct field file_fields[] = {
        { .name = "file",
                .type = &field_text,
                FIELD_AT(struct scenario_file, source),
                .hint = "a file's path" },
        { .name = "size",
                .type = &field_quantity,
                .quantity = &quantity_size,
                FIELD_AT(struct scenario_file, size),
                .most = 1ull << 50 },
        { .name = "fill",
                .type = &field_choice,
                .words = field_fill_words,
                FIELD_AT(struct scenario_file, fill) },
        { .name = NULL },
};

const struct field_table file_table = { .what = "a document", .fields = file_fields };

static bool read_file(struct field_reader *reader, const struct yaml_node *node, struct scenario_app *app)
{
        if (node->key[0] != '/')
                return field_fail(reader, node->key_mark,
                        "files: '%s' is not a path; accepted: '/' and what follows it", node->key);
        if (!field_expect_kind(reader, "files", node, YAML_MAP))
                return false;
        const struct yaml_node *source = tree_find(node, "file");
        bool is_generated = tree_find(node, "size");
        if (!source == !is_generated || (source && tree_find(node, "fill")))
                return field_fail(reader, node->mark,
                        "files: %s; accepted: { size: 300kB, fill: counter } or { file: PATH }",
                        source ? "both a file and a rule" : "neither a file nor a size");
        struct scenario_file *file = scenario_add_file(app, node->key);
        if (!field_table_read(reader, &file_table, node, file))
                return false;
        g_clear_pointer(&file->source, g_free);
        return !source || load_file(reader, bytes_of(app), file, source->text, source->mark);
}

static bool read_files(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_app *app = value;
        if (!field_expect_kind(reader, field->name, node, YAML_MAP))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++)
                if (!read_file(reader, tree_child(node, i), app))
                        return false;
        g_ptr_array_sort(app->files, compare_paths);
        return true;
}

void scenario_add_document(struct scenario_app *app, const char *path, GBytes *bytes)
{
        struct scenario_file *file = scenario_add_file(app, path);
        file->source = g_strdup(path);
        file->bytes = g_bytes_ref(bytes);
        file->size = g_bytes_get_size(bytes);
        g_ptr_array_sort(app->files, compare_paths);
}

char *scenario_input_name(const struct scenario_file *file)
{
        g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, file->bytes);
        return g_build_filename("inputs", sum, NULL);
}

static struct yaml_node *write_file(const struct field_writer *writer, const struct scenario_file *file)
{
        if (!file->bytes)
                return field_table_write(writer, &file_table, file);
        struct yaml_node *map = tree_map_new();
        g_autofree char *source = writer->inputs ? scenario_input_name(file) : g_strdup(file->source);
        tree_map_add(map, "file", tree_text_new(source));
        return map;
}

static struct yaml_node *write_files(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_app *app = value;
        struct yaml_node *map = tree_map_new();
        for (unsigned i = 0; i < app->files->len; i++) {
                const struct scenario_file *file = g_ptr_array_index(app->files, i);
                tree_map_add(map, file->path, write_file(writer, file));
        }
        return map;
}

const struct field_type field_files = { read_files, write_files };
